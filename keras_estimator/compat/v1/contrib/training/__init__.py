"""`tf.contrib.training`."""

import tensorflow as tf

from keras_estimator.compat._missing import missing
from keras_estimator.compat.v1.contrib.training.hparams import HParams
from keras_estimator.compat.v1.contrib.training.parsing import parse_values
from keras_estimator.compat.v1.contrib.training.train_operation import (
    add_gradients_summaries,
)
from keras_estimator.compat.v1.contrib.training.train_operation import (
    clip_gradient_norms,
)
from keras_estimator.compat.v1.contrib.training.train_operation import (
    clip_gradient_norms_fn,
)
from keras_estimator.compat.v1.contrib.training.train_operation import (
    create_train_op,
)
from keras_estimator.compat.v1.contrib.training.train_operation import (
    multiply_gradients,
)

checkpoints_iterator = tf.train.checkpoints_iterator

__getattr__ = missing(__name__)

__all__ = [
    "HParams",
    "add_gradients_summaries",
    "checkpoints_iterator",
    "clip_gradient_norms",
    "clip_gradient_norms_fn",
    "create_train_op",
    "multiply_gradients",
    "parse_values",
]
