"""Strategies that a RunConfig and an Estimator take, and those they refuse.

How a model runs by one is in the parity records.
"""

import keras
import pytest
import tensorflow as tf

import keras_estimator as ke
from keras_estimator.distribute.strategy import in_replica
from keras_estimator.distribute.strategy import input_context
from keras_estimator.distribute.strategy import strategy_of
from keras_estimator.errors import ArgumentTypeError
from keras_estimator.errors import UnsupportedError


class _ParameterServers(tf.distribute.experimental.ParameterServerStrategy):
    def __init__(self):
        """Connects to nobody."""


@pytest.mark.parametrize("name", ["train_distribute", "eval_distribute"])
def test_several_replicas_are_refused_by_the_run_config(name):
    two = tf.distribute.MirroredStrategy(["/cpu:0", "/cpu:1"])
    told = (
        rf"{name}=MirroredStrategy\)` has 2 replicas, on .*CPU:0, .*CPU:1: "
        r".*OneDeviceStrategy\(\"/gpu:0\"\)"
    )
    with pytest.raises(UnsupportedError, match=told):
        ke.RunConfig(**{name: two})
    with pytest.raises(UnsupportedError, match=told):
        ke.RunConfig().replace(**{name: two})


def test_parameter_servers_are_refused():
    with pytest.raises(UnsupportedError, match="needs parameter servers"):
        ke.RunConfig(train_distribute=_ParameterServers())


def test_what_is_no_strategy_is_refused_by_the_estimator(model_dir):
    config = ke.RunConfig(model_dir=model_dir, train_distribute="mirrored")
    with pytest.raises(ArgumentTypeError, match="train_distribute='mirrored'"):
        ke.Estimator(lambda features: None, config=config)


def test_predictions_have_no_strategy():
    one = tf.distribute.OneDeviceStrategy("/cpu:0")
    config = ke.RunConfig(train_distribute=one)
    assert strategy_of(config, ke.ModeKeys.TRAIN) is one
    assert strategy_of(config, ke.ModeKeys.EVAL) is None
    assert strategy_of(config, ke.ModeKeys.PREDICT) is None
    assert strategy_of(None, ke.ModeKeys.TRAIN) is None
    assert input_context(config, ke.ModeKeys.EVAL) is None
    context = input_context(config, ke.ModeKeys.TRAIN)
    assert context.num_input_pipelines == 1


@pytest.mark.parametrize(
    "make",
    [
        lambda: tf.distribute.OneDeviceStrategy("/cpu:0"),
        lambda: tf.compat.v1.distribute.OneDeviceStrategy("/cpu:0"),
        lambda: tf.distribute.MirroredStrategy(["/cpu:0"]),
        lambda: tf.compat.v1.distribute.MirroredStrategy(["/cpu:0"]),
    ],
    ids=["one", "one of v1", "mirrored", "mirrored of v1"],
)
def test_a_replica_makes_plain_variables_on_its_device(make):
    def build():
        assert tf.distribute.has_strategy()
        assert not tf.distribute.in_cross_replica_context()
        variable = tf.compat.v1.get_variable("w", [2], use_resource=True)
        return variable, tf.constant(1.0)

    with tf.Graph().as_default():
        variable, constant = in_replica(make(), build)
        (kept,) = tf.compat.v1.global_variables()
    assert kept is variable
    assert type(variable).__name__ == "ResourceVariable"
    assert constant.device.endswith("CPU:0")
    assert in_replica(None, tf.distribute.has_strategy) is False


def test_keras_code_runs_by_a_strategy(model_dir):
    def model_fn(features, labels, mode):
        y = keras.layers.Dense(1, kernel_initializer="ones")(features)
        loss = keras.ops.mean((y - 1.0) ** 2)
        return ke.EstimatorSpec(
            mode, loss=loss, train_op=keras.optimizers.SGD(0.1)
        )

    def input_fn():
        rows = [[1.0, 2.0], [3.0, 5.0]]
        return tf.data.Dataset.from_tensors(rows).repeat(3)

    losses = []
    for strategy in (None, tf.distribute.MirroredStrategy(["/cpu:0"])):
        config = ke.RunConfig(
            train_distribute=strategy, eval_distribute=strategy
        )
        path = f"{model_dir}-{len(losses)}"
        one = ke.Estimator(model_fn, path, config).train(input_fn)
        losses.append(one.evaluate(input_fn)["loss"])
    assert losses[0] == losses[1] > 0
