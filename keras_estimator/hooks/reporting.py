"""Hooks that write lines to the log.

Some of their private members have the names that they have in TensorFlow's
hooks: subclasses of old code use and override them.
"""

import math
from collections.abc import Callable
from collections.abc import Iterable
from collections.abc import Mapping
from typing import Any

import numpy as np
import tensorflow as tf

from keras_estimator import summaries
from keras_estimator.engine.hook import ScheduledHook
from keras_estimator.engine.hook import SessionRunArgs
from keras_estimator.errors import ArgumentTypeError
from keras_estimator.errors import ConfigError
from keras_estimator.hooks import lookup
from keras_estimator.hooks.timer import SecondOrStepTimer

_v1 = tf.compat.v1
_WARNINGS = 5


class _NeverTimer(SecondOrStepTimer):
    """Triggers at no step: what is logged is logged at the end alone."""

    def __init__(self) -> None:
        super().__init__(every_secs=math.inf)

    def should_trigger_for_step(self, step: int) -> bool:
        """Never."""
        return False

    def update_last_triggered_step(self, step: int) -> tuple[None, None]:
        """Notes nothing, so that no line has the seconds since another."""
        return None, None

    def steps_until_trigger(self, step: int) -> None:
        """At no step that is known."""


class LoggingTensorHook(ScheduledHook):
    """Logs tensors every N steps of the call, every N seconds, or at its end.

    Lines have the severity INFO: to see them, call
    `tf.compat.v1.logging.set_verbosity(tf.compat.v1.logging.INFO)`.

    Args:
        tensors: Tag -> tensor or name of one; or an iterable of these, which
            are then their own tags. A dict is logged in order of its tags.
        every_n_iter: Steps between lines, > 0.
        every_n_secs: Seconds between lines.
        at_end: Whether to log at the end of the call as well.
        formatter: Makes the line from a dict of tag -> value.

    Raises:
        ConfigError: If not exactly one of `every_n_iter` and `every_n_secs` is
            given; with `at_end` neither needs to be. When the run begins, if a
            tensor is of another graph, or a name stands for several.
        ArgumentTypeError: If `tensors` is a single name.
        LoggedTensorError: When the run begins, if the graph has no such tensor.

    Example:
    ```python
    hook = LoggingTensorHook({"p": "softmax_tensor"}, every_n_iter=50)
    ```
    """

    def __init__(
        self,
        tensors: Mapping[str, Any] | Iterable[Any],
        every_n_iter: int | None = None,
        every_n_secs: float | None = None,
        at_end: bool = False,
        formatter: Callable[[dict[str, Any]], str] | None = None,
    ) -> None:
        only_at_end = at_end and every_n_iter is None and every_n_secs is None
        if not only_at_end and (every_n_iter is None) == (every_n_secs is None):
            raise ConfigError(
                "either at_end and/or exactly one of every_n_iter and "
                "every_n_secs must be provided. Received: every_n_iter="
                f"{every_n_iter}, every_n_secs={every_n_secs}, at_end={at_end}."
            )
        if every_n_iter is not None and every_n_iter <= 0:
            raise ConfigError(
                f"invalid every_n_iter={every_n_iter}. It must be > 0."
            )
        if isinstance(tensors, str):
            raise ArgumentTypeError(
                "`tensors` must be a dict of tag -> tensor, or a list. "
                f"Received: tensors={tensors!r}. Put the name into a list."
            )
        if isinstance(tensors, Mapping):
            self._tag_order: list[Any] = sorted(tensors)
            self._tensors = dict(tensors)
        else:
            self._tag_order = list(tensors)
            self._tensors = {tag: tag for tag in self._tag_order}
        self._formatter = formatter
        self._log_at_end = at_end
        self._timer = (
            _NeverTimer()
            if only_at_end
            else SecondOrStepTimer(every_n_secs, every_n_iter)
        )

    def begin(self) -> None:
        """Finds the tensors in the graph."""
        self._timer.reset()
        self._iter_count = 0
        self._current_tensors = {
            tag: lookup.tensor(tensor) for tag, tensor in self._tensors.items()
        }

    def steps_until_due(self, global_step: int) -> int | None:
        """Due by its own count of steps, which begins with the call."""
        # Its before_run looks at the steps before the one it is called for.
        if self._timer.should_trigger_for_step(self._iter_count):
            return 1
        wait = self._timer.steps_until_trigger(self._iter_count)
        return None if wait is None else wait + 1

    def skip(self, steps: int) -> None:
        """Counts them."""
        self._iter_count += steps

    def before_run(self, run_context: Any) -> SessionRunArgs | None:
        """Asks for the tensors if they are to be logged."""
        self._should_trigger = self._timer.should_trigger_for_step(
            self._iter_count
        )
        if not self._should_trigger:
            return None
        return SessionRunArgs(self._current_tensors)

    def after_run(self, run_context: Any, run_values: Any) -> None:
        """Logs them."""
        if self._should_trigger:
            self._log_tensors(run_values.results)
        self._iter_count += 1

    def end(self, session: Any) -> None:
        """Logs the values at the end, if asked to."""
        if self._log_at_end:
            self._log_tensors(session.run(self._current_tensors))

    def _log_tensors(self, tensor_values: dict[Any, Any]) -> None:
        seconds, _ = self._timer.update_last_triggered_step(self._iter_count)
        if self._formatter is not None:
            _v1.logging.info(self._formatter(tensor_values))
            return
        with np.printoptions(suppress=True):
            # Not by format(), which shows the digits of a float64.
            parts = [
                f"{tag} = {tensor_values[tag]!s}" for tag in self._tag_order
            ]
        line = ", ".join(parts)
        if seconds is None:
            _v1.logging.info("%s", line)
        else:
            _v1.logging.info("%s (%.3f sec)", line, seconds)


