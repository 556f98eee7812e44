"""The values of a model's variables: where they are from, who uses them."""

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
        is_training: Whether a call of train is running.
        is_changing: Whether Keras' loop, which does not report, is running.
    """

    def __init__(self, store: VariableStore | None = None) -> None:
        self.store = VariableStore() if store is None else store
        self.origin: Any = None
        self.readers = 0
        self.is_training = False
        self.is_changing = False
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
        binding = self._free_binding(program)
        binding.in_use = True
        try:
            yield binding
        finally:
            binding.in_use = False

    def own_binding(self, program: Program) -> Binding:
        """Returns a binding for the caller alone, for as long as it likes."""
        binding = self._free_binding(program)
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

    def _free_binding(self, program: Program) -> Binding:
        """Returns a binding that no other call is using.

        A call within a call of the same program (an evaluation from a hook of
        an evaluation) must not share its metrics.
        """
        # The program owns them: they go when it is replaced by another.
        bindings = program.bindings.setdefault(self, [])
        for binding in bindings:
            if not binding.in_use:
                return binding
        binding = Binding(program, self.store)
        binding.enter_variables()
        bindings.append(binding)
        return binding
