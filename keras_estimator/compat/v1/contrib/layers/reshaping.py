"""Layers without variables."""

from typing import Any

import tensorflow as tf

from keras_estimator.compat.v1.contrib.framework.arguments import add_arg_scope
from keras_estimator.compat.v1.contrib.framework.tensors import smart_cond
from keras_estimator.compat.v1.contrib.layers.collections import collect_outputs
from keras_estimator.errors import ConfigError

_v1 = tf.compat.v1


@add_arg_scope
def dropout(
    inputs: Any,
    keep_prob: Any = 0.5,
    noise_shape: Any = None,
    is_training: Any = True,
    outputs_collections: Any = None,
    scope: Any = None,
    seed: int | None = None,
) -> Any:
    """Returns the inputs, some of them zero and the others larger, in training.

    Args:
        inputs: Floats.
        keep_prob: Probability of a value to be kept; it is divided by it.
        noise_shape: Shape of what is drawn; the inputs' by default.
        is_training: A bool, or a scalar bool tensor.
        outputs_collections: Collections for the outputs.
        scope: Name of the layer, `Dropout` by default.
        seed: Seed of the operation.
    """
    with _v1.variable_scope(scope, "Dropout", [inputs]) as scoped:
        inputs = tf.convert_to_tensor(inputs)
        outputs = smart_cond(
            is_training,
            lambda: tf.nn.dropout(
                inputs, rate=1 - keep_prob, noise_shape=noise_shape, seed=seed
            ),
            lambda: tf.identity(inputs),
        )
        return collect_outputs(outputs_collections, scoped, outputs)


@add_arg_scope
def flatten(
    inputs: Any, outputs_collections: Any = None, scope: Any = None
) -> Any:
    """Returns the inputs as [batch, everything else].

    Args:
        inputs: A tensor [batch, ...].
        outputs_collections: Collections for the outputs.
        scope: Name of the layer, `Flatten` by default.
    """
    with _v1.variable_scope(scope, "Flatten", [inputs]) as scoped:
        inputs = tf.convert_to_tensor(inputs)
        shape = inputs.shape
        width = None if shape.rank is None else shape[1:].num_elements()
        batch = None if shape.rank is None else shape[0]
        with _v1.name_scope("flatten"):
            if width is not None:
                outputs = tf.reshape(inputs, [-1, width])
            else:
                first = tf.shape(inputs)[0] if batch is None else batch
                outputs = tf.reshape(inputs, [first, -1])
        outputs.set_shape([batch, width])
        return collect_outputs(outputs_collections, scoped, outputs)


@add_arg_scope
def one_hot_encoding(
    labels: Any,
    num_classes: int,
    on_value: float = 1.0,
    off_value: float = 0.0,
    outputs_collections: Any = None,
    scope: Any = None,
) -> Any:
    """Returns floats [..., num_classes], on at the labels and else off.

    Args:
        labels: Integers.
        num_classes: How many classes there are.
        on_value: Value at the label.
        off_value: Value elsewhere.
        outputs_collections: Collections for the outputs.
        scope: Name of the layer, `OneHotEncoding` by default.
    """
    with _v1.variable_scope(
        scope, "OneHotEncoding", [labels, num_classes]
    ) as scoped:
        labels = tf.convert_to_tensor(labels)
        if labels.dtype == tf.int32:
            labels = tf.cast(labels, tf.int64)
        outputs = tf.one_hot(
            labels, num_classes, on_value=on_value, off_value=off_value
        )
        return collect_outputs(outputs_collections, scoped, outputs)


@add_arg_scope
def softmax(logits: Any, scope: Any = None) -> Any:
    """Returns the softmax of logits along their last axis.

    Args:
        logits: Floats [..., classes].
        scope: Name of the layer, `softmax` by default.
    """
    with _v1.variable_scope(scope, "softmax", [logits]):
        return tf.nn.softmax(logits)


@add_arg_scope
def maxout(
    inputs: Any, num_units: int, axis: int = -1, scope: str | None = None
) -> Any:
    """Returns the largest value of each group of channels.

    Args:
        inputs: Floats.
        num_units: Number of groups.
        axis: The axis of the channels.
        scope: Name of the operations, `MaxOut` by default.

    Raises:
        ConfigError: If the number of channels is no multiple of num_units.
    """
    with _v1.name_scope(scope, "MaxOut", [inputs]):
        inputs = tf.convert_to_tensor(inputs)
        channels = inputs.shape[axis]
        if channels is None or channels % num_units:
            raise ConfigError(
                f"number of features ({channels}) is not a multiple of "
                f"`num_units` ({num_units})."
            )
        axis %= inputs.shape.rank
        actual = tf.shape(inputs)
        grouped = tf.reshape(
            inputs,
            tf.concat(
                [
                    actual[:axis],
                    [num_units, channels // num_units],
                    actual[axis + 1 :],
                ],
                0,
            ),
        )
        outputs = tf.reduce_max(grouped, axis + 1)
        known = inputs.shape.as_list()
        known[axis] = num_units
        outputs.set_shape(known)
        return outputs


@add_arg_scope
def dense_to_sparse(
    tensor: Any,
    eos_token: Any = 0,
    outputs_collections: Any = None,
    scope: Any = None,
) -> Any:
    """Returns a `SparseTensor` of the values that are not `eos_token`.

    Args:
        tensor: Integers or strings.
        eos_token: The value that is left out.
        outputs_collections: Collections for the outputs.
        scope: Name of the layer, `dense_to_sparse` by default.
    """
    with _v1.variable_scope(scope, "dense_to_sparse", [tensor]) as scoped:
        tensor = tf.convert_to_tensor(tensor)
        kept = tf.where(tf.not_equal(tensor, tf.cast(eos_token, tensor.dtype)))
        outputs = tf.SparseTensor(
            kept,
            tf.gather_nd(tensor, kept),
            tf.shape(tensor, out_type=tf.int64),
        )
        return collect_outputs(outputs_collections, scoped, outputs)


@add_arg_scope
def scale_gradient(inputs: Any, gradient_multiplier: float) -> Any:
    """Returns the inputs, whose gradient is multiplied by a number.

    Args:
        inputs: Floats.
        gradient_multiplier: The number.
    """
    scaled = tf.multiply(inputs, gradient_multiplier)
    return scaled + tf.stop_gradient(inputs - scaled)
