"""TF2's summaries in model_fn: `tf.summary.scalar` and its like.

In a plain graph they need a writer and a step, or do nothing. model_fn gets a
default writer that is a mere mark, and the global step. In the graph that runs,
each operation that writes to the mark hands its summary to Python instead:

    WriteSummary(mark, step, value, tag)  ->  PyFunc(step, value, tag)

There a `Recording` takes it, while a hook wants summaries: it knows the event
file, in which those of TF1 are too, and the step that they are to have. As in
TF1 the operations run when they are fetched. Those inside of a `tf.function`
run when that does, and only count while somebody records.

Writers that model_fn makes for itself stay what they are. They open their file
when they first write, and close it when the call ends.
"""

import logging
import weakref
from collections.abc import Iterator
from collections.abc import Mapping
from collections.abc import Set
from contextlib import contextmanager
from typing import Any
from typing import NamedTuple

import tensorflow as tf

from keras_estimator.engine import _tensorflow
from keras_estimator.engine.resources import rename_functions
from keras_estimator.engine.subgraph import function_names
from keras_estimator.engine.subgraph import node_name
from keras_estimator.errors import MissingPackageError

_v1 = tf.compat.v1
_MAKER = "SummaryWriter"
_OPENERS = ("CreateSummaryFileWriter", "CreateSummaryDbWriter")
_WRITES = ("WriteSummary", "WriteRawProtoSummary")
_WRITER, _STEP, _TAG = 0, 1, 3
# Operations whose result is their input, or the value of that variable.
_READ = "ReadVariableOp"
_SAME = (_READ, "Identity", "Cast", "Switch", "Enter")
# Which of an operation's inputs is the first argument of its functions.
_FIRST_ARGUMENT = {
    "If": 1,
    "StatelessIf": 1,
    "Case": 1,
    "StatelessCase": 1,
    "While": 0,
    "StatelessWhile": 0,
    "PartitionedCall": 0,
    "StatefulPartitionedCall": 0,
}
_TOP = ""


class Recording:
    """Collects the summaries of a step."""

    def __init__(self) -> None:
        self._values: list[tuple[int | None, Any]] = []

    def add(self, step: int | None, summary: Any) -> None:
        """Takes a summary; its step is the global step if that is `None`."""
        self._values.extend((step, value) for value in summary.value)

    def summaries(self, global_step: int) -> dict[int, Any]:
        """Returns one summary for each step that has some.

        The operations ran in any order; here they are sorted by their tags.

        Args:
            global_step: The step of those that are to have the global step.
        """
        found: dict[int, Any] = {}
        for step, value in sorted(self._values, key=lambda item: item[1].tag):
            at_step = global_step if step is None else step
            found.setdefault(at_step, _v1.Summary()).value.append(value)
        return found


class SummaryLog:
    """Where the summaries of one graph arrive.

    Attributes:
        mark: Name of the operation that stands for the default writer; `None`
            if nothing has been written to it.
    """

    def __init__(self) -> None:
        self.mark: str | None = None
        self._recordings: weakref.WeakSet[Recording] = weakref.WeakSet()
        self._graph = tf.Graph()
        self._tokens: dict[bool, bytes] = {}

    def record(self) -> Recording:
        """Returns what collects the summaries from now on.

        It does so for as long as somebody holds it.
        """
        recording = Recording()
        self._recordings.add(recording)
        return recording

    def token(self, *, at_global_step: bool) -> bytes:
        """Returns by what a `PyFunc` operation finds this log.

        Args:
            at_global_step: Whether the step is the global step.
        """
        if at_global_step not in self._tokens:
            take = self._take_now if at_global_step else self._take
            # A graph of its own: it keeps the function, and is never run.
            with self._graph.as_default():
                tf.numpy_function(take, [], [])
            operation = self._graph.get_operations()[-1]
            self._tokens[at_global_step] = operation.get_attr("token")
        return self._tokens[at_global_step]

    def _take(self, step: Any, *what: Any) -> list[Any]:
        return self._add(int(step), *what)

    def _take_now(self, step: Any, *what: Any) -> list[Any]:
        return self._add(None, *what)

    def _add(self, step: int | None, *what: Any) -> list[Any]:
        for recording in list(self._recordings):
            recording.add(step, _summary(*what))
        return []


