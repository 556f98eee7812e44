"""`tf.data`, with the hook in `experimental`."""

from keras_estimator.compat import _overlay
from keras_estimator.compat.v1.data import experimental

__getattr__, __dir__ = _overlay.overlay(__name__)

__all__ = ["experimental"]