class StepCounterHook(ScheduledHook):
    """Logs steps per second, and writes them as a summary.

    The first step starts the clock. If the global step stays where it is, it
    warns.

    Args:
        every_n_steps: Steps between lines.
        every_n_secs: Seconds between lines.
        output_dir: Where to write the summary `global_step/sec`.
        summary_writer: A writer to use instead.

    Raises:
        ConfigError: If not exactly one of the first two is given.
        MissingGlobalStepError: When the run begins, if the graph has none.

    Example:
    ```python
    hook = StepCounterHook(every_n_steps=None, every_n_secs=60)
    ```
    """

    def __init__(
        self,
        every_n_steps: int | None = 100,
        every_n_secs: float | None = None,
        output_dir: str | None = None,
        summary_writer: Any = None,
    ) -> None:
        if (every_n_steps is None) == (every_n_secs is None):
            raise ConfigError(
                "exactly one of every_n_steps and every_n_secs should be "
                f"provided. Received: every_n_steps={every_n_steps}, "
                f"every_n_secs={every_n_secs}."
            )
        self._timer = SecondOrStepTimer(every_n_secs, every_n_steps)
        self._output_dir = output_dir
        self._summary_writer = summary_writer
        self._warnings_left = _WARNINGS

    def begin(self) -> None:
        """Finds the global step and the event file."""
        if self._summary_writer is None and self._output_dir:
            self._summary_writer = summaries.writer(self._output_dir)
        self._global_step_tensor = lookup.global_step(self)
        self._summary_tag = f"{self._global_step_tensor.op.name}/sec"
        self._last_global_step: int | None = None
        # Where the steps began that it has not been told of yet.
        self._begun: int | None = None

    def steps_until_due(self, global_step: int) -> int | None:
        """Due by the global step."""
        if self._begun is None:
            self._begun = global_step
        return self._timer.steps_until_trigger(global_step)

    def skip(self, steps: int) -> None:
        """Looks whether the steps before have advanced the global step."""
        if steps:
            self._check_advance()

    def before_run(self, run_context: Any) -> None:
        """Looks where the step begins."""
        self._begun = int(run_context.session.run(self._global_step_tensor))

    def after_run(self, run_context: Any, run_values: Any) -> None:
        """Logs the rate since the last line."""
        self._log_if_due(run_context)
        self._check_advance()

    def end(self, session: Any) -> None:
        """Makes sure that all is on disk."""
        if self._summary_writer is not None:
            self._summary_writer.flush()

    def _check_advance(self) -> None:
        """Warns if these steps began where those before them did."""
        begun, self._begun = self._begun, None
        if begun is None:  # That is not known.
            return
        last, self._last_global_step = self._last_global_step, begun
        if begun != last or not self._warnings_left:
            return
        self._warnings_left -= 1
        _v1.logging.warning(
            "It seems that global step (tf.train.get_global_step) has not been "
            "increased. Current value (could be stable): %s vs previous value: "
            "%s. You could increase the global step by passing "
            "tf.train.get_global_step() to Optimizer.apply_gradients or "
            "Optimizer.minimize.",
            begun,
            last,
        )

    def _log_if_due(self, run_context: Any) -> None:
        step = int(run_context.session.run(self._global_step_tensor))
        if not self._timer.should_trigger_for_step(step):
            return
        seconds, steps = self._timer.update_last_triggered_step(step)
        if seconds is None or steps is None:
            return
        self._log_and_record(steps, seconds, step)

    # Subclasses of old code override it, under this name.
    def _log_and_record(
        self, elapsed_steps: int, elapsed_time: float, global_step: int
    ) -> None:
        rate = elapsed_steps / elapsed_time if elapsed_time > 0 else math.inf
        if self._summary_writer is not None:
            self._summary_writer.add_summary(
                summaries.scalars({self._summary_tag: rate}), global_step
            )
        _v1.logging.info("%s: %g", self._summary_tag, rate)
