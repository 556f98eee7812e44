"""Brings a hook the values of a metric, and warns if it will see too few.

Early stopping that never sees an evaluation in time trains on without a word.
So what the watch sees is held against how often it looks:

- no evaluation in the directory at all;
- evaluations further apart than the steps from one look to the next;
- many looks in a row without a new evaluation;
- evaluations further apart than the steps that may go without improvement;
- evaluations that came between two looks.
"""

import difflib
import os
from collections.abc import Iterable
from collections.abc import Mapping

import tensorflow as tf

from keras_estimator._types import Path
from keras_estimator.errors import ArgumentTypeError
from keras_estimator.errors import MetricNotFoundError
from keras_estimator.evaluations import EvaluationLog
from keras_estimator.hooks.arguments import check_number

_v1 = tf.compat.v1
# Looks in a row that find nothing new before that is worth a warning.
_LOOKS_IN_VAIN = 10
_SHOWN = 4
_EVALUATE = (
    "Evaluate while it trains: with `train_and_evaluate`, with an "
    "`InMemoryEvaluatorHook(estimator, input_fn, every_n_iter=...)` before "
    "this hook, or in the `after_save` of a `CheckpointSaverListener`"
)


class MetricWatch:
    """The values of one metric in a directory of evaluations.

    Args:
        metric_name: The metric.
        eval_dir: The directory.
        min_steps: Evaluations of earlier global steps are left out.
        patience: Name and value of the argument that says how many global
            steps may go by without a better evaluation, if there is one.

    Raises:
        ArgumentTypeError: If an argument has the wrong type.
    """

    def __init__(
        self,
        metric_name: str,
        eval_dir: Path,
        min_steps: int,
        patience: tuple[str, float] | None = None,
    ) -> None:
        _check_types(metric_name, eval_dir, min_steps)
        self._metric_name = metric_name
        self._directory = os.fspath(eval_dir)
        self._min_steps = min_steps
        self._patience = patience
        self._log = EvaluationLog(self._directory)
        # Steps of the evaluations at the last look that found a new one, and
        # how many looks of this call have found none since.
        self._seen: list[int] = []
        self._looks_in_vain = 0
        # The evaluations at the first look of this call.
        self._known: list[int] | None = None
        self._warned: set[str] = set()

    def begin(
        self, interval: str, run_every_steps: float | None = None
    ) -> None:
        """Prepares for a call of train.

        Args:
            interval: How often `look` is called, for warnings: "every 5 steps".
            run_every_steps: The same as a number, if it is by steps.
        """
        self._interval = interval
        self._run_every_steps = run_every_steps
        self._looks_in_vain = 0
        self._known = None
        self._warned.discard("apart")

    def look(self) -> dict[int, float]:
        """Returns global step -> value, in order, of what is there now.

        Raises:
            MetricNotFoundError: If there are evaluations, and none has the
                metric.
        """
        evaluations = self._log.read()
        self._note(list(evaluations))
        counted = {
            step: metrics
            for step, metrics in evaluations.items()
            if step >= self._min_steps
        }
        values = {
            step: metrics[self._metric_name]
            for step, metrics in counted.items()
            if self._metric_name in metrics
        }
        if counted and not values:
            raise MetricNotFoundError(self._unknown(counted))
        return values

    def end(self) -> None:
        """Warns of what would have been seen, had there been more looks."""
        steps = list(self._log.read())
        if not steps:
            self._warn_of_none("in this call of train")
            return
        self._warn_of_distance(steps)
        unseen = [step for step in steps if step not in self._seen]
        if len(unseen) > 1:
            self._warn(
                "unseen",
                f"Early stopping looks at {self._directory!r} "
                f"{self._interval}, and did so for the last time in this call "
                f"of train before the evaluations of {_listed(unseen)}: they "
                "could not stop the training. Look more often: "
                f"`run_every_secs=None, run_every_steps={_distance(steps)}`.",
            )

    def _note(self, steps: list[int]) -> None:
        """Takes note of the evaluations that a look has found."""
        self._looks_in_vain += 1
        if steps != self._seen:
            self._seen, self._looks_in_vain = steps, 0
        if self._known is None:
            self._known = steps
        self._warn_of_distance(steps)
        if self._looks_in_vain >= _LOOKS_IN_VAIN:
            if steps:
                self._warn_of_rare(steps)
            else:
                self._warn_of_none(
                    f"in {self._looks_in_vain} looks, {self._interval}"
                )
        if len(steps) > 1:
            self._warn_of_impatience(steps)

    def _warn_of_none(self, when: str) -> None:
        names = _evaluated_beside(self._directory)
        elsewhere = (
            f" There are evaluations in {_listed_names(names)}: name such a "
            "directory by `eval_dir=estimator.eval_dir(name)`."
            if names
            else ""
        )
        self._warn(
            "none",
            f"Early stopping has found no evaluation in {self._directory!r} "
            f"{when}: nothing could stop the training.{elsewhere} {_EVALUATE}; "
            "or, between short calls of train, by `evaluate`.",
        )

    def _warn_of_distance(self, steps: list[int]) -> None:
        """Warns if evaluations are further apart than looks, both by steps.

        The last one must be of this call: those from before it may have come
        at other steps than those that are to come.
        """
        distance = _distance(steps)
        every_steps = self._run_every_steps
        if distance is None or every_steps is None or distance <= every_steps:
            return
        if self._known is None or steps[-1] in self._known:
            return
        self._warn(
            "apart",
            f"Early stopping looks at {self._directory!r} {self._interval}, "
            f"evaluations are {distance} steps apart ({_listed(steps)}). Only "
            f"a new one can stop the training. {_EVALUATE}, more often than "
            "now, or look more rarely: `run_every_secs=None, "
            f"run_every_steps={distance}`.",
        )

    def _warn_of_rare(self, steps: list[int]) -> None:
        # The numbers say more than the looks.
        if "apart" in self._warned:
            return
        distance = _distance(steps)
        rarer = (
            ""
            if distance is None
            else f", or look more rarely: `run_every_secs=None, "
            f"run_every_steps={distance}`"
        )
        self._warn(
            "rare",
            f"Early stopping looks at {self._directory!r} {self._interval}, "
            f"and has found nothing new {self._looks_in_vain} times in a row. "
            f"The evaluations so far are of {_listed(steps)}. Only a new one "
            f"can stop the training. {_EVALUATE}, more often than now{rarer}.",
        )

    def _warn_of_impatience(self, steps: list[int]) -> None:
        distance = _distance(steps)
        if self._patience is None or distance is None:
            return
        argument, patience = self._patience
        if patience < distance:
            self._warn(
                "impatient",
                f"Early stopping has {argument}={patience}, which is less than "
                f"the {distance} steps from one evaluation in "
                f"{self._directory!r} to the next (they are of "
                f"{_listed(steps)}): the first one that is not better than "
                "all before it stops the training. Evaluate more often, or "
                f"give `{argument}` a few times the distance: "
                f"{3 * distance}.",
            )

    def _warn(self, about: str, message: str) -> None:
        if about not in self._warned:
            self._warned.add(about)
            _v1.logging.warning(message)

    def _unknown(self, evaluations: Mapping[int, Mapping[str, float]]) -> str:
        known = sorted({name for e in evaluations.values() for name in e})
        close = difflib.get_close_matches(self._metric_name, known, n=1)
        hint = f" Did you mean {close[0]!r}?" if close else ""
        return (
            f"No evaluation in {self._directory!r} has the metric "
            f"{self._metric_name!r}.{hint} They have: {', '.join(known)}. "
            "`metric_name` is a key of the eval_metric_ops of model_fn, or "
            "'loss'."
        )


