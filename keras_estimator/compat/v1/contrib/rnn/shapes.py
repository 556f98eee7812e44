"""Shapes of batches of sequences."""

from typing import Any

import tensorflow as tf


def transpose_batch_time(x: Any) -> tf.Tensor:
    """Returns a tensor with its first two dimensions swapped.

    Args:
        x: Any type, [batch, time, ...]; of fewer dimensions, it is returned
            as it is.

    Returns:
        The same type, [time, batch, ...].
    """
    x = tf.convert_to_tensor(x)
    if x.shape.rank is None:
        rest = tf.range(2, tf.rank(x))
        return tf.transpose(x, tf.concat([[1, 0], rest], 0))
    if x.shape.rank < 2:
        return x
    return tf.transpose(x, [1, 0, *range(2, x.shape.rank)])


def best_effort_input_batch_size(flat_input: list[tf.Tensor]) -> Any:
    """Returns the batch size of inputs, an int if it is known beforehand.

    Args:
        flat_input: Tensors [time, batch, ...].

    Returns:
        An int, or an int32 tensor [].
    """
    for part in flat_input:
        if part.shape.rank is not None and part.shape.rank >= 2:
            size = part.shape[1]
            if size is not None:
                return size
    return tf.shape(flat_input[0])[1]
