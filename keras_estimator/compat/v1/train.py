"""`tf.train`, with hooks that do not slow the steps in between."""

from keras_estimator.checkpoint.warm_start import VocabInfo
from keras_estimator.compat import _overlay
from keras_estimator.compat.v1.optimizer import Optimizer
from keras_estimator.errors import NanLossDuringTrainingError
from keras_estimator.hooks import CheckpointSaverHook
from keras_estimator.hooks import CheckpointSaverListener
from keras_estimator.hooks import FeedFnHook
from keras_estimator.hooks import FinalOpsHook
from keras_estimator.hooks import GlobalStepWaiterHook
from keras_estimator.hooks import LoggingTensorHook
from keras_estimator.hooks import NanTensorHook
from keras_estimator.hooks import ProfilerHook
from keras_estimator.hooks import SecondOrStepTimer
from keras_estimator.hooks import SessionRunArgs
from keras_estimator.hooks import SessionRunContext
from keras_estimator.hooks import SessionRunHook
from keras_estimator.hooks import SessionRunValues
from keras_estimator.hooks import StepCounterHook
from keras_estimator.hooks import StopAtStepHook
from keras_estimator.hooks import SummarySaverHook

__getattr__, __dir__ = _overlay.overlay(__name__)

__all__ = [
    "CheckpointSaverHook",
    "CheckpointSaverListener",
    "FeedFnHook",
    "FinalOpsHook",
    "GlobalStepWaiterHook",
    "LoggingTensorHook",
    "NanLossDuringTrainingError",
    "NanTensorHook",
    "Optimizer",
    "ProfilerHook",
    "SecondOrStepTimer",
    "SessionRunArgs",
    "SessionRunContext",
    "SessionRunHook",
    "SessionRunValues",
    "StepCounterHook",
    "StopAtStepHook",
    "SummarySaverHook",
    "VocabInfo",
]
