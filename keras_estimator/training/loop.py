"""Training, with an evaluation after new checkpoints."""

import os
import time
from collections.abc import Callable
from typing import Any
from typing import NamedTuple

import tensorflow as tf

from keras_estimator.distribute.cluster import TaskType
from keras_estimator.errors import ArgumentTypeError
from keras_estimator.errors import CheckpointPathError
from keras_estimator.errors import MissingCheckpointError
from keras_estimator.errors import UnsupportedError
from keras_estimator.estimator import Estimator
from keras_estimator.hooks import CheckpointSaverListener
from keras_estimator.hooks import SecondOrStepTimer
from keras_estimator.tracebacks import users_line_first
from keras_estimator.training.exporters import FinalExporter
from keras_estimator.training.specs import EvalSpec
from keras_estimator.training.specs import TrainSpec

_v1 = tf.compat.v1


@users_line_first
def train_and_evaluate(
    estimator: Estimator, train_spec: TrainSpec, eval_spec: EvalSpec
) -> tuple[dict[str, Any] | None, list[Any] | None] | None:
    """Trains an Estimator, evaluates new checkpoints, and exports.

    In one process training stays open meanwhile: its input goes on where it
    was, nothing is built again, and the weights are not read from disk. How
    often checkpoints are written says the `RunConfig`; at most every
    `throttle_secs`, and after the last step, one is evaluated. Then the
    exporters are called in their order.

    Where `TF_CONFIG` describes a cluster, this process does its part alone:
    the chief trains and the evaluator evaluates each new checkpoint until one
    has reached `max_steps`.

    Args:
        estimator: What is trained.
        train_spec: On what, and for how long.
        eval_spec: What it is evaluated on, how often, and what is exported.

    Returns:
        The results of the last evaluation and of the exporters that were
        called after it. `(None, None)` if the model has been trained to
        `max_steps` before. `None` for a task of a cluster.

    Raises:
        ArgumentTypeError: If an argument is of another type.
        ConfigError: If the `RunConfig` says that no checkpoints are written.
        MissingCheckpointError: If none was written to model_dir.
        UnsupportedError: If the cluster has several workers, or parameter
            servers.

    Example:
    ```python
    metrics, exports = train_and_evaluate(
        estimator,
        TrainSpec(train_input_fn, max_steps=10000),
        EvalSpec(eval_input_fn, steps=None, throttle_secs=60),
    )
    ```
    """
    _check("estimator", estimator, Estimator)
    _check("train_spec", train_spec, TrainSpec)
    _check("eval_spec", eval_spec, EvalSpec)
    config = estimator.config
    if config.task_type == TaskType.EVALUATOR:
        evaluate_continuously(estimator, train_spec, eval_spec)
        return None
    if config.task_type == TaskType.PS:
        raise UnsupportedError(
            "TF_CONFIG says that this process is a parameter server. An "
            "Estimator trains in one process here: start the chief alone, and "
            "an evaluator beside it if you like."
        )
    if config.cluster_spec:
        _train(estimator, train_spec)
        return None
    return _train_and_evaluate_here(estimator, train_spec, eval_spec)


def _check(argument: str, value: Any, kind: type) -> None:
    if not isinstance(value, kind):
        raise ArgumentTypeError(
            f"`{argument}` must have type `keras_estimator.{kind.__name__}`. "
            f"Received: {value!r} (of type {type(value).__name__})."
        )


def _train(estimator: Estimator, spec: TrainSpec, *listeners: Any) -> None:
    estimator.train(
        spec.input_fn,
        hooks=spec.hooks,
        max_steps=spec.max_steps,
        saving_listeners=[*spec.saving_listeners, *listeners],
    )


def _train_and_evaluate_here(
    estimator: Estimator, train_spec: TrainSpec, eval_spec: EvalSpec
) -> tuple[dict[str, Any] | None, list[Any] | None]:
    config = estimator.config
    _v1.logging.info("Running training and evaluation locally.")
    _v1.logging.info(
        "Start train and evaluate loop. The evaluate will happen after every "
        "checkpoint. Checkpoint frequency is determined based on RunConfig "
        "arguments: save_checkpoints_steps %s or save_checkpoints_secs %s.",
        config.save_checkpoints_steps,
        config.save_checkpoints_secs,
    )
    evaluator = Evaluator(estimator, eval_spec, train_spec.max_steps)
    listener = _EvaluateCheckpoints(evaluator, eval_spec.throttle_secs)
    _train(estimator, train_spec, listener)
    evaluator.warn_of_missing_exports()
    last = evaluator.last
    return (None, None) if last is None else (last.metrics, last.exports)


class Evaluated(NamedTuple):
    """An evaluation of a checkpoint, and what was exported of it.

    Attributes:
        checkpoint: Its path.
        metrics: The results.
        exports: What the exporters returned, in their order.
    """

    checkpoint: str
    metrics: dict[str, Any]
    exports: list[Any]


