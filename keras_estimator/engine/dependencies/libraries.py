"""How a fingerprint looks into objects of Python's and other libraries."""

import os
import sys
from contextvars import ContextVar
from typing import Any

from keras_estimator.engine.dependencies.origin import dict_of
from keras_estimator.engine.dependencies.origin import package_of
from keras_estimator.engine.dependencies.shapes import Shape
from keras_estimator.engine.dependencies.shapes import attributes_of
from keras_estimator.engine.dependencies.shapes import opaque
from keras_estimator.engine.dependencies.tokens import ATOMS
from keras_estimator.engine.dependencies.tokens import Same
from keras_estimator.engine.dependencies.tokens import array_value
from keras_estimator.engine.dependencies.tokens import pack

ENVIRON = type(os.environ)
# Their objects change as they are used, and hold nobody's settings.
_OPAQUE_PACKAGES = sys.stdlib_module_names | {"keras_estimator"}
# What using a Keras object changes, whichever program uses it.
_USAGE = frozenset(
    {"built", "history", "stop_training"}
    | {"train_function", "test_function", "predict_function"}
)


def library_object(value: Any) -> Shape:
    """Looks at what a user may set on, or get from, a library's object.

    By identity, by public attributes with plain values (`scaler.mean_`,
    `config.hidden_size`), and by a function that it wraps, as
    `functools.lru_cache` and `tf.function` do.
    """
    held = dict_of(value)
    children = {}
    if "__wrapped__" in held:
        children[".__wrapped__"] = held["__wrapped__"]
    if package_of(type(value)) not in _OPAQUE_PACKAGES:
        for name, item in list(held.items()):
            if is_setting(name) and _is_plain(item):
                children[f".{name}"] = item
    return Shape("object", Same(value), children)


def is_setting(name: str) -> bool:
    """Returns whether an attribute of this name is one that users set."""
    return name not in _USAGE and not name.startswith("_")


def octets(value: Any) -> Shape:
    """Compares a bytearray."""
    return Shape(type(value), bytes(value))


def numbers(value: Any) -> Shape:
    """Compares an `array.array`."""
    return Shape(type(value), (value.typecode, value.tobytes()))


def ndarray(value: Any) -> Shape:
    """Compares a NumPy array by a checksum of its content."""
    cls = type(value)
    if cls.__name__ == "memmap":
        # A file, and often one larger than the memory.
        return opaque(value)
    children = attributes_of(value)
    if value.dtype.hasobject:
        children["[:]"] = value.ravel().tolist()
        return Shape(cls, (str(value.dtype), value.shape), children)
    return Shape(cls, array_value(value), children)


def numpy_scalar(value: Any) -> Shape:
    """Compares a NumPy scalar by its bytes; a dtype by its text."""
    if hasattr(value, "tobytes"):
        return Shape(type(value), (value.dtype.str, value.tobytes()))
    return Shape("dtype", repr(value))


def pandas_object(value: Any) -> Shape:
    """Looks into the index and the columns of a pandas object."""
    if value.ndim == 2:
        children = {
            f".iloc[:, {column}]": value.iloc[:, column].to_numpy()
            for column in range(value.shape[1])
        }
        return Shape(
            type(value),
            None,
            {".index": value.index, ".columns": value.columns, **children},
        )
    children = {".values": value.to_numpy()}
    if hasattr(value, "index"):
        children[".index"] = value.index
    return Shape(type(value), None, children)


def message(value: Any) -> Shape:
    """Compares a protocol buffer by its content."""
    content = value.SerializePartialToString(deterministic=True)
    return Shape(type(value), content)


def environment(value: Any) -> Shape:
    """Looks into `os.environ`."""
    content = dict(value)
    return Shape("environ", None, packed=pack(content.values(), content))


def context_variable(value: ContextVar[Any]) -> Shape:
    """Looks into a context variable."""
    return Shape("context variable", Same(value), {"": value.get(None)})


def thread_local(value: Any) -> Shape:
    """Looks into what a `threading.local` holds for this thread."""
    children = {f".{name}": item for name, item in value.__dict__.items()}
    return Shape("thread local", Same(value), children)


def _is_plain(value: Any) -> bool:
    kind = type(value)
    if kind is dict:
        value = value.values()
    elif kind not in (list, tuple, set, frozenset):
        return kind in ATOMS or kind.__name__ == "ndarray"
    return set(map(type, value)) <= ATOMS.keys()
