"""The part of a graph that a set of fetches needs.

TF1 runs an operation only if something fetched depends on it. Here that is a
walk over the GraphDef from the fetches back to the *cut*: the tensors that the
caller provides (fed values, variable handles).
"""

from collections.abc import Collection
from collections.abc import Iterable
from collections.abc import Iterator
from collections.abc import Mapping
from typing import NamedTuple

import tensorflow as tf

READS = frozenset({"ReadVariableOp", "ResourceGather", "ResourceGatherNd"})
QUERIES = frozenset({"VarIsInitializedOp", "VariableShape"})


class Subgraph(NamedTuple):
    """A GraphDef and the tensors that must be provided to import it."""

    graph_def: tf.compat.v1.GraphDef
    inputs: frozenset[str]


def tensor_name(node_input: str) -> str:
    """Returns the tensor a node's data input names, with its output index.

    >>> tensor_name("dense/MatMul"), tensor_name("split:1")
    ('dense/MatMul:0', 'split:1')
    """
    return node_input if ":" in node_input else f"{node_input}:0"


def node_name(element: str) -> str:
    """Returns the node of a tensor, an operation or a control input.

    >>> node_name("split:1"), node_name("train_op"), node_name("^init")
    ('split', 'train_op', 'init')
    """
    return element.removeprefix("^").split(":", 1)[0]


class GraphIndex:
    """A GraphDef with its nodes and functions by name."""

    def __init__(self, graph_def: tf.compat.v1.GraphDef) -> None:
        self.graph_def = graph_def
        self.nodes = {node.name: node for node in graph_def.node}
        self.functions = {
            f.signature.name: f for f in graph_def.library.function
        }

    def ancestors(
        self, elements: Iterable[str], cut: Collection[str] = ()
    ) -> set[str]:
        """Returns the names of all nodes that `elements` depend on.

        Args:
            elements: Names of tensors and operations.
            cut: Names of tensors behind which the walk does not look.
        """
        found: set[str] = set()
        waiting = [node_name(e) for e in elements if e not in cut]
        while waiting:
            name = waiting.pop()
            if name in found:
                continue
            found.add(name)
            for node_input in self.nodes[name].input:
                if node_input[0] == "^":
                    if not self._is_fed(node_input[1:], cut):
                        waiting.append(node_input[1:])
                elif tensor_name(node_input) not in cut:
                    waiting.append(node_name(node_input))
        return found

    def extract(
        self, elements: Iterable[str], cut: Collection[str]
    ) -> Subgraph:
        """Returns the subgraph that computes `elements` from `cut`."""
        wanted = self.ancestors(elements, cut)
        graph_def = tf.compat.v1.GraphDef(versions=self.graph_def.versions)
        inputs: set[str] = set()
        # In the order of the source graph: the importer keeps it among nodes
        # that are ready at the same time.
        for node in self.graph_def.node:
            if node.name not in wanted:
                continue
            copy = graph_def.node.add()
            copy.CopyFrom(node)
            copy.input[:] = [
                i for i in node.input if i[0] != "^" or i[1:] in wanted
            ]
            _drop_foreign_colocations(copy, wanted)
            inputs.update(tensor_name(i) for i in node.input if i[0] != "^")
        graph_def.library.function.extend(
            self.functions[name] for name in self._used(graph_def.node)
        )
        return Subgraph(graph_def, frozenset(inputs.intersection(cut)))

    def _is_fed(self, name: str, cut: Collection[str]) -> bool:
        """Whether a node is a placeholder that is given a value.

        What waits for it (`tf.metrics.mean(labels)` does) need not.
        """
        return self.nodes[name].op == "Placeholder" and f"{name}:0" in cut

    def _used(self, nodes: Iterable[tf.compat.v1.NodeDef]) -> list[str]:
        """Returns the functions that `nodes` call, directly or not."""
        found: dict[str, None] = {}
        waiting = [name for node in nodes for name in function_names(node)]
        while waiting:
            name = waiting.pop()
            if name in found or name not in self.functions:
                continue
            found[name] = None
            for node in self.functions[name].node_def:
                waiting.extend(function_names(node))
        return list(found)


def put_reads_first(subgraph: Subgraph) -> None:
    """Lets a step see the variables as they were before it.

    TensorFlow leaves it open whether `session.run([train_op, global_step])`
    returns the step before or after, of which moment the weights in a
    histogram are, and what `global_step % 100 == 0` means amid a step. With
    resource variables its executor nearly always reads first.

    Args:
        subgraph: Gets control inputs, in place.
    """
    nodes = {node.name: node for node in subgraph.graph_def.node}
    reads: dict[str, list[str]] = {}
    readers = set()
    for node in nodes.values():
        handle, reader = _read_at_once(node, nodes)
        if handle is not None:
            reads.setdefault(handle, []).append(f"^{node.name}")
            readers.add(reader)
    for node in nodes.values() if reads else ():
        if node.op in READS | QUERIES or node.name in readers:
            continue
        for handle in {tensor_name(i) for i in node.input if i[0] != "^"}:
            node.input.extend(reads.get(handle, ()))


def _read_at_once(
    node: tf.compat.v1.NodeDef, nodes: Mapping[str, tf.compat.v1.NodeDef]
) -> tuple[str | None, str]:
    """Returns the handle of the variable whose value a node has, if it does.

    And the node that reads it. One that waits for something has been told when
    to read.
    """
    if node.op == "ReadVariableOp" and not _waits(node):
        return tensor_name(node.input[0]), node.name
    if node.op == "Identity" and not _waits(node):
        # `initialized_value()`: so TensorFlow's own hooks read the global step.
        # The value is there when it is used; to wait for the branch is not
        # enough, as what it reads is no part of its effects.
        chosen = nodes.get(node_name(node.input[0]))
        if chosen is not None and chosen.op in ("If", "StatelessIf"):
            asked = nodes.get(node_name(chosen.input[0]))
            if asked is not None and asked.op == "VarIsInitializedOp":
                return tensor_name(asked.input[0]), chosen.name
    return None, node.name


def _waits(node: tf.compat.v1.NodeDef) -> bool:
    return any(name[0] == "^" for name in node.input)


def function_names(node: tf.compat.v1.NodeDef) -> Iterator[str]:
    """Yields the names of the functions in a node's attributes."""
    for attribute in node.attr.values():
        kind = attribute.WhichOneof("value")
        if kind == "func":
            yield attribute.func.name
        elif kind == "list":
            for function in attribute.list.func:
                yield function.name


def _drop_foreign_colocations(
    node: tf.compat.v1.NodeDef, wanted: Collection[str]
) -> None:
    """Removes `loc:@` wishes towards nodes that are not imported with it."""
    if "_class" not in node.attr:
        return
    kept = [
        wish
        for wish in node.attr["_class"].list.s
        if not wish.startswith(b"loc:@") or wish[5:].decode() in wanted
    ]
    if kept:
        node.attr["_class"].list.s[:] = kept
    else:
        del node.attr["_class"]
