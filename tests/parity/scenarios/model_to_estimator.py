"""Keras models as Estimators; the real ones are models of Keras 2."""

import os

import numpy as np

from tests.parity import observe

X = np.sin(np.arange(24, dtype=np.float32)).reshape(8, 3)
Y = np.cos(np.arange(8, dtype=np.float32)).reshape(8, 1)
CLASSES = np.array([0, 1] * 4, np.int32).reshape(8, 1)


def is_real(stack):
    return stack.tf2.__version__.startswith("2.15")


def keras_of(stack):
    if is_real(stack):
        return stack.tf2.keras
    import keras

    return keras


def convert(stack, model, path, **kwargs):
    if is_real(stack):
        call = stack.tf2.keras.estimator.model_to_estimator
        kwargs = {"checkpoint_format": "saver", **kwargs}
    else:
        call = stack.estimator.model_to_estimator
    return call(model, model_dir=os.path.join(path, "model"), **kwargs)


def sgd(stack):
    optimizers = keras_of(stack).optimizers
    return (optimizers.legacy if is_real(stack) else optimizers).SGD(0.1)


def plain(stack, metrics=("mae", "mse"), **compiled):
    keras = keras_of(stack)
    x = keras.Input((3,), name="x")
    net = keras.layers.Dense(
        4, "tanh", kernel_initializer="ones", name="hidden"
    )(x)
    net = keras.layers.BatchNormalization(momentum=0.5, name="norm")(net)
    y = keras.layers.Dense(
        1,
        kernel_initializer="ones",
        kernel_regularizer=keras.regularizers.L2(0.01),
        name="out",
    )(net)
    model = keras.Model(x, y)
    model.compile(sgd(stack), "mse", metrics=list(metrics), **compiled)
    return model


def wide(stack):
    """Two inputs, two outputs."""
    keras = keras_of(stack)
    a = keras.Input((3,), name="a")
    b = keras.Input((3,), name="b")
    both = keras.layers.Concatenate(name="both")([a, b])
    number = keras.layers.Dense(1, kernel_initializer="ones", name="number")(a)
    classes = keras.layers.Dense(
        2, "softmax", kernel_initializer="ones", name="classes"
    )(both)
    model = keras.Model([a, b], [number, classes])
    model.compile(
        sgd(stack),
        {"number": "mse", "classes": "sparse_categorical_crossentropy"},
        loss_weights={"number": 0.5, "classes": 2.0},
        metrics={"number": ["mae"], "classes": ["accuracy"]},
        weighted_metrics={"number": ["mse"]},
    )
    return model


def batches(stack, features, labels=Y, repeat=1):
    def input_fn():
        dataset = stack.tf2.data.Dataset.from_tensor_slices((features, labels))
        return dataset.batch(4).repeat(repeat)

    return input_fn


def scenario_train(stack, path):
    """Batch norm, regularization, names of variables and files."""
    one = convert(stack, plain(stack), path)
    first = observe.files(os.path.join(path, "model", "keras"))
    before = one.evaluate(batches(stack, {"x": X}))
    one.train(batches(stack, {"x": X}, repeat=3))
    variables = {
        name: one.get_variable_value(name)
        for name in one.get_variable_names()
        if name.split("/")[0] in ("hidden", "norm", "out")
    }
    return {
        "at first": [n for n in first if not n.endswith(".meta")],
        "before": before,
        "after": one.evaluate(batches(stack, {"x": X})),
        "order": list(before),
        "variables": variables,
        "predictions": [
            p["out"] for p in one.predict(batches(stack, {"x": X}))
        ],
    }


def scenario_features(stack, path):
    one = convert(stack, plain(stack), path)

    def evaluate(features):
        return observe.outcome(
            lambda: one.evaluate(batches(stack, features)),
            says=("does not cover requested inputs keys", "x", "z"),
        )

    return {
        "tensor": evaluate(X),
        "more": evaluate({"x": X, "z": X}),
        "missing": evaluate({"z": X}),
        "weighted": evaluate(
            {"features": X, "sample_weights": np.arange(8, dtype=np.float32)}
        ),
    }


def scenario_several(stack, path):
    """Inputs and outputs by name, and by order."""
    one = convert(stack, wide(stack), path)
    named = {"a": X, "b": 2 * X}
    labels = {"number": Y, "classes": CLASSES}
    facts = {
        "named": one.evaluate(batches(stack, named, labels)),
        "in order": one.evaluate(batches(stack, (X, 2 * X), (Y, CLASSES))),
        "missing label": observe.outcome(
            lambda: one.evaluate(batches(stack, named, {"number": Y})),
            says=("does not cover requested outputs keys", "classes"),
        ),
    }
    first = next(one.predict(batches(stack, named, labels)))
    facts["predictions"] = first
    return facts


def scenario_names(stack, path):
    def evaluate(name, names):
        one = convert(
            stack,
            plain(stack),
            os.path.join(path, name),
            metric_names_map=names,
        )
        return observe.outcome(
            lambda: sorted(one.evaluate(batches(stack, X))),
            says=("Invalid `metric_names_map`", "mse", "other"),
        )

    return {
        "renamed": evaluate("renamed", {"mae": "distance", "mse": "square"}),
        "missing": evaluate("missing", {"mae": "distance"}),
        "extra": evaluate(
            "extra", {"mae": "distance", "mse": "square", "other": "o"}
        ),
    }


def scenario_first_weights(stack, path):
    """What the first call in a model_dir has written is what counts."""
    keras = keras_of(stack)

    def model(value):
        x = keras.Input((3,), name="x")
        made = keras.Model(
            x,
            keras.layers.Dense(
                1,
                kernel_initializer=keras.initializers.Constant(value),
                name="out",
            )(x),
        )
        made.compile(sgd(stack), "mse")
        return made

    facts = []
    for value in (1.0, 2.0):
        one = convert(stack, model(value), path)
        facts.append(next(one.predict(batches(stack, X))))
    return facts


def scenario_refused(stack, path):
    keras = keras_of(stack)
    x = keras.Input((3,))
    bare = keras.Model(x, keras.layers.Dense(1)(x))

    class NoConfig(keras.Model):
        def __init__(self, units):
            super().__init__()
            self.dense = keras.layers.Dense(units)

        def call(self, x):
            return self.dense(x)

        def get_config(self):
            raise NotImplementedError

    subclassed = NoConfig(1)
    subclassed.compile(sgd(stack), "mse")
    calls = {
        "nothing": lambda: convert(stack, None, path),
        "both": lambda: convert(
            stack, plain(stack), path, keras_model_path="model"
        ),
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
        "needs to be provided",
        "but not both",
        "has not been compiled yet",
        "must implement `Model.get_config`",
        "Checkpoint format must be one of",
        "No file or directory found",
    )
    return {n: observe.outcome(call, says) for n, call in calls.items()}
