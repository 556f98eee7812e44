"""LoggingTensorHook and StepCounterHook."""

import re

import keras
import pytest
import tensorflow as tf

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


def test_numbers_are_shown_as_their_type_has_them(model_dir, numbers, info):
    def model_fn(features, mode):
        step = tf.compat.v1.train.get_global_step()
        tf.constant(0.1, name="tenth")
        return ke.EstimatorSpec(
            mode, loss=features, train_op=step.assign_add(1)
        )

    hook = ke.LoggingTensorHook({"t": "tenth"}, at_end=True)
    ke.Estimator(model_fn, model_dir).train(numbers, hooks=[hook], steps=1)
    assert "t = 0.1" in info()


def test_one_name_is_no_list_of_names():
    with pytest.raises(ke.errors.ArgumentTypeError, match="into a list"):
        ke.LoggingTensorHook("twice", every_n_iter=1)


def _logged(estimator, numbers, tensor):
    hook = ke.LoggingTensorHook([tensor], every_n_iter=1)
    estimator.train(numbers, hooks=[hook], steps=1)


def test_a_tensor_of_another_graph_is_told(estimator, numbers):
    with tf.Graph().as_default():
        foreign = tf.constant(1.0)
    with pytest.raises(
        ke.errors.ConfigError, match="make the hook in model_fn"
    ):
        _logged(estimator, numbers, foreign)


def test_a_name_of_several_tensors_is_told(model_dir, numbers):
    def model_fn(features, mode):
        step = tf.compat.v1.train.get_global_step()
        tf.unstack(tf.stack([features, features]), name="both")
        return ke.EstimatorSpec(
            mode, loss=features, train_op=step.assign_add(1)
        )

    estimator = ke.Estimator(model_fn, model_dir)
    with pytest.raises(ke.errors.ConfigError, match="'both:0', 'both:1'"):
        _logged(estimator, numbers, "both")


def test_a_keras_variable_is_logged(model_dir, numbers, info):
    def model_fn(features, mode):
        step = tf.compat.v1.train.get_global_step()
        w = keras.Variable(3.0, name="w")
        hook = ke.LoggingTensorHook({"w": w}, at_end=True)
        return ke.EstimatorSpec(
            mode,
            loss=features,
            train_op=step.assign_add(1),
            training_hooks=[hook],
        )

    ke.Estimator(model_fn, model_dir).train(numbers, steps=1)
    assert "w = 3.0" in info()


def test_a_global_step_that_stays_is_told_five_times(
    model_dir, numbers, caplog
):
    tf.get_logger().setLevel("WARNING")

    def model_fn(features, mode):
        return ke.EstimatorSpec(
            mode, loss=features, train_op=tf.group(features)
        )

    hook = ke.StepCounterHook(every_n_steps=4)
    # Without the counter that comes by default.
    config = ke.RunConfig(log_step_count_steps=None)
    estimator = ke.Estimator(model_fn, model_dir, config)
    # Three steps have two before them that did not count.
    for count, told in ((1, 0), (3, 2), (9, 5)):
        caplog.clear()
        hook._warnings_left = 5
        estimator.train(lambda count=count: numbers().take(count), hooks=[hook])
        lines = [m for m in caplog.messages if "has not been increased" in m]
        assert len(lines) == told


class _LoggingMetricHook(ke.LoggingTensorHook):
    """As in the official models of TensorFlow, where many have copied it."""

    def __init__(self, tensors, log_metric, **options):
        super().__init__(tensors=tensors, **options)
        self._log_metric_of = log_metric

    def begin(self):
        super().begin()
        self._global_step_tensor = tf.compat.v1.train.get_global_step()
        name = self._global_step_tensor.name
        if name not in self._current_tensors:
            self._current_tensors[name] = self._global_step_tensor

    def after_run(self, unused_run_context, run_values):
        if self._should_trigger:
            self._log_metric(run_values.results)
        self._iter_count += 1

    def end(self, session):
        if self._log_at_end:
            self._log_metric(session.run(self._current_tensors))

    def _log_metric(self, tensor_values):
        self._timer.update_last_triggered_step(self._iter_count)
        step = tensor_values[self._global_step_tensor.name]
        for tag in self._tag_order:
            self._log_metric_of(tag, float(tensor_values[tag]), int(step))


def test_the_metric_hook_of_the_official_models_works(estimator, numbers):
    logged = []
    hook = _LoggingMetricHook(
        {"twice": "twice:0", "again": "twice"},
        lambda *of_step: logged.append(of_step),
        every_n_iter=4,
        at_end=True,
    )
    estimator.train(numbers, hooks=[hook], steps=6)
    assert logged == [
        ("again", 0.0, 0),
        ("twice", 0.0, 0),
        ("again", 8.0, 4),
        ("twice", 8.0, 4),
        ("again", 12.0, 6),
        ("twice", 12.0, 6),
    ]


def test_the_metric_hook_of_the_official_models_logs_at_the_end_alone(
    estimator, numbers
):
    logged = []
    hook = _LoggingMetricHook(
        ["twice"], lambda *of_step: logged.append(of_step), at_end=True
    )
    estimator.train(numbers, hooks=[hook], steps=3)
    assert logged == [("twice", 6.0, 3)]


def test_a_subclass_may_log_tensors_its_own_way(estimator, numbers, info):
    class Collecting(ke.LoggingTensorHook):
        logged = []

        def _log_tensors(self, tensor_values):
            self._timer.update_last_triggered_step(self._iter_count)
            self.logged.append(dict(tensor_values))

    hook = Collecting(["twice"], every_n_iter=3, at_end=True)
    estimator.train(numbers, hooks=[hook], steps=4)
    assert hook.logged == [{"twice": 0.0}, {"twice": 6.0}, {"twice": 8.0}]
    assert not [line for line in info() if "twice" in line]


def test_a_subclass_may_record_the_rate_its_own_way(
    estimator, numbers, info, tmp_path
):
    class Examples(ke.StepCounterHook):
        recorded = []

        def _log_and_record(self, elapsed_steps, elapsed_time, global_step):
            assert elapsed_time > 0
            self.recorded.append((elapsed_steps, global_step))
            if global_step > 6:
                super()._log_and_record(elapsed_steps, 0.5, global_step)

    hook = Examples(every_n_steps=5, output_dir=str(tmp_path / "c"))
    estimator.train(numbers, hooks=[hook], steps=12)
    assert hook.recorded == [(5, 6), (5, 11)]
    assert "global_step/sec: 10" in info()
    assert hook._summary_tag == "global_step/sec"
