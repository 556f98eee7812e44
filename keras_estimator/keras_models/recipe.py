"""What a compiled Keras model is made of, to make it again in a graph.

Keras writes models down as configurations, where functions and classes are
names: it finds again what can be imported. A recipe keeps the functions and
classes themselves besides, so that those of a notebook or of another function,
and lambdas, are found too.
"""

import copy
import types
import warnings
from collections.abc import Iterator
from typing import Any

import keras

from keras_estimator.engine import _keras
from keras_estimator.errors import KerasModelError
from keras_estimator.errors import UnsupportedError

_LAMBDA = ".*includes a `lambda`.*"
# What a model may do its own way only where Keras' loops run it.
_STEPS = ("train_step", "test_step", "predict_step", "compute_metrics")


class ModelRecipe:
    """A compiled model, as it was when this was made.

    Args:
        model: A compiled Keras 3 model.
        custom_objects: Name -> class or function, for what Keras would not
            find by itself.

    Raises:
        KerasModelError: If the model cannot be made again.
        UnsupportedError: If it has training steps of its own.
    """

    def __init__(
        self, model: keras.Model, custom_objects: dict[str, Any] | None = None
    ) -> None:
        _check_steps(model)
        self._cls = type(model)
        self._objects = {**_classes(model), **(custom_objects or {})}
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", _LAMBDA, UserWarning)
            self._config = copy.deepcopy(_config(model))
            self._input = model.get_build_config() if model.built else None
        self._keep_functions(model)
        self._compile_arguments = _keras.compile_arguments(model)
        self._optimizer = type(model.optimizer)
        self._optimizer_config = model.optimizer.get_config()

    @property
    def name(self) -> str:
        """Name of the class of the model."""
        return self._cls.__name__

    def make(self) -> keras.Model:
        """Returns a new model like it, with new weights, not compiled.

        Raises:
            KerasModelError: If Keras cannot make it.
        """
        try:
            with keras.saving.custom_object_scope(self._objects):
                model = self._cls.from_config(copy.deepcopy(self._config))
                if self._input and not model.built:
                    model.build_from_config(self._input)
        except (TypeError, ValueError, NotImplementedError) as error:
            raise KerasModelError(
                f"The model, a {self.name}, cannot be made again in the graph "
                f"of an Estimator: {_innermost(error)} Let "
                f"`{self.name}.from_config` take what `get_config` returns; "
                "and give classes and functions of your own in "
                "`custom_objects`."
            ) from error
        for layer in _keras.sublayers(model):
            if isinstance(layer, keras.layers.Normalization):
                # What it was adapted to are weights, read when it is called.
                layer.finalize_state()
        return model

    def compile(self, model: keras.Model) -> None:
        """Compiles a model that `make` returned, as the original was.

        Args:
            model: The new model; gets an optimizer and metrics of its own.
        """
        arguments = {
            **self._compile_arguments,
            "metrics": _fresh(self._compile_arguments.get("metrics")),
            "weighted_metrics": _fresh(
                self._compile_arguments.get("weighted_metrics")
            ),
        }
        with keras.saving.custom_object_scope(
            {**self._objects, self._optimizer.__name__: self._optimizer}
        ):
            optimizer = self._optimizer.from_config(
                copy.deepcopy(self._optimizer_config)
            )
            model.compile(
                optimizer=optimizer,
                **arguments,
                jit_compile=False,
                # The optimizer is wrapped already, if it is to be.
                auto_scale_loss=False,
            )

    def _keep_functions(self, model: keras.Model) -> None:
        """Lets the configuration of each layer lead to its very functions."""
        layers: dict[tuple[str, str], list[Any]] = {}
        for layer in [model, *_keras.sublayers(model)]:
            layers.setdefault((type(layer).__name__, layer.name), []).append(
                layer
            )
        if isinstance(self._config, dict):
            self._keep_in(self._config, model)
        for found in _serialized(self._config):
            key = (found["class_name"], found["config"]["name"])
            for layer in layers.get(key, [])[:1]:
                self._keep_in(found["config"], layer)

    def _keep_in(self, config: dict[str, Any], layer: Any) -> None:
        for name, value in config.items():
            held = getattr(layer, name, None)
            if value is not None and _is_users_function(held):
                label = f"{layer.name}>{name}>{id(held)}"
                self._objects[label] = held
                config[name] = {
                    "module": "builtins",
                    "class_name": "function",
                    "config": label,
                    "registered_name": label,
                }
        _keep_adapted(config, layer)


