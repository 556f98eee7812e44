"""A hook that writes checkpoints, and what listens to it.

Some of its private members have the names that they have in TensorFlow's hook:
subclasses of old code use and override them.
"""

import os
import time
from collections.abc import Iterable
from typing import Any

import tensorflow as tf

from keras_estimator import summaries
from keras_estimator.checkpoint import meta_graph
from keras_estimator.checkpoint.directory import Retention
from keras_estimator.checkpoint.failures import naming_failed_writes
from keras_estimator.checkpoint.saver import BundleSaver
from keras_estimator.engine.hook import ScheduledHook
from keras_estimator.engine.session import GraphSession
from keras_estimator.errors import ConfigError
from keras_estimator.errors import SaverError
from keras_estimator.hooks import lookup
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
            and as many checkpoints kept as the run is configured for. In a
            `tf.compat.v1.train.MonitoredSession`, that of its graph.
        checkpoint_basename: Name of the files, to which the step is added.
        scaffold: Has the saver.
        listeners: Are told before and after each checkpoint.
        save_graph_def: Whether to write `graph.pbtxt` and `.meta` files.

    Raises:
        ConfigError: If both `saver` and `scaffold` are given, or not exactly
            one of `save_secs` and `save_steps` is.
        MissingGlobalStepError: When the run begins, if the graph has none.
        SaverError: When it saves in a `MonitoredSession`, if there is no saver,
            or more than one.

    Example:
    ```python
    hook = CheckpointSaverHook("backup", save_secs=3600)
    estimator.train(input_fn, hooks=[hook])
    ```
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
        _v1.logging.info("Create CheckpointSaverHook.")
        if saver is not None and scaffold is not None:
            raise ConfigError("You cannot provide both saver and scaffold.")
        self._saver = saver
        self._scaffold = scaffold
        self._checkpoint_dir = os.fspath(checkpoint_dir)
        self._save_path = os.path.join(
            self._checkpoint_dir, checkpoint_basename
        )
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
        self._summary_writer = summaries.writer(self._checkpoint_dir)
        self._global_step_tensor = lookup.global_step(self)
        for listener in self._listeners:
            listener.begin()

    def after_create_session(self, session: Any, coord: Any) -> None:
        """Writes the graph and the first checkpoint."""
        step = int(session.run(self._global_step_tensor))
        if self._save_graph_def:
            meta_graph.write_graph(self._checkpoint_dir, session.graph)
        summaries.add_graph(self._summary_writer, session.graph)
        self._summary_writer.add_event(
            _v1.Event(
                meta_graph_def=self._meta_graph(session), wall_time=time.time()
            )
        )
        self._save(session, step)
        self._timer.update_last_triggered_step(step)

    def steps_until_due(self, global_step: int) -> int | None:
        """Due by the global step."""
        return self._timer.steps_until_trigger(global_step)

    def after_run(self, run_context: Any, run_values: Any) -> None:
        """Writes a checkpoint if it is time."""
        step = int(run_context.session.run(self._global_step_tensor))
        if self._timer.should_trigger_for_step(step):
            self._timer.update_last_triggered_step(step)
            if self._save(run_context.session, step):
                run_context.request_stop()

    def end(self, session: Any) -> None:
        """Writes the last checkpoint, unless that has just been done."""
        step = int(session.run(self._global_step_tensor))
        if step != self._timer.last_triggered_step():
            self._save(session, step)
        for listener in self._listeners:
            listener.end(session, step)
        self._summary_writer.flush()

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
        saver = self._get_saver()
        with naming_failed_writes(f"{self._save_path}-{step}"):
            saver.save(
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

    def _meta_graph(self, session: Any) -> bytes:
        if isinstance(session, GraphSession):
            return meta_graph.serialized(session.binding.program)
        saver = self._get_saver()
        if isinstance(saver, SaverOfSession):
            saver = _saver_of(session)
        exported = _v1.train.export_meta_graph(
            graph=session.graph, saver_def=saver.saver_def
        )
        return exported.SerializeToString()

    # Subclasses of old code use and override it, under this name.
    def _get_saver(self) -> Any:
        if self._saver is not None:
            return self._saver
        if self._scaffold is not None and self._scaffold.saver is not None:
            return self._scaffold.saver
        return SaverOfSession()


class SaverOfSession:
    """Saves as the session is configured to that it is given.

    It has what hooks use of a `tf.compat.v1.train.Saver`.

    Attributes:
        saver_def: `None`, as that is the session's, too.

    Example:
    ```python
    SaverOfSession().save(session, "model/model.ckpt", global_step=10)
    ```
    """

    saver_def = None

    def save(
        self,
        sess: Any,
        save_path: str,
        global_step: int | None = None,
        write_meta_graph: bool = True,
    ) -> str:
        """Writes a checkpoint, and returns its path.

        Args:
            sess: The session.
            save_path: Path without step and endings: `model_dir/model.ckpt`.
            global_step: Is appended to the path.
            write_meta_graph: Whether to write the `.meta` file.

        Raises:
            SaverError: If the session is not of this package, and its graph
                does not have exactly one saver.
        """
        return _saver_of(sess).save(
            sess,
            save_path,
            global_step=global_step,
            write_meta_graph=write_meta_graph,
        )


class BackgroundSaver(SaverOfSession):
    """Lets training go on while a checkpoint is written.

    For a call whose hooks do not look at checkpoints: one is there only some
    time after it was saved. Who opens the call waits for the last one.
    """

    def save(
        self,
        sess: Any,
        save_path: str,
        global_step: int | None = None,
        write_meta_graph: bool = True,
    ) -> str:
        """Begins to write a checkpoint, and returns its path.

        It takes the arguments of a `SaverOfSession`, and raises what the
        checkpoint before could not be written for.
        """
        saver = _saver_of(sess)
        in_background = isinstance(saver, BundleSaver)
        save = saver.save_in_background if in_background else saver.save
        return save(
            sess,
            save_path,
            global_step=global_step,
            write_meta_graph=write_meta_graph,
        )


def _saver_of(session: Any) -> Any:
    if not isinstance(session, GraphSession):
        return _saver_in(session.graph)
    # Calls that do not train have none.
    of_call = session.saver or BundleSaver(Retention())
    return session.binding.program.saver or of_call


def _saver_in(graph: tf.Graph) -> Any:
    """Returns the saver of a graph that is not of this package.

    Raises:
        SaverError: If it has none, or several.
    """
    key = _v1.GraphKeys.SAVERS
    savers = graph.get_collection(key)
    if not savers:
        raise SaverError(
            f"No items in collection {key}. Please add a saver to the "
            "collection or provide a saver or scaffold: `CheckpointSaverHook("
            "..., saver=tf.compat.v1.train.Saver())`."
        )
    if len(savers) > 1:
        raise SaverError(
            f"More than one item in collection {key}: it has {len(savers)}. "
            "Please indicate which one to use by passing it to the constructor:"
            " `CheckpointSaverHook(..., saver=...)`."
        )
    return savers[0]
