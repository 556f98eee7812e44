"""What makes a dataset of an input graph, kept for the next such graph.

An input_fn is called at each call of an Estimator, and mostly builds the same
graph again. Making a function of the graph takes longer than a short call; the
function of an equal graph makes an equal dataset. Python functions have names
that count up in the process, which make no difference.
"""

import threading
from collections import OrderedDict
from collections.abc import Callable
from collections.abc import Mapping
from typing import Any

import tensorflow as tf

from keras_estimator.engine import resources
from keras_estimator.engine.subgraph import function_names

_KEPT = 16
# Beyond that a graph holds data, which are not worth keeping or comparing.
_LARGEST = 1 << 16
# Python code, what is fed, and what keeps something between two calls.
_OPEN = (
    "EagerPyFunc",
    "FakeQueue",
    "Iterator",
    "MakeIterator",
    "OneShotIterator",
    "Placeholder",
    "PyFunc",
    "VarHandleOp",
    "Variable",
)


class Factories:
    """The functions that were used last, by the graphs they were made of.

    They make the variant tensor of a dataset.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._known: OrderedDict[bytes, Callable[[], Any]] = OrderedDict()

    def get(
        self, key: bytes | None, build: Callable[[], Callable[[], Any]]
    ) -> Callable[[], Any]:
        """Returns the function of a graph, built if need be.

        Args:
            key: Tells the graph from others; `None` if it is not to be kept.
            build: Makes the function.
        """
        if key is None:
            return build()
        with self._lock:
            known = self._known.pop(key, None)
        make = build() if known is None else known
        with self._lock:
            self._known[key] = make
            while len(self._known) > _KEPT:
                self._known.popitem(last=False)
        return make


def key_of(graph_def: tf.compat.v1.GraphDef, tensor: str) -> bytes | None:
    """Returns what is equal for graphs that compute the same.

    Args:
        graph_def: The graph.
        tensor: Name of what it computes.

    Returns:
        The key; `None` if the graph is too large to be worth it, or what it
        computes depends on more than what is in it.
    """
    if graph_def.ByteSize() > _LARGEST or graph_def.library.gradient:
        return None
    bodies = [graph_def.node, *(f.node_def for f in graph_def.library.function)]
    if any(_is_open(node) for body in bodies for node in body):
        return None
    functions = {f.signature.name: f for f in graph_def.library.function}
    names = _numbered(graph_def, functions)
    if len(names) != len(functions):
        return None
    alike = tf.compat.v1.GraphDef()
    alike.CopyFrom(graph_def)
    resources.give_names(alike, names)
    library = sorted(alike.library.function, key=lambda f: f.signature.name)
    parts = [f.SerializeToString(deterministic=True) for f in library]
    alike.ClearField("library")
    parts.append(alike.SerializeToString(deterministic=True))
    return b"".join(b"%d:%b" % (len(p), p) for p in [tensor.encode(), *parts])


def _is_open(node: tf.compat.v1.NodeDef) -> bool:
    """Whether an operation stands for something outside of its graph.

    A random one that is no dataset's goes on with its numbers when its function
    is called again; in TF1 each call had a session of its own.
    """
    return (
        resources.is_table(node)
        or node.op.startswith(_OPEN)
        or "seed2" in node.attr
    )


def _numbered(
    graph_def: tf.compat.v1.GraphDef, functions: Mapping[str, Any]
) -> dict[str, str]:
    """Returns names that do not count up, in the order of the calls."""
    names: dict[str, str] = {}
    bodies = [graph_def.node]
    for body in bodies:
        for node in body:
            for name in sorted(function_names(node)):
                if name in functions and name not in names:
                    names[name] = f"function_{len(names):05}"
                    bodies.append(functions[name].node_def)
    return names
