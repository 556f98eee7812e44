"""`tf.train`, with hooks that do not slow the steps in between."""

import functools
from typing import Any

import tensorflow as tf

from keras_estimator.checkpoint.warm_start import VocabInfo
from keras_estimator.compat import _overlay
from keras_estimator.compat.v1 import graphs
from keras_estimator.compat.v1.optimizer import Optimizer
from keras_estimator.compat.v1.optimizer import subclassable
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

_train = tf.compat.v1.train

AdadeltaOptimizer = subclassable(_train.AdadeltaOptimizer)
AdagradDAOptimizer = subclassable(_train.AdagradDAOptimizer)
AdagradOptimizer = subclassable(_train.AdagradOptimizer)
AdamOptimizer = subclassable(_train.AdamOptimizer)
FtrlOptimizer = subclassable(_train.FtrlOptimizer)
GradientDescentOptimizer = subclassable(_train.GradientDescentOptimizer)
MomentumOptimizer = subclassable(_train.MomentumOptimizer)
ProximalAdagradOptimizer = subclassable(_train.ProximalAdagradOptimizer)
ProximalGradientDescentOptimizer = subclassable(
    _train.ProximalGradientDescentOptimizer
)
RMSPropOptimizer = subclassable(_train.RMSPropOptimizer)

__getattr__, __dir__ = _overlay.overlay(__name__)
_monitored = tf.compat.v1.train.MonitoredTrainingSession


@functools.wraps(_monitored)
def MonitoredTrainingSession(*args: Any, **kwargs: Any) -> Any:
    """Makes a session with hooks; see `tf.compat.v1`.

    Raises:
        UnsupportedError: If no graph is being built.
    """
    graphs.require_graph("tf.train.MonitoredTrainingSession()")
    return _monitored(*args, **kwargs)


__all__ = [
    "AdadeltaOptimizer",
    "AdagradDAOptimizer",
    "AdagradOptimizer",
    "AdamOptimizer",
    "CheckpointSaverHook",
    "CheckpointSaverListener",
    "FeedFnHook",
    "FinalOpsHook",
    "FtrlOptimizer",
    "GlobalStepWaiterHook",
    "GradientDescentOptimizer",
    "LoggingTensorHook",
    "MomentumOptimizer",
    "MonitoredTrainingSession",
    "NanLossDuringTrainingError",
    "NanTensorHook",
    "Optimizer",
    "ProfilerHook",
    "ProximalAdagradOptimizer",
    "ProximalGradientDescentOptimizer",
    "RMSPropOptimizer",
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
