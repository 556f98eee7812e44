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


def _pieces(value=0.0):
    return [bundle.Piece("v", "", tf.constant(value))]


def _save(kept, step):
    kept.save(f"model.ckpt-{step}", _pieces())


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
        _save(kept, step)
    assert _on_disk(tmp_path) == _listed(tmp_path) == [3, 4, 5]
    assert directory.latest(str(tmp_path)).endswith("model.ckpt-5")


def test_goes_on_where_another_process_ended(tmp_path):
    """FACTS 2: rotation goes on through the state file."""
    first = CheckpointDirectory(str(tmp_path), Retention(newest=3))
    for step in range(3):
        _save(first, step)
    second = CheckpointDirectory(str(tmp_path), Retention(newest=3))
    _save(second, 3)
    assert _on_disk(tmp_path) == _listed(tmp_path) == [1, 2, 3]


def test_a_smaller_number_holds_from_the_next_save(tmp_path):
    """The real one removes one at each save, and never gets there."""
    first = CheckpointDirectory(str(tmp_path), Retention(newest=4))
    for step in range(4):
        _save(first, step)
    _save(CheckpointDirectory(str(tmp_path), Retention(newest=2)), 3)
    assert _on_disk(tmp_path) == _listed(tmp_path) == [2, 3]


@pytest.mark.parametrize("newest", [None, 0])
def test_without_rotation_all_stay_and_the_last_is_listed(tmp_path, newest):
    kept = CheckpointDirectory(str(tmp_path), Retention(newest))
    for step in range(7):
        _save(kept, step)
    assert _on_disk(tmp_path) == list(range(7))
    assert _listed(tmp_path) == [6]


def test_one_every_so_many_hours_stays_unlisted(tmp_path):
    """FACTS 3."""
    clock = _Clock()
    retention = Retention(newest=2, every_n_hours=1)
    kept = CheckpointDirectory(str(tmp_path), retention, clock)
    for step in range(8):
        _save(kept, step)
        clock.now += _HOUR * 0.4
    assert _listed(tmp_path) == [6, 7]
    # Of steps 0 to 5, at 0, 0.4, ..., 2.0 hours: the first beyond each hour.
    assert _on_disk(tmp_path) == [3, 6, 7]


def test_a_step_that_is_saved_again_is_listed_once(tmp_path):
    kept = CheckpointDirectory(str(tmp_path), Retention(newest=3))
    for step in (0, 5, 5):
        _save(kept, step)
    assert _listed(tmp_path) == [0, 5]


def test_the_data_of_one_that_was_replaced_goes_with_the_next_save(tmp_path):
    kept = CheckpointDirectory(str(tmp_path), Retention())

    def data():
        return sorted(n for n in os.listdir(tmp_path) if ".data-" in n)

    for value in (1.0, 2.0):
        kept.save("m", [*_pieces(value), bundle.Piece("u", "", tf.zeros([]))])
    # A reader may have begun with the first.
    assert data() == [
        "m.data-00000-of-00001",
        "m.data-00000-of-00002",
        "m.data-00001-of-00002",
    ]
    kept.save("n", _pieces())
    assert data() == [
        "m.data-00000-of-00002",
        "m.data-00001-of-00002",
        "n.data-00000-of-00001",
    ]
    assert tf.train.load_checkpoint(f"{tmp_path}/m").get_tensor("v") == 2.0


def test_more_files_of_its_name_come_with_a_checkpoint(tmp_path):
    def stage_more(files):
        with open(files.path("m.note"), "w") as file:
            file.write("here")
        assert os.listdir(tmp_path) == [os.path.basename(files.path("")[:-1])]

    kept = CheckpointDirectory(str(tmp_path), Retention())
    kept.save("m", _pieces(), stage_more)
    assert (tmp_path / "m.note").read_text() == "here"


def test_a_save_that_fails_changes_nothing(tmp_path):
    def fail(files):
        raise ZeroDivisionError

    kept = CheckpointDirectory(str(tmp_path), Retention(newest=1))
    _save(kept, 1)
    before = {p.name: p.read_bytes() for p in tmp_path.iterdir()}
    for name in ("model.ckpt-1", "model.ckpt-2"):
        with pytest.raises(ZeroDivisionError):
            kept.save(name, _pieces(5.0), fail)
        now = {p.name: p.read_bytes() for p in tmp_path.iterdir()}
        assert now == before
    _save(kept, 3)
    assert _on_disk(tmp_path) == _listed(tmp_path) == [3]


