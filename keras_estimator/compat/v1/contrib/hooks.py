"""`tf.contrib.hooks`, which became a part of `tf.train`."""

from keras_estimator.compat._missing import missing
from keras_estimator.hooks import ProfilerHook

__getattr__ = missing(__name__)

__all__ = ["ProfilerHook"]
