"""Saves the variables of a program, with the interface of TF1's `Saver`."""

import os
import threading
from collections.abc import Callable
from collections.abc import Iterable
from collections.abc import Iterator
from concurrent.futures import Future
from concurrent.futures import wait
from contextlib import contextmanager
from functools import partial
from typing import Any
from typing import NamedTuple

import tensorflow as tf

from keras_estimator.checkpoint import bundle
from keras_estimator.checkpoint import meta_graph
from keras_estimator.checkpoint.directory import CheckpointDirectory
from keras_estimator.checkpoint.directory import Retention
from keras_estimator.checkpoint.failures import naming_failed_writes
from keras_estimator.checkpoint.staging import Staging
from keras_estimator.engine import _tensorflow
from keras_estimator.engine.binding import Binding
from keras_estimator.engine.graph import VariableRecord


def entries_of(
    binding: Binding, records: Iterable[VariableRecord]
) -> list[bundle.Entry]:
    """Returns variables of a program as checkpoints see them."""
    return [
        bundle.Entry(*record.save_slice, binding.variable(record))
        for record in records
    ]


class _Snapshot(NamedTuple):
    """What a checkpoint is to hold, whatever the variables become."""

    path: str
    pieces: list[bundle.Piece]
    stage_meta: Callable[[Staging], None] | None
    # Whether the variables still have these values.
    is_current: Callable[[], bool]


class BundleSaver:
    """Writes checkpoints of the program that a session runs.

    One at a time: a call that saves waits until the one before is written.

    Args:
        retention: Which checkpoints are kept.
        on_saved: Called with the path of each checkpoint that was written.
    """

    def __init__(
        self,
        retention: Retention,
        on_saved: Callable[[str], None] = lambda path: None,
    ) -> None:
        self._retention = retention
        self._on_saved = on_saved
        self._directories: dict[str, CheckpointDirectory] = {}
        self._unfinished: tuple[_Snapshot, Future[None]] | None = None

    def save(
        self,
        sess: Any,
        save_path: str,
        global_step: int | None = None,
        write_meta_graph: bool = True,
    ) -> str:
        """Writes a checkpoint and makes it the newest of its directory.

        Args:
            sess: A session of this package.
            save_path: Path without step and endings: `model_dir/model.ckpt`.
            global_step: Is appended to the path.
            write_meta_graph: Whether to write the `.meta` file.

        Returns:
            The path of the checkpoint.

        Raises:
            CheckpointWriteError: If it cannot be written: then everything is
                as it was.
        """
        self.finish()
        snapshot = _snapshot(sess, save_path, global_step, write_meta_graph)
        self._write(snapshot)
        self._on_saved(snapshot.path)
        return snapshot.path

    def save_in_background(
        self,
        sess: Any,
        save_path: str,
        global_step: int | None = None,
        write_meta_graph: bool = True,
    ) -> str:
        """Begins to write a checkpoint, of the values that there are now.

        `finish` waits for it. It takes the arguments that `save` does.

        Returns:
            The path that the checkpoint will have.

        Raises:
            CheckpointWriteError: If the one before could not be written.
        """
        self.finish()
        snapshot = _snapshot(sess, save_path, global_step, write_meta_graph)
        written: Future[None] = Future()

        def write() -> None:
            try:
                self._write(snapshot)
            except BaseException as error:
                written.set_exception(error)
            else:
                written.set_result(None)

        # Not a daemon: Python waits for it before it exits.
        threading.Thread(target=write, name="keras_estimator_saver").start()
        self._unfinished = snapshot, written
        return snapshot.path

    def finish(self) -> None:
        """Waits until what was begun in the background is written.

        Raises:
            CheckpointWriteError: If it cannot be: then all is as it was.
        """
        if self._unfinished is None:
            return
        snapshot, written = self._unfinished
        # Ctrl-C ends this wait, not the writing: it is waited for again.
        wait([written])
        self._unfinished = None
        written.result()
        if snapshot.is_current():
            self._on_saved(snapshot.path)

    @contextmanager
    def finishing(self) -> Iterator[None]:
        """Waits at the end of a block for what was begun in it.

        Raises:
            CheckpointWriteError: If that cannot be written, and the block has
                not failed itself; then it is logged.
        """
        try:
            yield
        except BaseException:
            self._finish_after_error()
            raise
        try:
            self.finish()
        except KeyboardInterrupt:
            self._finish_after_error()
            raise

    def _finish_after_error(self) -> None:
        try:
            self.finish()
        except Exception as error:
            tf.compat.v1.logging.error("A checkpoint is lost: %s", error)

    def _write(self, snapshot: _Snapshot) -> None:
        directory, name = os.path.split(snapshot.path)
        with _tensorflow.eager_mode(), naming_failed_writes(snapshot.path):
            self._directory(directory).save(
                name, snapshot.pieces, snapshot.stage_meta
            )

    def _directory(self, path: str) -> CheckpointDirectory:
        path = path or "."
        if path not in self._directories:
            self._directories[path] = CheckpointDirectory(path, self._retention)
        return self._directories[path]


def _snapshot(
    session: Any,
    save_path: str,
    global_step: int | None,
    write_meta_graph: bool,
) -> _Snapshot:
    path = os.fspath(save_path)
    if global_step is not None:
        path = f"{path}-{global_step}"
    program, store = session.binding.program, session.binding.store
    version = store.version
    stage_meta = None
    if write_meta_graph:
        # Made here: hooks may add to the graph while it is written.
        stage_meta = partial(
            meta_graph.stage,
            name=os.path.basename(path),
            content=meta_graph.serialized(program),
        )
    with _tensorflow.eager_mode():
        pieces = bundle.read(entries_of(session.binding, program.model_records))
    return _Snapshot(path, pieces, stage_meta, lambda: store.version == version)
