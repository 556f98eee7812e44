"""`tf.keras` inside of model_fn, as the official models of TF1 used it."""

import os

import numpy as np

IMAGES = np.sin(np.arange(8 * 16, dtype=np.float32)).reshape(8, 16)
DIGITS = np.array([0, 1, 2, 1] * 2, np.int64)
NUMBERS = np.cos(np.arange(8, dtype=np.float32)).reshape(8, 1)


def batches(stack, features, labels, repeat=2):
    def input_fn():
        dataset = stack.tf.data.Dataset.from_tensor_slices((features, labels))
        return dataset.batch(4).repeat(repeat)

    return input_fn


def run(stack, path, model_fn, input_fn, params=None):
    """Returns the loss of each step, variables and results."""
    tf = stack.tf
    losses = []

    class Watch(tf.train.SessionRunHook):
        def begin(self):
            self.loss = tf.get_default_graph().get_tensor_by_name("watched:0")

        def before_run(self, context):
            return tf.train.SessionRunArgs(self.loss)

        def after_run(self, context, values):
            losses.append(values.results)

    one = tf.estimator.Estimator(
        model_fn,
        os.path.join(path, "model"),
        tf.estimator.RunConfig(tf_random_seed=3),
        params,
    )
    one.train(input_fn, hooks=[Watch()])
    return {
        "losses": losses,
        "variables": {
            n: one.get_variable_value(n) for n in one.get_variable_names()
        },
        "results": one.evaluate(input_fn),
    }


def values(stack, seed):
    """Initial values by a seed: those without are random in the real one."""
    return stack.tf.keras.initializers.glorot_uniform(seed=seed)


def mnist_of(stack):
    """The official MNIST example: a `Sequential`, called in each mode."""
    tf = stack.tf
    layers = tf.keras.layers
    return tf.keras.Sequential(
        [
            layers.Reshape((4, 4, 1), input_shape=(16,)),
            layers.Conv2D(
                2,
                3,
                padding="same",
                activation=tf.nn.relu,
                kernel_initializer=values(stack, 1),
            ),
            layers.MaxPooling2D((2, 2), (2, 2), padding="same"),
            layers.Flatten(),
            layers.Dense(4, tf.nn.relu, kernel_initializer=values(stack, 2)),
            layers.Dropout(0.4),
            layers.Dense(3, kernel_initializer=values(stack, 3)),
        ]
    )


def scenario_mnist(stack, path):
    tf = stack.tf

    def model_fn(features, labels, mode, params):
        model = mnist_of(stack)
        training = mode == tf.estimator.ModeKeys.TRAIN
        logits = model(features, training=training)
        loss = tf.losses.sparse_softmax_cross_entropy(labels, logits)
        tf.identity(loss, "watched")
        if training:
            optimizer = tf.train.AdamOptimizer(params["rate"])
            train_op = optimizer.minimize(
                loss, tf.train.get_or_create_global_step()
            )
            return tf.estimator.EstimatorSpec(
                mode, loss=loss, train_op=train_op
            )
        accuracy = tf.metrics.accuracy(labels, tf.argmax(logits, axis=1))
        return tf.estimator.EstimatorSpec(
            mode, loss=loss, eval_metric_ops={"accuracy": accuracy}
        )

    inputs = batches(stack, IMAGES, DIGITS)
    return run(stack, path, model_fn, inputs, {"rate": 0.05})


def scenario_updates_and_losses(stack, path):
    """Batch norm by `get_updates_for`, penalties by `losses`, Keras metrics."""
    tf = stack.tf
    keras = tf.keras

    def model_fn(features, labels, mode):
        training = mode == tf.estimator.ModeKeys.TRAIN
        x = keras.layers.Input(shape=(16,))
        net = keras.layers.Dense(
            4,
            kernel_initializer=values(stack, 1),
            kernel_regularizer=keras.regularizers.l2(0.1),
        )(x)
        net = keras.layers.BatchNormalization(momentum=0.5)(net)
        net = keras.layers.Activation("relu")(net)
        out = keras.layers.Dense(3, kernel_initializer=values(stack, 2))
        model = keras.models.Model(inputs=x, outputs=out(net))
        logits = model(features, training=training)
        classes = tf.argmax(logits, axis=-1)
        loss = keras.backend.mean(
            keras.losses.sparse_categorical_crossentropy(
                labels, logits, from_logits=True
            )
        ) + tf.add_n(model.losses)
        tf.identity(loss, "watched")
        accuracy = keras.metrics.Accuracy()
        accuracy.update_state(labels, classes)
        mean = keras.metrics.Mean(name="average")
        mean.update_state(labels)
        train_op = None
        if training:
            updates = model.get_updates_for(None) + model.get_updates_for(
                features
            )
            optimizer = tf.train.MomentumOptimizer(0.1, 0.9)
            with tf.control_dependencies(updates):
                train_op = optimizer.minimize(loss, tf.train.get_global_step())
        return tf.estimator.EstimatorSpec(
            mode,
            loss=loss,
            train_op=train_op,
            eval_metric_ops={"accuracy": accuracy, "average": mean},
        )

    return run(stack, path, model_fn, batches(stack, IMAGES, DIGITS))


