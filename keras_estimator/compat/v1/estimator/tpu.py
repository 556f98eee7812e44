"""`tf.estimator.tpu`."""

from keras_estimator.tpu import *  # noqa: F403
from keras_estimator.tpu import __all__ as __all__
from keras_estimator.tpu import __getattr__ as __getattr__
