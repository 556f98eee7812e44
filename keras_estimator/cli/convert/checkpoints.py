"""Values read from checkpoints, and written into new ones."""

import os
from collections.abc import Mapping

import numpy as np
import tensorflow as tf

from keras_estimator.checkpoint import bundle
from keras_estimator.checkpoint import directory
from keras_estimator.checkpoint.bundle import Piece
from keras_estimator.checkpoint.directory import CheckpointDirectory
from keras_estimator.checkpoint.directory import Retention
from keras_estimator.checkpoint.failures import naming_failed_writes
from keras_estimator.cli.errors import CommandError
from keras_estimator.cli.paths import checkpoint_prefix

_GLOBAL_STEP = "global_step"
# How objects hang together, in checkpoints by object; no variable.
_OBJECTS = "_CHECKPOINTABLE_OBJECT_GRAPH"


def find(path: str) -> str:
    """Returns the path of a checkpoint without the endings of its files.

    Args:
        path: That path, or a model_dir, or the folder of a SavedModel.

    Raises:
        CommandError: If there is none.
    """
    prefix = checkpoint_prefix(path)
    if prefix is None and tf.io.gfile.isdir(path):
        prefix = directory.latest(path) or checkpoint_prefix(
            os.path.join(path, "variables", "variables")
        )
    if prefix is None:
        raise CommandError(
            f"{path}: there is no checkpoint of this name ({path}.index), and "
            "it is no folder with one."
        )
    return prefix


def read(prefix: str) -> dict[str, np.ndarray]:
    """Returns the values in a checkpoint, by name.

    Raises:
        CheckpointPathError: If it is none.
    """
    there = bundle.reader(prefix)
    names = sorted(there.get_variable_to_shape_map())
    return {
        name: np.asarray(there.get_tensor(name))
        for name in names
        if name != _OBJECTS
    }


def target(out: str, values: Mapping[str, np.ndarray]) -> str:
    """Returns the path of the checkpoint that is to be written.

    Args:
        out: That path, or a folder.
        values: What goes into it.
    """
    if out.endswith("/") or tf.io.gfile.isdir(out):
        step = int(values.get(_GLOBAL_STEP, np.int64(0)))
        return os.path.join(out, f"model.ckpt-{step}")
    return out


def check_free(prefix: str) -> None:
    """Raises unless a checkpoint can be added without changing others.

    Raises:
        CommandError: If it is there, or its folder has others.
    """
    folder = os.path.dirname(prefix)
    if checkpoint_prefix(prefix) is not None:
        raise CommandError(
            f"{prefix} is there already. Give --force to replace it."
        )
    if tf.io.gfile.exists(os.path.join(folder, directory.STATE_FILE)):
        raise CommandError(
            f"{folder or '.'} has checkpoints, of which the new one would "
            "become the newest. Write into another folder, or give --force."
        )


def write(prefix: str, values: Mapping[str, np.ndarray]) -> None:
    """Writes a checkpoint, and lists it as the newest of its folder.

    All of it or nothing: see `CheckpointDirectory.save`.

    Args:
        prefix: Its path.
        values: Its content; a global step of 0 is added if it has none.

    Raises:
        CheckpointWriteError: If it cannot be written.
    """
    folder, name = os.path.split(prefix)
    content = {_GLOBAL_STEP: np.int64(0), **values}
    pieces = [
        Piece(key, "", tf.constant(value))
        for key, value in sorted(content.items())
    ]
    with naming_failed_writes(prefix):
        tf.io.gfile.makedirs(folder or ".")
        CheckpointDirectory(folder or ".", Retention(newest=None)).save(
            name, pieces
        )
