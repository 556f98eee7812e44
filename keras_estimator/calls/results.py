"""The values of a program's metrics."""

from typing import Any

import keras
import numpy as np
import tensorflow as tf

from keras_estimator.engine import _tensorflow
from keras_estimator.engine.binding import Binding
from keras_estimator.engine.program import Program
from keras_estimator.engine.session import GraphSession
from keras_estimator.errors import ModelFnError


def metric_results(session: GraphSession) -> dict[str, Any]:
    """Returns the values of all metrics, in order of their names.

    The Keras metrics must show the values of the session's binding. A value
    that is computed from the input reads one more batch, as in TF1.

    Raises:
        ModelFnError: If there is none.
    """
    metrics = session.binding.program.metrics
    names = [metric[0] for metric in metrics.values() if type(metric) is tuple]
    try:
        values = dict(zip(names, session.run(names), strict=True))
    except tf.errors.OutOfRangeError as error:
        raise ModelFnError(
            "A value in `eval_metric_ops` is computed from the input, which "
            "has ended when the values are read. Give pairs of (value, "
            "update_op) as `tf.metrics` returns them, where the value is that "
            "of a variable; or evaluate with fewer `steps` than there are "
            f"batches. The metrics are {sorted(metrics)}."
        ) from error
    results: dict[str, Any] = {}
    with _tensorflow.eager_mode():
        for name, metric in metrics.items():
            if isinstance(metric, keras.metrics.Metric):
                results |= _keras_result(name, metric.result())
            else:
                results[name] = values[metric[0]]
    return results


def global_step(binding: Binding) -> np.int64:
    """Returns the global step of the values that a binding has."""
    with _tensorflow.eager_mode():
        return np.int64(binding.store["global_step"].numpy())


def keras_results(program: Program) -> dict[str, Any]:
    """Returns the values of those metrics that are Keras'."""
    results: dict[str, Any] = {}
    with _tensorflow.eager_mode():
        for name, metric in program.metrics.items():
            if isinstance(metric, keras.metrics.Metric):
                results |= _keras_result(name, metric.result())
    return results


def _keras_result(name: str, result: Any) -> dict[str, Any]:
    """Returns the result of a Keras metric, which may itself be a dict."""
    if isinstance(result, dict):
        return {
            f"{name}/{key}": keras.ops.convert_to_numpy(value)[()]
            for key, value in result.items()
        }
    return {name: keras.ops.convert_to_numpy(result)[()]}
