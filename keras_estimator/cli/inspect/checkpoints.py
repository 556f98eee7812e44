"""Checkpoints in a folder, and the variables in one."""

import contextlib
import os
import re
from typing import Any
from typing import NamedTuple

import numpy as np
import tensorflow as tf

from keras_estimator.checkpoint import best
from keras_estimator.checkpoint import bundle
from keras_estimator.checkpoint import directory
from keras_estimator.cli.slots import is_of_optimizer
from keras_estimator.errors import CheckpointPathError

_INDEX = bundle.INDEX
_DATA = re.compile(r"(.*)\.data-(\d{5})-of-(\d{5})")
_OF_INPUT = "input.ckpt"
_OBJECTS = "/.ATTRIBUTES/VARIABLE_VALUE"


class Checkpoint(NamedTuple):
    """A checkpoint.

    Attributes:
        path: Its path, without the endings of the files.
        step: Its global step; `None` if it has none.
        written: When, in seconds since 1970.
        bytes: The size of its files.
        is_newest: Whether the file `checkpoint` names it as the newest.
        is_best: Whether it is the one that `best_checkpoint()` returns, or
            the one in model_dir that this is a copy of.
    """

    path: str
    step: int | None
    written: float
    bytes: int
    is_newest: bool = False
    is_best: bool = False


class Variable(NamedTuple):
    """A variable in a checkpoint.

    Attributes:
        name: Its name.
        dtype: Its type.
        shape: Its shape.
        bytes: The size of its value; 0 for strings.
        is_slot: Whether it belongs to an optimizer.
    """

    name: str
    dtype: str
    shape: list[int]
    bytes: int
    is_slot: bool

    @property
    def parameters(self) -> int:
        """How many numbers it has."""
        return int(np.prod(self.shape, dtype=np.int64))


def checkpoints(folder: str) -> list[Checkpoint]:
    """Returns the whole checkpoints in a folder, by step."""
    newest = directory.latest(folder)
    best_of_all = best.best_checkpoint(folder)
    best_name = best_of_all and os.path.basename(best_of_all)
    found = []
    for name in _names(folder):
        if not name.endswith(_INDEX) or name.startswith(_OF_INPUT):
            continue
        prefix = os.path.join(folder, name.removesuffix(_INDEX))
        if missing_shards(prefix) or not _is_readable(prefix):
            continue
        found.append(
            checkpoint(prefix)._replace(
                is_newest=newest is not None
                and os.path.normpath(newest) == os.path.normpath(prefix),
                is_best=best_name == os.path.basename(prefix),
            )
        )
    return sorted(found, key=lambda c: (-1 if c.step is None else c.step, c))


def checkpoint(prefix: str) -> Checkpoint:
    """Returns what there is to know of one.

    Raises:
        CheckpointPathError: If it is none.
    """
    shapes = bundle.reader(prefix).get_variable_to_shape_map()
    parts = bundle.parts(prefix)
    return Checkpoint(
        prefix,
        _step(prefix, shapes),
        tf.io.gfile.stat(f"{prefix}{_INDEX}").mtime_nsec / 1e9,
        sum(tf.io.gfile.stat(part).length for part in parts),
    )


def variables(prefix: str) -> list[Variable]:
    """Returns the variables in a checkpoint, by name.

    Raises:
        CheckpointPathError: If it is none.
    """
    there = bundle.reader(prefix)
    dtypes = there.get_variable_to_dtype_map()
    shapes = there.get_variable_to_shape_map()
    found = []
    for name, shape in sorted(shapes.items()):
        dtype = dtypes[name]
        count = int(np.prod(shape, dtype=np.int64))
        size = 0 if dtype == tf.string else count * dtype.size
        is_slot = is_of_optimizer(name, shapes)
        found.append(Variable(name, dtype.name, shape, size, is_slot))
    return found


