"""Resources of a graph that a binding must have for itself.

In TF1 each session had its own tables, queues, writers and random streams.
Here they live in one process-wide manager, where two bindings that use one
name would share them, and where a nameless one is new in each function.
"""

import weakref
from collections.abc import Mapping
from typing import Any

import tensorflow as tf

from keras_estimator.engine import _tensorflow
from keras_estimator.engine.random_ops import BINDING
from keras_estimator.engine.random_ops import RandomStream
from keras_estimator.engine.subgraph import function_names

_raw = tf.raw_ops


class StreamState:
    """The position of one binding in one random stream."""

    def __init__(self, stream: RandomStream, binding: str) -> None:
        self._start = tf.constant(stream.state, tf.int64)
        self.handle = _raw.VarHandleOp(
            dtype=tf.int64,
            shape=[len(stream.state)],
            shared_name=stream.shared_name.replace(BINDING, binding),
        )
        self.restart()
        # A named resource outlives its handles.
        weakref.finalize(self, _destroy, self.handle)

    def restart(self) -> None:
        """Goes back to the first draw, where each TF1 session began."""
        _raw.AssignVariableOp(resource=self.handle, value=self._start)


class OpenWriter:
    """A summary writer of model_fn's own, of one binding.

    It opens its file when it is first written to.

    Args:
        shared_name: The name by which functions find it.
    """

    def __init__(self, shared_name: str) -> None:
        self._handle = _raw.SummaryWriter(shared_name=shared_name)
        weakref.finalize(self, _destroy, self._handle)

    def close(self) -> None:
        """Writes what is left, and closes the file if there is one."""
        _destroy(self._handle)


def _destroy(handle: tf.Tensor) -> None:
    # Garbage is collected at any time, amid the building of a graph, too.
    with _tensorflow.eager_mode():
        _raw.DestroyResourceOp(resource=handle, ignore_lookup_error=True)


_TABLES = {
    "HashTableV2": _raw.AnonymousHashTable,
    "MutableHashTableV2": _raw.AnonymousMutableHashTable,
    "MutableHashTableOfTensorsV2": _raw.AnonymousMutableHashTableOfTensors,
}


def is_table(node: tf.compat.v1.NodeDef) -> bool:
    """Whether a node makes a lookup table that `make_table` can make."""
    return node.op in _TABLES


def make_table(node: tf.compat.v1.NodeDef) -> tf.Tensor:
    """Returns the handle of a new, empty table like the one of `node`.

    It has no name, and lives as long as somebody holds the handle.
    """
    dtypes = {
        name: tf.dtypes.as_dtype(node.attr[name].type)
        for name in ("key_dtype", "value_dtype")
    }
    if node.op == "MutableHashTableOfTensorsV2":
        shape = tf.TensorShape(node.attr["value_shape"].shape)
        return _TABLES[node.op](value_shape=shape, **dtypes)
    return _TABLES[node.op](**dtypes)


def make_own(graph_def: tf.compat.v1.GraphDef, binding: str) -> set[str]:
    """Gives the resources that a graph finds by name names of the binding's.

    Args:
        graph_def: Changed in place.
        binding: A name that no other binding has.

    Returns:
        The `shared_name` of the random streams that are found by it.
    """
    for node in graph_def.node:
        if "shared_name" in node.attr and node.op != "VarHandleOp":
            name = node.attr["shared_name"].s.decode() or node.name
            node.attr["shared_name"].s = f"{binding}/{name}".encode()
    bodies = [graph_def.node, *(f.node_def for f in graph_def.library.function)]
    nodes = [node for body in bodies for node in body if _is_stream(node)]
    streams = {node.attr["shared_name"].s.decode() for node in nodes}
    for node in nodes:
        shared = node.attr["shared_name"]
        shared.s = shared.s.replace(BINDING.encode(), binding.encode())
    if nodes:
        rename_functions(graph_def, binding)
    return streams


def writers(graph_def: tf.compat.v1.GraphDef) -> list[str]:
    """Returns the `shared_name` of the summary writers in a graph."""
    return [
        node.attr["shared_name"].s.decode()
        for node in graph_def.node
        if node.op == "SummaryWriter"
    ]


def _is_stream(node: tf.compat.v1.NodeDef) -> bool:
    return node.op == "VarHandleOp" and node.attr["shared_name"].s.startswith(
        BINDING.encode()
    )


def rename_functions(graph_def: tf.compat.v1.GraphDef, suffix: str) -> None:
    """Makes the functions of a graph other ones, for who has changed them.

    The process knows a function by its name; one that names a resource of a
    binding must not be taken for another binding's.

    Args:
        graph_def: Changed in place.
        suffix: Is added to the names.
    """
    give_names(
        graph_def,
        {
            f.signature.name: f"{f.signature.name}_{suffix}"
            for f in graph_def.library.function
        },
    )


def give_names(
    graph_def: tf.compat.v1.GraphDef, names: Mapping[str, str]
) -> None:
    """Gives the functions of a graph other names.

    Args:
        graph_def: Changed in place.
        names: Old name -> new name, of all of them.
    """
    for function in graph_def.library.function:
        function.signature.name = names[function.signature.name]
        for node in function.node_def:
            _rename_calls(node, names)
    for node in graph_def.node:
        _rename_calls(node, names)


def _rename_calls(node: tf.compat.v1.NodeDef, names: Mapping[str, str]) -> None:
    if not any(name in names for name in function_names(node)):
        return
    for attribute in node.attr.values():
        kind: Any = attribute.WhichOneof("value")
        if kind == "func":
            attribute.func.name = names.get(
                attribute.func.name, attribute.func.name
            )
        elif kind == "list":
            for function in attribute.list.func:
                function.name = names.get(function.name, function.name)
