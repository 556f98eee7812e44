"""TF1's name-based checkpoints: names and tensors in files, nothing else.

A checkpoint `model.ckpt-100` is an index file, data files and, for TF1's
tools, a `.meta` file (see `meta_graph`). Tensors are keyed by variable name; a
part of a partitioned variable is a slice of the whole variable's tensor. The
operations are TensorFlow's own, so TF 1.15 and 2.15 read what is written here.

Readers find data files by the index, so a checkpoint appears when its index
gets its name. Where another one is replaced, the new data has files of other
names (`data-00000-of-00002`): at each moment the index, old or new, leads to
data that is all there.
"""

import contextlib
import difflib
import itertools
import os
import re
from collections.abc import Sequence
from typing import Any
from typing import NamedTuple

import tensorflow as tf

from keras_estimator.checkpoint import staging
from keras_estimator.checkpoint.staging import Staging
from keras_estimator.errors import CheckpointPathError
from keras_estimator.errors import VariableNotFoundError
from keras_estimator.errors import VariableShapeError

_SHOWN = 5
INDEX = ".index"
_DATA = re.compile(r"\.data-\d{5}-of-(\d{5})")


class Entry(NamedTuple):
    """A variable, or a part of one, as checkpoints see it.

    Attributes:
        name: Name of the whole variable.
        slice_spec: `""` for a whole variable; for a part the shape of the
            whole, then start and length in each dimension: `"10 4 0,5:0,4"`.
        variable: Where the value is, or goes.
    """

    name: str
    slice_spec: str
    variable: tf.Variable

    @property
    def full_shape(self) -> tf.TensorShape:
        """Shape of the whole variable."""
        if not self.slice_spec:
            return self.variable.shape
        return tf.TensorShape(map(int, self.slice_spec.split()[:-1]))


class Piece(NamedTuple):
    """What is written of an `Entry`.

    Attributes:
        name: Name of the whole variable.
        slice_spec: As that of the entry.
        value: The value.
    """

    name: str
    slice_spec: str
    value: tf.Tensor


def read(entries: Sequence[Entry]) -> list[Piece]:
    """Returns what to write of variables; each must have a value."""
    # What `read_value` does besides takes longer than a small step.
    return [
        Piece(
            e.name,
            e.slice_spec,
            tf.raw_ops.ReadVariableOp(
                resource=e.variable.handle, dtype=e.variable.dtype
            ),
        )
        for e in entries
    ]


def write(prefix: str, entries: Sequence[Entry]) -> None:
    """Writes a checkpoint, all of it or nothing.

    Args:
        prefix: Path without the endings of the files.
        entries: The variables; each must have a value.
    """
    directory, name = os.path.split(prefix)
    with staging.staged(directory) as files:
        stage(files, name, read(entries))
        publish(files, name)


def stage(files: Staging, name: str, pieces: Sequence[Piece]) -> None:
    """Writes a checkpoint where nobody sees it yet.

    Where there is one of this name with the same content, nothing is left to
    be published.

    Args:
        files: Where it goes.
        name: Its name, without the endings of the files.
        pieces: Its content.
    """
    prefix = os.path.join(files.directory, name)
    if not tf.io.gfile.exists(f"{prefix}{INDEX}"):
        _save(files, name, pieces, shards=1)
        return
    taken = _shard_counts(prefix)
    # With leftovers of one that was replaced it is not known which is which.
    if len(taken) == 1 and max(taken) <= 2:
        _save(files, name, pieces, *taken)
        if _is_same(files.path(name), prefix):
            remove(files.path(name))
            return
        remove(files.path(name))
    free = next(n for n in itertools.count(1) if n not in taken)
    _save(files, name, pieces, free)


