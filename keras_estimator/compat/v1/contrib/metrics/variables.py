"""What metrics keep, and where they are found."""

from collections.abc import Sequence
from typing import Any

import tensorflow as tf

from keras_estimator.compat.v1.contrib.metrics.swapping import Pair

_v1 = tf.compat.v1


def metric_variable(
    name: str,
    shape: Sequence[int] = (),
    dtype: Any = tf.float32,
    can_grow: bool = False,
) -> Any:
    """Returns a variable of zeros in the collections of metrics.

    Args:
        name: Its name in the scope.
        shape: Its shape.
        dtype: Its type.
        can_grow: Whether its first dimension may change.
    """
    return _v1.Variable(
        lambda: tf.zeros(shape, dtype),
        trainable=False,
        collections=[
            _v1.GraphKeys.LOCAL_VARIABLES,
            _v1.GraphKeys.METRIC_VARIABLES,
        ],
        validate_shape=not can_grow,
        shape=tf.TensorShape([None, *shape[1:]]) if can_grow else None,
        name=name,
        use_resource=True,
    )


def collected(
    value: Any, update: Any, for_values: Any, for_updates: Any
) -> Pair:
    """Returns a metric, whose two parts are added to collections.

    Args:
        value: Its value.
        update: What updates it.
        for_values: Collections for the value, or nothing.
        for_updates: Collections for the update, or nothing.
    """
    for names, tensor in ((for_values, value), (for_updates, update)):
        if names:
            _v1.add_to_collections(names, tensor)
    return value, update
