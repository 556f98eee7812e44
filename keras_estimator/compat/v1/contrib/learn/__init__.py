"""`tf.contrib.learn`, as far as Estimator programs used it."""

from keras_estimator.compat._missing import missing
from keras_estimator.compat.v1.contrib.learn import learn_runner
from keras_estimator.compat.v1.contrib.learn import preprocessing
from keras_estimator.compat.v1.contrib.learn import utils
from keras_estimator.compat.v1.contrib.learn.experiment import Experiment
from keras_estimator.compat.v1.contrib.learn.export_strategy import (
    ExportStrategy,
)
from keras_estimator.compat.v1.contrib.learn.export_strategy import (
    make_export_strategy,
)
from keras_estimator.compat.v1.contrib.learn.run_config import RunConfig
from keras_estimator.errors import NanLossDuringTrainingError
from keras_estimator.errors import NotFittedError
from keras_estimator.run_config import TaskType
from keras_estimator.spec import ModeKeys as _ModeKeys


class ModeKeys(_ModeKeys):
    """What a model is built for; with the older name of PREDICT."""

    INFER = _ModeKeys.PREDICT


__getattr__ = missing(__name__)

__all__ = [
    "Experiment",
    "ExportStrategy",
    "ModeKeys",
    "NanLossDuringTrainingError",
    "NotFittedError",
    "RunConfig",
    "TaskType",
    "learn_runner",
    "make_export_strategy",
    "preprocessing",
    "utils",
]
