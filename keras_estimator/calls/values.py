"""Where the variables of a call get their values.

An Estimator is its model_dir: each call begins with the newest checkpoint, or
the given one, and without any with initial values. Memory is only a copy of
that: when it still holds just what the checkpoint does, nothing is read.
"""

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from typing import NamedTuple

import tensorflow as tf

from keras_estimator.calls.memory import ValuesInMemory
from keras_estimator.checkpoint import bundle
from keras_estimator.checkpoint import directory
from keras_estimator.checkpoint import starting
from keras_estimator.checkpoint.directory import Identity
from keras_estimator.checkpoint.directory import Retention
from keras_estimator.checkpoint.saver import BundleSaver
from keras_estimator.engine import _tensorflow
from keras_estimator.engine.binding import Binding
from keras_estimator.engine.program import Program
from keras_estimator.engine.runtime import Runtime
from keras_estimator.engine.session import GraphSession
from keras_estimator.engine.state import ModelState
from keras_estimator.errors import CheckpointPathError
from keras_estimator.errors import NotBuiltError
from keras_estimator.run_config import RunConfig

_v1 = tf.compat.v1


class Origin(NamedTuple):
    """Where the values of a state are from.

    Attributes:
        checkpoint: The checkpoint.
        saver: The user's saver that read it, which may give a variable the
            value of another (its moving average); `None` for our own reading.
    """

    checkpoint: Identity
    saver: Any


