"""Program: what one call of model_fn built, ready to be bound to variables."""

from collections.abc import Iterable
from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import field
from typing import Any
from weakref import WeakKeyDictionary

import tensorflow as tf

from keras_estimator.engine import random_ops
from keras_estimator.engine import resources
from keras_estimator.engine import summary_ops
from keras_estimator.engine.element import Element
from keras_estimator.engine.graph import Lifetime
from keras_estimator.engine.graph import ModelGraph
from keras_estimator.engine.graph import VariableRecord
from keras_estimator.engine.ordering import Updates
from keras_estimator.engine.random_ops import RandomStream
from keras_estimator.engine.subgraph import QUERIES
from keras_estimator.engine.subgraph import READS
from keras_estimator.engine.subgraph import GraphIndex
from keras_estimator.engine.subgraph import Subgraph
from keras_estimator.engine.subgraph import node_name
from keras_estimator.spec import EstimatorSpec
from keras_estimator.spec import ModeKeys

# The operation that makes the handle of the global step.
_GLOBAL_STEP = "global_step"


@dataclass(eq=False)
class Program:
    """One mode of a model, for one signature of its input.

    Elements of the graph are known by their names, since they are looked up in
    the functions that are cut out of it.

    Attributes:
        mode: A `ModeKeys` value.
        element: Signature of the batches.
        spec: What model_fn returned. `train_op` is an element of the graph.
        graph: The graph, kept alive: hooks and `py_func` refer to it.
        inputs: Names of the tensors to feed, in the order of `components`.
        step: Names of what every step fetches, without its results.
        updates: What Keras code does at each step.
        loss: Name of the loss; `None` in PREDICT.
        metrics: Name -> `(value, update)` names, or a Keras metric.
        local_init: Names of the operations that start a call.
        optimizers: The Keras optimizers that model_fn gave as `train_op`,
            each with the variables that it trains.
        saver: The `tf.compat.v1.train.Saver` that the user gave for saving and
            restoring, if any.
        meta_graph: The graph as a serialized MetaGraphDef, once it was needed.
        is_outgrown: Whether hooks have added operations to the graph. TF1 had
            a new graph for each call, where their names were still free.
        bindings: What is bound to the variables of a `ModelState`.
    """

    mode: str
    element: Element
    spec: EstimatorSpec
    graph: ModelGraph
    inputs: tuple[str, ...]
    step: tuple[str, ...]
    updates: Updates
    loss: str | None = None
    metrics: dict[str, Any] = field(default_factory=dict)
    local_init: tuple[str, ...] = ()
    optimizers: tuple[tuple[Any, list[Any]], ...] = ()
    saver: Any = None
    meta_graph: bytes | None = None
    is_outgrown: bool = False
    bindings: WeakKeyDictionary = field(default_factory=WeakKeyDictionary)
    _index: GraphIndex | None = None
    _streams: Sequence[RandomStream] = ()
    _step_reads: frozenset[str] = frozenset()
    _cut: dict[str, Any] = field(default_factory=dict)
    _version: int = -1

    @property
    def index(self) -> GraphIndex:
        """The graph as it is run: ordered, with explicit random streams.

        Made anew when hooks have added operations to the graph.
        """
        if self._index is None or self._version != self.graph.version:
            self._version = self.graph.version
            graph_def = self.graph.as_graph_def()
            self.updates.apply(graph_def)
            streams = random_ops.make_explicit(graph_def, self._static_shape)
            self._streams = streams
            self._step_reads = summary_ops.redirect(
                graph_def, self.graph.summary_log, _GLOBAL_STEP
            )
            self._cut = {f"{r.handle}:0": r for r in self.records}
            self._cut |= {s.handle: s for s in streams if s.handle}
            self._cut |= {
                f"{node.name}:0": node
                for node in graph_def.node
                if resources.is_table(node)
            }
            self._index = GraphIndex(graph_def)
            self._step_reads -= self._index.ancestors(self.step)
        return self._index

    @property
    def cut(self) -> Mapping[str, Any]:
        """What stands for resources outside of the graph, by tensor name.

        A `VariableRecord`, a `RandomStream` or the node of a lookup table.
        """
        return self._cut if self.index else {}

    @property
    def streams(self) -> Sequence[RandomStream]:
        """The streams of all random operations."""
        return self._streams if self.index else ()

    def prepare(self, subgraph: Subgraph) -> None:
        """Orders, in a part of the graph, what only matters in a step."""
        if self.mode == ModeKeys.TRAIN:
            summary_ops.read_steps_last(
                subgraph.graph_def, self._step_reads, node_name(self.step[0])
            )

    @property
    def records(self) -> Sequence[VariableRecord]:
        """The variables, in the order in which model_fn made them."""
        return self.graph.records

    def records_living(self, lifetime: Lifetime) -> list[VariableRecord]:
        """Returns the variables of one lifetime."""
        return [r for r in self.records if r.lifetime is lifetime]

    @property
    def model_records(self) -> list[VariableRecord]:
        """The variables that checkpoints hold."""
        return self.records_living(Lifetime.MODEL)

    def writes_model(self, fetches: Iterable[str]) -> bool:
        """Whether running `fetches` may change a variable of the model."""
        mine = {record.handle for record in self.model_records}
        nodes = self.index.nodes
        return any(
            nodes[name].op not in READS | QUERIES
            and any(node_name(i) in mine for i in nodes[name].input)
            for name in self.index.ancestors(fetches, self.inputs)
        )

    def _static_shape(self, tensor: str) -> tf.TensorShape:
        return self.graph.get_tensor_by_name(tensor).shape
