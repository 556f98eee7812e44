"""The package `tf_keras`, which keeps what TF1's layers were; loaded lazily.

It is Keras 2, and has its own layers, optimizers and metrics beside Keras 3.
"""

import functools
import importlib
import warnings
from typing import Any

from keras_estimator.compat._missing import OURS
from keras_estimator.compat._missing import missing
from keras_estimator.compat.v1._model_to_estimator import model_to_estimator

# What `tf.keras` was in TF1. The other side of the package, `tf_keras` itself,
# has a GRU with variables of another shape, other optimizers and initializers.
V1_KERAS = "tf_keras.api._v1.keras"
# Modules in there whose `AttributeError` says what replaces a name.
_HAS_LOST_NAMES = ("", ".experimental", ".utils")


@functools.cache
def tf_keras() -> Any:
    """Returns the package, as `tf.keras` of TF1 programs.

    Raises:
        ImportError: If it is not installed.
    """
    try:
        importlib.import_module("tf_keras")
    except ImportError as error:
        raise ImportError(
            "`tf.layers`, `tf.nn.rnn_cell` and `tf.keras` of TF1 programs are "
            "kept by the package tf-keras, which is not installed. Run: "
            'pip install "keras-estimator[tf1]"'
        ) from error
    found = importlib.import_module(V1_KERAS)
    # Its own only says that tensorflow-estimator is not installed.
    found.estimator.model_to_estimator = model_to_estimator
    for name in _HAS_LOST_NAMES:
        module = importlib.import_module(f"{V1_KERAS}{name}")
        module.__getattr__ = missing(f"{OURS}.keras{name}")  # type: ignore[method-assign]
    return found


def legacy(name: str) -> Any:
    """Returns one of the modules that `tf.compat.v1` once had.

    Args:
        name: `layers` or `rnn_cell`.
    """
    tf_keras()
    # Advice to give up what the program has just asked for.
    warnings.filterwarnings(
        "ignore", r"`tf\.(layers|nn\.rnn_cell)\..*is deprecated", UserWarning
    )
    return importlib.import_module(f"{V1_KERAS}.__internal__.legacy.{name}")
