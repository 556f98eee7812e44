"""CheckpointSaverHook and its listeners."""

import os

import pytest
import tensorflow as tf

import keras_estimator as ke
from tests.hooks.conftest import model_fn


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


def test_a_subclass_may_save_its_own_way(estimator, numbers, tmp_path):
    class Counting(ke.CheckpointSaverHook):
        saved = []

        def _save(self, session, step):
            self.saved.append((step, self._save_path, self._timer is not None))
            return super()._save(session, step) or step == 4

    hook = Counting(str(tmp_path), save_steps=2)
    estimator.train(numbers, hooks=[hook], steps=10)
    path = str(tmp_path / "model.ckpt")
    assert hook.saved == [(0, path, True), (2, path, True), (4, path, True)]
    assert _steps(tmp_path) == [0, 2, 4]


def test_a_subclass_may_have_a_saver_of_its_own(estimator, numbers, tmp_path):
    class OnlyW(ke.CheckpointSaverHook):
        def begin(self):
            super().begin()
            (w,) = tf.compat.v1.trainable_variables()
            self.own = tf.compat.v1.train.Saver([w])

        def _get_saver(self):
            return self.own

    hook = OnlyW(str(tmp_path), save_steps=2)
    estimator.train(numbers, hooks=[hook], steps=2)
    newest = tf.train.latest_checkpoint(tmp_path)
    assert tf.train.list_variables(newest) == [("w", [])]


def test_a_subclass_may_use_the_saver_of_the_call(estimator, numbers, tmp_path):
    class AtEnd(ke.CheckpointSaverHook):
        def end(self, session):
            super().end(session)
            path = str(tmp_path / "last")
            self.path = self._get_saver().save(session, path, global_step=9)

    hook = AtEnd(str(tmp_path / "c"), save_steps=2)
    estimator.train(numbers, hooks=[hook], steps=3)
    assert hook.path == str(tmp_path / "last-9")
    assert tf.train.load_variable(hook.path, "w") == 3.0


@pytest.fixture
def few(model_dir):
    """An Estimator that keeps two checkpoints, whose default never comes."""
    config = ke.RunConfig(keep_checkpoint_max=2, save_checkpoints_steps=1000)
    return ke.Estimator(model_fn, model_dir, config)


def test_tensorflows_own_hook_saves_as_the_call_does(few, numbers):
    hook = tf.compat.v1.train.CheckpointSaverHook(few.model_dir, save_steps=3)
    few.train(numbers, hooks=[hook], steps=8)
    # It is instead of the default one; the retention is that of the config.
    assert _steps(few.model_dir) == [6, 8]
    assert few.get_variable_value("w") == 8.0
    assert tf.io.gfile.exists(f"{few.model_dir}/model.ckpt-8.meta")
    # Another call goes on from there, with the same hook.
    few.train(numbers, hooks=[hook], steps=3)
    assert _steps(few.model_dir)[-1] == 11
    assert few.get_variable_value("w") == 11.0


def test_tensorflows_own_hook_has_listeners(few, numbers):
    own, added = _Listener(), _Listener(stop_at=3)
    hook = tf.compat.v1.train.CheckpointSaverHook(
        few.model_dir, save_steps=3, listeners=[own]
    )
    few.train(numbers, hooks=[hook], steps=8, saving_listeners=[added])
    assert own.calls == [
        "begin",
        ("before", 0, 0.0),
        ("after", 0),
        ("before", 3, 3.0),
        ("after", 3),
        ("end", 3),
    ]
    assert added.calls == own.calls
    assert _steps(few.model_dir) == [0, 3]


def test_tensorflows_own_hook_keeps_a_saver_it_has(few, numbers, tmp_path):
    class OnlyW(tf.compat.v1.train.CheckpointSaverHook):
        def begin(self):
            super().begin()
            (w,) = tf.compat.v1.trainable_variables()
            self._saver = tf.compat.v1.train.Saver([w])

    few.train(numbers, hooks=[OnlyW(str(tmp_path), save_steps=2)], steps=2)
    newest = tf.train.latest_checkpoint(tmp_path)
    assert tf.train.list_variables(newest) == [("w", [])]


def test_tensorflows_own_hook_works_with_a_scaffold(model_dir, numbers):
    """That of the spec, which has no saver as nobody finalizes it."""

    def with_hook(features, labels, mode):
        spec = model_fn(features, labels, mode)
        scaffold = tf.compat.v1.train.Scaffold()
        hook = tf.compat.v1.train.CheckpointSaverHook(
            model_dir, save_steps=3, scaffold=scaffold
        )
        return spec._replace(scaffold=scaffold, training_chief_hooks=[hook])

    ke.Estimator(with_hook, model_dir).train(numbers, steps=4)
    assert _steps(model_dir) == [0, 3, 4]
