"""The package `tf_keras`, which keeps what TF1's layers were; loaded lazily.

It is Keras 2, and has its own layers, optimizers and metrics beside Keras 3.
"""

import importlib
import warnings
from typing import Any

from keras_estimator.model_to_estimator import model_to_estimator


def tf_keras() -> Any:
    """Returns the package.

    Raises:
        ImportError: If it is not installed.
    """
    try:
        found = importlib.import_module("tf_keras")
    except ImportError as error:
        raise ImportError(
            "`tf.layers`, `tf.nn.rnn_cell` and `tf.keras` of TF1 programs are "
            "kept by the package tf-keras, which is not installed. Run: "
            'pip install "keras-estimator[tf1]"'
        ) from error
    # Its own only says that tensorflow-estimator is not installed.
    found.estimator.model_to_estimator = model_to_estimator
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
    return importlib.import_module(
        f"tf_keras.api._v1.keras.__internal__.legacy.{name}"
    )
