"""Whose code a class or function is: a user's, or an installed library's.

What users write may change between two calls and is looked into. What they
installed does not, and is taken as it is.
"""

import functools
import os
import pathlib
import sys
import sysconfig
from types import MemberDescriptorType
from types import ModuleType
from typing import Any

# Names that decide before any file is looked at: a checkout or an editable
# install of these is a library all the same.
FRAMEWORKS = frozenset(
    {"keras", "keras_estimator", "tensorflow", "tensorflow_estimator"}
    | {"tf_keras"}
)
_HOOKS = {
    "Callback",
    "CheckpointSaverListener",
    "SessionRunHook",
    "_HookTimer",
}
# Modules of bases that keep nothing where neither `__dict__`, `__slots__` nor
# the content of a builtin container would show it.
_TRANSPARENT = frozenset(
    {"abc", "argparse", "builtins", "collections", "collections.abc"}
    | {"contextlib", "dataclasses", "enum", "types", "typing"}
)
_INSTALLED = frozenset({"site-packages", "dist-packages"})
_STDLIB = tuple(
    os.path.realpath(sysconfig.get_path(name)) + os.sep
    for name in ("stdlib", "platstdlib")
)


def is_library(module: str | None) -> bool:
    """Returns whether the module of this name is installed, not written.

    Args:
        module: A `__name__` or `__module__`. Unknown names, as exec'd code
            has them, and `__main__` are a user's.

    Returns:
        `True` for the frameworks, the standard library, and every module
        under site-packages or dist-packages.
    """
    # The file of `__main__` is the one that runs the user's: a test runner's,
    # a notebook's kernel.
    if not isinstance(module, str) or module == "__main__":
        return False
    if module.partition(".")[0] in FRAMEWORKS:
        return True
    loaded = sys.modules.get(module)
    if loaded is None:
        return False
    names = dict_of(loaded)
    origin = getattr(names.get("__spec__"), "origin", None)
    if origin in ("built-in", "frozen"):
        return True
    file = names.get("__file__") or next(iter(names.get("__path__", ())), None)
    if isinstance(file, str):
        return _is_installed(file)
    return module in sys.builtin_module_names


def is_library_module(module: ModuleType) -> bool:
    """Returns whether a module is installed, not written."""
    # Not `module.__name__`: it may be a loader that has not loaded its module
    # yet, as TensorFlow's `tf.keras` is.
    name = vars(module).get("__name__")
    return is_library(name) if isinstance(name, str) else True


def is_users_class(cls: type) -> bool:
    """Returns whether a user wrote `cls`."""
    return not is_library(getattr(cls, "__module__", None))


def is_framework_class(cls: type) -> bool:
    """Returns whether `cls` is, or derives from, a class of a framework."""
    return any(package_of(base) in FRAMEWORKS for base in cls.__mro__)


def is_hook_class(cls: type) -> bool:
    """Returns whether instances of `cls` change as a program runs.

    Hooks and Keras callbacks do, and what hooks consist of.
    """
    return derives_from(cls, _HOOKS)


def is_layer_class(cls: type) -> bool:
    """Returns whether `cls` is a Keras layer or model, of any Keras."""
    return derives_from(cls, {"Layer"}) and is_framework_class(cls)


def derives_from(cls: type, names: set[str]) -> bool:
    """Returns whether `cls` has a framework's base class of these names.

    By name, so that nothing is imported to find it out.

    Args:
        cls: Any class.
        names: Names of classes, without their modules.

    Returns:
        `True` when a class in the method resolution order matches.
    """
    return any(
        base.__name__ in names and package_of(base) in FRAMEWORKS
        for base in cls.__mro__
    )


def package_of(cls: type) -> str:
    """Returns the top-level package that defines `cls`, or an empty text."""
    module = getattr(cls, "__module__", None)
    return module.partition(".")[0] if isinstance(module, str) else ""


@functools.lru_cache(maxsize=1024)
def hides_state(cls: type, known: frozenset[str] = frozenset()) -> bool:
    """Returns whether instances may hold what Python code cannot look at.

    As those of a class do that derives from a library's, such as
    `threading.Thread`.

    Args:
        cls: Any class.
        known: Packages whose classes hide nothing.

    Returns:
        `False` if all base classes are a user's, of a known package, or known
        to keep everything in `__dict__`, `__slots__` or as a container.
    """
    return any(
        base.__module__ not in _TRANSPARENT
        and package_of(base) not in known
        and is_library(base.__module__)
        for base in cls.__mro__
    )


def dict_of(value: Any) -> dict[str, Any]:
    """Returns the `__dict__` of an instance, an empty one if it has none."""
    # Not `getattr`: a class may answer to any name, or raise.
    if type(value).__dictoffset__ == 0:
        return {}
    held = object.__getattribute__(value, "__dict__")
    return held if isinstance(held, dict) else {}


@functools.lru_cache(maxsize=1024)
def slots_of(cls: type) -> tuple[tuple[str, Any], ...]:
    """Returns name and descriptor of every `__slots__` entry of a class."""
    return tuple(
        (name, member)
        for base in cls.__mro__
        if "__slots__" in vars(base)
        for name, member in vars(base).items()
        if type(member) is MemberDescriptorType
    )


@functools.lru_cache(maxsize=4096)
def _is_installed(file: str) -> bool:
    # Not resolved: a link out of site-packages is an editable install.
    if not _INSTALLED.isdisjoint(pathlib.PurePath(file).parts):
        return True
    return os.path.realpath(file).startswith(_STDLIB)
