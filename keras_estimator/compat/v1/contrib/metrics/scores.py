"""Metrics that only `tf.contrib` had."""

from typing import Any

import tensorflow as tf

from keras_estimator.compat.v1.contrib.metrics.variables import collected
from keras_estimator.errors import ConfigError

_v1 = tf.compat.v1
Pair = tuple[Any, Any]

confusion_matrix = _v1.confusion_matrix
set_difference = tf.sets.difference
set_intersection = tf.sets.intersection
set_size = tf.sets.size
set_union = tf.sets.union


def accuracy(
    predictions: Any, labels: Any, weights: Any = None, name: str | None = None
) -> Any:
    """Returns how often predictions equal labels, in one batch.

    Args:
        predictions: Integers, bools or strings.
        labels: The same, of that shape.
        weights: `None`, or a tensor that fits them.
        name: Name of the operations.

    Raises:
        ConfigError: If they have different types.
    """
    predictions = tf.convert_to_tensor(predictions)
    labels = tf.convert_to_tensor(labels)
    if predictions.dtype != labels.dtype:
        raise ConfigError(
            "dtypes of predictions and labels should match. Given: "
            f"predictions ({predictions.dtype}) and labels ({labels.dtype}). "
            "`tf.cast` one of them."
        )
    with _v1.name_scope(name, "accuracy", [predictions, labels]):
        correct = tf.cast(tf.equal(predictions, labels), tf.float32)
        if weights is None:
            return tf.reduce_mean(correct)
        weights = tf.cast(weights, tf.float32)
        return tf.reduce_sum(correct * weights) / tf.reduce_sum(
            weights * tf.ones_like(correct)
        )


def count(
    values: Any,
    weights: Any = None,
    metrics_collections: Any = None,
    updates_collections: Any = None,
    name: str | None = None,
) -> Pair:
    """Returns how many values there were, or the sum of their weights.

    Args:
        values: A tensor.
        weights: `None`, or a tensor that fits it.
        metrics_collections: Collections for the value.
        updates_collections: Collections for the update.
        name: Name of the metric, `count` by default.

    Returns:
        The value, and the operation that updates it.
    """
    with _v1.variable_scope(name, "count", [values, weights]):
        total = _local("count", [])
        seen = (
            tf.cast(tf.size(values), tf.float32)
            if weights is None
            else tf.reduce_sum(
                tf.cast(weights, tf.float32) * tf.ones_like(values, tf.float32)
            )
        )
        return collected(
            tf.identity(total),
            total.assign_add(seen),
            metrics_collections,
            updates_collections,
        )


def f1_score(
    labels: Any,
    predictions: Any,
    weights: Any = None,
    num_thresholds: int = 200,
    metrics_collections: Any = None,
    updates_collections: Any = None,
    name: str | None = None,
) -> Pair:
    """Returns the best F1 score that a threshold reaches.

    Args:
        labels: Bools, or 0 and 1.
        predictions: Floats from 0 to 1, of that shape.
        weights: `None`, or a tensor that fits them.
        num_thresholds: How many thresholds are tried.
        metrics_collections: Collections for the value.
        updates_collections: Collections for the update.
        name: Name of the metric, `f1` by default.

    Returns:
        The value, and the operation that updates it.
    """
    with _v1.variable_scope(name, "f1", [labels, predictions, weights]):
        # Below 0 and above 1 are all, and none.
        small = 1e-7
        inner = [
            (i + 1) / (num_thresholds - 1) for i in range(num_thresholds - 2)
        ]
        thresholds = [-small, *inner, 1.0 + small]
        counts = [
            metric(labels, predictions, thresholds, weights)
            for metric in (
                _v1.metrics.true_positives_at_thresholds,
                _v1.metrics.false_positives_at_thresholds,
                _v1.metrics.false_negatives_at_thresholds,
            )
        ]
        value, update = (
            _best_f1(*(pair[which] for pair in counts)) for which in (0, 1)
        )
        return collected(
            value, update, metrics_collections, updates_collections
        )


def cohen_kappa(
    labels: Any,
    predictions_idx: Any,
    num_classes: int,
    weights: Any = None,
    metrics_collections: Any = None,
    updates_collections: Any = None,
    name: str | None = None,
) -> Pair:
    """Returns Cohen's kappa: agreement beyond chance.

    Args:
        labels: Integers [batch]: classes.
        predictions_idx: Integers [batch]: predicted classes.
        num_classes: How many classes there are.
        weights: `None`, or floats [batch].
        metrics_collections: Collections for the value.
        updates_collections: Collections for the update.
        name: Name of the metric, `cohen_kappa` by default.

    Returns:
        The value, and the operation that updates it.
    """
    with _v1.variable_scope(name, "cohen_kappa", [labels, predictions_idx]):
        matrix = _local("confusion", [num_classes, num_classes])
        seen = tf.math.confusion_matrix(
            tf.reshape(labels, [-1]),
            tf.reshape(predictions_idx, [-1]),
            num_classes,
            None if weights is None else tf.reshape(weights, [-1]),
            tf.float32,
        )
        return collected(
            _kappa(tf.identity(matrix)),
            _kappa(matrix.assign_add(seen)),
            metrics_collections,
            updates_collections,
        )


def aggregate_metrics(
    *value_update_tuples: Pair,
) -> tuple[list[Any], list[Any]]:
    """Returns the values and the updates of several metrics.

    Args:
        *value_update_tuples: Pairs of a value and its update.

    Raises:
        ConfigError: If there is none.
    """
    if not value_update_tuples:
        raise ConfigError("Expected at least one value_tensor/update_op pair")
    values, updates = zip(*value_update_tuples, strict=True)
    return list(values), list(updates)


def aggregate_metric_map(
    names_to_tuples: dict[str, Pair],
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Returns name -> value, and name -> update.

    Args:
        names_to_tuples: Name -> value and update.

    Example:
    ```python
    values, updates = slim.metrics.aggregate_metric_map(
        {"accuracy": slim.metrics.streaming_accuracy(predictions, labels)}
    )
    ```
    """
    return (
        {name: value for name, (value, _) in names_to_tuples.items()},
        {name: update for name, (_, update) in names_to_tuples.items()},
    )


def _best_f1(true: Any, false: Any, missed: Any) -> Any:
    epsilon = 1e-7
    precision = true / (epsilon + true + false)
    recall = true / (epsilon + true + missed)
    return tf.reduce_max(
        2.0 * precision * recall / (precision + recall + epsilon)
    )


def _kappa(matrix: Any) -> Any:
    total = tf.reduce_sum(matrix)
    agreed = tf.linalg.trace(matrix)
    chance = tf.reduce_sum(
        tf.reduce_sum(matrix, 0) * tf.reduce_sum(matrix, 1)
    ) / tf.maximum(total, 1.0)
    return tf.math.divide_no_nan(agreed - chance, total - chance)


def _local(name: str, shape: list[int]) -> Any:
    return _v1.get_variable(
        name,
        shape,
        initializer=_v1.zeros_initializer(),
        trainable=False,
        collections=[_v1.GraphKeys.LOCAL_VARIABLES],
    )
