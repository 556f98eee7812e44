"""What an exporter writes into its folder, and what it removes from there.

```
export/best/1700000000/saved_model.pb, variables/    "saved_model"
                      /model.keras                   "keras"
                      /checkpoint/model.ckpt-...     "checkpoint"
```

The name of an export is the time in seconds; it has it when it is complete.
"""

import os
import re
from collections.abc import Callable
from collections.abc import Iterable
from collections.abc import Mapping
from contextlib import ExitStack
from typing import Any

import tensorflow as tf

from keras_estimator._types import Path
from keras_estimator.checkpoint import bundle
from keras_estimator.checkpoint.directory import STATE_FILE
from keras_estimator.checkpoint.directory import stage_state
from keras_estimator.checkpoint.staging import Staging
from keras_estimator.checkpoint.staging import clean_up
from keras_estimator.checkpoint.staging import staged
from keras_estimator.errors import ArgumentTypeError
from keras_estimator.errors import ConfigError
from keras_estimator.export.directory import naming_failed_exports
from keras_estimator.export.directory import publish

_v1 = tf.compat.v1
SAVED_MODEL = "saved_model"
KERAS = "keras"
CHECKPOINT = "checkpoint"
_FORMATS = (SAVED_MODEL, KERAS, CHECKPOINT)
_EXPORT = re.compile(r"\d{10}")
_CONTENT = ("saved_model.pb", "saved_model.pbtxt", "model.keras", CHECKPOINT)


class Artifact:
    """What an exporter writes.

    Args:
        serving_input_receiver_fn: Returns a `ServingInputReceiver`; needed for
            a SavedModel.
        assets_extra: Path below `assets.extra` -> file to copy there.
        as_text: Whether the SavedModel is written as text.
        formats: One of `"saved_model"`, `"keras"` and `"checkpoint"`, or
            several.

    Raises:
        ArgumentTypeError: If serving_input_receiver_fn is no function.
        ConfigError: If `formats` has another one, or none.
    """

    def __init__(
        self,
        serving_input_receiver_fn: Callable[[], Any] | None,
        assets_extra: Mapping[str, Path] | None,
        as_text: bool,
        formats: str | Iterable[str],
    ) -> None:
        if serving_input_receiver_fn is not None and not callable(
            serving_input_receiver_fn
        ):
            raise ArgumentTypeError(
                "`serving_input_receiver_fn` must be a function. Received: "
                f"{serving_input_receiver_fn!r} (of type "
                f"{type(serving_input_receiver_fn).__name__})."
            )
        self._receiver_fn = serving_input_receiver_fn
        self._assets_extra = assets_extra
        self._as_text = as_text
        self._formats = _checked_formats(formats)

    def write(
        self, estimator: Any, export_path: str, checkpoint_path: str
    ) -> Any:
        """Writes a checkpoint of an Estimator in all formats.

        Returns:
            The path of the export, as bytes.
        """
        if self._formats == {SAVED_MODEL}:
            return self._saved_model(estimator, export_path, checkpoint_path)
        with ExitStack() as stack:
            # Errors of the user's code are not those of writing.
            with naming_failed_exports(export_path):
                clean_up(export_path)
                staging = stack.enter_context(staged(export_path))
            folder = self._fill(estimator, staging, checkpoint_path)
            with naming_failed_exports(export_path):
                path = publish(folder, export_path)
        return tf.compat.as_bytes(path)

    def _fill(
        self, estimator: Any, staging: Staging, checkpoint_path: str
    ) -> str:
        """Writes all formats into a folder; returns its path."""
        folder = staging.path("export")
        if SAVED_MODEL in self._formats:
            # It comes with a name of its own, in the folder that it is given.
            path = self._saved_model(estimator, folder, checkpoint_path)
            folder = tf.compat.as_str_any(path)
        tf.io.gfile.makedirs(folder)
        if KERAS in self._formats:
            estimator.export_keras(
                os.path.join(folder, "model.keras"),
                checkpoint_path=checkpoint_path,
                serving_input_receiver_fn=self._receiver_fn,
            )
        if CHECKPOINT in self._formats:
            with naming_failed_exports(folder):
                _copy_checkpoint(
                    checkpoint_path, os.path.join(folder, CHECKPOINT)
                )
        return folder

    def _saved_model(
        self, estimator: Any, export_path: str, checkpoint_path: str
    ) -> Any:
        return estimator.export_saved_model(
            export_path,
            self._receiver_fn,
            assets_extra=self._assets_extra,
            as_text=self._as_text,
            checkpoint_path=checkpoint_path,
        )


def newest_export(export_path: str) -> str | None:
    """Returns the name of the newest export in a folder, `None` without any."""
    return max(_exports(export_path), default=None)


def remove_old(export_path: str, keep: int | None, written: Any) -> None:
    """Removes all but the newest exports of a folder.

    What is not an export is left alone, whatever its name.

    Args:
        export_path: The folder.
        keep: How many are kept; `None` for all.
        written: Path of the export that was just written, which is kept.
    """
    if keep is None:
        return
    last = os.path.basename(tf.compat.as_str_any(written))
    others = [name for name in _exports(export_path) if name != last]
    for name in others[: max(0, len(others) - keep + 1)]:
        path = os.path.join(export_path, name)
        try:
            tf.io.gfile.rmtree(path)
        except tf.errors.OpError as error:
            _v1.logging.warning("Can not delete %s: %s", path, error.message)


def _exports(export_path: str) -> list[str]:
    """Returns the names of the exports in a folder, oldest first."""
    if not tf.io.gfile.isdir(export_path):
        return []
    names = (name.rstrip("/") for name in tf.io.gfile.listdir(export_path))
    return sorted(
        name
        for name in names
        if _EXPORT.fullmatch(name)
        and _is_export(os.path.join(export_path, name))
    )


def _is_export(path: str) -> bool:
    """Whether a folder holds what exporters write, and not something else."""
    if not tf.io.gfile.isdir(path):
        return False
    content = {name.rstrip("/") for name in tf.io.gfile.listdir(path)}
    return not content or not content.isdisjoint(_CONTENT)


def _copy_checkpoint(prefix: str, directory: str) -> None:
    """Copies a checkpoint; `tf.train.latest_checkpoint` finds the copy."""
    name = os.path.basename(prefix)
    with staged(directory) as files:
        bundle.stage_copy(files, name, prefix)
        stage_state(files, [os.path.join(directory, name)])
        bundle.publish(files, name)
        files.publish(STATE_FILE)


def _checked_formats(formats: str | Iterable[str]) -> set[str]:
    given = {formats} if isinstance(formats, str) else set(formats)
    if not given or not given.issubset(_FORMATS):
        raise ConfigError(
            f"`formats` must be one or several of {_FORMATS}. Received: "
            f"formats={formats!r}."
        )
    return given
