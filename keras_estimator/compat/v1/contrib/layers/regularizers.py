"""Losses of weights, which regularizers of variables return."""

import numbers
from collections.abc import Callable
from collections.abc import Sequence
from typing import Any

import tensorflow as tf

from keras_estimator.errors import ConfigError

_v1 = tf.compat.v1


def l1_regularizer(
    scale: float, scope: str | None = None
) -> Callable[[Any], Any]:
    """Returns what makes scale * sum(abs(weights)) of weights.

    Args:
        scale: A float >= 0; of 0.0, there is no loss.
        scope: Name of the operations.

    Returns:
        Function of (weights, name) that returns a scalar, or `None`.

    Raises:
        ConfigError: If scale is an integer, or negative.
    """
    if not _check(scale, "l1_regularizer", "scale"):
        return _no_loss

    def l1(weights: Any, name: str | None = None) -> Any:
        with _v1.name_scope(scope, "l1_regularizer", [weights]) as scoped:
            return tf.multiply(
                _constant(scale, weights),
                tf.reduce_sum(tf.abs(weights)),
                name=name or scoped,
            )

    return l1


def l2_regularizer(
    scale: float, scope: str | None = None
) -> Callable[[Any], Any]:
    """Returns what makes scale * sum(weights ** 2) / 2 of weights.

    Args:
        scale: A float >= 0; of 0.0, there is no loss.
        scope: Name of the operations.

    Returns:
        Function of (weights) that returns a scalar, or `None`.

    Raises:
        ConfigError: If scale is an integer, or negative.
    """
    if not _check(scale, "l2_regularizer", "scale"):
        return _no_loss

    def l2(weights: Any) -> Any:
        with _v1.name_scope(scope, "l2_regularizer", [weights]) as name:
            return tf.multiply(
                _constant(scale, weights), tf.nn.l2_loss(weights), name=name
            )

    return l2


def l1_l2_regularizer(
    scale_l1: float = 1.0, scale_l2: float = 1.0, scope: str | None = None
) -> Callable[[Any], Any]:
    """Returns the sum of an `l1_regularizer` and an `l2_regularizer`.

    Args:
        scale_l1: A float >= 0.
        scale_l2: A float >= 0.
        scope: Name of the operations.

    Returns:
        Function of (weights) that returns a scalar.

    Raises:
        ConfigError: If one of the scales is an integer, or negative.
    """
    _check(scale_l1, "l1_l2_regularizer", "scale_l1")
    _check(scale_l2, "l1_l2_regularizer", "scale_l2")
    scope = scope or "l1_l2_regularizer"
    if scale_l1 == 0.0:
        return l2_regularizer(scale_l2, scope)
    if scale_l2 == 0.0:
        return l1_regularizer(scale_l1, scope)
    return _sum([l1_regularizer(scale_l1), l2_regularizer(scale_l2)], scope)


def sum_regularizer(
    regularizer_list: Sequence[Callable[[Any], Any] | None],
    scope: str | None = None,
) -> Callable[[Any], Any] | None:
    """Returns the sum of several regularizers.

    Args:
        regularizer_list: Regularizers; those that are `None` do not count.
        scope: Name of the operations.

    Returns:
        Function of (weights) that returns a scalar or, if there is no loss,
        `None`; `None` if there is no regularizer.
    """
    given = [each for each in regularizer_list if each is not None]
    return _sum(given, scope) if given else None


def _sum(
    given: Sequence[Callable[[Any], Any]], scope: str | None
) -> Callable[[Any], Any]:
    def total(weights: Any) -> Any:
        with _v1.name_scope(scope, "sum_regularizer", [weights]) as name:
            losses = [each(weights) for each in given]
            losses = [loss for loss in losses if loss is not None]
            return tf.add_n(losses, name=name) if losses else None

    return total


def apply_regularization(
    regularizer: Callable[[Any], Any],
    weights_list: Sequence[Any] | None = None,
) -> Any:
    """Returns the sum of a regularizer's losses of weights.

    The sum is added to the collection REGULARIZATION_LOSSES.

    Args:
        regularizer: Function of weights that returns a scalar, or `None`.
        weights_list: The weights; by default the collection WEIGHTS.

    Returns:
        A scalar.

    Raises:
        ConfigError: If there are no weights, or a loss is no scalar.
    """
    keys = _v1.GraphKeys
    weights_list = weights_list or _v1.get_collection(keys.WEIGHTS)
    if not weights_list:
        raise ConfigError(
            "No weights to regularize: `weights_list` is empty, and so is the "
            "collection `tf.GraphKeys.WEIGHTS`. Give the variables, such as "
            "`tf.trainable_variables()`."
        )
    with _v1.name_scope(
        "get_regularization_penalty", values=weights_list
    ) as name:
        losses = [regularizer(weights) for weights in weights_list]
        losses = [
            loss if loss is not None else tf.constant(0.0) for loss in losses
        ]
        for loss in losses:
            if loss.shape.rank != 0:
                raise ConfigError(
                    "`regularizer` must return a scalar Tensor instead of a "
                    f"Tensor with rank {loss.shape.rank}."
                )
        total = tf.add_n(losses, name=name)
    _v1.add_to_collection(keys.REGULARIZATION_LOSSES, total)
    return total


def _no_loss(weights: Any, name: str | None = None) -> None:
    """Returns no loss."""


def _constant(scale: float, weights: Any) -> Any:
    return tf.convert_to_tensor(
        scale, dtype=weights.dtype.base_dtype, name="scale"
    )


def _check(scale: Any, function: str, argument: str) -> bool:
    """Returns whether there is a loss.

    A scale of True, or of 1 where 1e-1 was meant, trains another model: as in
    TensorFlow 1, integers are refused.
    """
    if isinstance(scale, numbers.Integral):
        raise ConfigError(
            f"`{argument}` of {function} cannot be an integer: {scale!r}. "
            f"Give a float, such as {float(scale)}."
        )
    if isinstance(scale, numbers.Real):
        if scale < 0.0:
            raise ConfigError(
                f"Setting a `{argument}` less than 0 on a regularizer: "
                f"{scale}. Give a float >= 0."
            )
        if scale == 0.0:
            _v1.logging.info("Scale of 0 disables regularizer.")
            return False
    return True
