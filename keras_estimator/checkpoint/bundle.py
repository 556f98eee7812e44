"""TF1's name-based checkpoints: names and tensors in files, nothing else.

A checkpoint `model.ckpt-100` is an index file, data files and, for TF1's
tools, a `.meta` file (see `meta_graph`). Tensors are keyed by variable name; a
part of a partitioned variable is a slice of the whole variable's tensor. The
operations are TensorFlow's own, so TF 1.15 and 2.15 read what is written here.
"""

import difflib
import os
from collections.abc import Sequence
from typing import Any
from typing import NamedTuple

import tensorflow as tf

from keras_estimator.errors import CheckpointPathError
from keras_estimator.errors import VariableNotFoundError
from keras_estimator.errors import VariableShapeError

_SHOWN = 5


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


def write(prefix: str, entries: Sequence[Entry]) -> None:
    """Writes a checkpoint.

    Readers see all of it or nothing: the index file, by which they find the
    rest, gets its name last. What a failed write left is removed.

    Args:
        prefix: Path without the endings of the files.
        entries: The variables; each must have a value.
    """
    try:
        tf.raw_ops.SaveV2(
            prefix=prefix,
            tensor_names=[e.name for e in entries],
            shape_and_slices=[e.slice_spec for e in entries],
            tensors=[e.variable.read_value() for e in entries],
        )
    except Exception:
        remove(prefix)
        raise


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


def remove(prefix: str) -> None:
    """Deletes the files of a checkpoint, whole or half-written."""
    directory, name = os.path.split(prefix)
    for file in tf.io.gfile.listdir(directory or "."):
        if file.startswith(f"{name}."):
            tf.io.gfile.remove(os.path.join(directory, file))


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
