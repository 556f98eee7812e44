"""Batch normalization."""

from collections.abc import Callable
from collections.abc import Mapping
from collections.abc import Sequence
from typing import Any
from typing import NamedTuple

import tensorflow as tf

from keras_estimator.compat.v1.contrib.framework.arguments import add_arg_scope
from keras_estimator.compat.v1.contrib.framework.tensors import smart_cond
from keras_estimator.compat.v1.contrib.framework.tensors import (
    smart_constant_value,
)
from keras_estimator.compat.v1.contrib.framework.variables import model_variable
from keras_estimator.compat.v1.contrib.layers import moving
from keras_estimator.compat.v1.contrib.layers import windows
from keras_estimator.compat.v1.contrib.layers.batch_moments import Inputs
from keras_estimator.compat.v1.contrib.layers.batch_moments import fused_outputs
from keras_estimator.compat.v1.contrib.layers.batch_moments import (
    unfused_outputs,
)
from keras_estimator.compat.v1.contrib.layers.collections import collect_outputs
from keras_estimator.compat.v1.contrib.layers.collections import (
    variable_collections,
)
from keras_estimator.errors import ConfigError
from keras_estimator.errors import UnsupportedError

_v1 = tf.compat.v1


@add_arg_scope
def batch_norm(
    inputs: Any,
    decay: float = 0.999,
    center: bool = True,
    scale: bool = False,
    epsilon: float = 0.001,
    activation_fn: Callable[[Any], Any] | None = None,
    param_initializers: Mapping[str, Any] | None = None,
    param_regularizers: Mapping[str, Any] | None = None,
    updates_collections: Any = _v1.GraphKeys.UPDATE_OPS,
    is_training: Any = True,
    reuse: bool | None = None,
    variables_collections: Any = None,
    outputs_collections: Any = None,
    trainable: bool = True,
    batch_weights: Any = None,
    fused: bool | None = None,
    data_format: str = "NHWC",
    zero_debias_moving_mean: bool = False,
    scope: Any = None,
    renorm: bool = False,
    renorm_clipping: Any = None,
    renorm_decay: float = 0.99,
    adjustment: Any = None,
) -> Any:
    """Returns the inputs with mean 0 and variance 1 in each channel.

    In training, mean and variance are those of the batch, and moving averages
    of them are updated; otherwise they are these averages. The updates are in
    the collection UPDATE_OPS, and happen if the training operation depends on
    it, as `tf.contrib.layers.optimize_loss`, `create_train_op` and
    `tf.control_dependencies(tf.get_collection(tf.GraphKeys.UPDATE_OPS))` do.

    Args:
        inputs: Floats [batch, ..., channels] of rank 2 at the least.
        decay: How much of the averages a step keeps.
        center: Whether `beta` is added.
        scale: Whether it is multiplied by `gamma`.
        epsilon: Is added to the variance.
        activation_fn: Function of the outputs; `None` for none.
        param_initializers: `beta`, `gamma`, `moving_mean`, `moving_variance`
            -> initializer.
        param_regularizers: `beta`, `gamma` -> function that returns a loss.
        updates_collections: Collections for the updates; `None` to update
            whenever the outputs are computed.
        is_training: A bool, or a scalar bool tensor.
        reuse: Whether the variables of another layer are used.
        variables_collections: Collections for the variables: a list, or name
            -> list.
        outputs_collections: Collections for the outputs.
        trainable: Whether beta and gamma are trained.
        batch_weights: Floats [batch]: weights of examples in the batch's mean
            and variance.
        fused: `False` for separate operations, with the variance of the batch
            as it is in the average; else one operation does all for inputs of
            rank 2 and 4, with variance * n / (n - 1) in the average.
        data_format: `NHWC` or `NCHW`: whether channels are last, or first.
        zero_debias_moving_mean: Whether the average of the mean is corrected
            for having begun with zero.
        scope: Name of the layer, `BatchNorm` by default.
        renorm: Must be false.
        renorm_clipping: Has no effect.
        renorm_decay: Has no effect.
        adjustment: Must be `None`.

    Returns:
        Floats, of the shape of the inputs.

    Raises:
        ConfigError: If the data format is unknown, or rank or number of
            channels of the inputs are.
        UnsupportedError: If renorm or adjustment is given.
    """
    _check(inputs, data_format, fused, batch_weights, renorm, adjustment)
    with _v1.variable_scope(
        scope, "BatchNorm", [inputs], reuse=reuse
    ) as scoped:
        inputs = tf.convert_to_tensor(inputs)
        channels = windows.channels_of(inputs, data_format)
        layer = _Variables(
            channels,
            _float_type(inputs),
            trainable,
            variables_collections,
            param_initializers or {},
            param_regularizers or {},
        )
        is_layer = _was_layer(
            inputs,
            fused,
            batch_weights,
            updates_collections,
            zero_debias_moving_mean,
        )
        scales = layer.scales({"beta": center, "gamma": scale}, is_layer)
        averages = layer.averages()
        given = Inputs(inputs, data_format, batch_weights)
        is_fused = fused is not False and given.can_be_fused
        outputs, *moments = (fused_outputs if is_fused else unfused_outputs)(
            given,
            scales.get("beta"),
            scales.get("gamma"),
            averages,
            epsilon,
            is_training,
        )
        # Layers that are not trained have no updates.
        has_updates = trainable or not is_layer
        if has_updates and smart_constant_value(is_training) is not False:
            updates = _updates(
                averages, moments, decay, is_training, zero_debias_moving_mean
            )
            outputs = _after(updates, outputs, updates_collections)
        outputs.set_shape(inputs.shape)
        if activation_fn is not None:
            outputs = activation_fn(outputs)
        return collect_outputs(outputs_collections, scoped, outputs)


