"""`tf.layers`: functional layers and classes, with the names of TF1."""

from typing import Any

from keras_estimator.compat.v1._legacy import legacy


def __getattr__(name: str) -> Any:
    if name.startswith("__"):
        raise AttributeError(name)
    return getattr(legacy("layers"), name)


def __dir__() -> list[str]:
    return dir(legacy("layers"))
