"""Functions that call another one, with a signature of their own."""

import inspect
from collections.abc import Callable
from collections.abc import Iterable
from typing import Any


def with_signature(
    function: Callable[..., Any],
    parameters: Iterable[inspect.Parameter],
    name: str,
    doc: str,
) -> Callable[..., Any]:
    """Returns a function that gives another one all arguments by name.

    All: so that an `arg_scope` of the other one changes none of them.

    Args:
        function: The other one.
        parameters: Those of the new function.
        name: Name of the new function.
        doc: Its docstring.
    """
    signature = inspect.Signature(list(parameters))

    def call(*args: Any, **kwargs: Any) -> Any:
        try:
            bound = signature.bind(*args, **kwargs)
        except TypeError as error:
            raise TypeError(f"{name}(): {error}") from None
        bound.apply_defaults()
        return function(**bound.arguments)

    call.__name__ = call.__qualname__ = name
    call.__doc__ = doc
    call.__signature__ = signature  # type: ignore[attr-defined]
    return call
