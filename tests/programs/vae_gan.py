"""A variational autoencoder whose decoder also is the generator of a GAN.

Three losses and three optimizers in one model_fn. The discriminator is built
twice, the second time with reuse.
"""

import os

import numpy as np
import tensorflow.compat.v1 as tf

tf.disable_v2_behavior()
# Weights are read and assigned in the same step.
tf.enable_resource_variables()

flags = tf.flags
flags.DEFINE_string("data_dir", "/tmp/curves", "Folder for curves.npy")
flags.DEFINE_string("model_dir", "/tmp/vae_gan", "Model folder")
flags.DEFINE_integer("latent", 3, "Size of the code")
flags.DEFINE_integer("hidden", 16, "Size of hidden layers")
flags.DEFINE_integer("batch_size", 8, "Batch size")
flags.DEFINE_integer("train_steps", 12, "Steps in all")
flags.DEFINE_integer("discriminator_every", 2, "Steps of the others for one")
flags.DEFINE_float("kl_weight", 0.05, "Weight of the KL term")
flags.DEFINE_float("clip", 0.05, "Bound of the discriminator's weights")
FLAGS = flags.FLAGS

LENGTH = 10


def curves():
    """A [n, LENGTH] array of sine waves."""
    path = os.path.join(FLAGS.data_dir, "curves.npy")
    if not tf.gfile.Exists(path):
        tf.gfile.MakeDirs(FLAGS.data_dir)
        rng = np.random.RandomState(3)
        phase = rng.rand(40, 1) * 2 * np.pi
        speed = 0.5 + rng.rand(40, 1)
        waves = np.sin(phase + speed * np.arange(LENGTH))
        with tf.gfile.Open(path, "wb") as f:
            np.save(f, waves.astype(np.float32))
    with tf.gfile.Open(path, "rb") as f:
        return np.load(f)


def dense(inputs, units, seed, activation=None, name=None):
    return tf.layers.dense(
        inputs, units, activation=activation, name=name,
        kernel_initializer=tf.random_normal_initializer(stddev=0.2, seed=seed))


def encoder(inputs):
    with tf.variable_scope("encoder", initializer=tf.zeros_initializer()):
        net = dense(inputs, FLAGS.hidden, 1, tf.nn.elu, name="hidden")
        mean = dense(net, FLAGS.latent, 2, name="mean")
        log_var = dense(net, FLAGS.latent, 3, name="log_var")
    return mean, log_var


def generator(code, reuse=None):
    with tf.variable_scope("generator", reuse=reuse):
        net = dense(code, FLAGS.hidden, 4, tf.nn.elu, name="hidden")
        return dense(net, LENGTH, 5, tf.tanh, name="out")


def discriminator(inputs, reuse=False):
    with tf.variable_scope("discriminator") as scope:
        if reuse:
            scope.reuse_variables()
        weights = tf.get_variable(
            "weights", [LENGTH, FLAGS.hidden],
            initializer=tf.truncated_normal_initializer(stddev=0.2, seed=6))
        bias = tf.get_variable(
            "bias", [FLAGS.hidden], initializer=tf.constant_initializer(0.01))
        net = tf.nn.leaky_relu(tf.nn.xw_plus_b(inputs, weights, bias))
        return tf.squeeze(dense(net, 1, 7, name="score"), axis=-1)


