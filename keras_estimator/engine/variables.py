"""VariableStore: the variables that programs share, by their TF1 names."""

from collections.abc import Iterable
from collections.abc import Iterator
from contextlib import contextmanager

import tensorflow as tf

from keras_estimator.engine import _tensorflow
from keras_estimator.engine.graph import VariableRecord
from keras_estimator.errors import ModelFnError


class VariableStore:
    """Name -> variable, for the variables of one model in one state.

    Names are what a TF1 checkpoint calls them (`dense/kernel`,
    `dense/kernel/Adam`), for Keras variables their path. A variable enters
    without a value and gets it from a checkpoint or from its initializer.

    Attributes:
        version: Grows with each run that may have changed a value.
        was_assigned: Whether code outside of programs has assigned values:
            the user's, who gets the variables from `EstimatorModel`.

    Example:
    >>> store = VariableStore()
    >>> "dense/kernel" in store
    False
    """

    def __init__(self) -> None:
        self._variables: dict[str, tf.Variable] = {}
        self.version = 0
        self.was_assigned = False

    def __contains__(self, name: str) -> bool:
        return name in self._variables

    def __getitem__(self, name: str) -> tf.Variable:
        return self._variables[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._variables)

    def __len__(self) -> int:
        return len(self._variables)

    def enter(self, record: VariableRecord) -> tf.Variable:
        """Returns the variable of `record`, made without a value if new.

        Raises:
            ModelFnError: If model_fn gives it another shape or dtype than it
                did in an earlier call.
        """
        name, graph_variable = record.name, record.variable
        if name not in self._variables:
            self._variables[name] = _tensorflow.uninitialized_variable(
                name,
                graph_variable.shape,
                graph_variable.dtype.base_dtype,
                trainable=bool(record.is_trainable),
                on_assign=self._note_assign,
            )
        mine = self._variables[name]
        if (
            not mine.shape.is_compatible_with(graph_variable.shape)
            or mine.dtype != graph_variable.dtype.base_dtype
        ):
            raise ModelFnError(
                f"Variable `{name}` is {_describe(graph_variable)} in this "
                f"call of model_fn, but {_describe(mine)} in an earlier one. "
                "Programs of all modes share their variables by name: give "
                "the two variables different names, or the same shape."
            )
        return mine

    def is_initialized(self, name: str) -> bool:
        """Whether the variable has a value."""
        return bool(self._variables[name].is_initialized())

    def uninitialized(self, names: Iterable[str]) -> list[str]:
        """Returns those of `names` that have no value yet."""
        return [name for name in names if not self.is_initialized(name)]

    def copy(self) -> "VariableStore":
        """Returns a store with the same values in variables of its own."""
        other = VariableStore()
        for name, variable in self._variables.items():
            twin = _tensorflow.uninitialized_variable(
                name,
                variable.shape,
                variable.dtype,
                trainable=variable.trainable,
                on_assign=other._note_assign,
            )
            if variable.is_initialized():
                twin.assign(variable.read_value())
            other._variables[name] = twin
        other.was_assigned = self.was_assigned
        return other

    @contextmanager
    def keeping_note(self) -> Iterator[None]:
        """Lets the package itself assign: that is not noted."""
        before = self.was_assigned
        try:
            yield
        finally:
            self.was_assigned = before

    def _note_assign(self) -> None:
        self.version += 1
        self.was_assigned = True


def _describe(variable: tf.Variable) -> str:
    return f"{variable.dtype.base_dtype.name} {list(variable.shape)}"
