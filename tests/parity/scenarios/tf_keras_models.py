"""Models of `tf.keras` of TF1 programs as Estimators."""

import os
import warnings

import numpy as np

from tests.parity import observe

X = np.sin(np.arange(24, dtype=np.float32)).reshape(8, 3)
Y = np.cos(np.arange(8, dtype=np.float32)).reshape(8, 1)
CLASSES = np.array([0, 1] * 4, np.int32).reshape(8, 1)


def convert(stack, model, path, **kwargs):
    return stack.tf.keras.estimator.model_to_estimator(
        model, model_dir=os.path.join(path, "model"), **kwargs
    )


def plain(stack, optimizer=None, **compiled):
    keras = stack.tf.keras
    x = keras.layers.Input((3,), name="x")
    net = keras.layers.Dense(
        4, "tanh", kernel_initializer="ones", name="hidden"
    )(x)
    net = keras.layers.BatchNormalization(momentum=0.5, name="norm")(net)
    y = keras.layers.Dense(
        1,
        kernel_initializer="ones",
        kernel_regularizer=keras.regularizers.l2(0.01),
        name="out",
    )(net)
    model = keras.models.Model(x, y)
    compiled = {"loss": "mse", "metrics": ["mae", "mse"], **compiled}
    model.compile(optimizer or keras.optimizers.SGD(0.1), **compiled)
    return model


def small(stack, optimizer, loss="mse"):
    """A `Sequential` of one layer."""
    keras = stack.tf.keras
    model = keras.Sequential(
        [
            keras.layers.Dense(
                1, kernel_initializer="ones", input_shape=(3,), name="out"
            )
        ]
    )
    model.compile(optimizer, loss)
    return model


def batches(stack, features, labels=Y, repeat=1):
    def input_fn():
        dataset = stack.tf.data.Dataset.from_tensor_slices((features, labels))
        return dataset.batch(4).repeat(repeat)

    return input_fn


def variables(one):
    """Returns the variables by name, without those of the process."""
    return {n: one.get_variable_value(n) for n in one.get_variable_names()}


def scenario_train(stack, path):
    """Batch norm, regularization, names of variables and files."""
    one = convert(stack, plain(stack), path)
    first = observe.files(os.path.join(path, "model", "keras"))
    before = one.evaluate(batches(stack, {"x": X}))
    one.train(batches(stack, {"x": X}, repeat=3))
    return {
        "at first": [n for n in first if not n.endswith(".meta")],
        "before": before,
        "after": one.evaluate(batches(stack, {"x": X})),
        "order": list(before),
        "variables": variables(one),
        "predictions": [*one.predict(batches(stack, {"x": X}))],
    }


def scenario_optimizers(stack, path):
    """Names of slots, and one step each; also one that is TF1's own."""
    keras, train = stack.tf.keras, stack.tf.train
    schedule = keras.optimizers.schedules.ExponentialDecay(0.1, 1, 0.5)
    optimizers = {
        "name": lambda: "adam",
        "sgd": lambda: keras.optimizers.SGD(
            0.1, momentum=0.9, decay=0.5, clipnorm=0.1
        ),
        "schedule": lambda: keras.optimizers.RMSprop(schedule),
        "tf adam": lambda: train.AdamOptimizer(0.1),
    }
    facts = {}
    for name, make in optimizers.items():
        one = convert(stack, small(stack, make()), os.path.join(path, name))
        one.train(batches(stack, X))
        facts[name] = variables(one)
    return facts


def wide(stack):
    """Two inputs, two outputs."""
    keras = stack.tf.keras
    a = keras.layers.Input((3,), name="a")
    b = keras.layers.Input((3,), name="b")
    both = keras.layers.concatenate([a, b], name="both")
    number = keras.layers.Dense(1, kernel_initializer="ones", name="number")(a)
    classes = keras.layers.Dense(
        2, "softmax", kernel_initializer="ones", name="classes"
    )(both)
    model = keras.models.Model(inputs=[a, b], outputs=[number, classes])
    model.compile(
        "sgd",
        {"number": "mse", "classes": "sparse_categorical_crossentropy"},
        loss_weights={"number": 0.5, "classes": 2.0},
        metrics={"number": ["mae"], "classes": ["accuracy"]},
        weighted_metrics={"number": ["mse"]},
    )
    return model


def scenario_several(stack, path):
    """Inputs and outputs by name, and by order; sample weights."""
    one = convert(stack, wide(stack), path)
    named = {"a": X, "b": 2 * X}
    labels = {"number": Y, "classes": CLASSES}
    one.train(batches(stack, named, labels))

    def weighted(weights):
        features = {"features": named, "sample_weights": weights}
        return observe.outcome(
            lambda: one.evaluate(batches(stack, features, labels))
        )

    weights = np.arange(8, dtype=np.float32)
    return {
        "named": one.evaluate(batches(stack, named, labels)),
        "missing label": observe.outcome(
            lambda: one.evaluate(batches(stack, named, {"number": Y})),
            says=("does not cover requested outputs keys", "classes"),
        ),
        "weighted by order": weighted((weights, weights + 1)),
        "predictions": next(one.predict(batches(stack, named, labels))),
    }


