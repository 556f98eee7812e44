"""A hook that writes checkpoints, and what listens to it."""

import os
from collections.abc import Iterable
from typing import Any

import tensorflow as tf

from keras_estimator import summaries
from keras_estimator.engine.hook import ScheduledHook
from keras_estimator.errors import ConfigError
from keras_estimator.hooks.timer import SecondOrStepTimer

_v1 = tf.compat.v1


class CheckpointSaverListener(tf.compat.v1.train.CheckpointSaverListener):
    """Base class of what is told about checkpoints: overrides what it needs.

    ```python
    class Announce(CheckpointSaverListener):
        def after_save(self, session, global_step_value):
            print("saved", global_step_value)
    ```

    `after_save` may return True to stop the training.
    """

    # TensorFlow's class logs a deprecation when it is initialized.
    def __init__(self) -> None:
        pass


class CheckpointSaverHook(ScheduledHook):
    """Writes a checkpoint at the start, every N steps or seconds, at the end.

    Args:
        checkpoint_dir: Where the checkpoints go.
        save_secs: Seconds between checkpoints.
        save_steps: Steps between checkpoints.
        saver: A `tf.compat.v1.train.Saver`; by default all variables are saved
            and as many checkpoints kept as the run is configured for.
        checkpoint_basename: Name of the files, to which the step is added.
        scaffold: Has the saver.
        listeners: Are told before and after each checkpoint.
        save_graph_def: Whether to write `graph.pbtxt` and `.meta` files.

    Raises:
        ConfigError: If both `saver` and `scaffold` are given, or not exactly
            one of `save_secs` and `save_steps` is.
    """

    def __init__(
        self,
        checkpoint_dir: str,
        save_secs: float | None = None,
        save_steps: int | None = None,
        saver: Any = None,
        checkpoint_basename: str = "model.ckpt",
        scaffold: Any = None,
        listeners: Iterable[Any] | None = None,
        save_graph_def: bool = True,
    ) -> None:
        if saver is not None and scaffold is not None:
            raise ConfigError("You cannot provide both saver and scaffold.")
        self._saver = saver
        self._scaffold = scaffold
        self._directory = os.fspath(checkpoint_dir)
        self._save_path = os.path.join(self._directory, checkpoint_basename)
        self._timer = SecondOrStepTimer(save_secs, save_steps)
        self._listeners = list(listeners or [])
        self._save_graph_def = save_graph_def

    def add_listeners(self, listeners: Iterable[Any]) -> None:
        """Adds those listeners that it does not have yet."""
        for listener in listeners:
            if listener not in self._listeners:
                self._listeners.append(listener)

    def begin(self) -> None:
        """Finds the event file and the global step."""
        self._summary_writer = summaries.writer(self._directory)
        self._global_step = _v1.train.get_global_step()
        for listener in self._listeners:
            listener.begin()

    def after_create_session(self, session: Any, coord: Any) -> None:
        """Writes the graph and the first checkpoint."""
        step = int(session.run(self._global_step))
        if self._save_graph_def:
            tf.io.write_graph(
                session.graph.as_graph_def(add_shapes=True),
                self._directory,
                "graph.pbtxt",
            )
        self._summary_writer.add_graph(session.graph)
        self._save(session, step)
        self._timer.update_last_triggered_step(step)

    def steps_until_due(self, global_step: int) -> int | None:
        """Due by the global step."""
        return self._timer.steps_until_trigger(global_step)

    def after_run(self, run_context: Any, run_values: Any) -> None:
        """Writes a checkpoint if it is time."""
        step = int(run_context.session.run(self._global_step))
        if self._timer.should_trigger_for_step(step):
            self._timer.update_last_triggered_step(step)
            if self._save(run_context.session, step):
                run_context.request_stop()

    def end(self, session: Any) -> None:
        """Writes the last checkpoint, unless that has just been done."""
        step = int(session.run(self._global_step))
        if step != self._timer.last_triggered_step():
            self._save(session, step)
        for listener in self._listeners:
            listener.end(session, step)

    def _save(self, session: Any, step: int) -> bool:
        """Writes a checkpoint; returns whether a listener wants to stop."""
        _v1.logging.info(
            "Calling checkpoint listeners before saving checkpoint %d...", step
        )
        for listener in self._listeners:
            listener.before_save(session, step)
        _v1.logging.info(
            "Saving checkpoints for %d into %s.", step, self._save_path
        )
        self._chosen_saver(session).save(
            session,
            self._save_path,
            global_step=step,
            write_meta_graph=self._save_graph_def,
        )
        self._summary_writer.add_session_log(
            _v1.SessionLog(
                status=_v1.SessionLog.CHECKPOINT,
                checkpoint_path=self._save_path,
            ),
            step,
        )
        _v1.logging.info(
            "Calling checkpoint listeners after saving checkpoint %d...", step
        )
        stop = False
        for listener in self._listeners:
            if listener.after_save(session, step):
                _v1.logging.info(
                    "A CheckpointSaverListener requested that training be "
                    "stopped. listener: %s",
                    listener,
                )
                stop = True
        return stop

    def _chosen_saver(self, session: Any) -> Any:
        if self._saver is not None:
            return self._saver
        if self._scaffold is not None and self._scaffold.saver is not None:
            return self._scaffold.saver
        return session.saver
