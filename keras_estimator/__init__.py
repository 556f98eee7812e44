"""tf.estimator on current TensorFlow, as a Keras 3 plugin.

New code uses this module: `import keras_estimator as ke`. TF1 programs change
one line: `import keras_estimator.compat.v1 as tf`.
"""

from keras_estimator import errors
from keras_estimator import experimental
from keras_estimator import export
from keras_estimator import inputs
from keras_estimator import predictor
from keras_estimator import tpu
from keras_estimator._absent import absent
from keras_estimator.add_metrics import add_metrics
from keras_estimator.checkpoint.best_policy import BestCheckpoints
from keras_estimator.checkpoint.warm_start import VocabInfo
from keras_estimator.checkpoint.warm_start import WarmStartSettings
from keras_estimator.errors import NanLossDuringTrainingError
from keras_estimator.estimator import Estimator
from keras_estimator.evaluations import read_eval_metrics
from keras_estimator.hooks import CheckpointInputPipelineHook
from keras_estimator.hooks import CheckpointSaverHook
from keras_estimator.hooks import CheckpointSaverListener
from keras_estimator.hooks import FeedFnHook
from keras_estimator.hooks import FinalOpsHook
from keras_estimator.hooks import GlobalStepWaiterHook
from keras_estimator.hooks import LoggingTensorHook
from keras_estimator.hooks import NanTensorHook
from keras_estimator.hooks import ProfilerHook
from keras_estimator.hooks import ScheduledHook
from keras_estimator.hooks import SecondOrStepTimer
from keras_estimator.hooks import SessionRunArgs
from keras_estimator.hooks import SessionRunContext
from keras_estimator.hooks import SessionRunHook
from keras_estimator.hooks import SessionRunValues
from keras_estimator.hooks import StepCounterHook
from keras_estimator.hooks import StopAtStepHook
from keras_estimator.hooks import SummarySaverHook
from keras_estimator.minimize import minimize
from keras_estimator.model import EstimatorModel
from keras_estimator.model_to_estimator import model_to_estimator
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

__version__ = "0.1.0"

__getattr__ = absent(__name__)

__all__ = [
    "BestCheckpoints",
    "BestExporter",
    "CheckpointInputPipelineHook",
    "CheckpointSaverHook",
    "CheckpointSaverListener",
    "Estimator",
    "EstimatorModel",
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
    "ScheduledHook",
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
    "errors",
    "experimental",
    "export",
    "inputs",
    "minimize",
    "model_to_estimator",
    "predictor",
    "read_eval_metrics",
    "tpu",
    "train_and_evaluate",
]
