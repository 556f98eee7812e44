"""Checkpoints that are written while training goes on."""

import os
import threading

import numpy as np
import pytest
import tensorflow as tf

import keras_estimator as ke
from keras_estimator.checkpoint import saver
from keras_estimator.checkpoint.directory import CheckpointDirectory

_v1 = tf.compat.v1


def _model_fn(features, labels, mode):
    w = _v1.get_variable("w", [], initializer=_v1.zeros_initializer())
    with tf.control_dependencies([w.assign_add(features)]):
        train_op = _v1.train.get_global_step().assign_add(1)
    return ke.EstimatorSpec(mode, loss=w + 0.0, train_op=train_op)


def _input_fn():
    return tf.data.Dataset.from_tensors(1.0).repeat(100)


@pytest.fixture
def estimator(model_dir):
    config = ke.RunConfig(save_checkpoints_steps=2, keep_checkpoint_max=9)
    return ke.Estimator(_model_fn, model_dir, config)


@pytest.fixture
def writers(monkeypatch):
    """The names of the threads that wrote, and where to hold one up."""
    threads, go_on = [], threading.Event()
    go_on.set()
    save = CheckpointDirectory.save

    def noting(self, *args):
        threads.append(threading.current_thread().name)
        assert go_on.wait(60)
        return save(self, *args)

    monkeypatch.setattr(CheckpointDirectory, "save", noting)
    return threads, go_on


def _main():
    return threading.current_thread().name


def _values(estimator):
    """Returns the step that each checkpoint says, by its name."""
    directory = estimator.model_dir
    state = tf.train.get_checkpoint_state(directory)
    return {
        os.path.basename(path): float(tf.train.load_variable(path, "w"))
        for path in state.all_model_checkpoint_paths
    }


def test_each_checkpoint_has_the_values_of_its_step(estimator, writers):
    estimator.train(_input_fn, steps=7)
    assert _values(estimator) == {
        f"model.ckpt-{step}": step for step in (0, 2, 4, 6, 7)
    }
    assert _main() not in writers[0]


def test_training_goes_on_while_one_is_written(model_dir, writers):
    """The first checkpoint is held up until the first step has run."""
    _, go_on = writers
    go_on.clear()

    def model_fn(features, labels, mode):
        spec = _model_fn(features, labels, mode)
        with tf.control_dependencies([spec.train_op]):
            step = tf.numpy_function(lambda: go_on.set() or 0, [], tf.int64)
        return spec._replace(train_op=step)

    estimator = ke.Estimator(model_fn, model_dir)
    estimator.train(_input_fn, steps=1)
    assert _values(estimator) == {"model.ckpt-0": 0.0, "model.ckpt-1": 1.0}


class _Looks(ke.SessionRunHook):
    """Sees what is on disk after each step."""

    def __init__(self, model_dir):
        self.model_dir = model_dir
        self.seen = []

    def after_run(self, run_context, run_values):
        path = tf.train.latest_checkpoint(self.model_dir)
        self.seen.append(os.path.basename(path))


def test_who_may_look_finds_the_checkpoint_at_once(estimator, writers):
    hook = _Looks(estimator.model_dir)
    estimator.train(_input_fn, steps=4, hooks=[hook])
    assert hook.seen == [f"model.ckpt-{step}" for step in (0, 2, 2, 4)]
    assert set(writers[0]) == {_main()}


def test_so_do_listeners_and_keras_callbacks(estimator, writers):
    listener = ke.CheckpointSaverListener()
    estimator.train(_input_fn, steps=2, saving_listeners=[listener])
    estimator.train(_input_fn, steps=2, hooks=[tf.keras.callbacks.Callback()])
    assert set(writers[0]) == {_main()}


def test_evaluate_needs_not_read_what_was_written_last(estimator, writers):
    estimator.train(_input_fn, steps=3)
    state = estimator.model.runtime.state
    newest = estimator.latest_checkpoint()
    assert state.origin.checkpoint.prefix == newest


def test_a_write_that_fails_ends_training(estimator, monkeypatch):
    def fails(self, name, *args):
        raise tf.errors.ResourceExhaustedError(None, None, f"no space, {name}")

    estimator.train(_input_fn, steps=2)
    monkeypatch.setattr(CheckpointDirectory, "save", fails)
    with pytest.raises(ke.errors.DiskFullError, match="model.ckpt-2"):
        estimator.train(_input_fn, steps=50)
    monkeypatch.undo()
    assert _values(estimator) == {"model.ckpt-0": 0.0, "model.ckpt-2": 2.0}
    estimator.train(_input_fn, steps=1)
    assert estimator.get_variable_value("w") == 3.0


def test_an_error_of_training_waits_for_the_write(estimator, writers):
    def input_fn():
        def rows():
            yield from np.ones(3, np.float32)
            raise ValueError("no more")

        return tf.data.Dataset.from_generator(
            rows, output_signature=tf.TensorSpec([], tf.float32)
        )

    with pytest.raises(tf.errors.OpError, match="no more"):
        estimator.train(input_fn, steps=50)
    assert _values(estimator) == {"model.ckpt-0": 0.0, "model.ckpt-2": 2.0}
    assert "keras_estimator_saver" not in {
        thread.name for thread in threading.enumerate()
    }


def test_an_interrupted_wait_does_not_leave_a_writer(model_dir, monkeypatch):
    """Ctrl-C while training waits: the thread must not outlive the call."""
    estimator = ke.Estimator(_model_fn, model_dir)
    waits = []

    def interrupted(futures):
        waits.append(futures)
        if len(waits) == 1:
            raise KeyboardInterrupt
        return wait(futures)

    wait = saver.wait
    monkeypatch.setattr(saver, "wait", interrupted)
    with pytest.raises(KeyboardInterrupt):
        estimator.train(_input_fn, steps=3)
    assert len(waits) > 1
    assert "keras_estimator_saver" not in {
        thread.name for thread in threading.enumerate()
    }
    assert set(_values(estimator)) == {"model.ckpt-0"}
