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

import contextlib
import os
import time
import zlib
from collections.abc import Callable
from collections.abc import Sequence
from typing import NamedTuple

import tensorflow as tf

from keras_estimator.checkpoint import bundle
from keras_estimator.checkpoint import staging
from keras_estimator.checkpoint.bundle import Piece
from keras_estimator.checkpoint.staging import Staging
from keras_estimator.checkpoint.staging import staged
from keras_estimator.errors import CheckpointPathError

STATE_FILE = "checkpoint"
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
        settle_leftovers(path)
        # (path, time of writing), oldest first
        self._counted = self._recover()
        self._superseded: list[str] = []

    def save(
        self,
        name: str,
        pieces: Sequence[Piece],
        stage_more: Callable[[Staging], None] | None = None,
    ) -> None:
        """Writes a checkpoint, makes it the newest, and removes the oldest.

        All is written before anything gets its name: if that fails, everything
        is as it was. So it is if the state file cannot be replaced: then a new
        checkpoint goes again (but one that has replaced that of its name
        stays). If an old one cannot be removed, that is only a warning.

        Args:
            name: Its name, without the endings of the files.
            pieces: Its content.
            stage_more: Writes more files of that name.
        """
        # Who was reading one that has been replaced has had time until now.
        while self._superseded:
            bundle.remove_file(self._superseded.pop())
        prefix = os.path.join(self._path, name)
        expired, listed = self._sorted_out(prefix)
        with staged(self._path) as files:
            bundle.stage(files, name, pieces)
            if stage_more is not None:
                stage_more(files)
            stage_state(files, [path for path, _ in listed])
            self._superseded = publish_listed(files, name, STATE_FILE)
            for path, written in expired:
                if written > self._next_kept:
                    self._next_kept += self._seconds_kept
                else:
                    bundle.retire(files, path)
        if self._retention.newest:
            self._counted = listed
        # Else only what was found here is listed, besides the newest: without
        # rotation nothing would ever shorten the list.

    def _sorted_out(
        self, prefix: str
    ) -> tuple[list[tuple[str, float]], list[tuple[str, float]]]:
        """Returns what goes and what stays when there is a new checkpoint."""
        counted = [c for c in self._counted if c[0] != prefix]
        counted.append((prefix, self._clock()))
        keep = self._retention.newest or len(counted)
        return counted[:-keep], counted[-keep:]

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


def stage_state(files: Staging, paths: Sequence[str]) -> None:
    """Writes a state file where nobody sees it yet.

    Args:
        files: Where it is to be published from.
        paths: The checkpoints, in the same directory; the newest is the last.
    """
    names = [os.path.relpath(path, files.directory) for path in paths]
    lines = [f'model_checkpoint_path: "{_escape(names[-1])}"']
    lines += [
        f'all_model_checkpoint_paths: "{_escape(name)}"' for name in names
    ]
    with tf.io.gfile.GFile(files.path(STATE_FILE), "w") as file:
        file.write("\n".join(lines) + "\n")


def publish_listed(files: Staging, name: str, listing: str) -> list[str]:
    """Lets a staged checkpoint appear, and then the file that lists it.

    A checkpoint that cannot be listed is removed, unless it has replaced the
    one of its name.

    Args:
        files: Where both are.
        name: Name of the checkpoint, without the endings of the files.
        listing: Name of the file that lists it.

    Returns:
        Data files of the one that was replaced, as `bundle.publish` does.
    """
    prefix = os.path.join(files.directory, name)
    is_new = not tf.io.gfile.exists(f"{prefix}{bundle.INDEX}")
    replaced = bundle.publish(files, name)
    try:
        files.publish(listing)
    except BaseException:
        # What failed first is what has to be known.
        with contextlib.suppress(tf.errors.OpError):
            if is_new and not files.is_published(listing):
                bundle.remove(prefix)
        raise
    return replaced


def settle_leftovers(directory: str) -> None:
    """Ends what processes that were killed have begun to save there."""
    for folder in staging.abandoned(directory):
        names = tf.io.gfile.listdir(folder)
        indexes = [name for name in names if name.endswith(bundle.INDEX)]
        for index in indexes:
            place = os.path.join(directory, index)
            if not tf.io.gfile.exists(place):
                # Some of its files may have their names, already or still.
                bundle.remove(place.removesuffix(bundle.INDEX))
        staged_state = os.path.join(folder, STATE_FILE)
        state = os.path.join(directory, STATE_FILE)
        if (
            STATE_FILE in names
            and not indexes
            and _is_newer(staged_state, state)
        ):
            # The checkpoint has its names, but is not listed yet.
            tf.io.gfile.rename(staged_state, state, overwrite=True)
        tf.io.gfile.rmtree(folder)


def _is_newer(one: str, other: str) -> bool:
    try:
        written = tf.io.gfile.stat(other).mtime_nsec
    except tf.errors.NotFoundError:
        return True
    return tf.io.gfile.stat(one).mtime_nsec > written


def _escape(name: str) -> str:
    """Returns a string as text protocol buffers write it."""
    return name.replace("\\", "\\\\").replace('"', '\\"')
