"""The state file, rotation, and which checkpoint is the newest."""

import os

import pytest
import tensorflow as tf

from keras_estimator import errors
from keras_estimator.checkpoint import bundle
from keras_estimator.checkpoint import directory
from keras_estimator.checkpoint.directory import CheckpointDirectory
from keras_estimator.checkpoint.directory import Retention

_HOUR = 3600.0


class _Clock:
    now = 1_000_000.0

    def __call__(self):
        return self.now


def _write(path, step, value=0.0):
    prefix = os.path.join(str(path), f"model.ckpt-{step}")
    bundle.write(prefix, [bundle.Entry("v", "", tf.Variable(value))])
    return prefix


def _on_disk(path):
    found = tf.io.gfile.glob(f"{path}/*.index")
    return sorted(int(p.removesuffix(".index").split("-")[-1]) for p in found)


def _listed(path):
    state = tf.train.get_checkpoint_state(str(path))
    paths = state.all_model_checkpoint_paths
    assert state.model_checkpoint_path == paths[-1]
    return [int(p.split("-")[-1]) for p in paths]


def test_keeps_the_newest(tmp_path):
    kept = CheckpointDirectory(str(tmp_path), Retention(newest=3))
    for step in range(6):
        kept.add(_write(tmp_path, step))
    assert _on_disk(tmp_path) == _listed(tmp_path) == [3, 4, 5]
    assert directory.latest(str(tmp_path)).endswith("model.ckpt-5")


def test_goes_on_where_another_process_ended(tmp_path):
    """FACTS 2: rotation goes on through the state file."""
    first = CheckpointDirectory(str(tmp_path), Retention(newest=3))
    for step in range(3):
        first.add(_write(tmp_path, step))
    second = CheckpointDirectory(str(tmp_path), Retention(newest=3))
    second.add(_write(tmp_path, 3))
    assert _on_disk(tmp_path) == _listed(tmp_path) == [1, 2, 3]


@pytest.mark.parametrize("newest", [None, 0])
def test_without_rotation_all_stay_and_the_last_is_listed(tmp_path, newest):
    kept = CheckpointDirectory(str(tmp_path), Retention(newest))
    for step in range(7):
        kept.add(_write(tmp_path, step))
    assert _on_disk(tmp_path) == list(range(7))
    assert _listed(tmp_path) == [6]


def test_one_every_so_many_hours_stays_unlisted(tmp_path):
    """FACTS 3."""
    clock = _Clock()
    retention = Retention(newest=2, every_n_hours=1)
    kept = CheckpointDirectory(str(tmp_path), retention, clock)
    for step in range(8):
        kept.add(_write(tmp_path, step))
        clock.now += _HOUR * 0.4
    assert _listed(tmp_path) == [6, 7]
    # Of steps 0 to 5, at 0, 0.4, ..., 2.0 hours: the first beyond each hour.
    assert _on_disk(tmp_path) == [3, 6, 7]


def test_a_step_that_is_saved_again_is_listed_once(tmp_path):
    kept = CheckpointDirectory(str(tmp_path), Retention(newest=3))
    for step in (0, 5, 5):
        kept.add(_write(tmp_path, step))
    assert _listed(tmp_path) == [0, 5]


def test_a_directory_can_be_moved(tmp_path):
    here, there = tmp_path / "here", tmp_path / "there"
    here.mkdir()
    CheckpointDirectory(str(here), Retention()).add(_write(here, 4))
    here.rename(there)
    assert directory.latest(str(there)) == str(there / "model.ckpt-4")


def test_awkward_names(tmp_path):
    awkward = tmp_path / 'a "b" [1]*'
    awkward.mkdir()
    kept = CheckpointDirectory(str(awkward), Retention(newest=1))
    for name in ('m"1', 'm"2'):
        prefix = str(awkward / name)
        bundle.write(prefix, [bundle.Entry("v", "", tf.Variable(0.0))])
        kept.add(prefix)
    assert directory.latest(str(awkward)) == str(awkward / 'm"2')
    assert not tf.io.gfile.exists(str(awkward / 'm"1.index'))


def test_no_temporary_files_stay(tmp_path):
    CheckpointDirectory(str(tmp_path), Retention()).add(_write(tmp_path, 1))
    names = {name.split(".")[-1] for name in os.listdir(tmp_path)}
    assert names == {"checkpoint", "index", "data-00000-of-00001"}


def test_identity_is_of_the_content(tmp_path):
    first = directory.identify(_write(tmp_path, 1, 1.0))
    assert directory.identify(_write(tmp_path, 1, 1.0)) == first
    assert directory.identify(_write(tmp_path, 1, 2.0)) != first
    with pytest.raises(errors.CheckpointPathError):
        directory.identify(str(tmp_path / "model.ckpt-2"))


def test_nothing_there(tmp_path):
    assert directory.latest(str(tmp_path)) is None
    assert directory.latest(str(tmp_path / "no")) is None
