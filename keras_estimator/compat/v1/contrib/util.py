"""`tf.contrib.util`: tensors as protocol buffers, and back."""

import tensorflow as tf

from keras_estimator.compat._missing import missing

constant_value = tf.get_static_value
make_ndarray = tf.make_ndarray
make_tensor_proto = tf.compat.v1.make_tensor_proto

__getattr__ = missing(__name__)

__all__ = ["constant_value", "make_ndarray", "make_tensor_proto"]
