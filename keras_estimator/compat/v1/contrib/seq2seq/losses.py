"""The loss of sequences of classes."""

from collections.abc import Callable
from typing import Any

import tensorflow as tf

from keras_estimator.errors import ConfigError


def sequence_loss(
    logits: tf.Tensor,
    targets: tf.Tensor,
    weights: tf.Tensor,
    average_across_timesteps: bool = True,
    average_across_batch: bool = True,
    sum_over_timesteps: bool = False,
    sum_over_batch: bool = False,
    softmax_loss_function: Callable[..., tf.Tensor] | None = None,
    name: str | None = None,
) -> tf.Tensor:
    """Returns the weighted cross-entropy of sequences.

    Averages are divided by the sum of the weights, sums by how many weights
    are not 0.

    Args:
        logits: float [batch, time, classes].
        targets: integers [batch, time].
        weights: float [batch, time]; 0 for padding.
        average_across_timesteps: Whether time steps are averaged.
        average_across_batch: Whether sequences are averaged.
        sum_over_timesteps: Whether time steps are summed.
        sum_over_batch: Whether sequences are summed.
        softmax_loss_function: Function of labels and logits, by these names,
            in place of the softmax cross-entropy.
        name: Scope of the operations.

    Returns:
        float [], or [time], [batch] or [batch, time] as far as nothing is
        averaged or summed.

    Raises:
        ConfigError: If a tensor has another rank, or the same is to be
            averaged and summed.

    Example:
    >>> with tf.Graph().as_default(), tf.compat.v1.Session() as session:
    ...     loss = sequence_loss(
    ...         tf.zeros([1, 2, 4]), tf.constant([[1, 2]]), tf.ones([1, 2])
    ...     )
    ...     round(float(session.run(loss)), 4)
    1.3863
    """
    _check(logits, targets, weights)
    across = {
        "timesteps": (average_across_timesteps, sum_over_timesteps),
        "batch": (average_across_batch, sum_over_batch),
    }
    for axis, (is_average, is_sum) in across.items():
        if is_average and is_sum:
            raise ConfigError(
                f"average_across_{axis} and sum_over_{axis} cannot be set to "
                "True at same time."
            )
    with tf.name_scope(name or "sequence_loss"):
        losses = _losses(logits, targets, softmax_loss_function) * weights
        if average_across_timesteps or average_across_batch:
            return _mean(
                losses, weights, average_across_batch, average_across_timesteps
            )
        if sum_over_timesteps or sum_over_batch:
            counted = tf.cast(tf.not_equal(weights, 0), losses.dtype)
            return _mean(losses, counted, sum_over_batch, sum_over_timesteps)
        return losses


def _losses(
    logits: tf.Tensor,
    targets: tf.Tensor,
    function: Callable[..., tf.Tensor] | None,
) -> tf.Tensor:
    """Returns the loss of each time step, float [batch, time]."""
    function = function or tf.nn.sparse_softmax_cross_entropy_with_logits
    flat = function(
        labels=tf.reshape(targets, [-1]),
        logits=tf.reshape(logits, [-1, tf.shape(logits)[2]]),
    )
    return tf.reshape(flat, tf.shape(logits)[:2])


def _mean(
    losses: tf.Tensor, counted: tf.Tensor, batch: bool, timesteps: bool
) -> tf.Tensor:
    """Returns the sum over axes, divided by what is counted."""
    axes = [axis for axis, is_in in enumerate((batch, timesteps)) if is_in]
    return tf.math.divide_no_nan(
        tf.reduce_sum(losses, axes), tf.reduce_sum(counted, axes)
    )


def _check(logits: Any, targets: Any, weights: Any) -> None:
    for name, tensor, shape in (
        ("logits", logits, "[batch, time, classes]"),
        ("targets", targets, "[batch, time]"),
        ("weights", weights, "[batch, time]"),
    ):
        if len(tensor.shape) != shape.count(",") + 1:
            raise ConfigError(
                f"`{name}` must be a {shape} tensor. Received shape: "
                f"{tensor.shape}."
            )
