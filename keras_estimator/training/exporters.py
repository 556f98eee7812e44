"""Exporters: what is written after an evaluation in `train_and_evaluate`."""

import abc
import os
from collections.abc import Callable
from collections.abc import Iterable
from collections.abc import Mapping
from typing import Any

import numpy as np
import tensorflow as tf

from keras_estimator._types import Path
from keras_estimator.errors import ArgumentTypeError
from keras_estimator.errors import ConfigError
from keras_estimator.errors import MetricNotFoundError
from keras_estimator.evaluations import read_event_files
from keras_estimator.training.artifacts import SAVED_MODEL
from keras_estimator.training.artifacts import Artifact
from keras_estimator.training.artifacts import remove_old
from keras_estimator.training.comparing import CompareFn
from keras_estimator.training.comparing import EvalResult
from keras_estimator.training.comparing import checked_compare_fn
from keras_estimator.training.comparing import is_better
from keras_estimator.training.comparing import loss_is_smaller
from keras_estimator.training.export_record import ExportRecord

_v1 = tf.compat.v1


class Exporter(abc.ABC):
    """What is called after each evaluation in `train_and_evaluate`."""

    @property
    @abc.abstractmethod
    def name(self) -> str:
        """Name of its folder below `export` in model_dir."""

    @abc.abstractmethod
    def export(
        self,
        estimator: Any,
        export_path: str,
        checkpoint_path: str,
        eval_result: EvalResult,
        is_the_final_export: bool,
    ) -> Any:
        """Exports a checkpoint, or decides not to.

        Args:
            estimator: The `Estimator`.
            export_path: Folder of this exporter.
            checkpoint_path: What was evaluated.
            eval_result: The results, with `loss` and `global_step`.
            is_the_final_export: Whether training has reached `max_steps`.

        Returns:
            The path of the export, `None` if there is none.
        """


class FinalExporter(Exporter):
    """Exports once, when training has reached `max_steps`.

    Args:
        name: Name of its folder below `export` in model_dir.
        serving_input_receiver_fn: Returns a `ServingInputReceiver`.
        assets_extra: Path below `assets.extra` -> file to copy there.
        as_text: Whether the SavedModel is written as text.
        formats: What to write: `"saved_model"`, `"keras"` (`model.keras`),
            `"checkpoint"` (the files of the checkpoint), or several of them.

    Raises:
        ConfigError: If `formats` has another one.

    Example:
    ```python
    exporter = FinalExporter("final", serving_input_receiver_fn)
    ```
    """

    def __init__(
        self,
        name: str,
        serving_input_receiver_fn: Callable[[], Any] | None,
        assets_extra: Mapping[str, Path] | None = None,
        as_text: bool = False,
        *,
        formats: str | Iterable[str] = SAVED_MODEL,
    ) -> None:
        self._name = name
        self._artifact = Artifact(
            serving_input_receiver_fn, assets_extra, as_text, formats
        )

    @property
    def name(self) -> str:
        """Name of its folder."""
        return self._name

    def export(
        self,
        estimator: Any,
        export_path: str,
        checkpoint_path: str,
        eval_result: EvalResult,
        is_the_final_export: bool,
    ) -> Any:
        """Exports if it is the final export; see `Exporter.export`."""
        if not is_the_final_export:
            return None
        _v1.logging.info("Performing the final export in the end of training.")
        return self._artifact.write(estimator, export_path, checkpoint_path)


class LatestExporter(Exporter):
    """Exports after each evaluation, and removes old exports.

    Args:
        name: Name of its folder below `export` in model_dir.
        serving_input_receiver_fn: Returns a `ServingInputReceiver`.
        assets_extra: Path below `assets.extra` -> file to copy there.
        as_text: Whether the SavedModel is written as text.
        exports_to_keep: How many of the newest exports to keep; `None` for
            all.
        formats: What to write, as for `FinalExporter`.

    Raises:
        ConfigError: If `exports_to_keep` is not positive, or `formats` has an
            unknown one.

    Example:
    ```python
    exporter = LatestExporter("latest", serving_input_receiver_fn)
    ```
    """

    def __init__(
        self,
        name: str,
        serving_input_receiver_fn: Callable[[], Any] | None,
        assets_extra: Mapping[str, Path] | None = None,
        as_text: bool = False,
        exports_to_keep: int | None = 5,
        *,
        formats: str | Iterable[str] = SAVED_MODEL,
    ) -> None:
        self._name = name
        self._artifact = Artifact(
            serving_input_receiver_fn, assets_extra, as_text, formats
        )
        self._exports_to_keep = _checked_number(exports_to_keep)

    @property
    def name(self) -> str:
        """Name of its folder."""
        return self._name

    def export(
        self,
        estimator: Any,
        export_path: str,
        checkpoint_path: str,
        eval_result: EvalResult,
        is_the_final_export: bool,
    ) -> Any:
        """Exports, and removes old exports; see `Exporter.export`."""
        path = self._artifact.write(estimator, export_path, checkpoint_path)
        remove_old(export_path, self._exports_to_keep, path)
        return path


