"""`tf.compat.v1.estimator`."""

from keras_estimator._absent import absent
from keras_estimator.add_metrics import add_metrics
from keras_estimator.checkpoint.warm_start import VocabInfo
from keras_estimator.checkpoint.warm_start import WarmStartSettings
from keras_estimator.compat.v1.estimator import experimental
from keras_estimator.compat.v1.estimator import export
from keras_estimator.compat.v1.estimator import inputs
from keras_estimator.compat.v1.estimator import tpu
from keras_estimator.errors import NanLossDuringTrainingError
from keras_estimator.estimator import Estimator
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
from keras_estimator.run_config import RunConfig
from keras_estimator.spec import EstimatorSpec
from keras_estimator.spec import ModeKeys
from keras_estimator.training import BestExporter
from keras_estimator.training import EvalSpec
from keras_estimator.training import Exporter
from keras_estimator.training import FinalExporter
from keras_estimator.training import LatestExporter
from keras_estimator.training import TrainSpec
from keras_estimator.training import train_and_evaluate

__getattr__ = absent(__name__)

__all__ = [
    "BestExporter",
    "CheckpointSaverHook",
    "CheckpointSaverListener",
    "Estimator",
    "EstimatorSpec",
    "EvalSpec",
    "Exporter",
    "FeedFnHook",
    "FinalExporter",
    "FinalOpsHook",
    "GlobalStepWaiterHook",
    "LatestExporter",
    "LoggingTensorHook",
    "ModeKeys",
    "NanLossDuringTrainingError",
    "NanTensorHook",
    "ProfilerHook",
    "RunConfig",
    "SecondOrStepTimer",
    "SessionRunArgs",
    "SessionRunContext",
    "SessionRunHook",
    "SessionRunValues",
    "StepCounterHook",
    "StopAtStepHook",
    "SummarySaverHook",
    "TrainSpec",
    "VocabInfo",
    "WarmStartSettings",
    "add_metrics",
    "experimental",
    "export",
    "inputs",
    "tpu",
    "train_and_evaluate",
]
