"""SecondOrStepTimer, with a clock of its own."""

import time

import pytest

import keras_estimator as ke
from keras_estimator.hooks.timer import StepAhead


class _Clock:
    def __init__(self):
        self.now = 100.0

    def __call__(self):
        return self.now


def test_by_steps():
    timer = ke.SecondOrStepTimer(every_steps=3)
    triggered = []
    for step in range(8):
        if timer.should_trigger_for_step(step):
            triggered.append((step, timer.update_last_triggered_step(step)[1]))
    assert triggered == [(0, None), (3, 3), (6, 3)]
    assert timer.last_triggered_step() == 6


def test_by_seconds():
    clock = _Clock()
    timer = ke.SecondOrStepTimer(every_secs=10, clock=clock)
    assert timer.should_trigger_for_step(0)
    assert timer.update_last_triggered_step(0) == (None, None)
    clock.now += 9
    assert not timer.should_trigger_for_step(5)
    clock.now += 1
    assert timer.should_trigger_for_step(5)
    assert timer.update_last_triggered_step(5) == (10.0, 5)
    # Never twice for one step, whatever the time.
    clock.now += 50
    assert not timer.should_trigger_for_step(5)


def test_reset_forgets():
    timer = ke.SecondOrStepTimer(every_steps=100)
    timer.update_last_triggered_step(7)
    timer.reset()
    assert timer.last_triggered_step() is None
    assert timer.should_trigger_for_step(8)


@pytest.mark.parametrize(
    ("step", "expected"), [(10, 5), (12, 3), (14, 1), (15, 1), (40, 1)]
)
def test_steps_until_trigger(step, expected):
    timer = ke.SecondOrStepTimer(every_steps=5)
    assert timer.steps_until_trigger(step) == 1
    timer.update_last_triggered_step(10)
    assert timer.steps_until_trigger(step) == expected


def test_steps_until_trigger_by_time():
    clock = _Clock()
    timer = ke.SecondOrStepTimer(every_secs=1, clock=clock)
    timer.update_last_triggered_step(3)
    assert timer.steps_until_trigger(3) is None
    clock.now += 1
    assert timer.steps_until_trigger(4) == 1


@pytest.mark.parametrize(
    "given", [{}, {"every_secs": 1.0, "every_steps": 1}], ids=str
)
def test_exactly_one_period(given):
    with pytest.raises(ke.errors.ConfigError, match="every_secs"):
        ke.SecondOrStepTimer(**given)


def test_a_fraction_of_a_step_is_rounded_up():
    timer = ke.SecondOrStepTimer(every_steps=2.5)
    timer.update_last_triggered_step(10)
    assert timer.steps_until_trigger(10) == 3
    assert not timer.should_trigger_for_step(12)
    assert timer.should_trigger_for_step(13)


def test_time_that_old_tests_replace_is_heeded(monkeypatch):
    timer = ke.SecondOrStepTimer(every_secs=10)
    clock = _Clock()
    monkeypatch.setattr(time, "time", clock)
    timer.update_last_triggered_step(1)
    assert not timer.should_trigger_for_step(2)
    clock.now += 10
    assert timer.should_trigger_for_step(2)


def test_the_step_ahead_follows_the_global_step():
    ahead = StepAhead()
    ahead.come_to(5)
    assert ahead.step is None
    ahead.ran(6)
    assert ahead.step == 7
    ahead.come_to(6)
    ahead.skip(3)
    ahead.come_to(9)
    assert (ahead.before, ahead.step) == (9, 10)


def test_the_step_ahead_counts_a_step_where_the_global_step_stays():
    ahead = StepAhead()
    ahead.come_to(8)
    ahead.ran(8)
    ahead.come_to(8)
    assert ahead.step == 9
    for skipped in (1, 5):
        ahead.skip(skipped)
        ahead.come_to(8)
        assert ahead.step == 10
