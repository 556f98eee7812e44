"""Tracebacks that show the user's own lines.

An error in a user's model_fn or input_fn comes up through many frames of this
package, which say nothing to the user. They are left out, as Keras leaves out
its own: `keras.config.disable_traceback_filtering()` shows them.
"""

import functools
import inspect
import os
import types
from collections.abc import Callable
from collections.abc import Iterator
from typing import Any
from typing import TypeVar

import keras

_Function = TypeVar("_Function", bound=Callable)
_PACKAGE = os.path.dirname(__file__) + os.sep


def users_line_first(function: _Function) -> _Function:
    """Decorates a public function: its errors show no frames of the package.

    Args:
        function: A function, or a generator function.
    """
    if inspect.isgeneratorfunction(function):

        @functools.wraps(function)
        def generate(*args: Any, **kwargs: Any) -> Iterator[Any]:
            try:
                yield from function(*args, **kwargs)
            except Exception as error:
                raise _filtered(error)  # noqa: B904

        return generate  # type: ignore[return-value]

    @functools.wraps(function)
    def call(*args: Any, **kwargs: Any) -> Any:
        try:
            return function(*args, **kwargs)
        except Exception as error:
            # The same error: nothing is chained to it.
            raise _filtered(error)  # noqa: B904

    return call  # type: ignore[return-value]


def add_note(error: BaseException, note: str) -> None:
    """Adds a line under the message of an error."""
    if hasattr(error, "add_note"):  # Python 3.11
        error.add_note(note)


def _filtered(error: Exception) -> Exception:
    if not keras.config.is_traceback_filtering_enabled():
        return error
    frames = []
    traceback = error.__traceback__
    while traceback is not None:
        if not traceback.tb_frame.f_code.co_filename.startswith(_PACKAGE):
            frames.append(traceback)
        traceback = traceback.tb_next
    shown = None
    for frame in reversed(frames):
        shown = types.TracebackType(
            shown, frame.tb_frame, frame.tb_lasti, frame.tb_lineno
        )
    return error.with_traceback(shown)
