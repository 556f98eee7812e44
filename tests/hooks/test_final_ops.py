"""FinalOpsHook."""

import pytest
import tensorflow as tf

import keras_estimator as ke
from keras_estimator.engine.hook import wants_every_step


def test_values_are_those_after_the_last_step(estimator, numbers):
    hook = ke.FinalOpsHook({"now": "twice", "of": ["twice:0", "w:0"]})
    assert hook.final_ops_values is None
    estimator.train(numbers, hooks=[hook], steps=3)
    assert hook.final_ops_values == {"now": None, "of": [6.0, 3.0]}


def test_values_may_be_fed(estimator, numbers):
    hook = ke.FinalOpsHook("twice:0", {"twice:0": 7.0})
    estimator.train(numbers, hooks=[hook], steps=3)
    assert hook.final_ops_values == 7.0


def test_it_does_not_slow_the_steps():
    assert not wants_every_step(ke.FinalOpsHook("twice:0"))


def test_a_batch_that_is_not_there_is_told(model_dir, caplog):
    tf.get_logger().setLevel("WARNING")

    def model_fn(features, mode):
        total = tf.reduce_sum(features, name="total")
        step = tf.compat.v1.train.get_global_step()
        return ke.EstimatorSpec(mode, loss=total, train_op=step.assign_add(1))

    hook = ke.FinalOpsHook("total:0")
    data = tf.data.Dataset.from_tensors([1.0])
    with pytest.raises(tf.errors.OutOfRangeError):
        ke.Estimator(model_fn, model_dir).train(lambda: data, hooks=[hook])
    (line,) = [m for m in caplog.messages if "FinalOpsHook" in m]
    assert "total:0" in line
    assert "final_ops_feed_dict" in line
