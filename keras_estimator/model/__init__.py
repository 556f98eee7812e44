"""A model_fn as a `keras.Model`."""

from keras_estimator.model.estimator_model import EstimatorModel

__all__ = ["EstimatorModel"]
