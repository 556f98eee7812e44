"""Checkpoints of an input: where its iterator stood at a step of the model.

`input.ckpt-20` in a model_dir belongs to the model's checkpoint of step 20
there. Names and content are those that `tf.estimator` gave them, so that
each of the two continues the input of the other.
"""

import os
import re

import tensorflow as tf

from keras_estimator.checkpoint import bundle
from keras_estimator.checkpoint import staging
from keras_estimator.checkpoint.bundle import Piece
from keras_estimator.checkpoint.failures import naming_failed_writes
from keras_estimator.errors import InputChangedError

_NAME = "input.ckpt"
_STATE_FILE = "checkpoint_input"
# The iterator of a dataset that input_fn returned, in a TF1 graph.
_KEY = "IteratorV2:0_STATE"
_ANEW = "Delete its files, to let the input start from the beginning."
_SAVED = re.compile(r"input\.ckpt-(\d+)\.index")
# Any basename: users choose theirs. Old formats have no index.
_MODEL = re.compile(r"(?!input\.|events\.).*-(\d+)(\.index|\.meta)?")


def path_at(directory: str, step: int | str) -> str:
    """Returns the path of the input's checkpoint of a step."""
    return os.path.join(directory, f"{_NAME}-{step}")


def beside(checkpoint: str) -> str:
    """Returns the path of the input's checkpoint of a model's checkpoint."""
    directory, name = os.path.split(checkpoint)
    return path_at(directory, name.rpartition("-")[2])


def exists(path: str) -> bool:
    """Whether there is a checkpoint at a path."""
    return tf.io.gfile.exists(f"{path}.index")


def steps(directory: str) -> list[int]:
    """Returns the steps of the input's checkpoints in a directory."""
    found = map(_SAVED.fullmatch, _names(directory))
    return sorted(int(match[1]) for match in found if match)


def write(path: str, state: tf.Tensor) -> None:
    """Writes a checkpoint, all of it or nothing.

    Args:
        path: Where to.
        state: What the iterator was serialized to.

    Raises:
        CheckpointWriteError: If the file system does not let it.
    """
    directory, name = os.path.split(path)
    with naming_failed_writes(path), staging.staged(directory) as files:
        bundle.stage(files, name, [Piece(_KEY, "", state)])
        bundle.publish(files, name)


def read(path: str) -> tf.Tensor:
    """Returns the state of the iterator that a checkpoint holds.

    Raises:
        CheckpointPathError: If it cannot be read.
        InputChangedError: If it does not hold one iterator's state.
    """
    reader = bundle.reader(path)
    shapes = reader.get_variable_to_shape_map()
    dtypes = reader.get_variable_to_dtype_map()
    keys = list(shapes)
    if len(keys) != 1:
        raise InputChangedError(
            f"`{path}` holds {len(keys)} iterators ({', '.join(sorted(keys))})"
            f"; the input of a call of train has one. {_ANEW}"
        )
    # TensorFlow ends the process where this is not so.
    if len(shapes[keys[0]]) != 1 or dtypes[keys[0]] != tf.variant:
        raise InputChangedError(
            f"`{path}` is not in the format of this TensorFlow: TensorFlow 1 "
            f"wrote another. {_ANEW}"
        )
    (state,) = tf.raw_ops.RestoreV2(
        prefix=path,
        tensor_names=keys,
        shape_and_slices=[""],
        dtypes=[tf.variant],
    )
    return state


def follow_models(directory: str, newest: int) -> bool:
    """Removes the checkpoints whose model is gone, and notes which are there.

    Args:
        directory: Where both are.
        newest: Step of the newest one.

    Returns:
        Whether there is a model's checkpoint of that step.
    """
    found = map(_MODEL.fullmatch, _names(directory))
    models = {int(match[1]) for match in found if match}
    for step in steps(directory):
        if step not in models:
            bundle.remove(path_at(directory, step))
    kept = [step for step in steps(directory) if step != newest]
    if newest in models:
        kept.append(newest)
    _note(directory, kept)
    return newest in models


def _note(directory: str, kept: list[int]) -> None:
    """Writes the state file, by which tf.estimator finds the newest one."""
    target = os.path.join(directory, _STATE_FILE)
    if not kept:
        bundle.remove_file(target)
        return
    lines = [f'model_checkpoint_path: "{_NAME}-{kept[-1]}"']
    lines += [f'all_model_checkpoint_paths: "{_NAME}-{step}"' for step in kept]
    with naming_failed_writes(target), staging.staged(directory) as files:
        with tf.io.gfile.GFile(files.path(_STATE_FILE), "w") as file:
            file.write("\n".join(lines) + "\n")
        files.publish(_STATE_FILE)


def _names(directory: str) -> list[str]:
    if not tf.io.gfile.isdir(directory):
        return []
    return list(tf.io.gfile.listdir(directory))
