"""One call of evaluate."""

import time
from collections.abc import Sequence
from contextlib import closing
from typing import Any
from typing import NamedTuple

import keras
import tensorflow as tf

from keras_estimator import summaries
from keras_estimator.calls.memory import ValuesInMemory
from keras_estimator.calls.opening import opened_for_reading
from keras_estimator.calls.progress import CallProgress
from keras_estimator.calls.progress import Source
from keras_estimator.calls.progress import mean_loss
from keras_estimator.calls.results import global_step
from keras_estimator.calls.results import metric_results
from keras_estimator.calls.values import Values
from keras_estimator.engine import loop
from keras_estimator.engine.hook import ScheduledHook
from keras_estimator.engine.hook_runner import HookRunner
from keras_estimator.engine.program import Program
from keras_estimator.engine.steps import StepRunner
from keras_estimator.hooks.callbacks import CallbackRun
from keras_estimator.hooks.callbacks import as_hooks
from keras_estimator.inputs.input_fn import Input

_v1 = tf.compat.v1
# Below so many steps each of them gets a line in the log, else a tenth.
_LOGGED_ONE_BY_ONE = 20


class Evaluation(NamedTuple):
    """What a call of evaluate needs.

    Attributes:
        program: The program of EVAL mode.
        batches: The input.
        values: Where the variables get their values.
        checkpoint: What to evaluate; `None` for initial values, or for what is
            in memory.
        output_dir: Where the events go.
        jit_compile: Whether XLA compiles the steps.
        model: What Keras callbacks among the hooks see.
        progress: Shows how far it is.
    """

    program: Program
    batches: Input
    values: Values | ValuesInMemory
    checkpoint: str | None
    output_dir: str
    jit_compile: bool
    model: keras.Model
    progress: CallProgress


def evaluate(
    call: Evaluation, user_hooks: Sequence[Any], steps: int | None
) -> dict[str, Any]:
    """Evaluates until so many steps are done or the input ends.

    Args:
        call: What it needs.
        user_hooks: The hooks of the caller.
        steps: Number of batches; `None` for all.

    Returns:
        The metrics and the mean loss by name, and `global_step`.
    """
    program = call.program
    run = CallbackRun(
        "test",
        call.model,
        None,
        lambda _: metric_results(session),
        lambda: metric_results(session),
    )
    hooks = [
        *as_hooks(user_hooks, run),
        *([] if steps is None else [_StopAfterStepsHook(steps)]),
        *program.spec.evaluation_hooks,
    ]
    started = time.time()
    _v1.logging.info(
        "Starting evaluation at %s", time.strftime("%Y-%m-%dT%H:%M:%S")
    )
    with opened_for_reading(
        program,
        call.batches,
        call.values,
        call.checkpoint,
        hooks,
        stays_open=False,
    ) as (binding, batches, session):
        binding.show_values()
        runner = HookRunner([*hooks, call.progress], session, [])
        runs = StepRunner(
            binding,
            batches,
            runner.watched,
            counts=False,
            jit_compile=call.jit_compile,
        )
        source = Source(
            call.batches,
            lambda: runs.steps_done,
            lambda: [steps],
            lambda: mean_loss(binding) if runs.steps_done else None,
        )
        with (
            closing(runner),
            program.graph.as_default(),
            call.progress.showing(source),
        ):
            runner.after_create_session()
            loop.run(runner, runs)
            runner.end()
        _v1.logging.info("Inference Time : %0.5fs", time.time() - started)
        _v1.logging.info(
            "Finished evaluation at %s", time.strftime("%Y-%m-%d-%H:%M:%S")
        )
        with call.values.lock:
            # A call of the same program may have shown its own meanwhile.
            binding.show_values()
            results = metric_results(session)
            results["global_step"] = global_step(binding)
    if not runs.steps_done:
        _v1.logging.warning("Evaluation made no steps: the input is empty.")
    with program.graph.as_default():
        summaries.write_evaluation(
            call.output_dir, results, results["global_step"], call.checkpoint
        )
    return results


class _StopAfterStepsHook(ScheduledHook):
    """Ends an evaluation after a number of steps, and logs how far it is."""

    def __init__(self, steps: int) -> None:
        self._steps = steps
        self._done = 0
        one_by_one = steps < _LOGGED_ONE_BY_ONE
        self._between_lines = 1 if one_by_one else steps // 10

    def steps_until_due(self, global_step: int) -> int:
        remaining = self._steps - self._done
        if not tf.get_logger().isEnabledFor(_v1.logging.INFO):
            return max(1, remaining)
        to_next_line = self._between_lines - self._done % self._between_lines
        return max(1, min(remaining, to_next_line))

    def skip(self, steps: int) -> None:
        self._done += steps

    def after_run(self, run_context: Any, run_values: Any) -> None:
        self._done += 1
        if not self._done % self._between_lines or self._done == self._steps:
            _v1.logging.info("Evaluation [%d/%d]", self._done, self._steps)
        if self._done >= self._steps:
            run_context.request_stop()
