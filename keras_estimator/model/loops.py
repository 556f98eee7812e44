"""What an EstimatorModel works with, out of the sight of Keras.

Keras tracks, wraps and saves whatever it finds among a model's attributes.
"""

from collections.abc import Callable
from collections.abc import Iterator
from collections.abc import Mapping
from contextlib import AbstractContextManager
from contextlib import contextmanager
from typing import Any

import keras
import tensorflow as tf

from keras_estimator.engine import _tensorflow
from keras_estimator.engine import element as elements
from keras_estimator.engine.binding import Binding
from keras_estimator.engine.cutout import is_tensor
from keras_estimator.engine.element import Element
from keras_estimator.engine.graph import Lifetime
from keras_estimator.engine.runtime import Runtime
from keras_estimator.errors import UnsupportedError
from keras_estimator.spec import ModeKeys
from keras_estimator.tracebacks import naming_lines


class KerasLoops:
    """The programs that Keras' loops run, over the values in memory.

    Args:
        runtime: The programs and values.

    Attributes:
        runtime: As above.
        mean_loss: Mean of the losses of an epoch.
        mode: What one of Keras' loops is doing, `None` if none is running.
        refused: Why weights could not be loaded.
        let_hooks_in: Is called with the mode of a loop that is about to run.
    """

    def __init__(self, runtime: Runtime) -> None:
        self.runtime = runtime
        self.mean_loss = keras.metrics.Mean(name="loss")
        self.refused: Exception | None = None
        self.mode: str | None = None
        # Hooks that wait for a loop to begin: called with its mode.
        self.let_hooks_in: Callable[[str], None] = lambda mode: None
        self._bound: dict[tuple, Binding] = {}
        self._trained: Binding | None = None
        self._prepared: dict[str, Element] = {}
        # Learning rates as model_fn made them, and those of a file.
        self._made_rates: dict[str, Any] = {}
        self._loaded_rates: dict[str, Any] = {}

    def step(
        self, mode: str, batch: tuple[Any, Any]
    ) -> tuple[Binding, dict[str, Any]]:
        """Runs one step; returns the values of tensors by their names."""
        binding = self.bind_for(mode, batch)
        names = step_fetches(binding)
        function = binding.function(names, binding.program.inputs)
        values = function(*elements.components(batch))
        tensors = [name for name in names if is_tensor(name)]
        return binding, dict(zip(tensors, values, strict=True))

    def prepare(self, mode: str, element: Element) -> bool:
        """Binds the program for a loop; returns whether its data is new."""
        self.bind(mode, element)
        before = self._prepared.get(mode)
        self._prepared[mode] = element
        return before is not None and before.key != element.key

    def bind(self, mode: str, element: Element) -> Binding:
        """Returns the program for a signature, over the current values."""
        key = (mode, element.key)
        if key not in self._bound:
            with _tensorflow.eager_mode():
                program = self.runtime.programs.get(mode, element)
                binding = self.runtime.state.own_binding(program)
                self.runtime.give(binding)
                binding.show_values()
                binding.start_call()
                if mode == ModeKeys.TRAIN:
                    self._keep_rates(binding)
            self._bound[key] = binding
        if mode == ModeKeys.TRAIN:
            self._trained = self._bound[key]
        return self._bound[key]

    def bind_for(self, mode: str, batch: tuple[Any, Any]) -> Binding:
        """Returns the program that takes a batch, over the current values."""
        return self.bind(mode, self._element(mode, batch))

    def prepared(self, mode: str) -> Binding:
        """Returns what `prepare` has bound for a mode."""
        return self._bound[mode, self._prepared[mode].key]

    def train_logs(
        self, binding: Binding, values: Mapping[str, Any]
    ) -> dict[str, Any]:
        """Returns the logs of an epoch after a step: the mean loss first.

        Args:
            binding: What ran the step.
            values: What it fetched, by name.
        """
        self.mean_loss.update_state(values[str(binding.program.loss)])
        logs = metric_logs(binding, values)
        return {"loss": self.mean_loss.result(), **logs}

    def optimizer(self) -> keras.optimizers.Optimizer | None:
        """Returns the Keras optimizer of what was last trained with, if one."""
        if self._trained is None:
            return None
        optimizers = self._trained.program.optimizers
        return optimizers[0][0] if len(optimizers) == 1 else None

    def rates_set(self) -> dict[str, Any]:
        """Returns the learning rates that are not as model_fn made them."""
        if self._trained is None:
            return self._loaded_rates
        rates = _learning_rates(self._trained).items()
        values = {name: rate.numpy() for name, rate in rates}
        return {k: v for k, v in values.items() if v != self._made_rates[k]}

    def load_rates(self, rates: dict[str, Any]) -> None:
        """Sets learning rates, also of programs that are built later."""
        self._loaded_rates = rates
        if self._trained is not None:
            _set_rates(self._trained, rates)

    def _keep_rates(self, binding: Binding) -> None:
        """Lets rates that were set hold for data of another shape, too."""
        kept = self.rates_set()
        made = _learning_rates(binding).items()
        self._made_rates = {name: rate.numpy() for name, rate in made}
        _set_rates(binding, kept)

    def is_current(self) -> bool:
        """Whether all that is bound is still what a new call would use."""
        outdated = [
            key
            for key, binding in self._bound.items()
            if binding.store is not self.runtime.state.store
            or not self.runtime.programs.is_current(binding.program)
        ]
        for key in outdated:
            if self._bound.pop(key) is self._trained:
                self._trained = None
                self._loaded_rates = {}
        for binding in self._bound.values():
            self.runtime.give(binding)
            binding.show_values()
        return not outdated

    @contextmanager
    def changing_values(self) -> Iterator[None]:
        """Marks the values as changing while the block runs."""
        state = self.runtime.state_to_change()
        state.is_changing = True
        try:
            yield
        finally:
            state.is_changing = False
            state.store.version += 1
            state.was_fitted = True

    @contextmanager
    def serving(self, mode: str) -> Iterator[None]:
        """Notes what one of Keras' loops does while the block runs."""
        before, self.mode = self.mode, mode
        try:
            with self.naming_lines(mode):
                yield
        finally:
            self.mode = before

    def naming_lines(self, mode: str) -> AbstractContextManager[None]:
        """Lets errors at run time name the user's lines."""

        def graph() -> tf.Graph | None:
            program = self.runtime.programs.latest(mode)
            return None if program is None else program.graph

        return naming_lines(graph, "the data that was given")

    def reset_metrics(self) -> None:
        """Puts all metrics back to their initial values."""
        self.mean_loss.reset_state()
        for binding in self._bound.values():
            binding.reset_metrics()

    def _element(self, mode: str, batch: tuple[Any, Any]) -> Element:
        """Returns the signature of a batch.

        If a bound program takes it, that program's: some of Keras' loops show
        the sizes of one batch, not those that the data may have.
        """
        element = Element(*elements.spec_of(batch))
        if (mode, element.key) in self._bound:
            return element
        for (bound_mode, _), binding in self._bound.items():
            known = binding.program.element
            if bound_mode == mode and elements.takes(known, element):
                return known
        return Element(*elements.relax_batch(tuple(element)))


