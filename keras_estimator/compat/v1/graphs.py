"""`tf.Graph` where a program builds on its own, and what to say without one."""

from typing import Any

import tensorflow as tf

from keras_estimator.compat._stand_in import StandIn
from keras_estimator.errors import UnsupportedError

BUILD_IN_A_GRAPH = (
    "Eager mode is on outside of model_fn and input_fn. Call "
    "`tf.disable_eager_execution()` when the program begins, or build what a "
    "session is to run under `with tf.Graph().as_default():`, or inside of "
    "`with tf.Session():`."
)
# What TensorFlow makes beside each resource variable.
_READ = "/Read/ReadVariableOp"


class Graph(tf.Graph, metaclass=StandIn):
    """A graph; by its name a variable is its value in it, as in TF1."""

    stands_for = tf.Graph

    def get_tensor_by_name(self, name: str) -> Any:
        """Returns a tensor: the value, where the name is a variable's.

        Args:
            name: Its name, with the number of the output: `"w:0"`.
        """
        value = value_named(self, name)
        return super().get_tensor_by_name(name) if value is None else value


def value_named(graph: tf.Graph, name: Any) -> Any:
    """Returns the value of the variable that a tensor's name stands for.

    In TF1 `"w:0"` was the variable, and `"w/read:0"` its value; now the first
    is a handle, and the second is not there.

    Args:
        graph: Where the variable was made.
        name: The name; `None` is returned unless it is a variable's.
    """
    if not (isinstance(name, str) and name.endswith(":0")):
        return None
    name = name.removesuffix(":0")
    try:
        handle = _operation(graph, name) or graph.get_operation_by_name(
            name.removesuffix("/read")
        )
        if handle.type != "VarHandleOp":
            return None
        return graph.get_operation_by_name(f"{handle.name}{_READ}").outputs[0]
    except KeyError:
        return None


def require_graph(name: str) -> None:
    """Refuses what takes the default graph, where nothing is built in it.

    Args:
        name: What the program called.

    Raises:
        UnsupportedError: If eager mode is on.
    """
    if tf.executing_eagerly():
        raise UnsupportedError(f"`{name}` has no graph. {BUILD_IN_A_GRAPH}")


def _operation(graph: tf.Graph, name: str) -> tf.Operation | None:
    try:
        return graph.get_operation_by_name(name)
    except KeyError:
        return None
