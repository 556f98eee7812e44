"""Convolutions that treat each channel by itself."""

from collections.abc import Callable
from collections.abc import Mapping
from typing import Any

import tensorflow as tf

from keras_estimator.compat.v1.contrib.framework.arguments import add_arg_scope
from keras_estimator.compat.v1.contrib.layers import windows
from keras_estimator.compat.v1.contrib.layers.finishing import finish
from keras_estimator.compat.v1.contrib.layers.initializers import (
    xavier_initializer,
)
from keras_estimator.compat.v1.contrib.layers.weights import layer

_v1 = tf.compat.v1


@add_arg_scope
def separable_convolution2d(
    inputs: Any,
    num_outputs: int | None,
    kernel_size: Any,
    depth_multiplier: int = 1,
    stride: Any = 1,
    padding: str = "SAME",
    data_format: str = "NHWC",
    rate: Any = 1,
    activation_fn: Callable[[Any], Any] | None = tf.nn.relu,
    normalizer_fn: Callable[..., Any] | None = None,
    normalizer_params: Mapping[str, Any] | None = None,
    weights_initializer: Any = xavier_initializer(),  # noqa: B008
    pointwise_initializer: Any = None,
    weights_regularizer: Callable[[Any], Any] | None = None,
    biases_initializer: Any = _v1.zeros_initializer(),  # noqa: B008
    biases_regularizer: Callable[[Any], Any] | None = None,
    reuse: bool | None = None,
    variables_collections: Any = None,
    outputs_collections: Any = None,
    trainable: bool = True,
    scope: Any = None,
) -> Any:
    """Returns a convolution of each channel, then one of all of them.

    What it does after that, and the arguments that are not here, are those of
    `convolution`.

    Args:
        inputs: Floats [batch, height, width, channels].
        num_outputs: Number of filters of the second; `None` to leave it out.
        kernel_size: Size of the filters of the first.
        depth_multiplier: How many filters there are for each channel.
        stride: How far they move.
        padding: `SAME` or `VALID`.
        data_format: `NHWC` or `NCHW`.
        rate: Dilation of the first.
        activation_fn: Function of the outputs; `None` for none.
        normalizer_fn: Function of the outputs before the activation.
        normalizer_params: Keyword arguments for normalizer_fn.
        weights_initializer: Initializer of `depthwise_weights`.
        pointwise_initializer: Initializer of `pointwise_weights`; by default
            weights_initializer.
        weights_regularizer: Function of either that returns a loss.
        biases_initializer: Initializer of `biases`; `None` for no biases.
        biases_regularizer: Function of them that returns a loss.
        reuse: Whether the variables of another layer are used.
        variables_collections: Collections for the variables.
        outputs_collections: Collections for the outputs.
        trainable: Whether the variables are trained.
        scope: Name of the layer, `SeparableConv2d` by default.

    Raises:
        ConfigError: If the data format is unknown, or the number of channels
            is.
    """
    windows.check_format(data_format, ("NCHW", "NHWC"))
    with layer(
        scope,
        "SeparableConv2d",
        inputs,
        reuse,
        trainable,
        variables_collections,
    ) as (inputs, variables):
        channels = windows.channels_of(inputs, data_format)
        size = windows.each_dimension(kernel_size, 2, "kernel_size")
        depthwise = variables.kernel(
            [*size, channels, depth_multiplier],
            weights_initializer,
            weights_regularizer,
            "depthwise_weights",
            "depthwise_kernel",
        )
        settings: dict[str, Any] = {
            "strides": windows.on_all_axes(
                windows.each_dimension(stride, 2, "stride"), data_format
            ),
            "padding": padding.upper(),
            "data_format": data_format,
            "dilations": windows.each_dimension(rate, 2, "rate"),
        }
        units = num_outputs or depth_multiplier * channels
        if num_outputs is None:
            outputs = tf.nn.depthwise_conv2d(inputs, depthwise, **settings)
        else:
            pointwise = variables.kernel(
                [1, 1, depth_multiplier * channels, num_outputs],
                pointwise_initializer or weights_initializer,
                weights_regularizer,
                "pointwise_weights",
                "pointwise_kernel",
            )
            outputs = tf.nn.separable_conv2d(
                inputs, depthwise, pointwise, **settings
            )
        return finish(
            outputs,
            variables,
            units,
            data_format,
            activation_fn=activation_fn,
            normalizer_fn=normalizer_fn,
            normalizer_params=normalizer_params,
            biases_initializer=biases_initializer,
            biases_regularizer=biases_regularizer,
            outputs_collections=outputs_collections,
        )


separable_conv2d = separable_convolution2d


@add_arg_scope
def convolution2d_in_plane(
    inputs: Any,
    kernel_size: Any,
    stride: Any = 1,
    padding: str = "SAME",
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
    """Returns a convolution of each channel, by the same filter for all.

    The arguments are those of `convolution`; `weights` are [*kernel_size, 1,
    1].

    Args:
        inputs: Floats [batch, height, width, channels].
        kernel_size: Size of the filter.
        stride: How far it moves.
        padding: `SAME` or `VALID`.
        activation_fn: Function of the outputs; `None` for none.
        normalizer_fn: Function of the outputs before the activation.
        normalizer_params: Keyword arguments for normalizer_fn.
        weights_initializer: Initializer of `weights`.
        weights_regularizer: Function of them that returns a loss.
        biases_initializer: Initializer of `biases`; `None` for no biases.
        biases_regularizer: Function of them that returns a loss.
        reuse: Whether the variables of another layer are used.
        variables_collections: Collections for the variables.
        outputs_collections: Collections for the outputs.
        trainable: Whether the variables are trained.
        scope: Name of the layer, `ConvInPlane` by default.
    """
    with layer(
        scope, "ConvInPlane", inputs, reuse, trainable, variables_collections
    ) as (inputs, variables):
        channels = windows.channels_of(inputs, None)
        size = windows.each_dimension(kernel_size, 2, "kernel_size")
        weights = variables.kernel(
            [*size, 1, 1], weights_initializer, weights_regularizer
        )
        outputs = tf.nn.depthwise_conv2d(
            inputs,
            tf.tile(weights, [1, 1, channels, 1]),
            windows.on_all_axes(
                windows.each_dimension(stride, 2, "stride"), None
            ),
            padding.upper(),
        )
        return finish(
            outputs,
            variables,
            channels,
            activation_fn=activation_fn,
            normalizer_fn=normalizer_fn,
            normalizer_params=normalizer_params,
            biases_initializer=biases_initializer,
            biases_regularizer=biases_regularizer,
            outputs_collections=outputs_collections,
        )


conv2d_in_plane = convolution2d_in_plane
