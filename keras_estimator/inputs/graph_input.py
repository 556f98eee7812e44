"""Datasets out of graphs: what an input_fn built becomes an eager dataset.

A dataset that was built in a graph is a variant tensor there: the part of the
graph that computes it is run once. Tensors that came out of an iterator's
`get_next` are cut off there, and the operations after it are mapped over the
iterator's dataset.
"""

from collections.abc import Callable
from collections.abc import Collection
from collections.abc import Iterable
from collections.abc import Mapping
from collections.abc import Sequence
from typing import Any

import tensorflow as tf

from keras_estimator.engine import _tensorflow
from keras_estimator.engine import element as elements
from keras_estimator.engine import resources
from keras_estimator.engine.cutout import Outside
from keras_estimator.engine.cutout import cut_out
from keras_estimator.engine.element import Element
from keras_estimator.engine.subgraph import GraphIndex
from keras_estimator.engine.subgraph import node_name
from keras_estimator.errors import InputFnError
from keras_estimator.errors import UnsupportedError
from keras_estimator.inputs import factories
from keras_estimator.inputs import queues
from keras_estimator.inputs.capture import InputGraph
from keras_estimator.inputs.live_iterators import LiveIterators

_v1 = tf.compat.v1
_PYTHON = ("PyFunc", "PyFuncStateless", "EagerPyFunc")
_factories = factories.Factories()
# Optimizations that are on by default, and read elements in advance.
_READ_AHEAD = ("inject_prefetch", "map_parallelization", "map_and_batch_fusion")
_TF_DATA = (
    "Return a `tf.data.Dataset` from input_fn: see the table of replacements "
    "in docs/compatibility.md."
)


def from_dataset(
    input_graph: InputGraph, dataset: tf.data.Dataset
) -> tf.data.Dataset:
    """Returns an eager dataset for one that an input_fn returned."""
    variant = tf.data.experimental.to_variant(dataset)
    if isinstance(variant, tf.__internal__.EagerTensor):
        # Nothing is known of how it was made.
        return without_read_ahead(dataset)
    graph_def = input_graph.graph.as_graph_def()
    key = factories.key_of(graph_def, variant.name)
    if key is None:
        cut = InputOperations(input_graph)
        eager = cut.dataset(variant.name, dataset.element_spec)
        return without_read_ahead(eager) if cut.runs_python else eager
    make = _factories.get(
        key, lambda: InputOperations(input_graph).variant(variant.name)
    )
    with _tensorflow.eager_mode():
        (value,) = make()
        return tf.data.experimental.from_variant(value, dataset.element_spec)


def as_tensors(batch: Element, where: str) -> Element:
    """Returns features and labels with arrays and numbers made tensors.

    Raises:
        InputFnError: If a leaf cannot become a tensor.
    """

    def as_tensor(leaf: Any) -> Any:
        if leaf is None or isinstance(leaf, tf.__internal__.CompositeTensor):
            return leaf
        if isinstance(leaf, tf.__internal__.EagerTensor):
            # Made outside of input_fn: a value, to the graph.
            leaf = leaf.numpy()
        try:
            return tf.convert_to_tensor(leaf)
        except (TypeError, ValueError) as error:
            raise InputFnError(
                f"input_fn {where} returned {leaf!r} (of type "
                f"{type(leaf).__name__}) among features and labels. Expected "
                "a `tf.data.Dataset`, or tensors in dicts and tuples."
            ) from error

    return Element(*tf.nest.map_structure(as_tensor, tuple(batch)))


def from_tensors(
    input_graph: InputGraph, batch: Element
) -> tuple[tf.data.Dataset, "InputOperations | None"]:
    """Returns a dataset of the batches whose tensors an input_fn returned.

    Returns:
        The dataset, and where hooks can initialize the iterators that it
        reads; `None` if nothing waits for that.
    """
    tensors = elements.components(tuple(batch))
    for source in input_graph.sources:
        if elements.names(tensors) == source.tensors:
            return source.dataset, None
    cut = InputOperations(input_graph)
    dataset = cut.mapped(tensors)
    if cut.runs_python or cut.waits_for_hooks:
        dataset = without_read_ahead(dataset)
    return dataset, cut if cut.waits_for_hooks else None


def without_read_ahead(dataset: tf.data.Dataset) -> tf.data.Dataset:
    """Keeps tf.data from reading elements that nobody has asked for.

    A generator would lose them when the call that reads it ends. What the
    user asks for (`prefetch`, `num_parallel_calls`, options) is done.
    """
    options = tf.data.Options()
    with _tensorflow.eager_mode():
        asked_for = dataset.options().experimental_optimization
        for name in _READ_AHEAD:
            if getattr(asked_for, name) is None:
                setattr(options.experimental_optimization, name, False)
        return dataset.with_options(options)


