"""Metrics of the k largest predictions.

Each returns a value and an operation that updates it.
"""

from typing import Any

import tensorflow as tf

_metrics = tf.compat.v1.metrics
Pair = tuple[Any, Any]


def streaming_sparse_recall_at_k(
    predictions: Any,
    labels: Any,
    k: int,
    class_id: int | None = None,
    weights: Any = None,
    metrics_collections: Any = None,
    updates_collections: Any = None,
    name: str | None = None,
) -> Pair:
    """Returns the part of labels that is among the k largest predictions.

    Args:
        predictions: Floats [batch, classes].
        labels: Integers [batch, ...]: classes.
        k: How many predictions count.
        class_id: The only class that counts; all of them by default.
        weights: `None`, or a tensor that fits them.
        metrics_collections: Collections for the value.
        updates_collections: Collections for the update.
        name: Name of the metric.
    """
    return _metrics.recall_at_k(
        labels,
        predictions,
        k,
        class_id,
        weights,
        metrics_collections,
        updates_collections,
        name,
    )


def streaming_sparse_precision_at_k(
    predictions: Any,
    labels: Any,
    k: int,
    class_id: int | None = None,
    weights: Any = None,
    metrics_collections: Any = None,
    updates_collections: Any = None,
    name: str | None = None,
) -> Pair:
    """Returns the part of the k largest predictions that is among labels.

    Args:
        predictions: Floats [batch, classes].
        labels: Integers [batch, ...]: classes.
        k: How many predictions count.
        class_id: The only class that counts; all of them by default.
        weights: `None`, or a tensor that fits them.
        metrics_collections: Collections for the value.
        updates_collections: Collections for the update.
        name: Name of the metric.
    """
    return _metrics.precision_at_k(
        labels,
        predictions,
        k,
        class_id,
        weights,
        metrics_collections,
        updates_collections,
        name,
    )


def streaming_sparse_average_precision_at_k(
    predictions: Any,
    labels: Any,
    k: int,
    weights: Any = None,
    metrics_collections: Any = None,
    updates_collections: Any = None,
    name: str | None = None,
) -> Pair:
    """Returns the mean over examples of the average precision up to k.

    Args:
        predictions: Floats [batch, classes].
        labels: Integers [batch, ...]: classes.
        k: How many predictions count.
        weights: `None`, or a tensor that fits them.
        metrics_collections: Collections for the value.
        updates_collections: Collections for the update.
        name: Name of the metric.
    """
    return _metrics.average_precision_at_k(
        labels,
        predictions,
        k,
        weights,
        metrics_collections,
        updates_collections,
        name,
    )


def streaming_recall_at_k(
    predictions: Any,
    labels: Any,
    k: int,
    weights: Any = None,
    metrics_collections: Any = None,
    updates_collections: Any = None,
    name: str | None = None,
) -> Pair:
    """Returns how often the label is among the k largest predictions.

    Args:
        predictions: Floats [batch, classes].
        labels: Integers [batch]: the classes.
        k: How many predictions count.
        weights: `None`, or floats [batch].
        metrics_collections: Collections for the value.
        updates_collections: Collections for the update.
        name: Name of the metric, `recall_at_k` by default.
    """
    found = tf.cast(
        tf.compat.v1.nn.in_top_k(predictions, labels, k), tf.float32
    )
    return _metrics.mean(
        found,
        weights,
        metrics_collections,
        updates_collections,
        name or f"recall_at_{k}",
    )
