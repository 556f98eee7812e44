"""Names and tensors in files."""

import os

import numpy as np
import pytest
import tensorflow as tf

from keras_estimator import errors
from keras_estimator.checkpoint import bundle
from keras_estimator.checkpoint import staging
from keras_estimator.checkpoint.bundle import Entry


def _entry(name, value, slice_spec=""):
    return Entry(name, slice_spec, tf.Variable(value))


@pytest.fixture
def prefix(tmp_path):
    path = str(tmp_path / "model.ckpt-1")
    bundle.write(
        path,
        [
            _entry("dense/kernel", np.arange(6.0).reshape(2, 3)),
            _entry("global_step", np.int64(7)),
        ],
    )
    return path


def test_tensorflow_reads_what_is_written(prefix):
    there = tf.train.load_checkpoint(prefix)
    assert there.get_variable_to_shape_map() == {
        "dense/kernel": [2, 3],
        "global_step": [],
    }
    assert there.get_tensor("global_step") == 7


def test_restores(prefix):
    entry = _entry("dense/kernel", np.zeros((2, 3)))
    bundle.restore(prefix, [entry])
    np.testing.assert_array_equal(entry.variable, np.arange(6.0).reshape(2, 3))


def test_parts_are_slices_of_one_tensor(tmp_path):
    path = str(tmp_path / "parts")
    whole = np.arange(20.0).reshape(5, 4)
    bundle.write(
        path,
        [
            _entry("table", whole[:2], "5 4 0,2:0,4"),
            _entry("table", whole[2:], "5 4 2,3:0,4"),
        ],
    )
    assert tf.train.list_variables(path) == [("table", [5, 4])]
    # They may be cut differently when they are restored.
    one = _entry("table", np.zeros((5, 4)))
    part = _entry("table", np.zeros((3, 4)), "5 4 1,3:0,4")
    bundle.restore(path, [one, part])
    np.testing.assert_array_equal(one.variable, whole)
    np.testing.assert_array_equal(part.variable, whole[1:4])


def test_what_is_missing_is_named(prefix):
    entries = [_entry("dens/kernel", np.zeros((2, 3))), _entry("zzz", 1.0)]
    with pytest.raises(errors.VariableNotFoundError) as info:
        bundle.restore(prefix, entries)
    assert isinstance(info.value, tf.errors.NotFoundError)
    text = str(info.value)
    assert "`dens/kernel`" in text
    assert "nearest name there is `dense/kernel`" in text
    assert "`zzz`" in text
    assert prefix in text
    assert "WarmStartSettings" in text


@pytest.mark.parametrize(
    ("value", "told"),
    [
        (np.zeros((2, 4)), "float64 (2, 4) in the model but float64 (2, 3)"),
        (np.zeros((2, 3), np.float32), "float32 (2, 3) in the model but float"),
    ],
)
def test_a_wrong_shape_or_dtype_is_named(prefix, value, told):
    fine = _entry("global_step", np.int64(0))
    with pytest.raises(errors.VariableShapeError) as info:
        bundle.restore(prefix, [fine, _entry("dense/kernel", value)])
    assert isinstance(info.value, tf.errors.InvalidArgumentError)
    assert told in str(info.value)
    assert prefix in str(info.value)
    # All or nothing.
    assert fine.variable.numpy() == 0


def test_long_lists_are_cut(prefix):
    entries = [_entry(f"new_{i}", 0.0) for i in range(30)]
    with pytest.raises(errors.VariableNotFoundError, match="and 25 more"):
        bundle.restore(prefix, entries)


def test_a_failed_write_leaves_nothing(tmp_path):
    path = str(tmp_path / "model.ckpt-9")
    with pytest.raises(tf.errors.OpError):
        bundle.write(path, [_entry("twice", 1.0), _entry("twice", 2.0)])
    assert os.listdir(tmp_path) == []


def _content(path):
    return {name: (path / name).read_bytes() for name in os.listdir(path)}


def test_a_failed_write_leaves_the_one_from_before(prefix, tmp_path):
    before = _content(tmp_path)
    with pytest.raises(tf.errors.OpError):
        bundle.write(prefix, [_entry("twice", 1.0), _entry("twice", 2.0)])
    assert _content(tmp_path) == before


def test_the_same_content_is_left_as_it_is(prefix, tmp_path):
    numbers = [os.stat(tmp_path / name).st_ino for name in _content(tmp_path)]
    there = tf.train.load_checkpoint(prefix)
    again = [
        _entry(name, there.get_tensor(name))
        for name in ("dense/kernel", "global_step")
    ]
    bundle.write(prefix, again)
    assert numbers == [
        os.stat(tmp_path / name).st_ino for name in _content(tmp_path)
    ]


def test_damaged_data_is_replaced(prefix):
    os.truncate(f"{prefix}.data-00000-of-00001", 3)
    bundle.write(prefix, [_entry("global_step", np.int64(7))])
    assert tf.train.load_checkpoint(prefix).get_tensor("global_step") == 7


def test_other_content_has_data_files_of_other_names(prefix, tmp_path):
    """So that the index, old or new, leads to data that is all there."""

    def write(value):
        names = ("u", "v", "w")
        bundle.write(prefix, [_entry(name, value) for name in names])
        assert tf.train.load_checkpoint(prefix).get_tensor("v") == value
        return {n[-2:] for n in os.listdir(tmp_path) if ".data-" in n}

    assert write(1.0) == {"01", "02"}
    # Which of them is in use is not known: readers may have both.
    assert write(2.0) == {"01", "02", "03"}


def test_one_variable_is_replaced_without_mixing(tmp_path):
    """Its data cannot be split: for a moment there is no index."""
    path = str(tmp_path / "one")
    for value in (1.0, 2.0):
        bundle.write(path, [_entry("v", value)])
        assert tf.train.load_checkpoint(path).get_tensor("v") == value
    names = {"one.index", "one.data-00000-of-00001"}
    assert set(os.listdir(tmp_path)) == names


def test_copies(prefix, tmp_path):
    there = tmp_path / "there"
    for _ in range(2):
        with staging.staged(str(there)) as files:
            bundle.stage_copy(files, "best", prefix)
            assert bundle.publish(files, "best") == []
    reader = tf.train.load_checkpoint(str(there / "best"))
    assert reader.get_tensor("global_step") == 7
    with (
        staging.staged(str(there)) as files,
        pytest.raises(tf.errors.NotFoundError, match="is not there"),
    ):
        bundle.stage_copy(files, "gone", str(tmp_path / "gone"))


def test_no_checkpoint_is_a_typed_error(tmp_path):
    with pytest.raises(errors.CheckpointPathError, match="not a valid"):
        bundle.reader(str(tmp_path / "nothing"))


def test_remove_takes_only_its_own_files(tmp_path):
    paths = [str(tmp_path / name) for name in ("a[1]", "a1", "a[1]-2")]
    for path in paths:
        bundle.write(path, [_entry("v", 1.0)])
    bundle.remove(paths[0])
    left = {name.rsplit(".", 1)[0] for name in os.listdir(tmp_path)}
    assert left == {"a1", "a[1]-2"}
