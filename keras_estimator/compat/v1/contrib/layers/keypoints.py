"""Where the features of an image are."""

from typing import Any

import tensorflow as tf

from keras_estimator.compat.v1.contrib.framework.arguments import add_arg_scope
from keras_estimator.compat.v1.contrib.framework.variables import model_variable
from keras_estimator.compat.v1.contrib.layers.collections import (
    variable_collections,
)
from keras_estimator.compat.v1.contrib.layers.windows import channels_of
from keras_estimator.compat.v1.contrib.layers.windows import check_format

_v1 = tf.compat.v1


@add_arg_scope
def spatial_softmax(
    features: Any,
    temperature: float | None = None,
    name: str | None = None,
    variables_collections: Any = None,
    trainable: bool = True,
    data_format: str = "NHWC",
) -> Any:
    """Returns the mean place of each channel (Finn et al., 2016).

    Args:
        features: Floats [batch, height, width, channels].
        temperature: What features are divided by before their softmax; the
            first value of a variable. 1 by default.
        name: Name of the layer, `spatial_softmax` by default.
        variables_collections: Collections for the variable, if it is trained.
        trainable: Whether the temperature is trained.
        data_format: `NHWC`, or `NCHW` for channels first.

    Returns:
        Floats [batch, channels * 2] from -1 to 1: the row and the column of
        each channel.

    Raises:
        ConfigError: If the number of channels is not known, or the format is
            another.
    """
    with _v1.variable_scope(name, "spatial_softmax"):
        check_format(data_format, ("NHWC", "NCHW"))
        channels = channels_of(features, data_format)
        if data_format == "NHWC":
            features = tf.transpose(features, [0, 3, 1, 2])
        height, width = tf.unstack(tf.shape(features)[2:])
        collections = variable_collections(variables_collections, "temperature")
        divisor = model_variable(
            "temperature",
            shape=(),
            dtype=tf.float32,
            initializer=_v1.constant_initializer(
                1.0 if temperature is None else temperature
            ),
            collections=collections if trainable else None,
            trainable=trainable,
        )
        rows, columns = tf.meshgrid(
            tf.linspace(-1.0, 1.0, height),
            tf.linspace(-1.0, 1.0, width),
            indexing="ij",
        )
        attention = tf.nn.softmax(
            tf.reshape(features, [-1, height * width]) / divisor
        )
        places = [
            tf.reduce_sum(tf.reshape(along, [-1]) * attention, 1, keepdims=True)
            for along in (rows, columns)
        ]
        return tf.reshape(tf.concat(places, 1), [-1, channels * 2])
