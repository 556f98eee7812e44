"""Values of variables from checkpoints and arrays, by `tf.contrib`'s names."""

from collections.abc import Callable
from collections.abc import Mapping
from collections.abc import Sequence
from typing import Any

import numpy as np
import tensorflow as tf

from keras_estimator.compat.v1.contrib.framework.searches import (
    get_unique_variable,
)
from keras_estimator.compat.v1.contrib.framework.variables import (
    get_variable_full_name,
)
from keras_estimator.errors import ConfigError

_v1 = tf.compat.v1

init_from_checkpoint = _v1.train.init_from_checkpoint
list_variables = tf.train.list_variables
load_checkpoint = tf.train.load_checkpoint
load_variable = tf.train.load_variable

# Variables by themselves, or by their names in a checkpoint.
Variables = Sequence[Any] | Mapping[str, Any]


def assign_from_values(
    var_names_to_values: Mapping[str, Any],
) -> tuple[Any, dict[Any, Any]]:
    """Returns what gives variables their values, and what to feed for it.

    Args:
        var_names_to_values: Full name of a variable -> array.

    Returns:
        An operation, and its `feed_dict`.

    Raises:
        ConfigError: If a variable does not exist or has another size.
    """
    return _assignments(
        [
            (get_unique_variable(name), np.asarray(value))
            for name, value in var_names_to_values.items()
        ]
    )


def assign_from_values_fn(
    var_names_to_values: Mapping[str, Any],
) -> Callable[[Any], None]:
    """Returns a function of a session that gives variables their values.

    Args:
        var_names_to_values: As for `assign_from_values`.
    """
    assign, feed = assign_from_values(var_names_to_values)

    def assign_values(session: Any) -> None:
        session.run(assign, feed)

    return assign_values


def assign_from_checkpoint(
    model_path: str, var_list: Variables, ignore_missing_vars: bool = False
) -> tuple[Any, dict[Any, Any]]:
    """Returns what gives variables the values of a checkpoint.

    Args:
        model_path: Path of the checkpoint.
        var_list: Variables, or name in the checkpoint -> variable, or list of
            the slices of a partitioned one.
        ignore_missing_vars: Whether variables that the checkpoint lacks are
            left out.

    Returns:
        An operation, and its `feed_dict`.

    Raises:
        ConfigError: If the checkpoint lacks a variable, or has it in another
            size.
    """
    reader = load_checkpoint(model_path)
    pairs = []
    for name, found in _grouped(var_list).items():
        if not reader.has_tensor(name):
            if not ignore_missing_vars:
                raise ConfigError(_lacks(model_path, name))
            continue
        value = reader.get_tensor(name)
        pairs += [(var, _part_of(value, var)) for var in found]
    return _assignments(pairs)


def assign_from_checkpoint_fn(
    model_path: str,
    var_list: Variables,
    ignore_missing_vars: bool = False,
    reshape_variables: bool = False,
) -> Callable[[Any], None] | None:
    """Returns a function of a session that restores variables.

    It is what `Scaffold(init_fn=lambda scaffold, session: fn(session))` calls.

    Args:
        model_path: Path of the checkpoint.
        var_list: Variables, or name in the checkpoint -> variable.
        ignore_missing_vars: Whether variables that the checkpoint lacks are
            left out, with a warning.
        reshape_variables: Whether other shapes of the same size are fine.

    Returns:
        The function; `None`, with a warning, if nothing is left to restore.

    Raises:
        ConfigError: If var_list is empty.

    Example:
    ```python
    restore = tf.contrib.framework.assign_from_checkpoint_fn(
        path, tf.contrib.framework.get_variables_to_restore(exclude=["logits"])
    )
    scaffold = tf.train.Scaffold(init_fn=lambda _, session: restore(session))
    ```
    """
    if not var_list:
        raise ConfigError(
            "`var_list` cannot be empty: give the variables to restore, as "
            "`get_variables_to_restore()` returns them."
        )
    if ignore_missing_vars:
        var_list = _present(model_path, var_list)
    if not var_list:
        _v1.logging.warning("No Variables to restore")
        return None
    saver = _v1.train.Saver(var_list, reshape=reshape_variables)

    def restore(session: Any) -> None:
        saver.restore(session, model_path)

    return restore


def _present(model_path: str, var_list: Variables) -> dict[str, Any]:
    """Returns the variables that a checkpoint has, warning of the others."""
    reader = load_checkpoint(model_path)
    present = {}
    for name, found in _grouped(var_list).items():
        if reader.has_tensor(name):
            present[name] = found if len(found) > 1 else found[0]
        else:
            _v1.logging.warning(
                "Variable %s missing in checkpoint %s", name, model_path
            )
    return present


def _grouped(var_list: Variables) -> dict[str, list[Any]]:
    """Returns name in a checkpoint -> variable, or slices of it."""
    if isinstance(var_list, Mapping):
        return {
            name: list(found) if isinstance(found, (list, tuple)) else [found]
            for name, found in var_list.items()
        }
    grouped: dict[str, list[Any]] = {}
    for var in var_list:
        grouped.setdefault(get_variable_full_name(var), []).append(var)
    return grouped


def _part_of(value: Any, var: Any) -> Any:
    """Returns the slice of a value that a slice of a variable has."""
    info = getattr(var, "_save_slice_info", None)
    if info is None:
        return value
    return value[
        tuple(
            slice(start, start + size)
            for start, size in zip(info.var_offset, info.var_shape, strict=True)
        )
    ]


def _assignments(pairs: list[tuple[Any, Any]]) -> tuple[Any, dict[Any, Any]]:
    feed = {}
    operations = []
    for var, value in pairs:
        shape = var.shape.as_list()
        if int(np.prod(shape)) != value.size:
            raise ConfigError(
                f"Total size of new array must be unchanged for {var.op.name} "
                f"lh_shape: {list(value.shape)}, rh_shape: {shape}."
            )
        place = _v1.placeholder(
            var.dtype.base_dtype, shape, name=f"placeholder/{var.op.name}"
        )
        operations.append(var.assign(place).op)
        feed[place] = value.reshape(shape)
    return tf.group(*operations), feed


def _lacks(model_path: str, name: str) -> str:
    return (
        f"Checkpoint is missing variable [{name}]: {model_path} has "
        f"{sorted(n for n, _ in list_variables(model_path))}. With "
        "`ignore_missing_vars=True` it keeps its initial value."
    )
