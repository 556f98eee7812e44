"""How a fingerprint looks into what code reads of globals and modules."""

import importlib.util
import os
import sys
from collections import ChainMap
from collections.abc import Mapping
from types import ModuleType
from typing import Any
from typing import NamedTuple

from keras_estimator.engine.dependencies.bytecode import WHOLE
from keras_estimator.engine.dependencies.bytecode import Names
from keras_estimator.engine.dependencies.libraries import ENVIRON
from keras_estimator.engine.dependencies.origin import is_library
from keras_estimator.engine.dependencies.origin import is_library_module
from keras_estimator.engine.dependencies.shapes import Shape
from keras_estimator.engine.dependencies.shapes import opaque
from keras_estimator.engine.dependencies.tokens import ATOMS

_ABSENT = object()
# Builtins through which code reads globals that its bytecode does not name.
_REFLECTION = frozenset({"globals", "eval", "exec"})
# What libraries may load lazily and users' settings are behind, as in
# `tf.app.flags.FLAGS.learning_rate`.
_LEAD_TO_FLAGS = frozenset({"app", "flags", "FLAGS"})
# The kind of a module's node, whether all of it or some names are read.
MODULE = "module"


class Globals(NamedTuple):
    """The globals that a function reads."""

    namespace: dict[str, Any]
    names: Names


class Imports(NamedTuple):
    """The modules that a function's code imports."""

    namespace: dict[str, Any]
    imports: dict[tuple[int, str], Names]


class Module(NamedTuple):
    """What some code reads of a module."""

    module: ModuleType
    names: Names


class Flags(NamedTuple):
    """The flags that some code reads of absl's `FLAGS`."""

    flags: Any
    names: Names


def global_names(value: Globals) -> Shape:
    """Looks into the globals that are read."""
    namespace, names = value
    if _REFLECTION.isdisjoint(names):
        children = _members(namespace, names)
    else:
        children = _public(namespace)
    return Shape("globals", None, children, owner=namespace)


def imports(value: Imports) -> Shape:
    """Looks into the modules that a function's code imports.

    One that is not loaded yet has no part: the code that loads it did not run.
    """
    children = {}
    for (level, name), names in value.imports.items():
        full_name = _absolute(value.namespace, level, name)
        loaded = sys.modules.get(full_name)
        if loaded is not None:
            children[f".{full_name}"] = reading(loaded, names, False)
    return Shape("imports", None, children, owner=value.namespace)


def module_names(value: Module) -> Shape:
    """Looks into what is read of a module."""
    target, names = value
    namespace = vars(target)
    in_library = is_library_module(target)
    lazy = [n for n in names if n in _LEAD_TO_FLAGS and n not in namespace]
    found = {name: getattr(target, name, _ABSENT) for name in lazy}
    members = ChainMap(namespace, found) if found else namespace
    children = _members(members, names, in_library)
    if "__getattr__" in namespace and not in_library:
        # What the module does not hold, this function may make up.
        children[".__getattr__"] = namespace["__getattr__"]
    return Shape(MODULE, None, children, owner=namespace)


def module(value: ModuleType) -> Shape:
    """Looks into all of a user's module, as code used it as a whole."""
    if is_library_module(value):
        return opaque(value)
    namespace = vars(value)
    return Shape(MODULE, None, _public(namespace), owner=namespace)


def flags(value: Flags) -> Shape:
    """Looks into the values of absl flags."""
    held = _unwrapped(value.flags)
    names = [name for name in value.names if name in held]
    if len(names) < len(value.names):
        # Passed on, or asked by a method such as `flag_values_dict()`.
        names = list(held)
    # Not `held.name`: that raises before the command line is parsed.
    children = {f".{name}": held[name].value for name in names}
    return Shape("flags", None, children, owner=held)


def all_flags(value: Any) -> Shape:
    """Looks into all absl flags."""
    return flags(Flags(value, {WHOLE: {}}))


def is_flags_class(cls: type) -> bool:
    """Returns whether a class is that of absl's, or TensorFlow's, `FLAGS`."""
    return cls.__name__ in ("FlagValues", "_FlagValuesWrapper") and is_library(
        cls.__module__
    )


def reading(value: Any, names: Names, in_library: bool) -> Any:
    """Returns what to look into of a value of which `names` are read.

    Args:
        value: The value.
        names: Attributes of it that are read.
        in_library: Whether a library's module holds it. Then only its plain
            values count, and what is in there for users to set.

    Returns:
        A value, or `_ABSENT`.
    """
    if isinstance(value, ModuleType):
        whole = WHOLE in names and not is_library_module(value)
        return value if whole else Module(value, names)
    if is_flags_class(type(value)):
        return Flags(value, names)
    if not in_library or type(value) in ATOMS:
        return value
    if isinstance(value, ENVIRON) or value is os.getenv:
        return value
    return _ABSENT


def _members(
    namespace: Mapping[str, Any], names: Names, in_library: bool = False
) -> dict[str, Any]:
    """Returns label -> value of what is read of a namespace."""
    children = {}
    for name, deeper in names.items():
        value = namespace.get(name, _ABSENT)
        if value is _ABSENT:
            continue  # a builtin, or not there yet
        child = reading(value, deeper, in_library)
        if child is not _ABSENT:
            children[f".{name}"] = child
    return children


def _public(namespace: Mapping[str, Any]) -> dict[str, Any]:
    return {
        f".{name}": value
        for name, value in list(namespace.items())
        if not (name.startswith("__") and name.endswith("__"))
    }


def _absolute(namespace: dict[str, Any], level: int, name: str) -> str:
    """Returns the full name of a module that is imported relatively."""
    if not level:
        return name
    package = namespace.get("__package__")
    if package is None:
        package = namespace.get("__name__", "")
        if "__path__" not in namespace:
            package = package.rpartition(".")[0]
    try:
        return importlib.util.resolve_name("." * level + name, package)
    except ImportError:
        return name  # the code will not find it either


def _unwrapped(value: Any) -> Any:
    # TensorFlow's wrapper parses the command line when asked for a flag.
    return vars(value).get("__wrapped", value)
