"""ProfilerHook: which steps, which files, and other profilers."""

import json
import os
import re

import pytest
import tensorflow as tf

import keras_estimator as ke
from keras_estimator.engine import _tensorflow
from keras_estimator.hooks import profiling


def _timelines(directory):
    names = os.listdir(directory) if os.path.isdir(directory) else []
    matches = (re.fullmatch(r"timeline-(\d+)\.json", name) for name in names)
    return sorted(int(match[1]) for match in matches if match)


def _profiler_is_running():
    try:
        tf.profiler.experimental.start("")
    except tf.errors.AlreadyExistsError:
        return True
    tf.profiler.experimental.stop(save=False)
    return False


@pytest.fixture
def traced(estimator, numbers, tmp_path):
    """Where 7 steps have been traced, each third of them."""
    folder = str(tmp_path / "traces")
    hook = ke.ProfilerHook(save_steps=3, output_dir=folder)
    estimator.train(numbers, hooks=[hook], steps=7)
    return folder


def test_each_traced_step_has_a_timeline_and_a_profile(traced):
    assert _timelines(traced) == [3, 6]
    profiles = os.path.join(traced, "plugins", "profile")
    assert sorted(os.listdir(profiles)) == ["step_3", "step_6"]
    (name,) = os.listdir(os.path.join(profiles, "step_6"))
    # What TensorBoard's plugin looks for.
    assert name.endswith(".xplane.pb")
    assert [n for n in os.listdir(traced) if ".tfevents." in n]
    assert not _profiler_is_running()


def _squaring(features, mode):
    v1 = tf.compat.v1
    w = v1.get_variable("w", [], initializer=v1.ones_initializer())
    loss = tf.square(tf.multiply(w, features, name="product"))
    optimizer = v1.train.GradientDescentOptimizer(0.1)
    train_op = optimizer.minimize(loss, v1.train.get_global_step())
    return ke.EstimatorSpec(mode, loss=loss, train_op=train_op)


def test_a_timeline_has_the_operations_of_the_step(
    model_dir, numbers, tmp_path
):
    hook = ke.ProfilerHook(save_steps=2, output_dir=tmp_path)
    ke.Estimator(_squaring, model_dir).train(numbers, hooks=[hook], steps=2)
    with open(tmp_path / "timeline-2.json") as file:
        trace = json.load(file)["traceEvents"]
    operations = {
        event["args"]["name"]: event
        for event in trace
        if event.get("cat") == "Op"
    }
    product = operations["product"]
    assert product["name"] == product["args"]["op"] == "Mul"
    assert product["dur"] > 0
    names = [e["args"]["name"] for e in trace if e["name"] == "process_name"]
    assert "/host:CPU" in names
    threads = {(e["pid"], e["tid"]) for e in trace if e["ph"] == "M"}
    assert (product["pid"], product["tid"]) in threads
    starts = [e for e in trace if e["ph"] == "s"]
    ends = {e["id"]: e for e in trace if e["ph"] == "t"}
    to_product = [s for s in starts if ends[s["id"]]["ts"] == product["ts"]]
    assert [s["name"] for s in to_product] == ["product/ReadVariableOp"]


def test_without_dataflow_there_are_no_arrows(estimator, numbers, tmp_path):
    hook = ke.ProfilerHook(
        save_steps=2, output_dir=tmp_path, show_dataflow=False, show_memory=True
    )
    estimator.train(numbers, hooks=[hook], steps=2)
    with open(tmp_path / "timeline-2.json") as file:
        phases = {event["ph"] for event in json.load(file)["traceEvents"]}
    assert phases == {"M", "X"}


def test_the_current_directory_is_the_default(
    estimator, numbers, tmp_path, monkeypatch, info
):
    monkeypatch.chdir(tmp_path)
    hook = ke.ProfilerHook(save_steps=2)
    estimator.train(numbers, hooks=[hook], steps=3)
    assert _timelines(tmp_path) == [2]
    assert "Saving timeline for 2 into 'timeline-2.json'." in info()


