"""Files of an input's checkpoints."""

import os

import pytest
import tensorflow as tf

from keras_estimator.checkpoint import bundle
from keras_estimator.checkpoint import input_state
from keras_estimator.checkpoint import staging
from keras_estimator.errors import InputChangedError


def state_of(iterator):
    (resource,) = tf.nest.flatten(iterator, expand_composites=True)
    return tf.raw_ops.SerializeIterator(
        resource_handle=resource, external_state_policy=2
    )


def at(position):
    iterator = iter(tf.data.Dataset.range(100))
    for _ in range(position):
        next(iterator)
    return state_of(iterator)


def position(path):
    iterator = iter(tf.data.Dataset.range(100))
    (resource,) = tf.nest.flatten(iterator, expand_composites=True)
    tf.raw_ops.DeserializeIterator(
        resource_handle=resource, serialized=input_state.read(path)
    )
    return int(next(iterator))


def touch(directory, *names):
    for name in names:
        (directory / name).write_text("")


def test_what_is_written_is_read(tmp_path):
    path = input_state.path_at(str(tmp_path / "new"), 7)
    assert not input_state.exists(path)
    input_state.write(path, at(3))
    assert input_state.exists(path)
    assert position(path) == 3
    assert sorted(os.listdir(tmp_path / "new")) == [
        "input.ckpt-7.data-00000-of-00001",
        "input.ckpt-7.index",
    ]


def test_another_of_the_same_step_replaces_it(tmp_path):
    path = input_state.path_at(str(tmp_path), 7)
    for wanted in (3, 5, 5):
        input_state.write(path, at(wanted))
        assert position(path) == wanted


def test_it_is_beside_the_checkpoint_of_the_model():
    assert input_state.beside("a-1/model.ckpt-20") == "a-1/input.ckpt-20"
    assert input_state.beside("a-1/net-3") == "a-1/input.ckpt-3"


def test_steps_are_those_that_are_complete(tmp_path):
    touch(
        tmp_path,
        "input.ckpt-10.index",
        "input.ckpt-9.index",
        "input.ckpt-8.data-00000-of-00001",
        "input_worker_1.ckpt-7.index",
        "model.ckpt-6.index",
    )
    assert input_state.steps(str(tmp_path)) == [9, 10]
    assert input_state.steps(str(tmp_path / "nowhere")) == []


@pytest.mark.parametrize(
    "model", ["model.ckpt-2.index", "net-2.index", "old-2", "old-2.meta"]
)
def test_those_whose_model_is_gone_are_removed(model, tmp_path):
    touch(
        tmp_path,
        "input.ckpt-1.index",
        "input.ckpt-1.meta",
        "input.ckpt-2.index",
        "events.out.tfevents.1.host-1",
        "checkpoint_input",
        model,
    )
    assert input_state.follow_models(str(tmp_path), 2)
    assert sorted(os.listdir(tmp_path)) == sorted(
        [
            "checkpoint_input",
            "events.out.tfevents.1.host-1",
            "input.ckpt-2.index",
            model,
        ]
    )
    assert tf.train.latest_checkpoint(str(tmp_path), "checkpoint_input") == str(
        tmp_path / "input.ckpt-2"
    )


def test_without_any_there_is_no_state_file(tmp_path):
    touch(tmp_path, "input.ckpt-1.index", "checkpoint_input")
    assert not input_state.follow_models(str(tmp_path), 1)
    assert os.listdir(tmp_path) == []


def write_pieces(directory, **tensors):
    pieces = [bundle.Piece(name, "", value) for name, value in tensors.items()]
    with staging.staged(str(directory)) as files:
        bundle.stage(files, "input.ckpt-1", pieces)
        bundle.publish(files, "input.ckpt-1")
    return str(directory / "input.ckpt-1")


def test_several_iterators_are_refused(tmp_path):
    path = write_pieces(tmp_path, a=at(1), b=at(1))
    with pytest.raises(InputChangedError, match=r"holds 2 iterators \(a, b\)"):
        input_state.read(path)


@pytest.mark.parametrize(
    "state", [lambda: at(1)[0], lambda: tf.constant(["state"])]
)
def test_another_format_is_refused(state, tmp_path):
    """TensorFlow would abort: 1.15 wrote a scalar."""
    path = write_pieces(tmp_path, state=state())
    with pytest.raises(InputChangedError, match="TensorFlow 1 wrote another"):
        input_state.read(path)
