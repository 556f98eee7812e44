"""HookRunner: which hooks are called, in which order, with what."""

import threading

import keras
import numpy as np
import pytest
import tensorflow as tf

import keras_estimator as ke
from keras_estimator.engine.hook import ScheduledHook
from keras_estimator.engine.hook import SessionRunArgs
from keras_estimator.engine.hook import SessionRunContext
from keras_estimator.engine.hook import SessionRunHook
from keras_estimator.engine.hook import SessionRunValues
from keras_estimator.engine.hook import begin
from keras_estimator.engine.hook import wants_every_step
from keras_estimator.engine.hook_runner import HookRunner
from keras_estimator.engine.session import GraphSession
from keras_estimator.errors import KerasEstimatorError

v1 = tf.compat.v1


def model_fn(features, mode):
    tf.identity(features, name="same")
    tf.reduce_sum(features, name="sum")
    return ke.EstimatorSpec(mode, predictions=features * 2)


@pytest.fixture
def session(bind):
    return GraphSession(bind(model_fn))


@pytest.fixture
def runner(session):
    return lambda *hooks: HookRunner(hooks, session, ["train_op"])


class Recording(SessionRunHook):
    """Writes down its calls; asks for `fetches`."""

    def __init__(self, calls, name="hook", fetches=None, feed_dict=None):
        self.calls, self.name = calls, name
        self.args = None
        if fetches is not None or feed_dict is not None:
            self.args = SessionRunArgs(fetches, feed_dict)

    def begin(self):
        self.calls.append((self.name, "begin"))

    def after_create_session(self, session, coord):
        self.calls.append((self.name, "session", type(coord).__name__))

    def before_run(self, run_context):
        self.context = run_context
        self.calls.append((self.name, "before"))
        return self.args

    def after_run(self, run_context, run_values):
        assert run_context is self.context
        self.calls.append((self.name, "after", run_values.results))

    def end(self, session):
        self.calls.append((self.name, "end"))


class EveryThird(ScheduledHook):
    """Is due at every third global step; stops at `last`."""

    def __init__(self, every=3, fetches=None, last=None):
        self.every, self.fetches, self.last = every, fetches, last
        self.seen = []
        self.skipped = 0

    def steps_until_due(self, global_step):
        return self.every - global_step % self.every

    def skip(self, steps):
        self.skipped += steps

    def before_run(self, run_context):
        return SessionRunArgs(self.fetches)

    def after_run(self, run_context, run_values):
        self.seen.append(run_values.results)
        if len(self.seen) == self.last:
            run_context.request_stop()


# Which hooks are called ------------------------------------------------------


def test_hooks_are_called_in_order_at_each_stage(runner, session):
    calls = []
    hooks = Recording(calls, "a"), Recording(calls, "b")
    begin(session.binding, hooks)
    run = runner(*hooks)
    run.after_create_session()
    run.before_run(0)
    run.after_run({})
    run.end()
    assert calls == [
        ("a", "begin"),
        ("b", "begin"),
        ("a", "session", "Coordinator"),
        ("b", "session", "Coordinator"),
        ("a", "before"),
        ("b", "before"),
        ("a", "after", None),
        ("b", "after", None),
        ("a", "end"),
        ("b", "end"),
    ]


def _overriding(**methods):
    return type("Hook", (SessionRunHook,), methods)()


class Tf1Hook(v1.train.SessionRunHook):
    def before_run(self, run_context):
        pass


@pytest.mark.parametrize(
    ("hook", "every_step"),
    [
        (_overriding(before_run=lambda self, c: None), True),
        (_overriding(after_run=lambda self, c, v: None), True),
        (_overriding(begin=lambda self: None), False),
        (_overriding(end=lambda self, s: None), False),
        (Tf1Hook(), True),
        (v1.train.SessionRunHook(), False),
        (v1.train.LoggingTensorHook(["x"], 5), True),
        (v1.train.FinalOpsHook([]), False),
        (EveryThird(), False),
        (ke.StopAtStepHook(3), False),
        (ke.LoggingTensorHook(["x"], 5), False),
    ],
)
def test_a_hook_that_overrides_what_runs_per_step_gets_every_step(
    runner, hook, every_step
):
    assert wants_every_step(hook) is every_step
    if every_step:
        assert runner(hook, EveryThird(9)).steps_until_due(0) == 1


