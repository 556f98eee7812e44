"""Functions cut out of a graph: from fed tensors to fetched ones."""

from collections.abc import Callable
from collections.abc import Mapping
from collections.abc import Sequence
from typing import Any

import tensorflow as tf

from keras_estimator.engine import _tensorflow
from keras_estimator.engine.subgraph import GraphIndex
from keras_estimator.engine.subgraph import Subgraph
from keras_estimator.engine.subgraph import put_reads_first

_v1 = tf.compat.v1


def cut_out(
    graph: tf.Graph,
    index: GraphIndex,
    fetches: Sequence[str],
    feeds: Sequence[str],
    outside: "Outside",
) -> Callable[..., list[tf.Tensor]]:
    """Returns a function from the values of `feeds` to those of `fetches`.

    Args:
        graph: The graph, for static shapes.
        index: The graph as it is to run.
        fetches: Names of tensors and operations.
        feeds: Names of tensors to be given values, in this order.
        outside: What stands for resources that live outside of the graph.

    Returns:
        A function of as many tensors as feeds; it returns the values of the
        fetched tensors in order, without a place for operations. It may be
        called eagerly or inside of a `tf.function`.
    """
    # What is fed is fetched as it is.
    wanted = [name for name in fetches if name not in feeds]
    subgraph = index.extract(wanted, {*feeds, *outside.names})
    with _tensorflow.eager_mode():
        outside.prepare(subgraph)
        put_reads_first(subgraph)
        # Made here: inside the body they would be part of the function.
        handles = {
            name: outside.handle(name)
            for name in subgraph.inputs.difference(feeds)
        }

        def body(*values: tf.Tensor) -> list[tf.Tensor]:
            fed = dict(zip(feeds, values, strict=True))
            imported = _import(graph, subgraph, wanted, fed, handles)
            elements = fed | imported
            return [elements[name] for name in fetches if is_tensor(name)]

        return _v1.wrap_function(body, [spec(graph, name) for name in feeds])


class Outside:
    """What stands for resources that live outside of a graph: nothing."""

    @property
    def names(self) -> Sequence[str]:
        """Tensors of the graph that stand for such resources."""
        return ()

    def prepare(self, subgraph: Subgraph) -> None:
        """Changes a subgraph, in place, before it is imported."""

    def handle(self, name: str) -> tf.Tensor:
        """Returns the handle of the resource that a tensor stands for."""
        raise KeyError(name)


def spec(graph: tf.Graph, tensor: str) -> tf.TensorSpec:
    """Returns static shape and dtype of a tensor of a graph."""
    found = graph.get_tensor_by_name(tensor)
    return tf.TensorSpec(found.shape, found.dtype)


def is_tensor(name: str) -> bool:
    """Whether a name is that of a tensor, rather than an operation."""
    return ":" in name


def _import(
    graph: tf.Graph,
    subgraph: Subgraph,
    wanted: Sequence[str],
    fed: Mapping[str, tf.Tensor],
    handles: Mapping[str, tf.Tensor],
) -> dict[str, Any]:
    """Puts a subgraph into the function under construction."""
    function = _v1.get_default_graph()
    given = {
        name: fed[name]
        if name in fed
        else _tensorflow.capture(function, handles[name])
        for name in subgraph.inputs
    }
    imported = tf.graph_util.import_graph_def(
        subgraph.graph_def, input_map=given, return_elements=wanted, name=""
    )
    # Fetching a tensor runs its operation even where the value is unused: the
    # update of a metric is such a tensor.
    operations = [getattr(element, "op", element) for element in imported]
    _tensorflow.require_operations(function, dict.fromkeys(operations))
    elements = dict(zip(wanted, imported, strict=True))
    for name in filter(is_tensor, wanted):
        elements[name].set_shape(_static_shape(graph, name))
    return elements


def _static_shape(graph: tf.Graph, tensor: str) -> tf.TensorShape:
    """Returns the shape that Python code gave a tensor.

    The importer infers less: a `set_shape` is not in the GraphDef.
    """
    try:
        return spec(graph, tensor).shape
    except KeyError:  # a node that was added to the GraphDef alone
        return tf.TensorShape(None)
