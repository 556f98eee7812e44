"""Stopping early by a function, and the variable that says so."""

import os

import pytest
import tensorflow as tf

import keras_estimator as ke
from keras_estimator.hooks.stop_signal import EarlyStoppingHook
from keras_estimator.hooks.stop_signal import StopWhenSignalledHook

STOP = "signal_early_stopping/STOP"
_v1 = tf.compat.v1


def _step(estimator):
    return int(estimator.get_variable_value("global_step"))


def _signal(estimator):
    return bool(estimator.get_variable_value(STOP))


def _asking(answers, *, every=2):
    """A hook that gets these answers, then False, and how often it asked."""
    left, asked = list(answers), []

    def should_stop():
        asked.append(len(asked))
        return left.pop(0) if left else False

    return EarlyStoppingHook(should_stop, None, every), asked


def test_it_asks_after_the_first_step_and_then_every_n(estimator, numbers):
    hook, asked = _asking([False, False, True])
    estimator.train(numbers, hooks=[hook])
    # After 1, 3 and 5 steps (FACTS 32).
    assert (_step(estimator), len(asked)) == (5, 3)
    assert _signal(estimator)
    assert estimator.latest_checkpoint().endswith("model.ckpt-5")


def test_it_says_ahead_after_which_step_it_asks():
    hook, _ = _asking([], every=10)
    assert hook.steps_until_due(0) == 1
    hook._timer.update_last_triggered_step(1)
    assert [hook.steps_until_due(at) for at in (1, 2, 9, 10)] == [10, 9, 2, 1]


def test_seconds_are_counted_by_the_clock(estimator, numbers):
    now, asked = [0.0], []

    class Clock(ke.SessionRunHook):
        """Lets two seconds pass with each step."""

        def after_run(self, run_context, run_values):
            now[0] += 2.0

    def should_stop():
        asked.append(now[0])
        return now[0] >= 15.0

    hook = EarlyStoppingHook(should_stop, 5, None, clock=lambda: now[0])
    estimator.train(numbers, hooks=[Clock(), hook])
    # Whether it is time is asked before a step: here 6 s were not enough.
    assert asked == [2.0, 10.0, 18.0]
    assert _step(estimator) == 9


def test_by_seconds_no_step_is_known_until_the_time_has_come():
    now = [0.0]
    hook = EarlyStoppingHook(bool, 5, None, clock=lambda: now[0])
    assert hook.steps_until_due(0) == 1
    hook._timer.update_last_triggered_step(1)
    assert hook.steps_until_due(1) is None
    now[0] = 5.0
    assert hook.steps_until_due(1) == 1


def test_the_signal_is_of_the_call_that_wrote_it(estimator, numbers):
    estimator.train(numbers, hooks=[_asking([True])[0]])
    assert (_step(estimator), _signal(estimator)) == (1, True)
    estimator.train(numbers, hooks=[_asking([])[0]], steps=2)
    assert (_step(estimator), _signal(estimator)) == (3, False)


def test_it_says_why_a_call_ended_after_one_step(estimator, numbers, info):
    estimator.train(numbers, hooks=[_asking([True])[0]])
    lines = info()
    assert "Requesting early stopping at global step 1" in lines
    (warning,) = [line for line in lines if "ended this call" in line]
    assert "after its first step, global step 1: the reason was" in warning
    assert "get_variable_value('signal_early_stopping/STOP')" in warning


def test_a_stop_later_on_is_no_surprise(estimator, numbers, info):
    estimator.train(numbers, hooks=[_asking([False, True])[0]])
    assert "Requesting early stopping at global step 3" in info()
    assert not any("ended this call" in line for line in info())


def test_checkpoints_without_the_variable_can_be_continued(
    estimator, numbers, info
):
    estimator.train(numbers, steps=2)
    assert STOP not in estimator.get_variable_names()
    estimator.train(numbers, hooks=[_asking([])[0]], steps=2)
    assert estimator.get_variable_value("w") == 4.0
    assert not _signal(estimator)
    said = f"The variable {STOP} of a hook is not in"
    assert any(line.startswith(said) for line in info())


def test_so_can_those_of_another_process(estimator, numbers):
    estimator.train(numbers, steps=2)
    again = ke.Estimator(
        estimator._model_fn, estimator.model_dir, estimator.config
    )
    again.train(numbers, hooks=[_asking([False, True])[0]])
    assert again.get_variable_value("w") == 5.0
    assert _signal(again)


def test_a_variable_of_model_fn_is_not_excused(model_dir, numbers):
    def model_fn(features, mode, params):
        for name in params["names"]:
            _v1.get_variable(name, [], initializer=_v1.zeros_initializer())
        train_op = _v1.train.get_global_step().assign_add(1)
        return ke.EstimatorSpec(
            mode, loss=tf.identity(features), train_op=train_op
        )

    def estimator(*names):
        return ke.Estimator(model_fn, model_dir, params={"names": names})

    estimator("w").train(numbers, steps=1)
    with pytest.raises(ke.errors.VariableNotFoundError, match="`more` of the"):
        estimator("w", "more").train(numbers, hooks=[_asking([])[0]], steps=1)


