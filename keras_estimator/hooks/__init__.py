"""Hooks: what watches or steers a run."""

from keras_estimator.engine.hook import ScheduledHook
from keras_estimator.engine.hook import SessionRunArgs
from keras_estimator.engine.hook import SessionRunContext
from keras_estimator.engine.hook import SessionRunHook
from keras_estimator.engine.hook import SessionRunValues
from keras_estimator.hooks.control import GlobalStepWaiterHook
from keras_estimator.hooks.control import NanTensorHook
from keras_estimator.hooks.control import StopAtStepHook
from keras_estimator.hooks.feeding import FeedFnHook
from keras_estimator.hooks.final_ops import FinalOpsHook
from keras_estimator.hooks.input_pipeline import CheckpointInputPipelineHook
from keras_estimator.hooks.profiling import ProfilerHook
from keras_estimator.hooks.reporting import LoggingTensorHook
from keras_estimator.hooks.reporting import StepCounterHook
from keras_estimator.hooks.saving import CheckpointSaverHook
from keras_estimator.hooks.saving import CheckpointSaverListener
from keras_estimator.hooks.summaries import SummarySaverHook
from keras_estimator.hooks.timer import SecondOrStepTimer

__all__ = [
    "CheckpointInputPipelineHook",
    "CheckpointSaverHook",
    "CheckpointSaverListener",
    "FeedFnHook",
    "FinalOpsHook",
    "GlobalStepWaiterHook",
    "LoggingTensorHook",
    "NanTensorHook",
    "ProfilerHook",
    "ScheduledHook",
    "SecondOrStepTimer",
    "SessionRunArgs",
    "SessionRunContext",
    "SessionRunHook",
    "SessionRunValues",
    "StepCounterHook",
    "StopAtStepHook",
    "SummarySaverHook",
]
