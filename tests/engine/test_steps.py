"""StepRunner: one step, and many in one call."""

import numpy as np
import pytest
import tensorflow as tf

import keras_estimator as ke
from keras_estimator.engine.steps import StepRunner
from tests.engine.conftest import bound

v1 = tf.compat.v1


def model_fn(features, labels, mode):
    """Adds the features up; the loss is the feature. Labels tell the pace."""
    v = v1.get_variable("v", [], initializer=v1.zeros_initializer())
    step = v1.train.get_global_step()
    loss = tf.identity(features, name="loss")
    with tf.control_dependencies([v.assign_add(features)]):
        train_op = step.assign_add(labels)
    tf.multiply(features, 10.0, name="tenfold")
    return ke.EstimatorSpec(mode, loss=loss, train_op=train_op)


@pytest.fixture
def binding(bind):
    return bind(
        model_fn, tf.TensorSpec([]), tf.TensorSpec([], tf.int64), "train"
    )


@pytest.fixture
def runner(binding):
    """A StepRunner over rows of (feature, advance of the global step)."""

    def runner_(values, advances=None, counts=True, watched=("loss:0",)):
        values = np.array(values, np.float32)
        if advances is None:
            advances = np.ones(len(values), np.int64)
        dataset = tf.data.Dataset.from_tensor_slices(
            (values, np.array(advances, np.int64))
        )
        return StepRunner(binding, iter(dataset), watched, counts=counts)

    return runner_


def value(binding):
    return float(binding.store["v"].numpy())


def test_one_step_runs_the_step_and_what_is_fetched(runner, binding):
    steps = runner([1, 2, 3])
    assert (steps.global_step, steps.steps_done) == (0, 0)
    found = steps.run(["tenfold:0"])
    assert found["tenfold:0"].numpy() == 10
    assert found["loss:0"].numpy() == 1
    assert steps.last is found
    assert (steps.global_step, steps.steps_done) == (1, 1)
    steps.run()
    assert value(binding) == 3
    assert binding.store["global_step"].numpy() == 2


def test_a_fused_run_does_as_many_steps_as_asked_for(runner, binding):
    steps = runner(range(10))
    fused = steps.run_fused(4)
    assert (fused.done, fused.ended) == (4, False)
    assert fused.watched["loss:0"].numpy() == 3, "of the last step"
    assert (steps.global_step, steps.steps_done) == (4, 4)
    assert value(binding) == sum(range(4))
    assert steps.run()["loss:0"].numpy() == 4, "nothing was read ahead"
    assert steps.run_fused(1).done == 1
    assert value(binding) == sum(range(6))


def test_single_and_fused_steps_may_be_mixed(runner, binding):
    steps = runner(range(20))
    for fused in (3, 0, 1, 5, 0, 2):
        steps.run_fused(fused) if fused else steps.run()
    assert steps.steps_done == steps.global_step == 13
    assert value(binding) == sum(range(13))


def test_a_fused_run_ends_with_the_input(runner, binding):
    steps = runner(range(5))
    fused = steps.run_fused(100)
    assert (fused.done, fused.ended) == (5, True)
    assert fused.watched["loss:0"].numpy() == 4
    assert value(binding) == 10
    with pytest.raises(tf.errors.OutOfRangeError):
        steps.run()
    assert value(binding) == 10


def test_the_end_right_after_the_last_step_is_seen_by_the_next_run(runner):
    steps = runner(range(4))
    first = steps.run_fused(4)
    assert (first.done, first.ended) == (4, False)
    second = steps.run_fused(4)
    assert (second.done, second.ended) == (0, True)
    assert steps.last["loss:0"].numpy() == 3, "that of the last step that ran"


def test_an_empty_input_ends_at_once(runner, binding):
    steps = runner([])
    fused = steps.run_fused(3)
    assert (fused.done, fused.ended) == (0, True)
    assert steps.last == {}
    assert steps.steps_done == 0
    with pytest.raises(tf.errors.OutOfRangeError):
        runner([]).run()


@pytest.mark.parametrize("at", [0, 1, 6, 9])
def test_a_fused_run_stops_at_the_very_step_of_a_nan(runner, binding, at):
    values = [1.0] * 10
    values[at] = np.nan
    steps = runner(values)
    fused = steps.run_fused(100)
    assert fused.done == at + 1
    assert np.isnan(fused.watched["loss:0"].numpy())
    assert steps.global_step == at + 1
    assert steps.run_fused(100).done == 9 - at, "it may go on"


def test_infinity_is_a_number(runner):
    assert runner([1, np.inf, -np.inf, 1]).run_fused(10).done == 4


