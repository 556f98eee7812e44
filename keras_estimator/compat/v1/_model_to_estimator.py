"""`tf.keras.estimator.model_to_estimator`, where files are those of Keras 2."""

import importlib
import os
from collections.abc import Callable
from collections.abc import Mapping
from typing import Any

import tensorflow as tf

from keras_estimator import model_to_estimator as _of_any_keras
from keras_estimator._types import Path
from keras_estimator.errors import ConfigError
from keras_estimator.errors import KerasModelPathError
from keras_estimator.estimator import Estimator
from keras_estimator.export.outputs import ExportOutput
from keras_estimator.run_config import RunConfig


def model_to_estimator(
    keras_model: Any = None,
    keras_model_path: Path | None = None,
    custom_objects: dict[str, Any] | None = None,
    model_dir: Path | None = None,
    config: RunConfig | None = None,
    checkpoint_format: str | None = "saver",
    metric_names_map: Mapping[str, str] | None = None,
    export_outputs: Mapping[str, Callable[[Any], ExportOutput]] | None = None,
) -> Estimator:
    """Returns an Estimator that trains and evaluates a copy of a Keras model.

    As `keras_estimator.model_to_estimator`; only `keras_model_path` is read by
    `tf.keras`.

    Args:
        keras_model: A compiled model of `tf.keras`, or of Keras 3.
        keras_model_path: Path of a file `.h5` or `.keras`, or of a SavedModel,
            that `model.save` of `tf.keras` wrote, instead.
        custom_objects: Name -> class or function, for what Keras cannot find
            by itself.
        model_dir: Where checkpoints and events go. Defaults to that of
            `config`, and if it has none to a new temporary directory.
        config: How to run. Defaults to `RunConfig()`.
        checkpoint_format: `"saver"`, checkpoints by name.
        metric_names_map: Name of each metric of the model -> name in the
            results of `evaluate`. Defaults to the names of the model.
        export_outputs: Name of an output of the model -> class of
            `ExportOutput`, for signatures besides the one of all outputs.

    Returns:
        An `Estimator`.

    Raises:
        ConfigError: If model and path are both given, or neither.
        KerasModelError: If the model is not compiled, or cannot be copied.
        KerasModelPathError: If there is no model at the path.
        UnsupportedError: If a model of Keras 3 has training steps of its own.

    Example:
    ```python
    model = tf.keras.Sequential([tf.keras.layers.Dense(1, input_shape=[4])])
    model.compile("sgd", "mse")
    estimator = tf.keras.estimator.model_to_estimator(model)
    estimator.train(input_fn, max_steps=1000)
    ```
    """
    if keras_model_path and keras_model is not None:
        raise ConfigError(
            "Please specify either `keras_model` or `keras_model_path`, but "
            f"not both. Received: keras_model={keras_model!r}, "
            f"keras_model_path={keras_model_path!r}."
        )
    if keras_model_path:
        keras_model = _load(os.fsdecode(keras_model_path), custom_objects)
    return _of_any_keras(
        keras_model,
        custom_objects=custom_objects,
        model_dir=model_dir,
        config=config,
        checkpoint_format=checkpoint_format,
        metric_names_map=metric_names_map,
        export_outputs=export_outputs,
    )


def _load(path: str, custom_objects: dict[str, Any] | None) -> Any:
    tf.compat.v1.logging.info("Loading models from %s", path)
    if not tf.io.gfile.exists(path):
        raise KerasModelPathError(
            f"No file or directory found at keras_model_path={path!r}."
        )
    tf_keras = importlib.import_module("tf_keras")
    try:
        return tf_keras.models.load_model(path, custom_objects)
    except (OSError, TypeError, ValueError) as error:
        raise KerasModelPathError(
            f"keras_model_path={path!r} cannot be loaded: {error} Give what "
            "`model.save` of tf.keras wrote: a file `.h5` or `.keras`, or a "
            "SavedModel. Of Keras 3, load the model with `keras.saving."
            "load_model` and give it as `keras_model`."
        ) from error