class Values:
    """Lends the values of an Estimator's variables to its calls.

    Args:
        runtime: Has the state that training changes.
        model_dir: Has the checkpoints.

    Attributes:
        lock: Is held while a call begins: other threads must not choose, or
            give values to, the same state.
    """

    def __init__(self, runtime: Runtime, model_dir: str) -> None:
        self._runtime = runtime
        self._model_dir = model_dir
        self.lock = threading.RLock()
        # For evaluating or predicting with values that are not in memory.
        self._scratch = ModelState()
        # Of the session of another Estimator, for evaluating it with ours.
        self._theirs = ModelState()
        runtime.provide = self._provide_newest

    def newest_checkpoint(self) -> str | None:
        """Returns the path of the newest checkpoint in model_dir, if any."""
        return directory.latest(self._model_dir)

    def checkpoint_to_continue(self) -> str | None:
        """Returns the checkpoint from which training goes on, if any.

        Raises:
            CheckpointPathError: If the state file names one that is gone:
                starting anew would overwrite what is left.
        """
        newest = self.newest_checkpoint()
        state = tf.train.get_checkpoint_state(self._model_dir)
        if newest is None and state and state.model_checkpoint_path:
            raise CheckpointPathError(
                f"The file `checkpoint` in {self._model_dir!r} says that the "
                f"newest checkpoint is {state.model_checkpoint_path!r}, which "
                "is not there. Restore its files, or name one that exists in "
                "that file, or train in a new `model_dir`."
            )
        return newest

    def state_to_train(self, checkpoint: str | None) -> ModelState:
        """Returns the state for a call of train.

        Args:
            checkpoint: From which it begins; `None` for initial values.
        """
        self._warn_if_ahead(checkpoint)
        state = self._runtime.state_to_change()
        if checkpoint is None and not (state.is_empty or state.was_fitted):
            # What an earlier call left unsaved is gone, as its session was.
            state = self._runtime.state = ModelState()
        return state

    @contextmanager
    def state_to_read(
        self, program: Program, checkpoint: str | None, *, stays_open: bool
    ) -> Iterator[ModelState]:
        """Lends a state to a call that does not train.

        Args:
            program: What the call runs.
            checkpoint: Whose values it wants; `None` for initial values.
            stays_open: Whether it may go on while training does.
        """
        with self.lock:
            self._warn_if_ahead(checkpoint)
            state = self._choose(program, checkpoint, stays_open)
            state.readers += 1
        try:
            yield state
        finally:
            with self.lock:
                state.readers -= 1

    def _choose(
        self, program: Program, checkpoint: str | None, stays_open: bool
    ) -> ModelState:
        mine = self._runtime.state
        changes = program.writes_model([*program.step, *program.updates.forced])
        is_moving = mine.moves_during(a_long_call=stays_open)
        may_share = not changes and not is_moving
        if checkpoint is None:
            if not mine.was_fitted:
                return ModelState()
            return mine if may_share else mine.copy()
        if may_share and mine.is_at(_origin(checkpoint, program)):
            return mine
        if self._scratch.readers:
            return ModelState()
        return self._scratch

    def provide(
        self,
        state: ModelState,
        binding: Binding,
        session: GraphSession,
        checkpoint: str | None,
    ) -> None:
        """Gives the variables of a program the values that a call begins with.

        Args:
            state: The state of the call.
            binding: The program, bound to it.
            session: For the `init_fn` of the user's Scaffold.
            checkpoint: Where the values are; `None` for initial values.
        """
        program = binding.program
        if checkpoint is None:
            self._runtime.give_loaded(state, binding)
            if state.without_value(program):
                starting.initialize(state, binding, session)
            return
        origin = _origin(checkpoint, program)
        if not state.is_at(origin):
            state.forget()
        if state.without_value(program):
            starting.restore(state, binding, session, checkpoint)
            state.mark(origin)
        else:
            # As good as done: memory holds the same.
            _v1.logging.info("Restoring parameters from %s", checkpoint)

    def in_memory(self, session: Any = None) -> ValuesInMemory:
        """Returns the values that are in memory now, whatever is saved.

        Args:
            session: The session of a hook whose run waits for the caller: its
                values; `None` for those of the Estimator.

        Raises:
            NotBuiltError: If there are none.
        """
        mine = self._runtime.state
        if session is not None:
            if session.binding.store is mine.store:
                return ValuesInMemory(mine, self.lock, is_waiting=True)
            return ValuesInMemory(
                self._state_of(session), self.lock, is_waiting=True
            )
        if mine.is_empty:
            raise NotBuiltError(
                "There are no weights in memory yet. Call `train`, or "
                "`estimator.model.fit`, before; or evaluate a checkpoint with "
                "`evaluate`."
            )
        return ValuesInMemory(mine, self.lock, is_waiting=False)

    def _state_of(self, session: Any) -> ModelState:
        store = session.binding.store
        if self._theirs.store is not store:
            self._theirs = ModelState(store)
        self._theirs.validate(session.binding.program.model_records)
        return self._theirs

    def recover(self, saver: Any) -> None:
        """Tells a user's saver of the checkpoints that are there already.

        It deletes old ones only of those that it knows.
        """
        state = tf.train.get_checkpoint_state(self._model_dir)
        if state is not None:
            saver.recover_last_checkpoints(state.all_model_checkpoint_paths)

    @contextmanager
    def training(self, program: Program) -> Iterator[None]:
        """Notes which program a call of train is running."""
        before, self._runtime.training = self._runtime.training, program
        try:
            yield
        finally:
            self._runtime.training = before

    def step_of(self, checkpoint: str | None) -> int:
        """Returns the global step of a checkpoint, 0 if it has none."""
        return 0 if checkpoint is None else bundle.global_step(checkpoint)

    def save(self, config: RunConfig) -> str:
        """Writes what is in memory to model_dir; returns the path."""
        program = self._runtime.fullest_program()
        retention = Retention(
            config.keep_checkpoint_max, config.keep_checkpoint_every_n_hours
        )
        with (
            _tensorflow.eager_mode(),
            self._runtime.state.bound(program) as binding,
        ):
            self._runtime.give(binding)
            return BundleSaver(retention, self.saved).save(
                GraphSession(binding),
                os.path.join(self._model_dir, "model.ckpt"),
                int(binding.store["global_step"].numpy()),
                config.checkpoint_save_graph_def,
            )

    def saved(self, path: str) -> None:
        """Takes note that the state in memory was written to a checkpoint."""
        self._runtime.state.mark(Origin(directory.identify(path), None))

    def _provide_newest(self, state: ModelState, binding: Binding) -> None:
        """Gives values to a program that Keras' loops run."""
        session = GraphSession(binding)
        if not state.is_empty:
            missing = state.without_value(binding.program)
            if missing and state.origin is not None:
                prefix = state.origin.checkpoint.prefix
                with state.store.keeping_note():
                    starting.restore_records(binding, missing, prefix)
                state.validate(missing)
            elif missing:
                starting.initialize(state, binding, session)
            return
        self.provide(state, binding, session, self.newest_checkpoint())

    def _warn_if_ahead(self, checkpoint: str | None) -> None:
        """Warns that what was done in memory is not in the checkpoint."""
        state = self._runtime.state
        if not state.was_fitted or checkpoint is None:
            return
        with _tensorflow.eager_mode():
            in_memory = int(state.store["global_step"].numpy())
        saved = self.step_of(checkpoint)
        if in_memory == saved:
            _v1.logging.warning(
                "The weights in memory have been set since step %d. This call "
                "uses the checkpoint %s of that step, as every call of an "
                "Estimator does. Save what is in memory with "
                "`estimator.save_checkpoint()` before, to go on with it.",
                in_memory,
                checkpoint,
            )
        if in_memory > saved:
            _v1.logging.warning(
                "The weights in memory are at step %d: `fit` has trained them. "
                "This call uses the newest checkpoint, of step %d, as every "
                "call of an Estimator does. Save what is in memory with "
                "`estimator.save_checkpoint()` before, to go on with it.",
                in_memory,
                saved,
            )


def _origin(checkpoint: str, program: Program) -> Origin:
    return Origin(directory.identify(checkpoint), program.saver)
