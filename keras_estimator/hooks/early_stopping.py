"""Hooks that stop training early: by a function, or by what evaluations say."""

import math
import operator
import time
from collections.abc import Callable
from collections.abc import Mapping
from typing import Any

import tensorflow as tf

from keras_estimator._types import Path
from keras_estimator.engine.hook import SessionRunHook
from keras_estimator.hooks.arguments import check_estimator
from keras_estimator.hooks.arguments import check_number
from keras_estimator.hooks.arguments import check_run_every
from keras_estimator.hooks.metric_watch import MetricWatch
from keras_estimator.hooks.stop_signal import EarlyStoppingHook
from keras_estimator.hooks.stop_signal import StopWhenSignalledHook

_v1 = tf.compat.v1


def make_early_stopping_hook(
    estimator: Any,
    should_stop_fn: Callable[[], Any],
    run_every_secs: float | None = 60,
    run_every_steps: int | None = None,
) -> SessionRunHook:
    """Returns a hook that stops training when a function says so.

    It asks after the first step of each call of train, and then every so many
    seconds or steps.

    Args:
        estimator: The `Estimator` to be trained.
        should_stop_fn: Function without arguments; training stops after the
            step at which it returns something true.
        run_every_secs: Seconds from one question to the next, >= 0; `None` to
            ask by steps. Defaults to 60.
        run_every_steps: Steps from one question to the next, >= 0. Defaults to
            `None`. One of the two must be `None`.

    Returns:
        A hook for `train`, of which each task of a cluster needs one: that of
        the chief asks, those of workers stop when the chief does.

    Raises:
        ArgumentTypeError: If `estimator` is no Estimator, or `should_stop_fn`
            no function.
        ConfigError: If not exactly one of the other two is given.

    Example:
    ```python
    hook = ke.experimental.make_early_stopping_hook(
        estimator, lambda: os.path.exists("stop"), run_every_secs=10
    )
    estimator.train(input_fn, hooks=[hook])
    ```
    """
    check_estimator(estimator)
    check_run_every(run_every_secs, run_every_steps)
    if not estimator.config.is_chief:
        return StopWhenSignalledHook()
    return EarlyStoppingHook(should_stop_fn, run_every_secs, run_every_steps)


def stop_if_higher_hook(
    estimator: Any,
    metric_name: str,
    threshold: float,
    eval_dir: Path | None = None,
    min_steps: int = 0,
    run_every_secs: float | None = 60,
    run_every_steps: int | None = None,
) -> SessionRunHook:
    """Returns a hook that stops training when a metric is above a threshold.

    It reads the results of evaluations from their event files: something must
    evaluate while training goes on, such as `train_and_evaluate`, an
    `InMemoryEvaluatorHook` or a `CheckpointSaverListener`. It warns if that
    does not happen.

    Args:
        estimator: The `Estimator` to be trained.
        metric_name: Name of the metric: `"loss"`, or one of eval_metric_ops.
        threshold: Training stops if the metric of an evaluation is higher.
        eval_dir: Where the evaluations are. Defaults to
            `estimator.eval_dir()`; for evaluations that have a name, give
            `estimator.eval_dir(name)`.
        min_steps: Evaluations of earlier global steps do not count.
        run_every_secs: Seconds between two looks, or `None`. Defaults to 60.
        run_every_steps: Steps between two looks, or `None`.

    Returns:
        A hook for `train`.

    Raises:
        ArgumentTypeError: If an argument has the wrong type.
        ConfigError: If not exactly one of the last two is given.
        MetricNotFoundError: During the run, if no evaluation has the metric.

    Example:
    ```python
    hook = ke.experimental.stop_if_higher_hook(estimator, "accuracy", 0.9)
    estimator.train(input_fn, hooks=[hook], saving_listeners=[evaluates])
    ```
    """
    return _metric_hook(
        estimator,
        MetricWatch(metric_name, _directory(estimator, eval_dir), min_steps),
        _crosses(metric_name, threshold, operator.gt, "greater than"),
        run_every_secs,
        run_every_steps,
    )


