"""What to say of names of TensorFlow 1 that nothing here brings back."""

from collections.abc import Callable
from typing import Any

import tensorflow as tf

from keras_estimator.compat._replacements import REPLACEMENTS

_OURS = "keras_estimator.compat.v1"


def missing(module: str) -> Callable[[str], Any]:
    """Returns a `__getattr__` that says what replaces what is not there.

    Args:
        module: The module's `__name__`.
    """

    def get(name: str) -> Any:
        raise AttributeError(message(module, name))

    return get


def message(module: str, name: str) -> str:
    """Returns what to say when `module` is asked for a `name` it has not."""
    said = f"module {module!r} has no attribute {name!r}"
    path = ".".join([*module.removeprefix(_OURS).split(".")[1:], name])
    instead = REPLACEMENTS.get(path)
    if instead is not None:
        return f"{said}: {instead}"
    return (
        f"{said}: TensorFlow {tf.__version__} does not have `tf.{path}` any "
        "more, and keras_estimator does not bring it back. See "
        "docs/compatibility.md."
    )