def publish(files: Staging, name: str) -> list[str]:
    """Lets a staged checkpoint appear, or replace the one of its name.

    Args:
        files: Where it is.
        name: Its name, without the endings of the files.

    Returns:
        Data files of the one that was replaced. Who has begun to read it may
        still need them.
    """
    prefix = os.path.join(files.directory, name)
    index = f"{name}{INDEX}"
    mine = [n for n in files.names() if n.startswith(f"{name}.")]
    before = set(parts(prefix)) if index in mine else set()
    old_data = {part for part in before if _DATA.search(part)}
    written = {os.path.join(files.directory, part) for part in mine}
    if old_data & written and not _is_same(files.path(name), prefix):
        # Better none for a moment than one with the data of another.
        remove_file(f"{prefix}{INDEX}")
    try:
        for part in sorted(mine, key=lambda part: part == index):
            files.publish(part)
    except BaseException:
        if not tf.io.gfile.exists(f"{prefix}{INDEX}"):
            remove(prefix)
        raise
    return sorted(old_data - written)


def stage_copy(files: Staging, name: str, source: str) -> None:
    """Copies a checkpoint to where nobody sees it yet.

    Args:
        files: Where it goes.
        name: The name of the copy, without the endings of the files.
        source: Path of the checkpoint, without the endings of the files.

    Raises:
        tf.errors.NotFoundError: If it is not there (any more).
    """
    if _is_same(source, os.path.join(files.directory, name)):
        return
    # The index first: its data stays where it is when it is replaced.
    for part in sorted(
        parts(source), key=lambda part: not part.endswith(INDEX)
    ):
        ending = part.removeprefix(source)
        tf.io.gfile.copy(part, files.path(f"{name}{ending}"))
    if f"{name}{INDEX}" not in files.names():
        raise tf.errors.NotFoundError(None, None, f"{source} is not there")


def restore(prefix: str, entries: Sequence[Entry]) -> None:
    """Gives variables the values that a checkpoint holds.

    Nothing is changed unless all of them can be restored.

    Args:
        prefix: Path without the endings of the files.
        entries: The variables. The checkpoint may hold others as well.

    Raises:
        VariableNotFoundError: If the checkpoint lacks some of them.
        VariableShapeError: If some have another shape or dtype there.
    """
    _check(prefix, entries)
    values = tf.raw_ops.RestoreV2(
        prefix=prefix,
        tensor_names=[e.name for e in entries],
        shape_and_slices=[e.slice_spec for e in entries],
        dtypes=[e.variable.dtype for e in entries],
    )
    for entry, value in zip(entries, values, strict=True):
        entry.variable.assign(value)


def reader(prefix: str) -> Any:
    """Returns TensorFlow's reader of a checkpoint.

    Raises:
        CheckpointPathError: If there is no checkpoint at the path.
    """
    try:
        return tf.train.load_checkpoint(prefix)
    except (tf.errors.OpError, TypeError, ValueError) as error:
        raise CheckpointPathError(
            f"`{prefix}` is not a valid checkpoint: {error}"
        ) from error


def global_step(prefix: str) -> int:
    """Returns the global step of a checkpoint, 0 if it has none.

    Raises:
        CheckpointPathError: If there is no checkpoint at the path.
    """
    there = reader(prefix)
    if not there.has_tensor("global_step"):
        return 0
    return int(there.get_tensor("global_step"))


def parts(prefix: str) -> list[str]:
    """Returns the files of a checkpoint, whole or half-written."""
    directory, name = os.path.split(prefix)
    return [
        os.path.join(directory, file)
        for file in tf.io.gfile.listdir(directory or ".")
        if file.startswith(f"{name}.")
    ]


def remove(prefix: str) -> None:
    """Deletes the files of a checkpoint, whole or half-written."""
    # The index first: without it nobody looks for the rest.
    for path in sorted(parts(prefix), key=lambda p: not p.endswith(INDEX)):
        remove_file(path)


def retire(files: Staging, prefix: str) -> None:
    """Removes a checkpoint that is not listed any more.

    If that fails, it only warns: the one that displaced it is there.

    Args:
        files: Where its index is meanwhile: by that it is known what was to
            be removed if this is not brought to an end.
        prefix: Its path, without the endings of the files.
    """
    try:
        with contextlib.suppress(tf.errors.NotFoundError):
            files.withdraw(f"{prefix}{INDEX}")
        remove(prefix)
    except tf.errors.OpError as error:
        tf.compat.v1.logging.warning(
            "The checkpoint %s is not kept any more, but could not be removed "
            "(%s). Remove its files yourself.",
            prefix,
            error.message,
        )


def remove_file(path: str) -> None:
    """Deletes a file, if it is there."""
    with contextlib.suppress(tf.errors.NotFoundError):
        tf.io.gfile.remove(path)


