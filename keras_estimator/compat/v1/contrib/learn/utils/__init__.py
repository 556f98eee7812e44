"""`tf.contrib.learn.utils`."""

from keras_estimator.compat._missing import missing
from keras_estimator.compat.v1.contrib.learn.export_strategy import (
    make_export_strategy,
)
from keras_estimator.compat.v1.contrib.learn.utils import (
    saved_model_export_utils,
)

__getattr__ = missing(__name__)

__all__ = ["make_export_strategy", "saved_model_export_utils"]
