"""Tracebacks that show the user's own lines.

An error in a user's model_fn or input_fn comes up through many frames of this
package and of TensorFlow, which say nothing to the user. They are left out, as
Keras leaves out its own: `keras.config.disable_traceback_filtering()` shows
them. Where an operation fails as it runs, there is no such frame at all: then
the message says which line made the operation.
"""

import contextlib
import functools
import importlib.util
import inspect
import linecache
import os
import re
import sys
import types
from collections.abc import Callable
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from typing import TypeVar

import keras
import tensorflow as tf

from keras_estimator.errors import KerasEstimatorError

_Function = TypeVar("_Function", bound=Callable)
_PACKAGE = os.path.dirname(__file__) + os.sep
_SPECS = map(importlib.util.find_spec, ("tensorflow", "keras", "tf_keras"))
_LIBRARIES = (
    _PACKAGE,
    contextlib.__file__,
    *(os.path.dirname(s.origin) + os.sep for s in _SPECS if s and s.origin),
)
_NODE = re.compile(r"\{\{node ([^}]+)\}\}")
# What TensorFlow says where it does not know the line, and its own names.
_NOISE = re.compile(
    r"Detected at node .* defined at \(most recent call last\):\n"
    r"<stack traces unavailable>\n|"
    r" \[Op:__inference_\w+\]"
)
_GENERATED = "__autograph_generated_file"
_READING = ("IteratorGetNext", "passed to MapDataset", "OptionalGetValue")
_MOST_LINES = 3


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
                _shorten(error)
                if sys.version_info < (3, 11):
                    # A plain `raise` takes the traceback as it was.
                    raise error
                raise

        return generate  # type: ignore[return-value]

    @functools.wraps(function)
    def call(*args: Any, **kwargs: Any) -> Any:
        try:
            return function(*args, **kwargs)
        except Exception as error:
            _shorten(error)
            if sys.version_info < (3, 11):
                raise error
            raise

    return call  # type: ignore[return-value]


@contextmanager
def naming_lines(
    graph: Callable[[], tf.Graph | None], data: str
) -> Iterator[None]:
    """Says which line made the operation that fails as it runs.

    Args:
        graph: Returns what model_fn built, if it was called.
        data: Says where the batches are from.
    """
    try:
        yield
    except tf.errors.OpError as error:
        node = _NODE.search(error.message)
        built = graph()
        ours = isinstance(error, KerasEstimatorError)
        if ours or node is None or built is None:
            raise
        message = _NOISE.sub("", error.message)
        if any(words in message for words in _READING):
            note = f"This happened in the input: see {data}."
        else:
            note = _origin(built, node[1])
        # As a session makes its errors anew, with all that it knows.
        raise type(error)(
            error.node_def, None, f"{message}\n\n{note}"
        ).with_traceback(error.__traceback__) from None


def _origin(graph: tf.Graph, node: str) -> str:
    """Returns words that say where a node of the graph was made."""
    places = dict.fromkeys(_users_lines(op) for op in _makers(graph, node))
    found = [place for place in places if place]
    if not found:
        return f"Operation `{node}` was not made by a line of model_fn."
    if len(found) == 1:
        return f"Operation `{node}` was made here:\n{found[0]}"
    return f"Operation `{node}` was made at one of these places:\n" + "\n".join(
        found[:_MOST_LINES]
    )


def _makers(graph: tf.Graph, node: str) -> list[tf.Operation]:
    """Returns the operations that are a node, or run it in a branch or loop."""
    operations = graph.get_operations()
    itself = [op for op in operations if op.name == node]
    if itself:
        return itself
    bodies = {
        f.signature.name: f for f in graph.as_graph_def().library.function
    }
    running = {
        name
        for name, body in bodies.items()
        if any(inner.name == node for inner in body.node_def)
    }
    before = 0
    while len(running) > before:
        before = len(running)
        running |= {
            name
            for name, body in bodies.items()
            if any(_calls(inner) & running for inner in body.node_def)
        }
    return [op for op in operations if _calls(op.node_def) & running]


def _calls(node: Any) -> set[str]:
    """Returns the names of the functions that a node runs."""
    values = node.attr.values()
    return {value.func.name for value in values} | {
        function.name for value in values for function in value.list.func
    }


def _users_lines(operation: tf.Operation) -> str:
    """Returns the frames of the user in which an operation was made."""
    frames = list(operation.traceback or [])
    package = [
        i for i, f in enumerate(frames) if f.filename.startswith(_PACKAGE)
    ]
    # Those before it called the Estimator.
    inside = frames[package[0] :] if package else frames
    return "\n".join(
        f'  File "{frame.filename}", line {frame.lineno}, in {frame.name}\n'
        f"    {linecache.getline(frame.filename, frame.lineno).strip()}"
        for frame in inside
        if _is_users_file(frame.filename)
    )


def _shorten(error: Exception) -> None:
    """Takes what is not the user's out of the traceback of an error."""
    if not keras.config.is_traceback_filtering_enabled():
        return
    frames = _frames(error)
    users = [frame for frame in frames if _is_users(frame)]
    meant = isinstance(error, (KerasEstimatorError, tf.errors.OpError))
    if not meant and (not users or _is_of_package(frames[-1])):
        # Nobody raised it on purpose: all of it is needed to find the fault.
        return
    _set_frames(error, users)
    seen = {id(error)}
    chained = error.__cause__ or error.__context__
    while chained is not None and id(chained) not in seen:
        seen.add(id(chained))
        _set_frames(chained, filter(_is_users, _frames(chained)))
        chained = chained.__cause__ or chained.__context__


def _frames(error: BaseException) -> list[types.TracebackType]:
    frames = []
    traceback = error.__traceback__
    while traceback is not None:
        frames.append(traceback)
        traceback = traceback.tb_next
    return frames


def _set_frames(error: BaseException, frames: Any) -> None:
    shown = None
    for frame in reversed(list(frames)):
        shown = types.TracebackType(
            shown, frame.tb_frame, frame.tb_lasti, frame.tb_lineno
        )
    error.__traceback__ = shown


def _is_users(traceback: types.TracebackType) -> bool:
    return _is_users_file(_file(traceback))


def _is_users_file(file: str) -> bool:
    # What AutoGraph makes of a user's function is no file that the user knows.
    return not (file.startswith(_LIBRARIES) or _GENERATED in file)


def _is_of_package(traceback: types.TracebackType) -> bool:
    return _file(traceback).startswith(_PACKAGE)


def _file(traceback: types.TracebackType) -> str:
    return traceback.tb_frame.f_code.co_filename
