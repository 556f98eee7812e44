"""`tf.pywrap_tensorflow`: reading checkpoints is what programs used it for."""

import tensorflow as tf

from keras_estimator.compat._missing import missing

CheckpointReader = tf.compat.v1.train.NewCheckpointReader
NewCheckpointReader = tf.compat.v1.train.NewCheckpointReader

__getattr__ = missing(__name__)

__all__ = ["CheckpointReader", "NewCheckpointReader"]
