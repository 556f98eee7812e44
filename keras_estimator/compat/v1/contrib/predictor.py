"""`tf.contrib.predictor`."""

from keras_estimator.predictor import from_estimator
from keras_estimator.predictor import from_saved_model

__all__ = ["from_estimator", "from_saved_model"]