def _check_types(metric_name: str, eval_dir: Path, min_steps: int) -> None:
    if not isinstance(metric_name, str):
        raise ArgumentTypeError(
            "`metric_name` must be the name of a metric. Received: "
            f"metric_name={metric_name!r} (of type "
            f"{type(metric_name).__name__})."
        )
    if not isinstance(eval_dir, (str, os.PathLike)):
        raise ArgumentTypeError(
            "`eval_dir` must be a path. Received: eval_dir="
            f"{eval_dir!r} (of type {type(eval_dir).__name__}). Give "
            "`estimator.eval_dir(name)`."
        )
    check_number("min_steps", min_steps)


def _distance(steps: list[int]) -> int | None:
    """Returns the steps between the last two evaluations, if there are two."""
    return steps[-1] - steps[-2] if len(steps) > 1 else None


def _listed(steps: list[int]) -> str:
    """Returns the last steps of a list in words."""
    shown = ", ".join(map(str, steps[-_SHOWN:]))
    dots = "..., " if len(steps) > _SHOWN else ""
    return f"{'steps' if len(steps) > 1 else 'step'} {dots}{shown}"


def _listed_names(names: Iterable[str]) -> str:
    return ", ".join(map(repr, names))


def _evaluated_beside(directory: str) -> list[str]:
    """Returns the other directories of evaluations of the same model."""
    parent, mine = os.path.split(directory)
    try:
        names = sorted(tf.io.gfile.listdir(parent))
    except tf.errors.NotFoundError:
        return []
    # Remote file systems list directories with a slash.
    names = [name.rstrip("/") for name in names]
    return [
        name
        for name in names
        if name != mine
        and name.startswith("eval")
        and EvaluationLog(os.path.join(parent, name)).read()
    ]
