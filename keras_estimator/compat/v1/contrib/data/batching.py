"""Batches: without a smaller last one, and of windows that slide."""

from collections.abc import Callable
from typing import Any

import tensorflow as tf

from keras_estimator.errors import ConfigError

_Transformation = Callable[[Any], Any]


def batch_and_drop_remainder(batch_size: int | tf.Tensor) -> _Transformation:
    """Batches, and leaves out a last batch that would be smaller.

    Args:
        batch_size: Elements in a batch, int64 [].

    Returns:
        A function for `dataset.apply`.

    Example:
    >>> dataset = tf.data.Dataset.range(5).apply(batch_and_drop_remainder(2))
    >>> [batch.tolist() for batch in dataset.as_numpy_iterator()]
    [[0, 1], [2, 3]]
    """
    return lambda dataset: dataset.batch(batch_size, drop_remainder=True)


def padded_batch_and_drop_remainder(
    batch_size: int | tf.Tensor, padded_shapes: Any, padding_values: Any = None
) -> _Transformation:
    """Pads and batches, and leaves out a last batch that would be smaller.

    Args:
        batch_size: Elements in a batch, int64 [].
        padded_shapes: Shape of each component after padding; `None` in it is
            the largest of the batch.
        padding_values: What is padded with; by default 0 or "".

    Returns:
        A function for `dataset.apply`.
    """
    return lambda dataset: dataset.padded_batch(
        batch_size, padded_shapes, padding_values, drop_remainder=True
    )


def sliding_window_batch(
    window_size: int | tf.Tensor,
    stride: int | tf.Tensor | None = None,
    window_shift: int | tf.Tensor | None = None,
    window_stride: int | tf.Tensor = 1,
) -> _Transformation:
    """Batches a window that slides over the elements.

    Args:
        window_size: Elements in a window, int64 [].
        stride: Old name of `window_shift`.
        window_shift: How far the window goes each time; 1 by default.
        window_stride: Distance between elements of a window.

    Returns:
        A function for `dataset.apply`. Windows that would be smaller are left
        out.

    Raises:
        ConfigError: If stride and window_shift are both given.

    Example:
    >>> dataset = tf.data.Dataset.range(4).apply(sliding_window_batch(2))
    >>> [batch.tolist() for batch in dataset.as_numpy_iterator()]
    [[0, 1], [1, 2], [2, 3]]
    """
    if stride is not None and window_shift is not None:
        raise ConfigError(
            "Cannot specify both `stride` and `window_shift`: the first is the "
            f"old name of the second. Received: stride={stride!r}, "
            f"window_shift={window_shift!r}."
        )
    shift = window_shift if stride is None else stride
    shift = 1 if shift is None else shift

    def join(*windows: Any) -> Any:
        parts = windows if len(windows) > 1 else windows[0]
        batches = tf.nest.map_structure(
            lambda window: window.batch(window_size, drop_remainder=True), parts
        )
        return tf.data.Dataset.zip(batches)

    return lambda dataset: dataset.window(
        window_size, shift, window_stride, drop_remainder=True
    ).flat_map(join)


def assert_element_shape(expected_shapes: Any) -> _Transformation:
    """Makes sure that elements have the shapes that are expected.

    Args:
        expected_shapes: A nest of shapes, with the structure of an element.

    Returns:
        A function for `dataset.apply`. A shape that is known beforehand to be
        another is a `ValueError`, one that turns out to be, a
        `tf.errors.InvalidArgumentError`.
    """

    @tf.autograph.experimental.do_not_convert
    def check(*element: Any) -> Any:
        parts = element if len(element) > 1 else element[0]
        return _map_shapes(parts, expected_shapes, tf.ensure_shape)

    return lambda dataset: dataset.map(check)


def _map_shapes(parts: Any, shapes: Any, function: Callable) -> Any:
    """Applies a function to each part and its shape: lists are shapes, too."""
    if isinstance(parts, dict):
        return {
            key: _map_shapes(part, shapes[key], function)
            for key, part in parts.items()
        }
    if isinstance(parts, tuple):
        found = [
            _map_shapes(part, shape, function)
            for part, shape in zip(parts, shapes, strict=True)
        ]
        is_named = hasattr(parts, "_fields")
        return type(parts)(*found) if is_named else tuple(found)
    return function(parts, shapes)
