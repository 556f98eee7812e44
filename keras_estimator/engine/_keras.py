"""The few Keras names without a public spelling, each with its reason.

Nothing else in the package imports from `keras.src`.
`tests/engine/test_keras.py` fails by name when one of them moves.
"""

import random
import sys
import threading
from collections import defaultdict
from collections.abc import Iterator
from collections.abc import Sequence
from contextlib import contextmanager
from types import CodeType
from typing import Any
from typing import NamedTuple

import keras
import tensorflow as tf
from keras.src.backend.common import global_state

_NAME_COUNTERS = "object_name_uids"
# What a build must not find of the code that happens to need the program: a
# layer's name scope or call, and the generator behind `keras.random`.
_SURROUNDINGS = (
    "autocast_scope",
    "current_call_ctx",
    "global_seed_generator",
    "name_scope_stack",
    "stateless_scope",
    "symbolic_scope",
)
_COMPARISONS = {"__eq__": tf.math.equal, "__ne__": tf.math.not_equal}
_OWNERS = (
    keras.Layer,
    keras.metrics.Metric,
    keras.optimizers.Optimizer,
    keras.random.SeedGenerator,
)
# Objects whose code compares values.
_COMPARING = (*_OWNERS, keras.losses.Loss)


@contextmanager
def fresh_state(seed: int | None) -> Iterator[None]:
    """Lets a build find Keras as a new process would.

    Keras numbers layers over the life of the process (`dense`, `dense_1`, ...)
    so without this the second build of one model_fn would have other variable
    names. The generator behind `keras.random.*(seed=None)` is a variable: one
    made in a build must not outlive its graph. And a program may first be
    needed in the middle of another layer's call.

    Args:
        seed: Seeds the initializers and seed generators that were given none;
            `None` leaves them random.

    Yields:
        Nothing.
    """
    saved = {
        name: global_state.get_global_attribute(name)
        for name in (_NAME_COUNTERS, *_SURROUNDINGS)
    }
    python_random = random.getstate()
    global_state.set_global_attribute(_NAME_COUNTERS, defaultdict(int))
    for name in _SURROUNDINGS:
        global_state.set_global_attribute(name, None)
    if seed is not None:
        # keras.random draws default seeds from Python's own generator.
        random.seed(seed)
    try:
        yield
    finally:
        for name, value in saved.items():
            global_state.set_global_attribute(name, value)
        if seed is not None:
            random.setstate(python_random)


class Creation(NamedTuple):
    """What is making a variable.

    Attributes:
        variable: The `keras.Variable`; `None` when a TF1 variable is made.
        owner: The Keras object (layer, metric, optimizer, seed generator) that
            it is made for, `None` if there is none.
        at_work: All Keras objects on whose behalf Keras is making it: its
            owner, what that is a part of, and so on.
    """

    variable: keras.Variable | None
    owner: Any
    at_work: Sequence[Any]


def creation(below: CodeType) -> Creation:
    """Returns what our caller is making a variable for.

    A `tf.variable_creator_scope` sees the `tf.Variable` but not whose it is;
    the objects that are making it are on the Python stack.

    Args:
        below: Code of the function that called the user's code. What is above
            it on the stack has only asked for the build.
    """
    variable: keras.Variable | None = None
    owner: Any = None
    at_work: dict[int, Any] = {}
    frame: Any = sys._getframe(1)
    while frame is not None and frame.f_code is not below:
        made_by = frame.f_locals.get("self")
        if isinstance(made_by, _OWNERS):
            owner = made_by if owner is None else owner
            if is_keras_source(frame.f_code.co_filename):
                at_work[id(made_by)] = made_by
        elif isinstance(made_by, keras.Variable) and owner is None:
            variable = made_by if variable is None else variable
        frame = frame.f_back
    if variable is None:
        return Creation(None, None, ())
    return Creation(variable, owner, tuple(at_work.values()))


def point(keras_variable: keras.Variable, value: tf.Variable) -> None:
    """Makes an existing `keras.Variable` a view of another `tf.Variable`.

    The layers, metrics and optimizers that model_fn made hold variables of its
    graph; afterwards they are to show the values that training changes.
    """
    keras_variable._value = value


def sublayers(layer: Any, *, recursive: bool = True) -> list[Any]:
    """Returns the layers that a layer, or a model, consists of.

    `keras.Model.layers` has only those of the first depth, and of a layer that
    is no model there is no public list at all.

    Args:
        layer: The layer, which is not among them.
        recursive: Whether the layers of these layers follow, too.
    """
    return [*layer._flatten_layers(include_self=False, recursive=recursive)]


