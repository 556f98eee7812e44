"""What a model offers for serving, and how it is written."""

from keras_estimator.export.outputs import ClassificationOutput
from keras_estimator.export.outputs import EvalOutput
from keras_estimator.export.outputs import ExportOutput
from keras_estimator.export.outputs import PredictOutput
from keras_estimator.export.outputs import RegressionOutput
from keras_estimator.export.receivers import ServingInputReceiver
from keras_estimator.export.receivers import SupervisedInputReceiver
from keras_estimator.export.receivers import TensorServingInputReceiver
from keras_estimator.export.receivers import UnsupervisedInputReceiver
from keras_estimator.export.receivers import (
    build_parsing_serving_input_receiver_fn,
)
from keras_estimator.export.receivers import build_raw_serving_input_receiver_fn

__all__ = [
    "ClassificationOutput",
    "EvalOutput",
    "ExportOutput",
    "PredictOutput",
    "RegressionOutput",
    "ServingInputReceiver",
    "SupervisedInputReceiver",
    "TensorServingInputReceiver",
    "UnsupervisedInputReceiver",
    "build_parsing_serving_input_receiver_fn",
    "build_raw_serving_input_receiver_fn",
]
