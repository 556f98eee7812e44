"""Hooks that end a run."""

from typing import Any

import tensorflow as tf

from keras_estimator.engine.hook import ScheduledHook
from keras_estimator.engine.hook import SessionRunArgs
from keras_estimator.errors import ConfigError
from keras_estimator.errors import NanLossDuringTrainingError

_v1 = tf.compat.v1


class StopAtStepHook(ScheduledHook):
    """Stops after a number of steps, or at a global step.

    Args:
        num_steps: Steps to run from where the call begins.
        last_step: Global step to stop at.

    Raises:
        ConfigError: If none of the two or both are given.
    """

    def __init__(
        self, num_steps: int | None = None, last_step: int | None = None
    ) -> None:
        if (num_steps is None) == (last_step is None):
            raise ConfigError(
                "Exactly one of num_steps or last_step must be specified. "
                f"Received: num_steps={num_steps}, last_step={last_step}."
            )
        self._num_steps = num_steps
        self._last_step = last_step

    def begin(self) -> None:
        """Finds the global step."""
        self._global_step = _v1.train.get_global_step()

    def after_create_session(self, session: Any, coord: Any) -> None:
        """Counts the steps from here."""
        if self._last_step is None:
            self._last_step = session.run(self._global_step) + self._num_steps

    def steps_until_due(self, global_step: int) -> int:
        """Due at the last step."""
        return max(1, self._last() - global_step)

    def before_run(self, run_context: Any) -> SessionRunArgs:
        """Asks for the global step."""
        return SessionRunArgs(self._global_step)

    def after_run(self, run_context: Any, run_values: Any) -> None:
        """Stops if the last step has been reached."""
        # What the step fetched may be from before its update.
        if run_values.results + 1 < self._last():
            return
        if run_context.session.run(self._global_step) >= self._last():
            run_context.request_stop()

    def _last(self) -> int:
        # Set by after_create_session if it is not an argument.
        return 0 if self._last_step is None else int(self._last_step)


class NanTensorHook(ScheduledHook):
    """Stops when a tensor is not a number.

    It looks at every step without slowing them: the compiled loop stops by
    itself, after the very step.

    Args:
        loss_tensor: A scalar tensor.
        fail_on_nan_loss: Whether to raise an error rather than to stop.

    Raises:
        NanLossDuringTrainingError: During the run.
    """

    def __init__(self, loss_tensor: Any, fail_on_nan_loss: bool = True) -> None:
        self._loss_tensor = loss_tensor
        self._fail_on_nan_loss = fail_on_nan_loss

    @property
    def watched(self) -> Any:
        """The tensor."""
        return self._loss_tensor

    def steps_until_due(self, global_step: int) -> None:
        """Has no step of its own."""

    def before_run(self, run_context: Any) -> SessionRunArgs:
        """Asks for the tensor."""
        return SessionRunArgs(self._loss_tensor)

    def after_run(self, run_context: Any, run_values: Any) -> None:
        """Raises, or stops, if it is not a number."""
        value = run_values.results
        if value == value:
            return
        name = self._loss_tensor.name
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