def _summary(value: Any, tag: Any = None, metadata: Any = b"") -> Any:
    """Returns what one of `_WRITES` was given as a summary."""
    if tag is None:
        return _v1.Summary.FromString(value)
    summary = _v1.Summary()
    summary.value.add(
        tag=tag,
        tensor=tf.make_tensor_proto(value),
        metadata=_v1.SummaryMetadata.FromString(metadata),
    )
    return summary


@contextmanager
def default_writer(graph: Any, *, records: bool) -> Iterator[None]:
    """Gives TF2's summaries a default writer and step within the block.

    Args:
        graph: The graph that is being built; has a `SummaryLog`.
        records: Whether there is anybody who may want them.

    Raises:
        MissingPackageError: If they need TensorBoard, and it is not installed.
    """
    step = _v1.train.get_global_step(graph)
    logger, checks = tf.get_logger(), _UnusedChecks()
    logger.addFilter(checks)
    try:
        with _tensorflow.SummaryMark(graph).as_default(step):
            if records:
                yield
            else:
                with tf.summary.record_if(False):
                    yield
    except Exception as error:
        if not _tensorflow.lacks_tensorboard(error):
            raise
        raise MissingPackageError(
            f"{error}. TensorFlow takes `tf.summary.scalar` and its like from "
            "the package tensorboard, which is not installed. Run: "
            'pip install "keras-estimator[tensorboard]"; or use '
            "`tf.compat.v1.summary`."
        ) from error
    finally:
        logger.removeFilter(checks)


class _UnusedChecks(logging.Filter):
    """Holds back what is said of each image and each sound.

    TensorBoard's code checks its arguments by operations that it drops, of
    which TensorFlow complains in plain graphs.
    """

    def filter(self, record: logging.LogRecord) -> bool:
        message = record.getMessage()
        return not (
            "Object was never used" in message
            and "write_summary/assert_" in message
        )


def operations(graph: tf.Graph) -> set[str]:
    """Returns the names of what runs when TF2's summaries are fetched.

    With a condition on them (`record_if`) that is the operation that branches.
    """
    with graph.as_default():
        fetched = [tensor.op for tensor in _v1.summary.all_v2_summary_ops()]
    branching = [i.op for operation in fetched for i in operation.inputs]
    return {operation.name for operation in (*fetched, *branching)}


def tags(graph: tf.Graph) -> set[str]:
    """Returns the tags under which TF2's summaries are written in a graph."""
    if not _v1.summary.all_v2_summary_ops():
        return set()
    found = set()
    for body in _bodies(graph.as_graph_def()).values():
        for node in body.nodes.values():
            if node.op == _WRITES[0]:
                tag = body.nodes.get(body.origin(node.input[_TAG]))
                if tag is not None and tag.op == "Const":
                    value = tf.make_ndarray(tag.attr["value"].tensor).item()
                    found.add(value.decode())
    return found


def redirect(
    graph_def: tf.compat.v1.GraphDef, log: SummaryLog, global_step: str
) -> frozenset[str]:
    """Lets summaries find their way; see the module.

    Args:
        graph_def: Changed in place.
        log: Gets those for the default writer.
        global_step: Name of the operation with the handle of the global step.

    Returns:
        The operations that read the global step for other writers.
    """
    if all(node.op != _MAKER for node in graph_def.node):
        return frozenset()
    bodies = _bodies(graph_def)
    reads = _open_first(bodies[_TOP], global_step)
    if log.mark is not None:
        changed = _hand_over(bodies, log, global_step)
        if not changed <= {_TOP}:
            # The process knows the functions as they were by their names.
            rename_functions(graph_def, log.mark)
    return reads


def read_steps_last(
    graph_def: tf.compat.v1.GraphDef, reads: Set[str], train_op: str
) -> None:
    """Lets summaries have the global step that a training step leads to.

    Args:
        graph_def: What a step runs; changed in place.
        reads: Operations that read the step for summaries, and that
            `train_op` does not wait for.
        train_op: Name of the operation that trains.
    """
    names = {node.name for node in graph_def.node}
    if train_op not in names or reads.isdisjoint(names):
        return
    for node in graph_def.node:
        if node.name in reads:
            node.input.append(f"^{train_op}")


