"""Follows references from a function to all that it depends on.

Breadth first: what is near is looked at before what is far, so that when a
walk ends early it is the inside of some large structure that is left out.
"""

import argparse
import collections
import enum
import functools
import threading
from array import array
from collections import deque
from collections.abc import Callable
from contextvars import ContextVar
from types import BuiltinFunctionType
from types import CellType
from types import FunctionType
from types import MappingProxyType
from types import MethodType
from types import ModuleType
from types import SimpleNamespace
from typing import Any

from keras_estimator.engine.dependencies import classes
from keras_estimator.engine.dependencies import functions
from keras_estimator.engine.dependencies import libraries
from keras_estimator.engine.dependencies import namespaces
from keras_estimator.engine.dependencies import shapes
from keras_estimator.engine.dependencies.libraries import ENVIRON
from keras_estimator.engine.dependencies.origin import is_framework_class
from keras_estimator.engine.dependencies.origin import is_hook_class
from keras_estimator.engine.dependencies.origin import is_layer_class
from keras_estimator.engine.dependencies.origin import is_users_class
from keras_estimator.engine.dependencies.origin import package_of
from keras_estimator.engine.dependencies.shapes import Shape
from keras_estimator.engine.dependencies.tokens import ATOMS
from keras_estimator.engine.dependencies.tokens import PLAIN
from keras_estimator.engine.dependencies.tokens import Node
from keras_estimator.engine.dependencies.tokens import Same
from keras_estimator.engine.dependencies.tokens import Token

# Parts that one walk looks at before it takes the rest by identity.
LIMIT = 50_000
UNSEEN = "unseen"

# Packages whose objects are settings by nature.
_SETTINGS = frozenset(
    {"addict", "box", "easydict", "ml_collections", "munch", "omegaconf"}
)
_RECORDS = frozenset(
    {
        argparse.Namespace,
        SimpleNamespace,
        collections.ChainMap,
        collections.UserDict,
        collections.UserList,
        collections.UserString,
    }
)
_CONTAINERS = (dict, list, tuple, set, frozenset, deque)
_SIZED = frozenset({dict, list, set, deque})
_SCALARS = (int, str, float, bytes, complex)
_PLACEHOLDERS = (
    functions.Cell,
    namespaces.Flags,
    namespaces.Globals,
    namespaces.Imports,
    namespaces.Module,
    functions.Root,
    functions.RunTimeMethod,
    classes.Sublayers,
)

_SHAPES: dict[type, Callable[[Any], Shape]] = {
    FunctionType: functions.function,
    MethodType: functions.method,
    BuiltinFunctionType: functions.builtin,
    CellType: functions.bare_cell,
    functions.Cell: functions.cell,
    namespaces.Flags: namespaces.flags,
    namespaces.Globals: namespaces.global_names,
    namespaces.Imports: namespaces.imports,
    namespaces.Module: namespaces.module_names,
    functions.Root: functions.root,
    functions.RunTimeMethod: functions.run_time_method,
    classes.Sublayers: classes.sublayers,
    type: classes.class_,
    list: shapes.sequence,
    tuple: shapes.sequence,
    deque: shapes.sequence,
    dict: shapes.mapping,
    collections.OrderedDict: shapes.mapping,
    collections.Counter: shapes.mapping,
    MappingProxyType: shapes.mapping,
    collections.defaultdict: shapes.default_mapping,
    set: shapes.collection,
    frozenset: shapes.collection,
    bytearray: libraries.octets,
    array: libraries.numbers,
    ENVIRON: libraries.environment,
    ContextVar: libraries.context_variable,
    threading.local: libraries.thread_local,
    slice: shapes.parts("start", "stop", "step"),
    property: shapes.parts("fget", "fset", "fdel"),
    staticmethod: shapes.parts("__func__"),
    classmethod: shapes.parts("__func__"),
    functools.cached_property: shapes.parts("func"),
    functools.partial: shapes.parts("func", "args", "keywords", "__dict__"),
    functools.partialmethod: shapes.parts("func", "args", "keywords"),
}


