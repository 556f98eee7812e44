"""`tf.contrib.learn.Experiment`: train_and_evaluate as it was before."""

import time
from collections.abc import Callable
from collections.abc import Iterable
from typing import Any

from keras_estimator._types import InputFn
from keras_estimator.compat.v1.contrib.learn.export_strategy import (
    ExportStrategy,
)
from keras_estimator.errors import ArgumentTypeError
from keras_estimator.errors import UnsupportedError
from keras_estimator.estimator import Estimator
from keras_estimator.training import EvalSpec
from keras_estimator.training import TrainSpec
from keras_estimator.training import train_and_evaluate
from keras_estimator.training.loop import Evaluator
from keras_estimator.training.loop import evaluate_continuously


class Experiment:
    """An Estimator, with what it is trained and evaluated on.

    A thin form of `train_and_evaluate`; new code uses that.

    Args:
        estimator: The `Estimator`.
        train_input_fn: As for `Estimator.train`.
        eval_input_fn: As for `Estimator.evaluate`.
        eval_metrics: Must be `None`: metrics are those of model_fn.
        train_steps: Global step to stop at; `None` to train until the input
            ends.
        eval_steps: Batches in an evaluation; `None` for all of the input.
        train_monitors: Hooks for training.
        eval_hooks: Hooks for evaluations.
        local_eval_frequency: The old name of `min_eval_frequency`.
        eval_delay_secs: For how many seconds `continuous_eval` waits first.
        continuous_eval_throttle_secs: How many seconds lie between the
            evaluations of `continuous_eval` at the least.
        min_eval_frequency: 0 to evaluate only at the end of training; else
            each new checkpoint is evaluated.
        delay_workers_by_global_step: Has no effect: there is one process.
        export_strategies: What is exported after each evaluation: an
            `ExportStrategy`, or several.
        train_steps_per_iteration: Has no effect.
        checkpoint_and_export: Has no effect: it always exports after
            evaluations.
        saving_listeners: Are told when checkpoints are written.
        check_interval_secs: Has no effect.

    Raises:
        ArgumentTypeError: If `estimator` is no Estimator.
        UnsupportedError: If `eval_metrics` is given.

    Example:
    ```python
    experiment = tf.contrib.learn.Experiment(
        estimator, train_input_fn, eval_input_fn, train_steps=1000
    )
    metrics, exports = experiment.train_and_evaluate()
    ```
    """

    def __init__(
        self,
        estimator: Estimator,
        train_input_fn: InputFn,
        eval_input_fn: InputFn,
        eval_metrics: None = None,
        train_steps: int | None = None,
        eval_steps: int | None = 100,
        train_monitors: Iterable[Any] | None = None,
        eval_hooks: Iterable[Any] | None = None,
        local_eval_frequency: int | None = None,
        eval_delay_secs: float = 120,
        continuous_eval_throttle_secs: float = 60,
        min_eval_frequency: int | None = None,
        delay_workers_by_global_step: bool = False,
        export_strategies: Iterable[ExportStrategy]
        | ExportStrategy
        | None = None,
        train_steps_per_iteration: int | None = None,
        checkpoint_and_export: bool = False,
        saving_listeners: Iterable[Any] | None = None,
        check_interval_secs: float = 5,
    ) -> None:
        if not isinstance(estimator, Estimator):
            raise ArgumentTypeError(
                "`estimator` must implement `keras_estimator.Estimator`. "
                f"Received: {estimator!r} (of type {type(estimator).__name__})."
            )
        if eval_metrics is not None:
            raise UnsupportedError(
                "`eval_metrics` must be None: the metrics of an Estimator are "
                "the `eval_metric_ops` that model_fn returns, or those of "
                "`add_metrics`."
            )
        self._estimator = estimator
        self._train_spec = TrainSpec(
            train_input_fn, train_steps, train_monitors, saving_listeners
        )
        self._eval_spec = EvalSpec(
            eval_input_fn,
            eval_steps,
            hooks=eval_hooks,
            exporters=_exporters(export_strategies),
            start_delay_secs=eval_delay_secs,
            throttle_secs=continuous_eval_throttle_secs,
        )
        self._min_eval_frequency = (
            local_eval_frequency
            if min_eval_frequency is None
            else min_eval_frequency
        )

    @property
    def estimator(self) -> Estimator:
        """The Estimator."""
        return self._estimator

    @property
    def eval_metrics(self) -> None:
        """None: the metrics are model_fn's."""

    @property
    def train_steps(self) -> int | None:
        """Global step to stop at."""
        return self._train_spec.max_steps

    @property
    def eval_steps(self) -> int | None:
        """Batches in an evaluation."""
        return self._eval_spec.steps

    def extend_train_hooks(self, additional_hooks: Iterable[Any]) -> None:
        """Adds hooks for training."""
        spec = self._train_spec
        self._train_spec = TrainSpec(
            spec.input_fn,
            spec.max_steps,
            [*spec.hooks, *additional_hooks],
            spec.saving_listeners,
        )

    def train(self, delay_secs: float | None = None) -> Estimator:
        """Trains; returns the Estimator.

        Args:
            delay_secs: For how many seconds to wait first.
        """
        time.sleep(delay_secs or 0)
        spec = self._train_spec
        return self._estimator.train(
            spec.input_fn,
            hooks=spec.hooks,
            max_steps=spec.max_steps,
            saving_listeners=spec.saving_listeners,
        )

    def evaluate(
        self, delay_secs: float | None = None, name: str | None = None
    ) -> dict[str, Any]:
        """Evaluates the newest checkpoint; returns the results.

        Args:
            delay_secs: For how many seconds to wait first; none by default.
            name: Name of the evaluation.
        """
        time.sleep(delay_secs or 0)
        spec = self._eval_spec
        return self._estimator.evaluate(
            spec.input_fn, steps=spec.steps, hooks=spec.hooks, name=name
        )

    def train_and_evaluate(self) -> Any:
        """Trains, and evaluates new checkpoints and the last one.

        Returns:
            The results of the last evaluation, and of the exports after it.
        """
        if self._min_eval_frequency != 0:
            return train_and_evaluate(
                self._estimator,
                self._train_spec,
                self._eval_spec._replace(throttle_secs=0),
            )
        self.train()
        return self._evaluate_and_export()

    local_run: Callable[..., Any] = train_and_evaluate

    def test(self) -> Any:
        """Trains for one step, evaluates and exports; to try whether it runs.

        Returns:
            The results of the evaluation, and of the exports.
        """
        spec = self._train_spec
        self._estimator.train(
            spec.input_fn,
            hooks=spec.hooks,
            steps=1,
            saving_listeners=spec.saving_listeners,
        )
        return self._evaluate_and_export()

    def continuous_eval(
        self,
        delay_secs: float | None = None,
        throttle_delay_secs: float | None = None,
    ) -> None:
        """Evaluates each new checkpoint until one has reached `train_steps`.

        Args:
            delay_secs: For how many seconds to wait first.
            throttle_delay_secs: How many seconds lie between two evaluations.
        """
        spec = self._eval_spec
        if delay_secs is not None:
            spec = spec._replace(start_delay_secs=delay_secs)
        if throttle_delay_secs is not None:
            spec = spec._replace(throttle_secs=throttle_delay_secs)
        evaluate_continuously(self._estimator, self._train_spec, spec)

    def _evaluate_and_export(self) -> Any:
        evaluator = Evaluator(
            self._estimator, self._eval_spec, self._train_spec.max_steps
        )
        evaluator.evaluate_newest()
        last = evaluator.last
        return (None, None) if last is None else (last.metrics, last.exports)


def _exporters(strategies: Any) -> list[Any]:
    if strategies is None:
        return []
    if isinstance(strategies, ExportStrategy):
        strategies = [strategies]
    found = []
    for strategy in strategies:
        if not isinstance(strategy, ExportStrategy):
            raise ArgumentTypeError(
                "`export_strategies` must be an ExportStrategy, an iterable of "
                f"ExportStrategy, or None, found {strategies!r}. "
                "`make_export_strategy(serving_input_fn)` makes one."
            )
        found.append(strategy.exporter)
    return found
