"""CheckpointSaverHook and its listeners."""

import os

import pytest
import tensorflow as tf

import keras_estimator as ke


class _Listener(ke.CheckpointSaverListener):
    def __init__(self, stop_at=None):
        self.calls = []
        self._stop_at = stop_at

    def begin(self):
        self.calls.append("begin")

    def before_save(self, session, global_step_value):
        w = session.run("w/Read/ReadVariableOp:0")
        self.calls.append(("before", int(global_step_value), float(w)))

    def after_save(self, session, global_step_value):
        self.calls.append(("after", int(global_step_value)))
        return global_step_value == self._stop_at

    def end(self, session, global_step_value):
        self.calls.append(("end", int(global_step_value)))


def _steps(directory):
    found = tf.io.gfile.glob(f"{directory}/*.index")
    return sorted(int(p.removesuffix(".index").split("-")[-1]) for p in found)


def test_saves_first_every_so_many_steps_and_last(estimator, numbers, tmp_path):
    listener = _Listener()
    hook = ke.CheckpointSaverHook(
        str(tmp_path / "c"), save_steps=4, listeners=[listener]
    )
    estimator.train(numbers, hooks=[hook], steps=10)
    assert _steps(tmp_path / "c") == [0, 4, 8, 10]
    # It is instead of the default one, as in tf.estimator (FACTS 6).
    assert _steps(estimator.model_dir) == []
    assert listener.calls == [
        "begin",
        ("before", 0, 0.0),
        ("after", 0),
        ("before", 4, 4.0),
        ("after", 4),
        ("before", 8, 8.0),
        ("after", 8),
        ("before", 10, 10.0),
        ("after", 10),
        ("end", 10),
    ]


def test_an_aligned_end_is_not_saved_twice(estimator, numbers, tmp_path):
    listener = _Listener()
    hook = ke.CheckpointSaverHook(
        str(tmp_path), save_steps=5, listeners=[listener]
    )
    estimator.train(numbers, hooks=[hook], steps=5)
    saved = [call[1] for call in listener.calls if call[0] == "after"]
    assert saved == [0, 5]


def test_a_listener_stops_training(estimator, numbers, tmp_path):
    hook = ke.CheckpointSaverHook(
        str(tmp_path), save_steps=3, listeners=[_Listener(stop_at=6)]
    )
    estimator.train(numbers, hooks=[hook], steps=100)
    assert _steps(tmp_path) == [0, 3, 6]


def test_saving_listeners_of_train(estimator, numbers):
    listener = _Listener()
    estimator.train(numbers, steps=2, saving_listeners=[listener])
    assert listener.calls[-1] == ("end", 2)
    assert _steps(estimator.model_dir) == [0, 2]


def test_basename_and_no_graph(estimator, numbers, tmp_path):
    hook = ke.CheckpointSaverHook(
        str(tmp_path),
        save_steps=5,
        checkpoint_basename="net",
        save_graph_def=False,
    )
    estimator.train(numbers, hooks=[hook], steps=1)
    names = {name.split(".")[0].split("-")[0] for name in os.listdir(tmp_path)}
    assert names == {"net", "checkpoint", "events"}
    assert not tf.io.gfile.glob(f"{tmp_path}/*.meta")


def test_every_so_many_seconds_saves_first_and_last(
    estimator, numbers, tmp_path
):
    hook = ke.CheckpointSaverHook(str(tmp_path), save_secs=1000)
    estimator.train(numbers, hooks=[hook], steps=20)
    assert _steps(tmp_path) == [0, 20]


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"save_secs": 1, "save_steps": 1},
        {"save_steps": 1, "saver": "a", "scaffold": "b"},
    ],
    ids=str,
)
def test_arguments_that_make_no_sense(given):
    with pytest.raises(ke.errors.ConfigError):
        ke.CheckpointSaverHook("there", **given)