class InputOperations(Outside):
    """An input graph, cut into the functions that its datasets need.

    Hooks may run operations of it, too: those that initialize iterators.
    """

    def __init__(self, input_graph: InputGraph) -> None:
        self._input = input_graph
        self._index = GraphIndex(input_graph.graph.as_graph_def())
        self._tables: dict[str, tf.Tensor] = {}
        self._live = LiveIterators(self._index, self._fed_by_sources())
        self._initialize_tables()

    @property
    def graph(self) -> tf.Graph:
        """The graph that input_fn built."""
        return self._input.graph

    @property
    def waits_for_hooks(self) -> bool:
        """Whether it has iterators that a hook must initialize."""
        return bool(self._live.names)

    @property
    def names(self) -> Sequence[str]:
        """Tensors that stand for lookup tables, and for iterators."""
        tables = [
            f"{node.name}:0"
            for node in self._index.graph_def.node
            if resources.is_table(node)
        ]
        return [*tables, *self._live.names]

    def run(
        self, fetches: Sequence[str], feeds: Mapping[str, tf.Tensor]
    ) -> list[tf.Tensor]:
        """Runs `fetches` once, eagerly, and returns the tensors' values."""
        with _tensorflow.eager_mode():
            return self._function(fetches, tuple(feeds))(*feeds.values())

    @property
    def runs_python(self) -> bool:
        """Whether the user's own Python code is run for each element."""
        library = self._index.graph_def.library.function
        nodes = [self._index.graph_def.node, *(f.node_def for f in library)]
        return any(node.op in _PYTHON for part in nodes for node in part)

    def handle(self, name: str) -> tf.Tensor:
        """Returns the handle of a lookup table, or of an iterator."""
        if name in self._live.names:
            return self._live.handle(name)
        if name not in self._tables:
            self._tables[name] = resources.make_table(
                self._index.nodes[node_name(name)]
            )
        return self._tables[name]

    def dataset(self, variant: str, specs: Any) -> tf.data.Dataset:
        """Returns the dataset that a tensor of the graph holds."""
        make = self.variant(variant)
        with _tensorflow.eager_mode():
            (value,) = make()
            return tf.data.experimental.from_variant(value, specs)

    def variant(self, name: str) -> Callable[[], list[tf.Tensor]]:
        """Returns a function that computes a dataset of the graph."""
        self._check(name)
        return self._function([name])

    def mapped(self, tensors: list[tf.Tensor]) -> tf.data.Dataset:
        """Returns a dataset whose elements are the values of `tensors`."""
        names = elements.names(tensors)
        needed = self._index.ancestors(names)
        self._check_nodes(needed)
        parts = [
            (source.tensors, source.dataset)
            for source in self._input.sources
            if any(node_name(tensor) in needed for tensor in source.tensors)
        ]
        parts += map(self._iterated, self._get_nexts(needed))
        feeds = [name for fed, _ in parts for name in fed]
        function = self._function(names, feeds)
        with _tensorflow.eager_mode():
            return _zipped([dataset for _, dataset in parts]).map(
                lambda *batch: (
                    tuple(function(*elements.components(batch)))
                    if feeds
                    else tuple(function())
                )
            )

    def _get_nexts(
        self, needed: Collection[str]
    ) -> Iterable[Sequence[tf.Operation]]:
        """Returns the `get_next` operations, those of one iterator together.

        But for those of iterators that stay what they are.
        """
        by_iterator: dict[str, list[tf.Operation]] = {}
        for operation in self._input.graph.get_operations():
            if operation.name in needed and operation.type.startswith(
                "IteratorGetNext"
            ):
                iterator = operation.inputs[0]
                if iterator.name not in self._live.names:
                    name = iterator.op.name
                    by_iterator.setdefault(name, []).append(operation)
        return by_iterator.values()

    def _iterated(
        self, get_nexts: Sequence[tf.Operation]
    ) -> tuple[tuple[str, ...], tf.data.Dataset]:
        """Returns what `get_next` provides, and the dataset it is from."""
        tensors = [t for get_next in get_nexts for t in get_next.outputs]
        first = get_nexts[0]
        specs = tuple(tf.TensorSpec(t.shape, t.dtype) for t in first.outputs)
        dataset = self._dataset_of(first.inputs[0].op, specs)
        return elements.names(tensors), _dealt(dataset, len(get_nexts))

    def _dataset_of(
        self, iterator: tf.Operation, specs: tuple[tf.TensorSpec, ...]
    ) -> tf.data.Dataset:
        """Returns the dataset that an iterator of the graph reads."""
        if iterator.type == "OneShotIterator":
            return self.dataset(self._factory_call(iterator), specs)
        variants = self._live.datasets(iterator.name)
        if not variants:
            raise UnsupportedError(
                f"input_fn reads from the iterator {iterator.name!r}, which "
                "has no dataset in the graph: nothing was given to its "
                f"`make_initializer`. {_TF_DATA}"
            )
        return self.dataset(variants.pop(), specs)

    def _factory_call(self, iterator: tf.Operation) -> str:
        """Adds a call of the function that makes a one-shot's dataset."""
        source = self._index.nodes[iterator.name]
        name = f"{iterator.name}/keras_estimator_dataset"
        node = self._index.graph_def.node.add(
            name=name, op="StatefulPartitionedCall"
        )
        node.attr["f"].CopyFrom(source.attr["dataset_factory"])
        node.attr["Tin"].list.SetInParent()
        node.attr["Tout"].list.type.append(tf.variant.as_datatype_enum)
        self._index.nodes[name] = node
        return f"{name}:0"

    def _function(
        self, fetches: Any, feeds: Any = ()
    ) -> Callable[..., list[tf.Tensor]]:
        return cut_out(self._input.graph, self._index, fetches, feeds, self)

    def _fed_by_sources(self) -> set[str]:
        return {name for s in self._input.sources for name in s.tensors}

    def _initialize_tables(self) -> None:
        """Fills the lookup tables; iterators are not to be initialized."""
        collected = self._input.graph.get_collection(
            _v1.GraphKeys.TABLE_INITIALIZERS
        )
        names = [op.name for op in collected if op.type != "MakeIterator"]
        if names:
            with _tensorflow.eager_mode():
                self._function(names)()

    def _check(self, element: str) -> None:
        self._check_nodes(
            self._index.ancestors([element], self._fed_by_sources())
        )

    def _check_nodes(self, names: set[str]) -> None:
        """Refuses what cannot be read outside of a TF1 session."""
        queues.refuse(self._index, names)
        self._refuse_handles(names)
        for name in sorted(names):
            kind = self._index.nodes[name].op
            if kind.startswith("Placeholder") and (
                f"{name}:0" not in self._fed_by_sources()
            ):
                raise UnsupportedError(
                    f"input_fn reads from the placeholder {name!r}, which "
                    "nothing feeds here. Where a hook initializes an iterator "
                    "with a `feed_dict`, use `numpy_input_fn`, or give the "
                    "arrays to `tf.data.Dataset.from_tensor_slices`; else "
                    "`tf.data.Dataset.from_generator`."
                )
            if kind in ("VarHandleOp", "VariableV2"):
                raise UnsupportedError(
                    f"input_fn reads from the variable {name!r}. Variables "
                    "belong into model_fn."
                )

    def _refuse_handles(self, names: set[str]) -> None:
        """Refuses iterators `from_string_handle`: a session feeds these."""
        for name in sorted(names):
            node = self._index.nodes[name]
            if node.op.startswith("IteratorFromStringHandle"):
                raise UnsupportedError(
                    f"input_fn reads from the iterator {name!r}, which is one "
                    f"`from_string_handle` of {node_name(node.input[0])!r}. "
                    "Which dataset that is only a session is told, by a "
                    f"`feed_dict`. {_TF_DATA} Those for training and "
                    "evaluation are chosen by giving `train` and `evaluate` "
                    "input_fns of their own."
                )


def _dealt(dataset: tf.data.Dataset, hands: int) -> tf.data.Dataset:
    """Returns tuples of successive elements, one for each `get_next`.

    As in TF1 each of them takes an element of its own at every step. There
    the order was that of their threads, here it is the graph's.
    """
    if hands == 1:
        return dataset

    def deal(*components: tf.data.Dataset) -> tf.data.Dataset:
        window = tf.data.Dataset.zip(components)
        return tf.data.Dataset.zip(tuple(map(window.skip, range(hands))))

    with _tensorflow.eager_mode():
        return dataset.window(hands, drop_remainder=True).flat_map(deal)


def _zipped(datasets: list[tf.data.Dataset]) -> tf.data.Dataset:
    """Returns a dataset of batches of all of them.

    It is TF1's, whose `map` ends with an OutOfRangeError of the function: a
    `py_func` that raises StopIteration ended the input.
    """
    if not datasets:
        # Constants, or random operations: a new batch for every step.
        return _v1.data.Dataset.from_tensors(0).repeat()
    return _v1.data.Dataset.zip(tuple(datasets))
