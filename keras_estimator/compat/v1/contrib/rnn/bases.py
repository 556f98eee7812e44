"""What the cells here derive from: tf_keras keeps it."""

from collections.abc import Callable
from typing import Any

import tensorflow as tf

from keras_estimator.compat.v1._legacy import legacy
from keras_estimator.errors import ConfigError

_cells = legacy("rnn_cell")
Layer = legacy("layers").Layer
LSTMStateTuple = _cells.LSTMStateTuple
RNNCell = _cells.RNNCell
# It has no public name, but is what every public cell derives from.
LayerRNNCell = _cells.BasicRNNCell.__bases__[0]


def in_graph(call: Callable[..., Any]) -> Callable[..., Any]:
    """Keeps AutoGraph from a `call`, whose errors it would wrap."""
    return tf.autograph.experimental.do_not_convert(call)


def depth(inputs_shape: Any) -> int:
    """Returns how many features there are in each element of a batch.

    Args:
        inputs_shape: Shape [..., depth].

    Raises:
        ConfigError: If it is not known.
    """
    found = tf.TensorShape(inputs_shape)[-1]
    if found is None:
        raise ConfigError(
            "The last dimension of `inputs` must be known. Received shape: "
            f"{inputs_shape}. Set it by `tensor.set_shape`."
        )
    return int(found)