def model_fn(features, labels, mode, params):
    del labels
    curve = features["curve"]
    mean, log_var = encoder(curve)
    tf.add_to_collection("codes", mean)

    if mode == tf.estimator.ModeKeys.PREDICT:
        outputs = {"code": mean, "reconstruction": generator(mean)}
        return tf.estimator.EstimatorSpec(
            mode,
            predictions=outputs,
            export_outputs={
                tf.saved_model.signature_constants
                .DEFAULT_SERVING_SIGNATURE_DEF_KEY:
                    tf.estimator.export.PredictOutput(outputs),
                "encode": tf.estimator.export.PredictOutput(mean),
            })

    noise = tf.random_normal(tf.shape(mean), seed=21)
    sample = mean + tf.exp(0.5 * log_var) * noise
    reconstruction = generator(sample)
    fake = generator(
        tf.random_uniform(tf.shape(mean), -1.0, 1.0, seed=22), reuse=True)
    real_score = discriminator(curve)
    fake_score = discriminator(fake, reuse=True)

    with tf.name_scope("losses"):
        reconstruction_loss = tf.losses.mean_squared_error(
            curve, reconstruction)
        kl = -0.5 * tf.reduce_mean(
            tf.reduce_sum(
                1.0 + log_var - tf.square(mean) - tf.exp(log_var), axis=1))
        tf.losses.add_loss(params["kl_weight"] * kl)
        vae_loss = tf.losses.get_total_loss(name="vae_loss")
        discriminator_loss = (
            tf.reduce_mean(fake_score) - tf.reduce_mean(real_score))
        generator_loss = -tf.reduce_mean(fake_score)
    loss = tf.identity(vae_loss + generator_loss, name="total")

    if mode == tf.estimator.ModeKeys.EVAL:
        return tf.estimator.EstimatorSpec(
            mode,
            loss=loss,
            eval_metric_ops={
                "rmse": tf.metrics.root_mean_squared_error(
                    curve, reconstruction),
                "kl": tf.metrics.mean(kl),
                "fooled": tf.metrics.mean(
                    tf.cast(fake_score > real_score, tf.float32)),
            })

    tf.summary.scalar("kl", kl)
    tf.summary.histogram("codes", mean)
    global_step = tf.train.get_or_create_global_step()

    def variables(scope):
        return tf.get_collection(tf.GraphKeys.TRAINABLE_VARIABLES, scope)

    d_vars = variables("discriminator/")
    g_vars = variables("generator/")
    with tf.variable_scope("train"):
        d_optimizer = tf.train.RMSPropOptimizer(0.005)
        g_optimizer = tf.train.AdamOptimizer(0.01, beta1=0.5)
        vae_optimizer = tf.train.AdamOptimizer(0.02)
        d_step = d_optimizer.minimize(discriminator_loss, var_list=d_vars)
        with tf.control_dependencies([d_step]):
            # Weights are clipped as in a Wasserstein GAN.
            clip = tf.group(*[
                tf.assign(v, tf.clip_by_value(v, -FLAGS.clip, FLAGS.clip))
                for v in d_vars])
        vae_step = vae_optimizer.minimize(
            vae_loss, var_list=variables("encoder/") + g_vars,
            global_step=global_step)
        with tf.control_dependencies([clip, vae_step]):
            g_gradients = g_optimizer.compute_gradients(
                generator_loss, var_list=g_vars)
            g_gradients = [(tf.clip_by_norm(g, 1.0), v)
                           for g, v in g_gradients]
            g_step = g_optimizer.apply_gradients(g_gradients)
    return tf.estimator.EstimatorSpec(
        mode, loss=loss, train_op=tf.group(g_step))


def input_fn(mode, batch_size):
    """Whole batches of curves, endless in training."""
    waves = curves()
    if mode == tf.estimator.ModeKeys.TRAIN:
        waves = waves[:32]
    else:
        waves = waves[32:]
    ds = tf.data.Dataset.from_tensor_slices({"curve": waves})
    if mode == tf.estimator.ModeKeys.TRAIN:
        ds = ds.repeat()
    ds = ds.batch(batch_size, drop_remainder=True)
    iterator = ds.make_initializable_iterator()
    tf.add_to_collection(tf.GraphKeys.TABLE_INITIALIZERS, iterator.initializer)
    return iterator.get_next()


def main(argv):
    del argv
    tf.set_random_seed(99)
    config = tf.estimator.RunConfig(
        model_dir=FLAGS.model_dir, tf_random_seed=8, save_checkpoints_steps=6,
        save_summary_steps=4)
    params = tf.app.flags.FLAGS.flag_values_dict()
    estimator = tf.estimator.Estimator(model_fn, config=config, params=params)
    train = lambda: input_fn(tf.estimator.ModeKeys.TRAIN, FLAGS.batch_size)
    test = lambda: input_fn(tf.estimator.ModeKeys.EVAL, FLAGS.batch_size)
    estimator.train(train, steps=FLAGS.train_steps // 2)
    print(estimator.evaluate(test, steps=1))
    estimator.train(train, max_steps=FLAGS.train_steps)
    print(estimator.evaluate(test, name="test"))
    codes = np.array([p["code"] for p in estimator.predict(test)])
    print("code of the first curve: %s" % np.round(codes[0], 3))
    out = estimator.get_variable_value("generator/out/kernel")
    print("generator/out/kernel: mean %.4f" % out.mean())
    features = {"curve": tf.placeholder(tf.float32, [None, LENGTH])}
    estimator.export_savedmodel(
        os.path.join(FLAGS.model_dir, "export"),
        tf.estimator.export.build_raw_serving_input_receiver_fn(
            features, default_batch_size=None))


if __name__ == "__main__":
    tf.app.run()
