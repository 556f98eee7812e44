"""When a hook that works every so often is next due."""

import math
import time
from collections.abc import Callable

from keras_estimator.errors import ConfigError


class SecondOrStepTimer:
    """Triggers every so many steps, or every so many seconds.

    The first step always triggers. Exactly one of the two is to be given.

    Args:
        every_secs: Seconds between triggers.
        every_steps: Steps between triggers.
        clock: Returns the time in seconds. Defaults to `time.time`.

    Example:
    >>> timer = SecondOrStepTimer(every_steps=3)
    >>> for step in range(5):
    ...     if timer.should_trigger_for_step(step):
    ...         print(step, timer.update_last_triggered_step(step)[1])
    0 None
    3 3
    """

    def __init__(
        self,
        every_secs: float | None = None,
        every_steps: int | None = None,
        *,
        clock: Callable[[], float] | None = None,
    ) -> None:
        if every_secs is None and every_steps is None:
            raise ConfigError(
                "Either every_secs or every_steps should be provided."
            )
        if every_secs is not None and every_steps is not None:
            raise ConfigError(
                "Can not provide both every_secs and every_steps. Received: "
                f"every_secs={every_secs}, every_steps={every_steps}."
            )
        self._every_secs = every_secs
        self._every_steps = every_steps or 0
        self._own_clock = clock
        self.reset()

    def reset(self) -> None:
        """Forgets the last trigger."""
        self._last_step: int | None = None
        self._last_time: float | None = None

    def should_trigger_for_step(self, step: int) -> bool:
        """Whether it triggers at `step`, at this time."""
        if self._last_step is None or self._last_time is None:
            return True
        if step == self._last_step:
            return False
        if self._every_secs is not None:
            return self._clock() >= self._last_time + self._every_secs
        return step >= self._last_step + self._every_steps

    def update_last_triggered_step(
        self, step: int
    ) -> tuple[float | None, int | None]:
        """Notes that it triggered at `step`.

        Returns:
            Seconds and steps since the last trigger; `None` for the first.
        """
        now = self._clock()
        last_time, last_step = self._last_time, self._last_step
        self._last_time, self._last_step = now, step
        if last_time is None or last_step is None:
            return None, None
        return now - last_time, step - last_step

    def last_triggered_step(self) -> int | None:
        """Returns the step of the last trigger, `None` before the first."""
        return self._last_step

    def steps_until_trigger(self, step: int) -> int | None:
        """Returns in how many steps after `step` it triggers, at the least 1.

        `None` if that depends on the time, and the time has not come.
        """
        if self._last_step is None or self._last_time is None:
            return 1
        if self._every_secs is not None:
            due = self._clock() >= self._last_time + self._every_secs
            return 1 if due else None
        return max(1, math.ceil(self._last_step + self._every_steps - step))

    def _clock(self) -> float:
        # Looked up each time: tests of old code replace `time.time`.
        return time.time() if self._own_clock is None else self._own_clock()


class StepAhead:
    """The step that a hook takes to come next, as those of TF1 count it.

    They add one for a step to the global step from before it. So an evaluation
    counts, too, where the global step stays: as if each step were the first.

    Attributes:
        step: The global step that the next step leads to; `None` before the
            first.
        before: The global step from before the next step.
    """

    def __init__(self) -> None:
        self.step: int | None = None
        self.before = 0
        self._has_skipped = False

    def come_to(self, global_step: int) -> None:
        """Takes the global step from before the next step."""
        if self._has_skipped and self.step is not None:
            self.step = max(global_step, self.before + 1) + 1
        self._has_skipped = False
        self.before = global_step

    def skip(self, steps: int) -> None:
        """Takes note of steps that ran without the hook."""
        self._has_skipped = self._has_skipped or steps > 0

    def ran(self, global_step: int) -> None:
        """Takes the global step that the hook has after a step."""
        self.step = global_step + 1
