"""`tf.estimator.export`."""

from keras_estimator.export import ClassificationOutput
from keras_estimator.export import EvalOutput
from keras_estimator.export import ExportOutput
from keras_estimator.export import PredictOutput
from keras_estimator.export import RegressionOutput

__all__ = [
    "ClassificationOutput",
    "EvalOutput",
    "ExportOutput",
    "PredictOutput",
    "RegressionOutput",
]
