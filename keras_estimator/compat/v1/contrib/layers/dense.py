"""Fully connected layers."""

import functools
import numbers
from collections.abc import Callable
from collections.abc import Mapping
from typing import Any

import tensorflow as tf

from keras_estimator.compat.v1.contrib.framework.arguments import add_arg_scope
from keras_estimator.compat.v1.contrib.layers.collections import collect_outputs
from keras_estimator.compat.v1.contrib.layers.finishing import finish
from keras_estimator.compat.v1.contrib.layers.initializers import (
    xavier_initializer,
)
from keras_estimator.compat.v1.contrib.layers.weights import layer
from keras_estimator.errors import ConfigError

_v1 = tf.compat.v1


@add_arg_scope
def fully_connected(
    inputs: Any,
    num_outputs: int,
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
    """Returns activation(normalizer(inputs * weights + biases)).

    The activation is relu unless another one, or `None`, is given. With a
    normalizer there are no biases.

    Args:
        inputs: Floats [batch, ..., depth], with a depth that is known.
        num_outputs: Number of units.
        activation_fn: Function of the outputs; `None` for none.
        normalizer_fn: Function of the outputs before the activation, such as
            `batch_norm`.
        normalizer_params: Keyword arguments for normalizer_fn.
        weights_initializer: Initializer of `weights` [depth, num_outputs].
        weights_regularizer: Function of them that returns a loss, which goes
            into REGULARIZATION_LOSSES.
        biases_initializer: Initializer of `biases`; `None` for no biases.
        biases_regularizer: Function of them that returns a loss.
        reuse: Whether the variables of another layer are used.
        variables_collections: Collections for the variables: a list, or
            `weights` and `biases` -> list.
        outputs_collections: Collections for the outputs.
        trainable: Whether the variables are trained.
        scope: Name of the layer, `fully_connected` by default.

    Returns:
        Floats [batch, ..., num_outputs].

    Raises:
        ConfigError: If num_outputs is no integer, or the inputs have no known
            depth.

    Example:
    ```python
    net = tf.contrib.layers.fully_connected(features, 16)
    logits = tf.contrib.layers.fully_connected(net, 3, activation_fn=None)
    ```
    """
    if not isinstance(num_outputs, numbers.Integral):
        raise ConfigError(
            "`num_outputs` must be an integer. Received: "
            f"{num_outputs!r} (of type {type(num_outputs).__name__})."
        )
    with layer(
        scope,
        "fully_connected",
        inputs,
        reuse,
        trainable,
        variables_collections,
    ) as (inputs, variables):
        weights = variables.kernel(
            [_depth(inputs), int(num_outputs)],
            weights_initializer,
            weights_regularizer,
        )
        outputs = _product(inputs, weights)
        return finish(
            outputs,
            variables,
            int(num_outputs),
            activation_fn=activation_fn,
            normalizer_fn=normalizer_fn,
            normalizer_params=normalizer_params,
            biases_initializer=biases_initializer,
            biases_regularizer=biases_regularizer,
            outputs_collections=outputs_collections,
        )


linear = functools.partial(fully_connected, activation_fn=None)
relu = functools.partial(fully_connected, activation_fn=tf.nn.relu)
relu6 = functools.partial(fully_connected, activation_fn=tf.nn.relu6)
elu = functools.partial(fully_connected, activation_fn=tf.nn.elu)


@add_arg_scope
def bias_add(
    inputs: Any,
    activation_fn: Callable[[Any], Any] | None = None,
    initializer: Any = _v1.zeros_initializer(),  # noqa: B008
    regularizer: Callable[[Any], Any] | None = None,
    reuse: bool | None = None,
    variables_collections: Any = None,
    outputs_collections: Any = None,
    trainable: bool = True,
    data_format: str = "NHWC",
    scope: Any = None,
) -> Any:
    """Returns inputs + biases, one for each channel.

    Args:
        inputs: Floats of rank 2 at the least.
        activation_fn: Function of the outputs; `None` for none.
        initializer: Initializer of `biases`.
        regularizer: Function of them that returns a loss.
        reuse: Whether the variable of another layer is used.
        variables_collections: Collections for the variable.
        outputs_collections: Collections for the outputs.
        trainable: Whether the variable is trained.
        data_format: `NHWC` or `NCHW`: whether channels are last, or first.
        scope: Name of the layer, `BiasAdd` by default.

    Raises:
        ConfigError: If the data format is another one, or the number of
            channels is not known.
    """
    if data_format not in ("NHWC", "NCHW"):
        raise ConfigError(
            "`data_format` has to be either NCHW or NHWC. Received: "
            f"{data_format!r}."
        )
    with layer(
        scope, "BiasAdd", inputs, reuse, trainable, variables_collections
    ) as (inputs, variables):
        axis = 1 if data_format == "NCHW" else -1
        biases = variables.bias(_depth(inputs, axis), initializer, regularizer)
        outputs = tf.nn.bias_add(
            inputs, biases, "NCHW" if data_format == "NCHW" else None
        )
        if activation_fn is not None:
            outputs = activation_fn(outputs)
        return collect_outputs(outputs_collections, variables.scope, outputs)


def _depth(inputs: Any, axis: int = -1) -> int:
    rank = inputs.shape.rank
    depth = inputs.shape[axis] if rank is not None and rank > 1 else None
    if depth is None:
        raise ConfigError(
            "`inputs` must have a rank of 2 at the least, and a depth that is "
            f"known when the graph is built. Received: shape {inputs.shape} "
            f"of {inputs.name}. `tf.reshape` or `set_shape` tell it."
        )
    return int(depth)


def _product(inputs: Any, weights: Any) -> Any:
    rank = inputs.shape.rank
    if rank == 2:
        return tf.matmul(inputs, weights)
    outputs = tf.tensordot(inputs, weights, [[rank - 1], [0]])
    outputs.set_shape(inputs.shape[:-1].concatenate(weights.shape[-1]))
    return outputs
