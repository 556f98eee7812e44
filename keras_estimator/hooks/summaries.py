"""A hook that writes the summaries of the graph to an event file.

Some of its private members have the names that they have in TensorFlow's hook:
subclasses of old code use and override them.
"""

from typing import Any

import tensorflow as tf

from keras_estimator import summaries
from keras_estimator.engine.hook import ScheduledHook
from keras_estimator.engine.hook import SessionRunArgs
from keras_estimator.errors import ConfigError
from keras_estimator.hooks import lookup
from keras_estimator.hooks.timer import SecondOrStepTimer
from keras_estimator.hooks.timer import StepAhead

_v1 = tf.compat.v1


class SummarySaverHook(ScheduledHook):
    """Writes summaries every N steps or every N seconds.

    `Estimator.train` has one for the summaries that model_fn makes, those of
    `tf.compat.v1.summary` and those of `tf.summary`. In an evaluation, among
    the `evaluation_hooks` of an `EstimatorSpec`, one writes what it is given
    for each batch:

    ```python
    tf.compat.v1.summary.histogram("predictions", predictions)
    hook = SummarySaverHook(
        save_steps=1,
        output_dir=os.path.join(config.model_dir, "eval"),
        summary_op=tf.compat.v1.summary.merge_all(),
    )
    ```

    Args:
        save_steps: Steps between summaries.
        save_secs: Seconds between summaries.
        output_dir: Directory of the event file.
        summary_writer: A writer to use instead.
        scaffold: Has the summary operation; `summary_op` may be `None` there.
            The summaries of `tf.summary` are written as well.
        summary_op: A tensor with a serialized summary, or a list of them; or
            `tf.compat.v1.summary.all_v2_summary_ops()`, for the summaries of
            `tf.summary`.

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
        self._ahead = StepAhead()

    def begin(self) -> None:
        """Finds the event file, the global step and the summaries."""
        if self._summary_writer is None and self._output_dir:
            self._summary_writer = summaries.writer(self._output_dir)
        self._ahead = StepAhead()
        self._recording: Any = None
        self._global_step_tensor = lookup.global_step(self)
        graph = _v1.get_default_graph()
        writes_v2 = self._scaffold is not None or any(
            getattr(op, "dtype", None) == tf.bool
            for op in tf.nest.flatten(self._summary_op)
        )
        # A session of TensorFlow's own has a graph without one.
        self._log = getattr(graph, "summary_log", None) if writes_v2 else None

    def steps_until_due(self, global_step: int) -> int | None:
        """Due by the global step; the step after which it is written."""
        if self._summary_writer is None:
            return None
        self._ahead.come_to(global_step)
        if self._is_triggered():
            return 1
        wait = self._timer.steps_until_trigger(global_step)
        return None if wait is None else max(2, wait)

    def before_run(self, run_context: Any) -> SessionRunArgs:
        """Asks for the summaries if they are to be written."""
        self._ahead.come_to(
            int(run_context.session.run(self._global_step_tensor))
        )
        self._request_summary = self._is_triggered()
        fetches: dict[str, Any] = {"global_step": self._global_step_tensor}
        if self._request_summary:
            with run_context.session.graph.as_default():
                operations = self._get_summary_op()
            if operations is not None:
                fetches["summary"] = operations
            if self._log is not None:
                self._recording = self._log.record()
        return SessionRunArgs(fetches)

    def skip(self, steps: int) -> None:
        """Counts them."""
        self._ahead.skip(steps)

    def after_run(self, run_context: Any, run_values: Any) -> None:
        """Writes them."""
        if self._summary_writer is None:
            return
        step = self._ahead.before + 1
        if self._request_summary:
            step = int(run_context.session.run(self._global_step_tensor))
        if self._next_step is None:
            self._summary_writer.add_session_log(
                _v1.SessionLog(status=_v1.SessionLog.START), step
            )
        if self._request_summary:
            self._timer.update_last_triggered_step(step)
            for found in run_values.results.get("summary", []):
                # Operations of `tf.summary` return whether they have written.
                if isinstance(found, bytes):
                    self._summary_writer.add_summary(found, step)
            self._write_recorded(step)
        self._ahead.ran(step)

    def end(self, session: Any = None) -> None:
        """Makes sure that all is on disk."""
        if self._summary_writer is not None:
            self._summary_writer.flush()

    def _is_triggered(self) -> bool:
        step = self._next_step
        return step is None or self._timer.should_trigger_for_step(step)

    @property
    def _next_step(self) -> int | None:
        return self._ahead.step

    @_next_step.setter
    def _next_step(self, step: int | None) -> None:
        self._ahead.step = step

    def _get_summary_op(self) -> list[Any] | None:
        """Returns what to fetch for the summaries of the default graph."""
        if self._summary_op is not None:
            return tf.nest.flatten(self._summary_op)
        merged = [
            self._scaffold.summary_op,
            *_v1.get_collection(_v1.GraphKeys.SUMMARY_OP),
        ]
        first = [op for op in merged if op is not None][:1]
        return [*first, *_v1.summary.all_v2_summary_ops()] or None

    def _write_recorded(self, step: int) -> None:
        """Writes what operations of `tf.summary` have handed over."""
        recording, self._recording = self._recording, None
        found = {} if recording is None else recording.summaries(step)
        for at_step, summary in found.items():
            self._summary_writer.add_summary(summary, at_step)
