"""The few TensorFlow names without a public spelling, each with its reason.

Nothing else in the package imports from `tensorflow.python`.
`tests/engine/test_tensorflow.py` fails by name when one of them moves.
"""

import sys
from collections.abc import Callable
from collections.abc import Iterable
from contextlib import AbstractContextManager
from typing import Any

import tensorflow as tf
from tensorflow.python.ops import resource_variable_ops
from tensorflow.python.training import training_util

_ROOT = tf.__file__.rsplit("__init__", 1)[0]


def eager_mode() -> AbstractContextManager:
    """Executes eagerly inside the block, even under a `tf.Graph`.

    `tf.init_scope` does not leave a plain graph, and user code (hooks, a
    program that is wrapped in `tf.Graph().as_default()`) calls us under one.
    """
    return tf.__internal__.eager_context.eager_mode()


class _StoreVariable(resource_variable_ops.UninitializedVariable):
    """A variable that tells when code assigns to it, rather than a graph."""

    on_assign: Callable[[], None] | None = None

    def assign(self, *args: Any, **kwargs: Any) -> Any:
        if self.on_assign is not None:
            self.on_assign()
        return super().assign(*args, **kwargs)


def uninitialized_variable(
    name: str,
    shape: tf.TensorShape,
    dtype: tf.DType,
    *,
    trainable: bool,
    on_assign: Callable[[], None] | None = None,
) -> tf.Variable:
    """Returns a variable that has no value before it is assigned one.

    `tf.Variable` always has an initial value, and TF1 code asks
    `is_variable_initialized` (`initialized_value` takes its branch by it).

    Args:
        name: Its name.
        shape: Its shape.
        dtype: Its dtype.
        trainable: Whether it says that it is trainable.
        on_assign: Is called when its `assign` is, which is the method by which
            Keras changes a value.
    """
    variable = _StoreVariable(
        # The slash: just this name, whatever name scope we are called in.
        name=f"{name}/",
        shape=shape,
        dtype=dtype,
        trainable=trainable,
    )
    variable.on_assign = on_assign
    return variable


class GraphWithBranches(tf.Graph):
    """A plain graph that is asked how `tf.cond` and `tf.while_loop` build.

    In a plain graph a branch runs what its result depends on, in a function
    everything that was executed in it. TensorFlow looks at a private attribute
    of the graph to decide.
    """

    def runs_whole_branches(self) -> bool:
        """Whether the branch about to be built runs everything in it."""
        return False

    @property
    def _add_control_dependencies(self) -> bool:
        return self.runs_whole_branches()

    @_add_control_dependencies.setter
    def _add_control_dependencies(self, value: bool) -> None:
        """Is set to False by the base class."""


def user_of_tensorflow() -> str:
    """Returns the source file of the code that called TensorFlow.

    To be called by what TensorFlow calls.
    """
    frame: Any = sys._getframe(1)
    was_inside = False
    while frame is not None:
        filename = frame.f_code.co_filename
        is_inside = filename.startswith(_ROOT)
        if was_inside and not is_inside:
            return filename
        was_inside, frame = is_inside, frame.f_back
    return ""


def is_eager_in_graph(error: RuntimeError) -> bool:
    """Whether an eager tensor, or variable, was used in a plain graph."""
    return "Attempting to capture an EagerTensor" in str(error)


def create_global_step_read(graph: tf.Graph) -> None:
    """Adds the read of the global step that TensorFlow's own hooks share.

    Made here, so that the `begin` of such a hook adds nothing to the graph.
    """
    training_util._get_or_create_global_step_read(graph)


def save_slice_info(variable: tf.Variable) -> Any:
    """Returns which part of a partitioned variable this is, or `None`.

    The name and the slice are what checkpoints are keyed by; the object that
    holds them hangs on the variable under a private name.
    """
    return variable._get_save_slice_info()


def capture(graph: Any, tensor: Any) -> Any:
    """Returns the symbol for an outer `tensor` in a function's graph."""
    return graph.capture(tensor)


def require_operations(graph: Any, operations: Iterable[tf.Operation]) -> None:
    """Makes a function under construction run `operations` at each call.

    `tf.compat.v1.wrap_function` runs an operation only if an output depends on
    it; a caller's loop sees the function's effects only through these.
    """
    graph.control_outputs.extend(operations)
