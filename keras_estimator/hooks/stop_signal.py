"""The signal that training was stopped early, and hooks that give and take it.

It is the boolean variable `signal_early_stopping/STOP` of the checkpoints: it
says whether the call of train that wrote them was stopped early.
"""

import time
from collections.abc import Callable
from typing import Any
from typing import NamedTuple

import tensorflow as tf

from keras_estimator.engine.hook import ScheduledHook
from keras_estimator.engine.hook import SessionRunArgs
from keras_estimator.errors import ArgumentTypeError
from keras_estimator.hooks.timer import SecondOrStepTimer

_v1 = tf.compat.v1
_SCOPE = "signal_early_stopping"
_REQUEST = f"{_SCOPE}/request"


class EarlyStoppingHook(ScheduledHook):
    """Asks a function every so often whether to stop.

    Args:
        should_stop_fn: Function without arguments.
        run_every_secs: Seconds from one question to the next.
        run_every_steps: Steps from one question to the next.
        clock: Returns the time in seconds.

    Raises:
        ArgumentTypeError: If `should_stop_fn` is no function.
    """

    # What `begin` adds to a graph it finds there in the next call.
    adds_once = True

    def __init__(
        self,
        should_stop_fn: Callable[[], Any],
        run_every_secs: float | None = 60,
        run_every_steps: int | None = None,
        *,
        clock: Callable[[], float] = time.time,
    ) -> None:
        if not callable(should_stop_fn):
            raise ArgumentTypeError(
                "`should_stop_fn` must be callable. Received: should_stop_fn="
                f"{should_stop_fn!r} (of type {type(should_stop_fn).__name__})"
                ". Give a function without arguments that says whether to stop."
            )
        self._should_stop_fn = should_stop_fn
        self._timer = SecondOrStepTimer(
            run_every_secs, run_every_steps, clock=clock
        )

    def begin(self) -> None:
        """Finds the global step and the variable that signals the stop."""
        self._global_step = _v1.train.get_global_step()
        self._signal = _signal()

    def after_create_session(self, session: Any, coord: Any) -> None:
        """Takes back the signal of an earlier call: this one trains on."""
        self._began_at = int(session.run(self._global_step))
        if session.run(self._signal.variable):
            session.run(self._signal.variable.initializer)

    def steps_until_due(self, global_step: int) -> int | None:
        """Due by the global step, the first time after the first step."""
        return self._timer.steps_until_trigger(global_step)

    def after_run(self, run_context: Any, run_values: Any) -> None:
        """Asks, and stops if told to."""
        step = int(run_context.session.run(self._global_step))
        if not self._timer.should_trigger_for_step(step):
            return
        self._timer.update_last_triggered_step(step)
        if not self._should_stop_fn():
            return
        _v1.logging.info("Requesting early stopping at global step %d", step)
        if step <= self._began_at + 1:
            _v1.logging.warning(
                "Early stopping has ended this call of train after its first "
                "step, global step %d: the reason was there before it began. "
                "Each further call will train one step. To train on, leave "
                "the hook out, or give it other limits; to ask whether a "
                "training was stopped early: "
                "`estimator.get_variable_value(%r)`.",
                step,
                f"{_SCOPE}/STOP",
            )
        run_context.session.run(self._signal.request)
        run_context.request_stop()


class StopWhenSignalledHook(ScheduledHook):
    """Stops when the chief of the cluster has signalled it."""

    adds_once = True

    def begin(self) -> None:
        """Finds the variable."""
        self._variable = _signal().variable

    def before_run(self, run_context: Any) -> SessionRunArgs:
        """Asks for the variable, at each step."""
        return SessionRunArgs(self._variable)

    def after_run(self, run_context: Any, run_values: Any) -> None:
        """Stops if it is true."""
        if run_values.results:
            _v1.logging.info("Early stopping requested, suspending run.")
            run_context.request_stop()


class _Signal(NamedTuple):
    """The variable that says that training was stopped early.

    Attributes:
        variable: The variable.
        request: The operation that sets it.
    """

    variable: tf.Variable
    request: tf.Operation


def _signal() -> _Signal:
    """Returns the signal of the default graph, made if it is not there."""
    with _v1.variable_scope(_SCOPE, reuse=_v1.AUTO_REUSE):
        variable = _v1.get_variable(
            "STOP",
            shape=[],
            dtype=tf.bool,
            initializer=_v1.zeros_initializer(),
            collections=[_v1.GraphKeys.GLOBAL_VARIABLES],
            trainable=False,
        )
    try:
        request = variable.graph.get_operation_by_name(_REQUEST)
    except KeyError:
        # The slash: just this name, whatever name scope we are called in.
        with tf.name_scope(f"{_REQUEST}/") as name:
            request = tf.raw_ops.AssignVariableOp(
                resource=variable.handle, value=True, name=name
            )
    return _Signal(variable, request)
