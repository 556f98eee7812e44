"""How a fingerprint looks into classes, and into objects of the frameworks."""

import collections
import enum
from collections.abc import Mapping
from types import CodeType
from types import FunctionType
from types import GetSetDescriptorType
from types import MemberDescriptorType
from typing import Any
from typing import NamedTuple

from keras_estimator.engine import _keras
from keras_estimator.engine.dependencies.bytecode import RUN_TIME_METHODS
from keras_estimator.engine.dependencies.bytecode import names_in
from keras_estimator.engine.dependencies.functions import RunTimeMethod
from keras_estimator.engine.dependencies.libraries import is_setting
from keras_estimator.engine.dependencies.origin import is_hook_class
from keras_estimator.engine.dependencies.origin import is_layer_class
from keras_estimator.engine.dependencies.origin import is_users_class
from keras_estimator.engine.dependencies.shapes import Shape
from keras_estimator.engine.dependencies.shapes import attributes_of
from keras_estimator.engine.dependencies.shapes import opaque
from keras_estimator.engine.dependencies.tokens import Same

_TUPLE_FIELD = type(vars(collections.namedtuple("_", "field"))["field"])
# What the interpreter makes for a class; new for each class, and no content.
_MACHINERY = (GetSetDescriptorType, MemberDescriptorType, _TUPLE_FIELD)
_METHODS = (FunctionType, staticmethod, classmethod, property)


class Sublayers(NamedTuple):
    """The layers that a Keras layer consists of."""

    layer: Any


def class_(value: type) -> Shape:
    """Looks into a class, unless it is a library's."""
    if not is_users_class(value):
        return opaque(value)
    children: dict[str, Any] = {".__bases__": value.__bases__}
    if type(value) is not type:
        children[".__metaclass__"] = type(value)
    if isinstance(value, enum.EnumMeta):
        members: Mapping[str, Any] = value.__members__
        for name, item in members.items():
            children[f".{name}"] = item.value
    is_hook = is_hook_class(value)
    for name, item in list(vars(value).items()):
        if not _counts(value, name, item):
            continue
        is_run_time = is_hook and name in RUN_TIME_METHODS
        if is_run_time and isinstance(item, FunctionType):
            item = RunTimeMethod(item)
        children[f".{name}"] = item
    return Shape("class", value.__name__, children)


def framework_object(value: Any) -> Shape:
    """Looks into a layer, or what a user derived from a framework's class.

    By identity, for using such an object changes it all the time; and by what
    a user sets on it: its public attributes, those that the user's own methods
    name, and whether a layer is trainable.
    """
    cls = type(value)
    named = _names_in_methods(cls)
    children = {
        label: item
        for label, item in attributes_of(value).items()
        if is_setting(label[1:]) or label[1:] in named
    }
    if is_users_class(cls):
        children[".__class__"] = cls
    if is_layer_class(cls):
        children[".trainable"] = value.trainable
        children[".<layers>"] = Sublayers(value)
    return Shape("framework object", Same(value), children)


def sublayers(value: Sublayers) -> Shape:
    """Looks into the layers of a layer, which may be made as it is used."""
    held = _keras.sublayers(value.layer, recursive=False)
    count = collections.Counter(layer.name for layer in held)
    # Not by position: an input layer is put before the others.
    children = {
        f"[{layer.name!r}]"
        if count[layer.name] == 1
        else f"[{layer.name!r} at {id(layer):#x}]": layer
        for layer in held
    }
    return Shape("layers", None, children, owner=value.layer, grows=True)


def _counts(cls: type, name: str, item: Any) -> bool:
    """Returns whether an entry of a class' `__dict__` is looked into."""
    if isinstance(item, _MACHINERY) or name == "_abc_impl":
        return False
    if name.startswith("__") and name.endswith("__"):
        return isinstance(item, _METHODS)
    if issubclass(cls, enum.Enum):
        return isinstance(item, _METHODS)
    return True


def _names_in_methods(cls: type) -> frozenset[str]:
    """Returns what the methods that users wrote for a class mention."""
    names: set[str] = set()
    for base in filter(is_users_class, cls.__mro__):
        for item in vars(base).values():
            item = getattr(item, "__func__", getattr(item, "fget", item))
            code = getattr(item, "__code__", None)
            if isinstance(code, CodeType):
                names |= names_in(code)
    return frozenset(names)
