"""LoggingTensorHook and StepCounterHook."""

import re

import pytest

import keras_estimator as ke


def _without_seconds(lines):
    return [re.sub(r" \(\d+\.\d+ sec\)", " (s)", line) for line in lines]


def test_logs_every_so_many_steps_from_the_first(estimator, numbers, info):
    hook = ke.LoggingTensorHook({"b": "twice", "a": "twice:0"}, every_n_iter=4)
    estimator.train(numbers, hooks=[hook], steps=10)
    lines = [line for line in _without_seconds(info()) if "b = " in line]
    # In order of the tags; the first line has no time before it.
    assert lines == [
        "a = 0.0, b = 0.0",
        "a = 8.0, b = 8.0 (s)",
        "a = 16.0, b = 16.0 (s)",
    ]


def test_counts_anew_in_each_call(estimator, numbers, info):
    hook = ke.LoggingTensorHook(["twice"], every_n_iter=5)
    estimator.train(numbers, hooks=[hook], steps=3)
    estimator.train(numbers, hooks=[hook], steps=3)
    lines = [line for line in info() if line.startswith("twice = ")]
    assert lines == ["twice = 0.0", "twice = 6.0"]


def test_at_end(estimator, numbers, info):
    hook = ke.LoggingTensorHook({"t": "twice"}, at_end=True)
    estimator.train(numbers, hooks=[hook], steps=3)
    assert [line for line in info() if "t = " in line] == ["t = 6.0"]


def test_formatter(estimator, numbers, info):
    hook = ke.LoggingTensorHook(
        {"t": "twice"}, every_n_iter=2, formatter=lambda v: f"<{v['t']:.1f}>"
    )
    estimator.train(numbers, hooks=[hook], steps=3)
    assert [line for line in info() if line[:1] == "<"] == ["<0.0>", "<4.0>"]


def test_every_n_secs_logs_the_first_step(estimator, numbers, info):
    hook = ke.LoggingTensorHook({"t": "twice"}, every_n_secs=1000)
    estimator.train(numbers, hooks=[hook], steps=30)
    assert [line for line in info() if "t = " in line] == ["t = 0.0"]


def test_a_name_that_is_not_there(estimator, numbers):
    hook = ke.LoggingTensorHook({"t": "twise"}, every_n_iter=1)
    with pytest.raises(KeyError, match="Did you mean 'twice:0'"):
        estimator.train(numbers, hooks=[hook], steps=1)


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"every_n_iter": 1, "every_n_secs": 1.0},
        {"every_n_iter": 1, "every_n_secs": 1.0, "at_end": True},
        {"every_n_iter": 0},
        {"every_n_iter": -3},
    ],
    ids=str,
)
def test_periods_that_make_no_sense(given):
    with pytest.raises(ke.errors.ConfigError, match="every_n_iter"):
        ke.LoggingTensorHook(["twice"], **given)


def test_steps_per_second(estimator, numbers, info, events, tmp_path):
    hook = ke.StepCounterHook(every_n_steps=5, output_dir=str(tmp_path / "c"))
    estimator.train(numbers, hooks=[hook], steps=16)
    lines = [line for line in info() if line.startswith("global_step/sec: ")]
    steps, rates = zip(*events(tmp_path / "c")["global_step/sec"], strict=True)
    # The first step only starts the clock.
    assert steps == (6, 11, 16)
    assert len(lines) == 3
    assert all(rate > 0 for rate in rates)


@pytest.mark.parametrize(
    "given", [{"every_n_steps": None}, {"every_n_secs": 1.0}], ids=str
)
def test_step_counter_needs_exactly_one(given):
    with pytest.raises(ke.errors.ConfigError, match="every_n_steps"):
        ke.StepCounterHook(**given)
