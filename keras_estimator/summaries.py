"""Event files, as TensorBoard reads them."""

import time
from collections.abc import Mapping
from collections.abc import MutableMapping
from contextlib import ExitStack
from typing import Any
from weakref import WeakKeyDictionary

import numpy as np
import tensorflow as tf

_v1 = tf.compat.v1
# Graphs as they were last written, with their versions.
_graphs: MutableMapping[tf.Graph, tuple[int, bytes]] = WeakKeyDictionary()


def writer(directory: str) -> Any:
    """Returns the event writer of a directory: one per process.

    Repeated calls of evaluate add to one file. A new one begins with the
    default graph, for TensorBoard to show.
    """
    with ExitStack() as stack:
        if tf.executing_eagerly():
            # It refuses to be made there, though it needs no graph.
            stack.enter_context(tf.Graph().as_default())
        return _v1.summary.FileWriterCache.get(directory)


def add_graph(writer: Any, graph: tf.Graph) -> None:
    """Writes a graph for TensorBoard to show.

    Each call of train does. The graph is mostly that of the call before.

    Args:
        writer: An event writer.
        graph: The graph.
    """
    version, serialized = _graphs.get(graph, (-1, b""))
    if version != graph.version:
        serialized = graph.as_graph_def(add_shapes=True).SerializeToString()
        _graphs[graph] = graph.version, serialized
    writer.add_event(_v1.Event(graph_def=serialized, wall_time=time.time()))


def scalars(values: Mapping[str, float]) -> Any:
    """Returns a summary of scalars by tag."""
    summary = _v1.Summary()
    for tag, value in values.items():
        summary.value.add(tag=tag, simple_value=float(value))
    return summary


def write_evaluation(
    directory: str,
    results: Mapping[str, Any],
    global_step: int,
    checkpoint_path: str | None,
) -> None:
    """Writes the results of an evaluation, and what was evaluated.

    Args:
        directory: `eval`, or `eval_<name>`, under model_dir.
        results: Name -> value. `global_step` is left out.
        global_step: The step of the events.
        checkpoint_path: What was evaluated; `None` for initial values.
    """
    _v1.logging.info(
        "Saving dict for global step %d: %s", global_step, _line(results)
    )
    summary = _v1.Summary()
    for tag, value in results.items():
        if tag != "global_step":
            _add(summary, tag, value)
    events = writer(directory)
    events.add_summary(summary, global_step)
    if checkpoint_path:
        _v1.logging.info(
            "Saving 'checkpoint_path' summary for global step %d: %s",
            global_step,
            checkpoint_path,
        )
        path = _v1.Summary()
        path.value.add(
            tag="checkpoint_path",
            tensor=tf.make_tensor_proto(checkpoint_path, tf.string),
        )
        events.add_summary(path, global_step)
    events.flush()


def _add(summary: Any, tag: str, value: Any) -> None:
    """Adds a value in the form that TensorBoard has for its type."""
    if isinstance(value, bytes):
        _add_serialized(summary, tag, value)
    elif isinstance(value, np.ndarray):
        summary.value.add(
            tag=tag, node_name=tag, tensor=tf.make_tensor_proto(value)
        )
    elif isinstance(value, (float, int, np.floating, np.integer)) and (
        not isinstance(value, bool)
    ):
        summary.value.add(tag=tag, simple_value=float(value))
    elif value is not None:
        _v1.logging.warning(
            "Skipping summary for %s, must be a number, an array or a "
            "serialized Summary. It is: %r",
            tag,
            value,
        )


def _add_serialized(summary: Any, tag: str, value: bytes) -> None:
    """Adds the result of a metric that is a summary: an image, a histogram."""
    try:
        parsed = _v1.Summary.FromString(value)
    except Exception:  # DecodeError, whose place is private to protobuf
        _v1.logging.warning(
            "Skipping summary for %s, cannot parse string to Summary.", tag
        )
        return
    for i, part in enumerate(parsed.value):
        part.tag = f"{tag}/{i}"
    summary.value.extend(parsed.value)


def _line(results: Mapping[str, Any]) -> str:
    return ", ".join(
        f"{name} = {value!s}"
        for name, value in sorted(results.items())
        if not isinstance(value, bytes)
    )
