"""`tf.contrib.nn`: dropout for SELU networks, and smaller things."""

from typing import Any

import tensorflow as tf

from keras_estimator.compat._missing import missing
from keras_estimator.errors import ConfigError

conv1d_transpose = tf.nn.conv1d_transpose

# -scale * alpha of `tf.nn.selu`: what it tends to for small arguments.
_SATURATED = -1.7580993408473766


def alpha_dropout(
    x: Any,
    keep_prob: Any,
    noise_shape: Any = None,
    seed: int | None = None,
    name: str | None = None,
) -> Any:
    """Drops elements, and keeps mean and variance of normalized ones.

    Klambauer et al., Self-Normalizing Neural Networks, 2017.

    Args:
        x: Tensor of floats.
        keep_prob: Number in (0, 1], or a scalar: how likely each is kept.
        noise_shape: int32 shape of the choices; those of `x` by default.
        seed: Seed of the operation.
        name: Scope of the operations.

    Returns:
        Tensor of the shape and dtype of `x`.

    Raises:
        ConfigError: If the number `keep_prob` is not in (0, 1].
    """
    if isinstance(keep_prob, int | float):
        if not 0 < keep_prob <= 1:
            raise ConfigError(
                f"`keep_prob` must be in (0, 1]; got {keep_prob!r}."
            )
        if keep_prob == 1:
            return x
    with tf.name_scope(name or "alpha_dropout"):
        x = tf.convert_to_tensor(x, name="x")
        keep = tf.cast(keep_prob, x.dtype)
        shape = tf.shape(x) if noise_shape is None else noise_shape
        chance = tf.random.uniform(shape, dtype=x.dtype, seed=seed)
        kept = tf.floor(keep + chance)
        scale = (keep + _SATURATED**2 * keep * (1 - keep)) ** -0.5
        shift = -scale * _SATURATED * (1 - keep)
        return scale * (x * kept + _SATURATED * (1 - kept)) + shift


def scaled_softplus(
    x: Any, alpha: Any, clip: Any = None, name: str | None = None
) -> Any:
    """Returns `alpha * log(1 + exp(x / alpha))`, at most `clip`.

    Args:
        x: Tensor of floats.
        alpha: Positive number or tensor.
        clip: Largest value; `None` for none.
        name: Scope of the operations.
    """
    with tf.name_scope(name or "scaled_softplus"):
        found = alpha * tf.nn.softplus(x / alpha)
        return found if clip is None else tf.minimum(found, clip)


def nth_element(
    input: Any,
    n: Any,
    reverse: bool = False,
    name: str | None = None,
) -> Any:
    """Returns the n-th smallest (`reverse`: largest) of each row, from 0.

    Args:
        input: Tensor [..., width].
        n: int32 [], less than the width.
        reverse: Whether to count from the largest.
        name: Name of the operation.

    Returns:
        Tensor [...].
    """
    return tf.raw_ops.NthElement(input=input, n=n, reverse=reverse, name=name)


def deprecated_flipped_softmax_cross_entropy_with_logits(
    logits: Any, labels: Any, dim: int = -1, name: str | None = None
) -> Any:
    """`tf.nn.softmax_cross_entropy_with_logits` with the logits first."""
    return tf.compat.v1.nn.softmax_cross_entropy_with_logits(
        labels=labels, logits=logits, dim=dim, name=name
    )


def deprecated_flipped_sparse_softmax_cross_entropy_with_logits(
    logits: Any, labels: Any, name: str | None = None
) -> Any:
    """`tf.nn.sparse_softmax_cross_entropy_with_logits`, logits first."""
    return tf.compat.v1.nn.sparse_softmax_cross_entropy_with_logits(
        labels=labels, logits=logits, name=name
    )


def deprecated_flipped_sigmoid_cross_entropy_with_logits(
    logits: Any, targets: Any, name: str | None = None
) -> Any:
    """`tf.nn.sigmoid_cross_entropy_with_logits` with the logits first."""
    return tf.compat.v1.nn.sigmoid_cross_entropy_with_logits(
        labels=targets, logits=logits, name=name
    )


__getattr__ = missing(__name__)

__all__ = [
    "alpha_dropout",
    "conv1d_transpose",
    "deprecated_flipped_sigmoid_cross_entropy_with_logits",
    "deprecated_flipped_softmax_cross_entropy_with_logits",
    "deprecated_flipped_sparse_softmax_cross_entropy_with_logits",
    "nth_element",
    "scaled_softplus",
]