def _save(
    files: Staging, name: str, pieces: Sequence[Piece], shards: int
) -> None:
    """Writes a checkpoint whose data is in so many files.

    They are fewer if there are fewer pieces.
    """
    shares = [pieces[i::shards] for i in range(shards) if pieces[i::shards]]
    if len(shares) == 1:
        _save_one(files.path(name), pieces)
        return
    prefixes = [files.path(f"{i}.share") for i in range(len(shares))]
    for prefix, share in zip(prefixes, shares, strict=True):
        _save_one(prefix, share)
    tf.raw_ops.MergeV2Checkpoints(
        checkpoint_prefixes=prefixes,
        destination_prefix=files.path(name),
        delete_old_dirs=False,
    )


def _save_one(prefix: str, pieces: Sequence[Piece]) -> None:
    tf.raw_ops.SaveV2(
        prefix=prefix,
        tensor_names=[p.name for p in pieces],
        shape_and_slices=[p.slice_spec for p in pieces],
        tensors=[p.value for p in pieces],
    )


def _shard_counts(prefix: str) -> set[int]:
    """Returns into how many files the data of a checkpoint is split.

    It is more than one number where files of one that was replaced are left.
    """
    found = map(_DATA.search, parts(prefix))
    return {int(match[1]) for match in found if match}


def _is_same(one: str, other: str) -> bool:
    """Whether two checkpoints have the same content.

    An index has the checksums of all tensors. Data of another length than
    that of `one` has been damaged.
    """
    index = _index(one)
    if index is None or index != _index(other):
        return False
    lengths = _lengths(other)
    return all(
        lengths.get(ending) == length
        for ending, length in _lengths(one).items()
    )


def _lengths(prefix: str) -> dict[str, int]:
    """Returns the lengths of data files by their endings."""
    return {
        part.removeprefix(prefix): tf.io.gfile.stat(part).length
        for part in parts(prefix)
        if _DATA.search(part)
    }


def _index(prefix: str) -> bytes | None:
    try:
        with tf.io.gfile.GFile(f"{prefix}{INDEX}", "rb") as file:
            return file.read()
    except tf.errors.NotFoundError:
        return None


def _check(prefix: str, entries: Sequence[Entry]) -> None:
    there = reader(prefix)
    shapes = there.get_variable_to_shape_map()
    dtypes = there.get_variable_to_dtype_map()
    missing = [e.name for e in entries if e.name not in shapes]
    if missing:
        raise VariableNotFoundError(_missing_message(prefix, missing, shapes))
    wrong = [
        f"Variable `{e.name}` is {e.variable.dtype.name} "
        f"{e.full_shape} in the model but {dtypes[e.name].name} "
        f"{tuple(shapes[e.name])} in checkpoint `{prefix}`."
        for e in entries
        if not e.full_shape.is_compatible_with(shapes[e.name])
        or e.variable.dtype != dtypes[e.name]
    ]
    if wrong:
        raise VariableShapeError(
            "Restoring from checkpoint failed.\n"
            + "\n".join(_shortened(wrong))
            + "\nTrain in a new `model_dir`, or start from the old values of "
            "the other variables with `WarmStartSettings(vars_to_warm_start="
            "...)`."
        )


def _missing_message(
    prefix: str, missing: Sequence[str], there: Sequence[str]
) -> str:
    lines = []
    for name in dict.fromkeys(missing):
        close = difflib.get_close_matches(name, there, n=1)
        hint = f" The nearest name there is `{close[0]}`." if close else ""
        lines.append(
            f"Variable `{name}` of the model is not in checkpoint `{prefix}`."
            f"{hint}"
        )
    return (
        "Restoring from checkpoint failed.\n"
        + "\n".join(_shortened(lines))
        + "\nThe model has changed since it was saved. Train in a new "
        "`model_dir`, or start from the old values of the other variables "
        "with `WarmStartSettings(vars_to_warm_start=...)`."
    )


def _shortened(lines: list[str]) -> list[str]:
    if len(lines) <= _SHOWN:
        return lines
    return [*lines[:_SHOWN], f"(and {len(lines) - _SHOWN} more)"]
