"""`tf.nn`, with `rnn_cell`."""

from keras_estimator.compat import _overlay
from keras_estimator.compat.v1.nn import rnn_cell

__getattr__, __dir__ = _overlay.overlay(__name__)

__all__ = ["rnn_cell"]
