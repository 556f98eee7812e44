"""`tf.contrib.estimator.clip_gradients_by_norm`."""

from typing import Any

import tensorflow as tf

from keras_estimator.compat.v1.wrapped_optimizer import WrappedOptimizer
from keras_estimator.errors import ArgumentTypeError

_v1 = tf.compat.v1


class _ClippedByNorm(WrappedOptimizer):
    """Clips gradients by the norm of them all, then lets another apply them.

    Args:
        optimizer: The other one.
        clip_norm: What the norm is at the most.
    """

    def __init__(
        self, optimizer: tf.compat.v1.train.Optimizer, clip_norm: Any
    ) -> None:
        super().__init__(optimizer, f"ClipByNorm{optimizer.get_name()}")
        self._clip_norm = clip_norm

    def apply_gradients(
        self,
        grads_and_vars: Any,
        global_step: Any = None,
        name: str | None = None,
    ) -> Any:
        gradients, variables = zip(*grads_and_vars, strict=True)
        clipped, _ = tf.clip_by_global_norm(gradients, self._clip_norm)
        return super().apply_gradients(
            zip(clipped, variables, strict=True), global_step, name
        )


def clip_gradients_by_norm(
    optimizer: tf.compat.v1.train.Optimizer, clip_norm: Any
) -> tf.compat.v1.train.Optimizer:
    """Returns an optimizer that clips gradients before it applies them.

    Args:
        optimizer: Applies them.
        clip_norm: What the global norm of the gradients is at the most: a
            number > 0, or a scalar tensor.

    Raises:
        ArgumentTypeError: If `optimizer` is no `tf.train.Optimizer`.

    Example:
    ```python
    optimizer = tf.contrib.estimator.clip_gradients_by_norm(
        tf.train.AdamOptimizer(1e-3), 5.0
    )
    ```
    """
    if not isinstance(optimizer, _v1.train.Optimizer):
        raise ArgumentTypeError(
            "`optimizer` must be a `tf.train.Optimizer`. Received: "
            f"optimizer={optimizer!r} ({type(optimizer).__name__}). Keras "
            "optimizers take `global_clipnorm`."
        )
    return _ClippedByNorm(optimizer, clip_norm)