def stop_if_lower_hook(
    estimator: Any,
    metric_name: str,
    threshold: float,
    eval_dir: Path | None = None,
    min_steps: int = 0,
    run_every_secs: float | None = 60,
    run_every_steps: int | None = None,
) -> SessionRunHook:
    """Returns a hook that stops training when a metric is below a threshold.

    Args:
        estimator: The `Estimator` to be trained.
        metric_name: Name of the metric: `"loss"`, or one of eval_metric_ops.
        threshold: Training stops if the metric of an evaluation is lower.
        eval_dir: As for `stop_if_higher_hook`.
        min_steps: Evaluations of earlier global steps do not count.
        run_every_secs: Seconds between two looks, or `None`. Defaults to 60.
        run_every_steps: Steps between two looks, or `None`.

    Returns:
        A hook for `train`.

    Raises:
        ArgumentTypeError: If an argument has the wrong type.
        ConfigError: If not exactly one of the last two is given.
        MetricNotFoundError: During the run, if no evaluation has the metric.

    Example:
    ```python
    hook = ke.experimental.stop_if_lower_hook(estimator, "loss", 0.1)
    ```
    """
    return _metric_hook(
        estimator,
        MetricWatch(metric_name, _directory(estimator, eval_dir), min_steps),
        _crosses(metric_name, threshold, operator.lt, "less than"),
        run_every_secs,
        run_every_steps,
    )


def stop_if_no_increase_hook(
    estimator: Any,
    metric_name: str,
    max_steps_without_increase: int,
    eval_dir: Path | None = None,
    min_steps: int = 0,
    run_every_secs: float | None = 60,
    run_every_steps: int | None = None,
) -> SessionRunHook:
    """Returns a hook that stops training when a metric increases no more.

    Args:
        estimator: The `Estimator` to be trained.
        metric_name: Name of the metric: `"loss"`, or one of eval_metric_ops.
        max_steps_without_increase: Training stops at an evaluation so many
            global steps, or more, after the best one.
        eval_dir: As for `stop_if_higher_hook`.
        min_steps: Evaluations of earlier global steps do not count.
        run_every_secs: Seconds between two looks, or `None`. Defaults to 60.
        run_every_steps: Steps between two looks, or `None`.

    Returns:
        A hook for `train`.

    Raises:
        ArgumentTypeError: If an argument has the wrong type.
        ConfigError: If not exactly one of the last two is given.
        MetricNotFoundError: During the run, if no evaluation has the metric.

    Example:
    ```python
    hook = ke.experimental.stop_if_no_increase_hook(
        estimator, "accuracy", max_steps_without_increase=1000
    )
    ```
    """
    check_number("max_steps_without_increase", max_steps_without_increase)
    return _metric_hook(
        estimator,
        MetricWatch(
            metric_name,
            _directory(estimator, eval_dir),
            min_steps,
            ("max_steps_without_increase", max_steps_without_increase),
        ),
        _stands(
            metric_name, max_steps_without_increase, operator.gt, "increase"
        ),
        run_every_secs,
        run_every_steps,
    )


def stop_if_no_decrease_hook(
    estimator: Any,
    metric_name: str,
    max_steps_without_decrease: int,
    eval_dir: Path | None = None,
    min_steps: int = 0,
    run_every_secs: float | None = 60,
    run_every_steps: int | None = None,
) -> SessionRunHook:
    """Returns a hook that stops training when a metric decreases no more.

    Args:
        estimator: The `Estimator` to be trained.
        metric_name: Name of the metric: `"loss"`, or one of eval_metric_ops.
        max_steps_without_decrease: Training stops at an evaluation so many
            global steps, or more, after the best one.
        eval_dir: As for `stop_if_higher_hook`.
        min_steps: Evaluations of earlier global steps do not count.
        run_every_secs: Seconds between two looks, or `None`. Defaults to 60.
        run_every_steps: Steps between two looks, or `None`.

    Returns:
        A hook for `train`.

    Raises:
        ArgumentTypeError: If an argument has the wrong type.
        ConfigError: If not exactly one of the last two is given.
        MetricNotFoundError: During the run, if no evaluation has the metric.

    Example:
    ```python
    evaluates = ke.experimental.InMemoryEvaluatorHook(
        estimator, eval_input_fn, every_n_iter=100
    )
    stops = ke.experimental.stop_if_no_decrease_hook(
        estimator, "loss", 500, run_every_secs=None, run_every_steps=100
    )
    estimator.train(input_fn, hooks=[evaluates, stops])
    ```
    """
    check_number("max_steps_without_decrease", max_steps_without_decrease)
    return _metric_hook(
        estimator,
        MetricWatch(
            metric_name,
            _directory(estimator, eval_dir),
            min_steps,
            ("max_steps_without_decrease", max_steps_without_decrease),
        ),
        _stands(
            metric_name, max_steps_without_decrease, operator.lt, "decrease"
        ),
        run_every_secs,
        run_every_steps,
    )


