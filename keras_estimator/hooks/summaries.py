"""A hook that writes the summaries of the graph to an event file."""

from typing import Any

import tensorflow as tf

from keras_estimator import summaries
from keras_estimator.engine.hook import ScheduledHook
from keras_estimator.engine.hook import SessionRunArgs
from keras_estimator.errors import ConfigError
from keras_estimator.hooks.timer import SecondOrStepTimer

_v1 = tf.compat.v1


class SummarySaverHook(ScheduledHook):
    """Writes summaries every N steps or every N seconds.

    Args:
        save_steps: Steps between summaries.
        save_secs: Seconds between summaries.
        output_dir: Directory of the event file.
        summary_writer: A writer to use instead.
        scaffold: Has the summary operation; `summary_op` may be `None` there.
        summary_op: A tensor with a serialized summary, or a list of them.

    Raises:
        ConfigError: If not exactly one of `scaffold` and `summary_op`, or of
            `save_steps` and `save_secs`, is given.
    """

    def __init__(
        self,
        save_steps: int | None = None,
        save_secs: float | None = None,
        output_dir: str | None = None,
        summary_writer: Any = None,
        scaffold: Any = None,
        summary_op: Any = None,
    ) -> None:
        if (scaffold is None) == (summary_op is None):
            raise ConfigError(
                "Exactly one of scaffold or summary_op must be provided. "
                f"Received: scaffold={scaffold}, summary_op={summary_op}."
            )
        self._timer = SecondOrStepTimer(save_secs, save_steps)
        self._output_dir = output_dir
        self._summary_writer = summary_writer
        self._scaffold = scaffold
        self._summary_op = summary_op

    def begin(self) -> None:
        """Finds the event file and the global step."""
        if self._summary_writer is None and self._output_dir:
            self._summary_writer = summaries.writer(self._output_dir)
        self._next_step: int | None = None
        self._global_step = _v1.train.get_global_step()

    def steps_until_due(self, global_step: int) -> int | None:
        """Due by the global step; the step after which it is written."""
        return self._timer.steps_until_trigger(global_step)

    def before_run(self, run_context: Any) -> SessionRunArgs:
        """Asks for the summaries if they are to be written."""
        self._is_due = (
            self._next_step is None
            or self._timer.should_trigger_for_step(self._next_step)
        )
        fetches = {"global_step": self._global_step}
        operation = self._operation() if self._is_due else None
        if operation is not None:
            fetches["summary"] = operation
        return SessionRunArgs(fetches)

    def skip(self, steps: int) -> None:
        """Keeps the count of the step that comes next."""
        if self._next_step is not None:
            self._next_step += steps

    def after_run(self, run_context: Any, run_values: Any) -> None:
        """Writes them."""
        if self._summary_writer is None:
            return
        step = int(run_context.session.run(self._global_step))
        if self._next_step is None:
            self._summary_writer.add_session_log(
                _v1.SessionLog(status=_v1.SessionLog.START), step
            )
        if self._is_due:
            self._timer.update_last_triggered_step(step)
            found = run_values.results.get("summary", [])
            if not isinstance(found, (list, tuple)):
                found = [found]
            for summary in found:
                self._summary_writer.add_summary(summary, step)
        self._next_step = step + 1

    def end(self, session: Any = None) -> None:
        """Makes sure that all is on disk."""
        if self._summary_writer is not None:
            self._summary_writer.flush()

    def _operation(self) -> Any:
        if self._summary_op is not None:
            return self._summary_op
        if self._scaffold.summary_op is not None:
            return self._scaffold.summary_op
        merged = _v1.get_collection(_v1.GraphKeys.SUMMARY_OP)
        return merged[0] if merged else None
