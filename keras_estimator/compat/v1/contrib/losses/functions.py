"""`tf.losses` with predictions first, as `tf.contrib.losses` has them."""

from collections.abc import Callable
from typing import Any

import tensorflow as tf

_v1 = tf.compat.v1
_losses = _v1.losses

get_losses = _losses.get_losses
get_regularization_losses = _losses.get_regularization_losses
get_total_loss = _losses.get_total_loss


def add_loss(loss: Any, loss_collection: str | None = "losses") -> None:
    """Adds a loss to a collection: that of `get_losses` by default.

    Args:
        loss: A scalar.
        loss_collection: Name of the collection; `None` for none.
    """
    if loss_collection is not None:
        _v1.add_to_collection(loss_collection, loss)


def compute_weighted_loss(
    losses: Any, weights: Any = 1.0, scope: str | None = None
) -> Any:
    """Returns the mean of losses times weights, over weights other than 0.

    It is added to the collection of losses, as are all of this module.

    Args:
        losses: Floats [batch, ...].
        weights: A scalar, or floats [batch, ...].
        scope: Name of the operations.
    """
    return _losses.compute_weighted_loss(
        losses, _weights(weights, losses), scope
    )


def _of_values(name: str, says: str) -> Callable[..., Any]:
    """Returns a loss that compares predictions with labels, one by one.

    Args:
        name: Its name, which is that of the function in `tf.losses`.
        says: The first line of its docstring.
    """
    loss = getattr(_losses, name)

    def of_values(
        predictions: Any,
        labels: Any = None,
        weights: Any = 1.0,
        scope: str | None = None,
    ) -> Any:
        return loss(labels, predictions, _weights(weights, predictions), scope)

    of_values.__name__ = of_values.__qualname__ = name
    of_values.__doc__ = f"""{says}

    Args:
        predictions: Floats [batch, ...].
        labels: Floats of that shape.
        weights: A scalar, or floats [batch, ...].
        scope: Name of the operations.
    """
    return of_values


absolute_difference = _of_values(
    "absolute_difference", "Returns the mean of abs(predictions - labels)."
)
mean_squared_error = _of_values(
    "mean_squared_error", "Returns the mean of (predictions - labels) ** 2."
)


def mean_pairwise_squared_error(
    predictions: Any,
    labels: Any = None,
    weights: Any = 1.0,
    scope: str | None = None,
) -> Any:
    """Returns the mean squared error of differences inside of each example.

    It is that of `tf.losses` times (n - 1) / n, of n values of an example.

    Args:
        predictions: Floats [batch, ...].
        labels: Floats of that shape.
        weights: A scalar, or floats [batch].
        scope: Name of the operations.
    """
    loss = _losses.mean_pairwise_squared_error(
        labels, predictions, weights, scope, loss_collection=None
    )
    predictions = tf.convert_to_tensor(predictions)
    count = tf.cast(tf.size(predictions) / tf.shape(predictions)[0], loss.dtype)
    loss = loss * (count - 1.0) / count
    add_loss(loss)
    return loss


def log_loss(
    predictions: Any,
    labels: Any = None,
    weights: Any = 1.0,
    epsilon: float = 1e-7,
    scope: str | None = None,
) -> Any:
    """Returns the mean cross entropy of probabilities.

    Args:
        predictions: Floats [batch, ...] from 0 to 1.
        labels: Floats of that shape.
        weights: A scalar, or floats [batch, ...].
        epsilon: Is added to what a logarithm is taken of.
        scope: Name of the operations.
    """
    return _losses.log_loss(
        labels, predictions, _weights(weights, predictions), epsilon, scope
    )


def cosine_distance(
    predictions: Any,
    labels: Any = None,
    axis: int | None = None,
    weights: Any = 1.0,
    scope: str | None = None,
    dim: int | None = None,
) -> Any:
    """Returns the mean of 1 - the cosine of vectors of length 1.

    Args:
        predictions: Floats [batch, ...].
        labels: Floats of that shape.
        axis: The axis of the vectors.
        weights: A scalar, or floats [batch, ...].
        scope: Name of the operations.
        dim: The old name of axis.
    """
    return _losses.cosine_distance(
        labels,
        predictions,
        axis=dim if axis is None else axis,
        weights=weights,
        scope=scope,
    )


def sigmoid_cross_entropy(
    logits: Any,
    multi_class_labels: Any,
    weights: Any = 1.0,
    label_smoothing: float = 0,
    scope: str | None = None,
) -> Any:
    """Returns the mean cross entropy of the sigmoids of logits.

    Args:
        logits: Floats [batch, classes].
        multi_class_labels: Numbers of that shape, from 0 to 1.
        weights: A scalar, or floats [batch, ...].
        label_smoothing: How far labels are moved to 1 / 2.
        scope: Name of the operations.
    """
    return _losses.sigmoid_cross_entropy(
        multi_class_labels,
        logits,
        _weights(weights, logits),
        label_smoothing,
        scope,
    )


def softmax_cross_entropy(
    logits: Any,
    onehot_labels: Any,
    weights: Any = 1.0,
    label_smoothing: float = 0,
    scope: str | None = None,
) -> Any:
    """Returns the mean cross entropy of the softmax of logits.

    Args:
        logits: Floats [batch, classes].
        onehot_labels: Numbers of that shape.
        weights: A scalar, or floats [batch].
        label_smoothing: How far labels are moved to 1 / classes.
        scope: Name of the operations.
    """
    return _losses.softmax_cross_entropy(
        onehot_labels, logits, weights, label_smoothing, scope
    )


def sparse_softmax_cross_entropy(
    logits: Any, labels: Any, weights: Any = 1.0, scope: str | None = None
) -> Any:
    """Returns the mean cross entropy of the softmax of logits.

    Args:
        logits: Floats [batch, classes].
        labels: Integers [batch]: the classes.
        weights: A scalar, or floats [batch] or [batch, 1].
        scope: Name of the operations.
    """
    labels = tf.convert_to_tensor(labels)
    if labels.shape.rank == 2:
        labels = tf.squeeze(labels, [1])
    weights = tf.convert_to_tensor(weights, tf.float32)
    if weights.shape.rank == 2:
        weights = tf.squeeze(weights, [1])
    return _losses.sparse_softmax_cross_entropy(labels, logits, weights, scope)


def hinge_loss(
    logits: Any, labels: Any = None, scope: str | None = None
) -> Any:
    """Returns max(0, 1 - signs * logits), of each logit.

    It is in no collection: give its mean to `add_loss`.

    Args:
        logits: Floats [batch, ...].
        labels: Numbers of that shape, 0 or 1, whose signs are -1 and 1.
        scope: Name of the operations.
    """
    with _v1.name_scope(scope, "hinge_loss", [logits, labels]):
        signs = 2 * tf.cast(labels, tf.float32) - 1
        return tf.nn.relu(1 - signs * logits)


def _weights(weights: Any, losses: Any) -> Any:
    """Returns weights of examples in a shape that `tf.losses` takes."""
    weights = tf.convert_to_tensor(weights, tf.float32)
    rank, wanted = weights.shape.rank, tf.convert_to_tensor(losses).shape.rank
    if not rank or wanted is None or rank >= wanted:
        return weights
    ones = tf.ones([wanted - rank], tf.int32)
    return tf.reshape(weights, tf.concat([tf.shape(weights), ones], 0))
