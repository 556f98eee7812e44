"""Saves the variables of a program, with the interface of TF1's `Saver`."""

import os
from collections.abc import Callable
from collections.abc import Iterable
from functools import partial
from typing import Any

from keras_estimator.checkpoint import bundle
from keras_estimator.checkpoint import meta_graph
from keras_estimator.checkpoint.directory import CheckpointDirectory
from keras_estimator.checkpoint.directory import Retention
from keras_estimator.checkpoint.failures import naming_failed_writes
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


class BundleSaver:
    """Writes checkpoints of the program that a session runs.

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
        path = os.fspath(save_path)
        if global_step is not None:
            path = f"{path}-{global_step}"
        directory, name = os.path.split(path)
        with _tensorflow.eager_mode():
            program = sess.binding.program
            pieces = bundle.read(
                entries_of(sess.binding, program.model_records)
            )
            stage_meta = partial(meta_graph.stage, name=name, program=program)
            with naming_failed_writes(path):
                self._directory(directory).save(
                    name, pieces, stage_meta if write_meta_graph else None
                )
        self._on_saved(path)
        return path

    def _directory(self, path: str) -> CheckpointDirectory:
        path = path or "."
        if path not in self._directories:
            self._directories[path] = CheckpointDirectory(path, self._retention)
        return self._directories[path]
