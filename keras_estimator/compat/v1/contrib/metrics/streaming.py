"""`tf.metrics` with predictions first, as `tf.contrib.metrics` has them.

Each returns a value and an operation that updates it: a pair for
`eval_metric_ops`.
"""

from collections.abc import Callable
from typing import Any

import tensorflow as tf

_metrics = tf.compat.v1.metrics
Pair = tuple[Any, Any]

streaming_mean = _metrics.mean
streaming_mean_tensor = _metrics.mean_tensor
streaming_percentage_less = _metrics.percentage_below


def _of_predictions(
    metric: Callable[..., Pair], says: str
) -> Callable[..., Pair]:
    """Returns a metric that takes predictions before labels.

    Args:
        metric: The metric, of labels and predictions.
        says: The first line of its docstring.
    """

    def streaming(
        predictions: Any,
        labels: Any,
        weights: Any = None,
        metrics_collections: Any = None,
        updates_collections: Any = None,
        name: str | None = None,
    ) -> Pair:
        return metric(
            labels,
            predictions,
            weights=weights,
            metrics_collections=metrics_collections,
            updates_collections=updates_collections,
            name=name,
        )

    streaming.__name__ = streaming.__qualname__ = f"streaming_{metric.__name__}"
    streaming.__doc__ = f"""{says}

    Args:
        predictions: A tensor.
        labels: A tensor of that shape.
        weights: `None`, or a tensor that fits them.
        metrics_collections: Collections for the value.
        updates_collections: Collections for the update.
        name: Name of the metric.

    Returns:
        The value, and the operation that updates it.
    """
    return streaming


def _with(
    metric: Callable[..., Pair], argument: str, says: str
) -> Callable[..., Pair]:
    """Returns a metric of predictions, labels and one more argument.

    Args:
        metric: The metric, of labels, predictions and the argument.
        argument: Name of the argument.
        says: The first line of its docstring.
    """

    def streaming(
        predictions: Any, labels: Any, *args: Any, **kwargs: Any
    ) -> Pair:
        names = (
            argument,
            "weights",
            "metrics_collections",
            "updates_collections",
            "name",
        )
        given = dict(zip(names, args, strict=False))
        return metric(labels, predictions, **given, **kwargs)

    streaming.__name__ = streaming.__qualname__ = f"streaming_{metric.__name__}"
    streaming.__doc__ = f"""{says}

    Args:
        predictions: A tensor.
        labels: A tensor that fits it.
        *args: `{argument}`, weights, metrics_collections,
            updates_collections, name, as `tf.metrics` has them.
        **kwargs: The same by name.

    Returns:
        The value, and the operation that updates it.
    """
    return streaming


streaming_accuracy = _of_predictions(
    _metrics.accuracy, "Returns how often predictions equal labels."
)
streaming_precision = _of_predictions(
    _metrics.precision, "Returns the part of true predictions that is right."
)
streaming_recall = _of_predictions(
    _metrics.recall, "Returns the part of true labels that is predicted."
)
streaming_true_positives = _of_predictions(
    _metrics.true_positives, "Counts true labels that are predicted."
)
streaming_true_negatives = _of_predictions(
    _metrics.true_negatives, "Counts false labels that are predicted."
)
streaming_false_positives = _of_predictions(
    _metrics.false_positives, "Counts false labels predicted as true."
)
streaming_false_negatives = _of_predictions(
    _metrics.false_negatives, "Counts true labels predicted as false."
)
streaming_mean_absolute_error = _of_predictions(
    _metrics.mean_absolute_error, "Returns the mean of absolute errors."
)
streaming_mean_squared_error = _of_predictions(
    _metrics.mean_squared_error, "Returns the mean of squared errors."
)
streaming_root_mean_squared_error = _of_predictions(
    _metrics.root_mean_squared_error,
    "Returns the root of the mean of squared errors.",
)
streaming_mean_cosine_distance = _with(
    _metrics.mean_cosine_distance, "dim", "Returns the mean of 1 - cosines."
)
streaming_mean_iou = _with(
    _metrics.mean_iou,
    "num_classes",
    "Returns the mean of intersection over union of classes.",
)
streaming_mean_relative_error = _with(
    _metrics.mean_relative_error,
    "normalizer",
    "Returns the mean of errors divided by a normalizer.",
)
streaming_precision_at_thresholds = _with(
    _metrics.precision_at_thresholds,
    "thresholds",
    "Returns the precision at each threshold.",
)
streaming_recall_at_thresholds = _with(
    _metrics.recall_at_thresholds,
    "thresholds",
    "Returns the recall at each threshold.",
)
streaming_true_positives_at_thresholds = _with(
    _metrics.true_positives_at_thresholds,
    "thresholds",
    "Counts true positives at each threshold.",
)
streaming_true_negatives_at_thresholds = _with(
    _metrics.true_negatives_at_thresholds,
    "thresholds",
    "Counts true negatives at each threshold.",
)
streaming_false_positives_at_thresholds = _with(
    _metrics.false_positives_at_thresholds,
    "thresholds",
    "Counts false positives at each threshold.",
)
streaming_false_negatives_at_thresholds = _with(
    _metrics.false_negatives_at_thresholds,
    "thresholds",
    "Counts false negatives at each threshold.",
)


