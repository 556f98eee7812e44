"""`model_to_estimator`: a compiled Keras model as an Estimator."""

import os
from collections.abc import Callable
from collections.abc import Mapping
from typing import Any

import keras
import tensorflow as tf

from keras_estimator._types import Path
from keras_estimator.errors import ArgumentTypeError
from keras_estimator.errors import ConfigError
from keras_estimator.errors import KerasModelError
from keras_estimator.errors import KerasModelPathError
from keras_estimator.errors import UnsupportedError
from keras_estimator.estimator import Estimator
from keras_estimator.estimator_config import settled_config
from keras_estimator.export.outputs import ExportOutput
from keras_estimator.keras_models import _tf_keras
from keras_estimator.keras_models import weights
from keras_estimator.keras_models.model_fn import KerasModelFn
from keras_estimator.keras_models.recipe import ModelRecipe
from keras_estimator.keras_models.tf_keras_model_fn import TfKerasModelFn
from keras_estimator.keras_models.tf_keras_model_fn import save_weights
from keras_estimator.keras_models.tf_keras_recipe import TfKerasRecipe
from keras_estimator.run_config import RunConfig

_v1 = tf.compat.v1


def model_to_estimator(
    keras_model: keras.Model | None = None,
    keras_model_path: Path | None = None,
    custom_objects: dict[str, Any] | None = None,
    model_dir: Path | None = None,
    config: RunConfig | None = None,
    checkpoint_format: str | None = "saver",
    metric_names_map: Mapping[str, str] | None = None,
    export_outputs: Mapping[str, Callable[[Any], ExportOutput]] | None = None,
) -> Estimator:
    """Returns an Estimator that trains and evaluates a copy of a Keras model.

    The copy has the architecture, loss, metrics and optimizer of the model as
    it was compiled, and begins with its weights, and with the state of its
    optimizer if it has trained. The model itself is not changed.

    Features are a tensor, several in the order of the inputs of the model, or
    a dict by their names; labels likewise, by the outputs. Weights of examples
    are given as features `{"features": ..., "sample_weights": ...}`.

    Args:
        keras_model: A compiled model: functional, `Sequential`, or subclassed
            with `get_config`. Of Keras 3, or of `tf_keras`, which is `tf.keras`
            of `keras_estimator.compat.v1`: that begins with its weights, but
            with a new optimizer.
        keras_model_path: Path of a saved one, instead.
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
        UnsupportedError: If it has training steps of its own.

    Example:
    ```python
    model = keras.Sequential([keras.Input([4]), keras.layers.Dense(1)])
    model.compile("sgd", "mse")
    estimator = model_to_estimator(model, model_dir="model")
    estimator.train(input_fn, max_steps=1000)
    ```
    """
    if keras_model is None and not keras_model_path:
        raise ConfigError(
            "Either `keras_model` or `keras_model_path` needs to be provided."
        )
    if keras_model is not None and keras_model_path:
        raise ConfigError(
            "Please specify either `keras_model` or `keras_model_path`, but "
            f"not both. Received: keras_model={keras_model!r}, "
            f"keras_model_path={keras_model_path!r}."
        )
    _check_format(checkpoint_format)
    if keras_model is None:
        keras_model = _load(os.fsdecode(keras_model_path or ""), custom_objects)
    else:
        _v1.logging.info("Using the Keras model provided.")
    settled = settled_config(config, model_dir)
    make = _of_tf_keras if _tf_keras.is_model(keras_model) else _of_keras_3
    model_fn = make(
        keras_model,
        custom_objects,
        str(settled.model_dir),
        metric_names_map,
        export_outputs,
    )
    return Estimator(model_fn, config=settled)


def _of_keras_3(
    model: keras.Model,
    custom_objects: dict[str, Any] | None,
    model_dir: str,
    metric_names: Mapping[str, str] | None,
    export_outputs: Mapping[str, Callable[[Any], ExportOutput]] | None,
) -> KerasModelFn:
    _check_model(model)
    recipe = ModelRecipe(model, custom_objects)
    initial = weights.save(model, model_dir)
    return KerasModelFn(recipe, initial, metric_names, export_outputs)


def _of_tf_keras(
    model: Any,
    custom_objects: dict[str, Any] | None,
    model_dir: str,
    metric_names: Mapping[str, str] | None,
    export_outputs: Mapping[str, Callable[[Any], ExportOutput]] | None,
) -> TfKerasModelFn:
    recipe = TfKerasRecipe(model, custom_objects)
    initial = save_weights(recipe, model_dir)
    return TfKerasModelFn(recipe, initial, metric_names, export_outputs)


def _check_format(checkpoint_format: str | None) -> None:
    if checkpoint_format == "checkpoint":
        raise UnsupportedError(
            'checkpoint_format="checkpoint": Keras 3 does not read checkpoints '
            "by object. Leave it out for checkpoints by name, which "
            "`estimator.get_variable_value(name)` reads."
        )
    if checkpoint_format not in (None, "saver"):
        raise ConfigError(
            'Checkpoint format must be one of "checkpoint" or "saver". '
            f"Received: checkpoint_format={checkpoint_format!r}. Leave it out."
        )


def _load(path: str, custom_objects: dict[str, Any] | None) -> keras.Model:
    _v1.logging.info("Loading models from %s", path)
    if not tf.io.gfile.exists(path):
        raise KerasModelPathError(
            f"No file or directory found at keras_model_path={path!r}."
        )
    try:
        return keras.saving.load_model(path, custom_objects)
    except ValueError as error:
        raise KerasModelPathError(
            f"keras_model_path={path!r} cannot be loaded: {error} Give a file "
            "that `model.save` of Keras 3 wrote, with the ending `.keras`."
        ) from error


def _check_model(model: Any) -> None:
    if not isinstance(model, keras.Model):
        raise ArgumentTypeError(
            "`keras_model` must be a compiled `keras.Model`. Received: "
            f"keras_model={model!r} ({type(model).__name__})."
        )
    if not model.compiled or model.optimizer is None:
        raise KerasModelError(
            "The given keras model has not been compiled yet. Please compile "
            "the model with `model.compile()` before calling "
            f"`model_to_estimator()`. Received: {type(model).__name__} "
            f"{model.name!r}."
        )
