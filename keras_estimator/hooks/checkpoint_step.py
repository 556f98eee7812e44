"""A hook that stops a task of a cluster when the chief has come far enough."""

import time
from collections.abc import Callable
from typing import Any

import tensorflow as tf

from keras_estimator._types import Path
from keras_estimator.checkpoint import bundle
from keras_estimator.checkpoint import directory
from keras_estimator.engine.hook import ScheduledHook
from keras_estimator.engine.hook import SessionRunHook
from keras_estimator.errors import CheckpointPathError
from keras_estimator.errors import ConfigError
from keras_estimator.hooks.arguments import check_estimator
from keras_estimator.hooks.control import StopAtStepHook

_v1 = tf.compat.v1


def make_stop_at_checkpoint_step_hook(
    estimator: Any, last_step: int, wait_after_file_check_secs: float = 30
) -> SessionRunHook:
    """Returns a hook that stops at a global step, in each task of a cluster.

    Where the chief saves (and on a single machine) it is a `StopAtStepHook`.
    Other tasks stop when a checkpoint of that step has been written.

    Args:
        estimator: The `Estimator` to be trained.
        last_step: Global step to stop at.
        wait_after_file_check_secs: Seconds that other tasks wait between two
            looks at the newest checkpoint. Defaults to 30.

    Returns:
        A hook for `train`.

    Raises:
        ArgumentTypeError: If `estimator` is no Estimator.
        ConfigError: If `last_step` is `None`.

    Example:
    ```python
    hook = ke.experimental.make_stop_at_checkpoint_step_hook(estimator, 1000)
    estimator.train(input_fn, hooks=[hook])
    ```
    """
    check_estimator(estimator)
    if last_step is None:
        raise ConfigError(
            "last_step must be specified. Received: last_step=None. Give the "
            "global step to stop at."
        )
    if estimator.config.is_chief:
        return StopAtStepHook(last_step=last_step)
    return StopAtCheckpointStepHook(
        estimator.model_dir, last_step, wait_after_file_check_secs
    )


class StopAtCheckpointStepHook(ScheduledHook):
    """Stops when the newest checkpoint of a directory is of a global step.

    Args:
        model_dir: The directory.
        last_step: The global step.
        wait_after_file_check_secs: Seconds that it holds up the run between
            two looks at the directory.
        sleep: Waits for a number of seconds.
    """

    def __init__(
        self,
        model_dir: Path,
        last_step: int,
        wait_after_file_check_secs: float = 30,
        *,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._model_dir = model_dir
        self._last_step = last_step
        self._seconds = wait_after_file_check_secs
        self._sleep = sleep

    def begin(self) -> None:
        """Finds the global step."""
        self._global_step = _v1.train.get_global_step()

    def steps_until_due(self, global_step: int) -> int:
        """Due when the last step is reached, and then at each step."""
        return max(1, self._last_step - global_step)

    def after_run(self, run_context: Any, run_values: Any) -> None:
        """Stops if the checkpoint is there, or else waits."""
        step = int(run_context.session.run(self._global_step))
        if step < self._last_step:
            return
        if self._step_of_checkpoint() >= self._last_step:
            run_context.request_stop()
        else:
            self._sleep(self._seconds)

    def _step_of_checkpoint(self) -> int:
        newest = directory.latest(str(self._model_dir))
        if newest is None:
            return 0
        try:
            return bundle.global_step(newest)
        except CheckpointPathError:  # it has just been deleted
            return 0
