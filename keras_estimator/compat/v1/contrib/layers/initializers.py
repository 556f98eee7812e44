"""Initial values that keep the scale of what flows through a layer."""

import math
from collections.abc import Callable
from typing import Any

import tensorflow as tf

from keras_estimator.errors import ArgumentTypeError
from keras_estimator.errors import ConfigError

_v1 = tf.compat.v1
# The standard deviation of a normal distribution that is cut at two, to one.
_CUT = 1.3
_MODES = ("FAN_IN", "FAN_OUT", "FAN_AVG")


def xavier_initializer(
    uniform: bool = True, seed: int | None = None, dtype: Any = tf.float32
) -> Callable[..., Any]:
    """Returns the initializer of Glorot and Bengio.

    Args:
        uniform: Whether values are uniform, else normal, within two deviations.
        seed: Seed of the operation.
        dtype: A float type.

    Returns:
        Function of (shape, dtype, partition_info).

    Raises:
        ArgumentTypeError: If dtype is no float type.
    """
    return variance_scaling_initializer(
        factor=1.0, mode="FAN_AVG", uniform=uniform, seed=seed, dtype=dtype
    )


xavier_initializer_conv2d = xavier_initializer


def variance_scaling_initializer(
    factor: float = 2.0,
    mode: str = "FAN_IN",
    uniform: bool = False,
    seed: int | None = None,
    dtype: Any = tf.float32,
) -> Callable[..., Any]:
    """Returns an initializer of variance factor / n, by default He's.

    n is the number of inputs of a unit (`FAN_IN`), of its outputs
    (`FAN_OUT`), or the mean of both (`FAN_AVG`).

    Args:
        factor: See above; > 0.
        mode: What n is.
        uniform: Whether values are uniform, else normal, within two deviations.
        seed: Seed of the operation.
        dtype: A float type.

    Returns:
        Function of (shape, dtype, partition_info).

    Raises:
        ArgumentTypeError: If dtype is no float type, or mode none of these.
    """
    if not tf.as_dtype(dtype).is_floating:
        raise ArgumentTypeError(
            "Cannot create initializer for non-floating point type. "
            f"Received: `dtype` {dtype!r}. Give a float type."
        )
    if mode not in _MODES:
        raise ArgumentTypeError(
            f"Unknown `mode` {mode!r}: it is one of {', '.join(_MODES)}."
        )

    def initializer(
        shape: Any, dtype: Any = dtype, partition_info: Any = None
    ) -> Any:
        if not tf.as_dtype(dtype).is_floating:
            raise ArgumentTypeError(
                "Cannot create initializer for non-floating point type. "
                f"Received: `dtype` {dtype!r}, of a variable of shape {shape}. "
                "Give that variable a float type."
            )
        whole = shape if partition_info is None else partition_info.full_shape
        n = _fan(_numbers(whole), mode)
        if uniform:
            limit = math.sqrt(3.0 * factor / n)
            return _v1.random_uniform(shape, -limit, limit, dtype, seed=seed)
        deviation = math.sqrt(_CUT * factor / n)
        return _v1.truncated_normal(shape, 0.0, deviation, dtype, seed=seed)

    return initializer


def _numbers(shape: Any) -> list[int]:
    dimensions = tf.TensorShape(shape)
    if not dimensions.is_fully_defined():
        raise ConfigError(
            "A variable needs a shape that is known to get its initial value. "
            f"Received: {dimensions}."
        )
    return dimensions.as_list()


def _fan(shape: list[int], mode: str) -> float:
    """Returns n, of kernels [..., inputs, outputs] and vectors."""
    inputs = float(shape[-2] if len(shape) > 1 else shape[-1] if shape else 1)
    outputs = float(shape[-1] if shape else 1)
    area = math.prod(shape[:-2])
    if mode == "FAN_IN":
        return inputs * area
    if mode == "FAN_OUT":
        return outputs * area
    return (inputs + outputs) * area / 2.0
