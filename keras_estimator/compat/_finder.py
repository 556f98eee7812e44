"""Dotted imports of modules of the overlay that have no file.

`import keras_estimator.compat.v1.losses` makes a module that shows
TensorFlow's. `keras_estimator.compat.v1.keras` and what is below it are modules
of `tf_keras` themselves, so that there is one class of each layer; private ones
of `contrib` are the public ones that had their names. What is gone says what
replaces it.
"""

import importlib
import importlib.abc
import importlib.machinery
import importlib.util
import re
import sys
import types
from collections.abc import Callable
from typing import Any

from keras_estimator.compat._missing import OURS
from keras_estimator.compat._missing import advice
from keras_estimator.compat._missing import missing
from keras_estimator.compat._overlay import counterpart
from keras_estimator.compat._overlay import overlay
from keras_estimator.compat._replacements import REPLACEMENTS
from keras_estimator.compat._replacements import has_names_below
from keras_estimator.compat.v1._legacy import V1_KERAS
from keras_estimator.compat.v1._legacy import tf_keras

# What a program may call a module -> the module that it is.
_ALIASES = {
    f"{OURS}.keras": V1_KERAS,
    f"{OURS}.contrib.keras": V1_KERAS,
    f"{OURS}.contrib.lookup.lookup_ops": f"{OURS}.contrib.lookup",
    f"{OURS}.compat.v1": OURS,
}
# `contrib.learn.python.learn`: where a part of contrib had its files.
_PRIVATE_CONTRIB = re.compile(
    rf"(?P<public>{re.escape(OURS)}\.contrib\.\w+)\.python\b(?P<below>.*)"
)
# Folders there, besides `python` and those right in it.
_FOLDERS = (
    "data",
    "datasets",
    "estimators",
    "learn_io",
    "nets",
    "ops",
    "preprocessing",
    "utils",
)


class _Aliases(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Finds modules that are others by a second name."""

    def find_spec(
        self, fullname: str, path: Any, target: Any = None
    ) -> importlib.machinery.ModuleSpec | None:
        """Finds what is behind an alias."""
        if not fullname.startswith(OURS):
            return None
        real = _real_name(fullname)
        if real is None:
            return None
        if real.startswith(V1_KERAS):
            tf_keras()  # its error says what to install
        if importlib.util.find_spec(real) is None:
            return None
        return importlib.machinery.ModuleSpec(
            fullname, self, is_package=_is_folder(fullname, real)
        )

    def exec_module(self, module: types.ModuleType) -> None:
        """Puts the module behind the alias in the place of a new one."""
        real = _real_name(module.__name__) or module.__name__
        public = importlib.import_module(real)
        if hasattr(module, "__path__"):
            # Modules in a folder are looked for below the private name.
            module.__getattr__ = _shown(public)  # type: ignore[method-assign]
            module.__dir__ = lambda: dir(public)  # type: ignore[method-assign]
        else:
            # The import goes on with the one that stands here afterwards.
            sys.modules[module.__name__] = public


class _Overlays(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Makes the modules that show TensorFlow's; the last one to be asked."""

    def find_spec(
        self, fullname: str, path: Any, target: Any = None
    ) -> importlib.machinery.ModuleSpec | None:
        """Finds what is a module in TensorFlow; says what replaces others."""
        if not fullname.startswith(f"{OURS}."):
            return None
        parent, _, name = fullname.rpartition(".")
        if name.startswith("__"):  # `__main__`, which `python -m` looks for
            return None
        if _is_private(fullname) or isinstance(
            _counterpart(fullname), types.ModuleType
        ):
            return importlib.machinery.ModuleSpec(
                fullname, self, is_package=True
            )
        package = sys.modules.get(parent)
        if path is not None and list(path) != getattr(package, "__path__", []):
            return None  # pytest looks in folders that are not the parent's
        # Not of this name: `from module import name` would pass over it.
        raise ModuleNotFoundError(
            f"No module named {fullname!r}: {advice(parent, name)}"
        )

    def exec_module(self, module: types.ModuleType) -> None:
        """Lets the module show its counterpart."""
        if _is_private(module.__name__):
            module.__getattr__ = missing(module.__name__)  # type: ignore[method-assign]
            return
        module.__doc__ = f"`tensorflow.compat.v1{module.__name__[len(OURS) :]}`"
        get, names = overlay(module.__name__)
        module.__getattr__ = get  # type: ignore[method-assign]
        module.__dir__ = names  # type: ignore[method-assign]


def _real_name(fullname: str) -> str | None:
    """Returns the name of the module behind an alias."""
    for alias, real in _ALIASES.items():
        if f"{fullname}.".startswith(f"{alias}."):
            return real + fullname[len(alias) :]
    part = _PRIVATE_CONTRIB.fullmatch(fullname)
    return part and _public_name(part["public"], part["below"].split(".")[1:])


def _is_folder(fullname: str, real: str) -> bool:
    """Whether a private module had others in it, and none has its name."""
    part = _PRIVATE_CONTRIB.fullmatch(fullname)
    if part is None or real != part["public"]:
        return False
    below = part["below"].split(".")[1:]
    return len(below) <= 1 or below[-1] in _FOLDERS


def _shown(public: types.ModuleType) -> Callable[[str], Any]:
    """Returns a `__getattr__` with the names of another module."""

    def get(name: str) -> Any:
        if name.startswith("__") and name != "__all__":
            raise AttributeError(name)
        return getattr(public, name)

    return get


def _public_name(public: str, below: list[str]) -> str | None:
    """Returns the public module that has the names of a private one.

    `from tensorflow.contrib.learn.python.learn import learn_runner` and the
    like were more common than the public way. A module that has no public one
    of its name had its names in the whole part: `contrib.layers` has those of
    `contrib.layers.python.layers.regularizers`.

    Args:
        public: Name of a part of `contrib`.
        below: What follows `python` in the private name.

    Returns:
        Its name; `None` if the last of `below` can be no module, or is one
        that something else replaces.
    """
    if below and not _may_be_module(public, below[-1]):
        return None
    try:
        module = importlib.import_module(public)
    except ModuleNotFoundError:
        return None  # it is told what replaces it
    for name in below:
        inner = getattr(module, name, None)
        if name in module.__all__ and isinstance(inner, types.ModuleType):
            module = inner
    return module.__name__


def _may_be_module(public: str, name: str) -> bool:
    path = f"{public.removeprefix(OURS)[1:]}.{name}"
    # Classes are not: to take these for modules would hide a mistake.
    return (
        name == name.lower()
        and not name.startswith("__")
        and path not in REPLACEMENTS
    )


def _is_private(fullname: str) -> bool:
    """Returns whether something is to be said of names in `tf.python...`."""
    path = fullname.removeprefix(f"{OURS}.")
    return path.split(".")[0] == "python" and has_names_below(path)


def _counterpart(fullname: str) -> Any:
    if fullname.startswith(f"{OURS}.keras."):
        return None  # TensorFlow's is Keras 3: its `wrappers` are others
    try:
        return counterpart(fullname)
    except AttributeError:
        return None


def install() -> None:
    """Lets dotted imports find the modules that have no file."""
    if any(isinstance(finder, _Overlays) for finder in sys.meta_path):
        return
    # Before the files: those of tf_keras would be loaded a second time.
    sys.meta_path.insert(0, _Aliases())
    sys.meta_path.append(_Overlays())
