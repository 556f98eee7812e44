"""Hooks that a TPUEstimator adds to those of model_fn."""

import math
from typing import Any

import tensorflow as tf

from keras_estimator import summaries
from keras_estimator.engine.hook import SessionRunArgs
from keras_estimator.engine.hook import SessionRunHook
from keras_estimator.hooks.reporting import StepCounterHook

_v1 = tf.compat.v1


class HostCallHook(SessionRunHook):
    """Runs what the function of a host call has returned, at each step.

    Args:
        fetches: A tensor or operation, or a nest of these; `None` for nothing.
    """

    def __init__(self, fetches: Any) -> None:
        self._fetches = fetches

    def before_run(self, run_context: Any) -> SessionRunArgs:
        """Asks for it."""
        return SessionRunArgs(self._fetches)


class ExamplesPerSecondHook(StepCounterHook):
    """Logs steps and examples per second, and writes them as summaries.

    Args:
        batch_size: Examples in a batch; `None` if nobody knows: only steps are
            counted then.
        every_n_steps: Steps between lines.
        every_n_secs: Seconds between lines. Exactly one of the two is given.
        output_dir: Where to write `global_step/sec` and `examples/sec`.
        summary_writer: A writer to use instead.

    Raises:
        ConfigError: If not exactly one of steps and seconds is given.
    """

    def __init__(
        self,
        batch_size: int | None,
        every_n_steps: int | None = 100,
        every_n_secs: float | None = None,
        output_dir: str | None = None,
        summary_writer: Any = None,
    ) -> None:
        super().__init__(
            every_n_steps, every_n_secs, output_dir, summary_writer
        )
        self._batch_size = batch_size

    def _log_and_record(
        self, elapsed_steps: int, elapsed_time: float, global_step: int
    ) -> None:
        steps = elapsed_steps / elapsed_time if elapsed_time > 0 else math.inf
        rates = {"global_step/sec": steps}
        if self._batch_size is not None:
            rates["examples/sec"] = self._batch_size * steps
        for tag, rate in rates.items():
            if self._summary_writer is not None:
                self._summary_writer.add_summary(
                    summaries.scalars({tag: rate}), global_step
                )
            _v1.logging.info("%s: %g", tag, rate)
