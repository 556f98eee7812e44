"""`arg_scope`: default arguments for the functions called inside of it."""

import contextlib
import functools
import inspect
import threading
from collections.abc import Callable
from collections.abc import Iterator
from collections.abc import Mapping
from collections.abc import Sequence
from typing import Any

from keras_estimator.errors import ArgumentTypeError
from keras_estimator.errors import ConfigError

# Key of a function: its default arguments.
Scope = dict[str, dict[str, Any]]


class _Scopes(threading.local):
    """The scopes that are open in a thread, the innermost last."""

    def __init__(self) -> None:
        self.open: list[Scope] = [{}]


_scopes = _Scopes()


def arg_scope_func_key(function: Any) -> str:
    """Returns under which key a scope keeps the arguments of a function."""
    return getattr(function, "_key_op", str(function))


def current_arg_scope() -> Scope:
    """Returns the innermost scope; `arg_scope` takes it, too."""
    return _scopes.open[-1]


def has_arg_scope(function: Any) -> bool:
    """Returns whether a function was decorated with `add_arg_scope`."""
    return hasattr(function, "_key_op")


def arg_scoped_arguments(function: Any) -> tuple[str, ...]:
    """Returns the names of the arguments that a scope may give a function.

    Args:
        function: A function that `add_arg_scope` has made.

    Raises:
        ConfigError: If it is another one.
    """
    _check_decorated(function)
    given = [
        parameter
        for parameter in inspect.signature(
            function.__wrapped__
        ).parameters.values()
        if parameter.kind is parameter.POSITIONAL_OR_KEYWORD
    ]
    optional = [each for each in given if each.default is not each.empty]
    # As in TensorFlow 1: all of them, if none has a default.
    return tuple(parameter.name for parameter in optional or given)


def add_arg_scope(function: Callable[..., Any]) -> Callable[..., Any]:
    """Decorates a function so that `arg_scope` can give it arguments.

    Example:
    ```python
    @tf.contrib.framework.add_arg_scope
    def block(inputs, units, rate=0.1):
        ...

    with tf.contrib.framework.arg_scope([block], rate=0.5):
        block(inputs, 16)  # rate is 0.5
    ```
    """
    key = arg_scope_func_key(function)

    @functools.wraps(function)
    def scoped(*args: Any, **kwargs: Any) -> Any:
        defaults = current_arg_scope().get(key)
        if defaults:
            kwargs = {**defaults, **kwargs}
        return function(*args, **kwargs)

    scoped._key_op = key  # type: ignore[attr-defined]
    return scoped


@contextlib.contextmanager
def arg_scope(
    list_ops_or_scope: Sequence[Callable[..., Any]] | Scope, **kwargs: Any
) -> Iterator[Scope]:
    """Gives functions other default arguments, until the block ends.

    Args:
        list_ops_or_scope: Functions that `add_arg_scope` has decorated, such
            as all of `tf.contrib.layers`; or a scope that another `arg_scope`
            has yielded, to open it again.
        **kwargs: The default arguments. What a call gives counts; inner
            scopes add to outer ones.

    Yields:
        The scope.

    Raises:
        ConfigError: If arguments are given together with a scope, or if a
            function is not decorated.
        ArgumentTypeError: If it is neither a list of functions nor a scope.

    Example:
    ```python
    with tf.contrib.framework.arg_scope(
        [tf.contrib.layers.fully_connected], activation_fn=tf.nn.tanh
    ):
        hidden = tf.contrib.layers.fully_connected(inputs, 16)
    ```
    """
    _scopes.open.append(_scope(list_ops_or_scope, kwargs))
    try:
        yield _scopes.open[-1]
    finally:
        _scopes.open.pop()


def _scope(functions: Any, kwargs: Mapping[str, Any]) -> Scope:
    if isinstance(functions, dict):
        if kwargs:
            raise ConfigError(
                "When attempting to re-use a scope by supplying a dictionary, "
                f"kwargs must be empty. Received: {sorted(kwargs)}. Open a "
                "second `arg_scope([functions], ...)` inside of it."
            )
        return functions.copy()
    if not isinstance(functions, (list, tuple)):
        raise ArgumentTypeError(
            "`list_ops_or_scope` must either be a list/tuple of functions or a "
            f"reused scope (i.e. dict). Received: {functions!r} (of type "
            f"{type(functions).__name__})."
        )
    scope = current_arg_scope().copy()
    for function in functions:
        _check_decorated(function)
        key = arg_scope_func_key(function)
        scope[key] = {**scope.get(key, {}), **kwargs}
    return scope


def _check_decorated(function: Any) -> None:
    if not has_arg_scope(function):
        raise ConfigError(
            f"{function!r} is not decorated with @add_arg_scope. Put "
            "`@tf.contrib.framework.add_arg_scope` before its `def`; of "
            "`linear`, `relu` and `relu6`, name `fully_connected`."
        )
