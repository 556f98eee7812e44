"""`tf.contrib.stateless`, which became `tf.random.stateless_...`."""

import tensorflow as tf

from keras_estimator.compat._missing import missing

stateless_multinomial = tf.compat.v1.random.stateless_multinomial
stateless_random_normal = tf.random.stateless_normal
stateless_random_uniform = tf.random.stateless_uniform
stateless_truncated_normal = tf.random.stateless_truncated_normal

__getattr__ = missing(__name__)

__all__ = [
    "stateless_multinomial",
    "stateless_random_normal",
    "stateless_random_uniform",
    "stateless_truncated_normal",
]
