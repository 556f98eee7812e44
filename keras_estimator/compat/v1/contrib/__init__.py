"""`tf.contrib`: what programs used most of it."""

from typing import Any

from keras_estimator.compat.v1.contrib import learn
from keras_estimator.compat.v1.contrib import predictor


def __getattr__(name: str) -> Any:
    raise AttributeError(
        f"module {__name__!r} has no attribute {name!r}: TensorFlow 2 does not "
        "have `tf.contrib`, and keras_estimator brings back a part of it. What "
        "to use instead is in docs/compatibility.md."
    )


__all__ = ["learn", "predictor"]
