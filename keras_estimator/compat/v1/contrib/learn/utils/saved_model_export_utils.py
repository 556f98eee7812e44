"""`tf.contrib.learn.utils.saved_model_export_utils`."""

from keras_estimator.compat._missing import missing
from keras_estimator.compat.v1.contrib.learn.export_strategy import (
    make_export_strategy,
)

__getattr__ = missing(__name__)

__all__ = ["make_export_strategy"]
