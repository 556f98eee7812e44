"""The few TensorFlow names without a public spelling, each with its reason.

Nothing else in the package imports from `tensorflow.python`.
`tests/engine/test_tensorflow.py` fails by name when one of them moves.
"""

import sys
from collections.abc import Callable
from collections.abc import Iterable
from collections.abc import Sequence
from contextlib import AbstractContextManager
from typing import Any
from typing import NamedTuple

import tensorflow as tf
from tensorflow.python.eager import context
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


class SummaryMark(tf.summary.SummaryWriter):
    """Stands for a writer in a graph; writes nothing.

    The operation that stands for it is made when something is first written to
    it: others, made before, would change the seeds of what comes after them.
    TensorFlow looks for a writer's resource under a private name.

    Args:
        graph: The graph; `graph.summary_log.mark` gets the operation's name.
    """

    def __init__(self, graph: Any) -> None:
        self._graph = graph
        self._made: Any = None

    @property
    def _resource(self) -> tf.Tensor:
        if self._made is None:
            # Also from inside of a function that is being built.
            with (
                self._graph.as_default(),
                self._graph.control_dependencies(None),
                self._graph.name_scope(None),
                self._graph.device("cpu:0"),
            ):
                self._made = tf.raw_ops.SummaryWriter(name="summary_writer")
            self._graph.summary_log.mark = self._made.op.name
        return self._made

    def init(self) -> None:
        """Does nothing: there is no file to open."""

    def flush(self) -> None:
        """Does nothing: who writes the summaries flushes them."""

    def close(self) -> None:
        """Does nothing."""


def lacks_tensorboard(error: Exception) -> bool:
    """Whether `tf.summary` misses the package that it takes its code from."""
    return "TensorBoard is not installed" in str(error)


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


def parse_profile(serialized: bytes) -> Any:
    """Returns the `XSpace` that TensorFlow's profiler has written.

    The format is public, its generated module is at a place without promises:
    imported only when something was profiled.
    """
    from tensorflow.tsl.profiler.protobuf import xplane_pb2

    return xplane_pb2.XSpace.FromString(serialized)


def save_slice_info(variable: tf.Variable) -> Any:
    """Returns which part of a partitioned variable this is, or `None`.

    The name and the slice are what checkpoints are keyed by; the object that
    holds them hangs on the variable under a private name.
    """
    return variable._get_save_slice_info()


def flat_call(function: Any) -> Callable[..., Sequence[tf.Tensor]]:
    """Returns a concrete function as one from flat tensors to flat tensors.

    Its own call binds arguments to names, checks and packs them: several times
    what TensorFlow takes to run a small step, at each step.

    Args:
        function: A concrete function without keyword arguments.
    """
    call, captured = function.inference_fn.call_flat, function.captured_inputs
    return lambda *tensors: call(*tensors, *captured)


def capture(graph: Any, tensor: Any) -> Any:
    """Returns the symbol for an outer `tensor` in a function's graph."""
    return graph.capture(tensor)


def add_control_inputs(
    operation: tf.Operation, others: Iterable[tf.Operation]
) -> None:
    """Lets an operation that is made already wait for others.

    Those of a graph that others load cannot be ordered in a GraphDef of ours.
    """
    known = set(operation.control_inputs)
    operation._add_control_inputs([op for op in others if op not in known])


def forget_debug_names(graph: tf.Graph) -> None:
    """Leaves out of a graph what TF 1.15 does not know of variables.

    Newer versions note the name of a variable in its operation once more, for
    messages. An attribute that is not a default value cannot be stripped.
    """
    for operation in graph.get_operations():
        if operation.type == "VarHandleOp":
            operation._clear_attr("debug_name")


def add_train_op(builder: Any, train_op: Any) -> None:
    """Notes in a SavedModel what one training step runs.

    TensorFlow's builder takes it from tf.estimator alone.

    Args:
        builder: A `tf.compat.v1.saved_model.Builder`; the graph that it will
            add next is the default graph.
        train_op: An operation or tensor.
    """
    builder._add_train_op(train_op)


def require_operations(graph: Any, operations: Iterable[tf.Operation]) -> None:
    """Makes a function under construction run `operations` at each call.

    `tf.compat.v1.wrap_function` runs an operation only if an output depends on
    it; a caller's loop sees the function's effects only through these.
    """
    graph.control_outputs.extend(operations)


def set_gpu_memory_fraction(fraction: float) -> None:
    """Lets this process take a part of the memory of each GPU at most.

    In public there is only a limit in bytes, and no size to take a part of.

    Args:
        fraction: Of the memory of each GPU.

    Raises:
        RuntimeError: If TensorFlow has started its devices.
    """
    current = context.context()
    if current._initialized:
        raise RuntimeError("The memory of GPUs is taken already.")
    config = tf.compat.v1.ConfigProto()
    if current._config is not None:
        config.CopyFrom(current._config)
    config.gpu_options.per_process_gpu_memory_fraction = fraction
    current._config = config


def on_refused_operation(tell: Callable[[Any], None]) -> None:
    """Asks `tell` about the arguments of operations that raise an error.

    Operations cost nothing more while they work. In public there are only
    dispatchers for types, and graph tensors have that of eager ones.

    Args:
        tell: Gets the arguments of an operation that has raised a TypeError or
            a ValueError; may raise one that says more.
    """

    class Dispatcher(tf.__internal__.dispatch.GlobalOpDispatcher):
        def handle(self, op: Any, args: Any, kwargs: Any) -> Any:
            tell((args, kwargs))
            return self.NOT_SUPPORTED

    Dispatcher().register()


def uses_locking(optimizer: Any) -> bool:
    """Returns the `use_locking` that a TF1 optimizer was made with."""
    return optimizer._use_locking


class AdamSettings(NamedTuple):
    """The numbers of one step of `tf.compat.v1.train.AdamOptimizer`.

    Attributes:
        rate: The learning rate.
        beta1: Decay of the averages of gradients.
        beta2: Decay of the averages of their squares.
        epsilon: Is added to the root of the latter.
        power1: beta1 to the power of the number of steps.
        power2: beta2 to the power of the number of steps.
    """

    rate: tf.Tensor
    beta1: tf.Tensor
    beta2: tf.Tensor
    epsilon: tf.Tensor
    power1: tf.Tensor
    power2: tf.Tensor


def adam_settings(optimizer: Any, dtype: tf.DType) -> AdamSettings:
    """Returns what an Adam keeps for its subclasses, under private names.

    Args:
        optimizer: A `tf.compat.v1.train.AdamOptimizer` that is applying
            gradients.
        dtype: The type of the variable.
    """
    powers = optimizer._get_beta_accumulators()
    kept = (
        optimizer._lr_t,
        optimizer._beta1_t,
        optimizer._beta2_t,
        optimizer._epsilon_t,
        *powers,
    )
    return AdamSettings(*(tf.cast(number, dtype) for number in kept))


def lacks_saver(hook: Any) -> bool:
    """Whether TensorFlow's own `CheckpointSaverHook` was given no saver.

    Args:
        hook: A `tf.compat.v1.train.CheckpointSaverHook`.
    """
    if hook._saver is not None:
        return False
    return hook._scaffold is None or hook._scaffold.saver is None


def give_saver(hook: Any, saver: Any) -> None:
    """Lets TensorFlow's own `CheckpointSaverHook` save by another saver.

    The constructor is the only public way, and the user has called that.
    """
    hook._saver = saver


def saving_listeners(hook: Any) -> list[Any]:
    """Returns the very list of listeners of a `CheckpointSaverHook`.

    tf.estimator added to it, too: there is no public way.
    """
    return hook._listeners
