"""A Program over the variables of a store: fetches that can be called.

Each set of fetches becomes a function of its own, cut out of the program's
graph, with the variable handles captured. The graph itself is never run.
"""

import itertools
from collections.abc import Callable
from collections.abc import Iterable
from collections.abc import Mapping
from collections.abc import Sequence
from typing import Any

import keras
import tensorflow as tf

from keras_estimator.engine import _keras
from keras_estimator.engine import _tensorflow
from keras_estimator.engine import fetches as graph_elements
from keras_estimator.engine import resources
from keras_estimator.engine.cutout import Outside
from keras_estimator.engine.cutout import cut_out
from keras_estimator.engine.cutout import spec
from keras_estimator.engine.graph import Lifetime
from keras_estimator.engine.graph import VariableRecord
from keras_estimator.engine.program import Program
from keras_estimator.engine.random_ops import RandomStream
from keras_estimator.engine.subgraph import Subgraph
from keras_estimator.engine.variables import VariableStore

_numbers = itertools.count()


class Binding(Outside):
    """A program's graph elements as callable functions over one store.

    One call of train, evaluate or predict uses a binding at a time: the
    variables that live for a call belong to it.

    Attributes:
        program: The program.
        store: Where its model variables are.
        in_use: Whether a call is using it.
    """

    def __init__(self, program: Program, store: VariableStore) -> None:
        self.program = program
        self.store = store
        self.in_use = False
        self._token = f"keras_estimator_{next(_numbers)}"
        self._handles: dict[str, Any] = {}
        self._local: dict[str, tf.Variable] = {}
        self._functions: dict[tuple, Callable] = {}
        # What `StepRunner` compiled, kept here to outlive the call.
        self.step_functions: dict[tuple, Callable] = {}
        self._streams: dict[str, resources.StreamState] = {}
        self._writers: dict[str, resources.OpenWriter] = {}
        self._writes: dict[tuple[str, ...], bool] = {}

    # What runs -------------------------------------------------------------

    def function(
        self, fetches: Sequence[str], feeds: Sequence[str] = ()
    ) -> Callable[..., list[Any]]:
        """Returns a function from the values of `feeds` to those of `fetches`.

        Args:
            fetches: Names of tensors and operations of the graph.
            feeds: Names of tensors to be given values, in this order.

        Returns:
            A function of as many tensors as feeds; it returns the values of
            the fetched tensors in order, without a place for operations. It
            may be called eagerly or inside of a `tf.function`.
        """
        key = (tuple(fetches), tuple(feeds))
        if key not in self._functions:
            self._functions[key] = cut_out(
                self.program.graph, self.program.index, fetches, feeds, self
            )
        return self._functions[key]

    def spec(self, tensor: str) -> tf.TensorSpec:
        """Returns static shape and dtype of a tensor of the graph."""
        return spec(self.program.graph, tensor)

    def run(
        self, fetches: Sequence[str], feeds: Mapping[str, Any] | None = None
    ) -> list[Any]:
        """Runs `fetches` once, eagerly, and returns the tensors' values."""
        feeds = feeds or {}
        self.note_run(fetches)
        with _tensorflow.eager_mode():
            return self.function(fetches, tuple(feeds))(*feeds.values())

    def note_run(self, fetches: Sequence[str]) -> None:
        """Tells the store that running `fetches` may have changed it."""
        key = tuple(fetches)
        if key not in self._writes:
            self._writes[key] = self.program.writes_model(key)
        self.store.version += self._writes[key]

    # Variables -------------------------------------------------------------

    def variable(self, record: VariableRecord) -> tf.Variable:
        """Returns the variable behind a record."""
        if record.lifetime is Lifetime.MODEL:
            return self.store.enter(record)
        if record.name not in self._local:
            self._local[record.name] = _tensorflow.uninitialized_variable(
                record.name,
                record.variable.shape,
                record.variable.dtype.base_dtype,
                trainable=bool(record.variable.trainable),
            )
        return self._local[record.name]

    def outside(self, variable: Any) -> Any:
        """Returns the variable with the values of one of the graph."""
        for record in self.program.records:
            if record.variable is variable:
                return self.variable(record)
        return variable

    def enter_variables(self) -> None:
        """Makes sure that the store knows all variables of the program."""
        with _tensorflow.eager_mode():
            for record in self.program.records:
                self.variable(record)

    def show_values(self) -> None:
        """Lets the Keras objects that model_fn made show these values.

        Their variables are of the graph; metrics are read, and learning rates
        set, outside of it.
        """
        for record in self.program.records:
            if record.keras_variable is not None:
                _keras.point(record.keras_variable, self.variable(record))

    def initialize(self, records: Iterable[VariableRecord]) -> None:
        """Gives variables the initial values that model_fn made for them."""
        records = list(records)
        first = [r.initializer for r in records if r.initializer is not None]
        if first:
            self.run(first)
        for record in records:
            for assign in record.initial_assigns:
                self.run([assign])

    def start_call(self) -> None:
        """Puts everything that lives for one call into its initial state."""
        with _tensorflow.eager_mode():
            for stream in self._streams.values():
                stream.restart()
        scaffold = self.program.spec.scaffold
        fed = graph_elements.feeds(
            self.program.graph, scaffold.local_init_feed_dict or {}
        )
        self.run(self.program.local_init, fed)

    def end_call(self) -> None:
        """Closes the files that model_fn's own summary writers opened."""
        with _tensorflow.eager_mode():
            for writer in self._writers.values():
                writer.close()

    def reset_metrics(self) -> None:
        """Puts metrics and other local variables back to initial values.

        But for learning rates: a callback may have changed them.
        """
        initializers = [
            record.initializer
            for record in self.program.records_living(Lifetime.CALL)
            if record.initializer is not None
            and not isinstance(record.owner, keras.optimizers.Optimizer)
        ]
        if initializers:
            self.run(initializers)

    # What it is cut out with -----------------------------------------------

    @property
    def names(self) -> Sequence[str]:
        """Tensors that stand for resources outside of the graph."""
        return tuple(self.program.cut)

    def prepare(self, subgraph: Subgraph) -> None:
        """Gives a subgraph resources of this binding."""
        named = resources.make_own(subgraph.graph_def, self._token)
        for stream in self.program.streams:
            if stream.shared_name in named:
                self._stream(stream)
        for name in resources.writers(subgraph.graph_def):
            if name not in self._writers:
                self._writers[name] = resources.OpenWriter(name)
        self.program.prepare(subgraph)

    def handle(self, name: str) -> tf.Tensor:
        """Returns the handle of the resource that a tensor stands for."""
        if name not in self._handles:
            resource = self.program.cut[name]
            if isinstance(resource, VariableRecord):
                handle = self.variable(resource).handle
            elif isinstance(resource, RandomStream):
                handle = self._stream(resource).handle
            else:
                handle = resources.make_table(resource)
            self._handles[name] = handle
        return self._handles[name]

    def _stream(self, stream: RandomStream) -> resources.StreamState:
        if stream.operation not in self._streams:
            self._streams[stream.operation] = resources.StreamState(
                stream, self._token
            )
        return self._streams[stream.operation]