def streaming_auc(
    predictions: Any,
    labels: Any,
    weights: Any = None,
    num_thresholds: int = 200,
    metrics_collections: Any = None,
    updates_collections: Any = None,
    curve: str = "ROC",
    name: str | None = None,
) -> Pair:
    """Returns the area under a curve.

    Args:
        predictions: Floats from 0 to 1.
        labels: Bools, or 0 and 1, of that shape.
        weights: `None`, or a tensor that fits them.
        num_thresholds: At how many thresholds the curve is known.
        metrics_collections: Collections for the value.
        updates_collections: Collections for the update.
        curve: `ROC` or `PR`.
        name: Name of the metric.

    Returns:
        The value, and the operation that updates it.
    """
    return _metrics.auc(
        labels,
        predictions,
        weights=weights,
        num_thresholds=num_thresholds,
        metrics_collections=metrics_collections,
        updates_collections=updates_collections,
        curve=curve,
        name=name,
    )


def streaming_specificity_at_sensitivity(
    predictions: Any,
    labels: Any,
    sensitivity: float,
    weights: Any = None,
    num_thresholds: int = 200,
    metrics_collections: Any = None,
    updates_collections: Any = None,
    name: str | None = None,
) -> Pair:
    """Returns the specificity where the sensitivity is a given one.

    Args:
        predictions: Floats from 0 to 1.
        labels: Bools of that shape.
        sensitivity: The sensitivity.
        weights: `None`, or a tensor that fits them.
        num_thresholds: How many thresholds are tried.
        metrics_collections: Collections for the value.
        updates_collections: Collections for the update.
        name: Name of the metric.
    """
    return _metrics.specificity_at_sensitivity(
        labels,
        predictions,
        sensitivity,
        weights,
        num_thresholds,
        metrics_collections,
        updates_collections,
        name,
    )


def streaming_sensitivity_at_specificity(
    predictions: Any,
    labels: Any,
    specificity: float,
    weights: Any = None,
    num_thresholds: int = 200,
    metrics_collections: Any = None,
    updates_collections: Any = None,
    name: str | None = None,
) -> Pair:
    """Returns the sensitivity where the specificity is a given one.

    Args:
        predictions: Floats from 0 to 1.
        labels: Bools of that shape.
        specificity: The specificity.
        weights: `None`, or a tensor that fits them.
        num_thresholds: How many thresholds are tried.
        metrics_collections: Collections for the value.
        updates_collections: Collections for the update.
        name: Name of the metric.
    """
    return _metrics.sensitivity_at_specificity(
        labels,
        predictions,
        specificity,
        weights,
        num_thresholds,
        metrics_collections,
        updates_collections,
        name,
    )
