"""Transposed convolutions, which enlarge their inputs."""

import functools
from collections.abc import Callable
from typing import Any
from typing import NamedTuple

import tensorflow as tf

from keras_estimator.compat.v1.contrib._signatures import with_signature
from keras_estimator.compat.v1.contrib.framework.arguments import add_arg_scope
from keras_estimator.compat.v1.contrib.layers import windows
from keras_estimator.compat.v1.contrib.layers.convolutions import (
    parameters_without,
)
from keras_estimator.compat.v1.contrib.layers.finishing import finish
from keras_estimator.compat.v1.contrib.layers.weights import layer


class _Kind(NamedTuple):
    """What tells the transposed convolutions apart.

    Attributes:
        scope: Name of their variable scope.
        data_format: Their data format, channels last.
        operation: TensorFlow's function for it.
    """

    scope: str
    data_format: str
    operation: Callable[..., Any]

    @property
    def dimensions(self) -> int:
        """Number of dimensions, beside batch and channels."""
        return len(self.data_format) - 2

    @property
    def formats(self) -> tuple[str, str]:
        """The data formats that it takes: channels first, and last."""
        return "NC" + self.data_format[1:-1], self.data_format


def _of_kind(name: str, kind: _Kind) -> Callable[..., Any]:
    """Returns a transposed convolution of two or three dimensions."""
    return add_arg_scope(
        with_signature(
            functools.partial(_transpose, kind),
            parameters_without(
                "rate", "conv_dims", data_format=kind.data_format
            ),
            name,
            f"Returns a transposed convolution of {kind.dimensions} "
            "dimensions.\n\n"
            "The arguments are those of `convolution`, without rate; `weights` "
            "are\n[*kernel_size, num_outputs, channels].",
        )
    )


def _transpose(
    kind: _Kind,
    *,
    inputs: Any,
    num_outputs: int,
    kernel_size: Any,
    stride: Any,
    padding: str,
    data_format: str,
    weights_initializer: Any,
    weights_regularizer: Any,
    reuse: bool | None,
    variables_collections: Any,
    trainable: bool,
    scope: Any,
    **after: Any,
) -> Any:
    """Returns a transposed convolution; `after` is what `finish` takes."""
    with layer(
        scope, kind.scope, inputs, reuse, trainable, variables_collections
    ) as (inputs, variables):
        windows.check_format(data_format, kind.formats)
        size = windows.each_dimension(
            kernel_size, kind.dimensions, "kernel_size"
        )
        strides = windows.each_dimension(stride, kind.dimensions, "stride")
        weights = variables.kernel(
            [*size, num_outputs, windows.channels_of(inputs, data_format)],
            weights_initializer,
            weights_regularizer,
        )
        known, shape = _shapes(
            inputs, num_outputs, size, strides, padding, data_format
        )
        outputs = kind.operation(
            inputs,
            weights,
            shape,
            windows.on_all_axes(strides, data_format),
            padding.upper(),
            data_format,
        )
        outputs.set_shape(known)
        return finish(outputs, variables, num_outputs, data_format, **after)


def _shapes(
    inputs: Any,
    num_outputs: int,
    size: list[int],
    strides: list[int],
    padding: str,
    data_format: str,
) -> tuple[list[int | None], Any]:
    """Returns the shape of the outputs: what is known of it, and a tensor."""
    first = windows.is_channels_first(data_format)
    axes = range(2, 2 + len(size)) if first else range(1, 1 + len(size))
    actual = tf.shape(inputs)
    more = [
        max(width - step, 0) if padding.upper() == "VALID" else 0
        for width, step in zip(size, strides, strict=True)
    ]

    def lengths(at: Callable[[int], Any]) -> list[Any]:
        return [
            None if at(axis) is None else at(axis) * step + extra
            for axis, step, extra in zip(axes, strides, more, strict=True)
        ]

    def placed(batch: Any, spatial: list[Any]) -> list[Any]:
        if first:
            return [batch, num_outputs, *spatial]
        return [batch, *spatial, num_outputs]

    known = placed(inputs.shape[0], lengths(lambda axis: inputs.shape[axis]))
    if None not in known:
        return known, known
    return known, tf.stack(
        placed(actual[0], lengths(lambda axis: actual[axis]))
    )


convolution2d_transpose = conv2d_transpose = _of_kind(
    "convolution2d_transpose",
    _Kind("Conv2d_transpose", "NHWC", tf.nn.conv2d_transpose),
)
convolution3d_transpose = conv3d_transpose = _of_kind(
    "convolution3d_transpose",
    _Kind("Conv3d_transpose", "NDHWC", tf.nn.conv3d_transpose),
)
