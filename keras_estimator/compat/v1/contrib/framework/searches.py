"""Variables of a graph, found by their names."""

import re
from collections.abc import Iterable
from collections.abc import Sequence
from typing import Any

import tensorflow as tf

from keras_estimator.errors import ArgumentTypeError
from keras_estimator.errors import ConfigError

_v1 = tf.compat.v1
_KEYS = _v1.GraphKeys


def get_variables(
    scope: Any = None,
    suffix: str | None = None,
    collection: str = _KEYS.GLOBAL_VARIABLES,
) -> list[Any]:
    """Returns the variables of a collection.

    Args:
        scope: Only those whose name begins with it: a regular expression, or
            a variable scope.
        suffix: Only those whose name ends with it.
        collection: Name of the collection.
    """
    if isinstance(scope, _v1.VariableScope):
        scope = scope.name
    if suffix is not None:
        ending = suffix if ":" in suffix else f"{suffix}:"
        scope = f"{scope or ''}.*{ending}"
    return _v1.get_collection(collection, scope)


def get_model_variables(
    scope: Any = None, suffix: str | None = None
) -> list[Any]:
    """Returns the `get_variables` that are in MODEL_VARIABLES."""
    return get_variables(scope, suffix, _KEYS.MODEL_VARIABLES)


def get_local_variables(
    scope: Any = None, suffix: str | None = None
) -> list[Any]:
    """Returns the `get_variables` that are in LOCAL_VARIABLES."""
    return get_variables(scope, suffix, _KEYS.LOCAL_VARIABLES)


def get_trainable_variables(
    scope: Any = None, suffix: str | None = None
) -> list[Any]:
    """Returns the `get_variables` that are in TRAINABLE_VARIABLES."""
    return get_variables(scope, suffix, _KEYS.TRAINABLE_VARIABLES)


def get_variables_by_suffix(suffix: str, scope: Any = None) -> list[Any]:
    """Returns the `get_variables` whose name ends with a suffix."""
    return get_variables(scope=scope, suffix=suffix)


def get_variables_by_name(given_name: str, scope: Any = None) -> list[Any]:
    """Returns the variables of that name, in whatever scope.

    Args:
        given_name: Last part of the name.
        scope: Only those whose name begins with it.
    """
    return get_variables(scope, suffix=f"/{given_name}:|^{given_name}:")


def get_unique_variable(var_op_name: str) -> Any:
    """Returns the variable of a full name.

    Args:
        var_op_name: The name, without `:0`.

    Raises:
        ConfigError: If there is none.
    """
    candidates = get_variables(scope=var_op_name)
    for candidate in candidates:
        if candidate.op.name == var_op_name:
            return candidate
    said = (
        f"Variable {var_op_name} does not uniquely identify a variable: names "
        f"that begin with it are {sorted(v.op.name for v in candidates)}."
        if candidates
        else f"Couldn't find variable {var_op_name}: the graph has "
        f"{sorted(v.op.name for v in get_variables())}."
    )
    raise ConfigError(said)


def get_variables_to_restore(
    include: Sequence[str] | None = None, exclude: Sequence[str] | None = None
) -> list[Any]:
    """Returns the variables in some scopes, without those in others.

    Args:
        include: Scopes; all variables by default.
        exclude: Scopes that are left out.

    Raises:
        ArgumentTypeError: If one of them is no list.
    """
    for argument, value in (("include", include), ("exclude", exclude)):
        if value is not None and not isinstance(value, (list, tuple)):
            raise ArgumentTypeError(
                f"`{argument}` must be a list of scopes, or None. Received: "
                f"{value!r} (of type {type(value).__name__})."
            )
    if include is None:
        wanted = get_variables()
    else:
        wanted = [v for scope in include for v in get_variables(scope)]
    left_out = {id(v) for scope in exclude or [] for v in get_variables(scope)}
    return [v for v in wanted if id(v) not in left_out]


def filter_variables(
    var_list: Iterable[Any],
    include_patterns: Sequence[str] | None = None,
    exclude_patterns: Sequence[str] | None = None,
    reg_search: bool = True,
) -> list[Any]:
    """Returns the variables whose names match regular expressions.

    Args:
        var_list: Variables.
        include_patterns: One of them must match; all variables by default.
        exclude_patterns: None of them may match.
        reg_search: Whether they match anywhere in a name, else from its
            beginning.
    """
    matches = re.search if reg_search else re.match

    def matches_any(patterns: Sequence[str], var: Any) -> bool:
        return any(matches(pattern, var.op.name) for pattern in patterns)

    return [
        var
        for var in var_list
        if (include_patterns is None or matches_any(include_patterns, var))
        and not matches_any(exclude_patterns or (), var)
    ]
