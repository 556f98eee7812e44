"""Metrics of `tf.metrics` that take predictions before labels."""

import inspect
from collections.abc import Callable
from collections.abc import Mapping
from typing import Any

from keras_estimator.compat.v1.contrib._signatures import with_signature

Pair = tuple[Any, Any]
_ARGUMENTS = {
    "predictions": "A tensor.",
    "labels": "A tensor that fits it.",
    "weights": "`None`, or a tensor that fits them.",
    "metrics_collections": "Collections for the value.",
    "updates_collections": "Collections for the update.",
    "name": "Name of the metric.",
}


def predictions_first(
    metric: Callable[..., Pair],
    says: str,
    arguments: Mapping[str, str] | None = None,
    *,
    name: str | None = None,
    without: tuple[str, ...] = (),
) -> Callable[..., Pair]:
    """Returns a metric with its first two arguments swapped.

    Args:
        metric: The metric, of labels, predictions and more.
        says: The first line of its docstring.
        arguments: What its docstring says of arguments that others do not
            have, or of these in particular.
        name: Its name; that of the metric after `streaming_` by default.
        without: Names of arguments that it does not have.
    """
    labels, predictions, *others = inspect.signature(metric).parameters.values()
    parameters = [
        parameter
        for parameter in (predictions, labels, *others)
        if parameter.name not in without
    ]
    described = {**_ARGUMENTS, **(arguments or {})}
    lines = "\n".join(
        f"    {each.name}: {described.get(each.name, 'As in `tf.metrics`.')}"
        for each in parameters
    )
    return with_signature(
        metric,
        parameters,
        name or f"streaming_{metric.__name__}",
        f"{says}\n\nArgs:\n{lines}\n\n"
        "Returns:\n    The value, and the operation that updates it.",
    )
