"""All that is told of a path."""

import os
from typing import Any
from typing import NamedTuple

import tensorflow as tf

from keras_estimator.checkpoint import best
from keras_estimator.checkpoint import staging
from keras_estimator.cli.errors import CommandError
from keras_estimator.cli.inspect import checkpoints
from keras_estimator.cli.inspect import exports
from keras_estimator.cli.inspect.checkpoints import Checkpoint
from keras_estimator.cli.inspect.checkpoints import Variable
from keras_estimator.cli.inspect.exports import PROTO
from keras_estimator.cli.inspect.exports import Export
from keras_estimator.cli.paths import checkpoint_prefix
from keras_estimator.evaluations import read_eval_metrics


class Evaluation(NamedTuple):
    """The last evaluation in a folder.

    Attributes:
        folder: Its name below model_dir: `eval`, `eval_test`.
        step: The global step.
        metrics: Name -> value.
    """

    folder: str
    step: int
    metrics: dict[str, float]


class Contents(NamedTuple):
    """What there is at a path.

    Attributes:
        path: The path.
        kind: `model_dir`, `checkpoint`, `saved_model`, `keras` or `weights`.
        checkpoints: Those of a model_dir, by step, or the one that was asked
            for.
        best: Those that were kept as the best, best last.
        of: The checkpoint that the variables are of; `None` if there is none.
        variables: Its variables, by name.
        exports: Those in a model_dir, or the one that was asked for.
        evaluations: The last of each folder.
        problems: What is wrong, and what to do.
    """

    path: str
    kind: str
    checkpoints: list[Checkpoint] = []
    best: list[Checkpoint] = []
    of: Checkpoint | None = None
    variables: list[Variable] = []
    exports: list[Export] = []
    evaluations: list[Evaluation] = []
    problems: list[str] = []

    def as_json(self) -> dict[str, Any]:
        """Returns it as it is written for machines."""
        content = self._asdict()
        for key in (
            "checkpoints",
            "best",
            "variables",
            "exports",
            "evaluations",
        ):
            content[key] = [each._asdict() for each in content[key]]
        content["of"] = self.of and self.of._asdict()
        return content


def read(path: str, step: int | None) -> Contents:
    """Returns what there is at a path.

    Args:
        path: A model_dir, a checkpoint, a SavedModel or a Keras file.
        step: Which checkpoint of a model_dir to show; `None` for the newest.

    Raises:
        CommandError: If it is none of these.
    """
    if tf.io.gfile.isdir(path):
        if tf.io.gfile.exists(os.path.join(path, PROTO)):
            return _saved_model(path)
        return _model_dir(path, step)
    if path.endswith((".keras", ".weights.h5")):
        if not tf.io.gfile.exists(path):
            raise CommandError(f"{path}: there is no such file.")
        found = exports.export(path)
        return Contents(path, found.kind, exports=[found])
    prefix = checkpoint_prefix(path)
    if prefix is None:
        raise CommandError(
            f"{path}: there is no model directory, no checkpoint "
            f"({path}.index), no SavedModel and no .keras file of this name."
        )
    missing = checkpoints.missing_shards(prefix)
    if missing:
        raise CommandError(
            f"{prefix} cannot be read: {missing[0]} is not there."
        )
    one = checkpoints.checkpoint(prefix)
    held = checkpoints.variables(prefix)
    return Contents(prefix, "checkpoint", [one], of=one, variables=held)


def _saved_model(path: str) -> Contents:
    found = exports.export(path)
    prefix = checkpoint_prefix(os.path.join(path, "variables", "variables"))
    if prefix is None:
        return Contents(path, "saved_model", exports=[found])
    return Contents(
        path,
        "saved_model",
        of=checkpoints.checkpoint(prefix),
        variables=checkpoints.variables(prefix),
        exports=[found],
    )


def _model_dir(path: str, step: int | None) -> Contents:
    found = checkpoints.checkpoints(path)
    shown = _shown(path, found, step)
    written, problems = exports.exports(path)
    evaluations = _evaluations(path)
    problems = [
        *checkpoints.problems(path, found),
        *_leftovers(path),
        *problems,
    ]
    if not (found or written or evaluations or problems):
        raise CommandError(
            f"{path}: there are no checkpoints, exports or evaluations here."
        )
    if not found and not written:
        problems.append(
            "There is no whole checkpoint: nothing can be evaluated, predicted "
            "or exported, and training begins at step 0."
        )
    best_dir = os.path.join(path, best.FOLDER)
    kept = (
        checkpoints.checkpoints(best_dir) if tf.io.gfile.isdir(best_dir) else []
    )
    return Contents(
        path,
        "model_dir",
        found,
        kept,
        shown,
        checkpoints.variables(shown.path) if shown else [],
        written,
        evaluations,
        problems,
    )


def _shown(
    path: str, found: list[Checkpoint], step: int | None
) -> Checkpoint | None:
    """Returns the checkpoint whose variables are shown."""
    if step is None:
        newest = [each for each in found if each.is_newest] or found
        return newest[-1] if newest else None
    for each in found:
        if each.step == step:
            return each
    raise CommandError(
        f"--checkpoint {step}: {path} has no checkpoint of that step. It has "
        f"those of {[each.step for each in found]}."
    )


def _leftovers(path: str) -> list[str]:
    return [
        f"{folder} is what a process that was killed has left. The next "
        "training here removes it; so may you."
        for folder in staging.abandoned(path)
    ]


def _evaluations(path: str) -> list[Evaluation]:
    found = []
    for name in sorted(tf.io.gfile.listdir(path)):
        folder = name.rstrip("/")
        if folder != "eval" and not folder.startswith("eval_"):
            continue
        metrics = read_eval_metrics(os.path.join(path, folder))
        if metrics:
            step = max(metrics)
            found.append(Evaluation(folder, step, metrics[step]))
    return found
