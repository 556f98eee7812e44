"""A hook that evaluates while training goes on, without a checkpoint."""

import math
from collections.abc import Iterable
from typing import Any

import keras
import tensorflow as tf

from keras_estimator._types import InputFn
from keras_estimator.engine.hook import ScheduledHook
from keras_estimator.errors import ArgumentTypeError
from keras_estimator.errors import ConfigError
from keras_estimator.hooks.arguments import check_estimator
from keras_estimator.hooks.arguments import check_number

_KINDS = (tf.compat.v1.train.SessionRunHook, keras.callbacks.Callback)


class InMemoryEvaluatorHook(ScheduledHook):
    """Evaluates the weights that training has in memory.

    It does so before the first step of a call of train, after every so many
    steps of that call, and at its end. The results go to the event file of
    `eval`, or `eval_<name>`, at the global step, without a checkpoint path.

    Hooks that read the results, as those for early stopping do, see them in
    the same step if they come after it in `train(hooks=[...])`.

    Args:
        estimator: The `Estimator` whose model_fn and model_dir are used: that
            which is trained, or one with the same variables.
        input_fn: Input to evaluate on, called for each evaluation.
        steps: Number of batches. Defaults to `None`, all.
        hooks: `SessionRunHook`s for the evaluations.
        name: Name of the evaluation.
        every_n_iter: Training steps between evaluations, > 0.

    Raises:
        ArgumentTypeError: If an argument has the wrong type.
        ConfigError: If `every_n_iter` or `steps` is not positive, or training
            is not on a single machine; when the run begins, if the Scaffold of
            model_fn in EVAL mode has a saver or an init_fn.

    Example:
    ```python
    evaluates = ke.experimental.InMemoryEvaluatorHook(
        estimator, eval_input_fn, every_n_iter=500
    )
    estimator.train(train_input_fn, hooks=[evaluates], max_steps=5000)
    ```
    """

    def __init__(
        self,
        estimator: Any,
        input_fn: InputFn,
        steps: int | None = None,
        hooks: Iterable[Any] | None = None,
        name: str | None = None,
        every_n_iter: int = 100,
    ) -> None:
        check_estimator(estimator)
        _check(estimator, input_fn, steps, name, every_n_iter)
        self._estimator = estimator
        self._input_fn = input_fn
        self._steps = steps
        self._hooks = _checked(hooks)
        self._name = name
        self._every_n_iter = math.ceil(every_n_iter)

    def begin(self) -> None:
        """Starts to count the steps of a call."""
        self._count = self._evaluated_at = 0

    def after_create_session(self, session: Any, coord: Any) -> None:
        """Evaluates what training begins with."""
        self._evaluate(session)

    def steps_until_due(self, global_step: int) -> int:
        """Due by its own count of steps."""
        return max(1, self._evaluated_at + self._every_n_iter - self._count)

    def skip(self, steps: int) -> None:
        """Counts them."""
        self._count += steps

    def after_run(self, run_context: Any, run_values: Any) -> None:
        """Evaluates if it is time."""
        self._count += 1
        if self._count >= self._evaluated_at + self._every_n_iter:
            self._evaluate(run_context.session)

    def end(self, session: Any) -> None:
        """Evaluates what training ends with."""
        self._evaluate(session)

    def _evaluate(self, session: Any) -> None:
        self._estimator.evaluate_in_memory(
            self._input_fn,
            steps=self._steps,
            hooks=self._hooks,
            name=self._name,
            session=session,
        )
        self._evaluated_at = self._count


def _check(
    estimator: Any,
    input_fn: InputFn,
    steps: int | None,
    name: str | None,
    every_n_iter: int,
) -> None:
    config = estimator.config
    if config.num_ps_replicas > 0 or config.num_worker_replicas > 1:
        raise ConfigError(
            "InMemoryEvaluator supports only single machine (aka Local) "
            "setting. Received: an estimator with num_worker_replicas="
            f"{config.num_worker_replicas}, num_ps_replicas="
            f"{config.num_ps_replicas}. Call `evaluate` in a saving listener."
        )
    if not callable(input_fn):
        raise ArgumentTypeError(
            "`input_fn` must be a function. Received: input_fn="
            f"{input_fn!r} (of type {type(input_fn).__name__}). Wrap a dataset "
            "as `lambda: dataset`."
        )
    if not isinstance(name, str | None):
        raise ArgumentTypeError(
            f"`name` must be a string. Received: name={name!r} (of type "
            f"{type(name).__name__})."
        )
    if every_n_iter is not None:
        check_number("every_n_iter", every_n_iter)
    if every_n_iter is None or every_n_iter <= 0:
        raise ConfigError(
            f"invalid every_n_iter={every_n_iter}. It must be > 0: the "
            "training steps from one evaluation to the next."
        )
    if steps is not None:
        check_number("steps", steps)
        if steps <= 0:
            raise ConfigError(f"Must specify steps > 0, given: {steps}")


def _checked(hooks: Iterable[Any] | None) -> list[Any]:
    if hooks is not None and not isinstance(hooks, Iterable):
        raise ArgumentTypeError(
            f"`hooks` must be a list of SessionRunHook objects. Received: "
            f"hooks={hooks!r} (of type {type(hooks).__name__}). Put it into a "
            "list."
        )
    checked = list(hooks or [])
    for hook in checked:
        if not isinstance(hook, _KINDS):
            raise ArgumentTypeError(
                f"Hooks must be a SessionRunHook, given: {hook!r}."
            )
    return checked