def scenario_keras_optimizer(stack, path):
    """One of Keras, that counts in the global step; a subclassed model."""
    tf = stack.tf
    keras = tf.keras

    class Block(keras.layers.Layer):
        def __init__(self, units, **kwargs):
            super().__init__(**kwargs)
            self.units = units

        def build(self, shape):
            self.w = self.add_weight(
                name="w",
                shape=(int(shape[-1]), self.units),
                initializer=values(stack, self.units),
                trainable=True,
            )
            super().build(shape)

        def call(self, inputs):
            return keras.backend.relu(keras.backend.dot(inputs, self.w))

        def compute_output_shape(self, shape):
            return shape[0], self.units

    class Model(keras.Model):
        def __init__(self):
            super().__init__(name="mine")
            self.blocks = [Block(3, name="first"), Block(2, name="second")]
            self.norm = keras.layers.BatchNormalization(momentum=0.5)
            self.out = keras.layers.Dense(
                1, name="out", kernel_initializer=values(stack, 4)
            )

        def call(self, inputs, training=None):
            net = inputs
            for block in self.blocks:
                net = block(net)
            net = self.norm(net, training=training)
            return self.out(net)

    def model_fn(features, labels, mode):
        training = mode == tf.estimator.ModeKeys.TRAIN
        model = Model()
        outputs = model(features, training=training)
        loss = keras.losses.MeanSquaredError()(labels, outputs)
        tf.identity(loss, "watched")
        train_op = None
        if training:
            optimizer = keras.optimizers.Adam(
                keras.optimizers.schedules.ExponentialDecay(0.1, 2, 0.5)
            )
            optimizer.iterations = tf.train.get_global_step()
            update = optimizer.get_updates(loss, model.trainable_variables)
            train_op = tf.group(update, *model.updates)
        return tf.estimator.EstimatorSpec(mode, loss=loss, train_op=train_op)

    return run(stack, path, model_fn, batches(stack, IMAGES, NUMBERS))


def scenario_minimize(stack, path):
    """`minimize` of a Keras optimizer, over a function."""
    tf = stack.tf
    keras = tf.keras
    backend = keras.backend

    def model_fn(features, labels, mode):
        training = mode == tf.estimator.ModeKeys.TRAIN
        hidden = keras.layers.Dense(
            4, "tanh", name="hidden", kernel_initializer=values(stack, 1)
        )
        out = keras.layers.Dense(
            1, name="out", kernel_initializer=values(stack, 2)
        )

        def predict():
            net = keras.layers.Dropout(0.5)(hidden(features), training)
            return backend.in_train_phase(out(net), out(net), training)

        def error():
            return backend.mean(backend.square(labels - predict()))

        with tf.variable_scope("tower"):
            outputs = predict()
        loss = error()
        tf.identity(loss, "watched")
        optimizer = keras.optimizers.RMSprop(0.05)
        optimizer.iterations = tf.train.get_or_create_global_step()
        train_op = optimizer.minimize(error, tf.trainable_variables())
        return tf.estimator.EstimatorSpec(
            mode,
            loss=loss,
            train_op=train_op,
            eval_metric_ops={
                "error": tf.metrics.mean_absolute_error(labels, outputs)
            },
        )

    return run(stack, path, model_fn, batches(stack, IMAGES, NUMBERS))


def scenario_functions_of_the_backend(stack, path):
    tf = stack.tf
    backend = tf.keras.backend
    with tf.Graph().as_default(), tf.Session() as session:
        x = tf.constant([[1.0, 2.0], [3.0, 5.0]])
        made = {
            "mean": backend.mean(x, axis=-1, keepdims=True),
            "sum": backend.sum(x, axis=0),
            "max": backend.max(x),
            "epsilon": backend.epsilon() * tf.ones([]),
            "clip": backend.clip(x, 2.0, 4.0),
            "log": backend.log(x),
            "cast": backend.cast(x, "int32"),
            "concatenate": backend.concatenate([x, x], axis=0),
            "crossentropy": backend.binary_crossentropy(x * 0.1, x * 0.2),
            "batch_dot": backend.batch_dot(x, x, axes=1),
            "l2": backend.l2_normalize(x, axis=-1),
            "int_shape": tf.constant(backend.int_shape(x)),
            "switch": backend.switch(backend.equal(x, 1.0), x, -x),
            "function": tf.constant(backend.function([], [x + 1.0])([])[0]),
            "value": tf.constant(
                backend.get_value(backend.variable([1.0, 2.0], name="v"))
            ),
        }
        return session.run(made)
