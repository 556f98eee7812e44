"""`add_metrics`: an Estimator that evaluates more than its model_fn says."""

from collections.abc import Callable
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import keras

from keras_estimator._types import ModelFn
from keras_estimator.engine.arguments import argument_names
from keras_estimator.engine.arguments import call_model_fn
from keras_estimator.engine.arguments import describe_function
from keras_estimator.errors import ArgumentTypeError
from keras_estimator.errors import ConfigError
from keras_estimator.estimator import Estimator
from keras_estimator.model import config as model_config
from keras_estimator.spec import EstimatorSpec
from keras_estimator.spec import ModeKeys

_ARGUMENTS = ("features", "labels", "predictions", "config")


# Frozen, so that a change of what the functions read is looked for in it.
@keras.saving.register_keras_serializable(package="keras_estimator")
@dataclass(frozen=True, eq=False)
class WithMetrics:
    """A model_fn with more metrics. `.keras` files can hold it.

    Attributes:
        model_fn: Makes the model.
        metric_fn: Makes more metrics.
    """

    model_fn: ModelFn
    metric_fn: Callable[..., dict[str, Any]]

    def __call__(
        self, features: Any, labels: Any, mode: str, params: Any, config: Any
    ) -> EstimatorSpec:
        """Builds one mode of the model."""
        optional = {"mode": mode, "params": params, "config": config}
        spec = call_model_fn(self.model_fn, features, labels, optional)
        if mode != ModeKeys.EVAL:
            return spec
        values = {
            "features": features,
            "labels": labels,
            "predictions": spec.predictions,
            "config": config,
        }
        names = argument_names(self.metric_fn)
        given = {n: v for n, v in values.items() if n in names}
        added = self.metric_fn(**given)
        _check_added(self.metric_fn, added)
        return spec._replace(eval_metric_ops={**spec.eval_metric_ops, **added})

    def get_config(self) -> dict[str, Any]:
        """Returns how to find both functions again, for `.keras` files.

        Raises:
            ConfigError: If one of them cannot be found again by any name.
        """
        return {
            "model_fn": model_config.model_fn_reference(self.model_fn),
            "metric_fn": model_config.model_fn_reference(
                self.metric_fn, "metric_fn"
            ),
        }

    @classmethod
    def from_config(cls, config: Mapping[str, Any]) -> "WithMetrics":
        """Returns what `get_config` describes.

        Raises:
            ConfigError: If one of the functions is not there.
        """
        return cls(
            model_config.find_model_fn(config["model_fn"]),
            model_config.find_model_fn(config["metric_fn"], "metric_fn"),
        )


def add_metrics(
    estimator: Estimator, metric_fn: Callable[..., dict[str, Any]]
) -> Estimator:
    """Returns an Estimator with more metrics for `evaluate`.

    It has the model_dir, configuration and warm start of the given one.

    Args:
        estimator: Whose model_fn makes the model.
        metric_fn: Function of any of features, labels, predictions and config;
            returns a dict of name to a Keras metric that it has updated, or to
            a (value, update_op) tuple. A name that model_fn has, too, is the
            one of metric_fn.

    Returns:
        A new `Estimator`.

    Raises:
        ArgumentTypeError: If an argument is of another type.
        ConfigError: If metric_fn has other arguments.

    Example:
    ```python
    def auc(labels, predictions):
        metric = keras.metrics.AUC()
        metric.update_state(labels, predictions["probabilities"])
        return {"auc": metric}


    estimator = add_metrics(estimator, auc)
    ```
    """
    if not isinstance(estimator, Estimator):
        raise ArgumentTypeError(
            "`estimator` must be an `Estimator`. Received: "
            f"estimator={estimator!r} ({type(estimator).__name__})."
        )
    _check_metric_fn(metric_fn)
    model_fn = WithMetrics(estimator._model_fn, metric_fn)
    return estimator._with_model_fn(model_fn)


def _check_metric_fn(metric_fn: Any) -> None:
    if not callable(metric_fn):
        raise ArgumentTypeError(
            f"`metric_fn` must be a function of any of {list(_ARGUMENTS)}. "
            f"Received: metric_fn={metric_fn!r} ({type(metric_fn).__name__})."
        )
    unknown = [n for n in argument_names(metric_fn) if n not in _ARGUMENTS]
    if unknown:
        raise ConfigError(
            f"metric_fn ({describe_function(metric_fn)}) has following not "
            f"expected args: {unknown}. It gets any of {list(_ARGUMENTS)} by "
            "name; bind others with functools.partial."
        )


def _check_added(metric_fn: Any, added: Any) -> None:
    if not isinstance(added, dict):
        raise ArgumentTypeError(
            f"metric_fn ({describe_function(metric_fn)}) must return a dict of "
            "name to a Keras metric or a (value, update_op) tuple. It returned "
            f"{added!r} ({type(added).__name__})."
        )
