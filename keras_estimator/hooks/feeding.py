"""A hook that feeds each step."""

from collections.abc import Callable
from collections.abc import Mapping
from typing import Any

from keras_estimator.engine.hook import SessionRunArgs
from keras_estimator.engine.hook import SessionRunHook
from keras_estimator.errors import ArgumentTypeError


class FeedFnHook(SessionRunHook):
    """Feeds what a function returns, at every step.

    Args:
        feed_fn: Function without arguments that returns a dict of tensor, or
            name of one, -> value. It is called once more at the end of the
            input.

    Raises:
        ArgumentTypeError: If it is no function; during the run, if it returns
            no dict.

    Attributes:
        feed_fn: As above.

    Example:
    ```python
    hook = FeedFnHook(lambda: {"keep_prob:0": 0.5})
    ```
    """

    def __init__(self, feed_fn: Callable[[], Mapping[Any, Any]]) -> None:
        if not callable(feed_fn):
            raise ArgumentTypeError(
                "`feed_fn` must be a function without arguments that returns a "
                f"feed_dict. Received: feed_fn={feed_fn!r} (of type "
                f"{type(feed_fn).__name__}). For values that stay, give "
                "`lambda: {...}`."
            )
        self.feed_fn = feed_fn

    def before_run(self, run_context: Any) -> SessionRunArgs:
        """Asks for the values to feed."""
        feed_dict = self.feed_fn()
        if not isinstance(feed_dict, Mapping):
            raise ArgumentTypeError(
                "`feed_fn` must return a dict of tensor -> value. It returned: "
                f"{feed_dict!r} (of type {type(feed_dict).__name__})."
            )
        return SessionRunArgs(fetches=None, feed_dict=feed_dict)
