"""The hooks in a session of TensorFlow's own, as old code mixes them."""

import json
import os
import re

import pytest
import tensorflow as tf

import keras_estimator as ke
from keras_estimator.hooks import control

_v1 = tf.compat.v1


@pytest.fixture
def graph():
    """A TF1 program: `twice` is what `w` was, times 2; `w` grows by 1."""
    with tf.Graph().as_default() as graph:
        step = _v1.train.create_global_step()
        w = _v1.get_variable("w", [], initializer=_v1.zeros_initializer())
        twice = tf.multiply(w.read_value(), 2.0, name="twice")
        _v1.placeholder_with_default(0.0, [], name="fed")
        with tf.control_dependencies([twice]):
            added = w.assign_add(1.0)
        with tf.control_dependencies([added]):
            step.assign_add(1, name="train")
        yield graph


def _run(hooks, steps, scaffold=None):
    """Returns how many steps were run until a hook wanted to stop."""
    creator = _v1.train.ChiefSessionCreator(scaffold)
    done = 0
    with _v1.train.MonitoredSession(creator, hooks=hooks) as session:
        while not session.should_stop() and done < steps:
            session.run(["train", "twice:0"])
            done += 1
    return done


def _steps(directory):
    names = tf.io.gfile.listdir(str(directory))
    found = (re.fullmatch(r"model\.ckpt-(\d+)\.index", name) for name in names)
    return sorted(int(match[1]) for match in found if match)


def test_stop_at_step(graph):
    assert _run([ke.StopAtStepHook(last_step=3)], 9) == 3
    assert _run([ke.StopAtStepHook(num_steps=2)], 9) == 2


def test_logging(graph, info):
    hooks = [
        ke.LoggingTensorHook({"t": "twice"}, every_n_iter=2, at_end=True),
        ke.LoggingTensorHook({"e": "twice"}, at_end=True),
    ]
    _run(hooks, 4)
    lines = [re.sub(r" \(.*", "", line) for line in info() if " = " in line]
    assert lines == ["t = 0.0", "t = 4.0", "t = 8.0", "e = 8.0"]


def test_steps_per_second(graph, info, events, tmp_path):
    _run([ke.StepCounterHook(every_n_steps=3, output_dir=str(tmp_path))], 8)
    assert [step for step, _ in events(tmp_path)["global_step/sec"]] == [4, 7]


def test_a_global_step_that_stays_is_told(info):
    with tf.Graph().as_default():
        _v1.train.create_global_step()
        tf.no_op(name="train")
        tf.constant(0.0, name="twice")
        _run([ke.StepCounterHook(every_n_steps=3)], 9)
    told = [line for line in info() if "has not been increased" in line]
    assert len(told) == 5
    assert "previous value: 0" in told[0]


@pytest.mark.parametrize("fails", [True, False])
def test_nan(graph, fails):
    nan = tf.where(graph.get_tensor_by_name("twice:0") > 3.0, float("nan"), 0.0)
    hook = ke.NanTensorHook(nan, fail_on_nan_loss=fails)
    if not fails:
        assert _run([hook], 9) == 3
        return
    with pytest.raises(ke.NanLossDuringTrainingError, match="not a number"):
        _run([hook], 9)


def test_summaries(graph, events, tmp_path):
    summary = _v1.summary.scalar("t", graph.get_tensor_by_name("twice:0"))
    scaffold = _v1.train.Scaffold()
    hooks = [
        ke.SummarySaverHook(
            save_steps=2, output_dir=str(tmp_path / "op"), summary_op=summary
        ),
        ke.SummarySaverHook(
            save_steps=3, output_dir=str(tmp_path / "all"), scaffold=scaffold
        ),
    ]
    _run(hooks, 5, scaffold)
    assert [step for step, _ in events(tmp_path / "op")["t"]] == [1, 3, 5]
    assert [step for step, _ in events(tmp_path / "all")["t"]] == [1, 4]


