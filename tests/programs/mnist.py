"""Convolutional network for handwritten digits, after the official example.

The network is written twice: as a tf.keras.Sequential that is called inside of
model_fn, and with the functions of tf.layers. The digits are made up.
"""

import os

import numpy as np
import tensorflow.compat.v1 as tf
from absl import app as absl_app
from absl import flags

tf.disable_v2_behavior()

LEARNING_RATE = 1e-3
IMAGE_SIZE = 12
NUM_CLASSES = 4


def define_mnist_flags():
    flags.DEFINE_string("data_dir", "/tmp/mnist_data", "Where images.npz is.")
    flags.DEFINE_string("model_dir", "/tmp/mnist_model", "For checkpoints.")
    flags.DEFINE_string("export_dir", None, "Where to put SavedModels.")
    flags.DEFINE_integer("batch_size", 16, "Batch size.")
    flags.DEFINE_integer("train_epochs", 2, "Epochs to train.")
    flags.DEFINE_integer("epochs_between_evals", 1, "Epochs before evaluating.")
    flags.DEFINE_enum(
        "data_format", "channels_last", ["channels_first", "channels_last"],
        "Order of the dimensions of an image."
    )


def make_digits(path):
    """Writes bars and diagonals with noise."""
    rng = np.random.RandomState(12)
    images, labels = [], []
    for i in range(96):
        label = i % NUM_CLASSES
        image = rng.rand(IMAGE_SIZE, IMAGE_SIZE) * 0.4
        at = rng.randint(2, IMAGE_SIZE - 2)
        if label == 0:
            image[at, :] += 0.6
        elif label == 1:
            image[:, at] += 0.6
        elif label == 2:
            image += 0.6 * np.eye(IMAGE_SIZE)
        else:
            image[:at, :at] += 0.6
        images.append((image * 255).clip(0, 255).astype(np.uint8))
        labels.append(label)
    np.savez(path, images=np.array(images), labels=np.array(labels, np.uint8))


def dataset(directory, training):
    """tf.data.Dataset of (flat image in [0, 1], label)."""
    path = os.path.join(directory, "images.npz")
    if not tf.gfile.Exists(path):
        tf.gfile.MakeDirs(directory)
        make_digits(path)
    with np.load(path) as data:
        images, labels = data["images"], data["labels"]
    images, labels = (
        (images[:64], labels[:64]) if training else (images[64:], labels[64:])
    )

    def decode(image, label):
        image = tf.cast(image, tf.float32)
        image = tf.reshape(image, [IMAGE_SIZE * IMAGE_SIZE])
        return image / 255.0, tf.cast(label, tf.int32)

    return tf.data.Dataset.from_tensor_slices((images, labels)).map(decode)


def init(seed):
    return tf.glorot_uniform_initializer(seed=seed)


def create_model(data_format):
    """The network as a tf.keras model: [batch, 144] -> logits."""
    if data_format == "channels_first":
        input_shape = [1, IMAGE_SIZE, IMAGE_SIZE]
    else:
        assert data_format == "channels_last"
        input_shape = [IMAGE_SIZE, IMAGE_SIZE, 1]

    l = tf.keras.layers
    max_pool = l.MaxPooling2D(
        (2, 2), (2, 2), padding="same", data_format=data_format)
    # The model consists of a sequential chain of layers, so tf.keras.Sequential
    # (a subclass of tf.keras.Model) makes for a compact description.
    return tf.keras.Sequential(
        [
            l.Reshape(
                target_shape=input_shape,
                input_shape=(IMAGE_SIZE * IMAGE_SIZE,)),
            l.Conv2D(
                6,
                5,
                padding="same",
                data_format=data_format,
                kernel_initializer=init(1),
                activation=tf.nn.relu),
            max_pool,
            l.Conv2D(
                8,
                5,
                padding="same",
                data_format=data_format,
                kernel_initializer=init(2),
                activation=tf.nn.relu),
            max_pool,
            l.Flatten(),
            l.Dense(24, activation=tf.nn.relu, kernel_initializer=init(3)),
            l.Dropout(0.4, seed=17),
            l.Dense(NUM_CLASSES, kernel_initializer=init(4)),
        ])


def layers_model(features, training, data_format):
    """The network with tf.layers."""
    net = tf.reshape(features, [-1, IMAGE_SIZE, IMAGE_SIZE, 1])
    if data_format == "channels_first":
        net = tf.transpose(net, [0, 3, 1, 2])
    for i, filters in enumerate([6, 8]):
        net = tf.layers.conv2d(
            inputs=net,
            filters=filters,
            kernel_size=[5, 5],
            padding="same",
            data_format=data_format,
            kernel_initializer=init(i + 1),
            activation=tf.nn.relu,
            name="conv%d" % (i + 1))
        net = tf.layers.max_pooling2d(
            inputs=net, pool_size=[2, 2], strides=2, padding="same",
            data_format=data_format)
    net = tf.layers.flatten(net)
    net = tf.layers.dense(
        inputs=net, units=24, activation=tf.nn.relu,
        kernel_initializer=init(3))
    net = tf.layers.dropout(inputs=net, rate=0.4, training=training, seed=17)
    return tf.layers.dense(
        inputs=net, units=NUM_CLASSES, kernel_initializer=init(4))


