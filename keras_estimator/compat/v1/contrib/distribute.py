"""`tf.contrib.distribute`: strategies of one device."""

from collections.abc import Sequence
from typing import Any
from typing import NamedTuple

import tensorflow as tf

from keras_estimator.compat._missing import missing
from keras_estimator.errors import ConfigError
from keras_estimator.errors import UnsupportedError

_now = tf.compat.v1.distribute

OneDeviceStrategy = _now.OneDeviceStrategy
DistributionStrategy = _now.Strategy
CrossDeviceOps = _now.CrossDeviceOps
ReplicaContext = _now.ReplicaContext
get_distribution_strategy = get_strategy = _now.get_strategy
get_loss_reduction = _now.get_loss_reduction
get_replica_context = _now.get_replica_context
has_distribution_strategy = has_strategy = _now.has_strategy
in_cross_replica_context = _now.in_cross_replica_context


class DistributeConfig(NamedTuple):
    """The strategies of a RunConfig, for its `experimental_distribute`.

    Attributes:
        train_distribute: Strategy for training.
        eval_distribute: Strategy for evaluation.
        remote_cluster: Has no effect.
    """

    train_distribute: tf.distribute.Strategy | None = None
    eval_distribute: tf.distribute.Strategy | None = None
    remote_cluster: Any = None


class MirroredStrategy(tf.compat.v1.distribute.MirroredStrategy):
    """A strategy for several GPUs, of which an Estimator takes those with one.

    Args:
        devices: Names of the devices; by default all GPUs, and without any the
            CPU.
        num_gpus: How many GPUs to use, instead of `devices`; 0 for the CPU.
        num_gpus_per_worker: The later name of `num_gpus`.
        cross_device_ops: How gradients are summed over the devices.
        auto_shard_dataset: Has no effect: there is one process.
        cross_tower_ops: The older name of `cross_device_ops`.

    Raises:
        ConfigError: If one thing is given under two names.

    Example:
    ```python
    strategy = tf.contrib.distribute.MirroredStrategy(num_gpus=1)
    config = tf.estimator.RunConfig(train_distribute=strategy)
    ```
    """

    def __init__(
        self,
        devices: Sequence[str] | None = None,
        num_gpus: int | None = None,
        num_gpus_per_worker: int | None = None,
        cross_device_ops: tf.distribute.CrossDeviceOps | None = None,
        auto_shard_dataset: bool = False,
        cross_tower_ops: tf.distribute.CrossDeviceOps | None = None,
    ) -> None:
        count = _one_of(
            num_gpus=num_gpus, num_gpus_per_worker=num_gpus_per_worker
        )
        if devices is not None and count is not None:
            raise ConfigError(
                "Must only specify one of `devices` and `num_gpus`. Received: "
                f"devices={devices!r}, num_gpus={count!r}."
            )
        if count is not None:
            devices = [f"/gpu:{i}" for i in range(count)] or ["/cpu:0"]
        super().__init__(
            devices,
            _one_of(
                cross_device_ops=cross_device_ops,
                cross_tower_ops=cross_tower_ops,
            ),
        )


class AllReduceCrossDeviceOps(tf.distribute.ReductionToOneDevice):
    """A way of summing over devices; with one of them, all are the same.

    Args:
        all_reduce_alg: Has no effect.
        num_packs: Has no effect.
        agg_small_grads_max_bytes: Has no effect.
        agg_small_grads_max_group: Has no effect.
    """

    def __init__(
        self,
        all_reduce_alg: str = "nccl",
        num_packs: int = 1,
        agg_small_grads_max_bytes: int = 0,
        agg_small_grads_max_group: int = 10,
    ) -> None:
        super().__init__()


AllReduceCrossTowerOps = AllReduceCrossDeviceOps


class _Processes:
    """A strategy of several processes, of which there is one here.

    Raises:
        UnsupportedError: Always.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        raise UnsupportedError(
            f"`tf.contrib.distribute.{type(self).__name__}` is for several "
            "processes: an Estimator runs in one process, on one device here. "
            "Leave it out, or give "
            '`tf.distribute.OneDeviceStrategy("/gpu:0")`.'
        )


class ParameterServerStrategy(_Processes):
    """Parameter servers, which are not supported."""


class CollectiveAllReduceStrategy(_Processes):
    """Several workers, which are not supported."""


class TPUStrategy(_Processes):
    """TPUs, which are not supported."""


def _one_of(**named: Any) -> Any:
    """Returns the value of the one name that is given, if any.

    Raises:
        ConfigError: If several are.
    """
    given = {name: v for name, v in named.items() if v is not None}
    if len(given) > 1:
        raise ConfigError(
            f"{' and '.join(given)} are two names of one argument. Received: "
            f"{given}. Give one of them."
        )
    return next(iter(given.values()), None)


__getattr__ = missing(__name__)

__all__ = [
    "AllReduceCrossDeviceOps",
    "AllReduceCrossTowerOps",
    "CollectiveAllReduceStrategy",
    "CrossDeviceOps",
    "DistributeConfig",
    "DistributionStrategy",
    "MirroredStrategy",
    "OneDeviceStrategy",
    "ParameterServerStrategy",
    "ReplicaContext",
    "TPUStrategy",
    "get_distribution_strategy",
    "get_loss_reduction",
    "get_replica_context",
    "get_strategy",
    "has_distribution_strategy",
    "has_strategy",
    "in_cross_replica_context",
]
