"""Variables of `tf.contrib`: made in collections, and found there again."""

import contextlib
from collections.abc import Callable
from collections.abc import Sequence
from typing import Any

import tensorflow as tf

from keras_estimator.compat.v1.contrib.framework.arguments import add_arg_scope

_v1 = tf.compat.v1
_KEYS = _v1.GraphKeys


def add_model_variable(var: Any) -> None:
    """Adds a variable to the collection MODEL_VARIABLES, once."""
    if not any(var is v for v in _v1.get_collection(_KEYS.MODEL_VARIABLES)):
        _v1.add_to_collection(_KEYS.MODEL_VARIABLES, var)


def _untrained(name: str, collection: str, says: str) -> Callable[..., Any]:
    """Returns a function that makes variables which are not trained.

    Args:
        name: Its name.
        collection: Of the variables.
        says: The first line of its docstring.
    """

    def make(
        initial_value: Any,
        validate_shape: bool = True,
        name: str | None = None,
        use_resource: bool | None = None,
    ) -> Any:
        return _v1.Variable(
            initial_value,
            trainable=False,
            collections=[collection],
            validate_shape=validate_shape,
            name=name,
        )

    make.__name__ = make.__qualname__ = name
    make.__doc__ = f"""{says}

    Args:
        initial_value: Its first value, or a function that returns it.
        validate_shape: Whether it keeps the shape of initial_value.
        name: Its name.
        use_resource: Has no effect: all variables are resource variables.
    """
    return make


local_variable = _untrained(
    "local_variable",
    _KEYS.LOCAL_VARIABLES,
    "Returns a new variable that is not trained, and in no checkpoint.",
)
global_variable = _untrained(
    "global_variable",
    _KEYS.GLOBAL_VARIABLES,
    "Returns a new variable that is not trained, but saved.",
)


@add_arg_scope
def variable(
    name: str,
    shape: Any = None,
    dtype: Any = None,
    initializer: Any = None,
    regularizer: Any = None,
    trainable: bool = True,
    collections: Sequence[str] | str | None = None,
    caching_device: Any = None,
    device: Any = None,
    partitioner: Any = None,
    custom_getter: Any = None,
    use_resource: bool | None = None,
    synchronization: Any = tf.VariableSynchronization.AUTO,
    aggregation: Any = _v1.VariableAggregation.NONE,
) -> Any:
    """Returns the variable of that name in the variable scope.

    As `tf.get_variable`; every argument can come from an `arg_scope`.

    Args:
        name: Its name in the scope.
        shape: Its shape.
        dtype: Its type; float32 by default.
        initializer: Function of (shape, dtype), or the first value.
        regularizer: Function of the variable that returns a loss.
        trainable: Whether it is trained.
        collections: The collections that it is in; `GLOBAL_VARIABLES` by
            default.
        caching_device: Where reads are kept.
        device: Where it lives: a device, or a function of an operation.
        partitioner: Function of (shape, dtype) that cuts it in slices.
        custom_getter: Function that wraps `get_variable`.
        use_resource: Has no effect: all variables are resource variables.
        synchronization: As in `tf.get_variable`.
        aggregation: As in `tf.get_variable`.
    """
    if isinstance(collections, str):
        collections = [collections]
    # None twice: in the order that was given.
    kept = list(dict.fromkeys(collections or [_KEYS.GLOBAL_VARIABLES]))
    with _on(device, name):
        return _v1.get_variable(
            name,
            shape=shape,
            dtype=dtype,
            initializer=initializer,
            regularizer=regularizer,
            trainable=trainable,
            collections=kept,
            caching_device=caching_device,
            partitioner=partitioner,
            custom_getter=custom_getter,
            synchronization=synchronization,
            aggregation=aggregation,
        )


@add_arg_scope
def model_variable(
    name: str,
    shape: Any = None,
    dtype: Any = tf.float32,
    initializer: Any = None,
    regularizer: Any = None,
    trainable: bool = True,
    collections: Sequence[str] | None = None,
    caching_device: Any = None,
    device: Any = None,
    partitioner: Any = None,
    custom_getter: Any = None,
    use_resource: bool | None = None,
    synchronization: Any = tf.VariableSynchronization.AUTO,
    aggregation: Any = _v1.VariableAggregation.NONE,
) -> Any:
    """Returns a `variable` that is in MODEL_VARIABLES, too.

    Args:
        name: Its name in the scope.
        shape: Its shape.
        dtype: Its type.
        initializer: Function of (shape, dtype), or the first value.
        regularizer: Function of the variable that returns a loss.
        trainable: Whether it is trained.
        collections: More collections that it is in.
        caching_device: Where reads are kept.
        device: Where it lives: a device, or a function of an operation.
        partitioner: Function of (shape, dtype) that cuts it in slices.
        custom_getter: Function that wraps `get_variable`.
        use_resource: Has no effect: all variables are resource variables.
        synchronization: As in `tf.get_variable`.
        aggregation: As in `tf.get_variable`.
    """
    return variable(
        name,
        shape=shape,
        dtype=dtype,
        initializer=initializer,
        regularizer=regularizer,
        trainable=trainable,
        collections=[
            *(collections or []),
            _KEYS.GLOBAL_VARIABLES,
            _KEYS.MODEL_VARIABLES,
        ],
        caching_device=caching_device,
        device=device,
        partitioner=partitioner,
        custom_getter=custom_getter,
        use_resource=use_resource,
        synchronization=synchronization,
        aggregation=aggregation,
    )


def get_variable_full_name(var: Any) -> str:
    """Returns the name of a variable in checkpoints.

    Args:
        var: A variable, or a slice of a partitioned one, which goes by the
            name of the whole.
    """
    info = getattr(var, "_save_slice_info", None)
    return info.full_name if info is not None else var.op.name


def _on(device: Any, name: str) -> contextlib.AbstractContextManager[Any]:
    """Returns the scope of a device, which may depend on the operation."""
    if not device:
        return contextlib.nullcontext()
    return tf.device(device) if isinstance(device, str) else _v1.device(device)
