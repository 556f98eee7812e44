"""Input functions: from what a user's `input_fn` returns to batches."""

from keras_estimator.inputs.numpy_input import numpy_input_fn
from keras_estimator.inputs.pandas_input import pandas_input_fn

__all__ = ["numpy_input_fn", "pandas_input_fn"]
