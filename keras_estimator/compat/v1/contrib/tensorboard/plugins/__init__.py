"""`tf.contrib.tensorboard.plugins`."""

import importlib
from typing import Any

from keras_estimator.compat._missing import missing

_missing = missing(__name__)


def __getattr__(name: str) -> Any:
    if name == "projector":  # imported late: it needs tensorboard
        return importlib.import_module(f"{__name__}.projector")
    return _missing(name)


__all__ = ["projector"]
