"""`tf.layers`: functional layers and classes, with the names of TF1."""

from typing import Any

from keras_estimator.compat._missing import attribute_error
from keras_estimator.compat.v1._legacy import legacy


def __getattr__(name: str) -> Any:
    if name.startswith("__"):
        raise AttributeError(name)
    try:
        return getattr(legacy("layers"), name)
    except AttributeError:
        raise attribute_error(__name__, name) from None


def __dir__() -> list[str]:
    return dir(legacy("layers"))