# What looks at evaluations ---------------------------------------------------


class MetricStoppingHook(EarlyStoppingHook):
    """Looks at the evaluations every so often, and stops by a metric.

    Args:
        watch: Brings the values of the metric.
        reason_to_stop: From global step -> value, in order, why to stop; `None`
            to train on.
        run_every_secs: Seconds from one look to the next.
        run_every_steps: Steps from one look to the next.
        clock: Returns the time in seconds.
    """

    def __init__(
        self,
        watch: MetricWatch,
        reason_to_stop: Callable[[Mapping[int, float]], str | None],
        run_every_secs: float | None = 60,
        run_every_steps: int | None = None,
        *,
        clock: Callable[[], float] = time.time,
    ) -> None:
        super().__init__(
            self._has_reason, run_every_secs, run_every_steps, clock=clock
        )
        self._watch = watch
        self._reason_to_stop = reason_to_stop
        self._run_every_steps = run_every_steps
        self._interval = (
            f"every {run_every_secs} seconds"
            if run_every_steps is None
            else f"every {run_every_steps} steps"
        )

    def begin(self) -> None:
        """Prepares for a call of train."""
        super().begin()
        self._watch.begin(self._interval, self._run_every_steps)

    def end(self, session: Any) -> None:
        """Warns if what it saw in the call could not have stopped it."""
        self._watch.end()

    def _has_reason(self) -> bool:
        reason = self._reason_to_stop(self._watch.look())
        if reason is not None:
            _v1.logging.info(reason)
        return reason is not None


# Reasons to stop -------------------------------------------------------------


def _metric_hook(
    estimator: Any,
    watch: MetricWatch,
    reason_to_stop: Callable[[Mapping[int, float]], str | None],
    run_every_secs: float | None,
    run_every_steps: int | None,
) -> SessionRunHook:
    check_run_every(run_every_secs, run_every_steps)
    if not estimator.config.is_chief:
        return StopWhenSignalledHook()
    return MetricStoppingHook(
        watch, reason_to_stop, run_every_secs, run_every_steps
    )


def _directory(estimator: Any, eval_dir: Path | None) -> Path:
    check_estimator(estimator)
    return estimator.eval_dir() if eval_dir is None else eval_dir


def _crosses(
    metric_name: str,
    threshold: float,
    is_beyond: Callable[[float, float], bool],
    relation: str,
) -> Callable[[Mapping[int, float]], str | None]:
    """Returns a function: why to stop when a value is beyond a threshold."""
    check_number("threshold", threshold)

    def reason(values: Mapping[int, float]) -> str | None:
        for step, value in values.items():
            if is_beyond(value, threshold):
                return (
                    f'At step {step}, metric "{metric_name}" has value '
                    f"{value} which is {relation} the configured threshold "
                    f"({threshold}) for early stopping."
                )
        return None

    return reason


def _stands(
    metric_name: str,
    max_steps: int,
    is_better: Callable[[float, float], bool],
    movement: str,
) -> Callable[[Mapping[int, float]], str | None]:
    """Returns a function: why to stop when values get better no more."""

    def reason(values: Mapping[int, float]) -> str | None:
        best = best_step = None
        for step, value in values.items():
            # Any number is better than one that is none.
            if (
                best is None
                or best_step is None
                or is_better(value, best)
                or (math.isnan(best) and not math.isnan(value))
            ):
                best, best_step = value, step
            if step - best_step >= max_steps:
                return (
                    f'No {movement} in metric "{metric_name}" for '
                    f"{step - best_step} steps, which is greater than or "
                    f"equal to max steps ({max_steps}) configured for early "
                    "stopping."
                )
        return None

    return reason
