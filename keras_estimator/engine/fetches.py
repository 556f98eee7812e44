"""Fetches and feeds as TF1 code writes them, as names of the graph."""

from collections.abc import Iterable
from collections.abc import Mapping
from typing import Any

import keras
import tensorflow as tf

from keras_estimator._types import Fetches
from keras_estimator.engine.graph import ModelGraph
from keras_estimator.engine.graph import VariableRecord
from keras_estimator.errors import ArgumentTypeError

_v1 = tf.compat.v1


class FetchPlan:
    """The names behind a nest of fetches, and the way back.

    Leaves may be tensors (sparse and ragged ones too), operations, variables,
    `"name:0"` of a tensor and `"name"` of an operation. The name of a variable
    stands for its value.

    Args:
        graph: Where the names are looked up.
        fetches: A leaf, or a nest of lists, tuples and dicts of leaves.

    Attributes:
        names: The graph elements to fetch, each once.
    """

    def __init__(self, graph: ModelGraph, fetches: Fetches) -> None:
        self._graph = graph
        self._names: dict[str, None] = {}
        self._nest = self._map(fetches)

    @property
    def names(self) -> tuple[str, ...]:
        """The graph elements to fetch, each once."""
        return tuple(self._names)

    def values(self, by_name: Mapping[str, Any]) -> Any:
        """Returns the nest with NumPy values, `None` for operations."""
        return _fill(self._nest, by_name)

    def _map(self, fetches: Fetches) -> Any:
        if isinstance(fetches, Mapping):
            return {key: self._map(value) for key, value in fetches.items()}
        if isinstance(fetches, (list, tuple)) and not _is_leaf(fetches):
            return _like(fetches, [self._map(value) for value in fetches])
        if isinstance(fetches, (tf.SparseTensor, tf.IndexedSlices)):
            kind = (
                _v1.SparseTensorValue
                if isinstance(fetches, tf.SparseTensor)
                else _v1.IndexedSlicesValue
            )
            parts = [getattr(fetches, part) for part in kind._fields]
            return kind(*(None if p is None else self._leaf(p) for p in parts))
        if isinstance(fetches, tf.RaggedTensor):
            return _Ragged(
                self._map(fetches.values), self._leaf(fetches.row_splits)
            )
        return self._leaf(fetches)

    def _leaf(self, fetch: Any) -> "_Name":
        name = element_name(self._graph, fetch)
        self._names[name] = None
        return _Name(name)


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
        KeyError: If the graph has no element of that name.
    """
    if isinstance(fetch, keras.Variable):
        fetch = _graph_variable(graph, fetch)
    if not isinstance(fetch, str) and not _is_graph_element(fetch):
        raise ArgumentTypeError(
            f"Fetch argument {fetch!r} has invalid type "
            f"{type(fetch).__name__}, must be a tensor, an operation, a "
            'variable or the name of one ("name:0" for a tensor).'
        )
    element = graph.as_graph_element(fetch)
    handle = element.name.removesuffix(":0")
    for record in _records(graph):
        if record.handle == handle:
            return graph.as_graph_element(record.variable).name
    return element.name


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
            tensor = graph.as_graph_element(part, allow_operation=False)
            found[tensor.name] = tf.convert_to_tensor(part_value, tensor.dtype)
    return found


def _is_leaf(value: Any) -> bool:
    return isinstance(value, str) or _is_graph_element(value)


def _is_graph_element(value: Any) -> bool:
    return isinstance(value, (tf.Tensor, tf.Operation)) or hasattr(
        value, "_as_graph_element"
    )


def _like(sequence: Any, values: list[Any]) -> Any:
    if hasattr(sequence, "_fields"):
        return type(sequence)(*values)
    return type(sequence)(values)


def _fill(nest: Any, by_name: Mapping[str, Any]) -> Any:
    if isinstance(nest, _Name):
        value = by_name.get(nest)
        return value.numpy() if isinstance(value, tf.Tensor) else value
    if isinstance(nest, dict):
        return {key: _fill(value, by_name) for key, value in nest.items()}
    if isinstance(nest, _Ragged):
        values, row_splits = (_fill(part, by_name) for part in nest)
        return _v1.ragged.RaggedTensorValue(values, row_splits)
    if nest is None:
        return None
    return _like(nest, [_fill(value, by_name) for value in nest])
