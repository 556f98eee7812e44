"""What an EstimatorModel and its Estimator share: programs and their values."""

from collections.abc import Callable
from collections.abc import Iterable
from collections.abc import Mapping
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from keras_estimator._types import ModelFn
from keras_estimator.engine import _keras
from keras_estimator.engine.binding import Binding
from keras_estimator.engine.graph import VariableRecord
from keras_estimator.engine.program import Program
from keras_estimator.engine.programs import Programs
from keras_estimator.engine.state import ModelState
from keras_estimator.errors import ConfigError
from keras_estimator.errors import NotBuiltError
from keras_estimator.spec import ModeKeys

_BY_COMPLETENESS = (ModeKeys.TRAIN, ModeKeys.EVAL, ModeKeys.PREDICT)


class Runtime:
    """The programs of a model_fn, and the current values of its variables.

    Args:
        model_fn: The user's function.
        params: Hyperparameters for model_fn.
        config: The `RunConfig` for model_fn.
        reuse_programs: Whether programs are used again.

    Attributes:
        programs: Builds and keeps the programs.
        state: The values that training changes.
        provide: Gives the variables of a binding that have none their values;
            by default their initial ones, for an Estimator those of its newest
            checkpoint.
        training: The program that a call of train is running, if one is.
    """

    def __init__(
        self, model_fn: ModelFn, params: Any, config: Any, reuse_programs: bool
    ) -> None:
        self.programs = Programs(model_fn, params, config, reuse=reuse_programs)
        self.state = ModelState()
        self.provide: Callable[[ModelState, Binding], None] = initialize
        self.training: Program | None = None
        self._loaded: Mapping[str, np.ndarray] = {}
        self._views: dict[int, keras.Variable] = {}

    def state_to_change(self) -> ModelState:
        """Returns the state, for changing it: nobody else reads it then.

        An open `predict` generator goes on with the values it began with.
        """
        if self.state.readers:
            self.state = self.state.copy()
        return self.state

    def load(self, values: Mapping[str, np.ndarray]) -> None:
        """Gives all variables, also those that come later, given values.

        Args:
            values: Name of a variable -> value.

        Raises:
            ConfigError: If there is none for a variable of the model, other
                than a Keras optimizer's, or one of another shape.
        """
        _check(_of_model_fn(self.fullest_program()), values)
        state = self.state_to_change()
        for name in state.store:
            if name in values:
                state.store[name].assign(values[name])
        state.was_fitted = True
        self._loaded = values

    def values(self) -> dict[str, np.ndarray]:
        """Returns the values of all variables, as `load` takes them.

        Raises:
            NotBuiltError: If there is no program yet.
        """
        now = {v.path: v.numpy() for v in self.variables()}
        return {**self._loaded, **now}

    def give(self, binding: Binding) -> None:
        """Gives variables of the state that have no value yet theirs."""
        self.give_loaded(self.state, binding)
        self.provide(self.state, binding)

    def give_loaded(self, state: ModelState, binding: Binding) -> None:
        """Gives variables without a value that of `load`, if it had one."""
        if state is not self.state:
            return
        records = [
            record
            for record in state.without_value(binding.program)
            if record.name in self._loaded
        ]
        for record in records:
            binding.variable(record).assign(self._loaded[record.name])
        state.validate(records)

    def variables(self) -> list[keras.Variable]:
        """Returns the variables of the model, in the order of model_fn.

        Raises:
            NotBuiltError: If there is no program yet.
        """
        return [self._view(r) for r in _of_model_fn(self.fullest_program())]

    def optimizer(self) -> keras.optimizers.Optimizer | None:
        """Returns the Keras optimizer of model_fn, if it has just one."""
        program = self.training or self.programs.latest(ModeKeys.TRAIN)
        optimizers = () if program is None else program.optimizers
        return optimizers[0][0] if len(optimizers) == 1 else None

    def fullest_program(self) -> Program:
        """Returns the program that knows most of the model's variables.

        Raises:
            NotBuiltError: If there is no program yet.
        """
        for mode in _BY_COMPLETENESS:
            program = self.programs.latest(mode)
            if program is not None:
                return program
        raise NotBuiltError(
            "This model has no variables yet: model_fn has not been called. "
            "Call `model.build(element_spec)` with the element_spec of a "
            "dataset of (features, labels), or train or predict first."
        )

    def _view(self, record: VariableRecord) -> keras.Variable:
        """Returns a variable as a `keras.Variable`."""
        variable = self.state.store.enter(record)
        if record.keras_variable is not None:
            _keras.point(record.keras_variable, variable)
            return record.keras_variable
        if id(variable) not in self._views:
            self._views[id(variable)] = _keras.view(variable)
        return self._views[id(variable)]


def _of_model_fn(program: Program) -> list[VariableRecord]:
    """Returns the variables of the model: those of a hook are not."""
    return [r for r in program.model_records if not r.made_by_hook]


def _check(
    records: Iterable[VariableRecord], values: Mapping[str, np.ndarray]
) -> None:
    missing = [
        record.name
        for record in records
        if record.name not in values
        and not isinstance(record.owner, keras.optimizers.Optimizer)
    ]
    faults = [f"It has no value for {missing}."] if missing else []
    faults += [
        f"Variable `{record.name}` is {list(record.variable.shape)} in the "
        f"model but {list(values[record.name].shape)} in the file."
        for record in records
        if record.name in values
        and not record.variable.shape.is_compatible_with(
            values[record.name].shape
        )
    ]
    if faults:
        raise ConfigError(
            "The file is not from this model_fn with these params. "
            f"{' '.join(faults)} It has: {sorted(values)}."
        )


def initialize(state: ModelState, binding: Binding) -> None:
    """Runs the initializers of the variables that have no value yet."""
    records = state.without_value(binding.program)
    binding.initialize(records)
    state.validate(records)


def numpy(value: Any) -> Any:
    """Returns a nest of tensors as NumPy arrays and scalars."""
    return tf.nest.map_structure(
        lambda t: t.numpy() if isinstance(t, tf.Tensor) else t, value
    )
