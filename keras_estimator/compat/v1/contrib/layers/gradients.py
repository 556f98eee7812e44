"""Gradients changed before they are applied."""

from collections.abc import Callable
from collections.abc import Mapping
from collections.abc import Sequence
from typing import Any

import tensorflow as tf

from keras_estimator.compat.v1.contrib.layers import moving

_v1 = tf.compat.v1
# Pairs of a gradient, which may be `None`, and its variable.
Gradients = Sequence[tuple[Any, Any]]


def scaled(gradient: Any, factor: Any) -> Any:
    """Returns a gradient times a number, sparse if it was.

    Args:
        gradient: A tensor, `IndexedSlices` or `None`.
        factor: A scalar.
    """
    if gradient is None:
        return None
    if isinstance(gradient, tf.IndexedSlices):
        return tf.IndexedSlices(
            gradient.values * factor, gradient.indices, gradient.dense_shape
        )
    return gradient * factor


def multiplied(
    gradients: Gradients, multipliers: Mapping[Any, Any]
) -> list[tuple[Any, Any]]:
    """Returns gradients, each times the number of its variable.

    Args:
        gradients: The gradients.
        multipliers: Variable, or its name with `:0` -> number.
    """
    by_name = {
        key if isinstance(key, str) else key.name: value
        for key, value in multipliers.items()
    }
    return [
        (
            scaled(
                gradient,
                tf.cast(by_name[variable.name], gradient.dtype.base_dtype),
            )
            if gradient is not None and variable.name in by_name
            else gradient,
            variable,
        )
        for gradient, variable in gradients
    ]


def with_noise(gradients: Gradients, scale: float) -> list[tuple[Any, Any]]:
    """Returns gradients with normal noise, cut at two deviations.

    Args:
        gradients: The gradients; sparse ones become dense.
        scale: Standard deviation.
    """

    def noisy(gradient: Any) -> Any:
        if gradient is None:
            return None
        gradient = tf.convert_to_tensor(gradient)
        shape = (
            gradient.shape
            if gradient.shape.is_fully_defined()
            else tf.shape(gradient)
        )
        return gradient + _v1.truncated_normal(shape) * scale

    return [(noisy(gradient), variable) for gradient, variable in gradients]


def clipped(gradients: Gradients, norm: float) -> list[tuple[Any, Any]]:
    """Returns gradients, whose norm of all together is at most `norm`."""
    values = [gradient for gradient, _ in gradients]
    variables = [variable for _, variable in gradients]
    limited, _ = tf.clip_by_global_norm(values, norm)
    return list(zip(limited, variables, strict=True))


def adaptive_clipping_fn(
    std_factor: float = 2.0,
    decay: float = 0.95,
    static_max_norm: float | None = None,
    global_step: Any = None,
    report_summary: bool = False,
    epsilon: float = 1e-8,
    name: str | None = None,
) -> Callable[[Gradients], list[tuple[Any, Any]]]:
    """Returns what clips gradients whose norm is larger than it used to be.

    The limit is exp(mean + std_factor * deviation) of the logarithm of norms
    so far; what is above becomes exp(mean).

    Args:
        std_factor: See above.
        decay: How much of the averages a step keeps.
        static_max_norm: A norm that gradients never exceed.
        global_step: Global step, for averages that adapt faster at first.
        report_summary: Whether the limit is summarized.
        epsilon: Is added to norms, and the least variance.
        name: Name of the scope, `AdaptiveMaxNorm` by default.

    Returns:
        Function of a list of (gradient, variable), for `clip_gradients` of
        `optimize_loss`.
    """

    def clip(gradients: Gradients) -> list[tuple[Any, Any]]:
        norm = tf.linalg.global_norm([gradient for gradient, _ in gradients])
        limit, mean = _adaptive_limit(
            norm, std_factor, decay, global_step, epsilon, name
        )
        if report_summary:
            _v1.summary.scalar("global_norm/adaptive_max_gradient_norm", limit)
        factor = tf.where(norm < limit, tf.ones_like(norm), tf.exp(mean) / norm)
        if static_max_norm is not None:
            factor = tf.minimum(static_max_norm / norm, factor)
        return [
            (scaled(gradient, factor), variable)
            for gradient, variable in gradients
        ]

    return clip


def _adaptive_limit(
    norm: Any,
    std_factor: float,
    decay: Any,
    global_step: Any,
    epsilon: float,
    name: str | None,
) -> tuple[Any, Any]:
    """Returns the limit of a norm, and the mean of its logarithm."""
    with _v1.variable_scope(name, "AdaptiveMaxNorm", [norm]):
        logarithm = tf.math.log(norm + epsilon)
        if global_step is not None:
            step = tf.cast(global_step, tf.float32)
            decay = tf.minimum(decay, step / (step + 1.0))

        def average(name: str, value: Any) -> Any:
            variable = _v1.get_variable(
                name,
                value.shape,
                value.dtype,
                initializer=_v1.zeros_initializer(),
                trainable=False,
            )
            with tf.control_dependencies(
                [moving.move(variable, value, 1.0 - decay)]
            ):
                return variable.read_value()

        mean = average("mean", logarithm)
        squares = average("sq_mean", tf.square(logarithm))
        deviation = tf.sqrt(tf.maximum(epsilon, squares - tf.square(mean)))
        return tf.exp(mean + std_factor * deviation), mean
