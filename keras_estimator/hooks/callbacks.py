"""Keras callbacks as hooks of an Estimator's call.

A call of train is one epoch, number 0; a call of evaluate is what
`keras.Model.evaluate` is, a call of predict what `keras.Model.predict` is.
"""

from collections.abc import Callable
from collections.abc import Iterable
from collections.abc import Mapping
from typing import Any
from typing import NamedTuple

import keras
import tensorflow as tf

from keras_estimator.engine import _tensorflow
from keras_estimator.engine.hook import ScheduledHook
from keras_estimator.engine.hook import SessionRunArgs

_TRAIN = "train"
# How a callback asks Keras' loops to stop.
_STOPS = {
    _TRAIN: "stop_training",
    "test": "stop_evaluating",
    "predict": "stop_predicting",
}
_BATCH_METHODS = {
    verb: [f"on_{verb}_batch_begin", f"on_{verb}_batch_end"] for verb in _STOPS
}
# The older names of the same.
_BATCH_METHODS[_TRAIN] += ["on_batch_begin", "on_batch_end"]


class CallbackRun(NamedTuple):
    """What a call tells the Keras callbacks among its hooks.

    Attributes:
        verb: `"train"`, `"test"` or `"predict"`, as in Keras' method names.
        model: The `EstimatorModel`.
        fetches: What a step is to fetch for its logs.
        batch_logs: Makes the logs of a step from the values of `fetches`.
        final_logs: Makes the logs of the whole call.
    """

    verb: str
    model: keras.Model
    fetches: Any
    batch_logs: Callable[[Any], Mapping[str, Any]]
    final_logs: Callable[[], Mapping[str, Any]]


class CallbackHook(ScheduledHook):
    """Calls a Keras callback as Keras' loops do.

    Args:
        callback: A `keras.callbacks.Callback`.
        run: What the call tells it.
    """

    def __init__(
        self, callback: keras.callbacks.Callback, run: CallbackRun
    ) -> None:
        self._callback = callback
        self._run = run
        self._batches = 0
        self._wants_batches = _overrides(callback, _BATCH_METHODS[run.verb])

    def after_create_session(self, session: Any, coord: Any) -> None:
        """Tells it of the model, and that the call begins."""
        verb, model = self._run.verb, self._run.model
        setattr(model, _STOPS[verb], False)
        with _tensorflow.eager_mode():
            self._callback.set_model(model)
            self._callback.set_params(
                {"verbose": 0, "epochs": 1, "steps": None}
            )
        self._call(f"on_{verb}_begin", {})
        if verb == _TRAIN:
            self._call("on_epoch_begin", 0, {})

    def steps_until_due(self, global_step: int) -> int | None:
        """Due at every step if it has methods for batches."""
        return 1 if self._wants_batches or self._is_stopping() else None

    def skip(self, steps: int) -> None:
        """Counts the steps as batches."""
        self._batches += steps

    def before_run(self, run_context: Any) -> SessionRunArgs | None:
        """Tells it that a batch begins."""
        if self._is_stopping():
            run_context.request_stop()
        if not self._wants_batches:
            return None
        self._call(f"on_{self._run.verb}_batch_begin", self._batches, {})
        return SessionRunArgs(self._run.fetches)

    def after_run(self, run_context: Any, run_values: Any) -> None:
        """Tells it that a batch has ended, and stops if it asks for that."""
        if self._wants_batches:
            with _tensorflow.eager_mode():
                logs = self._run.batch_logs(run_values.results)
            name = f"on_{self._run.verb}_batch_end"
            self._call(name, self._batches, logs)
        self._batches += 1
        if self._is_stopping():
            run_context.request_stop()

    def end(self, session: Any) -> None:
        """Tells it that the call ends."""
        verb = self._run.verb
        with _tensorflow.eager_mode():
            logs = self._run.final_logs()
        if verb == _TRAIN:
            self._call("on_epoch_end", 0, logs)
        self._call(f"on_{verb}_end", logs)

    def _is_stopping(self) -> bool:
        return bool(getattr(self._run.model, _STOPS[self._run.verb]))

    def _call(self, name: str, *arguments: Any) -> None:
        # Hooks are called within the graph; Keras' code computes eagerly.
        with _tensorflow.eager_mode():
            getattr(self._callback, name)(*map(_plain, arguments))


def as_hooks(hooks: Iterable[Any], run: CallbackRun) -> list[Any]:
    """Returns hooks in their order, with Keras callbacks made into hooks.

    A hook of this package is also a Keras callback: if it has methods of one,
    these are called after its own.
    """
    found: list[Any] = []
    for hook in hooks:
        is_hook = isinstance(hook, tf.compat.v1.train.SessionRunHook)
        if is_hook:
            found.append(hook)
        if isinstance(hook, keras.callbacks.Callback) and (
            not is_hook or _overrides(hook, _CALLBACK_METHODS)
        ):
            found.append(CallbackHook(hook, run))
    return found


_CALLBACK_METHODS = tuple(
    name for name in dir(keras.callbacks.Callback) if name.startswith("on_")
)


def _overrides(callback: Any, methods: Iterable[str]) -> bool:
    """Whether it has any of these methods, in its class or as attributes."""
    return any(
        getattr(getattr(callback, method), "__func__", None)
        is not getattr(keras.callbacks.Callback, method)
        for method in methods
    )


def _plain(argument: Any) -> Any:
    """Returns logs as Keras gives them: with numbers."""
    if not isinstance(argument, Mapping):
        return argument
    return {name: _number(value) for name, value in argument.items()}


def _number(value: Any) -> Any:
    if getattr(value, "shape", None) != ():
        return value
    return keras.ops.convert_to_numpy(value).item()
