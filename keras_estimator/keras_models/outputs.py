"""Predictions and metrics of a Keras model as parts of an EstimatorSpec."""

from collections.abc import Callable
from collections.abc import Mapping
from typing import Any

from keras_estimator.errors import ConfigError
from keras_estimator.errors import ModelInputsError
from keras_estimator.export.outputs import ExportOutput
from keras_estimator.export.outputs import PredictOutput

_SERVING = "serving_default"


def exports(
    predictions: Mapping[str, Any],
    classes: Mapping[str, Callable[[Any], ExportOutput]],
) -> dict[str, ExportOutput]:
    """Returns the exports of a model: all outputs, and some by themselves.

    Args:
        predictions: Output by name.
        classes: Name of an output -> class of its export.

    Raises:
        ModelInputsError: If there is no output of a name.
    """
    unknown = [name for name in classes if name not in predictions]
    if unknown:
        raise ModelInputsError(
            f"`export_outputs` has {unknown}, which are no outputs of the "
            f"model: {list(predictions)}."
        )
    return {
        _SERVING: PredictOutput(dict(predictions)),
        **{name: cls(predictions[name]) for name, cls in classes.items()},
    }


def renamed(
    metrics: Mapping[str, Any], names: Mapping[str, str] | None
) -> dict[str, Any]:
    """Returns metrics by the names that they have in an Estimator.

    Args:
        metrics: Those of the model.
        names: Name in the model -> name in results; `None` to keep them.

    Raises:
        ConfigError: If the names are not those of the metrics.
    """
    if not names or not metrics:
        return dict(metrics)
    unknown = [name for name in metrics if name not in names]
    if unknown:
        raise ConfigError(
            "Invalid `metric_names_map`. The following keras model metric "
            f"names: {unknown} do not exist in the `metric_names_map` "
            f"dictionary: {dict(names)!r}."
        )
    extra = [name for name in names if name not in metrics]
    if extra:
        raise ConfigError(
            "Invalid `metric_names_map`. There are unexpected keys in the "
            f"`metric_names_map` dictionary: {extra}. Expected keys: "
            f"{list(metrics)}."
        )
    return {names[name]: metric for name, metric in metrics.items()}
