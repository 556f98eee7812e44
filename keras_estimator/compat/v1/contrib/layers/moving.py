"""Moving averages that a graph updates."""

from typing import Any

import tensorflow as tf

_v1 = tf.compat.v1


def move(variable: Any, value: Any, rate: Any) -> Any:
    """Returns what moves a variable a part of the way to a value.

    Args:
        variable: The variable.
        value: A tensor of its shape.
        rate: Which part of the way: 1 - decay.
    """
    return variable.assign_sub(
        (variable - value) * tf.cast(rate, variable.dtype.base_dtype),
        name="AssignMovingAvg",
    )


def move_without_bias(variable: Any, value: Any, decay: float) -> Any:
    """Returns what moves a variable, which began with zero, to a value.

    An average that begins with zero is too small at first, which dividing it
    by 1 - decay ** steps corrects; see section 3 of
    https://arxiv.org/abs/1412.6980. Average and steps are variables, which
    are named after the variable.

    Args:
        variable: The variable.
        value: A tensor of its shape.
        decay: How much of the average a step keeps.
    """
    with _v1.variable_scope(variable.op.name, reuse=_v1.AUTO_REUSE):
        biased = _v1.get_variable(
            "biased",
            variable.shape,
            variable.dtype.base_dtype,
            initializer=_v1.zeros_initializer(),
            trainable=False,
        )
        steps = _v1.get_variable(
            "local_step",
            [],
            variable.dtype.base_dtype,
            initializer=_v1.zeros_initializer(),
            trainable=False,
        )
    average = biased.assign_sub(
        (biased - value) * (1.0 - decay), read_value=True
    )
    count = steps.assign_add(1.0, read_value=True)
    unbiased = average / (1.0 - tf.pow(tf.cast(decay, count.dtype), count))
    return variable.assign_sub(variable - unbiased)
