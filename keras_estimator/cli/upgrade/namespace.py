"""Which names there are: asked of the modules themselves."""

import contextlib
import functools
import importlib
import inspect
import re
import types
import warnings
from collections.abc import Iterator
from typing import Any
from typing import NamedTuple

import tensorflow as tf

import keras_estimator
from keras_estimator.cli.upgrade import places
from keras_estimator.compat import v1
from keras_estimator.compat._replacements import replacement

OVERLAY = "keras_estimator.compat.v1"
_MODULES = {
    OVERLAY: v1,
    "keras_estimator": keras_estimator,
    "tensorflow": tf,
}

# Modules in these may be there although nobody has imported them yet.
_OF_FOLDERS = (OVERLAY, "tensorflow")
_MISSING = re.compile(
    r"(module '[^']*' has no attribute '[^']*'|No module named '[^']*')[:.] "
)


class Found(NamedTuple):
    """What a dotted name leads to.

    Attributes:
        symbol: The name up to the function, class or value; what follows
            concerns that.
        problem: What to say if it is not there; else `None`.
    """

    symbol: str
    problem: str | None


@functools.cache
def find(root: str, path: str) -> Found:
    """Looks for a name.

    Args:
        root: `keras_estimator.compat.v1`, `keras_estimator` or `tensorflow`.
        path: What follows it; may be empty.
    """
    found: Any = _MODULES[root]
    parts = path.split(".") if path else []
    with _silent():
        for count, part in enumerate(parts, 1):
            symbol = ".".join(parts[:count])
            is_class = inspect.isclass(found)
            try:
                found = _attribute(found, part)
            except (AttributeError, ImportError) as error:
                return Found(symbol, _reason(error))
            if is_class or not (
                isinstance(found, types.ModuleType) or inspect.isclass(found)
            ):
                return Found(symbol, None)
    return Found(path, None)


def exists(root: str, path: str) -> bool:
    """Whether there is such a name."""
    return find(root, path).problem is None


@functools.cache
def importable(path: str) -> str | None:
    """Returns what to import for a module of the overlay.

    Args:
        path: Where it is below `tf`; `""` for all of it.

    Returns:
        The full name of a module; `None` if it is none.
    """
    if not path:
        return OVERLAY
    with _silent():
        try:
            shown = functools.reduce(_attribute, path.split("."), v1)
        except (AttributeError, ImportError):
            return None
        if not isinstance(shown, types.ModuleType):
            return None
        name = f"{OVERLAY}.{path}"
        if _is_same(name, shown):
            return name
        # Keras 2, which is a package of its own.
        return shown.__name__ if _is_same(shown.__name__, shown) else None


@functools.cache
def is_private_there(private: str, attributes: frozenset[str]) -> bool:
    """Whether the TensorFlow of today has a private module with these names."""
    try:
        module = importlib.import_module(f"tensorflow.{private}")
    except ImportError:
        return False
    return all(hasattr(module, name) for name in attributes)


@functools.cache
def public_place(private: str, attributes: frozenset[str]) -> str | None:
    """Returns the module of the overlay that has these names of a private one.

    Args:
        private: What follows `tensorflow.`.
        attributes: What is used of it.
    """
    for place in places.places(private):
        if importable(place) and all(
            exists(OVERLAY, f"{place}.{name}".lstrip("."))
            for name in attributes
        ):
            return place
    return None


def public_name(private: str, name: str) -> str | None:
    """Returns where the overlay has a name of a private module, below `tf`."""
    place = public_place(private, frozenset({name}))
    return None if place is None else f"{place}.{name}".lstrip(".")


def instead_of(private: str) -> str:
    """Returns what to use instead of a private name without a public place.

    Args:
        private: What follows `tensorflow.`.
    """
    # The overlay may have a module of that name, with other names in it.
    return (
        find(OVERLAY, private).problem
        or replacement(private)
        or "see docs/compatibility.md."
    )


def _attribute(found: Any, name: str) -> Any:
    try:
        return getattr(found, name)
    except AttributeError:
        if not getattr(found, "__name__", "").startswith(_OF_FOLDERS):
            raise
        # A module that nobody has imported yet.
        try:
            return importlib.import_module(f"{found.__name__}.{name}")
        except ModuleNotFoundError:
            pass
        raise


def _is_same(name: str, shown: types.ModuleType) -> bool:
    """Whether importing a module gives what the overlay shows."""
    try:
        module = importlib.import_module(name)
    except ImportError:
        return False
    return module is shown or all(
        getattr(module, part, None) is getattr(shown, part)
        for part in dir(shown)
        if not part.startswith("_")
    )


def _reason(error: Exception) -> str:
    """Returns what an error says to do, without what it says is missing."""
    return _MISSING.sub("", str(error), count=1)


@contextlib.contextmanager
def _silent() -> Iterator[None]:
    """Keeps advice that is meant for programs to itself."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield
