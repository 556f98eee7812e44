"""The graph of one model_fn call, and the variables created in it."""

import enum
import functools
import os
from collections.abc import Callable
from collections.abc import Iterator
from collections.abc import Mapping
from collections.abc import Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from dataclasses import field
from typing import Any

import keras
import tensorflow as tf

from keras_estimator.engine import _keras
from keras_estimator.engine import _tensorflow
from keras_estimator.engine.summary_ops import SummaryLog
from keras_estimator.errors import ModelFnError

_KEYS = tf.compat.v1.GraphKeys
# For errors about layers, variables and tables from elsewhere.
MAKE_IT_INSIDE = (
    "model_fn is called for each mode in a graph of its own: make layers, "
    "models, optimizers, metrics, variables and tables inside of it, each "
    "time. Weights that exist already it can give to what it makes: "
    "`layer.set_weights(arrays)`, or `model.load_weights(path)` of what "
    "`save_weights(path)` wrote outside. They are the initial values then."
)


class Lifetime(enum.Enum):
    """How long the value of a variable lives."""

    # In the store: shared between programs, saved in checkpoints.
    MODEL = "model"
    # One call of train, evaluate or predict: what TF1 calls local variables.
    CALL = "call"


@dataclass(eq=False)
class VariableRecord:
    """A variable that one model_fn call created.

    Attributes:
        variable: The graph's variable.
        keras_variable: The `keras.Variable` around it; `None` for TF1 ones.
        owner: The Keras object it was made for (layer, metric, optimizer, seed
            generator); `None` for TF1 ones.
        first_initializer: Name of the operation that assigns the initial
            value that it was made with (`init_from_checkpoint` gives another).
        lifetime: Set when the graph is complete.
        initial_assigns: Names of operations that give it another initial value
            (`set_weights` of constants in model_fn).
        made_by_hook: Whether a hook made it in `begin`, not model_fn.
    """

    variable: tf.Variable
    keras_variable: keras.Variable | None
    owner: Any
    first_initializer: str | None
    lifetime: Lifetime = Lifetime.MODEL
    initial_assigns: list[str] = field(default_factory=list)
    made_by_hook: bool = False

    @property
    def name(self) -> str:
        """The name in checkpoints and stores."""
        return self.variable.name.removesuffix(":0")

    @property
    def handle(self) -> str:
        """Name of the operation that makes the resource handle."""
        return self.variable.handle.op.name

    @property
    def initializer(self) -> str | None:
        """Name of the operation that assigns the initial value, if any."""
        return _initializer(self.variable)

    @property
    def save_slice(self) -> tuple[str, str]:
        """Name and slice specification under which checkpoints hold it.

        A part of a partitioned variable is a slice of the whole one's entry.
        """
        info = _tensorflow.save_slice_info(self.variable)
        return (info.full_name, info.spec) if info else (self.name, "")

    @property
    def is_trainable(self) -> bool:
        """Whether optimizers change it, frozen layers taken into account."""
        if self.keras_variable is not None:
            return self.keras_variable.trainable
        return self.variable.trainable


