"""`tf.data.experimental`, with `CheckpointInputPipelineHook`."""

from keras_estimator.compat import _overlay
from keras_estimator.hooks import CheckpointInputPipelineHook

__getattr__, __dir__ = _overlay.overlay(__name__)

__all__ = ["CheckpointInputPipelineHook"]