def _innermost(error: Exception) -> str:
    """Returns what went wrong, without the configurations around it."""
    return str(error).rsplit("Exception encountered: ", 1)[-1].strip()


def _check_steps(model: keras.Model) -> None:
    own = [
        name
        for name in (*_STEPS, "compile")
        if getattr(type(model), name) is not getattr(keras.Model, name)
        and not _keras.is_keras_class(_owner(type(model), name))
    ]
    if own:
        raise UnsupportedError(
            f"{type(model).__name__} has its own {', '.join(own)}, which only "
            "Keras' loops call. Write the step as a model_fn, with the layers "
            "of the model; `compute_loss` and `add_loss` work here."
        )


def _owner(cls: type, name: str) -> type:
    return next(base for base in cls.__mro__ if name in vars(base))


def _config(model: keras.Model) -> dict[str, Any]:
    try:
        return model.get_config()
    except NotImplementedError as error:
        raise KerasModelError(
            "Subclassed `Model`s passed to `model_to_estimator` must "
            "implement `Model.get_config` and `Model.from_config`. "
            f"{type(model).__name__} does not: {error}"
        ) from error


def _classes(model: keras.Model) -> dict[str, type]:
    """Returns the users' classes of layers by name, if names tell them."""
    found: dict[str, set[type]] = {}
    for layer in _keras.sublayers(model):
        if not _keras.is_keras_class(type(layer)):
            found.setdefault(type(layer).__name__, set()).add(type(layer))
    return {
        name: next(iter(classes))
        for name, classes in found.items()
        if len(classes) == 1
    }


def _serialized(config: Any) -> Iterator[dict[str, Any]]:
    """Yields what stands for a layer in a configuration."""
    if isinstance(config, dict):
        inner = config.get("config")
        if (
            "class_name" in config
            and isinstance(inner, dict)
            and "name" in inner
        ):
            yield config
        for value in config.values():
            yield from _serialized(value)
    elif isinstance(config, (list, tuple)):
        for value in config:
            yield from _serialized(value)


def _is_users_function(value: Any) -> bool:
    return isinstance(value, types.FunctionType) and not (
        value.__module__ or ""
    ).startswith("keras.")


def _keep_adapted(config: dict[str, Any], layer: Any) -> None:
    """Writes down what a layer was adapted to, which Keras does not.

    Raises:
        KerasModelError: If it has more than a vocabulary.
    """
    if "bin_boundaries" in config and layer.bin_boundaries is not None:
        config["bin_boundaries"] = list(layer.bin_boundaries)
    if "vocabulary" not in config:
        return
    words = layer.get_vocabulary(include_special_tokens=False)
    if not words:
        return
    mode = config.get("output_mode", "int")
    if mode == "tf_idf" and config.get("idf_weights") is None:
        raise KerasModelError(
            f"Layer {layer.name!r} was adapted to weights of words "
            '(output_mode="tf_idf"), which have no place in a graph. Give it '
            "`vocabulary` and `idf_weights`, or call it in input_fn."
        )
    if config["vocabulary"] is None:
        config["vocabulary"] = [
            word.item() if hasattr(word, "item") else word for word in words
        ]
    if mode != "int" and not config.get("pad_to_max_tokens"):
        # In a graph Keras does not know how many words there are.
        config["max_tokens"] = layer.vocabulary_size()
        config["pad_to_max_tokens"] = True


def _fresh(metrics: Any) -> Any:
    """Returns a nest of metrics with new objects for those in it."""
    if isinstance(metrics, dict):
        return {name: _fresh(metric) for name, metric in metrics.items()}
    if isinstance(metrics, (list, tuple)):
        return [_fresh(metric) for metric in metrics]
    if isinstance(metrics, keras.metrics.Metric):
        return type(metrics).from_config(metrics.get_config())
    return metrics