class ModelGraph(_tensorflow.GraphWithBranches):
    """A plain `tf.Graph` that remembers the variables created in it.

    TF1 code must find itself at home, so nothing else differs, save that a
    frozen Keras layer's variables are not in the collection of trainable
    variables, which is where TF1 optimizers look; and that a `cond` of Keras
    runs all that Keras executed in it.

    Args:
        outside: `id` -> object, of what exists besides. The variables of a
            Keras object of these would belong to this graph, and be lost with
            it.

    Attributes:
        records: The variables, in the order in which they were made.
        summary_log: Where its summaries arrive that have no writer.
    """

    def __init__(self, outside: Mapping[int, Any] | None = None) -> None:
        super().__init__()
        self.records: list[VariableRecord] = []
        self.summary_log = SummaryLog()
        self._outside = outside or {}
        self._by_handle: dict[str, VariableRecord] = {}
        # How many of the variables model_fn made, once it is done.
        self._of_model_fn: int | None = None

    def record_of(self, handle: str) -> VariableRecord | None:
        """Returns the variable whose handle an operation makes, if one's."""
        if len(self._by_handle) != len(self.records):
            self._by_handle = {record.handle: record for record in self.records}
        return self._by_handle.get(handle)

    def value_named(self, name: str) -> Any:
        """Returns the value of the variable that a tensor's name stands for.

        In TF1 `"w:0"` was the variable, and `"w/read:0"` its value; neither
        was a handle. `None` if no variable has that name.
        """
        operation = name.removesuffix(":0")
        record = self.record_of(operation) or self.record_of(
            operation.removesuffix("/read")
        )
        if record is None:
            return None
        return super().as_graph_element(record.variable)

    def get_tensor_by_name(self, name: str) -> Any:
        """Returns a tensor: the value, where the name is a variable's."""
        value = None
        if isinstance(name, str) and name.endswith(":0"):
            value = self.value_named(name)
        return super().get_tensor_by_name(name) if value is None else value

    def runs_whole_branches(self) -> bool:
        """Whether Keras is building a branch: its updates are the point."""
        return _keras.is_keras_source(_tensorflow.user_of_tensorflow())

    def get_collection(self, name: str, scope: str | None = None) -> list[Any]:
        """Returns a copy of a collection, without frozen Keras variables."""
        found = super().get_collection(name, scope)
        if name != _KEYS.TRAINABLE_VARIABLES:
            return found
        frozen = {id(r.variable) for r in self.records if not r.is_trainable}
        return [v for v in found if id(v) not in frozen]

    def name_scope(self, name: str | None) -> Any:
        """Opens a scope, also for a layer of a class that is private."""
        is_root = not self.get_name_scope()
        return super().name_scope(_first(name) if name and is_root else name)

    @contextmanager
    def recording(self) -> Iterator[None]:
        """Makes this the default graph and records variables made in it."""
        with (
            self.as_default(),
            tf.variable_creator_scope(self._create_variable),
        ):
            yield

    def call(self, function: Callable, /, *args: Any, **kwargs: Any) -> Any:
        """Calls code whose operations `made_by_keras` is to judge."""
        return function(*args, **kwargs)

    def frames_of_call(self, operation: tf.Operation) -> Sequence[Any]:
        """Returns the stack that created `operation`, below `call`."""
        frames = list(operation.traceback)
        for i in range(len(frames) - 1, -1, -1):
            if frames[i].filename == __file__ and frames[i].name == "call":
                return frames[i + 1 :]
        return []

    def made_by_keras(self, operation: tf.Operation) -> bool:
        """Whether Keras code, called through `call`, created `operation`."""
        return any(
            _keras.is_keras_source(frame.filename)
            for frame in self.frames_of_call(operation)
        )

    def settle_lifetimes(self) -> None:
        """Decides how long each variable lives, once all collections are.

        Called when model_fn is done, and again when hooks have added to it.
        """
        if self._of_model_fn is None:
            self._of_model_fn = len(self.records)
        for record in self.records[self._of_model_fn :]:
            record.made_by_hook = True
        saved = {id(v) for v in super().get_collection(_KEYS.GLOBAL_VARIABLES)}
        for record in self.records:
            if id(record.variable) not in saved:
                record.lifetime = Lifetime.CALL

    def _create_variable(self, next_creator: Any, **kwargs: Any) -> tf.Variable:
        keras_variable, owner, at_work = _keras.creation(_BELOW)
        self._refuse_outside(at_work)
        if keras_variable is not None:
            kwargs["name"] = self._reserve(keras_variable.path) + "/"
        # Also where the program has called `disable_resource_variables`.
        kwargs["use_resource"] = True
        variable = next_creator(**kwargs)
        # TensorFlow has dropped it; TF1 code makes accumulators of its result.
        variable.initialized_value = functools.partial(
            _initialized_value, variable
        )
        record = VariableRecord(
            variable, keras_variable, owner, _initializer(variable)
        )
        self.records.append(record)
        if _is_local_to_call(record):
            self._make_local(variable)
        return variable

    def _refuse_outside(self, at_work: Sequence[Any]) -> None:
        """Refuses to build Keras objects that live longer than the graph."""
        for found in at_work:
            if id(found) in self._outside:
                raise ModelFnError(
                    f"model_fn uses {type(found).__name__} {found.name!r}, "
                    f"which was made outside of it. {MAKE_IT_INSIDE}"
                )

    def _make_local(self, variable: tf.Variable) -> None:
        """Moves a variable from the saved ones to TF1's local ones."""
        saved = self.get_collection_ref(_KEYS.GLOBAL_VARIABLES)
        saved[:] = [v for v in saved if v is not variable]
        self.add_to_collection(_KEYS.LOCAL_VARIABLES, variable)
        self.add_to_collection(_KEYS.METRIC_VARIABLES, variable)

    def _reserve(self, path: str) -> str:
        """Returns `path` as a name of this graph, numbered if it is taken.

        Graph names of one Keras layer drift between builds (`dense_1/kernel`
        in one, `dense_1_1/kernel` in the next); its path does not.
        """
        with tf.compat.v1.name_scope(None):
            return self.unique_name(_first(path))


_BELOW = ModelGraph.call.__code__


def asset_files(graph: tf.Graph) -> list[str]:
    """Returns the paths of the vocabulary files that a graph reads."""
    tensors = graph.get_collection(_KEYS.ASSET_FILEPATHS)
    values = [tf.get_static_value(tensor) for tensor in tensors]
    return [os.fsdecode(v.item()) for v in values if v is not None]


def _first(name: str) -> str:
    """Returns a name with which a name in a graph may begin.

    Keras calls a layer of a class `_Block` `__block`; no name in a graph begins
    so. The word before it is the one that Keras 2 put there.
    """
    return f"private{name}" if name.startswith("_") else name


def _initialized_value(variable: tf.Variable) -> tf.Tensor:
    """Returns a variable's value, also while variables are initialized."""
    return tf.cond(
        tf.compat.v1.is_variable_initialized(variable),
        variable.read_value,
        lambda: variable.initial_value,
    )


def _initializer(variable: tf.Variable) -> str | None:
    operation = variable.initializer
    return None if operation is None else operation.name


def _is_local_to_call(record: VariableRecord) -> bool:
    """Whether Keras made a variable that TF1 would have made a local one.

    A metric starts every call at zero. A learning rate is what the code says
    now, not what an old checkpoint holds: TF1 optimizers have it as a constant.
    """
    if isinstance(record.owner, keras.metrics.Metric):
        return True
    return (
        isinstance(record.owner, keras.optimizers.Optimizer)
        and record.keras_variable is not None
        and record.keras_variable.name == "learning_rate"
    )
