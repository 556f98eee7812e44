"""SessionRunHooks in Keras' loops over an EstimatorModel.

Keras' loop calls a function for each batch, `train_function` and its siblings.
While there are hooks another function stands in for it, which lets them see,
feed and add to each step; loss and metrics are logged as ever.
"""

from collections.abc import Callable
from collections.abc import Iterator
from collections.abc import Sequence
from contextlib import contextmanager
from functools import partial
from typing import Any

import keras
import tensorflow as tf

from keras_estimator.engine import _tensorflow
from keras_estimator.engine import element as elements
from keras_estimator.engine import hook as hook_protocol
from keras_estimator.engine.binding import Binding
from keras_estimator.engine.cutout import is_tensor
from keras_estimator.engine.graph import Lifetime
from keras_estimator.engine.hook_runner import HookRunner
from keras_estimator.engine.program import Program
from keras_estimator.engine.runtime import Runtime
from keras_estimator.engine.session import GraphSession
from keras_estimator.model.loops import KerasLoops
from keras_estimator.model.loops import features_and_labels
from keras_estimator.model.loops import metric_logs
from keras_estimator.model.loops import predictions
from keras_estimator.model.loops import step_fetches
from keras_estimator.spec import ModeKeys

_CallbackList = keras.callbacks.CallbackList
_Hook = tf.compat.v1.train.SessionRunHook


_FUNCTIONS = {
    ModeKeys.TRAIN: "train_function",
    ModeKeys.EVAL: "test_function",
    ModeKeys.PREDICT: "predict_function",
}
_STOPS = {
    ModeKeys.TRAIN: "stop_training",
    ModeKeys.EVAL: "stop_evaluating",
    ModeKeys.PREDICT: "stop_predicting",
}


@contextmanager
def hooked(
    work: KerasLoops, model: keras.Model, mode: str, given: dict[str, Any]
) -> Iterator[None]:
    """Lets hooks see the steps of a loop that is run in the block.

    Args:
        work: The programs that the loop runs.
        model: Whose loop it is.
        mode: Which one.
        given: Arguments of the loop; hooks that are no Keras callbacks are
            taken out of its `callbacks`.
    """
    callbacks = given.get("callbacks")
    if callbacks is not None:
        given["callbacks"] = _without_foreign(callbacks)
    # The callbacks of fit are also those of its validation; its hooks are not.
    is_validation = mode == ModeKeys.EVAL and isinstance(
        callbacks, _CallbackList
    )
    user_hooks = [] if is_validation else _hooks_among(callbacks)
    loop = HookedLoop(work, model, mode, user_hooks)
    name, outer_let_in = _FUNCTIONS[mode], work.let_hooks_in
    outer = getattr(model, name)

    def let_in(of_mode: str) -> None:
        if of_mode == mode:
            setattr(model, name, loop.around(getattr(model, name)))

    if isinstance(outer, HookedFunction):
        setattr(model, name, outer.plain)
    work.let_hooks_in = let_in
    try:
        yield
        loop.end()
    finally:
        loop.close()
        work.let_hooks_in = outer_let_in
        now = getattr(model, name)
        if isinstance(outer, HookedFunction):
            setattr(model, name, outer)
        elif isinstance(now, HookedFunction):
            setattr(model, name, now.plain)


def _hooks_among(callbacks: Any) -> list[Any]:
    return [c for c in _flat(callbacks) if isinstance(c, _Hook)]


def _without_foreign(callbacks: Any) -> Any:
    """Returns callbacks without those hooks that are no Keras callbacks."""
    if isinstance(callbacks, _CallbackList):
        return callbacks
    return [
        callback
        for callback in _flat(callbacks)
        if isinstance(callback, keras.callbacks.Callback)
        or not isinstance(callback, _Hook)
    ]


def _flat(callbacks: Any) -> list[Any]:
    if callbacks is None:
        return []
    if isinstance(callbacks, _CallbackList):
        return list(callbacks.callbacks)
    return keras.tree.flatten(callbacks)


class HookedFunction:
    """What stands in for the function that Keras' loop calls.

    Args:
        plain: Keras' own function.
        run: Is called instead.

    Attributes:
        plain: As above.
    """

    def __init__(
        self, plain: Callable[[Any], Any], run: Callable[[Any], Any]
    ) -> None:
        self.plain = plain
        self._run = run

    def __call__(self, data: Any) -> Any:
        """Runs as many steps as Keras asks for at a time."""
        return self._run(data)


