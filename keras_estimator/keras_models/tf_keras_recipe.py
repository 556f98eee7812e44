"""What a compiled model of tf_keras is made of, to make it again in a graph."""

from typing import Any

import tensorflow as tf

from keras_estimator.errors import KerasModelError
from keras_estimator.errors import UnsupportedError
from keras_estimator.keras_models import _tf_keras

_v1 = tf.compat.v1
# What only the loops of tf_keras call, in TF2.
_STEPS = (
    "train_step",
    "test_step",
    "predict_step",
    "compute_loss",
    "compute_metrics",
)


class TfKerasRecipe:
    """A compiled model of tf_keras.

    Args:
        model: The model. Later changes of it need not be seen.
        custom_objects: Name -> class or function, for what tf_keras would not
            find by itself.

    Raises:
        KerasModelError: If the model is not compiled, or cannot be made again.
        UnsupportedError: If it has training steps of its own.
    """

    def __init__(
        self, model: Any, custom_objects: dict[str, Any] | None = None
    ) -> None:
        self._check_compiled(model)
        self._check_steps(model)
        self._model = model
        self._objects = dict(custom_objects or {})
        self._compile_arguments = _tf_keras.compile_arguments(model)
        self._optimizer = _tf_keras.legacy_optimizer(model.optimizer)
        self._optimizer_config = _config(self._optimizer)
        if not (
            _tf_keras.is_wired(model) or _tf_keras.is_unbuilt_sequential(model)
        ):
            self._subclassed()

    @property
    def original(self) -> Any:
        """The model that was given."""
        return self._model

    def make(self, inputs: Any = None) -> Any:
        """Returns a new model like it, with new weights, not compiled.

        Args:
            inputs: Tensors that it is called with, as `batches` returns them;
                `None` for placeholders, if the model knows its inputs.
        """
        if _tf_keras.is_wired(self._model):
            return self._cloned(inputs)
        if _tf_keras.is_unbuilt_sequential(self._model):
            if tf.is_tensor(inputs):
                return self._cloned([inputs])
            made = self._cloned()
        else:
            made = self._subclassed()
        if inputs is not None:
            _tf_keras.call(made, inputs)
        return made

    def compile(self, model: Any, targets: list[Any] | None) -> None:
        """Compiles a model that `make` returned, as the original was.

        Args:
            model: The new model; gets an optimizer and metrics of its own.
            targets: Labels, in the order of the outputs.
        """
        arguments = {
            **self._compile_arguments,
            "metrics": _fresh(self._compile_arguments.get("metrics")),
            "weighted_metrics": _fresh(
                self._compile_arguments.get("weighted_metrics")
            ),
        }
        if targets is not None:
            arguments["target_tensors"] = targets
        with self._names():
            model.compile(optimizer=self._new_optimizer(), **arguments)

    def _new_optimizer(self) -> Any:
        """Returns an optimizer that counts its steps in the global step."""
        step = _v1.train.get_or_create_global_step()
        kind = type(self._optimizer)
        if self._optimizer_config is None:
            # One of TF1 in a shell; it has its variables for each graph.
            return kind(self._optimizer.optimizer, step)
        optimizer = kind.from_config(self._optimizer_config)
        optimizer.iterations = step
        return optimizer

    def _names(self) -> Any:
        return _tf_keras.package().utils.custom_object_scope(self._objects)

    def _cloned(self, inputs: Any = None) -> Any:
        """Returns a new model of layers of the same configurations."""
        clone_model = _tf_keras.package().models.clone_model
        try:
            with self._names():
                return clone_model(self._model, input_tensors=inputs)
        except (TypeError, ValueError, NotImplementedError) as error:
            raise self._not_alike(error) from error

    def _subclassed(self) -> Any:
        """Returns a new model of a class of the user's."""
        kind = type(self._model)
        try:
            with self._names():
                return kind.from_config(self._model.get_config())
        except NotImplementedError as error:
            raise KerasModelError(
                "Subclassed `Model`s passed to `model_to_estimator` must "
                "implement `Model.get_config` and `Model.from_config`. "
                f"{kind.__name__} does not: {error}"
            ) from error
        except (TypeError, ValueError) as error:
            raise self._not_alike(error) from error

    def _not_alike(self, error: Exception) -> KerasModelError:
        name = type(self._model).__name__
        return KerasModelError(
            f"The model {self._model.name!r}, a {name}, cannot be made again "
            f"in the graph of an Estimator: {error}\nLet `get_config` of "
            "layers and models of your own return the arguments of "
            "`__init__`, and give classes and functions of your own in "
            "`custom_objects`, by their names."
        )

    @staticmethod
    def _check_compiled(model: Any) -> None:
        if getattr(model, "optimizer", None) is None:
            raise KerasModelError(
                "The given keras model has not been compiled yet. Please "
                "compile the model with `model.compile()` before calling "
                f"`model_to_estimator()`. Received: {type(model).__name__} "
                f"{model.name!r}."
            )

    @staticmethod
    def _check_steps(model: Any) -> None:
        own = [
            name
            for name in _STEPS
            for owner in [_owner(type(model), name)]
            if not owner.__module__.startswith("tf_keras.")
        ]
        if own:
            raise UnsupportedError(
                f"{type(model).__name__} has its own {', '.join(own)}, which "
                "only the loops of Keras call. Write the step as a model_fn, "
                "with the layers of the model; `add_loss` works here."
            )


def _owner(kind: type, name: str) -> type:
    """Returns the class that a method is from."""
    return next(base for base in kind.__mro__ if name in vars(base))


def _config(optimizer: Any) -> dict[str, Any] | None:
    """Returns the configuration of an optimizer; `None` of one of TF1."""
    if isinstance(getattr(optimizer, "optimizer", None), _v1.train.Optimizer):
        return None
    return dict(optimizer.get_config())


def _fresh(metrics: Any) -> Any:
    """Returns a nest of metrics with new objects for those in it."""
    if isinstance(metrics, dict):
        return {name: _fresh(metric) for name, metric in metrics.items()}
    if isinstance(metrics, (list, tuple)):
        return [_fresh(metric) for metric in metrics]
    if isinstance(metrics, _tf_keras.package().metrics.Metric):
        return type(metrics).from_config(metrics.get_config())
    return metrics
