"""Summaries of tensors, by the names that tensors have."""

from collections.abc import Callable
from collections.abc import Sequence
from typing import Any

import tensorflow as tf

_v1 = tf.compat.v1


def summarize_tensor(tensor: Any, tag: str | None = None) -> Any:
    """Adds a summary of a tensor: a scalar, or else a histogram.

    Args:
        tensor: The tensor.
        tag: Name of the summary; that of the tensor by default.
    """
    tag = tag or tensor.op.name
    if tensor.shape.rank == 0:
        return _v1.summary.scalar(tag, tensor)
    return _v1.summary.histogram(tag, tensor)


def summarize_activation(op: Any) -> Any:
    """Adds a histogram of a layer's outputs, and how many of them are zero.

    Args:
        op: The outputs.
    """
    if op.op.type in ("Relu", "Softplus", "Relu6"):
        _v1.summary.scalar(f"{op.op.name}/zeros", tf.nn.zero_fraction(op))
    if op.op.type == "Relu6":
        _v1.summary.scalar(
            f"{op.op.name}/sixes",
            tf.reduce_mean(tf.cast(tf.equal(op, 6.0), tf.float32)),
        )
    return _v1.summary.histogram(f"{op.op.name}/activation", op)


def summarize_tensors(
    tensors: Sequence[Any],
    summarizer: Callable[[Any], Any] = summarize_tensor,
) -> list[Any]:
    """Adds a summary of each tensor.

    Args:
        tensors: The tensors.
        summarizer: Function that adds one.
    """
    return [summarizer(tensor) for tensor in tensors]


def summarize_collection(
    collection: str,
    name_filter: str | None = None,
    summarizer: Callable[[Any], Any] = summarize_tensor,
) -> list[Any]:
    """Adds a summary of each tensor of a collection.

    Args:
        collection: Name of the collection.
        name_filter: Only of those whose name begins with it: a regular
            expression.
        summarizer: Function that adds one.
    """
    return summarize_tensors(
        _v1.get_collection(collection, name_filter), summarizer
    )


def summarize_activations(
    name_filter: str | None = None,
    summarizer: Callable[[Any], Any] = summarize_activation,
) -> list[Any]:
    """Adds a summary of each tensor of the collection ACTIVATIONS.

    Args:
        name_filter: Only of those whose name begins with it.
        summarizer: Function that adds one.
    """
    return summarize_collection(
        _v1.GraphKeys.ACTIVATIONS, name_filter, summarizer
    )
