"""The loop: who gets which steps, and when it ends."""

import numpy as np
import pytest
import tensorflow as tf

import keras_estimator as ke
from keras_estimator.engine import loop
from keras_estimator.engine.build import BuildOptions
from keras_estimator.engine.build import build
from keras_estimator.engine.element import Element
from keras_estimator.engine.hook import ScheduledHook
from keras_estimator.engine.hook import SessionRunHook
from keras_estimator.engine.hook_runner import HookRunner
from keras_estimator.engine.loop import Pace
from keras_estimator.engine.session import GraphSession
from keras_estimator.engine.steps import StepRunner
from tests.engine.conftest import bound

v1 = tf.compat.v1


def model_fn(features, labels, mode):
    loss = tf.identity(features, name="loss")
    step = v1.train.get_global_step()
    return ke.EstimatorSpec(mode, loss=loss, train_op=step.assign_add(labels))


@pytest.fixture(scope="module")
def binding():
    """Shared: what its steps compile is used again."""
    element = Element(tf.TensorSpec([]), tf.TensorSpec([], tf.int64))
    return bound(build(model_fn, "train", element, BuildOptions()))


@pytest.fixture
def loss(binding):
    return binding.program.spec.loss


class Noting(StepRunner):
    """Writes down how many steps each call ran: 1 for single ones."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.calls = []

    def run(self, *args, **kwargs):
        found = super().run(*args, **kwargs)
        self.calls.append("one")
        return found

    def run_fused(self, steps):
        fused = super().run_fused(steps)
        self.calls.append(fused.done)
        return fused


@pytest.fixture
def run(binding):
    """Runs the loop with hooks over losses; returns the step runner."""

    def run_(*hooks, losses=None, advances=None, start=0):
        losses = np.ones(40) if losses is None else np.array(losses)
        if advances is None:
            advances = np.ones(len(losses))
        dataset = tf.data.Dataset.from_tensor_slices(
            (losses.astype(np.float32), np.array(advances, np.int64))
        )
        binding.store["global_step"].assign(start)
        runner = HookRunner(hooks, GraphSession(binding), [])
        steps = Noting(binding, iter(dataset), runner.watched, counts=True)
        with binding.program.graph.as_default():
            for hook in hooks:
                hook.begin()
            runner.after_create_session()
            loop.run(runner, steps)
            runner.end()
        return steps

    return run_


class Every(ScheduledHook):
    """Is due after every n-th step, by the global step."""

    def __init__(self, n, first=False, stop_at=None):
        self.n, self.first, self.stop_at = n, first, stop_at
        self.steps = []
        self.skipped = 0

    def steps_until_due(self, global_step):
        if self.first and not self.steps:
            return 1
        return self.n - global_step % self.n

    def skip(self, steps):
        self.skipped += steps

    def after_run(self, run_context, run_values):
        step = int(run_context.session.run("global_step:0"))
        self.steps.append(step)
        if self.stop_at is not None and step >= self.stop_at:
            run_context.request_stop()


class EachStep(SessionRunHook):
    def __init__(self):
        self.befores = 0
        self.afters = 0

    def before_run(self, run_context):
        self.befores += 1

    def after_run(self, run_context, run_values):
        self.afters += 1


# Steps -----------------------------------------------------------------------


def test_without_hooks_it_runs_to_the_end_of_the_input(run):
    steps = run()
    assert steps.steps_done == steps.global_step == 40
    assert "one" not in steps.calls


def test_a_scheduled_hook_sees_exactly_its_steps(run):
    hook = Every(7)
    steps = run(hook)
    assert hook.steps == [7, 14, 21, 28, 35]
    assert hook.skipped == 35, "of 40 steps 5 were its own"
    # The first calls find out how long a step takes.
    assert steps.calls == [1, 4, 1, "one"] + [6, "one"] * 4 + [5]


def test_the_first_step_can_be_asked_for(run):
    hook = Every(10, first=True)
    run(hook)
    assert hook.steps == [1, 10, 20, 30, 40]
    assert hook.skipped == 35


def test_a_hook_that_stops_ends_it_at_its_step(run):
    hook = Every(12, stop_at=24)
    steps = run(hook)
    assert hook.steps == [12, 24]
    assert steps.steps_done == 24


def test_hooks_of_several_schedules_get_their_own_steps(run):
    three, five = Every(3), Every(5)
    steps = run(three, five, losses=np.ones(16))
    assert three.steps == [3, 6, 9, 12, 15]
    assert five.steps == [5, 10, 15]
    assert three.skipped == 11
    assert five.skipped == 13
    assert steps.steps_done == 16


def test_schedules_go_by_the_global_step_at_which_training_goes_on(run):
    hook = Every(10)
    steps = run(hook, losses=np.ones(13), start=17)
    assert hook.steps == [20, 30]
    assert steps.calls == [1, 1, "one", 9, "one", 0]


def test_a_hook_that_overrides_before_run_gets_every_step(run):
    every, scheduled = EachStep(), Every(4)
    steps = run(every, scheduled, losses=np.ones(9))
    assert steps.calls == ["one"] * 9
    # As in TF1: it is asked once more, and then the input has ended.
    assert (every.befores, every.afters) == (10, 9)
    assert scheduled.steps == [4, 8]
    assert scheduled.skipped == 7


@pytest.mark.parametrize("count", [1, 2, 5, 12])
def test_stop_at_step_hook_stops_exactly(run, count):
    assert run(ke.StopAtStepHook(num_steps=count)).steps_done == count
    assert run(ke.StopAtStepHook(last_step=count)).steps_done == count
    steps = run(ke.StopAtStepHook(num_steps=count), start=7)
    assert steps.global_step == 7 + count
    both = run(ke.StopAtStepHook(last_step=20), Every(100, stop_at=count))
    assert both.steps_done == 20


def test_one_step_is_run_even_where_the_last_one_has_passed(run):
    assert run(ke.StopAtStepHook(last_step=3), start=5).steps_done == 1


# Ends ------------------------------------------------------------------------


@pytest.mark.parametrize("rows", [0, 1, 3, 6])
def test_the_input_may_end_between_and_at_the_steps_of_a_hook(run, rows):
    hook = Every(3)
    steps = run(hook, losses=np.ones(rows))
    assert steps.steps_done == rows
    assert hook.steps == list(range(3, rows + 1, 3))
    assert hook.skipped == rows - len(hook.steps)


@pytest.mark.parametrize("at", [0, 4, 17, 39])
@pytest.mark.parametrize("hooks", [(), (EachStep,), (lambda: Every(5),)])
def test_a_nan_stops_it_at_its_very_step(run, loss, at, hooks):
    losses = np.ones(40)
    losses[at] = np.nan
    stopping = ke.NanTensorHook(loss, fail_on_nan_loss=False)
    steps = run(stopping, *(hook() for hook in hooks), losses=losses)
    assert steps.steps_done == at + 1


def test_a_nan_raises_at_its_very_step(run, loss):
    losses = np.ones(40)
    losses[11] = np.nan
    hook = Every(100)
    with pytest.raises(ke.NanLossDuringTrainingError, match="NaN loss during"):
        run(hook, ke.NanTensorHook(loss), losses=losses)
    assert hook.skipped == 12


# What does not count ---------------------------------------------------------


def test_a_step_that_does_not_advance_the_global_step_ends_fusing(run):
    hook = Every(4)
    advances = [1, 1, 0, *[1] * 9]
    steps = run(hook, losses=np.ones(12), advances=advances)
    # From where the count is off each step may be the one to look at.
    assert steps.calls[:2] == [1, 2]
    assert set(steps.calls[2:]) == {"one"}
    assert hook.steps == [4, 8]
    assert steps.steps_done == 12


def test_a_global_step_that_never_advances_trains_to_the_end(run):
    hook = Every(4)
    steps = run(hook, losses=np.ones(7), advances=[0] * 7)
    assert steps.steps_done == 7
    assert hook.steps == []


# Time ------------------------------------------------------------------------


class FakeClock:
    def __init__(self):
        self.now = 0.0

    def __call__(self):
        return self.now


class Timed(ScheduledHook):
    """Due every so many seconds of a clock that moves with the steps."""

    def __init__(self, seconds, clock, seconds_per_step):
        self.timer = ke.SecondOrStepTimer(every_secs=seconds, clock=clock)
        self.clock, self.seconds_per_step = clock, seconds_per_step
        self.steps = []
        self.count = 0

    def steps_until_due(self, global_step):
        return self.timer.steps_until_trigger(global_step)

    def skip(self, steps):
        self.count += steps
        self.clock.now += steps * self.seconds_per_step

    def after_run(self, run_context, run_values):
        self.skip(1)
        if self.timer.should_trigger_for_step(self.count):
            self.timer.update_last_triggered_step(self.count)
            self.steps.append(self.count)


def test_a_hook_that_waits_for_the_time_is_asked_after_each_call(
    run, monkeypatch
):
    monkeypatch.setattr(loop, "_FIRST_CALL_STEPS", 4)
    monkeypatch.setattr(loop, "_GROWTH", 1)
    hook = Timed(10, FakeClock(), seconds_per_step=1)
    steps = run(hook)
    # The first step; then the next one after the call, of at most 4 steps,
    # during which the time came.
    assert hook.steps == [1, 14, 27, 40]
    assert steps.calls == ["one", *[4, 4, 4, "one"] * 3, 0]


def test_a_hook_whose_time_has_come_gets_each_step(run):
    hook = Timed(0, FakeClock(), seconds_per_step=1)
    steps = run(hook, losses=np.ones(6))
    assert hook.steps == [1, 2, 3, 4, 5, 6]
    assert steps.calls == ["one"] * 6


def test_the_pace_begins_low_and_grows_by_degrees():
    pace = Pace()
    assert pace.limit == 1
    pace.ran(1, 0.001)
    assert pace.limit == 4
    pace.ran(4, 0.001)
    assert pace.limit == 16


@pytest.mark.parametrize(
    ("steps", "seconds", "limit"),
    [
        (16, 0.5, 16),
        (16, 1.0, 8),
        (10, 0.25, 20),
        (16, 100.0, 1),
        (16, 0.0, 64),
        (1, 1.0, 1),
    ],
)
def test_a_call_is_kept_to_half_a_second(steps, seconds, limit):
    pace = Pace()
    pace.limit = 16
    pace.ran(steps, seconds)
    assert pace.limit == limit


def test_slow_steps_run_one_by_one_from_the_first():
    pace = Pace()
    for _ in range(3):
        pace.ran(1, 2.0)
        assert pace.limit == 1


def test_calls_are_no_longer_than_the_pace_allows(run):
    steps = run(losses=np.ones(100))
    assert steps.calls[:3] == [1, 4, 16]
    assert sum(call for call in steps.calls) == 100
    assert len(steps.calls) > 1
