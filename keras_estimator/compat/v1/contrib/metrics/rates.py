"""Rates of false predictions.

Each returns a value and an operation that updates it.
"""

from collections.abc import Callable
from collections.abc import Sequence
from typing import Any

import tensorflow as tf

from keras_estimator.compat.v1.contrib.metrics.swapping import Pair
from keras_estimator.compat.v1.contrib.metrics.variables import collected

_v1 = tf.compat.v1
_metrics = _v1.metrics
# As in `tf.metrics`: what keeps a rate of nothing from being 0 / 0.
_EPSILON = 1e-7


def _rate(
    name: str, says: str, false: Callable[..., Pair], right: Callable[..., Pair]
) -> Callable[..., Pair]:
    """Returns a metric: the part of labels that is predicted wrongly.

    Args:
        name: Its name, without `streaming_`.
        says: The first line of its docstring.
        false: Counts those.
        right: Counts the others.
    """

    def streaming(
        predictions: Any,
        labels: Any,
        weights: Any = None,
        metrics_collections: Any = None,
        updates_collections: Any = None,
        name: str | None = None,
    ) -> Pair:
        with _v1.variable_scope(
            name, scope_name, [predictions, labels, weights]
        ):
            given = [tf.cast(each, tf.bool) for each in (labels, predictions)]
            pairs = [count(*given, weights) for count in (false, right)]
            value, update = (
                tf.math.divide_no_nan(wrong, wrong + others)
                for wrong, others in zip(*pairs, strict=True)
            )
            return collected(
                value, update, metrics_collections, updates_collections
            )

    scope_name = name
    streaming.__name__ = streaming.__qualname__ = f"streaming_{name}"
    streaming.__doc__ = f"""{says}

    Args:
        predictions: Bools, or what is one.
        labels: Bools of that shape.
        weights: `None`, or a tensor that fits them.
        metrics_collections: Collections for the value.
        updates_collections: Collections for the update.
        name: Name of the metric, `{name}` by default.

    Returns:
        The value, and the operation that updates it.
    """
    return streaming


def _rate_at_thresholds(
    name: str, says: str, false: Callable[..., Pair], right: Callable[..., Pair]
) -> Callable[..., Pair]:
    """Returns a metric: the rate for each of several thresholds.

    Args:
        name: Its name, without `streaming_`.
        says: The first line of its docstring.
        false: Counts what is predicted wrongly.
        right: Counts the others.
    """

    def streaming(
        predictions: Any,
        labels: Any,
        thresholds: Sequence[float],
        weights: Any = None,
        metrics_collections: Any = None,
        updates_collections: Any = None,
        name: str | None = None,
    ) -> Pair:
        with _v1.variable_scope(
            name, scope_name, [predictions, labels, weights]
        ):
            pairs = [
                count(labels, predictions, thresholds, weights)
                for count in (false, right)
            ]
            value, update = (
                wrong / (_EPSILON + wrong + others)
                for wrong, others in zip(*pairs, strict=True)
            )
            return collected(
                value, update, metrics_collections, updates_collections
            )

    scope_name = name
    streaming.__name__ = streaming.__qualname__ = f"streaming_{name}"
    streaming.__doc__ = f"""{says}

    Args:
        predictions: Floats from 0 to 1.
        labels: Bools, or 0 and 1, of that shape.
        thresholds: A list of floats from 0 to 1.
        weights: `None`, or a tensor that fits them.
        metrics_collections: Collections for the value.
        updates_collections: Collections for the update.
        name: Name of the metric, `{name}` by default.

    Returns:
        The value, and the operation that updates it.
    """
    return streaming


streaming_false_positive_rate = _rate(
    "false_positive_rate",
    "Returns the part of false labels that is predicted as true.",
    _metrics.false_positives,
    _metrics.true_negatives,
)
streaming_false_negative_rate = _rate(
    "false_negative_rate",
    "Returns the part of true labels that is predicted as false.",
    _metrics.false_negatives,
    _metrics.true_positives,
)
streaming_false_positive_rate_at_thresholds = _rate_at_thresholds(
    "false_positive_rate_at_thresholds",
    "Returns the part of false labels above each threshold.",
    _metrics.false_positives_at_thresholds,
    _metrics.true_negatives_at_thresholds,
)
streaming_false_negative_rate_at_thresholds = _rate_at_thresholds(
    "false_negative_rate_at_thresholds",
    "Returns the part of true labels that is not above each threshold.",
    _metrics.false_negatives_at_thresholds,
    _metrics.true_positives_at_thresholds,
)