class BestExporter(Exporter):
    """Exports each model that is better than all before it.

    What was best before a restart is known from a file in model_dir, and where
    there is none from the event files of the evaluations, so that a worse model
    never replaces a better one.

    Args:
        name: Name of its folder below `export` in model_dir.
        serving_input_receiver_fn: Returns a `ServingInputReceiver`.
        event_file_pattern: Pattern of the event files below model_dir; for an
            evaluation with a name `eval_<name>/*.tfevents.*`. `None` not to
            look.
        compare_fn: Function of (best_eval_result, current_eval_result), by
            these names: whether the current one is better. By default the one
            with the lower loss is.
        assets_extra: Path below `assets.extra` -> file to copy there.
        as_text: Whether the SavedModel is written as text.
        exports_to_keep: How many of the newest exports to keep; `None` for
            all.
        formats: What to write, as for `FinalExporter`.

    Raises:
        ConfigError: If an argument has a value that cannot be used.

    Example:
    ```python
    def has_higher_auc(best_eval_result, current_eval_result):
        return best_eval_result["auc"] < current_eval_result["auc"]

    exporter = BestExporter(
        "best", serving_input_receiver_fn, compare_fn=has_higher_auc
    )
    ```
    """

    def __init__(
        self,
        name: str = "best_exporter",
        serving_input_receiver_fn: Callable[[], Any] | None = None,
        event_file_pattern: str | None = "eval/*.tfevents.*",
        compare_fn: CompareFn = loss_is_smaller,
        assets_extra: Mapping[str, Path] | None = None,
        as_text: bool = False,
        exports_to_keep: int | None = 5,
        *,
        formats: str | Iterable[str] = SAVED_MODEL,
    ) -> None:
        self._name = name
        self._artifact = Artifact(
            serving_input_receiver_fn, assets_extra, as_text, formats
        )
        self._compare_fn = checked_compare_fn(compare_fn)
        self._event_file_pattern = event_file_pattern
        self._exports_to_keep = _checked_number(exports_to_keep)
        self._model_dir: str | None = None
        self._best: EvalResult | None = None
        # As far as it is known to be an export: event files do not tell.
        self._exported: EvalResult | None = None

    @property
    def name(self) -> str:
        """Name of its folder."""
        return self._name

    def export(
        self,
        estimator: Any,
        export_path: str,
        checkpoint_path: str,
        eval_result: EvalResult,
        is_the_final_export: bool,
    ) -> Any:
        """Exports if it is the best; see `Exporter.export`."""
        record = ExportRecord(estimator.model_dir, self._name, export_path)
        if self._model_dir != estimator.model_dir:
            self._model_dir, self._exported = estimator.model_dir, None
            self._best = self._best_before(record, eval_result)
        if self._best is not None and not is_better(
            self._compare_fn, self._best, eval_result
        ):
            _v1.logging.info(
                "Not exporting step %s: the best evaluation is that of step "
                "%s.",
                eval_result.get("global_step"),
                self._best.get("global_step"),
            )
            return None
        _v1.logging.info("Performing best model export.")
        record.begin(self._exported, eval_result)
        path = self._artifact.write(estimator, export_path, checkpoint_path)
        record.end(eval_result)
        # After it: what was not exported is not what others must be better
        # than.
        self._best = self._exported = eval_result
        remove_old(export_path, self._exports_to_keep, path)
        return path

    def _best_before(
        self, record: ExportRecord, current: EvalResult
    ) -> EvalResult | None:
        """Returns what a new model must be better than, after a restart.

        Args:
            record: Says what was exported.
            current: The evaluation at hand, which event files have already.
        """
        if not self._event_file_pattern or self._model_dir is None:
            return None
        if record.exists():
            _v1.logging.info("Loading the best metric of what was exported.")
            exported = record.best()
            self._exported = exported
            if exported is None or not self._is_comparable(exported):
                return None
            return exported
        _v1.logging.info("Loading best metric from event files.")
        pattern = os.path.join(self._model_dir, self._event_file_pattern)
        history = [
            {**metrics, "global_step": step}
            for step, metrics in read_event_files(pattern)
            # A hook may have written summaries of its own there.
            if "loss" in metrics
        ]
        for i, found in reversed(list(enumerate(history))):
            if _is_same(found, current):
                del history[i]
                break
        best: EvalResult | None = None
        for found in filter(self._is_comparable, history):
            if best is None or is_better(self._compare_fn, best, found):
                best = found
        return best

    def _is_comparable(self, result: EvalResult) -> bool:
        """Whether an old evaluation has the metrics that are compared."""
        try:
            is_better(self._compare_fn, result, result)
        except MetricNotFoundError as error:
            _v1.logging.warning(
                "BestExporter %r passes over the evaluation of step %s: %s",
                self._name,
                result.get("global_step"),
                error,
            )
            return False
        return True


def _is_same(event: EvalResult, result: EvalResult) -> bool:
    """Whether an event of an evaluation holds these results."""
    return event["global_step"] == result.get("global_step") and all(
        np.array_equal(np.float32(value), np.float32(result[name]), True)
        for name, value in event.items()
        if name in result
    )


def _checked_number(exports_to_keep: Any) -> int | None:
    if exports_to_keep is not None and not isinstance(exports_to_keep, int):
        raise ArgumentTypeError(
            "`exports_to_keep` must be a whole number or None. Received: "
            f"{exports_to_keep!r} (of type {type(exports_to_keep).__name__})."
        )
    if exports_to_keep is not None and exports_to_keep <= 0:
        raise ConfigError(
            "`exports_to_keep`, if provided, must be a positive number. Got "
            f"{exports_to_keep}. Give None to keep all."
        )
    return exports_to_keep