class Evaluator:
    """Evaluates the newest checkpoint, and calls the exporters.

    Args:
        estimator: Whose checkpoints.
        spec: On what, and which exporters.
        max_steps: The step at which training ends; `None` if nobody knows.

    Attributes:
        last: The last evaluation, `None` before the first.
    """

    def __init__(
        self, estimator: Estimator, spec: EvalSpec, max_steps: int | None
    ) -> None:
        self._estimator = estimator
        self._spec = spec
        self._max_steps = max_steps
        self.last: Evaluated | None = None

    @property
    def is_done(self) -> bool:
        """Whether what was evaluated last is trained to the end."""
        return self.last is not None and self._is_final(self.last.metrics)

    def evaluate_newest(self) -> bool:
        """Evaluates and exports; returns whether there was a new checkpoint."""
        newest = self._estimator.latest_checkpoint()
        if newest is None or (self.last and newest == self.last.checkpoint):
            return False
        try:
            self.last = self._evaluate(newest)
        except CheckpointPathError:
            if newest == self._estimator.latest_checkpoint():
                raise
            # The process that trains has meanwhile removed it, as it keeps
            # only the newest.
            _v1.logging.warning(
                "The checkpoint %s was removed while it was evaluated; going "
                "on with the newest. A higher `keep_checkpoint_max` keeps it "
                "for longer.",
                newest,
            )
            return False
        return True

    def _evaluate(self, newest: str) -> Evaluated:
        """Evaluates a checkpoint, and calls the exporters."""
        metrics = self._estimator.evaluate(
            self._spec.input_fn,
            steps=self._spec.steps,
            hooks=self._spec.hooks,
            checkpoint_path=newest,
            name=self._spec.name,
        )
        exports = [
            exporter.export(
                estimator=self._estimator,
                export_path=os.path.join(
                    self._estimator.model_dir, "export", exporter.name
                ),
                checkpoint_path=newest,
                eval_result=metrics,
                is_the_final_export=self._is_final(metrics),
            )
            for exporter in self._spec.exporters
        ]
        return Evaluated(newest, metrics, exports)

    def warn_of_missing_exports(self) -> None:
        """Warns if training has ended and final exporters did not see it."""
        names = [
            exporter.name
            for exporter in self._spec.exporters
            if isinstance(exporter, FinalExporter)
        ]
        if self.last is not None and names and not self.is_done:
            _v1.logging.warning(
                "FinalExporter %s has exported nothing: training has ended at "
                "step %s, and a final export is made at max_steps, which is "
                "%s. Call `estimator.export_saved_model(...)` to export now.",
                " and ".join(map(repr, names)),
                self.last.metrics["global_step"],
                self._max_steps,
            )

    def _is_final(self, metrics: dict[str, Any]) -> bool:
        if not self._max_steps:
            return False
        return bool(metrics["global_step"] >= self._max_steps)


class _EvaluateCheckpoints(CheckpointSaverListener):
    """Evaluates when checkpoints are written, but not too often."""

    def __init__(self, evaluator: Evaluator, throttle_secs: float) -> None:
        self._evaluator = evaluator
        self._throttle_secs = throttle_secs
        self._timer = SecondOrStepTimer(every_secs=throttle_secs)
        self._is_first = True

    def begin(self) -> None:
        self._timer.reset()
        self._is_first = True

    def after_save(self, session: Any, global_step_value: int) -> None:
        if self._is_first:
            # Where training begins: it was evaluated when it was reached.
            self._is_first = False
        elif self._timer.should_trigger_for_step(global_step_value):
            self._evaluate(global_step_value)
        else:
            _v1.logging.info(
                "Skip the current checkpoint eval due to throttle secs (%s "
                "secs).",
                self._throttle_secs,
            )

    def end(self, session: Any, global_step_value: int) -> None:
        if global_step_value != self._timer.last_triggered_step():
            self._evaluate(global_step_value)

    def _evaluate(self, step: int) -> None:
        self._timer.update_last_triggered_step(step)
        if not self._evaluator.evaluate_newest():
            raise MissingCheckpointError(
                f"There was no new checkpoint in model_dir at step {step} to "
                "evaluate. A CheckpointSaverHook among the hooks writes to "
                "another folder: give it `checkpoint_dir=estimator.model_dir`, "
                "or leave it out."
            )


def evaluate_continuously(
    estimator: Estimator,
    train_spec: TrainSpec,
    eval_spec: EvalSpec,
    sleep: Callable[[float], None] = time.sleep,
    clock: Callable[[], float] = time.time,
) -> None:
    """Evaluates each new checkpoint until one is trained to the end.

    Args:
        estimator: Whose checkpoints, which another process writes.
        train_spec: Says where training ends; without `max_steps` this goes on
            for ever.
        eval_spec: What to evaluate, and how often.
        sleep: Waits for so many seconds.
        clock: Returns the time in seconds.
    """
    if eval_spec.start_delay_secs:
        _v1.logging.info(
            "Waiting %f secs before starting eval.", eval_spec.start_delay_secs
        )
        sleep(eval_spec.start_delay_secs)
    evaluator = Evaluator(estimator, eval_spec, train_spec.max_steps)
    has_waited = False
    while not evaluator.is_done:
        started = clock()
        if not evaluator.evaluate_newest() and not has_waited:
            has_waited = True
            _v1.logging.warning(
                "No new checkpoint in %s ready for evaluation; it is looked "
                "for every %s seconds (throttle_secs).",
                estimator.model_dir,
                eval_spec.throttle_secs or _SHORTEST_WAIT,
            )
        rest = started + eval_spec.throttle_secs - clock()
        if not evaluator.is_done:
            sleep(max(rest, _SHORTEST_WAIT))
    _v1.logging.info(
        "Exiting evaluation: max_steps=%s is reached.", train_spec.max_steps
    )


# Looking without any pause would keep the disk and a processor busy.
_SHORTEST_WAIT = 0.1
