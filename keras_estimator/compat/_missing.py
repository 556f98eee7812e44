"""What to say of names of TensorFlow 1 that nothing here brings back."""

import difflib
import sys
from collections.abc import Callable
from typing import Any

import tensorflow as tf

from keras_estimator.compat._replacements import replacement

OURS = "keras_estimator.compat.v1"


def missing(module: str) -> Callable[[str], Any]:
    """Returns a `__getattr__` that says what replaces what is not there.

    Args:
        module: The module's `__name__`.
    """

    def get(name: str) -> Any:
        if name == "__path__":
            return []  # what is imported from below it is told the same
        raise attribute_error(module, name)

    return get


def attribute_error(module: str, name: str) -> AttributeError:
    """Returns what to raise when `module` is asked for what it has not.

    Args:
        module: The module's `__name__`.
        name: The attribute.
    """
    said = f"module {module!r} has no attribute {name!r}"
    if not name.startswith("__"):  # `inspect` and its like try many of those
        said = f"{said}: {advice(module, name)}"
    return AttributeError(said, name=name, obj=sys.modules.get(module))


def advice(module: str, name: str) -> str:
    """Returns what to do instead of using a name that is not there.

    Args:
        module: The `__name__` of the module that was asked.
        name: The attribute that it has not.
    """
    path = path_of(module, name)
    instead = replacement(path)
    if instead is not None:
        return instead
    near = difflib.get_close_matches(name, _names(module), n=1, cutoff=0.85)
    if near and near != [name]:
        return f"did you mean `tf.{path_of(module, near[0])}`?"
    return (
        f"TensorFlow {tf.__version__} does not have `tf.{path}` any more, and "
        "keras_estimator does not bring it back. See docs/compatibility.md."
    )


def path_of(module: str, name: str) -> str:
    """Returns what a program writes after `tf.` for an attribute.

    Args:
        module: The `__name__` of a module of the overlay.
        name: The attribute.
    """
    return ".".join([*module.removeprefix(OURS).split(".")[1:], name])


def _names(module: str) -> list[str]:
    found = sys.modules.get(module)
    return [] if found is None else dir(found)
