"""Training and evaluating by turns."""

from keras_estimator.training.exporters import BestExporter
from keras_estimator.training.exporters import Exporter
from keras_estimator.training.exporters import FinalExporter
from keras_estimator.training.exporters import LatestExporter
from keras_estimator.training.loop import train_and_evaluate
from keras_estimator.training.specs import EvalSpec
from keras_estimator.training.specs import TrainSpec

__all__ = [
    "BestExporter",
    "EvalSpec",
    "Exporter",
    "FinalExporter",
    "LatestExporter",
    "TrainSpec",
    "train_and_evaluate",
]
