"""Normalizations that do not depend on the batch."""

from collections.abc import Callable
from collections.abc import Mapping
from typing import Any

import tensorflow as tf

from keras_estimator.compat.v1.contrib.framework.arguments import add_arg_scope
from keras_estimator.compat.v1.contrib.layers import windows
from keras_estimator.compat.v1.contrib.layers.collections import collect_outputs
from keras_estimator.compat.v1.contrib.layers.scales import beta_and_gamma
from keras_estimator.compat.v1.contrib.layers.scales import known_rank
from keras_estimator.errors import ConfigError

_v1 = tf.compat.v1


@add_arg_scope
def layer_norm(
    inputs: Any,
    center: bool = True,
    scale: bool = True,
    activation_fn: Callable[[Any], Any] | None = None,
    reuse: bool | None = None,
    variables_collections: Any = None,
    outputs_collections: Any = None,
    trainable: bool = True,
    begin_norm_axis: int = 1,
    begin_params_axis: int = -1,
    scope: Any = None,
) -> Any:
    """Returns the inputs with mean 0 and variance 1 in each example.

    Of [batch, time, depth], that is over time and depth together; over depth
    alone with `begin_norm_axis=-1`. See https://arxiv.org/abs/1607.06450.

    Args:
        inputs: Floats, of a rank that is known.
        center: Whether `beta` is added.
        scale: Whether it is multiplied by `gamma`.
        activation_fn: Function of the outputs; `None` for none.
        reuse: Whether the variables of another layer are used.
        variables_collections: Collections for the variables: a list, or name
            -> list.
        outputs_collections: Collections for the outputs.
        trainable: Whether the variables are trained.
        begin_norm_axis: First axis that mean and variance are taken over.
        begin_params_axis: First axis that beta and gamma have.
        scope: Name of the layer, `LayerNorm` by default.

    Returns:
        Floats, of the shape of the inputs.

    Raises:
        ConfigError: If rank or axes of the inputs do not fit.
    """
    with _v1.variable_scope(
        scope, "LayerNorm", [inputs], reuse=reuse
    ) as scoped:
        inputs = tf.convert_to_tensor(inputs)
        rank = known_rank(inputs)
        first = begin_norm_axis + (rank if begin_norm_axis < 0 else 0)
        if begin_params_axis >= rank or first >= rank:
            raise ConfigError(
                f"`begin_params_axis` ({begin_params_axis}) and "
                f"`begin_norm_axis` ({first}) must be < rank(inputs) ({rank})."
            )
        shape = inputs.shape[begin_params_axis:]
        if not shape.is_fully_defined():
            raise ConfigError(
                f"Inputs {inputs.name}: shape(inputs)[{begin_params_axis}:] is "
                f"not fully defined: {inputs.shape}. `set_shape` tells it."
            )
        beta, gamma = beta_and_gamma(
            shape, inputs, center, scale, {}, trainable, variables_collections
        )
        mean, variance = tf.nn.moments(
            inputs, list(range(first, rank)), keepdims=True
        )
        # 1e-12 is zero in half precision.
        epsilon = 1e-3 if inputs.dtype == tf.float16 else 1e-12
        outputs = tf.nn.batch_normalization(
            inputs, mean, variance, beta, gamma, epsilon
        )
        outputs.set_shape(inputs.shape)
        if activation_fn is not None:
            outputs = activation_fn(outputs)
        return collect_outputs(outputs_collections, scoped, outputs)


@add_arg_scope
def instance_norm(
    inputs: Any,
    center: bool = True,
    scale: bool = True,
    epsilon: float = 1e-6,
    activation_fn: Callable[[Any], Any] | None = None,
    param_initializers: Mapping[str, Any] | None = None,
    reuse: bool | None = None,
    variables_collections: Any = None,
    outputs_collections: Any = None,
    trainable: bool = True,
    data_format: str = "NHWC",
    scope: Any = None,
) -> Any:
    """Returns the inputs with mean 0 and variance 1 in each channel of each.

    See https://arxiv.org/abs/1607.08022.

    Args:
        inputs: Floats [batch, ..., channels].
        center: Whether `beta` is added.
        scale: Whether it is multiplied by `gamma`.
        epsilon: Is added to the variance.
        activation_fn: Function of the outputs; `None` for none.
        param_initializers: `beta`, `gamma` -> initializer.
        reuse: Whether the variables of another layer are used.
        variables_collections: Collections for the variables.
        outputs_collections: Collections for the outputs.
        trainable: Whether the variables are trained.
        data_format: `NHWC` or `NCHW`: whether channels are last, or first.
        scope: Name of the layer, `InstanceNorm` by default.

    Raises:
        ConfigError: If the data format is unknown, or rank or number of
            channels of the inputs are.
    """
    windows.check_format(data_format, ("NCHW", "NHWC"))
    with _v1.variable_scope(
        scope, "InstanceNorm", [inputs], reuse=reuse
    ) as scoped:
        inputs = tf.convert_to_tensor(inputs)
        rank = known_rank(inputs)
        channels = windows.channels_of(inputs, data_format)
        beta, gamma = beta_and_gamma(
            tf.TensorShape([channels]),
            inputs,
            center,
            scale,
            param_initializers or {},
            trainable,
            variables_collections,
        )
        axes = list(range(1, rank - 1))
        if windows.is_channels_first(data_format):
            axes = list(range(2, rank))
            shape = [1, channels] + [1] * (rank - 2)
            beta, gamma = (
                None if each is None else tf.reshape(each, shape)
                for each in (beta, gamma)
            )
        mean, variance = tf.nn.moments(inputs, axes, keepdims=True)
        outputs = tf.nn.batch_normalization(
            inputs, mean, variance, beta, gamma, epsilon
        )
        outputs.set_shape(inputs.shape)
        if activation_fn is not None:
            outputs = activation_fn(outputs)
        return collect_outputs(outputs_collections, scoped, outputs)


@add_arg_scope
def unit_norm(
    inputs: Any, dim: int, epsilon: float = 1e-7, scope: str | None = None
) -> Any:
    """Returns the inputs divided by their norm along an axis.

    Args:
        inputs: Floats, of a rank that is known.
        dim: The axis, from 0 on.
        epsilon: Is added to the square of the norm.
        scope: Name of the operations, `UnitNorm` by default.

    Raises:
        ConfigError: If there is no such axis.
    """
    with _v1.name_scope(scope, "UnitNorm", [inputs]):
        inputs = tf.convert_to_tensor(inputs)
        rank = known_rank(inputs)
        if not 0 <= dim < rank:
            raise ConfigError(
                "`dim` must be positive but smaller than the input rank "
                f"{rank}. Received: {dim}."
            )
        squares = tf.reduce_sum(tf.square(inputs), dim, keepdims=True)
        return inputs / tf.sqrt(epsilon + squares)