def test_the_model_does_not_count_the_variable_as_its_own(estimator, numbers):
    estimator.train(numbers, hooks=[_asking([])[0]], steps=1)
    paths = [variable.path for variable in estimator.model.variables]
    assert not [path for path in paths if STOP in path]


def test_weights_that_fit_has_trained_stay_when_the_hook_comes(
    model_dir, numbers
):
    calls = []

    def model_fn(features, mode):
        w = _v1.get_variable("w", [], initializer=_v1.zeros_initializer())
        step = _v1.train.get_global_step()
        with tf.control_dependencies([w.assign_add(1.0)]):
            train_op = step.assign_add(1)
        return ke.EstimatorSpec(
            mode,
            loss=tf.reduce_mean(features),
            train_op=train_op,
            scaffold=_v1.train.Scaffold(
                init_fn=lambda scaffold, session: calls.append("init_fn")
            ),
        )

    estimator = ke.Estimator(model_fn, model_dir)
    estimator.model.fit(tf.data.Dataset.from_tensors([1.0]), verbose=0)
    estimator.train(numbers, hooks=[_asking([])[0]], steps=1)
    assert estimator.get_variable_value("w") == 2.0
    assert calls == ["init_fn"]


def test_a_saver_of_the_user_need_not_know_of_it(model_dir, numbers):
    def model_fn(features, mode):
        w = _v1.get_variable("w", [], initializer=_v1.zeros_initializer())
        step = _v1.train.get_global_step()
        with tf.control_dependencies([w.assign_add(1.0)]):
            train_op = step.assign_add(1)
        return ke.EstimatorSpec(
            mode,
            loss=tf.identity(features),
            train_op=train_op,
            scaffold=_v1.train.Scaffold(saver=_v1.train.Saver()),
        )

    estimator = ke.Estimator(model_fn, model_dir)
    estimator.train(numbers, hooks=[_asking([])[0]], steps=2)
    estimator.train(numbers, hooks=[_asking([])[0]], steps=2)
    assert estimator.get_variable_value("w") == 4.0
    assert STOP not in estimator.get_variable_names()


def test_two_hooks_share_the_variable(estimator, numbers):
    one, _ = _asking([False, True])
    other, asked = _asking([False, False, False], every=1)
    estimator.train(numbers, hooks=[one, other])
    assert (_step(estimator), len(asked)) == (3, 3)
    names = estimator.get_variable_names()
    assert [name for name in names if "STOP" in name] == [STOP]


def test_a_function_may_evaluate(estimator, numbers):
    few = lambda: numbers().take(2)  # noqa: E731
    steps = []

    def should_stop():
        steps.append(int(estimator.evaluate(few)["global_step"]))
        return len(steps) == 2

    hook = EarlyStoppingHook(should_stop, None, 3)
    estimator.train(numbers, hooks=[hook])
    assert (_step(estimator), steps) == (4, [0, 0])


def test_another_task_stops_when_the_signal_is_there(estimator, numbers):
    class Signal(ke.SessionRunHook):
        """Does what the chief does, at step 3."""

        def before_run(self, run_context):
            step = _v1.train.get_global_step()
            if run_context.session.run(step) == 2:
                run_context.session.run(f"{STOP[:-5]}/request")

    estimator.train(numbers, hooks=[Signal(), StopWhenSignalledHook()])
    assert _step(estimator) == 3


@pytest.fixture
def worker(monkeypatch, model_dir):
    """An Estimator of a task that is not the chief."""
    config = (
        '{"cluster": {"chief": ["a:1"], "ps": ["b:1"]}, '
        '"task": {"type": "evaluator", "index": 0}}'
    )
    monkeypatch.setitem(os.environ, "TF_CONFIG", config)
    return ke.Estimator(lambda features: None, model_dir, ke.RunConfig())


def test_who_is_not_the_chief_waits_for_the_signal(worker):
    x = ke.experimental
    hooks = [
        x.make_early_stopping_hook(worker, bool),
        x.stop_if_lower_hook(worker, "loss", 1.0),
        x.stop_if_no_increase_hook(worker, "loss", 1),
    ]
    assert {type(hook) for hook in hooks} == {StopWhenSignalledHook}


def test_what_is_asked_must_be_a_function():
    with pytest.raises(ke.errors.ArgumentTypeError) as error:
        EarlyStoppingHook(True)
    assert str(error.value) == (
        "`should_stop_fn` must be callable. Received: should_stop_fn=True (of "
        "type bool). Give a function without arguments that says whether to "
        "stop."
    )


def test_the_program_is_not_built_again_for_it(model_dir, numbers, info):
    config = ke.RunConfig(log_step_count_steps=None, save_summary_steps=None)

    def model_fn(features, labels, mode):
        w = _v1.get_variable("w", [], initializer=_v1.zeros_initializer())
        step = _v1.train.get_global_step()
        with tf.control_dependencies([w.assign_add(1.0)]):
            train_op = step.assign_add(1)
        return ke.EstimatorSpec(mode, loss=features, train_op=train_op)

    estimator = ke.Estimator(model_fn, model_dir, config)
    for hooks in ([], [_asking([])[0]], [_asking([])[0]], []):
        estimator.train(numbers, hooks=hooks, steps=1)
    assert info().count("Calling model_fn.") == 1
    assert STOP in estimator.get_variable_names()
