"""`tf.contrib.learn`, as far as Estimator programs used it."""

from typing import Any

from keras_estimator.compat.v1.contrib.learn import learn_runner
from keras_estimator.compat.v1.contrib.learn.experiment import Experiment
from keras_estimator.compat.v1.contrib.learn.export_strategy import (
    ExportStrategy,
)
from keras_estimator.compat.v1.contrib.learn.export_strategy import (
    make_export_strategy,
)
from keras_estimator.run_config import RunConfig
from keras_estimator.spec import ModeKeys


def __getattr__(name: str) -> Any:
    raise AttributeError(
        f"module {__name__!r} has no attribute {name!r}: of `tf.contrib.learn` "
        "there are Experiment, learn_runner, make_export_strategy, RunConfig "
        "and ModeKeys. Estimators are `keras_estimator.Estimator`."
    )


__all__ = [
    "Experiment",
    "ExportStrategy",
    "ModeKeys",
    "RunConfig",
    "learn_runner",
    "make_export_strategy",
]
