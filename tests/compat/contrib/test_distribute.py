"""`tf.contrib.distribute`: strategies of one device."""

import pytest
import tensorflow as tf2

import keras_estimator.compat.v1 as tf
from keras_estimator.errors import ConfigError
from keras_estimator.errors import UnsupportedError

distribute = tf.contrib.distribute


def devices(strategy):
    return [d.split("device:")[1] for d in strategy.extended.worker_devices]


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ({"num_gpus": 0}, ["CPU:0"]),
        ({"num_gpus": 1}, ["GPU:0"]),
        ({"num_gpus": 2}, ["GPU:0", "GPU:1"]),
        ({"num_gpus_per_worker": 1}, ["GPU:0"]),
        ({"devices": ["/cpu:0"]}, ["CPU:0"]),
        (
            {
                "devices": ["/cpu:0"],
                "cross_tower_ops": distribute.AllReduceCrossTowerOps("nccl", 2),
            },
            ["CPU:0"],
        ),
        (
            {
                "devices": ["/cpu:0"],
                "cross_device_ops": distribute.AllReduceCrossDeviceOps(),
            },
            ["CPU:0"],
        ),
    ],
    ids=lambda value: "-".join(value),
)
def test_mirrored_strategy_takes_its_old_arguments(arguments, expected):
    strategy = distribute.MirroredStrategy(**arguments)
    assert devices(strategy) == expected
    assert isinstance(strategy, tf.distribute.MirroredStrategy)


def test_one_argument_under_two_names_is_refused():
    with pytest.raises(ConfigError, match="one of `devices` and `num_gpus`"):
        distribute.MirroredStrategy(["/cpu:0"], num_gpus=1)
    with pytest.raises(ConfigError, match="two names of one argument"):
        distribute.MirroredStrategy(num_gpus=1, num_gpus_per_worker=1)


def test_a_run_config_takes_what_has_one_device():
    one = distribute.OneDeviceStrategy("/cpu:0")
    assert tf.estimator.RunConfig(train_distribute=one).train_distribute is one
    both = distribute.DistributeConfig(one, distribute.MirroredStrategy())
    config = tf.estimator.RunConfig(experimental_distribute=both)
    assert config.train_distribute is one
    assert devices(config.eval_distribute) == ["CPU:0"]


@pytest.mark.parametrize(
    "name",
    ["ParameterServerStrategy", "CollectiveAllReduceStrategy", "TPUStrategy"],
)
def test_several_processes_are_refused(name):
    with pytest.raises(UnsupportedError, match=f"{name}` is for several"):
        getattr(distribute, name)(num_gpus_per_worker=1)


def test_functions_are_those_of_tensorflow():
    assert distribute.get_strategy is tf2.compat.v1.distribute.get_strategy
    assert distribute.has_distribution_strategy() is False
    assert distribute.get_replica_context().num_replicas_in_sync == 1
    with pytest.raises(AttributeError, match="runs in one process"):
        distribute.run_standard_tensorflow_server  # noqa: B018