class _Variables(NamedTuple):
    """What the variables of one layer have in common.

    Attributes:
        channels: Their length.
        dtype: Their type.
        trainable: Whether those of them are trained that can be.
        collections: The layer's `variables_collections`.
        initializers: Name -> initializer.
        regularizers: Name -> function that returns a loss.
    """

    channels: int
    dtype: Any
    trainable: bool
    collections: Any
    initializers: Mapping[str, Any]
    regularizers: Mapping[str, Any]

    def scales(
        self, wanted: Mapping[str, bool], is_layer: bool
    ) -> dict[str, Any]:
        """Returns beta and gamma, as far as they are wanted.

        Args:
            wanted: Name -> whether it is.
            is_layer: As `_was_layer` says: gamma is made first.
        """
        order = ("gamma", "beta") if is_layer else ("beta", "gamma")
        first = {
            "beta": _v1.zeros_initializer(),
            "gamma": _v1.ones_initializer(),
        }
        return {
            name: model_variable(
                name,
                shape=[self.channels],
                dtype=self.dtype,
                initializer=self.initializers.get(name, first[name]),
                regularizer=self.regularizers.get(name),
                trainable=self.trainable,
                collections=variable_collections(self.collections, name),
            )
            for name in order
            if wanted[name]
        }

    def averages(self) -> tuple[Any, Any]:
        """Returns the moving averages of the mean and of the variance."""
        return (
            self._average("moving_mean", _v1.zeros_initializer()),
            self._average("moving_variance", _v1.ones_initializer()),
        )

    def _average(self, name: str, initializer: Any) -> Any:
        return model_variable(
            name,
            shape=[self.channels],
            dtype=self.dtype,
            initializer=self.initializers.get(name, initializer),
            trainable=False,
            collections=variable_collections(self.collections, name),
        )


def _float_type(inputs: Any) -> Any:
    """Returns the type of the variables: of half floats it is float32."""
    dtype = inputs.dtype.base_dtype
    return tf.float32 if dtype in (tf.float16, tf.bfloat16) else dtype


def _was_layer(
    inputs: Any,
    fused: bool | None,
    batch_weights: Any,
    updates_collections: Any,
    zero_debias_moving_mean: bool,
) -> bool:
    """Returns whether it was made of a layer of `tf.layers` in TensorFlow 1.

    Those make gamma first, and have no updates if they are not trained.
    """
    return (
        batch_weights is None
        and updates_collections == _v1.GraphKeys.UPDATE_OPS
        and not zero_debias_moving_mean
        and (fused is False or inputs.shape.rank != 2)
    )


def _updates(
    averages: tuple[Any, Any],
    moments: Sequence[Any],
    decay: float,
    is_training: Any,
    zero_debias_moving_mean: bool,
) -> list[Any]:
    """Returns what moves the averages, unless it is no training."""
    rate = smart_cond(
        is_training,
        lambda: tf.constant(1.0 - decay),
        lambda: tf.constant(0.0),
    )
    moving_mean, moving_variance = averages
    mean, variance = moments
    if not zero_debias_moving_mean:
        first = moving.move(moving_mean, mean, rate)
    elif smart_constant_value(is_training):
        first = moving.move_without_bias(moving_mean, mean, decay)
    else:
        raise UnsupportedError(
            "`zero_debias_moving_mean=True` needs an `is_training` that is "
            f"True or False. Received: {is_training!r}. Give "
            "`mode == tf.estimator.ModeKeys.TRAIN`."
        )
    return [first, moving.move(moving_variance, variance, rate)]


def _after(updates: list[Any], outputs: Any, collections: Any) -> Any:
    """Returns the outputs; updates are in collections, or come before."""
    if collections is None:
        with tf.control_dependencies(updates):
            return tf.identity(outputs)
    names = (
        list(collections)
        if isinstance(collections, (list, tuple))
        else [collections]
    )
    for update in updates:
        _v1.add_to_collections(names, update)
    return outputs


def _check(
    inputs: Any,
    data_format: str,
    fused: bool | None,
    batch_weights: Any,
    renorm: bool,
    adjustment: Any,
) -> None:
    windows.check_format(data_format, ("NCHW", "NHWC"))
    if renorm or adjustment is not None:
        given = "renorm" if renorm else "adjustment"
        raise UnsupportedError(
            f"`{given}` of batch_norm is not supported. Use "
            f"`tf.layers.batch_normalization({given}=...)`, whose variables "
            "have the same names but for the scope: give it `name=`."
        )
    if fused and batch_weights is not None:
        raise ConfigError(
            "`fused=True` cannot weigh examples: leave out `fused`, or "
            "`batch_weights`."
        )
    shape = tf.convert_to_tensor(inputs).shape
    if shape.rank is None or shape.rank < 2:
        raise ConfigError(
            "`inputs` of batch_norm must have a rank of 2 at the least, which "
            f"is known when the graph is built. Received: shape {shape}. "
            "`tf.reshape` or `set_shape` tell it."
        )
