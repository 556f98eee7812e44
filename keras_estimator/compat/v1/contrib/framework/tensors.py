"""Small functions of tensors that `tf.contrib.framework` has."""

from collections.abc import Callable
from collections.abc import Sequence
from typing import Any

import tensorflow as tf

from keras_estimator.errors import ConfigError

_v1 = tf.compat.v1


def smart_constant_value(pred: Any) -> bool | None:
    """Returns what a predicate is, or `None` if only a run can tell.

    Args:
        pred: A bool, 0 or 1, a variable or a bool tensor.

    Raises:
        ConfigError: If it is none of these.
    """
    if isinstance(pred, (bool, int)) and pred in (0, 1):
        return bool(pred)
    if isinstance(pred, tf.Variable):
        return None
    if not tf.is_tensor(pred):
        # ValueError and TypeError are what programs of TF1 may expect.
        raise ConfigError(
            "`pred` must be a bool, 0, 1 or a bool tensor. Received: "
            f"{pred!r} (of type {type(pred).__name__})."
        )
    value = tf.get_static_value(pred)
    return None if value is None else bool(value)


def smart_cond(
    pred: Any,
    true_fn: Callable[[], Any] | None = None,
    false_fn: Callable[[], Any] | None = None,
    name: str | None = None,
) -> Any:
    """Returns the result of one of two functions, by `tf.cond` if need be.

    Args:
        pred: A bool, or a scalar bool tensor.
        true_fn: Called if pred is true.
        false_fn: Called otherwise.
        name: Name of the `tf.cond`.
    """
    value = smart_constant_value(pred)
    if value is None:
        return _v1.cond(pred, true_fn=true_fn, false_fn=false_fn, name=name)
    chosen = true_fn if value else false_fn
    if not callable(chosen):
        raise ConfigError(
            f"`{'true_fn' if value else 'false_fn'}` must be callable. "
            f"Received: {chosen!r}."
        )
    return chosen()


def is_tensor(x: Any) -> bool:
    """Returns whether `x` is a tensor, a sparse tensor or a variable."""
    return tf.is_tensor(x) or isinstance(x, tf.Variable)


def convert_to_tensor_or_sparse_tensor(
    value: Any, dtype: Any = None, name: str | None = None
) -> Any:
    """Returns a `SparseTensor` as it is, and anything else as a tensor."""
    return _v1.convert_to_tensor_or_sparse_tensor(value, dtype, name)


def reduce_sum_n(tensors: Sequence[Any], name: str | None = None) -> Any:
    """Returns the sum of all elements of several tensors: a scalar.

    Args:
        tensors: Tensors of one dtype, at least one.
        name: Name of the operation.

    Raises:
        ConfigError: If there is no tensor.
    """
    if not tensors:
        raise ConfigError("`tensors` must not be empty.")
    tensors = [
        tf.reduce_sum(tensor, name=f"{tensor.op.name}/sum")
        for tensor in tensors
    ]
    return tensors[0] if len(tensors) == 1 else tf.add_n(tensors, name=name)


def with_shape(expected_shape: Any, tensor: Any) -> Any:
    """Returns a tensor, with its shape checked.

    Args:
        expected_shape: The shape: a list of numbers, or an integer tensor.
        tensor: The tensor.

    Returns:
        The tensor itself where the shapes are known, else one that is checked
        as it is computed.

    Raises:
        ConfigError: If the shape is known, and another one.
    """
    if isinstance(tensor, tf.SparseTensor):
        return tensor
    known = tf.get_static_value(expected_shape, partial=True)
    shape = tf.TensorShape(
        expected_shape
        if known is None and not tf.is_tensor(expected_shape)
        else None
        if known is None
        else list(known)
    )
    if not shape.is_compatible_with(tensor.shape):
        raise ConfigError(
            f"Tensor {tensor.name!r} has shape {tensor.shape}, where "
            f"{shape} was expected."
        )
    if shape.is_fully_defined() and tensor.shape.is_fully_defined():
        return tensor
    with tf.control_dependencies(
        [
            _v1.assert_equal(
                tf.shape(tensor),
                tf.cast(expected_shape, tf.int32),
                message=f"Wrong shape for {tensor.name} [expected] [actual].",
            )
        ]
    ):
        checked = tf.identity(tensor)
    checked.set_shape(shape)
    return checked


def with_same_shape(expected_tensor: Any, tensor: Any) -> Any:
    """Returns a tensor, checked to have the shape of another one."""
    with tf.name_scope(f"{tensor.op.name}/"):
        known = expected_tensor.shape
        shape = (
            known.as_list()
            if known.is_fully_defined()
            else tf.shape(expected_tensor)
        )
        return with_shape(shape, tensor)


def assert_scalar(
    tensor: Any, name: str | None = None, message: str | None = None
) -> Any:
    """Returns a tensor, which must be a scalar.

    Raises:
        ConfigError: If it has a known rank above 0.
    """
    tensor = tf.convert_to_tensor(tensor, name=name)
    if tensor.shape.rank != 0:
        said = f"{message} " if message else ""
        raise ConfigError(
            f"{said}Expected scalar shape for {tensor.name}, saw shape: "
            f"{tensor.shape}."
        )
    return tensor


def assert_scalar_int(tensor: Any, name: str | None = None) -> Any:
    """Returns a tensor, which must be a scalar of an integer type.

    Raises:
        ConfigError: If it is not.
    """
    tensor = tf.convert_to_tensor(tensor, name=name)
    if not tensor.dtype.is_integer:
        raise ConfigError(
            f"Expected integer type for {tensor.name}, received type: "
            f"{tensor.dtype}."
        )
    return assert_scalar(tensor)


def assert_same_float_dtype(
    tensors: Sequence[Any] | None = None, dtype: Any = None
) -> Any:
    """Returns the float type that tensors have in common.

    Args:
        tensors: Tensors; those that are `None` are passed over.
        dtype: The type that they must have; float32 if there is nothing.
    """
    return _v1.debugging.assert_same_float_dtype(tensors, dtype)


def remove_squeezable_dimensions(
    predictions: Any, labels: Any, name: str | None = None
) -> tuple[Any, Any]:
    """Returns both, without a last dimension of 1 that only one of them has."""
    with _v1.name_scope(name, "remove_squeezable_dimensions"):
        predictions = tf.convert_to_tensor(predictions)
        labels = tf.convert_to_tensor(labels)
        ranks = predictions.shape.rank, labels.shape.rank
        if None not in ranks:
            if ranks[0] - ranks[1] == 1:
                predictions = tf.squeeze(predictions, [-1])
            elif ranks[1] - ranks[0] == 1:
                labels = tf.squeeze(labels, [-1])
        return predictions, labels


def get_name_scope() -> str:
    """Returns the name scope that is open, without a `/` at its end."""
    return _v1.get_default_graph().get_name_scope()


def get_placeholders(graph: Any) -> list[Any]:
    """Returns the placeholders of a graph."""
    return [
        op.outputs[0]
        for op in graph.get_operations()
        if op.type == "Placeholder"
    ]
