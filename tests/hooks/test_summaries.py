"""SummarySaverHook."""

import pytest
import tensorflow as tf

import keras_estimator as ke
from tests.hooks.conftest import model_fn

_v1 = tf.compat.v1


class _Adding(ke.SessionRunHook):
    """Makes a SummarySaverHook for a tensor of the graph, and is it."""

    def __init__(self, **arguments):
        self._arguments = arguments

    def begin(self):
        twice = _v1.get_default_graph().get_tensor_by_name("twice:0")
        merged = _v1.summary.merge([_v1.summary.scalar("double", twice)])
        self._hook = ke.SummarySaverHook(summary_op=merged, **self._arguments)
        self._hook.begin()

    def before_run(self, run_context):
        return self._hook.before_run(run_context)

    def after_run(self, run_context, run_values):
        self._hook.after_run(run_context, run_values)

    def end(self, session):
        self._hook.end(session)


def test_writes_every_so_many_steps(model_dir, estimator, numbers, events):
    config = estimator.config.replace(save_summary_steps=4)
    estimator = ke.Estimator(estimator._model_fn, model_dir, config)
    estimator.train(numbers, steps=10)
    found = events(model_dir)
    # What a step saw is written with the step that it led to.
    assert found["seen"] == [(1, 0.0), (5, 4.0), (9, 8.0)]
    assert found["loss"] == found["seen"]


def test_a_summary_op_of_its_own(estimator, numbers, events, tmp_path):
    hook = _Adding(save_steps=3, output_dir=str(tmp_path / "s"))
    estimator.train(numbers, hooks=[hook], steps=7)
    assert events(tmp_path / "s")["double"] == [(1, 0.0), (4, 6.0), (7, 12.0)]


def test_a_list_and_a_writer(estimator, numbers, tmp_path):
    class Writer:
        def __init__(self):
            self.steps = []

        def add_summary(self, summary, step):
            self.steps.append((step, summary))

        def add_session_log(self, log, step):
            self.started = step

        def flush(self):
            self.flushed = True

    class Hook(_Adding):
        def begin(self):
            ops = [_v1.summary.scalar(name, 1.0) for name in ("p", "q")]
            self._hook = ke.SummarySaverHook(summary_op=ops, **self._arguments)
            self._hook.begin()

    writer = Writer()
    hook = Hook(save_steps=5, summary_writer=writer)
    estimator.train(numbers, hooks=[hook], steps=6)
    assert [step for step, _ in writer.steps] == [1, 1, 6, 6]
    assert writer.flushed
    assert writer.started == 1


@pytest.mark.parametrize(
    "given",
    [
        {"save_steps": 1},
        {"save_steps": 1, "summary_op": "a", "scaffold": "b"},
        {"summary_op": "a"},
        {"summary_op": "a", "save_steps": 1, "save_secs": 1},
    ],
    ids=str,
)
def test_arguments_that_make_no_sense(given):
    with pytest.raises(ke.errors.ConfigError):
        ke.SummarySaverHook(**given)


def test_sessions_of_tensorflow_itself(tmp_path):
    """As among the hooks of a MonitoredTrainingSession."""
    with tf.Graph().as_default():
        step = _v1.train.create_global_step()
        _v1.summary.scalar("a", 5.0)
        hook = ke.SummarySaverHook(
            save_steps=2,
            output_dir=str(tmp_path),
            scaffold=_v1.train.Scaffold(summary_op=_v1.summary.merge_all()),
        )
        add = _v1.assign_add(step, 1)
        with _v1.train.MonitoredSession(hooks=[hook]) as session:
            for _ in range(4):
                session.run(add)
    found = [
        (event.step, value.tag, value.simple_value)
        for path in tmp_path.iterdir()
        for event in _v1.train.summary_iterator(str(path))
        for value in event.summary.value
    ]
    assert found == [(1, "a", 5.0), (3, "a", 5.0)]


def test_weights_are_written_as_they_were_before_the_step(
    model_dir, numbers, events
):
    """Whatever reads them, and however often."""

    def reading(features, labels, mode):
        spec = model_fn(features, labels, mode)
        (w,) = _v1.trainable_variables()
        for i in range(8):
            _v1.summary.scalar(f"w{i}", w)
        return spec

    config = ke.RunConfig(log_step_count_steps=None, save_summary_steps=2)
    ke.Estimator(reading, model_dir, config).train(numbers, steps=5)
    found = events(model_dir)
    for i in range(8):
        assert found[f"w{i}"] == [(1, 0.0), (3, 2.0), (5, 4.0)]


class _Twice(ke.SummarySaverHook):
    """Summarizes a tensor of the graph."""

    def begin(self):
        twice = _v1.get_default_graph().get_tensor_by_name("twice:0")
        self._summary_op = _v1.summary.scalar("double", twice, collections=[])
        super().begin()


@pytest.mark.parametrize(
    ("save_steps", "batches"), [(1, 7), (2, 4), (3, 1), (100, 1)]
)
def test_an_evaluation_counts_as_in_tf_estimator(
    estimator, numbers, events, tmp_path, save_steps, batches
):
    estimator.train(numbers, steps=2)
    hook = _Twice(
        save_steps=save_steps,
        output_dir=str(tmp_path / "s"),
        summary_op="later",
    )
    estimator.evaluate(numbers, hooks=[hook], steps=7)
    # The global step stays: from the third step on it never gets there.
    assert events(tmp_path / "s")["double"] == [(2, 4.0)] * batches


class _Late(ke.SummarySaverHook):
    """Finds its summaries when they are asked for, as old code does."""

    def _get_summary_op(self):
        twice = _v1.get_default_graph().get_tensor_by_name("twice:0")
        if not hasattr(self, "found"):
            self.found = _v1.summary.scalar("double", twice, collections=[])
        return [self.found]

    def after_run(self, run_context, run_values):
        if self._request_summary:
            step = int(run_values.results["global_step"])
            self.seen.append((step, self._next_step))
            assert isinstance(run_values.results["summary"][0], bytes)
        super().after_run(run_context, run_values)


def test_a_subclass_may_choose_the_summaries(
    estimator, numbers, events, tmp_path
):
    hook = _Late(save_steps=2, output_dir=str(tmp_path), summary_op="later")
    hook.seen = []
    estimator.train(numbers, hooks=[hook], steps=5)
    assert events(tmp_path)["double"] == [(1, 0.0), (3, 4.0), (5, 8.0)]
    # What runs beside the step is from before it.
    assert hook.seen == [(0, None), (2, 3), (4, 5)]


def test_a_subclass_may_have_no_summaries(estimator, numbers, tmp_path):
    class Without(ke.SummarySaverHook):
        def _get_summary_op(self):
            return None

    hook = Without(save_steps=2, output_dir=str(tmp_path), summary_op="none")
    estimator.train(numbers, hooks=[hook], steps=3)
    assert hook._timer.last_triggered_step() == 3
    assert hook._next_step == 4


def test_a_subclass_may_write_anew_by_itself(
    estimator, numbers, events, tmp_path
):
    class Anew(_Twice):
        """Takes each step for the first one."""

        def after_run(self, run_context, run_values):
            super().after_run(run_context, run_values)
            self._next_step = None

    hook = Anew(save_steps=100, output_dir=str(tmp_path), summary_op="later")
    estimator.train(numbers, hooks=[hook], steps=3)
    assert events(tmp_path)["double"] == [(1, 0.0), (2, 2.0), (3, 4.0)]
