"""Fetches and feeds as TF1 code writes them, as names of the graph."""

from collections import OrderedDict
from collections.abc import Iterable
from collections.abc import Mapping
from collections.abc import Sequence
from typing import Any
from typing import NamedTuple
from typing import Protocol

import keras
import numpy as np
import tensorflow as tf

from keras_estimator._types import Fetches
from keras_estimator.engine import _tensorflow
from keras_estimator.engine.graph import ModelGraph
from keras_estimator.engine.graph import VariableRecord
from keras_estimator.errors import ArgumentTypeError
from keras_estimator.errors import ConfigError

_v1 = tf.compat.v1
# Before names of the input's graph, among those of the program's.
_OF_INPUT = "^input_fn/"


class Operations(Protocol):
    """A graph besides the program's, whose operations can be run."""

    @property
    def graph(self) -> tf.Graph:
        """The graph."""

    def run(
        self, fetches: Sequence[str], feeds: Mapping[str, tf.Tensor]
    ) -> list[tf.Tensor]:
        """Runs `fetches` once, and returns the tensors' values."""


class FetchPlan:
    """The names behind a nest of fetches, and the way back.

    Leaves may be tensors (sparse and ragged ones too), operations, variables,
    `"name:0"` of a tensor and `"name"` of an operation. The name of a variable
    stands for its value.

    Args:
        graph: Where the names are looked up.
        fetches: A leaf, or a nest of lists, tuples and dicts of leaves.
        of_input: Where leaves of another graph are run, that of the input.

    Attributes:
        names: The graph elements to fetch, each once.
    """

    def __init__(
        self,
        graph: ModelGraph,
        fetches: Fetches,
        of_input: Operations | None = None,
    ) -> None:
        self._graph = graph
        self._of_input = of_input
        self._input_names: dict[str, None] = {}
        self._names: dict[str, None] = {}
        self._nest = self._map(fetches)

    @property
    def names(self) -> tuple[str, ...]:
        """The graph elements to fetch, each once."""
        return tuple(self._names)

    def run_in_input(self, feed_dict: Mapping[Any, Any]) -> dict[str, Any]:
        """Runs the leaves of the input's graph; returns their values.

        Args:
            feed_dict: What is fed there.
        """
        if self._of_input is None or not self._input_names:
            return {}
        names = tuple(self._input_names)
        fed = feeds(self._of_input.graph, feed_dict)
        values = self._of_input.run(names, fed)
        tensors = [_OF_INPUT + name for name in names if ":" in name]
        return dict(zip(tensors, values, strict=True))

    def values(self, by_name: Mapping[str, Any]) -> Any:
        """Returns the nest with NumPy values, `None` for operations."""
        return _fill(self._nest, by_name)

    def _map(self, fetches: Fetches) -> Any:
        if isinstance(fetches, Mapping):
            found = {key: self._map(value) for key, value in fetches.items()}
            return OrderedDict(found) if _is_ordered(fetches) else found
        if isinstance(fetches, (list, tuple)) and not _is_leaf(fetches):
            return _like(fetches, [self._map(value) for value in fetches])
        if isinstance(fetches, (tf.SparseTensor, tf.IndexedSlices)):
            kind: Any = (
                _v1.SparseTensorValue
                if isinstance(fetches, tf.SparseTensor)
                else IndexedSlicesValue
            )
            parts = [getattr(fetches, part) for part in kind._fields]
            return kind(*(None if p is None else self._leaf(p) for p in parts))
        if isinstance(fetches, tf.RaggedTensor):
            return _Ragged(
                self._map(fetches.values), self._leaf(fetches.row_splits)
            )
        return self._leaf(fetches)

    def _leaf(self, fetch: Any) -> "_Name":
        graph = getattr(fetch, "graph", self._graph)
        if self._of_input is not None and graph is self._of_input.graph:
            self._input_names[fetch.name] = None
            return _Name(_OF_INPUT + fetch.name)
        if _initializes_input(fetch) and graph is not self._graph:
            # Of an iterator of input_fn, in a user's hook: it has begun.
            return _Name()
        if _is_own_value(self._graph, fetch):
            name = fetch.name
        else:
            name = element_name(self._graph, fetch)
        self._names[name] = None
        return _Name(name)


class IndexedSlicesValue(NamedTuple):
    """The value of a `tf.IndexedSlices`; TensorFlow's class is private."""

    values: Any
    indices: Any
    dense_shape: Any


class _Name(str):
    """A leaf of the plan."""


class _Ragged(tuple):
    """Values and row splits of a ragged tensor."""

    def __new__(cls, values: Any, row_splits: Any) -> "_Ragged":
        return super().__new__(cls, (values, row_splits))