def test_a_hook_that_forgot_its_base_class_is_called(runner):
    class Duck:
        def before_run(self, run_context):
            return None

        def after_run(self, run_context, run_values):
            return None

    assert wants_every_step(Duck())


def test_the_next_hook_that_is_due_decides(runner):
    run = runner(EveryThird(5), EveryThird(3), SessionRunHook())
    assert [run.steps_until_due(step) for step in range(6)] == [
        3,
        2,
        1,
        2,
        1,
        1,
    ]


def test_without_hooks_nobody_waits(runner):
    assert runner().steps_until_due(0) is None
    assert runner(SessionRunHook()).steps_until_due(0) is None

    class AtSomeTime(ScheduledHook):
        def steps_until_due(self, global_step):
            return None

    assert runner(AtSomeTime()).steps_until_due(0) is None
    assert runner(AtSomeTime(), EveryThird()).steps_until_due(0) == 3


def test_a_hook_that_is_overdue_is_due_at_the_next_step(runner):
    class Late(ScheduledHook):
        def steps_until_due(self, global_step):
            return -4

    assert runner(Late()).steps_until_due(0) == 1


def test_hooks_that_are_not_due_are_told_of_the_step(runner):
    due, waiting = EveryThird(1), EveryThird(5)
    run = runner(due, waiting)
    run.before_run(0)
    run.after_run({})
    assert (len(due.seen), due.skipped) == (1, 0)
    assert (len(waiting.seen), waiting.skipped) == (0, 1)
    run.skipped(3, {})
    assert (due.skipped, waiting.skipped) == (3, 4)
    assert waiting.seen == []


# What they get and give ------------------------------------------------------


def test_each_hook_gets_its_own_fetches(runner):
    calls = []
    run = runner(
        Recording(calls, "dict", {"s": "sum:0"}),
        Recording(calls, "none"),
        Recording(calls, "list", ["same:0", "sum:0"]),
    )
    names, feeds = run.before_run(0)
    assert names == ("sum:0", "same:0")
    assert feeds == {}
    calls.clear()
    run.after_run({"sum:0": tf.constant(3.0), "same:0": tf.constant([1.0])})
    assert calls == [
        ("dict", "after", {"s": 3.0}),
        ("none", "after", None),
        ("list", "after", [np.array([1.0]), 3.0]),
    ]


def test_feeds_of_hooks_are_put_together(runner):
    run = runner(
        Recording([], feed_dict={"same:0": [1.0]}),
        Recording([], fetches="sum:0", feed_dict={"sum:0": 4.0}),
    )
    names, feeds = run.before_run(0)
    assert names == ("sum:0",)
    assert {k: v.numpy().tolist() for k, v in feeds.items()} == {
        "same:0": [1],
        "sum:0": 4,
    }


def test_two_hooks_may_not_feed_one_tensor(runner, session):
    tensor = session.graph.get_tensor_by_name("sum:0")
    run = runner(
        Recording([], feed_dict={"sum:0": 1.0}),
        Recording([], feed_dict={tensor: 2.0}),
    )
    with pytest.raises(
        KerasEstimatorError, match="Same tensor is fed by two"
    ) as error:
        run.before_run(0)
    assert "'sum:0'" in str(error.value)
    assert "Recording is the second" in str(error.value)


def test_the_context_shows_session_and_step(runner, session):
    seen = []

    class Looking(SessionRunHook):
        def before_run(self, run_context):
            seen.append(run_context)

    runner(Looking()).before_run(0)
    (context,) = seen
    assert isinstance(context, v1.train.SessionRunContext)
    assert context.session is session
    assert context.original_args.fetches == ["train_op"]
    assert context.stop_requested is False


