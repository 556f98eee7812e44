"""A hook that traces single steps."""

import os
import tempfile
import weakref
from typing import Any

import tensorflow as tf

from keras_estimator import summaries
from keras_estimator._types import Path
from keras_estimator.engine import _tensorflow
from keras_estimator.engine.hook import ScheduledHook
from keras_estimator.hooks import lookup
from keras_estimator.hooks.timeline import Timeline
from keras_estimator.hooks.timer import SecondOrStepTimer
from keras_estimator.hooks.timer import StepAhead

_v1 = tf.compat.v1
_PROFILES = os.path.join("plugins", "profile")


class ProfilerHook(ScheduledHook):
    """Traces a step every N steps, or every N seconds.

    The first step, which also compiles, is never traced. For the step that
    leads to global step 300 this writes, below `output_dir`:

    - `timeline-300.json`, for `chrome://tracing` and `ui.perfetto.dev`;
    - `plugins/profile/step_300`, which TensorBoard shows under "Profile" if it
      has its plugin: `pip install tensorboard-plugin-profile`.

    While another profiler is running (that of Keras' `TensorBoard` callback, or
    `tf.profiler.experimental.start`) nothing is traced, with a warning.

    Args:
        save_steps: Steps between traces.
        save_secs: Seconds between traces.
        output_dir: Where they go; by default the current directory.
        show_dataflow: Whether the timeline has arrows from operations to those
            that use what they make.
        show_memory: Whether the timeline has the bytes in use on devices that
            have memory of their own.

    Raises:
        ConfigError: If not exactly one of `save_steps` and `save_secs` is
            given.
        MissingGlobalStepError: When the run begins, if the graph has none.

    Example:
    ```python
    hook = ProfilerHook(save_steps=1000, output_dir=estimator.model_dir)
    estimator.train(input_fn, hooks=[hook])
    ```
    """

    def __init__(
        self,
        save_steps: int | None = None,
        save_secs: float | None = None,
        output_dir: Path = "",
        show_dataflow: bool = True,
        show_memory: bool = False,
    ) -> None:
        self._timer = SecondOrStepTimer(save_secs, save_steps)
        self._output_dir = os.fspath(output_dir)
        self._show_dataflow = show_dataflow
        self._show_memory = show_memory
        self._trace: _Trace | None = None

    def begin(self) -> None:
        """Finds the global step."""
        self._cancel()
        self._has_warned = False
        self._ahead = StepAhead()
        self._global_step = lookup.global_step(self)

    def steps_until_due(self, global_step: int) -> int | None:
        """Due at the first step, from which it counts, and by the timer."""
        self._ahead.come_to(global_step)
        if self._ahead.step is None or self._is_triggered():
            return 1
        wait = self._timer.steps_until_trigger(global_step)
        return None if wait is None else max(2, wait)

    def skip(self, steps: int) -> None:
        """Counts them."""
        self._ahead.skip(steps)

    def before_run(self, run_context: Any) -> None:
        """Starts to trace if it is time."""
        self._cancel()
        self._ahead.come_to(int(run_context.session.run(self._global_step)))
        if self._is_triggered():
            self._start(run_context)

    def after_run(self, run_context: Any, run_values: Any) -> None:
        """Writes the trace."""
        trace, self._trace = self._trace, None
        profiles = {} if trace is None else trace.stop()
        step = self._ahead.before + 1
        if self._ahead.step is None:
            self._timer.update_last_triggered_step(self._ahead.before)
        if trace is not None:
            step = int(run_context.session.run(self._global_step))
            self._timer.update_last_triggered_step(step)
            self._save(step, profiles, run_context.session.graph)
        self._ahead.ran(step)

    def end(self, session: Any) -> None:
        """Drops the trace of a step that found the end of the input."""
        self._cancel()

    def _is_triggered(self) -> bool:
        ahead = self._ahead.step
        return ahead is not None and self._timer.should_trigger_for_step(ahead)

    def _start(self, run_context: Any) -> None:
        try:
            self._trace = trace = _Trace()
        except tf.errors.AlreadyExistsError:
            self._warn_of_another(self._ahead.step)
            return
        # If the step raises, nobody tells the hook: but then the context goes.
        weakref.finalize(run_context, trace.cancel).atexit = False

    def _warn_of_another(self, step: int | None) -> None:
        if self._has_warned:
            return
        self._has_warned = True
        _v1.logging.warning(
            "ProfilerHook does not trace step %s: another profiler is running, "
            "that of Keras' TensorBoard callback (profile_batch=0 turns it "
            "off) or one that tf.profiler.experimental.start has started. It "
            "will try again at its next steps.",
            step,
        )

    def _cancel(self) -> None:
        trace, self._trace = self._trace, None
        if trace is not None:
            trace.cancel()

    def _save(
        self, step: int, profiles: dict[str, bytes], graph: tf.Graph
    ) -> None:
        path = os.path.join(self._output_dir, f"timeline-{step}.json")
        _v1.logging.info("Saving timeline for %d into '%s'.", step, path)
        # TensorBoard looks for profiles only beside event files.
        summaries.writer(self._output_dir or ".").flush()
        folder = os.path.join(self._output_dir, _PROFILES, f"step_{step}")
        tf.io.gfile.makedirs(folder)
        for name, content in profiles.items():
            with tf.io.gfile.GFile(os.path.join(folder, name), "wb") as file:
                file.write(content)
            timeline = Timeline(_tensorflow.parse_profile(content))
            if self._show_dataflow:
                timeline.add_dataflow(graph)
            if self._show_memory:
                timeline.add_memory()
            with tf.io.gfile.GFile(path, "w") as file:
                file.write(timeline.json())


class _Trace:
    """What TensorFlow's profiler sees from its start to its stop.

    Raises:
        tf.errors.AlreadyExistsError: If another profiler is running.
    """

    def __init__(self) -> None:
        # Names in it are of the second: two steps in one would be the same.
        self._folder = tempfile.TemporaryDirectory()
        self._is_running = False
        try:
            tf.profiler.experimental.start(self._folder.name)
            self._is_running = True
        finally:
            if not self._is_running:
                self._folder.cleanup()

    def stop(self) -> dict[str, bytes]:
        """Returns the profiles, serialized, by the names of their files."""
        self._is_running = False
        try:
            tf.profiler.experimental.stop()
            pattern = os.path.join(self._folder.name, _PROFILES, "*", "*.pb")
            return {
                os.path.basename(path): _content(path)
                for path in tf.io.gfile.glob(pattern)
            }
        except tf.errors.UnavailableError:
            _v1.logging.warning(
                "ProfilerHook has no trace of a step: other code has called "
                "tf.profiler.experimental.stop during it."
            )
            return {}
        finally:
            self._folder.cleanup()

    def cancel(self) -> None:
        """Stops, if it is running, and forgets what was seen."""
        if not self._is_running:
            return
        self._is_running = False
        try:
            tf.profiler.experimental.stop(save=False)
        except tf.errors.UnavailableError:
            # Other code has stopped it: as well.
            return
        finally:
            self._folder.cleanup()


def _content(path: str) -> bytes:
    with tf.io.gfile.GFile(path, "rb") as file:
        return bytes(file.read())