def element_name(graph: ModelGraph, fetch: Any) -> str:
    """Returns the name of the graph element that a fetch stands for.

    Raises:
        ArgumentTypeError: If it stands for none.
        ConfigError: If the graph has no element of that name.
    """
    if isinstance(fetch, keras.Variable):
        fetch = _graph_variable(graph, fetch)
    if not isinstance(fetch, str) and not _is_graph_element(fetch):
        raise ArgumentTypeError(
            f"Fetch argument {fetch!r} has invalid type "
            f"{type(fetch).__name__}, must be a tensor, an operation, a "
            'variable or the name of one ("name:0" for a tensor).'
        )
    # Hooks may also be used in a graph that is not ours.
    if isinstance(fetch, str) and isinstance(graph, ModelGraph):
        value = graph.value_named(fetch)
        if value is not None:
            return str(value.name)
    try:
        element = graph.as_graph_element(fetch)
    except KeyError as error:
        raise ConfigError(
            f"Fetch argument {fetch!r} cannot be interpreted as a Tensor or "
            f"Operation. {error.args[0]}"
        ) from error
    if isinstance(graph, ModelGraph):
        record = graph.record_of(element.name.removesuffix(":0"))
        if record is not None:
            return graph.as_graph_element(record.variable).name
    return element.name


def _is_own_value(graph: ModelGraph, fetch: Any) -> bool:
    """Whether this is a tensor of the graph that stands for nothing else.

    Most fetches are: hooks ask for them at every step.
    """
    return (
        isinstance(fetch, tf.Tensor)
        and fetch.dtype != tf.resource
        and fetch.graph is graph
    )


def _graph_variable(graph: ModelGraph, variable: keras.Variable) -> Any:
    """Returns what a Keras variable of model_fn is in the graph.

    Once the program is bound it shows the value instead.
    """
    for record in _records(graph):
        if record.keras_variable is variable:
            return record.variable
    return variable.value


def _records(graph: tf.Graph) -> Iterable[VariableRecord]:
    # Hooks may also be used in a graph that is not ours.
    return graph.records if isinstance(graph, ModelGraph) else ()


def feeds(
    graph: ModelGraph, feed_dict: Mapping[Any, Any]
) -> dict[str, tf.Tensor]:
    """Returns a feed_dict with names of plain tensors as keys.

    Values of sparse tensors are taken apart; others become tensors of the
    dtype of what they are fed to.

    Raises:
        ArgumentTypeError: If a key stands for no tensor of the graph.
        ConfigError: If a value has another shape than its tensor.
    """
    found: dict[str, tf.Tensor] = {}
    for key, value in feed_dict.items():
        if isinstance(key, tf.SparseTensor):
            value = _v1.SparseTensorValue(*value)
            parts: Iterable[tuple[Any, Any]] = [
                (getattr(key, part), getattr(value, part))
                for part in value._fields
            ]
        else:
            parts = [(key, value)]
        for part, part_value in parts:
            tensor = _fed_tensor(graph, part)
            found[tensor.name] = _fed_value(tensor, part_value)
    return found


def _fed_tensor(graph: ModelGraph, key: Any) -> Any:
    try:
        return graph.as_graph_element(key, allow_operation=False)
    except (KeyError, TypeError, ValueError) as error:
        raise ArgumentTypeError(
            f"Cannot interpret feed_dict key {key!r} as Tensor: {error.args[0]}"
        ) from error


def _fed_value(tensor: Any, value: Any) -> tf.Tensor:
    # A hook feeds in the program's graph, where this would be an operation.
    with _tensorflow.eager_mode():
        if not isinstance(value, tf.Tensor):
            value = np.asarray(value, tensor.dtype.as_numpy_dtype)
        fed = tf.convert_to_tensor(value, tensor.dtype)
    if not tensor.shape.is_compatible_with(fed.shape):
        raise ConfigError(
            f"Cannot feed value of shape {fed.shape} for Tensor "
            f"{tensor.name}, which has shape {tensor.shape}."
        )
    return fed


def _initializes_input(fetch: Any) -> bool:
    return isinstance(fetch, tf.Operation) and fetch.type == "MakeIterator"


def _is_leaf(value: Any) -> bool:
    return isinstance(value, str) or _is_graph_element(value)


def _is_graph_element(value: Any) -> bool:
    return isinstance(value, (tf.Tensor, tf.Operation)) or hasattr(
        value, "_as_graph_element"
    )


def _is_ordered(mapping: Any) -> bool:
    return isinstance(mapping, OrderedDict)


def _like(sequence: Any, values: list[Any]) -> Any:
    if hasattr(sequence, "_fields"):
        return type(sequence)(*values)
    return type(sequence)(values)


def _fill(nest: Any, by_name: Mapping[str, Any]) -> Any:
    if isinstance(nest, _Name):
        value = by_name.get(nest)
        return value.numpy() if isinstance(value, tf.Tensor) else value
    if isinstance(nest, dict):
        filled = {key: _fill(value, by_name) for key, value in nest.items()}
        return OrderedDict(filled) if _is_ordered(nest) else filled
    if isinstance(nest, _Ragged):
        values, row_splits = (_fill(part, by_name) for part in nest)
        return _v1.ragged.RaggedTensorValue(values, row_splits)
    if nest is None:
        return None
    return _like(nest, [_fill(value, by_name) for value in nest])