@pytest.mark.parametrize("kind", ["given", "scaffold", "collection"])
def test_a_saver_is_found(graph, tmp_path, kind):
    saver = _v1.train.Saver(max_to_keep=2)
    scaffold = _v1.train.Scaffold(saver=None if kind == "collection" else saver)
    if kind == "collection":
        _v1.add_to_collection(_v1.GraphKeys.SAVERS, saver)
    chosen = {
        "given": {"saver": saver},
        "scaffold": {"scaffold": scaffold},
        "collection": {},
    }[kind]
    hook = ke.CheckpointSaverHook(str(tmp_path), save_steps=2, **chosen)
    _run([hook], 5, scaffold)
    assert _steps(tmp_path) == [4, 5]
    assert (tmp_path / "graph.pbtxt").exists()


@pytest.mark.parametrize(
    ("savers", "says"),
    [(0, "No items in collection savers"), (2, "it has 2.*saver=...")],
)
def test_a_saver_that_cannot_be_told_is_an_error(graph, tmp_path, savers, says):
    scaffold = _v1.train.Scaffold(saver=_v1.train.Saver())
    for _ in range(savers):
        _v1.add_to_collection(_v1.GraphKeys.SAVERS, _v1.train.Saver())
    hook = ke.CheckpointSaverHook(str(tmp_path), save_steps=2)
    with pytest.raises(ke.errors.SaverError, match=says) as caught:
        _run([hook], 1, scaffold)
    assert isinstance(caught.value, RuntimeError)


def test_final_ops_and_feeds(graph):
    final = ke.FinalOpsHook(["w:0", "fed:0"], {"fed:0": 5.0})
    # In a graph of TensorFlow's own, "w:0" is the handle of the variable.
    final._final_ops[0] = _v1.trainable_variables()[0]
    fed = []

    class Look(ke.SessionRunHook):
        def before_run(self, run_context):
            return ke.SessionRunArgs("fed:0")

        def after_run(self, run_context, run_values):
            fed.append(float(run_values.results))

    values = [1.0, 2.0]
    feeds = ke.FeedFnHook(lambda: {"fed:0": values.pop(0)})
    _run([final, feeds, Look()], 2)
    assert final.final_ops_values == [2.0, 5.0]
    assert fed == [1.0, 2.0]


def test_waiting_ends_when_another_session_has_come_so_far(
    graph, info, monkeypatch
):
    slept = []

    class Advance(ke.SessionRunHook):
        """Stands for another worker, that runs while this one sleeps."""

        def after_create_session(self, session, coord):
            def sleep(seconds):
                slept.append(seconds)
                for _ in range(2):
                    session.run("train")

            monkeypatch.setattr(control.time, "sleep", sleep)

    monkeypatch.setattr(control, "_STEPS_BETWEEN_LINES", 3)
    hook = ke.GlobalStepWaiterHook(wait_until_step=5)
    assert _run([Advance(), hook], 2) == 2
    assert slept == [0.5, 0.5, 0.5]
    assert [line for line in info() if "Waiting" in line] == [
        "Waiting for global step 5 before starting training.",
        "Waiting for global step 5 before starting training. Current step is "
        "4.",
    ]


def test_profiles(graph, tmp_path):
    _run([ke.ProfilerHook(save_steps=3, output_dir=tmp_path)], 4)
    (name,) = [n for n in os.listdir(tmp_path) if n.startswith("timeline")]
    assert name == "timeline-3.json"
    with open(tmp_path / name) as file:
        trace = json.load(file)["traceEvents"]
    names = {e["args"]["name"] for e in trace if e.get("cat") == "Op"}
    assert "train" in names


@pytest.mark.parametrize(
    "hook",
    [
        ke.StopAtStepHook(num_steps=1),
        ke.CheckpointSaverHook("there", save_steps=1),
        ke.StepCounterHook(),
        ke.SummarySaverHook(save_steps=1, summary_op="s"),
        ke.GlobalStepWaiterHook(3),
        ke.ProfilerHook(save_steps=1),
    ],
    ids=lambda hook: type(hook).__name__,
)
def test_a_graph_without_a_global_step_is_told(hook, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    name = type(hook).__name__
    with (
        tf.Graph().as_default(),
        pytest.raises(RuntimeError, match=f"created to use {name}") as caught,
    ):
        hook.begin()
    assert isinstance(caught.value, ke.errors.MissingGlobalStepError)