class _Body(NamedTuple):
    """The operations of the graph, or of a function, and its arguments."""

    nodes: dict[str, tf.compat.v1.NodeDef]
    arguments: list[str]

    def origin(self, tensor: str) -> str:
        """Returns the operation, or argument, that a tensor comes from."""
        name = node_name(tensor)
        while name in self.nodes and self.nodes[name].op in _SAME:
            name = node_name(self.nodes[name].input[0])
        return name


def _bodies(graph_def: tf.compat.v1.GraphDef) -> dict[str, _Body]:
    """Returns the graph, and each of its functions by name."""
    bodies = {_TOP: _Body({node.name: node for node in graph_def.node}, [])}
    for function in graph_def.library.function:
        bodies[function.signature.name] = _Body(
            {node.name: node for node in function.node_def},
            [argument.name for argument in function.signature.input_arg],
        )
    return bodies


def _spread(bodies: Mapping[str, _Body], source: str) -> dict[str, set[str]]:
    """Returns by what names an operation of the graph is known, by function.

    In the functions these are arguments to which it is passed.
    """
    known: dict[str, set[str]] = {name: set() for name in bodies}
    known[_TOP].add(source)
    waiting = [_TOP]
    while waiting:
        caller = waiting.pop()
        for node in bodies[caller].nodes.values():
            for name in _called(node, bodies):
                first = _FIRST_ARGUMENT[node.op]
                passed = {
                    argument
                    for argument, tensor in zip(
                        bodies[name].arguments, node.input[first:], strict=False
                    )
                    if bodies[caller].origin(tensor) in known[caller]
                }
                if not passed <= known[name]:
                    known[name] |= passed
                    waiting.append(name)
    return known


def _called(
    node: tf.compat.v1.NodeDef, bodies: Mapping[str, _Body]
) -> list[str]:
    if node.op not in _FIRST_ARGUMENT:
        return []
    return [name for name in function_names(node) if name in bodies]


def _hand_over(
    bodies: Mapping[str, _Body], log: SummaryLog, global_step: str
) -> set[str]:
    """Lets what is written to the default writer go to the log.

    Returns:
        The functions that have been changed.
    """
    marks = _spread(bodies, str(log.mark))
    steps = _spread(bodies, global_step)
    changed = set()
    for name, body in bodies.items():
        for node in body.nodes.values():
            if (
                node.op in _WRITES
                and body.origin(node.input[_WRITER]) in marks[name]
            ):
                step = body.origin(node.input[_STEP])
                token = log.token(at_global_step=step in steps[name])
                _make_py_func(node, token)
                changed.add(name)
    return changed


def _make_py_func(node: tf.compat.v1.NodeDef, token: bytes) -> None:
    """Makes a call of a Python function of what writes to a writer."""
    types = [tf.int64, tf.string]
    if node.op == _WRITES[0]:
        types = [tf.int64, tf.as_dtype(node.attr["T"].type)]
        types += [tf.string, tf.string]
    node.op = "PyFunc"
    del node.input[_WRITER]
    node.attr.clear()
    node.attr["token"].s = token
    node.attr["Tin"].list.type.extend(t.as_datatype_enum for t in types)
    node.attr["Tout"].list.SetInParent()


def _open_first(top: _Body, global_step: str) -> frozenset[str]:
    """Lets what is written to other writers wait until they are open.

    Returns:
        The operations that read the global step for them.
    """
    opens = {
        top.origin(node.input[_WRITER]): f"^{node.name}"
        for node in top.nodes.values()
        if node.op in _OPENERS
    }
    reads = set()
    for node in top.nodes.values() if opens else ():
        inputs = {top.origin(i): i for i in node.input if i[0] != "^"}
        used = opens.keys() & inputs.keys()
        if not used or node.op in (_MAKER, *_SAME, *_OPENERS):
            continue
        node.input.extend(opens[name] for name in sorted(used))
        if global_step in inputs:
            reads.add(_reader(top, inputs[global_step]) or node.name)
    return frozenset(reads)


def _reader(top: _Body, tensor: str) -> str | None:
    """Returns the operation that reads a variable for a tensor, if any."""
    name = node_name(tensor)
    while top.nodes[name].op in _SAME:
        if top.nodes[name].op == _READ:
            return name
        name = node_name(top.nodes[name].input[0])
    return None
