"""Hooks that hold back a run, or end it.

Some of their private members have the names that they have in TensorFlow's
hooks: subclasses of old code use them.
"""

import math
import time
from typing import Any

import numpy as np
import tensorflow as tf

from keras_estimator.engine.hook import ScheduledHook
from keras_estimator.engine.hook import SessionRunArgs
from keras_estimator.engine.session import GraphSession
from keras_estimator.errors import ConfigError
from keras_estimator.errors import NanLossDuringTrainingError
from keras_estimator.hooks import lookup
from keras_estimator.hooks.arguments import check_number

_v1 = tf.compat.v1
_SECONDS_BETWEEN_LOOKS = 0.5
_STEPS_BETWEEN_LINES = 1000


class StopAtStepHook(ScheduledHook):
    """Stops after a number of steps, or at a global step.

    At least one step is run, also where the last one has been passed.

    Args:
        num_steps: Steps to run from where the first call begins that has this
            hook. In later calls it stops at the same global step.
        last_step: Global step to stop at.

    Raises:
        ConfigError: If none of the two or both are given.
        ArgumentTypeError: If what is given is no number.
        MissingGlobalStepError: When the run begins, if the graph has none.

    Example:
    ```python
    estimator.train(input_fn, hooks=[StopAtStepHook(last_step=1000)])
    ```
    """

    def __init__(
        self, num_steps: int | None = None, last_step: int | None = None
    ) -> None:
        if (num_steps is None) == (last_step is None):
            raise ConfigError(
                "Exactly one of num_steps or last_step must be specified. "
                f"Received: num_steps={num_steps}, last_step={last_step}."
            )
        if num_steps is None:
            check_number("last_step", last_step)
        else:
            check_number("num_steps", num_steps)
        self._num_steps = num_steps
        self._last_step = last_step

    def begin(self) -> None:
        """Finds the global step."""
        self._global_step_tensor = lookup.global_step(self)

    def after_create_session(self, session: Any, coord: Any) -> None:
        """Counts the steps from here."""
        if self._last_step is None:
            self._last_step = (
                session.run(self._global_step_tensor) + self._num_steps
            )

    def steps_until_due(self, global_step: int) -> int:
        """Due at the last step."""
        return max(1, self._last() - global_step)

    def before_run(self, run_context: Any) -> SessionRunArgs:
        """Asks for the global step."""
        return SessionRunArgs(self._global_step_tensor)

    def after_run(self, run_context: Any, run_values: Any) -> None:
        """Stops if the last step has been reached."""
        # What the step fetched may be from before its update.
        if run_values.results + 1 < self._last():
            return
        if run_context.session.run(self._global_step_tensor) >= self._last():
            run_context.request_stop()

    @property
    def last_step(self) -> int | None:
        """Global step to stop at; `None` before a call says where it begins."""
        return None if self._last_step is None else math.ceil(self._last_step)

    def _last(self) -> int:
        # Set by after_create_session if it is not an argument.
        return self.last_step or 0


