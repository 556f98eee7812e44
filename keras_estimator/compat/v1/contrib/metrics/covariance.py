"""Covariance and correlation over all batches.

Each returns a value and an operation that updates it.
"""

from typing import Any

import tensorflow as tf

from keras_estimator.compat.v1.contrib.framework.tensors import (
    remove_squeezable_dimensions,
)
from keras_estimator.compat.v1.contrib.metrics.swapping import Pair
from keras_estimator.compat.v1.contrib.metrics.variables import collected
from keras_estimator.compat.v1.contrib.metrics.variables import metric_variable

_v1 = tf.compat.v1


def streaming_covariance(
    predictions: Any,
    labels: Any,
    weights: Any = None,
    metrics_collections: Any = None,
    updates_collections: Any = None,
    name: str | None = None,
) -> Pair:
    """Returns the unbiased covariance; NaN until there are two examples.

    Batches are joined as in Chan, Golub and LeVeque (1979).

    Args:
        predictions: Floats.
        labels: Floats of that shape.
        weights: How often each example counts; `None` for once.
        metrics_collections: Collections for the value.
        updates_collections: Collections for the update.
        name: Name of the metric, `covariance` by default.

    Returns:
        The value, and the operation that updates it.
    """
    with _v1.variable_scope(name, "covariance", [predictions, labels, weights]):
        x, y, w = _fitting(predictions, labels, weights)
        count = metric_variable("count")
        mean_x = metric_variable("mean_prediction")
        mean_y = metric_variable("mean_label")
        comoment = metric_variable("comoment")
        size = tf.reduce_sum(w)
        total = count.assign_add(size)
        before = total - size
        x_here = tf.math.divide_no_nan(tf.reduce_sum(x * w), size)
        y_here = tf.math.divide_no_nan(tf.reduce_sum(y * w), size)
        x_before = _moved(mean_x, x_here, size, total)
        y_before = _moved(mean_y, y_here, size, total)
        update = comoment.assign_add(
            tf.reduce_sum((x - x_here) * (y - y_here) * w)
            + (x_before - x_here)
            * (y_before - y_here)
            * tf.math.divide_no_nan(before * size, total)
        )
        return collected(
            _unbiased(tf.identity(comoment), tf.identity(count), "covariance"),
            _unbiased(update, total, "update_op"),
            metrics_collections,
            updates_collections,
        )


def streaming_pearson_correlation(
    predictions: Any,
    labels: Any,
    weights: Any = None,
    metrics_collections: Any = None,
    updates_collections: Any = None,
    name: str | None = None,
) -> Pair:
    """Returns Pearson's correlation coefficient.

    Args:
        predictions: Floats.
        labels: Floats of that shape.
        weights: How often each example counts; `None` for once.
        metrics_collections: Collections for the value.
        updates_collections: Collections for the update.
        name: Name of the metric, `pearson_r` by default.

    Returns:
        The value, and the operation that updates it.
    """
    with _v1.variable_scope(name, "pearson_r", [predictions, labels, weights]):
        x, y, w = _fitting(predictions, labels, weights)
        pairs = [
            streaming_covariance(*both, weights=w, name=part)
            for both, part in (
                ((x, y), "covariance"),
                ((x, x), "variance_predictions"),
                ((y, y), "variance_labels"),
            )
        ]
        value, update = (
            tf.math.truediv(both, tf.sqrt(of_x) * tf.sqrt(of_y))
            for both, of_x, of_y in zip(*pairs, strict=True)
        )
        return collected(
            value, update, metrics_collections, updates_collections
        )


def _fitting(
    predictions: Any, labels: Any, weights: Any
) -> tuple[Any, Any, Any]:
    """Returns the three as tensors of one shape."""
    x, y = remove_squeezable_dimensions(predictions, labels)
    x.shape.assert_is_compatible_with(y.shape)
    ones = tf.ones_like(y)
    if weights is None:
        return x, y, ones
    weights = tf.cast(weights, y.dtype)
    if None not in (weights.shape.rank, y.shape.rank):
        if weights.shape.rank == y.shape.rank + 1:
            weights = tf.squeeze(weights, [-1])
        elif 0 < weights.shape.rank == y.shape.rank - 1:
            weights = tf.expand_dims(weights, -1)
    return x, y, weights * ones


def _moved(mean: Any, here: Any, size: Any, total: Any) -> Any:
    """Moves a mean by a batch, and returns it as it was before.

    Args:
        mean: The variable.
        here: Mean of the batch.
        size: How many examples that has.
        total: How many there are with it.
    """
    change = tf.math.divide_no_nan((here - mean) * size, total)
    return mean.assign_add(change) - change


def _unbiased(comoment: Any, count: Any, name: str) -> Any:
    unknown = tf.constant(float("nan"))
    return tf.where(
        count <= 1.0, unknown, tf.math.truediv(comoment, count - 1.0), name=name
    )
