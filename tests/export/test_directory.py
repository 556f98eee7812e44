"""A directory of exports: one name a second, and only whole exports."""

import os

import pytest
import tensorflow as tf

import keras_estimator as ke
from keras_estimator.export import directory


class _Clock:
    """Time that passes only while somebody sleeps."""

    def __init__(self, now):
        self.now = now
        self.slept = []

    def time(self):
        return self.now

    def sleep(self, seconds):
        self.slept.append(seconds)
        self.now += seconds


@pytest.fixture
def clock(monkeypatch):
    clock = _Clock(1735689600.25)
    monkeypatch.setattr(directory, "time", clock)
    return clock


def _folder(tmp_path, name="staged"):
    folder = tmp_path / name
    folder.mkdir()
    (folder / "file").write_text(name)
    return str(folder)


def test_an_export_is_named_by_the_second(clock, tmp_path):
    path = directory.publish(_folder(tmp_path), str(tmp_path / "."))
    assert os.path.basename(path) == "1735689600"
    assert os.listdir(path) == ["file"]
    assert not (tmp_path / "staged").exists()
    assert clock.slept == []


def test_names_of_early_years_have_ten_digits_too(clock, tmp_path):
    clock.now = 12.0
    path = directory.publish(_folder(tmp_path), str(tmp_path))
    assert os.path.basename(path) == "0000000012"


def test_exports_in_the_same_second_wait_for_the_next(clock, tmp_path):
    paths = [
        directory.publish(_folder(tmp_path, f"n{i}"), str(tmp_path))
        for i in range(3)
    ]
    assert [os.path.basename(path) for path in paths] == [
        "1735689600",
        "1735689601",
        "1735689602",
    ]
    assert clock.slept == [0.75, 1.0]


def test_another_process_that_is_quicker_keeps_its_name(
    clock, tmp_path, monkeypatch
):
    exists = tf.io.gfile.exists
    theirs = tmp_path / "1735689600"

    def slow(path):
        found = exists(path)
        if path == str(theirs) and not found:
            theirs.mkdir()
            (theirs / "theirs").write_text("")
        return found

    monkeypatch.setattr(tf.io.gfile, "exists", slow)
    path = directory.publish(_folder(tmp_path), str(tmp_path))
    assert os.path.basename(path) == "1735689601"
    assert os.listdir(theirs) == ["theirs"]


def test_names_that_are_taken_far_ahead_are_an_error(clock, tmp_path):
    for i in range(12):
        (tmp_path / str(1735689600 + i)).mkdir()
    with pytest.raises(ke.errors.ExportWriteError) as error:
        directory.publish(_folder(tmp_path), str(tmp_path))
    assert "1735689609" in str(error.value)
    assert "clock of another machine" in str(error.value)


@pytest.mark.parametrize(
    ("cause", "error", "words"),
    [
        (
            tf.errors.PermissionDeniedError(None, None, "no entry"),
            ke.errors.ExportDeniedError,
            "export_dir_base='here' cannot be written: no entry. Choose",
        ),
        (
            tf.errors.ResourceExhaustedError(None, None, "{{x}} full [Op:S]"),
            ke.errors.ExportDiskFullError,
            "There is no space for an export in 'here': full. Nothing",
        ),
        (
            tf.errors.OutOfRangeError(None, None, "too large"),
            ke.errors.ExportDiskFullError,
            "too large",
        ),
        (
            tf.errors.FailedPreconditionError(None, None, "a file"),
            ke.errors.ExportDirError,
            "Choose another directory",
        ),
        (
            tf.errors.UnavailableError(None, None, "gone"),
            ke.errors.ExportWriteError,
            "gone. Nothing of the export is left",
        ),
        (OSError("broken"), ke.errors.ExportWriteError, "broken"),
    ],
)
def test_a_failed_write_says_what_to_do(cause, error, words):
    with (
        pytest.raises(error) as raised,
        directory.naming_failed_exports("here"),
    ):
        raise cause
    assert words in str(raised.value)
    assert isinstance(raised.value, tf.errors.OpError)
    assert raised.value.__cause__ is cause


def test_an_error_that_is_typed_already_is_left_alone():
    mine = ke.errors.ExportWriteError("mine")
    with (
        pytest.raises(ke.errors.ExportWriteError) as raised,
        directory.naming_failed_exports("here"),
    ):
        raise mine
    assert raised.value is mine
