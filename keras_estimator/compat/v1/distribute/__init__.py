"""`tf.distribute`, with cluster resolvers that reach for no TPU."""

from keras_estimator.compat import _overlay
from keras_estimator.compat.v1.distribute import cluster_resolver

__getattr__, __dir__ = _overlay.overlay(__name__)

__all__ = ["cluster_resolver"]
