"""Strategies of one replica: the device that a model runs on."""

from collections.abc import Callable
from typing import Any
from typing import TypeVar

import tensorflow as tf

from keras_estimator.errors import ArgumentTypeError
from keras_estimator.errors import UnsupportedError

_Result = TypeVar("_Result")
_v1 = tf.compat.v1
# Those of TF1 are other classes, of other bases.
_STRATEGIES = (tf.distribute.Strategy, _v1.distribute.Strategy)
_ONE_DEVICE = (
    tf.distribute.OneDeviceStrategy,
    _v1.distribute.OneDeviceStrategy,
)
_OF_MODE = {"train": "train_distribute", "eval": "eval_distribute"}
_INSTEAD = (
    "Give a strategy of one device, such as "
    '`tf.distribute.OneDeviceStrategy("/gpu:0")`, or leave it out. To use '
    "several devices, train the `keras.Model` of the network under "
    "`strategy.scope()`."
)


def check_one_replica(name: str, strategy: Any) -> None:
    """Refuses strategies of several replicas, or several processes.

    Args:
        name: What argument it is, for the message.
        strategy: What was given; anything that is no strategy passes.

    Raises:
        UnsupportedError: If an Estimator cannot run by it.
    """
    if not isinstance(strategy, _STRATEGIES):
        return
    given = f"`RunConfig({name}={type(strategy).__name__})`"
    if isinstance(strategy, tf.distribute.experimental.ParameterServerStrategy):
        raise UnsupportedError(
            f"{given} needs parameter servers: an Estimator runs in one "
            f"process here. {_INSTEAD}"
        )
    replicas = strategy.num_replicas_in_sync
    if replicas != 1:
        devices = ", ".join(strategy.extended.worker_devices)
        raise UnsupportedError(
            f"{given} has {replicas} replicas, on {devices}: an Estimator "
            f"runs on one device here. {_INSTEAD}"
        )


def check_strategy(name: str, strategy: Any) -> None:
    """Refuses what is neither a strategy nor `None`.

    Args:
        name: What argument it is, for the message.
        strategy: What was given.

    Raises:
        ArgumentTypeError: If it is something else.
        UnsupportedError: If an Estimator cannot run by it.
    """
    check_one_replica(name, strategy)
    if not isinstance(strategy, (*_STRATEGIES, type(None))):
        raise ArgumentTypeError(
            f"`RunConfig({name}=...)` must be a `tf.distribute.Strategy` or "
            f"None. Received: {name}={strategy!r} "
            f"({type(strategy).__name__})."
        )


def strategy_of(config: Any, mode: str) -> Any:
    """Returns the strategy by which a mode runs, `None` for none.

    Args:
        config: A `RunConfig`, or `None`.
        mode: A `ModeKeys` value. Prediction has no strategy.
    """
    name = _OF_MODE.get(mode)
    return None if name is None else getattr(config, name, None)


def input_context(config: Any, mode: str) -> tf.distribute.InputContext | None:
    """Returns what an input_fn is told of the one pipeline that there is.

    Args:
        config: A `RunConfig`.
        mode: A `ModeKeys` value. Without a strategy nothing is told.
    """
    if strategy_of(config, mode) is None:
        return None
    return tf.distribute.InputContext()


def in_replica(strategy: Any, function: Callable[[], _Result]) -> _Result:
    """Calls a function as the replica of a strategy.

    In there `tf.distribute.get_strategy()` is a strategy of one device, and
    operations are placed on that.

    Args:
        strategy: A strategy of one replica; `None` to just call it.
        function: What is called.
    """
    if strategy is None:
        return function()
    one = strategy
    if not isinstance(strategy, _ONE_DEVICE):
        # Those for several devices put variables of their own around ours.
        (device,) = strategy.extended.worker_devices
        one = tf.distribute.OneDeviceStrategy(device)
    with one.scope():
        return one.extended.call_for_each_replica(function)
