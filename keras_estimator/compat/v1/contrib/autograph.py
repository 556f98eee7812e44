"""`tf.contrib.autograph`, which became `tf.autograph`."""

import tensorflow as tf

from keras_estimator.compat._missing import missing

_autograph = tf.compat.v1.autograph

Feature = _autograph.experimental.Feature
do_not_convert = _autograph.experimental.do_not_convert
set_loop_options = _autograph.experimental.set_loop_options
to_code = _autograph.to_code
to_graph = _autograph.to_graph

__getattr__ = missing(__name__)

__all__ = [
    "Feature",
    "do_not_convert",
    "set_loop_options",
    "to_code",
    "to_graph",
]