def test_in_evaluate_and_predict_batches_are_traced(
    model_dir, estimator, numbers, tmp_path
):
    estimator.train(numbers, steps=1)
    hook = ke.ProfilerHook(save_steps=1, output_dir=tmp_path / "eval")
    estimator.evaluate(numbers, hooks=[hook], steps=4)
    assert _timelines(tmp_path / "eval") == [1]


@pytest.mark.parametrize(
    "given", [{}, {"save_steps": 1, "save_secs": 1.0}], ids=str
)
def test_periods_that_make_no_sense(given):
    with pytest.raises(ke.errors.ConfigError, match="every_secs"):
        ke.ProfilerHook(**given)


def test_another_profiler_is_left_alone(estimator, numbers, tmp_path, caplog):
    tf.get_logger().setLevel("WARNING")
    tf.profiler.experimental.start(str(tmp_path / "other"))
    hook = ke.ProfilerHook(save_steps=2, output_dir=tmp_path / "mine")
    estimator.train(numbers, hooks=[hook], steps=7)
    tf.profiler.experimental.stop()
    assert _timelines(tmp_path / "mine") == []
    assert len(os.listdir(tmp_path / "other" / "plugins" / "profile")) == 1
    # Once, though there were three steps to trace.
    lines = [m for m in caplog.messages if "another profiler" in m]
    assert len(lines) == 1
    assert "does not trace step 2" in lines[0]
    assert "profile_batch=0" in lines[0]


class _Other(ke.SessionRunHook):
    """Does something in the third step."""

    def __init__(self, act):
        self._act = act
        self._steps = 0

    def before_run(self, run_context):
        self._steps += 1
        if self._steps == 3:
            self._act()


def test_a_trace_that_other_code_has_stopped_is_lost(
    estimator, numbers, tmp_path, caplog
):
    tf.get_logger().setLevel("WARNING")
    hooks = [
        ke.ProfilerHook(save_steps=3, output_dir=tmp_path),
        _Other(tf.profiler.experimental.stop),
    ]
    estimator.train(numbers, hooks=hooks, steps=6)
    assert _timelines(tmp_path) == [6]
    assert "other code has called" in caplog.text


@pytest.mark.parametrize("stage", ["hook", "step"])
def test_an_error_in_a_traced_step_stops_the_profiler(
    stage, model_dir, tmp_path
):
    def model_fn(features, mode):
        step = tf.compat.v1.train.get_global_step()
        fails = tf.debugging.Assert(features < 3.0, ["three"])
        with tf.control_dependencies([fails] if stage == "step" else []):
            train_op = step.assign_add(1)
        return ke.EstimatorSpec(mode, loss=features, train_op=train_op)

    def fail():
        if stage == "hook":
            raise ZeroDivisionError

    estimator = ke.Estimator(model_fn, model_dir)
    hooks = [
        ke.ProfilerHook(save_steps=3, output_dir=tmp_path / "traces"),
        _Other(fail),
    ]
    data = tf.data.Dataset.from_tensor_slices([1.0, 2.0, 3.0])
    with pytest.raises((ZeroDivisionError, tf.errors.InvalidArgumentError)):
        estimator.train(lambda: data, hooks=hooks)
    assert not _profiler_is_running()
    assert _timelines(tmp_path / "traces") == []


def test_the_step_that_finds_the_end_of_the_input_leaves_no_trace(
    estimator, tmp_path
):
    hook = ke.ProfilerHook(save_steps=3, output_dir=tmp_path / "traces")
    estimator.train(lambda: tf.data.Dataset.from_tensors(0.0).repeat(2), [hook])
    assert _timelines(tmp_path / "traces") == []
    assert not _profiler_is_running()


def test_traces_are_made_somewhere_else_first(tmp_path, monkeypatch):
    monkeypatch.setattr(profiling.tempfile, "tempdir", str(tmp_path))
    trace = profiling._Trace()
    assert os.listdir(tmp_path)
    trace.cancel()
    trace.cancel()
    trace = profiling._Trace()
    (profile,) = trace.stop().values()
    assert _tensorflow.parse_profile(profile).planes
    assert os.listdir(tmp_path) == []
