"""Transposed convolutions, which enlarge their inputs."""

from collections.abc import Callable
from collections.abc import Mapping
from typing import Any

import tensorflow as tf

from keras_estimator.compat.v1.contrib.framework.arguments import add_arg_scope
from keras_estimator.compat.v1.contrib.layers import windows
from keras_estimator.compat.v1.contrib.layers.collections import collect_outputs
from keras_estimator.compat.v1.contrib.layers.convolutions import add_biases
from keras_estimator.compat.v1.contrib.layers.initializers import (
    xavier_initializer,
)
from keras_estimator.compat.v1.contrib.layers.weights import Weights

_v1 = tf.compat.v1


def _transposed(
    name: str, default_scope: str, default_format: str, operation: Any
) -> Callable[..., Any]:
    """Returns a transposed convolution of two or three dimensions.

    Args:
        name: Its name.
        default_scope: Name of its variable scope.
        default_format: Its data format, channels last.
        operation: TensorFlow's function for it.
    """
    dimensions = len(default_format) - 2
    accepted = "NC" + default_format[1:-1], default_format

    def transpose(
        inputs: Any,
        num_outputs: int,
        kernel_size: Any,
        stride: Any = 1,
        padding: str = "SAME",
        data_format: str = default_format,
        activation_fn: Callable[[Any], Any] | None = tf.nn.relu,
        normalizer_fn: Callable[..., Any] | None = None,
        normalizer_params: Mapping[str, Any] | None = None,
        weights_initializer: Any = xavier_initializer(),  # noqa: B008
        weights_regularizer: Callable[[Any], Any] | None = None,
        biases_initializer: Any = _v1.zeros_initializer(),  # noqa: B008
        biases_regularizer: Callable[[Any], Any] | None = None,
        reuse: bool | None = None,
        variables_collections: Any = None,
        outputs_collections: Any = None,
        trainable: bool = True,
        scope: Any = None,
    ) -> Any:
        with _v1.variable_scope(
            scope, default_scope, [inputs], reuse=reuse
        ) as scoped:
            windows.check_format(data_format, accepted)
            inputs = tf.convert_to_tensor(inputs)
            variables = Weights(
                scoped,
                inputs.dtype.base_dtype,
                trainable,
                variables_collections,
            )
            size = windows.each_dimension(
                kernel_size, dimensions, "kernel_size"
            )
            strides = windows.each_dimension(stride, dimensions, "stride")
            weights = variables.kernel(
                [*size, num_outputs, windows.channels_of(inputs, data_format)],
                weights_initializer,
                weights_regularizer,
            )
            known, shape = _shapes(
                inputs, num_outputs, size, strides, padding, data_format
            )
            outputs = operation(
                inputs,
                weights,
                shape,
                windows.on_all_axes(strides, data_format),
                padding.upper(),
                data_format,
            )
            outputs.set_shape(known)
            if normalizer_fn is not None:
                outputs = normalizer_fn(outputs, **(normalizer_params or {}))
            elif biases_initializer is not None:
                biases = variables.bias(
                    num_outputs, biases_initializer, biases_regularizer
                )
                outputs = add_biases(outputs, biases, data_format)
            if activation_fn is not None:
                outputs = activation_fn(outputs)
            return collect_outputs(outputs_collections, scoped, outputs)

    transpose.__name__ = transpose.__qualname__ = name
    transpose.__doc__ = (
        f"Returns a transposed convolution of {dimensions} dimensions.\n\n"
        "The arguments are those of `convolution`, without rate; `weights` "
        "are\n[*kernel_size, num_outputs, channels]."
    )
    return add_arg_scope(transpose)


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


convolution2d_transpose = conv2d_transpose = _transposed(
    "convolution2d_transpose",
    "Conv2d_transpose",
    "NHWC",
    tf.nn.conv2d_transpose,
)
convolution3d_transpose = conv3d_transpose = _transposed(
    "convolution3d_transpose",
    "Conv3d_transpose",
    "NDHWC",
    tf.nn.conv3d_transpose,
)
