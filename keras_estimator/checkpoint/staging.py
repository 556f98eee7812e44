"""Files that get their names when they are complete.

What is written goes into a folder of its own, inside of the directory, and is
moved out file by file when all of it is there:

```
model/.saving-host-123-0f3a/model.ckpt-20.index  ->  model/model.ckpt-20.index
```

Nobody looks for checkpoints in there. The folder of a process that was killed
stays; the next one that writes to the directory removes it.
"""

import contextlib
import os
import platform
import re
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager

import tensorflow as tf

_BEGINNING = ".saving-"
_NAME = re.compile(
    r"\.saving-(?P<host>.*)-(?P<pid>\d+)-(?P<process>[0-9a-f]+)-[0-9a-f]+"
)
# Tells this process from one before it that had its number: the first one of
# each container has number 1.
_PROCESS = uuid.uuid4().hex
_NOBODY_WRITES_SO_LONG = 24 * 3600


class Staging:
    """Files on their way into a directory.

    Args:
        directory: Where they go.
        folder: Where they are until then.
    """

    def __init__(self, directory: str, folder: str) -> None:
        self.directory = directory
        self._folder = folder

    def path(self, name: str) -> str:
        """Returns where to write the file that will have this name."""
        return os.path.join(self._folder, name)

    def names(self) -> list[str]:
        """Returns the names of the files that are not published yet."""
        return sorted(tf.io.gfile.listdir(self._folder))

    def publish(self, name: str) -> None:
        """Moves a file to its place, over one that is there."""
        tf.io.gfile.rename(
            self.path(name), os.path.join(self.directory, name), overwrite=True
        )

    def is_published(self, name: str) -> bool:
        """Whether a file has its place, also where moving it has failed.

        That may be said of a move that was done, wholly or as a copy.
        """
        place = os.path.join(self.directory, name)
        return name not in self.names() or (
            tf.io.gfile.exists(place)
            and _content(place) == _content(self.path(name))
        )

    def withdraw(self, path: str) -> None:
        """Takes a file in here, to be removed in the end."""
        tf.io.gfile.rename(
            path, self.path(os.path.basename(path)), overwrite=True
        )


@contextmanager
def staged(directory: str) -> Iterator[Staging]:
    """Lends a place for files that are to appear in a directory.

    What was not published is removed in the end, if that is possible: what
    has its name is there all the same.

    Args:
        directory: Where they go; made if need be.
    """
    process = f"{platform.node()}-{os.getpid()}-{_PROCESS}"
    name = f"{_BEGINNING}{process}-{uuid.uuid4().hex}"
    folder = os.path.join(directory, name)
    tf.io.gfile.makedirs(folder)
    try:
        yield Staging(directory, folder)
    finally:
        # It is gone where somebody has removed the whole directory. What else
        # fails here is left to the next process that saves.
        with contextlib.suppress(tf.errors.OpError):
            tf.io.gfile.rmtree(folder)


def abandoned(directory: str) -> list[str]:
    """Returns the folders that killed processes have left in a directory."""
    if not tf.io.gfile.isdir(directory):
        return []
    # Some file systems end the names of folders with a slash.
    names = [name.rstrip("/") for name in tf.io.gfile.listdir(directory)]
    folders = [
        (os.path.join(directory, name), found)
        for name in names
        if (found := _NAME.fullmatch(name))
    ]
    return [
        folder
        for folder, found in folders
        if _has_ended(found) or _is_old(folder)
    ]


def clean_up(directory: str) -> None:
    """Removes the folders that killed processes have left in a directory."""
    for folder in abandoned(directory):
        # Another process may have been quicker.
        with contextlib.suppress(tf.errors.OpError):
            tf.io.gfile.rmtree(folder)


def _has_ended(found: re.Match[str]) -> bool:
    """Whether the process that a folder is named after is known to be gone."""
    if found["host"] != platform.node() or os.name != "posix":
        return False
    pid = int(found["pid"])
    if pid == os.getpid():
        return found["process"] != _PROCESS
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    except OSError:  # It is another user's.
        return False
    return False


def _is_old(folder: str) -> bool:
    try:
        written = tf.io.gfile.stat(folder).mtime_nsec / 1e9
    except tf.errors.NotFoundError:  # Its process has just removed it.
        return False
    # Object stores have no folders, and so no time: they say 0.
    return 0 < written < time.time() - _NOBODY_WRITES_SO_LONG


def _content(path: str) -> bytes:
    with tf.io.gfile.GFile(path, "rb") as file:
        return file.read()
