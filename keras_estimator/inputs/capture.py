"""The graph in which an input_fn runs, and the datasets that bypass it.

An input_fn runs in a graph, as it always did. `numpy_input_fn` makes its
dataset outside of it: in a graph the arrays would become constants of a
GraphDef, which are copied, and may not exceed 2 GB. It gets placeholders
instead, and `InputGraph` remembers what they stand for.
"""

import threading
from collections.abc import Callable
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from typing import NamedTuple

import tensorflow as tf

from keras_estimator.engine import _tensorflow
from keras_estimator.engine import element as elements


class Source(NamedTuple):
    """A dataset made outside of the graph.

    Attributes:
        dataset: Its elements are fed to `tensors`.
        tensors: Names of the placeholders, one for each component.
        batch: The nest of placeholders.
    """

    dataset: tf.data.Dataset
    tensors: tuple[str, ...]
    batch: Any


class InputGraph:
    """A graph for one call of an input_fn.

    Attributes:
        graph: The graph.
        sources: The datasets that its placeholders stand for.
    """

    def __init__(self) -> None:
        self.graph = tf.Graph()
        self.sources: list[Source] = []

    def next_batch_of(self, make: Callable[[], tf.data.Dataset]) -> Any:
        """Returns placeholders for the elements of a dataset.

        Args:
            make: Makes the dataset; it is called in eager mode.
        """
        with _tensorflow.eager_mode():
            dataset = make()
        batch = elements.placeholders(dataset.element_spec)
        tensors = elements.names(elements.components(batch))
        self.sources.append(Source(dataset, tensors, batch))
        return batch


class _Stack(threading.local):
    def __init__(self) -> None:
        self.graphs: list[InputGraph] = []


_stack = _Stack()


@contextmanager
def capturing(input_graph: InputGraph) -> Iterator[None]:
    """Makes an input graph the current one, and the default graph."""
    _stack.graphs.append(input_graph)
    try:
        with _tensorflow.eager_mode(), input_graph.graph.as_default():
            yield
    finally:
        _stack.graphs.remove(input_graph)


def current() -> InputGraph | None:
    """Returns the graph of the input_fn that is running, if one is."""
    if not _stack.graphs:
        return None
    innermost = _stack.graphs[-1]
    is_default = tf.compat.v1.get_default_graph() is innermost.graph
    return innermost if is_default and not tf.executing_eagerly() else None