class Walk:
    """One look at all that a function depends on, of at most `LIMIT` parts.

    Attributes:
        objects: `id` -> object, of all that was reached; alive, so that no
            `id` here is given to another object.
    """

    def __init__(self) -> None:
        self.objects: dict[int, Any] = {}
        self._nodes: dict[int, Node] = {}
        self._pending: deque[tuple[Any, Node]] = deque()
        self._left = LIMIT

    def run(self, function: Any) -> Token:
        """Returns the token of a function, or of any other object."""
        is_function = type(function) is FunctionType
        start = functions.Root(function) if is_function else function
        token = self._token(start)
        if is_function and isinstance(token, Node):
            # A function that calls itself leads back to here.
            self._nodes[id(function)] = token
            self.objects[id(function)] = function
        while self._pending:
            self._look_into(*self._pending.popleft())
        return token

    def _token(self, value: Any) -> Token:
        kind = type(value)
        if kind in PLAIN:
            return kind, value
        if kind in ATOMS:
            return ATOMS[kind](value)
        node = self._nodes.get(id(value))
        if node is None:
            node = self._nodes[id(value)] = Node(id(value))
            self.objects[id(value)] = value
            self._pending.append((value, node))
        return node

    def _look_into(self, value: Any, node: Node) -> None:
        shape = self._shape(value)
        node.kind, node.value, node.grows = shape.kind, shape.value, shape.grows
        node.packed = shape.packed
        if shape.owner is not None:
            node.owner = id(shape.owner)
            self.objects[id(shape.owner)] = shape.owner
        token = self._token
        node.edges = {
            label: token(part) for label, part in shape.children.items()
        }

    def _shape(self, value: Any) -> Shape:
        try:
            look = _shape_function(type(value))  # type: ignore[arg-type]
            shape = look(value)
        except Exception:  # whatever a user's or a library's class may raise
            return _unseen(value)
        if len(shape.children) > self._left:
            return _unseen(value, shape.owner)
        self._left -= len(shape.children)
        return shape


def _unseen(value: Any, owner: Any = None) -> Shape:
    """Compares by identity what cannot be looked into."""
    length = len(value) if type(value) in _SIZED else None
    if isinstance(value, _PLACEHOLDERS):
        value = value[0]
    if isinstance(value, ModuleType):
        value = vars(value)
    if owner is None:
        owner = value
    return Shape(UNSEEN, (Same(owner), length), owner=owner)


@functools.lru_cache(maxsize=2048)
def _shape_function(cls: type) -> Callable[[Any], Shape]:
    """Returns how instances of a class are looked into."""
    if cls in _SHAPES:
        return _SHAPES[cls]
    for decide in (_by_base, _by_package, _by_author):
        shape = decide(cls)
        if shape is not None:
            return shape
    return libraries.library_object


def _by_base(cls: type) -> Callable[[Any], Shape] | None:
    if issubclass(cls, type):
        return classes.class_
    if issubclass(cls, ModuleType):
        return namespaces.module
    if issubclass(cls, enum.Enum):
        return shapes.member
    if is_hook_class(cls):
        return shapes.opaque
    if issubclass(cls, functools.partial):
        return _SHAPES[functools.partial]
    return None


def _by_package(cls: type) -> Callable[[Any], Shape] | None:
    """Decides for classes of libraries that are known here, by name."""
    if any(base.__module__ == "numpy" for base in cls.__mro__):
        return _numpy_shape(cls)
    if hasattr(cls, "DESCRIPTOR") and hasattr(cls, "SerializePartialToString"):
        return libraries.message
    is_array = hasattr(cls, "to_numpy") and hasattr(cls, "ndim")
    if is_array and package_of(cls) == "pandas":
        return libraries.pandas_object
    if namespaces.is_flags_class(cls):
        return namespaces.all_flags
    return None


def _numpy_shape(cls: type) -> Callable[[Any], Shape] | None:
    names = {base.__name__ for base in cls.__mro__}
    if "ndarray" in names:
        return libraries.ndarray
    if names & {"generic", "dtype"}:
        return libraries.numpy_scalar
    return None


def _by_author(cls: type) -> Callable[[Any], Shape] | None:
    if is_users_class(cls):
        is_framework = is_framework_class(cls)
        return classes.framework_object if is_framework else shapes.instance
    if is_layer_class(cls):
        return classes.framework_object
    if _is_record(cls) or issubclass(cls, _CONTAINERS + _SCALARS):
        return shapes.record
    return None


def _is_record(cls: type) -> bool:
    if cls in _RECORDS or package_of(cls) in _SETTINGS:
        return True
    # A framework's mutable dataclass may be in the midst of its work.
    parameters = getattr(cls, "__dataclass_params__", None)
    is_frozen = bool(getattr(parameters, "frozen", False))
    return parameters is not None and (is_frozen or not is_framework_class(cls))
