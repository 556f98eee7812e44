"""Hooks that end a run."""

import numpy as np
import pytest
import tensorflow as tf

import keras_estimator as ke


def _step(estimator):
    return int(estimator.get_variable_value("global_step"))


def test_num_steps_count_from_where_each_call_begins(estimator, numbers):
    estimator.train(numbers, hooks=[ke.StopAtStepHook(num_steps=3)])
    assert _step(estimator) == 3
    estimator.train(numbers, hooks=[ke.StopAtStepHook(num_steps=4)])
    assert _step(estimator) == 7


def test_last_step_is_a_global_step(estimator, numbers):
    estimator.train(numbers, hooks=[ke.StopAtStepHook(last_step=5)])
    assert _step(estimator) == 5
    # Passed already: one step runs before anybody looks (FACTS 4).
    estimator.train(numbers, hooks=[ke.StopAtStepHook(last_step=5)])
    assert _step(estimator) == 6


def test_the_earliest_wins(estimator, numbers):
    hooks = [ke.StopAtStepHook(last_step=9), ke.StopAtStepHook(num_steps=2)]
    estimator.train(numbers, hooks=hooks, steps=4)
    assert _step(estimator) == 2


@pytest.mark.parametrize("given", [{}, {"num_steps": 1, "last_step": 1}])
def test_stop_needs_exactly_one(given):
    with pytest.raises(ke.errors.ConfigError, match="num_steps or last_step"):
        ke.StopAtStepHook(**given)


def _with_nan_at(index):
    values = np.arange(10.0, dtype=np.float32)
    values[index] = np.nan
    return lambda: tf.data.Dataset.from_tensor_slices(values)


def test_nan_ends_the_very_step(estimator):
    with pytest.raises(ke.NanLossDuringTrainingError, match="not a number"):
        estimator.train(_with_nan_at(4))
    # Only what was saved at the start is on disk, and not what NaN touched.
    assert estimator.latest_checkpoint().endswith("model.ckpt-0")


def test_nan_error_is_tensorflows():
    error = tf.compat.v1.train.NanLossDuringTrainingError
    assert issubclass(ke.NanLossDuringTrainingError, error)


def test_nan_may_stop_without_an_error(model_dir):
    seen = []

    def model_fn(features, mode):
        step = tf.compat.v1.train.get_global_step()
        loss = tf.identity(features)
        hook = ke.NanTensorHook(features * 1.0, fail_on_nan_loss=False)
        return ke.EstimatorSpec(
            mode,
            loss=tf.where(tf.math.is_nan(loss), 0.0, loss),
            train_op=step.assign_add(1),
            training_hooks=[hook],
        )

    estimator = ke.Estimator(model_fn, model_dir)
    estimator.train(lambda: _with_nan_at(6)().map(lambda x: seen or x))
    assert _step(estimator) == 7


def test_a_fraction_of_a_step_is_a_step(estimator, numbers):
    estimator.train(numbers, hooks=[ke.StopAtStepHook(num_steps=2.5)])
    assert _step(estimator) == 3


@pytest.mark.parametrize(
    "given", [{"num_steps": "3"}, {"last_step": [3]}], ids=str
)
def test_stop_takes_numbers(given):
    (name,) = given
    with pytest.raises(ke.errors.ArgumentTypeError, match=f"`{name}` must be"):
        ke.StopAtStepHook(**given)


def test_nan_may_be_watched_by_name(estimator):
    hook = ke.NanTensorHook("twice", fail_on_nan_loss=False)
    estimator.train(_with_nan_at(9), hooks=[hook], steps=2)
    assert _step(estimator) == 2
    hook = ke.NanTensorHook("twise")
    with pytest.raises(KeyError, match="Did you mean 'twice:0'"):
        estimator.train(_with_nan_at(9), hooks=[hook])


@pytest.mark.parametrize("shape", [[], [1], [3]], ids=str)
def test_nan_in_any_element_counts(model_dir, shape):
    def model_fn(features, mode):
        step = tf.compat.v1.train.get_global_step()
        watched = tf.concat([tf.ones([2]), [features]], 0)[-sum(shape) :]
        watched = features if not shape else watched
        hook = ke.NanTensorHook(watched)
        assert (hook.watched is None) == bool(shape)
        return ke.EstimatorSpec(
            mode,
            loss=tf.constant(0.0),
            train_op=step.assign_add(1),
            training_hooks=[hook],
        )

    estimator = ke.Estimator(model_fn, model_dir)
    with pytest.raises(ke.NanLossDuringTrainingError):
        estimator.train(_with_nan_at(4))


def test_what_cannot_be_nan_is_not_looked_at_in_the_loop():
    with tf.Graph().as_default():
        assert ke.NanTensorHook(tf.constant(1)).watched is None
        assert ke.NanTensorHook(tf.constant(1.0)).watched is not None


def test_waiting_for_ever_is_an_error(estimator, numbers):
    estimator.train(numbers, steps=2)
    hook = ke.GlobalStepWaiterHook(wait_until_step=5)
    says = r"wait_until_step=5\) would wait for ever: the global step is 2"
    with pytest.raises(ke.errors.ConfigError, match=says):
        estimator.train(numbers, hooks=[hook])


def test_a_step_that_has_been_reached_is_not_waited_for(
    estimator, numbers, info
):
    estimator.train(numbers, steps=2)
    estimator.train(numbers, hooks=[ke.GlobalStepWaiterHook(2)], steps=3)
    assert _step(estimator) == 5
    lines = [line for line in info() if line.startswith("Waiting")]
    assert lines == ["Waiting for global step 2 before starting training."]


def test_waiting_takes_a_number():
    with pytest.raises(ke.errors.ArgumentTypeError, match="wait_until_step"):
        ke.GlobalStepWaiterHook("5")


def test_subclasses_find_the_names_of_tensorflow(estimator, numbers):
    class Later(ke.StopAtStepHook):
        def after_create_session(self, session, coord):
            super().after_create_session(session, coord)
            assert session.run(self._global_step_tensor) == 0
            assert (self._num_steps, self._last_step) == (3, 3)
            self._last_step += 2

    estimator.train(numbers, hooks=[Later(num_steps=3)])
    assert _step(estimator) == 5


def test_a_subclass_may_look_for_the_loss_itself(model_dir):
    class ByItself(ke.NanTensorHook):
        """TensorFlow's has no begin that would have to be called."""

        def begin(self):
            graph = tf.compat.v1.get_default_graph()
            self._loss_tensor = graph.get_tensor_by_name("other:0")

    def model_fn(features, mode):
        tf.identity(features, name="other")
        step = tf.compat.v1.train.get_global_step()
        return ke.EstimatorSpec(
            mode, loss=tf.constant(1.0), train_op=step.assign_add(1)
        )

    estimator = ke.Estimator(model_fn, model_dir)
    hook = ByItself(None, fail_on_nan_loss=False)
    estimator.train(_with_nan_at(2), hooks=[hook])
    assert _step(estimator) == 3
    with pytest.raises(ke.NanLossDuringTrainingError, match="`other:0` is"):
        estimator.train(_with_nan_at(2), hooks=[ByItself(None)])