def test_a_directory_can_be_moved(tmp_path):
    here, there = tmp_path / "here", tmp_path / "there"
    here.mkdir()
    _save(CheckpointDirectory(str(here), Retention()), 4)
    here.rename(there)
    assert directory.latest(str(there)) == str(there / "model.ckpt-4")


def test_awkward_names(tmp_path):
    awkward = tmp_path / 'a "b" [1]*'
    awkward.mkdir()
    kept = CheckpointDirectory(str(awkward), Retention(newest=1))
    for name in ('m"1', 'm"2'):
        kept.save(name, _pieces())
    assert directory.latest(str(awkward)) == str(awkward / 'm"2')
    assert not tf.io.gfile.exists(str(awkward / 'm"1.index'))


def test_no_temporary_files_stay(tmp_path):
    _save(CheckpointDirectory(str(tmp_path), Retention()), 1)
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


def _failing(function, ending, done=False):
    """A file system that fails for files whose place ends so."""

    def fail(source, *args, **kwargs):
        if not (args or (source,))[0].endswith(ending):
            return function(source, *args, **kwargs)
        if done:
            function(source, *args, **kwargs)
        raise tf.errors.UnavailableError(None, None, "the store is away")

    return fail


def test_what_cannot_be_listed_goes_again(tmp_path, monkeypatch):
    kept = CheckpointDirectory(str(tmp_path), Retention(newest=2))
    for step in (1, 2):
        _save(kept, step)
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    with monkeypatch.context() as patch:
        rename = _failing(tf.io.gfile.rename, "/checkpoint")
        patch.setattr(tf.io.gfile, "rename", rename)
        with pytest.raises(tf.errors.UnavailableError, match="store is away"):
            _save(kept, 3)
    after = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    assert after == before
    _save(kept, 3)
    assert _on_disk(tmp_path) == _listed(tmp_path) == [2, 3]


def test_what_is_listed_stays_whatever_was_said(tmp_path, monkeypatch):
    kept = CheckpointDirectory(str(tmp_path), Retention(newest=2))
    with monkeypatch.context() as patch:
        rename = _failing(tf.io.gfile.rename, "/checkpoint", done=True)
        patch.setattr(tf.io.gfile, "rename", rename)
        with pytest.raises(tf.errors.UnavailableError, match="store is away"):
            _save(kept, 1)
    assert _on_disk(tmp_path) == _listed(tmp_path) == [1]


def test_one_that_was_replaced_stays_listed(tmp_path, monkeypatch):
    kept = CheckpointDirectory(str(tmp_path), Retention(newest=2))
    kept.save("model.ckpt-1", _pieces(1.0))
    with monkeypatch.context() as patch:
        rename = _failing(tf.io.gfile.rename, "/checkpoint")
        patch.setattr(tf.io.gfile, "rename", rename)
        with pytest.raises(tf.errors.UnavailableError, match="store is away"):
            kept.save("model.ckpt-1", _pieces(2.0))
    assert _on_disk(tmp_path) == _listed(tmp_path) == [1]
    newest = directory.latest(str(tmp_path))
    assert tf.train.load_checkpoint(newest).get_tensor("v") == 2.0


def test_an_old_one_that_cannot_be_removed_is_a_warning(
    tmp_path, monkeypatch, caplog
):
    kept = CheckpointDirectory(str(tmp_path), Retention(newest=1))
    _save(kept, 1)
    with (
        monkeypatch.context() as patch,
        caplog.at_level("WARNING", "tensorflow"),
    ):
        remove = _failing(
            tf.io.gfile.remove, "model.ckpt-1.data-00000-of-00001"
        )
        patch.setattr(tf.io.gfile, "remove", remove)
        _save(kept, 2)
    assert (
        f"The checkpoint {tmp_path}/model.ckpt-1 is not kept any more, but "
        "could not be removed (the store is away). Remove its files yourself."
    ) in caplog.text
    assert _on_disk(tmp_path) == _listed(tmp_path) == [2]
    _save(kept, 3)
    assert _on_disk(tmp_path) == _listed(tmp_path) == [3]