def model_fn(features, labels, mode, params):
    """The model_fn argument for creating an Estimator."""
    image = features
    if isinstance(image, dict):
        image = features["image"]
    training = mode == tf.estimator.ModeKeys.TRAIN

    if params["use_keras"]:
        model = create_model(params["data_format"])
        logits = model(image, training=training)
    else:
        logits = layers_model(image, training, params["data_format"])

    if mode == tf.estimator.ModeKeys.PREDICT:
        predictions = {
            "classes": tf.argmax(logits, axis=1),
            "probabilities": tf.nn.softmax(logits),
        }
        return tf.estimator.EstimatorSpec(
            mode=tf.estimator.ModeKeys.PREDICT,
            predictions=predictions,
            export_outputs={
                "classify": tf.estimator.export.PredictOutput(predictions)
            })

    loss = tf.losses.sparse_softmax_cross_entropy(labels=labels, logits=logits)
    accuracy = tf.metrics.accuracy(
        labels=labels, predictions=tf.argmax(logits, axis=1))

    if training:
        optimizer = tf.train.AdamOptimizer(learning_rate=LEARNING_RATE)

        # Name tensors to be logged with LoggingTensorHook.
        tf.identity(LEARNING_RATE, "learning_rate")
        tf.identity(loss, "cross_entropy")
        tf.identity(accuracy[1], name="train_accuracy")

        # Save accuracy scalar to Tensorboard output.
        tf.summary.scalar("train_accuracy", accuracy[1])

        return tf.estimator.EstimatorSpec(
            mode=tf.estimator.ModeKeys.TRAIN,
            loss=loss,
            train_op=optimizer.minimize(
                loss, tf.train.get_or_create_global_step()))
    return tf.estimator.EstimatorSpec(
        mode=tf.estimator.ModeKeys.EVAL,
        loss=loss,
        eval_metric_ops={"accuracy": accuracy})


def run_mnist(flags_obj, use_keras):
    """Runs the training and evaluation loop of one of the two networks."""
    name = "keras" if use_keras else "layers"
    session_config = tf.ConfigProto(
        inter_op_parallelism_threads=2,
        intra_op_parallelism_threads=2,
        allow_soft_placement=True)
    run_config = tf.estimator.RunConfig(
        session_config=session_config, tf_random_seed=3)
    mnist_classifier = tf.estimator.Estimator(
        model_fn=model_fn,
        model_dir=os.path.join(flags_obj.model_dir, name),
        config=run_config,
        params={"data_format": flags_obj.data_format, "use_keras": use_keras})

    def train_input_fn():
        """Prepare data for training."""
        # A larger shuffle buffer results in better randomness.
        ds = dataset(flags_obj.data_dir, True)
        ds = ds.cache().shuffle(buffer_size=64, seed=5)
        ds = ds.batch(flags_obj.batch_size)
        # Iterate through the dataset a set number of times.
        return ds.repeat(flags_obj.epochs_between_evals)

    def eval_input_fn():
        ds = dataset(flags_obj.data_dir, False).batch(flags_obj.batch_size)
        return ds.make_one_shot_iterator().get_next()

    logging_hook = tf.train.LoggingTensorHook(
        tensors=["learning_rate", "cross_entropy", "train_accuracy"],
        every_n_iter=2)

    epochs = flags_obj.train_epochs // flags_obj.epochs_between_evals
    for _ in range(epochs):
        mnist_classifier.train(input_fn=train_input_fn, hooks=[logging_hook])
        eval_results = mnist_classifier.evaluate(input_fn=eval_input_fn)
        print("\nEvaluation results:\n\t%s\n" % eval_results)

    predictions = list(mnist_classifier.predict(eval_input_fn))
    print("First classes: %s" % [int(p["classes"]) for p in predictions[:5]])

    # Export the model
    if flags_obj.export_dir is not None:
        image = tf.placeholder(
            tf.float32, [None, IMAGE_SIZE * IMAGE_SIZE], name="image")
        receiver = tf.estimator.export.build_raw_serving_input_receiver_fn(
            {"image": image})
        mnist_classifier.export_savedmodel(
            os.path.join(flags_obj.export_dir, name), receiver,
            strip_default_attrs=True)


def main(_):
    tf.logging.set_verbosity(tf.logging.INFO)
    run_mnist(flags.FLAGS, use_keras=False)
    run_mnist(flags.FLAGS, use_keras=True)


if __name__ == "__main__":
    define_mnist_flags()
    absl_app.run(main)
