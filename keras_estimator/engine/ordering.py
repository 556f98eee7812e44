"""Which of Keras' updates run at each step, and in what order.

Keras layers, optimizers, metrics and seed generators update their variables by
plain assigns that nothing fetches, because outside of TF1 graphs a statement
that was executed has happened. In a TF1 graph such an assign never runs, and
nothing raises: batch statistics stay at zero, dropout uses one mask for ever.

So the updates that Keras code made are *forced*: part of every step, and
ordered, with the reads of the same variables, as model_fn executed them. What
TF1 code made keeps TF1's rule, to run only when fetched, also on a variable
that belongs to Keras (a TF1 optimizer over Keras layers that only TRAIN mode
fetches must not train during evaluation).
"""

from collections.abc import Iterable
from collections.abc import Iterator
from typing import NamedTuple

import keras
import tensorflow as tf

from keras_estimator.engine import summary_ops
from keras_estimator.engine.graph import ModelGraph
from keras_estimator.engine.graph import VariableRecord
from keras_estimator.engine.subgraph import QUERIES
from keras_estimator.engine.subgraph import READS
from keras_estimator.engine.subgraph import GraphIndex


class Updates(NamedTuple):
    """The result: what to run at each step, and what waits for what.

    Attributes:
        forced: Names of the operations that every step runs.
        waits: Operation -> operations that must have run before it.
    """

    forced: tuple[str, ...]
    waits: dict[str, list[str]]

    def apply(self, graph_def: tf.compat.v1.GraphDef) -> None:
        """Adds the waits to a GraphDef, as control inputs."""
        for node in graph_def.node:
            known = set(node.input)
            for name in self.waits.get(node.name, ()):
                if f"^{name}" not in known:
                    node.input.append(f"^{name}")


class _Use(NamedTuple):
    """An operation on variables."""

    operation: tf.Operation
    records: tuple[VariableRecord, ...]
    is_write: bool
    is_forced: bool


def keras_updates(
    graph: ModelGraph,
    index: GraphIndex,
    step: Iterable[str],
    *,
    training: bool,
) -> Updates:
    """Finds the updates that Keras code made in a graph, and orders them.

    Assigns of constants to a layer's weights outside of any layer's `call`
    (`set_weights`, `load_weights`) are no updates: they are noted as initial
    values in the variable's record.

    Args:
        graph: The graph after model_fn has run.
        index: The same graph.
        step: Names of what a step fetches besides.
        training: Whether weights and optimizer variables may change.
    """
    uses = []
    for use in _uses(graph, training=training):
        if _is_initial_value(graph, index, use):
            (record,) = use.records
            if not _is_replaced_later(graph, record, use.operation):
                record.initial_assigns.append(use.operation.name)
        else:
            uses.append(use)
    forced = tuple(use.operation.name for use in uses if use.is_forced)
    if not forced:
        return Updates((), {})
    return Updates(forced, _waits(uses, index.ancestors([*step, *forced])))


def _uses(graph: ModelGraph, *, training: bool) -> Iterator[_Use]:
    """Yields the operations on Keras' variables, in order of creation."""
    by_handle = {record.handle: record for record in graph.records}
    initializers = {
        name
        for record in graph.records
        for name in (record.initializer, record.first_initializer)
    }
    summaries = summary_ops.operations(graph)
    for operation in graph.get_operations():
        records = tuple(
            by_handle[tensor.op.name]
            for tensor in operation.inputs
            if tensor.dtype == tf.resource and tensor.op.name in by_handle
        )
        if (
            not records
            or operation.type in QUERIES
            or operation.name in initializers
            or operation.name in summaries
        ):
            continue
        is_write = operation.type not in READS and operation.op_def.is_stateful
        is_forced = (
            is_write
            and (training or not any(map(_changes_in_training, records)))
            and graph.made_by_keras(operation)
        )
        if is_forced or any(r.keras_variable is not None for r in records):
            yield _Use(operation, records, is_write, is_forced)


def _changes_in_training(record: VariableRecord) -> bool:
    return record.is_trainable or isinstance(
        record.owner, keras.optimizers.Optimizer
    )


def _is_initial_value(graph: ModelGraph, index: GraphIndex, use: _Use) -> bool:
    """Whether this is `set_weights` of a constant, outside of a `call`."""
    if not (
        use.operation.type == "AssignVariableOp"
        and isinstance(use.records[0].owner, keras.Layer)
        and graph.made_by_keras(use.operation)
    ):
        return False
    inside_a_call = any(
        frame.name == "__call__" and frame.filename.endswith("layer.py")
        for frame in graph.frames_of_call(use.operation)
    )
    return not inside_a_call and _is_constant(graph, index, use.operation)


def _is_replaced_later(
    graph: ModelGraph, record: VariableRecord, assign: tf.Operation
) -> bool:
    """Whether a warm start came after an assign of an initial value."""
    if record.initializer in (None, record.first_initializer):
        return False
    names = [operation.name for operation in graph.get_operations()]
    return names.index(record.initializer) > names.index(assign.name)


def _is_constant(
    graph: ModelGraph, index: GraphIndex, operation: tf.Operation
) -> bool:
    """Whether the assigned value depends on no input, variable or chance."""
    value = operation.inputs[1]
    for name in index.ancestors([value.name]):
        ancestor = graph.get_operation_by_name(name)
        if (
            ancestor.type.startswith("Placeholder")
            or ancestor.op_def.is_stateful
        ):
            return False
    return True


def _waits(uses: Iterable[_Use], in_step: set[str]) -> dict[str, list[str]]:
    """Orders forced writes with the uses of the same variable around them.

    An operation never waits for a write that is not forced, nor for a read
    that the step does not need: waiting would make it run.
    """
    waits: dict[str, list[str]] = {}
    last_write: dict[str, str] = {}
    reads: dict[str, list[str]] = {}
    for use in uses:
        name = use.operation.name
        before: dict[str, None] = {}
        for record in use.records:
            if record.handle in last_write:
                before[last_write[record.handle]] = None
            if use.is_write:
                before.update(dict.fromkeys(reads.get(record.handle, ())))
            elif name in in_step:
                reads.setdefault(record.handle, []).append(name)
        if use.is_forced:
            for record in use.records:
                last_write[record.handle] = name
                reads[record.handle] = []
        before.pop(name, None)
        if before:
            waits[name] = list(before)
    return waits
