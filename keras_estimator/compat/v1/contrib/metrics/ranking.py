"""Metrics of the k largest predictions.

Each returns a value and an operation that updates it.
"""

from typing import Any

import tensorflow as tf

from keras_estimator.compat.v1.contrib.metrics.swapping import Pair
from keras_estimator.compat.v1.contrib.metrics.swapping import predictions_first

_metrics = tf.compat.v1.metrics
_ARGUMENTS = {
    "predictions": "Floats [batch, classes].",
    "labels": "Integers [batch, ...]: classes.",
    "k": "How many predictions count.",
    "class_id": "The only class that counts; all of them by default.",
}

streaming_sparse_recall_at_k = predictions_first(
    _metrics.recall_at_k,
    "Returns the part of labels that is among the k largest predictions.",
    _ARGUMENTS,
    name="streaming_sparse_recall_at_k",
)
streaming_sparse_precision_at_k = predictions_first(
    _metrics.precision_at_k,
    "Returns the part of the k largest predictions that is among labels.",
    _ARGUMENTS,
    name="streaming_sparse_precision_at_k",
)
streaming_sparse_average_precision_at_k = predictions_first(
    _metrics.average_precision_at_k,
    "Returns the mean over examples of the average precision up to k.",
    _ARGUMENTS,
    name="streaming_sparse_average_precision_at_k",
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