class NanTensorHook(ScheduledHook):
    """Stops when a tensor is not a number.

    It looks at every step. If the tensor is a scalar that does not slow them:
    the compiled loop stops by itself, after the very step.

    Args:
        loss_tensor: A tensor, or the name of one; usually a scalar. One that is
            larger is not a number if one of its elements is not.
        fail_on_nan_loss: Whether to raise an error rather than to stop.

    Raises:
        NanLossDuringTrainingError: During the run.
        LoggedTensorError: When the run begins, if the graph has no tensor of
            that name.

    Example:
    ```python
    hook = NanTensorHook(loss, fail_on_nan_loss=False)
    return EstimatorSpec(
        mode, loss=loss, train_op=train_op, training_hooks=[hook]
    )
    ```
    """

    def __init__(self, loss_tensor: Any, fail_on_nan_loss: bool = True) -> None:
        self._loss_tensor = loss_tensor
        self._named: Any = None
        self._fail_on_nan_loss = fail_on_nan_loss

    @property
    def watched(self) -> Any:
        """The tensor, if it is a scalar that may be no number."""
        found = self._found
        is_watchable = (
            isinstance(found, tf.Tensor)
            and found.shape.rank == 0
            and found.dtype.is_floating
        )
        return found if is_watchable else None

    def begin(self) -> None:
        """Finds the tensor in the graph."""
        self._named = lookup.tensor(self._loss_tensor)

    def steps_until_due(self, global_step: int) -> int | None:
        """Has no step of its own, if the loop can look at the tensor."""
        return 1 if self.watched is None else None

    def before_run(self, run_context: Any) -> SessionRunArgs:
        """Asks for the tensor."""
        return SessionRunArgs(self._found)

    def after_run(self, run_context: Any, run_values: Any) -> None:
        """Raises, or stops, if it is not a number."""
        if not np.isnan(run_values.results).any():
            return
        name = self._found.name
        if self._fail_on_nan_loss:
            _v1.logging.error("Model diverged with loss = NaN.")
            raise NanLossDuringTrainingError(
                f"NaN loss during training: `{name}` is not a number. Usual "
                "causes are a learning rate that is too high, a logarithm or "
                "a division by zero, and NaN in the input. No checkpoint of "
                "this step was written; lower the learning rate or clip the "
                "gradients and call train again: it goes on from the newest "
                "checkpoint."
            )
        _v1.logging.warning("Model diverged with loss = NaN.")
        run_context.request_stop()

    @property
    def _found(self) -> Any:
        # Subclasses of old code set _loss_tensor in a begin of their own.
        is_name = isinstance(self._loss_tensor, str)
        return self._named if is_name else self._loss_tensor


class GlobalStepWaiterHook(ScheduledHook):
    """Waits before the first step until the global step has come so far.

    In TF1 it let the workers of a cluster start one after the other: another
    one advances the global step that they share. A call of an Estimator has
    its variables to itself, so there is nobody to wait for. There the hook
    says so in an error, unless the step has been reached. In a
    `tf.compat.v1.train.MonitoredSession` it waits.

    Args:
        wait_until_step: Global step to wait for; 0 or less for none.

    Raises:
        ArgumentTypeError: If that is no number.
        MissingGlobalStepError: When the run begins, if the graph has none.
        ConfigError: At the first step of an Estimator's call, if it would wait
            for ever.

    Example:
    ```python
    hook = GlobalStepWaiterHook(wait_until_step=100 * task_index)
    with tf.compat.v1.train.MonitoredSession(creator, hooks=[hook]) as session:
        ...
    ```
    """

    def __init__(self, wait_until_step: int) -> None:
        check_number("wait_until_step", wait_until_step)
        self._wait_until_step = wait_until_step

    def begin(self) -> None:
        """Finds the global step."""
        self._has_started = False
        self._global_step_tensor = lookup.global_step(self)

    def steps_until_due(self, global_step: int) -> int | None:
        """Due at the first step."""
        return None if self._has_started else 1

    def before_run(self, run_context: Any) -> None:
        """Waits, at the first step."""
        if self._has_started:
            return
        if self._wait_until_step > 0:
            _v1.logging.info(
                "Waiting for global step %d before starting training.",
                self._wait_until_step,
            )
            self._wait(run_context.session)
        self._has_started = True

    def _wait(self, session: Any) -> None:
        logged = 0
        while True:
            step = int(session.run(self._global_step_tensor))
            if step >= self._wait_until_step:
                return
            if isinstance(session, GraphSession):
                raise ConfigError(
                    f"GlobalStepWaiterHook(wait_until_step="
                    f"{self._wait_until_step}) would wait for ever: the global "
                    f"step is {step}, and only this call advances it. Leave "
                    "the hook out, or give it to the workers of a cluster "
                    "alone: `wait_until_step=0` does not wait."
                )
            if step - logged > _STEPS_BETWEEN_LINES:
                _v1.logging.info(
                    "Waiting for global step %d before starting training. "
                    "Current step is %d.",
                    self._wait_until_step,
                    step,
                )
                logged = step
            time.sleep(_SECONDS_BETWEEN_LOOKS)
