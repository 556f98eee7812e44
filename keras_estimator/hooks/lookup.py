"""What hooks look for in the graph when they begin."""

import difflib
from typing import Any

import keras
import tensorflow as tf

from keras_estimator.engine.graph import ModelGraph
from keras_estimator.errors import ConfigError
from keras_estimator.errors import LoggedTensorError
from keras_estimator.errors import MissingGlobalStepError

_v1 = tf.compat.v1


def global_step(hook: Any) -> Any:
    """Returns the global step of the default graph, a variable.

    Args:
        hook: Needs it.

    Raises:
        MissingGlobalStepError: If there is none.
    """
    found = _v1.train.get_global_step()
    if found is None:
        raise MissingGlobalStepError(
            f"Global step should be created to use {type(hook).__name__}. Call "
            "`tf.compat.v1.train.get_or_create_global_step()` where the graph "
            "is built, and give it to the optimizer's `minimize`."
        )
    return found


def tensor(wanted: Any) -> Any:
    """Returns what the default graph has for a name, or for itself.

    Args:
        wanted: A tensor or variable; or its name, where `:0` may be left out
            if the operation has one output.

    Raises:
        LoggedTensorError: If there is no tensor of that name.
        ConfigError: If the name stands for several tensors, or the object is
            not of this graph.
    """
    graph = _v1.get_default_graph()
    if isinstance(wanted, str):
        return _named(graph, wanted)
    # A Keras variable has its graph tensor only while model_fn is called.
    is_keras = isinstance(wanted, keras.Variable)
    if not is_keras and getattr(wanted, "graph", None) is not graph:
        raise ConfigError(
            f"Passed {wanted!r} should have graph attribute that is equal to "
            "current graph. Give the tensor's name, or make the hook in "
            "model_fn, of tensors that it makes."
        )
    return wanted


def _named(graph: tf.Graph, wanted: str) -> Any:
    name = wanted if ":" in wanted else f"{wanted}:0"
    value = _value_named(graph, name)
    if value is not None:
        return value
    try:
        found = graph.as_graph_element(name)
    except KeyError as error:
        raise LoggedTensorError(
            f"The name {name!r} refers to a Tensor which does not exist."
            f"{_hint(graph, name)} Name the tensor in model_fn: "
            "`tf.identity(tensor, name=...)`."
        ) from error
    if name != wanted and len(found.op.outputs) > 1:
        names = ", ".join(repr(output.name) for output in found.op.outputs)
        raise ConfigError(
            f"Name {wanted} is ambiguous, as this `Operation` has multiple "
            f"outputs: {names}. Name one of them."
        )
    return found


def _value_named(graph: tf.Graph, name: str) -> Any:
    """Returns the value of the variable that a name stands for, if one's."""
    # Hooks may also be used in a graph that is not ours.
    return graph.value_named(name) if isinstance(graph, ModelGraph) else None


def _hint(graph: tf.Graph, name: str) -> str:
    known = [
        output.name
        for operation in graph.get_operations()
        for output in operation.outputs
    ]
    close = difflib.get_close_matches(name, known, n=3)
    return f" Did you mean {' or '.join(map(repr, close))}?" if close else ""
