"""Tensors that decoders use."""

from typing import Any

import tensorflow as tf


def hardmax(logits: Any, name: str | None = None) -> tf.Tensor:
    """Returns 1 at the largest of each row, and 0 elsewhere.

    Args:
        logits: float [batch, classes].
        name: Scope of the operations.

    Returns:
        The type and the shape of `logits`.
    """
    with tf.name_scope(name or "Hardmax"):
        logits = tf.convert_to_tensor(logits)
        depth = logits.shape[-1] or tf.shape(logits)[-1]
        return tf.one_hot(tf.argmax(logits, -1), depth, dtype=logits.dtype)


def tile_batch(t: Any, multiplier: int, name: str | None = None) -> Any:
    """Repeats each element of a batch, as a beam search needs it.

    Args:
        t: Tensors [batch, ...], or a nest of them.
        multiplier: How often each is repeated.
        name: Scope of the operations.

    Returns:
        Tensors [batch * multiplier, ...], in the nest of `t`.

    Example:
    >>> tile_batch(tf.constant([1, 2]), 2).numpy().tolist()
    [1, 1, 2, 2]
    """
    with tf.name_scope(name or "tile_batch"):
        return tf.nest.map_structure(
            lambda tensor: tf.repeat(tensor, multiplier, axis=0), t
        )
