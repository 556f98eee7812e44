"""`tf.compat.v1.estimator.experimental`."""

from keras_estimator._absent import absent
from keras_estimator.experimental import *  # noqa: F403
from keras_estimator.experimental import __all__ as __all__

__getattr__ = absent(__name__)