def features_and_labels(data: Any) -> tuple[Any, Any]:
    """Returns features and labels of what Keras' loops give to a step."""
    features, labels, sample_weight = keras.utils.unpack_x_y_sample_weight(data)
    if sample_weight is not None:
        raise UnsupportedError(
            "The data has sample weights. Weigh the loss in model_fn: put the "
            "weights among the features."
        )
    return features, labels


def predictions(binding: Binding, values: Mapping[str, Any]) -> Any:
    """Returns the predictions of a step, from what it fetched."""
    return tf.nest.map_structure(
        lambda tensor: values[tensor.name], binding.program.spec.predictions
    )


def step_fetches(binding: Binding) -> tuple[str, ...]:
    """Returns the names of what a step of Keras' loops fetches."""
    program = binding.program
    updates = [
        metric[1]
        for metric in program.metrics.values()
        if isinstance(metric, tuple)
    ]
    fetches = [*program.step, *program.updates.forced, *updates]
    return tuple(dict.fromkeys(fetches))


def metric_logs(binding: Binding, values: Mapping[str, Any]) -> dict[str, Any]:
    """Returns the current results of a program's metrics, the loss first."""
    logs = {}
    for name, metric in binding.program.metrics.items():
        if isinstance(metric, keras.metrics.Metric):
            logs[name] = metric.result()
        elif is_tensor(metric[1]):
            logs[name] = values[metric[1]]
    return dict(sorted(logs.items(), key=lambda item: item[0] != "loss"))


def _learning_rates(binding: Binding) -> dict[str, tf.Variable]:
    return {
        record.name: binding.variable(record)
        for record in binding.program.records_living(Lifetime.CALL)
        if isinstance(record.owner, keras.optimizers.Optimizer)
    }


def _set_rates(binding: Binding, values: Mapping[str, Any]) -> None:
    for name, rate in _learning_rates(binding).items():
        if name in values:
            rate.assign(values[name])
