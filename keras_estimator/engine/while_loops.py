"""Loops of a graph whose iterations must not overtake each other.

TensorFlow runs up to ten iterations of a `tf.while_loop` at a time, each as far
as its data goes. What draws random numbers waits for no data: which iteration
draws first would be a matter of chance.
"""

from collections.abc import Collection
from collections.abc import Iterable

import tensorflow as tf

from keras_estimator.engine.subgraph import function_names
from keras_estimator.engine.subgraph import node_name

_LOOPS = frozenset({"While", "StatelessWhile"})


def run_in_sequence(
    graph_def: tf.compat.v1.GraphDef,
    nodes: Collection[str],
    functions: Collection[str],
) -> None:
    """Lets loops around some operations run one iteration at a time.

    Args:
        graph_def: The graph, its function library included; changed in place.
        nodes: Names of such operations of the graph itself.
        functions: Names of functions that have such operations.
    """
    within = _callers(graph_def, functions)
    bodies = [graph_def.node, *(f.node_def for f in graph_def.library.function)]
    for node in (node for body in bodies for node in body):
        if node.op in _LOOPS and not within.isdisjoint(function_names(node)):
            node.attr["parallel_iterations"].i = 1
    found = frames(graph_def, nodes)
    for node in graph_def.node:
        if node.op == "Enter" and node.attr["frame_name"].s in found:
            node.attr["parallel_iterations"].i = 1


def frames(
    graph_def: tf.compat.v1.GraphDef, names: Iterable[str]
) -> set[bytes]:
    """Returns the frames of TF1's own kind of loop around some operations."""
    nodes = {node.name: node for node in graph_def.node}
    found: set[bytes] = set()
    seen: set[str] = set()
    waiting = list(names)
    while waiting:
        name = waiting.pop()
        if name in seen:
            continue
        seen.add(name)
        node = nodes[name]
        if node.op == "Enter":
            found.add(node.attr["frame_name"].s)
        # What comes out of a loop is not in it.
        if node.op != "Exit":
            waiting.extend(map(node_name, node.input))
    return found


def control_inputs(
    graph_def: tf.compat.v1.GraphDef, node: tf.compat.v1.NodeDef
) -> list[str]:
    """Returns control inputs that keep an operation in the loop of `node`.

    None is a constant: TensorFlow's optimizer takes constants out of loops.
    """
    nodes = {n.name: n for n in graph_def.node}
    found: dict[str, None] = {}
    waiting = list(node.input)
    while waiting:
        name = node_name(waiting.pop())
        if nodes[name].op == "Const":
            waiting.extend(nodes[name].input)
        else:
            found[f"^{name}"] = None
    return list(found)


def _callers(
    graph_def: tf.compat.v1.GraphDef, functions: Iterable[str]
) -> set[str]:
    """Returns functions, and all that call them, directly or not."""
    called_by: dict[str, set[str]] = {}
    for function in graph_def.library.function:
        for node in function.node_def:
            for name in function_names(node):
                called_by.setdefault(name, set()).add(function.signature.name)
    found: set[str] = set()
    waiting = list(functions)
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting.extend(called_by.get(name, ()))
    return found