def test_without_watched_tensors_a_nan_is_not_seen(runner):
    assert runner([1, np.nan, 1], watched=()).run_fused(10).done == 3


@pytest.mark.parametrize("advance", [0, 2])
def test_a_fused_run_stops_where_the_global_step_does_not_count(
    runner, binding, advance
):
    steps = runner(range(10), [1, 1, advance, 1, 1, 1, 1, 1, 1, 1])
    fused = steps.run_fused(8)
    assert (fused.done, fused.ended) == (3, False)
    assert steps.can_fuse is False
    assert steps.global_step == 2 + advance
    assert value(binding) == 0 + 1 + 2


def test_a_single_step_that_does_not_count_ends_fusing(runner):
    steps = runner(range(10), [1, 0, *[1] * 8])
    steps.run()
    assert steps.can_fuse
    steps.run()
    assert not steps.can_fuse


def test_an_evaluation_counts_nothing(runner):
    steps = runner(range(10), [0] * 10, counts=False)
    fused = steps.run_fused(8)
    assert fused.done == 8
    assert steps.can_fuse
    assert steps.global_step == 0


def test_feeds_take_the_place_of_the_input(runner, binding):
    steps = runner([1, 2, 3])
    features, labels = binding.program.inputs
    found = steps.run(["tenfold:0"], {features: tf.constant(7.0)})
    assert found["tenfold:0"].numpy() == 70
    assert value(binding) == 7
    assert steps.run()["loss:0"].numpy() == 2, "the batch was read as well"
    found = steps.run(["tenfold:0"], {"loss:0": tf.constant(0.5)})
    assert found["loss:0"].numpy() == 0.5
    assert found["tenfold:0"].numpy() == 30


def test_the_next_batch_comes_as_flat_tensors(runner):
    steps = runner([5, 6], [1, 3])
    assert [float(t) for t in steps.next_batch()] == [5, 1]
    steps.run()
    with pytest.raises(StopIteration):
        steps.next_batch()


def test_functions_are_compiled_once_for_a_binding(runner, binding):
    runner(range(3)).run_fused(2)
    runner(range(3)).run()
    compiled = dict(binding.step_functions)
    assert len(compiled) == 2
    again = runner(range(9))
    again.run_fused(1)
    again.run_fused(5)
    again.run()
    assert binding.step_functions == compiled


def test_the_store_learns_that_values_have_changed(runner, binding):
    before = binding.store.version
    steps = runner(range(5))
    steps.run()
    steps.run_fused(2)
    assert binding.store.version > before


def test_how_steps_are_grouped_changes_no_number(program_of):
    def noisy_fn(features, mode):
        v = v1.get_variable("v", [6], initializer=v1.zeros_initializer())
        noise = tf.nn.dropout(tf.ones([6]), 0.5) + tf.random.normal([6])
        step = v1.train.get_global_step()
        with tf.control_dependencies([v.assign(v * 0.5 + noise * features)]):
            train_op = step.assign_add(1)
        return ke.EstimatorSpec(mode, loss=noise[0], train_op=train_op)

    program = program_of(noisy_fn, tf.TensorSpec([]), mode="train", seed=3)
    dataset = tf.data.Dataset.from_tensor_slices(np.ones(8, np.float32))

    def result(chunks):
        binding = bound(program)
        steps = StepRunner(binding, iter(dataset), counts=True)
        for chunk in chunks:
            steps.run() if chunk == 1 else steps.run_fused(chunk)
        return binding.store["v"].numpy().tolist()

    whole = result([8])
    for chunks in ([1] * 8, [4, 4], [2, 2, 2, 2], [1, 3, 3, 1]):
        assert result(chunks) == whole, chunks
    assert len(set(whole)) == 6


def test_fed_values_may_change_their_shape_from_step_to_step(bind):
    def total_fn(features, mode):
        loss = tf.reduce_sum(features, name="total")
        train_op = v1.train.get_global_step().assign_add(1)
        return ke.EstimatorSpec(mode, loss=loss, train_op=train_op)

    binding = bind(total_fn, tf.TensorSpec([None]), mode="train")
    dataset = tf.data.Dataset.from_tensors(tf.ones([2])).repeat()
    steps = StepRunner(binding, iter(dataset), counts=True)
    (features,) = binding.program.inputs
    for size in (1, 3, 2):
        found = steps.run(["total:0"], {features: tf.ones([size])})
        assert found["total:0"].numpy() == size
    assert steps.run(["total:0"])["total:0"].numpy() == 2
