"""The values in memory, for calls that read them as they are."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from keras_estimator.engine.binding import Binding
from keras_estimator.engine.program import Program
from keras_estimator.engine.state import ModelState
from keras_estimator.errors import ConfigError


def check_evaluates_memory(program: Program) -> None:
    """Checks that a program means the variables as they are in memory.

    Raises:
        ConfigError: If its Scaffold says how to restore or initialize them.
    """
    scaffold: Any = program.spec.scaffold
    custom = [
        name
        for name, value in (
            ("saver", program.saver),
            ("init_fn", scaffold.init_fn),
        )
        if value is not None
    ]
    if custom:
        raise ConfigError(
            f"InMemoryEvaluator does not support custom {custom[0]}: the "
            "Scaffold of model_fn in mode 'eval' has one, which may give "
            "variables other values than those in memory (moving averages). "
            "Leave it out, or call `evaluate` in a saving listener."
        )


class ValuesInMemory:
    """Lends the values of one state to calls that do not train.

    They are shared where nobody can notice, and copied where the call changes
    variables, has some of its own, or others change them meanwhile.

    Args:
        state: The values.
        lock: Is held while a call begins.
        is_waiting: Whether what trains them waits for the call: it was made
            from a hook, between two steps.

    Attributes:
        lock: As above.
    """

    def __init__(
        self, state: ModelState, lock: threading.RLock, *, is_waiting: bool
    ) -> None:
        self.lock = lock
        self._state = state
        self._is_waiting = is_waiting

    @contextmanager
    def state_to_read(
        self, program: Program, checkpoint: str | None, *, stays_open: bool
    ) -> Iterator[ModelState]:
        """Lends a state to a call that does not train.

        Args:
            program: What the call runs.
            checkpoint: Of no account here.
            stays_open: Whether it may go on while training does.
        """
        with self.lock:
            state = self._choose(program, stays_open)
            state.readers += 1
        try:
            yield state
        finally:
            with self.lock:
                state.readers -= 1

    def _choose(self, program: Program, stays_open: bool) -> ModelState:
        mine = self._state
        changes = program.writes_model([*program.step, *program.updates.forced])
        has_more = bool(mine.without_value(program))
        is_moving = not self._is_waiting and mine.moves_during(
            a_long_call=stays_open
        )
        return mine.copy() if changes or has_more or is_moving else mine

    def provide(
        self,
        state: ModelState,
        binding: Binding,
        session: Any,
        checkpoint: str | None,
    ) -> None:
        """Gives initial values to the variables that are not in memory.

        Args:
            state: The state of the call.
            binding: The program, bound to it.
            session: Of no account here.
            checkpoint: Of no account here.
        """
        missing = state.without_value(binding.program)
        binding.initialize(missing)
        state.validate(missing)