def scenario_weighted(stack, path):
    one = convert(stack, plain(stack, weighted_metrics=["mse"]), path)
    weights = np.arange(8, dtype=np.float32)
    features = {"features": X, "sample_weights": weights}
    one.train(batches(stack, features))
    return {
        "results": one.evaluate(batches(stack, features)),
        "norm": one.get_variable_value("norm/moving_mean"),
    }


def scenario_seeds(stack, path):
    """Initial values and masks by the seed of the configuration."""
    keras = stack.tf.keras
    model = keras.Sequential(
        [
            keras.layers.Dense(
                4, "relu", kernel_initializer="ones", input_shape=(3,)
            ),
            keras.layers.Dropout(0.5),
            keras.layers.Dense(1, kernel_initializer="ones", name="out"),
        ]
    )
    model.compile("sgd", "mse")
    config = stack.tf.estimator.RunConfig(tf_random_seed=7)
    one = convert(stack, model, path, config=config)
    one.train(batches(stack, X, repeat=2))
    return {
        "out": one.get_variable_value("out/kernel"),
        "loss": one.evaluate(batches(stack, X)),
    }


def scenario_subclassed(stack, path):
    tf = stack.tf

    class Model(tf.keras.Model):
        def __init__(self, units):
            super().__init__(name="mine")
            self.units = units
            self.hidden = tf.keras.layers.Dense(
                units, "relu", kernel_initializer="ones"
            )
            self.norm = tf.keras.layers.BatchNormalization()
            self.out = tf.keras.layers.Dense(1, kernel_initializer="ones")

        def call(self, inputs, training=None):
            net = self.norm(self.hidden(inputs["x"]), training=training)
            return self.out(net)

        def get_config(self):
            return {"units": self.units}

        @classmethod
        def from_config(cls, config):
            return cls(**config)

    model = Model(2)
    model.compile("adam", "mse", metrics=["mae"])
    features = {"x": X}
    one = convert(stack, model, path)
    one.train(batches(stack, features))
    return {
        "variables": variables(one),
        "results": one.evaluate(batches(stack, features)),
        "prediction": next(one.predict(batches(stack, features))),
    }


def scenario_exported(stack, path):
    tf = stack.tf
    one = convert(stack, plain(stack), path)
    one.train(batches(stack, X), steps=1)
    receiver = tf.estimator.export.build_raw_serving_input_receiver_fn(
        {"x": tf.placeholder(tf.float32, [None, 3])}
        if not tf.executing_eagerly()
        else {"x": tf.constant(X)}
    )
    folder = one.export_saved_model(os.path.join(path, "export"), receiver)
    with tf.Graph().as_default(), tf.Session() as session:
        meta = tf.saved_model.load(session, ["serve"], os.fsdecode(folder))
        return {
            key: {
                "method": signature.method_name,
                "inputs": sorted(signature.inputs),
                "outputs": {
                    name: [d.size for d in info.tensor_shape.dim]
                    for name, info in signature.outputs.items()
                },
            }
            for key, signature in meta.signature_def.items()
        }


def scenario_loaded(stack, path):
    """Files that `model.save` wrote; the optimizer is made anew."""
    model = small(stack, "adam")
    model.fit(X, Y, batch_size=4, verbose=0, shuffle=False)
    facts = {}
    for name in ("model.h5", "saved_model"):
        with warnings.catch_warnings():
            # Keras would rather have a file `.keras`.
            warnings.simplefilter("ignore", UserWarning)
            model.save(os.path.join(path, name))
    for name in ("model.h5", "saved_model"):
        one = convert(
            stack,
            None,
            os.path.join(path, "of_" + name),
            keras_model_path=os.path.join(path, name),
        )
        facts[name] = one.evaluate(batches(stack, X))
    one.train(batches(stack, X), steps=1)
    facts["trained"] = variables(one)
    return facts


def scenario_refused(stack, path):
    keras = stack.tf.keras
    x = keras.layers.Input((3,))
    bare = keras.models.Model(x, keras.layers.Dense(1)(x))

    class NoConfig(keras.Model):
        def __init__(self, units):
            super().__init__()
            self.dense = keras.layers.Dense(units)

        def call(self, x):
            return self.dense(x)

        def get_config(self):
            raise NotImplementedError

    subclassed = NoConfig(1)
    subclassed.compile("sgd", "mse")
    calls = {
        "not compiled": lambda: convert(stack, bare, path),
        "no config": lambda: convert(stack, subclassed, path),
        "format": lambda: convert(
            stack, plain(stack), path, checkpoint_format="zip"
        ),
        "no file": lambda: convert(
            stack, None, path, keras_model_path=os.path.join(path, "gone.h5")
        ),
    }
    says = (
        "has not been compiled yet",
        "must implement `Model.get_config`",
        "Checkpoint format must be one of",
        "No file or directory found",
    )
    return {n: observe.outcome(call, says) for n, call in calls.items()}
