"""Convolutions of one, two and three dimensions."""

import functools
import inspect
from collections.abc import Callable
from collections.abc import Mapping
from typing import Any

import tensorflow as tf

from keras_estimator.compat.v1.contrib._signatures import with_signature
from keras_estimator.compat.v1.contrib.framework.arguments import add_arg_scope
from keras_estimator.compat.v1.contrib.layers import windows
from keras_estimator.compat.v1.contrib.layers.finishing import finish
from keras_estimator.compat.v1.contrib.layers.initializers import (
    xavier_initializer,
)
from keras_estimator.compat.v1.contrib.layers.weights import layer
from keras_estimator.errors import ConfigError

_v1 = tf.compat.v1
_FORMATS = (None, "NWC", "NCW", "NHWC", "NCHW", "NDHWC", "NCDHW")


@add_arg_scope
def convolution(
    inputs: Any,
    num_outputs: int,
    kernel_size: Any,
    stride: Any = 1,
    padding: str = "SAME",
    data_format: str | None = None,
    rate: Any = 1,
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
    conv_dims: int | None = None,
) -> Any:
    """Returns activation(normalizer(convolution(inputs, weights) + biases)).

    The activation is relu unless another one, or `None`, is given. With a
    normalizer there are no biases. `conv1d`, `conv2d` and `conv3d` take the
    same arguments, without conv_dims.

    Args:
        inputs: Floats [batch, ..., channels] of rank 3, 4 or 5.
        num_outputs: Number of filters.
        kernel_size: Size of the filters: an integer, or one per dimension.
        stride: How far they move: an integer, or one per dimension.
        padding: `SAME` or `VALID`.
        data_format: `NHWC`, or `NCHW` for channels first, and their like for
            one and three dimensions.
        rate: Dilation: an integer, or one per dimension.
        activation_fn: Function of the outputs; `None` for none.
        normalizer_fn: Function of the outputs before the activation, such as
            `batch_norm`.
        normalizer_params: Keyword arguments for normalizer_fn.
        weights_initializer: Initializer of `weights` [*kernel_size, channels,
            num_outputs].
        weights_regularizer: Function of them that returns a loss, which goes
            into REGULARIZATION_LOSSES.
        biases_initializer: Initializer of `biases`; `None` for no biases.
        biases_regularizer: Function of them that returns a loss.
        reuse: Whether the variables of another layer are used.
        variables_collections: Collections for the variables: a list, or
            `weights` and `biases` -> list.
        outputs_collections: Collections for the outputs.
        trainable: Whether the variables are trained.
        scope: Name of the layer, `Conv` by default.
        conv_dims: Number of dimensions that the inputs must have beside batch
            and channels.

    Returns:
        Floats [batch, ..., num_outputs].

    Raises:
        ConfigError: If the data format is unknown, or the inputs have another
            rank or no known number of channels.
    """
    if data_format not in _FORMATS:
        raise ConfigError(
            f"Invalid `data_format`: {data_format!r}. Accepted are "
            f"{', '.join(map(str, _FORMATS))}."
        )
    with layer(
        scope, "Conv", inputs, reuse, trainable, variables_collections
    ) as (inputs, variables):
        rank = _rank(inputs, conv_dims)
        size = windows.each_dimension(kernel_size, rank - 2, "kernel_size")
        weights = variables.kernel(
            [*size, windows.channels_of(inputs, data_format), num_outputs],
            weights_initializer,
            weights_regularizer,
        )
        outputs = tf.nn.convolution(
            inputs,
            weights,
            windows.each_dimension(stride, rank - 2, "stride"),
            padding.upper(),
            windows.format_of(rank, data_format),
            windows.each_dimension(rate, rank - 2, "rate"),
        )
        return finish(
            outputs,
            variables,
            num_outputs,
            data_format,
            activation_fn=activation_fn,
            normalizer_fn=normalizer_fn,
            normalizer_params=normalizer_params,
            biases_initializer=biases_initializer,
            biases_regularizer=biases_regularizer,
            outputs_collections=outputs_collections,
        )


def parameters_without(*names: str, **defaults: Any) -> list[inspect.Parameter]:
    """Returns the parameters of `convolution` without some of them.

    Args:
        *names: Names of those to leave out.
        **defaults: Name -> default value, of those with another one.
    """
    return [
        each.replace(default=defaults.get(name, each.default))
        for name, each in inspect.signature(convolution).parameters.items()
        if name not in names
    ]


def _of_dimensions(name: str, conv_dims: int) -> Callable[..., Any]:
    """Returns a `convolution` of so many dimensions.

    Args:
        name: Its name, which `stack` and `repeat` make scopes of.
        conv_dims: Number of dimensions.
    """
    return add_arg_scope(
        with_signature(
            functools.partial(convolution, conv_dims=conv_dims),
            parameters_without("conv_dims"),
            name,
            f"Returns a `convolution` of {conv_dims} dimension(s).\n\n"
            "The arguments are those of `convolution`, without conv_dims.",
        )
    )


convolution1d = conv1d = _of_dimensions("convolution1d", 1)
convolution2d = conv2d = _of_dimensions("convolution2d", 2)
convolution3d = conv3d = _of_dimensions("convolution3d", 3)


def _rank(inputs: Any, conv_dims: int | None) -> int:
    rank = inputs.shape.rank
    if conv_dims is not None and rank != conv_dims + 2:
        raise ConfigError(
            f"Convolution expects input with rank {conv_dims + 2}, got {rank}: "
            f"{inputs.name} has shape {inputs.shape}."
        )
    if rank not in (3, 4, 5):
        raise ConfigError(
            f"Convolution not supported for input with rank {rank}: "
            f"{inputs.name} has shape {inputs.shape}. It must be 3, 4 or 5."
        )
    return rank
