"""What a model offers for serving, and how it is written."""

from keras_estimator.export.outputs import ClassificationOutput
from keras_estimator.export.outputs import EvalOutput
from keras_estimator.export.outputs import ExportOutput
from keras_estimator.export.outputs import PredictOutput
from keras_estimator.export.outputs import RegressionOutput

__all__ = [
    "ClassificationOutput",
    "EvalOutput",
    "ExportOutput",
    "PredictOutput",
    "RegressionOutput",
]
