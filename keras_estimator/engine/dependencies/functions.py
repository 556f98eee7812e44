"""How a fingerprint looks into functions, methods and closures."""

import os
from types import CellType
from types import FunctionType
from types import MethodType
from types import ModuleType
from typing import Any
from typing import NamedTuple

from keras_estimator.engine.dependencies.bytecode import WHOLE
from keras_estimator.engine.dependencies.bytecode import Names
from keras_estimator.engine.dependencies.bytecode import code_reads
from keras_estimator.engine.dependencies.namespaces import Globals
from keras_estimator.engine.dependencies.namespaces import Imports
from keras_estimator.engine.dependencies.namespaces import reading
from keras_estimator.engine.dependencies.origin import FRAMEWORKS
from keras_estimator.engine.dependencies.origin import is_library
from keras_estimator.engine.dependencies.origin import is_users_class
from keras_estimator.engine.dependencies.shapes import Shape
from keras_estimator.engine.dependencies.shapes import opaque
from keras_estimator.engine.dependencies.tokens import Same

_NESTED = 0x10  # inspect.CO_NESTED: made by a function


class Cell(NamedTuple):
    """A cell of a closure, and what the code reads of its content."""

    cell: CellType
    names: Names


class RunTimeMethod(NamedTuple):
    """A hook's method that runs with the program, not when it is built."""

    function: FunctionType


class Root(NamedTuple):
    """A function to be looked into, whoever wrote it."""

    function: FunctionType


def root(value: Root) -> Shape:
    """Looks into the function that a fingerprint is asked for."""
    (target,) = value
    return _users_function(target)


def function(value: FunctionType) -> Shape:
    """Looks into a function, unless it is a library's."""
    if not is_library(value.__globals__.get("__name__")):
        return _users_function(value)
    if value is os.getenv:
        return Shape("object", Same(value), {".environ": os.environ})
    if _is_made_for_user(value):
        return Shape("function", None, _own_parts(value))
    return opaque(value)


def run_time_method(value: RunTimeMethod) -> Shape:
    """Compares code and defaults, but nothing that the code reads."""
    target = value.function
    children = {".code": target.__code__, ".defaults": target.__defaults__}
    return Shape("function", None, children, owner=target)


def builtin(value: Any) -> Shape:
    """Compares a builtin, or a bound one (`calls.append`) by its object."""
    target = value.__self__
    if target is None or isinstance(target, ModuleType):
        return opaque(value)
    return Shape("builtin", value.__name__, {".self": target})


def method(value: MethodType) -> Shape:
    """Looks into a bound method: its object, and its function."""
    children = {".self": value.__self__, "": value.__func__}
    return Shape("method", None, children)


def cell(value: Cell) -> Shape:
    """Looks into a closure's cell; an empty one is a value of its own."""
    target, names = value
    try:
        content = target.cell_contents
    except ValueError:
        return Shape("cell", None, owner=target)
    child = reading(content, names, in_library=False)
    return Shape("cell", None, {"": child}, owner=target)


def bare_cell(value: CellType) -> Shape:
    """Looks into a cell that is held like any other object."""
    return cell(Cell(value, {WHOLE: {}}))


def _users_function(value: FunctionType) -> Shape:
    reads = code_reads(value.__code__)
    children = _own_parts(value, reads.closure)
    if reads.globals:
        children[".globals"] = Globals(value.__globals__, reads.globals)
    if reads.imports:
        children[".imports"] = Imports(value.__globals__, reads.imports)
    return Shape("function", None, children, owner=value)


def _own_parts(
    value: FunctionType, names: Names | None = None
) -> dict[str, Any]:
    """Returns what a function holds itself: all but globals.

    Args:
        value: The function.
        names: What its code reads of the closure; `None` for all of it.

    Returns:
        Label -> value of a part.
    """
    children: dict[str, Any] = {".code": value.__code__}
    if value.__defaults__:
        children[".defaults"] = value.__defaults__
    if value.__kwdefaults__:
        children[".kwdefaults"] = value.__kwdefaults__
    closure = value.__closure__ or ()
    for name, held in zip(value.__code__.co_freevars, closure, strict=True):
        if names is None or name in names:
            read = {WHOLE: {}} if names is None else names[name]
            children[f".closure.{name}"] = Cell(held, read)
    if value.__dict__:
        children[".__dict__"] = value.__dict__
    return children


def _is_made_for_user(value: FunctionType) -> bool:
    """Returns whether a library's function wraps, or was made by a call.

    Such as what a decorator or a factory of a library returns. A framework's
    own functions are decorated too; what these wrappers hold is its business.
    """
    if "__wrapped__" in value.__dict__ and not is_library(value.__module__):
        return True
    if any(map(_is_users, value.__closure__ or ())):
        return True
    package = str(value.__globals__.get("__name__")).partition(".")[0]
    is_nested = value.__code__.co_flags & _NESTED
    return bool(is_nested) and package not in FRAMEWORKS


def _is_users(held: CellType) -> bool:
    try:
        content = held.cell_contents
    except ValueError:
        return False
    if isinstance(content, MethodType):
        content = content.__func__
    if isinstance(content, FunctionType):
        return not is_library(content.__globals__.get("__name__"))
    return isinstance(content, type) and is_users_class(content)
