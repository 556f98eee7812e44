"""The loop of train and evaluate: as many steps in one call as nobody looks."""

import time

import tensorflow as tf

from keras_estimator.engine.hook_runner import HookRunner
from keras_estimator.engine.steps import StepRunner

# A call that runs many steps answers to time-based hooks, and to Ctrl-C, only
# when it returns.
_SECONDS_PER_CALL = 0.5
_FIRST_CALL_STEPS = 1
_GROWTH = 4


class Pace:
    """Keeps the steps in one call to about half a second of them."""

    def __init__(self) -> None:
        self.limit = _FIRST_CALL_STEPS

    def ran(self, steps: int, seconds: float) -> None:
        """Takes note of how long a call took.

        Limits grow by degrees: the first call also compiles, and one fast call
        promises little about the next.
        """
        affordable = int(steps * _SECONDS_PER_CALL / max(seconds, 1e-9))
        self.limit = max(1, min(affordable, _GROWTH * self.limit))


def run(hooks: HookRunner, steps: StepRunner) -> None:
    """Runs steps until a hook asks to stop or the input ends.

    Args:
        hooks: The hooks of the call; `after_create_session` has been called.
        steps: Runs the steps.
    """
    pace = Pace()
    try:
        while not hooks.should_stop:
            due = hooks.steps_until_due(steps.global_step)
            free = pace.limit if due is None else min(due - 1, pace.limit)
            if free > 0 and steps.can_fuse:
                started = time.monotonic()
                fused = steps.run_fused(free)
                pace.ran(free, time.monotonic() - started)
                hooks.skipped(fused.done, fused.watched)
                if fused.ended:
                    return
                if due is None or fused.done < due - 1:
                    continue
            if not hooks.should_stop:
                fetches, feeds = hooks.before_run(steps.global_step)
                hooks.after_run(steps.run(fetches, feeds))
    except (tf.errors.OutOfRangeError, StopIteration):
        # Reading past the end is how an input says that it has ended.
        return
