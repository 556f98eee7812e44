"""`tf.estimator.inputs`."""

from keras_estimator.inputs import numpy_input_fn
from keras_estimator.inputs import pandas_input_fn

__all__ = ["numpy_input_fn", "pandas_input_fn"]
