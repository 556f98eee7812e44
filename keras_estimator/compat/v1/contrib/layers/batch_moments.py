"""Batch normalization by mean and variance, fused or step by step."""

from typing import Any
from typing import NamedTuple

import tensorflow as tf

from keras_estimator.compat.v1.contrib.framework.tensors import smart_cond
from keras_estimator.compat.v1.contrib.layers import windows

_v1 = tf.compat.v1


class Inputs(NamedTuple):
    """What is normalized.

    Attributes:
        values: Floats [batch, ..., channels], or channels first.
        data_format: Which of both.
        weights: Floats [batch], or `None`.
    """

    values: Any
    data_format: str
    weights: Any

    @property
    def can_be_fused(self) -> bool:
        """Whether one operation computes all."""
        return self.weights is None and self.values.shape.rank in (2, 4)

    @property
    def axes(self) -> list[int]:
        """The axes that mean and variance are taken over."""
        rank = self.values.shape.rank
        channels = (
            1 if windows.is_channels_first(self.data_format) else rank - 1
        )
        return [axis for axis in range(rank) if axis != channels]

    def per_channel(self, vector: Any) -> Any:
        """Returns a vector of channels in a shape that fits the values."""
        if vector is None or not windows.is_channels_first(self.data_format):
            return vector
        return tf.reshape(vector, [1, -1] + [1] * (self.values.shape.rank - 2))


def fused_outputs(
    inputs: Inputs,
    beta: Any,
    gamma: Any,
    averages: tuple[Any, Any],
    epsilon: float,
    is_training: Any,
) -> tuple[Any, Any, Any]:
    """Returns outputs, mean and variance, computed by one operation.

    The variance is that of the batch times n / (n - 1).

    Args:
        inputs: What is normalized.
        beta: Floats [channels], or `None`.
        gamma: Floats [channels], or `None`.
        averages: Moving averages of mean and variance.
        epsilon: Is added to the variance.
        is_training: A bool, or a scalar bool tensor.
    """
    moving_mean, moving_variance = averages
    shape = moving_mean.shape
    dtype = moving_mean.dtype.base_dtype
    gamma = tf.ones(shape, dtype) if gamma is None else gamma
    beta = tf.zeros(shape, dtype) if beta is None else beta
    values, data_format = inputs.values, inputs.data_format
    is_vector = values.shape.rank == 2
    if is_vector:
        # The operation knows images only.
        values = tf.reshape(values, [-1, 1, 1, shape[0]])
        data_format = "NHWC"

    def training() -> Any:
        return _v1.nn.fused_batch_norm(
            values, gamma, beta, epsilon=epsilon, data_format=data_format
        )

    def inference() -> Any:
        return _v1.nn.fused_batch_norm(
            values,
            gamma,
            beta,
            mean=moving_mean,
            variance=moving_variance,
            epsilon=epsilon,
            data_format=data_format,
            is_training=False,
        )

    outputs, mean, variance = smart_cond(is_training, training, inference)
    if is_vector:
        outputs = tf.reshape(outputs, tf.shape(inputs.values))
    return outputs, mean, variance


def unfused_outputs(
    inputs: Inputs,
    beta: Any,
    gamma: Any,
    averages: tuple[Any, Any],
    epsilon: float,
    is_training: Any,
) -> tuple[Any, Any, Any]:
    """Returns outputs, mean and variance, computed step by step.

    Args:
        inputs: What is normalized.
        beta: Floats [channels], or `None`.
        gamma: Floats [channels], or `None`.
        averages: Moving averages of mean and variance.
        epsilon: Is added to the variance.
        is_training: A bool, or a scalar bool tensor.
    """
    values = inputs.values

    def batch() -> Any:
        if inputs.weights is None:
            return tf.nn.moments(values, inputs.axes)
        weights = tf.cast(inputs.weights, values.dtype)
        return tf.nn.weighted_moments(
            values,
            inputs.axes,
            tf.reshape(weights, [-1] + [1] * (values.shape.rank - 1)),
        )

    mean, variance = smart_cond(
        is_training,
        lambda: tuple(tf.cast(each, averages[0].dtype) for each in batch()),
        lambda: tuple(tf.identity(average) for average in averages),
    )
    mean.set_shape(averages[0].shape)
    variance.set_shape(averages[1].shape)
    vectors = [
        None
        if vector is None
        else tf.cast(inputs.per_channel(vector), values.dtype)
        for vector in (mean, variance, beta, gamma)
    ]
    return tf.nn.batch_normalization(values, *vectors, epsilon), mean, variance
