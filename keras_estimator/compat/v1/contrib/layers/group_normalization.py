"""Group normalization."""

from collections.abc import Callable
from collections.abc import Mapping
from collections.abc import Sequence
from typing import Any

import tensorflow as tf

from keras_estimator.compat.v1.contrib.framework.arguments import add_arg_scope
from keras_estimator.compat.v1.contrib.layers.collections import collect_outputs
from keras_estimator.compat.v1.contrib.layers.scales import beta_and_gamma
from keras_estimator.compat.v1.contrib.layers.scales import known_rank
from keras_estimator.errors import ConfigError

_v1 = tf.compat.v1


@add_arg_scope
def group_norm(
    inputs: Any,
    groups: int = 32,
    channels_axis: int = -1,
    reduction_axes: Sequence[int] = (-3, -2),
    center: bool = True,
    scale: bool = True,
    epsilon: float = 1e-6,
    activation_fn: Callable[[Any], Any] | None = None,
    param_initializers: Mapping[str, Any] | None = None,
    reuse: bool | None = None,
    variables_collections: Any = None,
    outputs_collections: Any = None,
    trainable: bool = True,
    scope: Any = None,
    mean_close_to_zero: bool = False,
) -> Any:
    """Returns the inputs with mean 0 and variance 1 in groups of channels.

    See https://arxiv.org/abs/1803.08494.

    Args:
        inputs: Floats, of a rank that is known.
        groups: Number of groups.
        channels_axis: The axis of the channels.
        reduction_axes: Axes that mean and variance are taken over, beside the
            channels of a group.
        center: Whether `beta` is added.
        scale: Whether it is multiplied by `gamma`.
        epsilon: Is added to the variance.
        activation_fn: Function of the outputs; `None` for none.
        param_initializers: `beta`, `gamma` -> initializer.
        reuse: Whether the variables of another layer are used.
        variables_collections: Collections for the variables.
        outputs_collections: Collections for the outputs.
        trainable: Whether the variables are trained.
        scope: Name of the layer, `GroupNorm` by default.
        mean_close_to_zero: Has no effect on values: the two ways in which
            TensorFlow 1 took the variance differ in rounding.

    Raises:
        ConfigError: If the number of channels is unknown, or no multiple of
            groups, or an axis is given twice.
    """
    with _v1.variable_scope(
        scope, "GroupNorm", [inputs], reuse=reuse
    ) as scoped:
        inputs = tf.convert_to_tensor(inputs)
        rank = known_rank(inputs)
        axis = channels_axis % rank
        reduced = [each % rank for each in reduction_axes]
        channels = inputs.shape[axis]
        _check_groups(inputs, channels, groups, axis, reduced)
        channels = int(channels)
        beta, gamma = beta_and_gamma(
            tf.TensorShape([channels]),
            inputs,
            center,
            scale,
            param_initializers or {},
            trainable,
            variables_collections,
        )
        actual = tf.shape(inputs)
        grouped = tf.concat(
            [
                actual[:axis],
                [groups, channels // groups],
                actual[axis + 1 :],
            ],
            0,
        )
        # Axes after that of the channels have moved by one.
        over = [each + (each > axis) for each in reduced] + [axis + 1]
        broadcast = [1] * axis + [groups, channels // groups]
        broadcast += [1] * (rank - axis - 1)
        values = tf.reshape(inputs, grouped)
        mean, variance = tf.nn.moments(values, sorted(over), keepdims=True)
        outputs = tf.nn.batch_normalization(
            values,
            mean,
            variance,
            *(
                None if each is None else tf.reshape(each, broadcast)
                for each in (beta, gamma)
            ),
            epsilon,
        )
        outputs = tf.reshape(outputs, actual)
        outputs.set_shape(inputs.shape)
        if activation_fn is not None:
            outputs = activation_fn(outputs)
        return collect_outputs(outputs_collections, scoped, outputs)


def _check_groups(
    inputs: Any,
    channels: int | None,
    groups: int,
    axis: int,
    reduced: list[int],
) -> None:
    if channels is None:
        raise ConfigError(
            f"Inputs {inputs.name} has undefined channel dimension: "
            f"{inputs.shape}. `set_shape` tells it."
        )
    if groups > channels or channels % groups:
        raise ConfigError(
            f"{channels} channels is not commensurate with {groups} groups: "
            "`groups` must divide the number of channels."
        )
    if axis in reduced or len(set(reduced)) < len(reduced):
        raise ConfigError(
            f"`reduction_axes` must be other axes than `channels_axis` {axis}, "
            f"each once. Received: {reduced}."
        )
