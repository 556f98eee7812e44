"""A directory of checkpoints: its state file, and which ones are kept.

The state file `checkpoint` names the newest checkpoint and, oldest first, all
that rotation still counts:

```
model_checkpoint_path: "model.ckpt-20"
all_model_checkpoint_paths: "model.ckpt-10"
all_model_checkpoint_paths: "model.ckpt-20"
```

Names in it are relative, so that the directory can be moved.
"""

import os
import time
import zlib
from collections.abc import Callable
from typing import NamedTuple

import tensorflow as tf

from keras_estimator.checkpoint import bundle
from keras_estimator.errors import CheckpointPathError

_STATE_FILE = "checkpoint"
_SECONDS_PER_HOUR = 3600


class Retention(NamedTuple):
    """Which checkpoints are kept.

    Attributes:
        newest: How many of the newest; `None` or 0 for all of them.
        every_n_hours: One for each so many hours is kept besides; `None` for
            none.
    """

    newest: int | None = 5
    every_n_hours: float | None = 10000.0


class Identity(NamedTuple):
    """A checkpoint and its content: another one of its name differs.

    Attributes:
        prefix: Its path without the endings of the files.
        checksum: Of the index, which holds the checksum of every tensor.
    """

    prefix: str
    checksum: int


def identify(prefix: str) -> Identity:
    """Returns the identity of the checkpoint that is at `prefix` now.

    Raises:
        CheckpointPathError: If there is none.
    """
    try:
        with tf.io.gfile.GFile(f"{prefix}.index", "rb") as index:
            return Identity(prefix, zlib.crc32(index.read()))
    except tf.errors.NotFoundError as error:
        raise CheckpointPathError(
            f"`{prefix}` is not a valid checkpoint: it has no index file."
        ) from error


def latest(directory: str) -> str | None:
    """Returns the path of the newest checkpoint, `None` if it is not there."""
    # tf.train.latest_checkpoint takes a name with brackets for a pattern.
    state = tf.train.get_checkpoint_state(directory)
    if state is None or not state.model_checkpoint_path:
        return None
    path = str(state.model_checkpoint_path)
    # Those of TensorFlow 0.x are one file, without an index.
    exists = map(tf.io.gfile.exists, (f"{path}.index", path))
    return path if any(exists) else None


class CheckpointDirectory:
    """Adds checkpoints to a directory and removes the oldest.

    Args:
        path: The directory; made when the first checkpoint is.
        retention: What to keep.
        clock: Returns the time in seconds.
    """

    def __init__(
        self,
        path: str,
        retention: Retention,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._path = path
        self._retention = retention
        self._clock = clock
        self._seconds_kept = (
            retention.every_n_hours or float("inf")
        ) * _SECONDS_PER_HOUR
        self._next_kept = clock() + self._seconds_kept
        # (path, time of writing), oldest first
        self._counted = self._recover()

    def add(self, prefix: str) -> None:
        """Makes a checkpoint that was just written the newest one."""
        counted = [c for c in self._counted if c[0] != prefix]
        counted.append((prefix, self._clock()))
        keep = self._retention.newest or len(counted)
        expired, counted = counted[:-keep], counted[-keep:]
        if self._retention.newest:
            self._counted = counted
        # Else only what was found here is listed, besides the newest: without
        # rotation nothing would ever shorten the list.
        self._write_state([path for path, _ in counted])
        # Last: until the state file is written, readers may follow the old one.
        for path, written in expired:
            if written > self._next_kept:
                self._next_kept += self._seconds_kept
            else:
                bundle.remove(path)

    def _recover(self) -> list[tuple[str, float]]:
        """Returns what an earlier process counted, as far as it exists."""
        state = tf.train.get_checkpoint_state(self._path)
        if state is None:
            return []
        found = []
        for path in state.all_model_checkpoint_paths:
            index = f"{path}.index"
            if tf.io.gfile.exists(index):
                written = tf.io.gfile.stat(index).mtime_nsec / 1e9
                found.append((path, written))
        return found

    def _write_state(self, paths: list[str]) -> None:
        names = [os.path.relpath(path, self._path) for path in paths]
        lines = [f'model_checkpoint_path: "{_escape(names[-1])}"']
        lines += [
            f'all_model_checkpoint_paths: "{_escape(name)}"' for name in names
        ]
        target = os.path.join(self._path, _STATE_FILE)
        temporary = f"{target}.tmp{os.getpid()}"
        try:
            with tf.io.gfile.GFile(temporary, "w") as file:
                file.write("\n".join(lines) + "\n")
            tf.io.gfile.rename(temporary, target, overwrite=True)
        finally:
            if tf.io.gfile.exists(temporary):
                tf.io.gfile.remove(temporary)


def _escape(name: str) -> str:
    """Returns a string as text protocol buffers write it."""
    return name.replace("\\", "\\\\").replace('"', '\\"')
