"""What sums over the shards of a TPU system, of which there is one here.

TensorFlow's own make operations that have no kernel for CPU or GPU.
"""

from typing import Any

import tensorflow as tf

from keras_estimator.compat.v1.wrapped_optimizer import WrappedOptimizer
from keras_estimator.errors import ArgumentTypeError
from keras_estimator.errors import ConfigError

_v1 = tf.compat.v1
_REDUCTIONS = (_v1.losses.Reduction.SUM, _v1.losses.Reduction.MEAN)


def cross_replica_sum(
    x: tf.Tensor, group_assignment: Any = None, name: str | None = None
) -> tf.Tensor:
    """Returns a tensor as it is: its sum over one replica.

    Args:
        x: The tensor.
        group_assignment: Has no effect.
        name: Name of the operation.
    """
    return tf.identity(x, name or "CrossReplicaSum")


class CrossShardOptimizer(WrappedOptimizer):
    """An optimizer that does what another one does.

    On TPUs it would average gradients over the shards; here there is one.

    Args:
        opt: The optimizer; its slots have the names that they have without
            this one.
        reduction: `tf.losses.Reduction.MEAN` or `SUM`, which are the same.
        name: Name of this one.
        group_assignment: Has no effect.

    Raises:
        ConfigError: If there is no such reduction.
        ArgumentTypeError: If `opt` is no `tf.train.Optimizer`.

    Example:
    ```python
    optimizer = tf.tpu.CrossShardOptimizer(tf.train.AdamOptimizer())
    train_op = optimizer.minimize(loss, tf.train.get_global_step())
    ```
    """

    def __init__(
        self,
        opt: tf.compat.v1.train.Optimizer,
        reduction: str = _v1.losses.Reduction.MEAN,
        name: str = "CrossShardOptimizer",
        group_assignment: Any = None,
    ) -> None:
        if reduction not in _REDUCTIONS:
            raise ConfigError(
                f"Unsupported reduction: {reduction!r}. It may be "
                f"{' or '.join(map(repr, _REDUCTIONS))}."
            )
        if not isinstance(opt, _v1.train.Optimizer):
            raise ArgumentTypeError(
                "CrossShardOptimizer only works with tf.train.Optimizer. "
                f"Received: opt={opt!r} ({type(opt).__name__}). Use that "
                "optimizer without it: there is one shard here."
            )
        super().__init__(opt, name)
