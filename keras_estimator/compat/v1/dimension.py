"""`tf.Dimension`: what `isinstance` asks of a size of a shape."""

import tensorflow as tf

from keras_estimator.compat._stand_in import StandIn
from keras_estimator.compat.v1 import _dimensions


class Dimension(tf.compat.v1.Dimension, metaclass=StandIn):
    """A size of a shape, which may be unknown; known ones are also numbers.

    Args:
        value: The size; `None` if it is unknown.
    """

    stands_for = (tf.compat.v1.Dimension, _dimensions.Dimension)
