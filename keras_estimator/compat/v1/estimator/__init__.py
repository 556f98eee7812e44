"""`tf.compat.v1.estimator`."""

from keras_estimator._absent import absent
from keras_estimator.checkpoint.warm_start import VocabInfo
from keras_estimator.checkpoint.warm_start import WarmStartSettings
from keras_estimator.compat.v1.estimator import export
from keras_estimator.compat.v1.estimator import inputs
from keras_estimator.errors import NanLossDuringTrainingError
from keras_estimator.estimator import Estimator
from keras_estimator.hooks import CheckpointSaverHook
from keras_estimator.hooks import CheckpointSaverListener
from keras_estimator.hooks import LoggingTensorHook
from keras_estimator.hooks import NanTensorHook
from keras_estimator.hooks import SecondOrStepTimer
from keras_estimator.hooks import SessionRunArgs
from keras_estimator.hooks import SessionRunContext
from keras_estimator.hooks import SessionRunHook
from keras_estimator.hooks import SessionRunValues
from keras_estimator.hooks import StepCounterHook
from keras_estimator.hooks import StopAtStepHook
from keras_estimator.hooks import SummarySaverHook
from keras_estimator.run_config import RunConfig
from keras_estimator.spec import EstimatorSpec
from keras_estimator.spec import ModeKeys

__getattr__ = absent(__name__)

__all__ = [
    "CheckpointSaverHook",
    "CheckpointSaverListener",
    "Estimator",
    "EstimatorSpec",
    "LoggingTensorHook",
    "ModeKeys",
    "NanLossDuringTrainingError",
    "NanTensorHook",
    "RunConfig",
    "SecondOrStepTimer",
    "SessionRunArgs",
    "SessionRunContext",
    "SessionRunHook",
    "SessionRunValues",
    "StepCounterHook",
    "StopAtStepHook",
    "SummarySaverHook",
    "VocabInfo",
    "WarmStartSettings",
    "export",
    "inputs",
]