class HookedLoop:
    """The hooks of one run of one of Keras' loops.

    Args:
        work: The programs that the loop runs.
        model: Whose loop it is.
        mode: Which one.
        user_hooks: The hooks among its callbacks. Those of the spec come as
            well.
    """

    def __init__(
        self,
        work: KerasLoops,
        model: keras.Model,
        mode: str,
        user_hooks: Sequence[Any],
    ) -> None:
        self._work = work
        self._model = model
        self._mode = mode
        self._user_hooks = user_hooks
        self._steps: _HookedSteps | None = None

    def around(self, plain: Callable[[Any], Any]) -> Callable[[Any], Any]:
        """Returns what Keras' loop is to call in place of its own function."""
        if self._mode == ModeKeys.PREDICT:
            # What a batch looks like is seen with the first one.
            return HookedFunction(plain, partial(self._predict, plain))
        steps = self._begun(self._work.prepared(self._mode))
        if steps is None:
            return plain
        return HookedFunction(plain, partial(self._train_or_test, steps))

    def end(self) -> None:
        """Lets the hooks end, if they have begun."""
        if self._steps is not None:
            self._steps.end()

    def close(self) -> None:
        """Ends what lives for one run, however it has ended."""
        if self._steps is not None:
            self._steps.close()

    def _begun(self, binding: Binding) -> "_HookedSteps | None":
        """Returns the steps, whose hooks begin before the first."""
        hooks = _in_order(binding.program, self._user_hooks)
        if self._steps is None and hooks:
            self._steps = _HookedSteps(self._work.runtime, binding, hooks)
        return self._steps

    def _train_or_test(
        self, steps: "_HookedSteps", iterator: Any
    ) -> dict[str, Any]:
        logs: dict[str, Any] = {}
        make_logs = (
            self._work.train_logs
            if self._mode == ModeKeys.TRAIN
            else metric_logs
        )
        for done in range(self._model.steps_per_execution):
            try:
                values = steps.run(map(features_and_labels, iterator))
            except StopIteration:
                if not done:
                    raise
                break
            logs = make_logs(steps.binding, values)
            if self._stops(steps):
                break
        return logs

    def _predict(
        self, plain: Callable[[Any], Any], batches: Sequence[Any]
    ) -> Any:
        outputs = []
        for batch in batches:
            features, _, _ = keras.utils.unpack_x_y_sample_weight(batch)
            binding = self._work.bind_for(self._mode, (features, None))
            steps = self._begun(binding)
            if steps is None:
                return plain(batches)
            values = steps.run(iter([(features, None)]))
            outputs.append(predictions(steps.binding, values))
            if self._stops(steps):
                break
        if len(outputs) == 1:
            return outputs[0]
        return tf.nest.map_structure(lambda *o: tf.concat(o, 0), *outputs)

    def _stops(self, steps: "_HookedSteps") -> bool:
        """Tells Keras' loop if a hook wants it to stop."""
        if steps.should_stop:
            setattr(self._model, _STOPS[self._mode], True)
        return steps.should_stop


class _HookedSteps:
    """Steps with hooks, which begin with it.

    Attributes:
        binding: What a step runs.
    """

    def __init__(
        self, runtime: Runtime, binding: Binding, hooks: Sequence[Any]
    ) -> None:
        program = binding.program
        self.binding = binding
        self._rows: Iterator[Any] = iter(())
        runtime.programs.restore_hooks(program)
        with _tensorflow.eager_mode():
            known = set(map(id, program.records))
            hook_protocol.begin(binding, hooks)
            runtime.give(binding)
            # Only what the hooks made: a learning rate that was set is kept.
            binding.initialize(
                record
                for record in program.records_living(Lifetime.CALL)
                if id(record) not in known
            )
        session = GraphSession(
            binding, lambda: elements.components(next(self._rows))
        )
        self._runner = HookRunner(hooks, session, _original_fetches(program))
        with program.graph.as_default():
            self._runner.after_create_session()

    @property
    def should_stop(self) -> bool:
        """Whether a hook has asked to stop."""
        return self._runner.should_stop

    def run(self, rows: Iterator[Any]) -> dict[str, Any]:
        """Runs a step; returns the fetched tensors by name.

        Args:
            rows: Batches: the step takes the next one. So does a hook that
                runs something that needs the input.

        Raises:
            StopIteration: At the end of the input. The hooks have seen it as a
                before_run without an after_run.
        """
        program = self.binding.program
        self._rows = rows
        with _tensorflow.eager_mode():
            step = int(self.binding.store["global_step"].numpy())
        with program.graph.as_default():
            fetches, feeds = self._runner.before_run(step)
        batch = elements.components(next(rows))
        # What hooks feed counts, also in place of the batch.
        feeds = dict(zip(program.inputs, batch, strict=True)) | feeds
        names = tuple(dict.fromkeys((*step_fetches(self.binding), *fetches)))
        found = self.binding.run(names, feeds)
        values = dict(zip(filter(is_tensor, names), found, strict=True))
        with program.graph.as_default():
            self._runner.after_run(values)
        return values

    def close(self) -> None:
        """Ends what lives for one run."""
        self._runner.close()
        self.binding.end_call()

    def end(self) -> None:
        """Lets the hooks end."""
        with self.binding.program.graph.as_default():
            self._runner.end()


def _in_order(program: Program, user_hooks: Sequence[Any]) -> list[Any]:
    """Returns all hooks of a loop, in tf.estimator's order."""
    spec = program.spec
    if program.mode == ModeKeys.TRAIN:
        return [*spec.training_chief_hooks, *user_hooks, *spec.training_hooks]
    if program.mode == ModeKeys.EVAL:
        return [*user_hooks, *spec.evaluation_hooks]
    return [*user_hooks, *spec.prediction_hooks]


def _original_fetches(program: Program) -> Any:
    spec = program.spec
    if program.mode == ModeKeys.TRAIN:
        return [spec.train_op, spec.loss]
    return [] if program.mode == ModeKeys.EVAL else spec.predictions
