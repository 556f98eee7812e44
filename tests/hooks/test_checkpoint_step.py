"""Stopping at a step of the chief's checkpoints."""

import os
import shutil

import pytest

import keras_estimator as ke
from keras_estimator.hooks.checkpoint_step import StopAtCheckpointStepHook

make = ke.experimental.make_stop_at_checkpoint_step_hook


def _step(estimator):
    return int(estimator.get_variable_value("global_step"))


def test_on_one_machine_it_stops_at_the_step(estimator, numbers):
    hook = make(estimator, 3)
    assert type(hook) is ke.StopAtStepHook
    estimator.train(numbers, hooks=[hook])
    assert _step(estimator) == 3


def test_another_task_gets_the_other_hook(monkeypatch, model_dir):
    config = (
        '{"cluster": {"chief": ["a:1"], "ps": ["b:1"]}, '
        '"task": {"type": "evaluator", "index": 0}}'
    )
    monkeypatch.setitem(os.environ, "TF_CONFIG", config)
    estimator = ke.Estimator(lambda features: None, model_dir, ke.RunConfig())
    hook = make(estimator, 5, wait_after_file_check_secs=7)
    assert type(hook) is StopAtCheckpointStepHook
    assert (hook._model_dir, hook._last_step) == (model_dir, 5)
    assert hook._seconds == 7


def test_it_goes_on_until_the_checkpoint_is_there(estimator, numbers, tmp_path):
    """The chief's files appear while the task sleeps for the second time."""
    estimator.train(numbers, steps=4)
    shared, slept = str(tmp_path / "shared"), []

    def sleep(seconds):
        slept.append(seconds)
        if len(slept) == 2:
            shutil.copytree(estimator.model_dir, shared)

    hook = StopAtCheckpointStepHook(shared, 4, 30, sleep=sleep)
    task = ke.Estimator(estimator._model_fn, str(tmp_path / "task"))
    task.train(numbers, hooks=[hook], steps=20)
    assert slept == [30, 30]
    assert _step(task) == 6


def test_a_checkpoint_that_is_just_being_deleted_is_none(
    estimator, numbers, monkeypatch
):
    estimator.train(numbers, steps=4)
    hook = StopAtCheckpointStepHook(estimator.model_dir, 4)
    assert hook._step_of_checkpoint() == 4
    newest = estimator.latest_checkpoint()
    monkeypatch.setattr(
        "keras_estimator.checkpoint.directory.latest",
        lambda path: f"{newest}0",
    )
    assert hook._step_of_checkpoint() == 0
    monkeypatch.undo()
    shutil.rmtree(estimator.model_dir)
    assert hook._step_of_checkpoint() == 0


def test_nothing_is_looked_at_before_the_step():
    hook = StopAtCheckpointStepHook("nowhere", 10)
    assert [hook.steps_until_due(step) for step in (0, 8, 9, 12)] == [
        10,
        2,
        1,
        1,
    ]


def test_without_an_estimator_or_a_step_it_is_refused(estimator):
    with pytest.raises(ke.errors.ArgumentTypeError, match="`estimator` must"):
        make("model", 5)
    with pytest.raises(ke.errors.ConfigError) as error:
        make(estimator, None)
    assert str(error.value) == (
        "last_step must be specified. Received: last_step=None. Give the "
        "global step to stop at."
    )