def missing_shards(prefix: str) -> list[str]:
    """Returns the data files that a checkpoint lacks."""
    found: dict[int, set[int]] = {}
    for part in bundle.parts(prefix):
        match = _DATA.fullmatch(part)
        if match:
            found.setdefault(int(match[3]), set()).add(int(match[2]))
    if any(len(there) == count for count, there in found.items()):
        return []
    count = max(found, default=1)
    return [
        f"{prefix}.data-{number:05d}-of-{count:05d}"
        for number in range(count)
        if number not in found.get(count, set())
    ]


def problems(folder: str, known: list[Checkpoint]) -> list[str]:
    """Returns what is wrong with the checkpoints of a folder, and what to do.

    Args:
        folder: The folder.
        known: The whole checkpoints in it.
    """
    found = _half_written(folder)
    state = tf.train.get_checkpoint_state(folder)
    if state is None:
        if known:
            newest = os.path.basename(known[-1].path)
            found.append(
                "There are checkpoints, but no file `checkpoint` that names "
                "the newest: training would begin anew. Write one with "
                f'the line: model_checkpoint_path: "{newest}"'
            )
        return found
    paths = {os.path.normpath(each.path) for each in known}
    newest = state.model_checkpoint_path
    if newest and os.path.normpath(newest) not in paths:
        instead = (
            f'write "{os.path.basename(known[-1].path)}" there'
            if known
            else "restore it, or remove the file to begin anew"
        )
        found.append(
            f"The file `checkpoint` names {newest!r} as the newest, which is "
            f"not there or not whole: {instead}."
        )
    elif known and any(
        (each.step or 0) > (_step_of(known, newest) or 0) for each in known
    ):
        found.append(
            f"The file `checkpoint` names {os.path.basename(newest)!r} as the "
            "newest, but there are later steps: training goes on from the one "
            "that it names."
        )
    return found


def _half_written(folder: str) -> list[str]:
    found = []
    names = _names(folder)
    for name in names:
        if name.endswith(_INDEX):
            prefix = os.path.join(folder, name.removesuffix(_INDEX))
            missing = missing_shards(prefix)
            if missing:
                found.append(
                    f"{name.removesuffix(_INDEX)} cannot be read, as "
                    f"{os.path.basename(missing[0])} is not there: restore "
                    "that file, or remove the others of this checkpoint."
                )
            elif not _is_readable(prefix):
                found.append(
                    f"{name} is damaged: restore it, or remove the files of "
                    "this checkpoint."
                )
            elif _is_short(prefix):
                found.append(
                    f"{name.removesuffix(_INDEX)} cannot be read, as its data "
                    "files are shorter than they should be: copy them again, "
                    "or remove this checkpoint."
                )
    begun = {match[1] for name in names if (match := _DATA.fullmatch(name))}
    for name in sorted(begun):
        if f"{name}{_INDEX}" not in names:
            found.append(
                f"{name} has data but no index, as if writing had been cut "
                "off: remove it."
            )
    return found


def _is_readable(prefix: str) -> bool:
    """Whether the index of a checkpoint can be read."""
    try:
        bundle.reader(prefix)
    except CheckpointPathError:
        return False
    return True


def _is_short(prefix: str) -> bool:
    """Whether the values do not fit into the data files."""
    lengths = sum(
        tf.io.gfile.stat(part).length
        for part in bundle.parts(prefix)
        if _DATA.fullmatch(part)
    )
    return lengths < sum(each.bytes for each in variables(prefix))


def _step_of(known: list[Checkpoint], path: str) -> int | None:
    wanted = os.path.normpath(path)
    return next(
        (c.step for c in known if os.path.normpath(c.path) == wanted), None
    )


def _step(prefix: str, shapes: Any) -> int | None:
    for key in ("global_step", f"global_step{_OBJECTS}"):
        if shapes.get(key) == []:
            # Its data may be cut off.
            with contextlib.suppress(IndexError, tf.errors.OpError):
                return int(bundle.reader(prefix).get_tensor(key))
    match = re.search(r"-(\d+)$", prefix)
    return int(match[1]) if match else None


def _names(folder: str) -> list[str]:
    return sorted(name.rstrip("/") for name in tf.io.gfile.listdir(folder))
