"""`tf.estimator.export`."""

from keras_estimator.export import ClassificationOutput
from keras_estimator.export import EvalOutput
from keras_estimator.export import ExportOutput
from keras_estimator.export import PredictOutput
from keras_estimator.export import RegressionOutput
from keras_estimator.export import ServingInputReceiver
from keras_estimator.export import TensorServingInputReceiver
from keras_estimator.export import build_parsing_serving_input_receiver_fn
from keras_estimator.export import build_raw_serving_input_receiver_fn

__all__ = [
    "ClassificationOutput",
    "EvalOutput",
    "ExportOutput",
    "PredictOutput",
    "RegressionOutput",
    "ServingInputReceiver",
    "TensorServingInputReceiver",
    "build_parsing_serving_input_receiver_fn",
    "build_raw_serving_input_receiver_fn",
]
