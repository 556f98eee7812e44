"""Files that get their names when they are complete."""

import os
import time

import pytest
import tensorflow as tf

from keras_estimator.checkpoint import staging


def _write(path, text):
    with open(path, "w") as file:
        file.write(text)


def test_a_file_appears_when_it_is_published(tmp_path):
    (tmp_path / "a").write_text("old")
    with staging.staged(str(tmp_path)) as files:
        _write(files.path("a"), "new")
        _write(files.path("b"), "unpublished")
        assert files.names() == ["a", "b"]
        assert (tmp_path / "a").read_text() == "old"
        files.publish("a")
        assert (tmp_path / "a").read_text() == "new"
        assert files.names() == ["b"]
    assert os.listdir(tmp_path) == ["a"]


def test_nothing_stays_after_an_error(tmp_path):
    def fail():
        with staging.staged(str(tmp_path / "new")) as files:
            _write(files.path("a"), "half")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert os.listdir(tmp_path / "new") == []


def test_the_directory_may_be_removed_meanwhile(tmp_path):
    with staging.staged(str(tmp_path / "new")) as files:
        os.rmdir(files.path(""))
        os.rmdir(tmp_path / "new")


def test_what_cannot_be_removed_in_the_end_is_no_error(tmp_path, monkeypatch):
    def deny(path):
        raise tf.errors.PermissionDeniedError(None, None, "no")

    with monkeypatch.context() as patch, staging.staged(str(tmp_path)) as files:
        patch.setattr(tf.io.gfile, "rmtree", deny)
        _write(files.path("a"), "new")
        files.publish("a")
    assert (tmp_path / "a").read_text() == "new"


def test_a_file_whose_move_failed_may_be_published_all_the_same(tmp_path):
    (tmp_path / "a").write_text("old")
    with staging.staged(str(tmp_path)) as files:
        _write(files.path("a"), "new")
        _write(files.path("b"), "new")
        assert not files.is_published("a")
        assert not files.is_published("b")
        (tmp_path / "a").write_text("new")
        assert files.is_published("a")
        files.publish("b")
        assert files.is_published("b")


def _abandoned(directory):
    return [os.path.basename(p) for p in staging.abandoned(str(directory))]


@pytest.fixture
def folder(tmp_path):
    """The folder of this process."""
    with staging.staged(str(tmp_path)) as files:
        yield tmp_path / os.path.basename(files.path("")[:-1])


@pytest.fixture
def gone():
    """The number of a process that has ended."""
    pid = os.fork()
    if not pid:
        os._exit(0)
    os.waitpid(pid, 0)
    return pid


def test_the_folder_of_a_process_that_is_gone_is_abandoned(
    folder, tmp_path, gone
):
    assert _abandoned(tmp_path) == []
    killed = folder.name.replace(f"-{os.getpid()}-", f"-{gone}-")
    (tmp_path / killed).mkdir()
    assert _abandoned(tmp_path) == [killed]


def test_of_a_process_that_lives_only_old_ones_are(folder, tmp_path):
    other = folder.name.replace(f"-{os.getpid()}-", f"-{os.getppid()}-")
    (tmp_path / other).mkdir()
    assert _abandoned(tmp_path) == []
    days_ago = time.time() - 2 * 24 * 3600
    os.utime(tmp_path / other, (days_ago, days_ago))
    assert _abandoned(tmp_path) == [other]


def test_without_a_time_a_folder_is_not_old(folder, tmp_path):
    """Object stores say 0, also of one that another machine writes to."""
    far = folder.name.replace(".saving-", ".saving-far-", 1)
    (tmp_path / far).mkdir()
    os.utime(tmp_path / far, (1, 1))
    assert _abandoned(tmp_path) == [far]
    os.utime(tmp_path / far, (0, 0))
    assert _abandoned(tmp_path) == []


def test_a_container_that_was_started_again_has_the_same_number(
    folder, tmp_path
):
    *first, process, last = folder.name.split("-")
    other = "-".join([*first, "0" * len(process), last])
    (tmp_path / other).mkdir()
    assert _abandoned(tmp_path) == [other]


def test_of_other_machines_it_is_not_known(folder, tmp_path, gone):
    far = folder.name.replace(".saving-", ".saving-far-", 1)
    (tmp_path / far.replace(f"-{os.getpid()}-", f"-{gone}-")).mkdir()
    assert _abandoned(tmp_path) == []


def test_nothing_else_is_abandoned(tmp_path):
    for name in (".saving-x", "model.ckpt-1.index", "eval"):
        (tmp_path / name).mkdir()
    assert _abandoned(tmp_path) == []
    assert _abandoned(tmp_path / "no") == []
