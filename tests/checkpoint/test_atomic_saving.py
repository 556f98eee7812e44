"""Whatever happens while a checkpoint is written, readers see whole ones."""

import pathlib
import threading

import pytest
import tensorflow as tf

import keras_estimator as ke
from keras_estimator.checkpoint import bundle
from keras_estimator.checkpoint.directory import CheckpointDirectory
from keras_estimator.checkpoint.directory import Retention
from tests import processes

_HERE = pathlib.Path(__file__).parent


def _run(script, folder):
    result = processes.run(_HERE / script, folder)
    assert result.returncode == 0, result.stdout + result.stderr
    return result.stdout


def test_a_process_that_is_killed_leaves_whole_checkpoints(tmp_path):
    """Before each thing that it does; what it left, the next save clears."""
    new, replaced = map(int, _run("killed_saves.py", tmp_path).split())
    assert new >= 8
    assert replaced >= 10


def test_a_full_disk_ends_training_and_changes_nothing(tmp_path):
    graph, data = _run("full_disk.py", tmp_path / "model").splitlines()
    for line, name in ((graph, "graph.pbtxt"), (data, "model.ckpt-4")):
        assert f"There is no space for `{tmp_path / 'model' / name}`" in line
        assert "File too large" in line
        assert "keep_checkpoint_max" in line


@pytest.mark.parametrize("names", [["m-1", "m-2", "m-3", "m-4"], ["m-1"]])
def test_a_reader_sees_no_half_checkpoint(tmp_path, names):
    """New ones all the time, or the same one with other content."""
    path = str(tmp_path)
    kept = CheckpointDirectory(path, Retention(newest=3))
    was_read, ended = threading.Event(), threading.Event()

    def write():
        try:
            for value in range(60):
                pieces = [
                    bundle.Piece(name, "", tf.fill([1000], float(value)))
                    for name in ("a", "b")
                ]
                kept.save(names[value % len(names)], pieces)
                # Nobody reads for as long as until the save after the next.
                was_read.clear()
                was_read.wait(timeout=10)
        finally:
            ended.set()

    writer = threading.Thread(target=write)
    writer.start()
    seen, whole = set(), True
    while not ended.is_set():
        newest = tf.train.latest_checkpoint(path)
        if newest is not None:
            reader = tf.train.load_checkpoint(newest)
            a, b = (reader.get_tensor(name) for name in ("a", "b"))
            whole = whole and a[0] == a[-1] == b[0] == b[-1]
            seen.add(float(a[0]))
            was_read.set()
    writer.join()
    assert whole
    assert len(seen) > 10


class _Fails:
    """A saver of the user's that fails."""

    def __init__(self, error):
        self._error = error

    def save(self, *args, **kwargs):
        raise self._error(None, None, "{{node save}} why [Op:SaveV2]")


@pytest.mark.parametrize(
    ("error", "typed", "advice"),
    [
        (tf.errors.OutOfRangeError, ke.errors.DiskFullError, "Free some space"),
        (
            tf.errors.ResourceExhaustedError,
            ke.errors.DiskFullError,
            "move model_dir to another disk",
        ),
        (
            tf.errors.PermissionDeniedError,
            ke.errors.WriteDeniedError,
            "let this user write there",
        ),
        (
            tf.errors.UnknownError,
            ke.errors.CheckpointWriteError,
            "See to the file system",
        ),
        (
            tf.errors.FailedPreconditionError,
            tf.errors.FailedPreconditionError,
            "why",
        ),
    ],
)
def test_errors_say_what_to_do(model_dir, error, typed, advice):
    """Those of TensorFlow's saver too, or the input would seem to end."""

    def model_fn(features, mode):
        step = tf.compat.v1.train.get_global_step()
        return ke.EstimatorSpec(
            mode, loss=features, train_op=step.assign_add(1)
        )

    estimator = ke.Estimator(model_fn, model_dir)
    hook = ke.CheckpointSaverHook(
        model_dir, save_steps=1, saver=_Fails(error), save_graph_def=False
    )
    with pytest.raises(typed, match=advice) as info:
        estimator.train(lambda: tf.data.Dataset.from_tensors(1.0), hooks=[hook])
    assert type(info.value) is typed
    if isinstance(info.value, ke.errors.CheckpointWriteError):
        assert f"`{model_dir}/model.ckpt-0`" in str(info.value)
        assert ": why. " in str(info.value)
