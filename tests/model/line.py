"""A linear model: what training makes of it can be computed by hand."""

import keras
import numpy as np
import tensorflow as tf

import keras_estimator as ke

FEATURES = np.sin(np.arange(60.0)).reshape(20, 3).astype(np.float32)
LABELS = FEATURES.sum(1, keepdims=True) + 1
CALLS = []


def dataset(batch_size=8, **options):
    data = tf.data.Dataset.from_tensor_slices(({"x": FEATURES}, LABELS))
    return data.batch(batch_size, **options)


def model_fn(features, labels, mode, params):
    """A linear model: what it does can be computed by hand."""
    CALLS.append((mode, features["x"].shape.as_list()))
    layer = keras.layers.Dense(1, kernel_initializer="zeros")
    outputs = layer(features["x"])
    predictions = {"y": outputs, "twice": 2 * outputs}
    if mode == ke.ModeKeys.PREDICT:
        return ke.EstimatorSpec(mode, predictions=predictions)
    loss = keras.ops.mean((outputs - labels) ** 2)
    mae = keras.metrics.MeanAbsoluteError()
    mae.update_state(labels, outputs)
    return ke.EstimatorSpec(
        mode,
        predictions=predictions,
        loss=loss,
        train_op=params.get("optimizer", keras.optimizers.SGD)(params["lr"]),
        eval_metric_ops={
            "mae": mae,
            "a_mean": tf.compat.v1.metrics.mean(labels),
        },
    )


def make(lr=0.1, **params):
    return ke.EstimatorModel(model_fn, {"lr": lr, **params})


def batches(batch_size=8):
    for start in range(0, len(FEATURES), batch_size):
        yield FEATURES[start:][:batch_size], LABELS[start:][:batch_size]


class Line:
    """The same model and SGD, in NumPy."""

    def __init__(self, lr=0.1):
        self.lr, self.kernel, self.bias = lr, np.zeros((3, 1)), np.zeros(1)

    def __call__(self, features):
        return features @ self.kernel + self.bias

    def loss(self, features, labels):
        return np.mean((self(features) - labels) ** 2)

    def epoch(self):
        losses = []
        for features, labels in batches():
            losses.append(self.loss(features, labels))
            slope = 2 * (self(features) - labels) / len(labels)
            self.kernel = self.kernel - self.lr * features.T @ slope
            self.bias = self.bias - self.lr * slope.sum(0)
        return np.mean(losses)

    def evaluated(self):
        return np.mean([self.loss(*batch) for batch in batches()])


def weights_of(model):
    by_path = {v.path: v.numpy() for v in model.variables}
    return by_path["dense/kernel"], by_path["dense/bias"]


def assert_trained_as(model, line):
    for mine, expected in zip(
        weights_of(model), (line.kernel, line.bias), strict=True
    ):
        np.testing.assert_allclose(mine, expected, rtol=1e-4, atol=1e-6)
