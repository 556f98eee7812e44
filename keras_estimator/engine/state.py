"""The values of a model's variables: where they are from, who uses them."""

import threading
from collections.abc import Iterator
from collections.abc import Sequence
from contextlib import contextmanager
from typing import Any

from keras_estimator.engine.binding import Binding
from keras_estimator.engine.graph import VariableRecord
from keras_estimator.engine.program import Program
from keras_estimator.engine.variables import VariableStore


class ModelState:
    """Variables with values, and the programs bound to them.

    Attributes:
        store: The variables.
        origin: What `mark` was last told that the values are: the identity of
            a checkpoint, or `None` for initial values.
        readers: How many calls hold on to these values while others may run.
        is_changing: Whether Keras' loop, which does not report, is running.
    """

    def __init__(self, store: VariableStore | None = None) -> None:
        self.store = VariableStore() if store is None else store
        self.origin: Any = None
        self.readers = 0
        self.is_changing = False
        # The thread in which a call of train is running, if one is.
        self._trained_by: int | None = None
        self._choosing = threading.Lock()
        self._was_fitted = False
        self._version = 0
        self._valid: set[str] = set()

    def is_at(self, origin: Any) -> bool:
        """Whether the values are still exactly those of `origin`."""
        return (
            origin is not None
            and not self.is_changing
            and self.origin == origin
            and self.store.version == self._version
        )

    @contextmanager
    def training(self) -> Iterator[None]:
        """Marks the values as being trained by a call while the block runs."""
        self._trained_by = threading.get_ident()
        try:
            yield
        finally:
            self._trained_by = None

    def moves_during(self, *, a_long_call: bool) -> bool:
        """Whether the values may change during a call that reads them.

        Args:
            a_long_call: Whether the call may go on while its caller does other
                things. Otherwise a call of train that is running in this
                thread waits for it: it was made from a hook or a listener.
        """
        if self.is_changing:
            return True
        if self._trained_by is None:
            return False
        return a_long_call or self._trained_by != threading.get_ident()

    @property
    def was_fitted(self) -> bool:
        """Whether Keras' loop, or the user, has changed values since `mark`."""
        return self._was_fitted or self.store.was_assigned

    @was_fitted.setter
    def was_fitted(self, value: bool) -> None:
        self._was_fitted = self.store.was_assigned = value

    @property
    def is_empty(self) -> bool:
        """Whether no variable has been given a value yet."""
        return not self._valid

    def mark(self, origin: Any) -> None:
        """Notes that the values are those of `origin` now."""
        self.origin = origin
        self.was_fitted = False
        self._version = self.store.version

    def forget(self) -> None:
        """Makes all values invalid: they are about to be replaced."""
        self._valid.clear()

    def without_value(self, program: Program) -> Sequence[VariableRecord]:
        """Returns the variables of a program that need a value yet."""
        return [
            record
            for record in program.model_records
            if record.name not in self._valid
        ]

    def validate(self, records: Sequence[VariableRecord]) -> None:
        """Notes that variables have been given their values."""
        self._valid.update(record.name for record in records)

    @contextmanager
    def bound(self, program: Program) -> Iterator[Binding]:
        """Lends a binding of `program` to these values to one call."""
        binding = self.own_binding(program)
        try:
            yield binding
        finally:
            binding.end_call()
            binding.in_use = False

    def own_binding(self, program: Program) -> Binding:
        """Returns a binding for the caller alone, for as long as it likes.

        A call within a call of the same program (an evaluation from a hook of
        an evaluation) must not share its metrics.
        """
        with self._choosing:
            # The program owns them: they go when it is replaced by another.
            bindings = program.bindings.setdefault(self, [])
            for binding in bindings:
                if not binding.in_use:
                    break
            else:
                binding = Binding(program, self.store)
                binding.enter_variables()
                bindings.append(binding)
            binding.in_use = True
        return binding

    def copy(self) -> "ModelState":
        """Returns the same values in variables of their own."""
        other = ModelState(self.store.copy())
        other._valid = set(self._valid)
        other.was_fitted = self.was_fitted
        if self.is_at(self.origin):
            other.mark(self.origin)
        return other