def compile_arguments(model: keras.Model) -> dict[str, Any]:
    """Returns what a model was compiled with: losses and metrics as given.

    `get_compile_config` has only names of the functions and classes of users,
    which Keras finds again where they can be imported.
    """
    given = dict(model._compile_config.config)
    # Each model has its own optimizer, and its own way of running.
    for name in ("optimizer", "jit_compile", "run_eagerly"):
        given.pop(name, None)
    return given


def view(variable: tf.Variable) -> keras.Variable:
    """Returns a `keras.Variable` around an existing `tf.Variable`.

    Its path is the variable's name, slashes and all, which Keras' constructor
    allows only for names that a layer scope has put together.
    """
    with tf.variable_creator_scope(lambda next_creator, **kwargs: variable):
        around = keras.Variable(
            tf.zeros(variable.shape, variable.dtype),
            dtype=variable.dtype.name,
            trainable=variable.trainable,
            name=variable.name.removesuffix(":0").replace("/", "_"),
        )
    around._path = variable.name.removesuffix(":0")
    around._name = around._path.rsplit("/", 1)[-1]
    return around


class SignatureFirst:
    """Tells a `keras.Model` the signature of the data before the first step.

    Keras traces the first step only after callbacks have begun; a callback
    that looks at the optimizer before that needs it to exist.
    """

    def on_data(self, element_spec: Any) -> None:
        """Is called with the `element_spec` of the data of fit or evaluate."""

    def _maybe_symbolic_build(
        self, iterator: Any = None, data_batch: Any = None
    ) -> None:
        if iterator is not None:
            dataset = iterator.data_adapter.get_tf_dataset()
            self.on_data(dataset.element_spec)


class _Comparisons:
    """How often `comparing_values` has been entered and not left."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.depth = 0
        self.saved: dict[str, Any] = {}


_comparisons = _Comparisons()


@contextmanager
def comparing_values() -> Iterator[None]:
    """Lets Keras compare tensors of a plain graph by their values.

    There `tensor == 0` compares identities, as in TF1, where tensors were keys
    of dicts. Keras means the values: its optimizers ask `iterations % n == 0`
    and would silently never act; so do the layers, metrics and losses that
    users derive from its own. Other code keeps TF1's comparison.
    """
    with _comparisons.lock:
        _comparisons.depth += 1
        if _comparisons.depth == 1:
            for name, operation in _COMPARISONS.items():
                _comparisons.saved[name] = getattr(tf.Tensor, name)
                comparison = _comparison(_comparisons.saved[name], operation)
                setattr(tf.Tensor, name, comparison)
    try:
        yield
    finally:
        with _comparisons.lock:
            _comparisons.depth -= 1
            if not _comparisons.depth:
                for name, original in _comparisons.saved.items():
                    setattr(tf.Tensor, name, original)


def _comparison(original: Any, operation: Any) -> Any:
    def compare(self: tf.Tensor, other: Any) -> Any:
        if other is None or tf.executing_eagerly():
            return original(self, other)
        if _is_within_keras(sys._getframe(1)):
            return operation(self, other)
        return original(self, other)

    return compare


def _is_within_keras(frame: Any) -> bool:
    """Whether code is Keras', or that of an object derived from Keras'.

    Args:
        frame: The frame of the code that compares.
    """
    filename = frame.f_code.co_filename
    if is_keras_source(filename):
        return True
    if filename.startswith(_TENSORFLOW_ROOT):
        return False
    # Helpers that such an object calls mean what it means.
    while frame is not None:
        if is_keras_source(frame.f_code.co_filename):
            return True
        if isinstance(frame.f_locals.get("self"), _COMPARING):
            return True
        if frame.f_code.co_filename.startswith(_PACKAGE_ROOT):
            return False
        frame = frame.f_back
    return False


def is_keras_class(cls: type) -> bool:
    """Whether a class is Keras' own, not derived from it by a user."""
    return cls.__module__.partition(".")[0] == "keras"


def is_keras_source(filename: str) -> bool:
    """Whether a source file belongs to Keras itself."""
    return filename.startswith(_KERAS_ROOT)


_KERAS_ROOT = global_state.__file__.rsplit("backend", 1)[0]
_TENSORFLOW_ROOT = tf.__file__.rsplit("__init__", 1)[0]
# What is above a frame of this package has only asked for the build.
_PACKAGE_ROOT = __file__.rsplit("engine", 1)[0]
