"""`tf.contrib.tensorboard`: the embedding projector."""

from keras_estimator.compat._missing import missing
from keras_estimator.compat.v1.contrib.tensorboard import plugins

__getattr__ = missing(__name__)

__all__ = ["plugins"]
