"""`tf.compat`: `tf.compat.v1` is the overlay, `tf.compat.v2` TensorFlow's.

Programs that ran under TensorFlow 2 write `tf.compat.v1.estimator`.
"""

import importlib
from typing import Any

from keras_estimator.compat import _overlay

_get, __dir__ = _overlay.overlay(__name__)


def __getattr__(name: str) -> Any:
    if name == "v1":
        return importlib.import_module("keras_estimator.compat.v1")
    return _get(name)
