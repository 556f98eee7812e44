"""`tf.contrib.estimator.replicate_model_fn`, with one tower."""

from collections.abc import Callable
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import tensorflow as tf

from keras_estimator._types import ModelFn
from keras_estimator.compat.v1.wrapped_optimizer import WrappedOptimizer
from keras_estimator.engine.arguments import call_model_fn
from keras_estimator.engine.arguments import check_model_fn
from keras_estimator.errors import ConfigError
from keras_estimator.errors import UnsupportedError

_v1 = tf.compat.v1
_NONE = _v1.losses.Reduction.NONE


# Frozen, so that a change of what the function reads is looked for in it.
@dataclass(frozen=True, eq=False)
class _OneTower:
    """A model_fn on a device.

    Attributes:
        model_fn: Makes the model.
        device: Name of the device; `None` leaves it to TensorFlow.
    """

    model_fn: ModelFn
    device: str | None

    def __call__(
        self,
        features: Any,
        labels: Any,
        mode: str,
        params: Any = None,
        config: Any = None,
    ) -> Any:
        """Builds one mode of the model."""
        optional = {"mode": mode, "params": params, "config": config}
        with tf.device(self.device):
            return call_model_fn(self.model_fn, features, labels, optional)


def replicate_model_fn(
    model_fn: ModelFn,
    loss_reduction: str = _v1.losses.Reduction.SUM_BY_NONZERO_WEIGHTS,
    devices: Sequence[str] | None = None,
) -> ModelFn:
    """Returns a model_fn that runs on one device.

    In TF1 it ran on all GPUs that there were, each with a part of the batch.

    Args:
        model_fn: The function.
        loss_reduction: Has no effect, other than that it must not be `NONE`.
        devices: List of the name of one device; by default TensorFlow chooses
            it.

    Returns:
        A model_fn of (features, labels, mode, params, config).

    Raises:
        ConfigError: If losses are not reduced.
        UnsupportedError: If there are several devices.

    Example:
    ```python
    estimator = tf.estimator.Estimator(
        tf.contrib.estimator.replicate_model_fn(model_fn, devices=["/gpu:0"])
    )
    ```
    """
    check_model_fn(model_fn, None)
    if loss_reduction == _NONE:
        raise ConfigError(
            "Tower losses need to be reduced in some way, yet "
            f"{loss_reduction!r} reduction is specified."
        )
    if devices is not None and len(devices) > 1:
        raise UnsupportedError(
            f"`replicate_model_fn(devices={list(devices)!r})`: an Estimator "
            "runs on one device here. Give one of them."
        )
    return _OneTower(model_fn, devices[0] if devices else None)


class TowerOptimizer(WrappedOptimizer):
    """An optimizer that does what another one does.

    Where `replicate_model_fn` had several towers, it gathered their gradients.

    Args:
        optimizer_or_optimizer_fn: The other one, or a function without
            arguments that returns it.

    Example:
    ```python
    optimizer = tf.contrib.estimator.TowerOptimizer(tf.train.AdamOptimizer())
    ```
    """

    def __init__(
        self,
        optimizer_or_optimizer_fn: tf.compat.v1.train.Optimizer
        | Callable[[], tf.compat.v1.train.Optimizer],
    ) -> None:
        optimizer: Any = optimizer_or_optimizer_fn
        if callable(optimizer):
            optimizer = optimizer()
        super().__init__(optimizer, optimizer.get_name())
