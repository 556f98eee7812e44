"""All values of an evaluation, one batch after the other."""

from typing import Any

import tensorflow as tf

from keras_estimator.compat.v1.contrib.metrics.swapping import Pair
from keras_estimator.compat.v1.contrib.metrics.variables import collected
from keras_estimator.compat.v1.contrib.metrics.variables import metric_variable
from keras_estimator.errors import ConfigError

_v1 = tf.compat.v1


def streaming_concat(
    values: Any,
    axis: int = 0,
    max_size: int | None = None,
    metrics_collections: Any = None,
    updates_collections: Any = None,
    name: str | None = None,
) -> Pair:
    """Returns the values of all batches, one after the other.

    Args:
        values: A tensor. Its rank and its shape must be known, except for the
            size of the axis.
        axis: Along which they are joined.
        max_size: How many are kept along the axis; all of them by default.
        metrics_collections: Collections for the value.
        updates_collections: Collections for the update.
        name: Name of the metric, `streaming_concat` by default.

    Returns:
        The value, and the operation that updates it: it returns their number
        along the axis.

    Raises:
        ConfigError: If there is no such axis, or the shape is not known.
    """
    with _v1.variable_scope(name, "streaming_concat", [values]):
        values = tf.convert_to_tensor(values)
        axis = _known_axis(values, axis)
        # The axis comes first in what is kept: [values, the others].
        first = [axis, *(i for i in range(values.shape.rank) if i != axis)]
        back = [first.index(i) for i in range(values.shape.rank)]
        others = [size for i, size in enumerate(values.shape) if i != axis]
        kept = metric_variable("array", [0, *others], values.dtype, True)
        before = kept.read_value()
        batch = tf.transpose(values, first)
        if max_size is not None:
            batch = batch[: max_size - tf.shape(before)[0]]
        joined = tf.concat([before, batch], 0)
        with tf.control_dependencies([kept.assign(joined, read_value=False)]):
            update = tf.shape(joined)[0]
        return collected(
            tf.transpose(kept.read_value(), back),
            update,
            metrics_collections,
            updates_collections,
        )


def _known_axis(values: Any, axis: int) -> int:
    """Returns the axis, counted from the first one."""
    rank = values.shape.rank
    if rank is None:
        raise ConfigError("`values` must have known statically known rank.")
    found = axis + rank if axis < 0 else axis
    if not 0 <= found < rank:
        raise ConfigError(f"axis = {axis!r} not in [0, {rank!r}).")
    if any(size is None for i, size in enumerate(values.shape) if i != found):
        raise ConfigError(
            "All dimensions of `values` other than the dimension to "
            "concatenate along must have statically known size; got "
            f"{values.shape} and the axis {axis}."
        )
    return found
