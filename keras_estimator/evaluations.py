"""The results of evaluations, read back from their event files."""

import json
import os
from collections.abc import Mapping
from typing import Any

import numpy as np
import tensorflow as tf

from keras_estimator._types import Path
from keras_estimator.engine import _tensorflow

_v1 = tf.compat.v1
# Global step -> metric -> value.
Evaluations = dict[int, dict[str, float]]


def read_eval_metrics(eval_dir: Path) -> Evaluations:
    """Returns the results of all evaluations in a directory.

    They are those that `evaluate` has written, here or in `tf.estimator`, as
    far as they are single numbers. Where a step was evaluated more than once,
    the last result counts.

    Args:
        eval_dir: As `estimator.eval_dir(name)` returns it. One that does not
            exist has no evaluations.

    Returns:
        Global step -> name of the metric -> value, in order of the steps.

    Example:
    >>> read_eval_metrics("/nowhere")
    {}
    """
    return EvaluationLog(eval_dir).read()


def to_json(results: Mapping[str, Any]) -> dict[str, Any]:
    """Returns results as they are when they have been written and read.

    Without those that are bytes: pictures and histograms.
    """
    stored = {}
    for name, value in results.items():
        if isinstance(value, (np.ndarray, np.generic)):
            value = value.tolist()
        if value is None or isinstance(value, (bool, int, float, str, list)):
            stored[name] = value
    return json.loads(json.dumps(stored, default=_text))


def from_json(stored: Mapping[str, Any]) -> dict[str, Any]:
    """Returns stored results as a `compare_fn` gets them: lists are arrays."""
    return {
        name: np.asarray(value) if isinstance(value, list) else value
        for name, value in stored.items()
    }


def _text(value: Any) -> str:
    return value.decode(errors="replace") if isinstance(value, bytes) else ""


def read_event_files(pattern: str) -> list[tuple[int, dict[str, float]]]:
    """Returns the results of evaluations in some event files.

    Where a file says of some which checkpoint was evaluated, the others are
    left out: they were of weights that nobody has saved.

    Args:
        pattern: Paths of the files, as `tf.io.gfile.glob` takes it.

    Returns:
        Global step, and name of the metric -> value: the last of each step in
        each file, oldest file first.
    """
    found = []
    for path in sorted(tf.io.gfile.glob(pattern)):
        file = _EventFile(path)
        file.refresh()
        found += [
            (step, metrics)
            for step, metrics in sorted(file.evaluations.items())
            if not file.of_checkpoints or step in file.of_checkpoints
        ]
    return found


class EvaluationLog:
    """The evaluations in a directory, for who looks often.

    A file is opened only if its size has changed, and only what is new in it
    is taken apart.

    Args:
        eval_dir: The directory, which may not exist yet.
    """

    def __init__(self, eval_dir: Path) -> None:
        self._directory = os.fspath(eval_dir)
        self._files: dict[str, _EventFile] = {}
        self._evaluations: Evaluations = {}

    def read(self) -> Evaluations:
        """Returns what is there now, like `read_eval_metrics`."""
        names = _event_files(self._directory)
        is_new = names != list(self._files)
        self._files = {
            name: self._files.get(name)
            or _EventFile(os.path.join(self._directory, name))
            for name in names
        }
        for file in self._files.values():
            is_new |= file.refresh()
        if is_new:
            self._evaluations = self._merged()
        return self._evaluations

    def _merged(self) -> Evaluations:
        merged: Evaluations = {}
        for file in self._files.values():
            for step, metrics in file.evaluations.items():
                merged.setdefault(step, {}).update(metrics)
        return dict(sorted(merged.items()))


class _EventFile:
    """One event file, which may grow.

    Attributes:
        evaluations: What has been read from it.
        of_checkpoints: The steps of which it names the checkpoint.
    """

    def __init__(self, path: str) -> None:
        self.evaluations: Evaluations = {}
        self.of_checkpoints: set[int] = set()
        self._path = path
        self._size = 0
        self._records = 0

    def refresh(self) -> bool:
        """Reads what is new; returns whether anything has changed."""
        try:
            size = tf.io.gfile.stat(self._path).length
        except tf.errors.NotFoundError:  # deleted since it was listed
            return False
        if size == self._size:
            return False
        if size < self._size:  # another file of the same name
            self.evaluations, self._records = {}, 0
            self.of_checkpoints.clear()
        self._size = size
        try:
            self._read()
        except tf.errors.DataLossError as error:
            # The end of a file that is being written may be half a record: the
            # rest is read when it is there.
            if "truncated" not in error.message:
                _v1.logging.warning(
                    "Skipping the rest of the event file %s, of which %d "
                    "records could be read: %s",
                    self._path,
                    self._records,
                    error.message,
                )
        return True

    def _read(self) -> None:
        with _tensorflow.eager_mode():
            records = tf.data.TFRecordDataset(self._path).skip(self._records)
            for record in records.as_numpy_iterator():
                self._records += 1
                self._take(_v1.Event.FromString(record))

    def _take(self, event: tf.compat.v1.Event) -> None:
        metrics = {
            value.tag: value.simple_value
            for value in event.summary.value
            if value.HasField("simple_value")
        }
        if any(value.tag == "checkpoint_path" for value in event.summary.value):
            self.of_checkpoints.add(event.step)
        if metrics:
            self.evaluations.setdefault(event.step, {}).update(metrics)


def _event_files(directory: str) -> list[str]:
    """Returns the names of the event files in a directory, oldest first."""
    # Not by a pattern: the directory's own name may have brackets.
    try:
        names = tf.io.gfile.listdir(directory)
    except tf.errors.NotFoundError:
        return []
    return sorted(name for name in names if ".tfevents." in name)