@pytest.mark.parametrize("when", ["before_run", "after_run"])
def test_a_request_to_stop_is_seen_after_all_hooks(runner, when):
    calls = []

    class Stopping(SessionRunHook):
        def before_run(self, run_context):
            if when == "before_run":
                run_context.request_stop()

        def after_run(self, run_context, run_values):
            if when == "after_run":
                run_context.request_stop()

    run = runner(Stopping(), Recording(calls))
    run.before_run(0)
    assert run.should_stop is False
    run.after_run({})
    assert run.should_stop is True
    assert calls[-1] == ("hook", "after", None), "the others get the step too"


def test_a_request_to_stop_belongs_to_one_step(runner):
    run = runner(EveryThird(1, last=1), EveryThird(1))
    run.before_run(0)
    run.after_run({})
    assert run.should_stop
    run.before_run(1)
    run.after_run({})
    assert not run.should_stop


# Watching --------------------------------------------------------------------


class Watching(ScheduledHook):
    def __init__(self, tensor):
        self.tensor = tensor
        self.values = []

    @property
    def watched(self):
        return self.tensor

    def steps_until_due(self, global_step):
        return None

    def before_run(self, run_context):
        return SessionRunArgs(self.tensor)

    def after_run(self, run_context, run_values):
        self.values.append(float(run_values.results))
        if run_values.results > 5:
            run_context.request_stop()


def test_a_watched_tensor_is_looked_at_in_single_and_in_fused_steps(
    runner, session
):
    hook = Watching(session.graph.get_tensor_by_name("sum:0"))
    other = EveryThird(1)
    run = runner(hook, Watching(hook.tensor), other)
    assert run.watched == ["sum:0"]
    names, _ = run.before_run(0)
    assert names == ("sum:0",)
    run.after_run({"sum:0": tf.constant(1.0)})
    run.skipped(7, {"sum:0": tf.constant(2.0)})
    assert hook.values == [1, 2]
    assert not run.should_stop
    run.skipped(1, {"sum:0": tf.constant(6.0)})
    assert run.should_stop
    assert len(other.seen) == 1
    assert other.skipped == 8


# The classes -----------------------------------------------------------------


def test_the_classes_are_those_of_tensorflow_and_warn_of_nothing(caplog):
    args = SessionRunArgs("a", {"b": 1})
    assert isinstance(args, v1.train.SessionRunArgs)
    assert (args.fetches, args.feed_dict, args.options) == ("a", {"b": 1}, None)
    values = SessionRunValues(3, None, None)
    assert isinstance(values, v1.train.SessionRunValues)
    assert values.results == 3
    assert isinstance(SessionRunHook(), v1.train.SessionRunHook)
    assert issubclass(SessionRunContext, v1.train.SessionRunContext)
    assert not caplog.records


def test_a_hook_does_nothing_by_default():
    hook = SessionRunHook()
    assert hook.begin() is None
    assert hook.after_create_session(None, None) is None
    assert hook.before_run(None) is None
    assert hook.after_run(None, None) is None
    assert hook.end(None) is None
    scheduled = ScheduledHook()
    assert scheduled.steps_until_due(3) == 1
    assert scheduled.skip(2) is None
    assert scheduled.watched is None


# Schedules that subclasses inherit --------------------------------------------


def test_a_subclass_that_overrides_a_step_is_called_at_every_step(runner):
    class Derived(EveryThird):
        def after_run(self, run_context, run_values):
            super().after_run(run_context, run_values)

    class AnotherEnd(EveryThird):
        def end(self, session):
            pass

    class OnItsOwn(EveryThird):
        def steps_until_due(self, global_step):
            return 5

        def after_run(self, run_context, run_values):
            pass

    wrapped = EveryThird()
    wrapped.after_run = wrapped.after_run
    assert runner(Derived()).steps_until_due(0) == 1
    assert runner(AnotherEnd()).steps_until_due(0) == 3
    assert runner(OnItsOwn()).steps_until_due(0) == 5
    assert runner(wrapped).steps_until_due(0) == 1
    hook = Derived()
    run = runner(hook)
    for step in range(4):
        run.before_run(step)
        run.after_run({})
    assert (len(hook.seen), hook.skipped) == (4, 0)


