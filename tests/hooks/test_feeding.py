"""FeedFnHook."""

import pytest
import tensorflow as tf

import keras_estimator as ke

_v1 = tf.compat.v1


@pytest.fixture
def fed(model_dir):
    """The loss is what is fed, 0 by default."""

    def model_fn(features, mode):
        loss = _v1.placeholder_with_default(0.0, [], name="needed") + features
        step = _v1.train.get_global_step()
        return ke.EstimatorSpec(mode, loss=loss, train_op=step.assign_add(1))

    return ke.Estimator(model_fn, model_dir)


def _batches(count):
    return lambda: tf.data.Dataset.from_tensors(0.0).repeat(count)


def test_the_function_is_called_for_each_step(fed):
    values = [1.0, 3.0, 8.0]
    hook = ke.FeedFnHook(lambda: {"needed:0": values.pop(0)})
    assert fed.evaluate(_batches(9), hooks=[hook], steps=3)["loss"] == 4.0
    assert values == []


def test_the_function_may_be_replaced(fed):
    hook = ke.FeedFnHook(dict)
    hook.feed_fn = lambda: {"needed:0": 5.0}
    assert fed.evaluate(_batches(2), hooks=[hook])["loss"] == 5.0


@pytest.mark.parametrize("given", [{"needed:0": 1.0}, None], ids=str)
def test_it_takes_a_function(given):
    with pytest.raises(ke.errors.ArgumentTypeError, match="`lambda: {...}`"):
        ke.FeedFnHook(given)


@pytest.mark.parametrize("returned", [None, [1.0]], ids=str)
def test_the_function_returns_a_dict(fed, returned):
    hook = ke.FeedFnHook(lambda: returned)
    with pytest.raises(ke.errors.ArgumentTypeError, match="must return a dict"):
        fed.train(_batches(1), hooks=[hook])