def test_a_hook_that_is_overdue_is_due(runner):
    class Overdue(EveryThird):
        def steps_until_due(self, global_step):
            return max(0, 2 - global_step)

    hook = Overdue()
    run = runner(hook)
    assert run.steps_until_due(5) == 1
    run.before_run(5)
    run.after_run({})
    assert len(hook.seen) == 1


def test_threads_of_hooks_are_told_when_the_call_is_over(runner):
    class Starts(SessionRunHook):
        def after_create_session(self, session, coord):
            self.thread = threading.Thread(
                target=lambda: coord.wait_for_stop(10), daemon=True
            )
            self.thread.start()

    hook = Starts()
    run = runner(hook)
    run.after_create_session()
    run.close()
    hook.thread.join(1)
    assert not hook.thread.is_alive()


# As Keras callbacks ----------------------------------------------------------


def test_a_hook_is_a_keras_callback():
    assert isinstance(SessionRunHook(), keras.callbacks.Callback)
    assert isinstance(ke.StopAtStepHook(1), keras.callbacks.Callback)


def test_a_hook_of_another_model_is_refused():
    model = keras.Sequential([keras.layers.Dense(1)])
    model.compile("sgd", "mse")
    with pytest.raises(TypeError, match="StopAtStepHook .* Sequential, which"):
        model.fit(np.ones([2, 1]), np.ones(2), callbacks=[ke.StopAtStepHook(1)])


def test_model_and_params_of_a_hook_are_its_own_if_it_sets_them():
    class Old(SessionRunHook):
        def __init__(self, model, params):
            self.model = model
            self.params = params

    class Model:
        runs_hooks = True

    old, new, model = Old("mine", {"a": 1}), SessionRunHook(), Model()
    for hook in (old, new):
        for epochs in (1, 2):
            hook.set_model(model)
            hook.set_params({"epochs": epochs})
    assert (old.model, old.params) == ("mine", {"a": 1})
    assert new.model is model
    assert new.params == {"epochs": 2}


class _Asked(EveryThird):
    """Counts how often it is asked when it is due."""

    asked = 0

    def steps_until_due(self, global_step):
        self.asked += 1
        return super().steps_until_due(global_step)


def _steps(run, global_steps):
    for step in global_steps:
        run.before_run(step)
        run.after_run({})
    run.end()


def test_beside_a_hook_of_every_step_others_are_asked_once_in_a_while(runner):
    hook, every = _Asked(every=10), Recording([])
    _steps(runner(every, hook), range(40))
    assert (len(hook.seen), hook.skipped) == (4, 36)
    # When a period begins, and for its last step.
    assert hook.asked == 8
    assert len(every.calls) == 2 * 40 + 1


def test_each_is_asked_again_where_steps_do_not_count_by_one(runner):
    hook = _Asked(every=10)
    _steps(runner(Recording([]), hook), range(0, 40, 2))
    assert hook.asked == 20
    _steps(runner(Recording([]), hook), [5] * 7)
    assert hook.asked == 27


def test_hooks_by_time_are_asked_at_each(runner):
    class ByTime(_Asked):
        def steps_until_due(self, global_step):
            super().steps_until_due(global_step)
            return 1 if global_step == 7 else None

    by_time, by_step = ByTime(), _Asked(every=10)
    _steps(runner(Recording([]), by_time, by_step), range(10))
    assert by_time.asked >= 10
    assert (len(by_time.seen), by_time.skipped) == (1, 9)
    assert (len(by_step.seen), by_step.skipped) == (1, 9)
