"""A hook that runs something when all steps are done."""

from collections.abc import Mapping
from typing import Any

import tensorflow as tf

from keras_estimator._types import Fetches
from keras_estimator.engine.hook import SessionRunHook

_v1 = tf.compat.v1


class FinalOpsHook(SessionRunHook):
    """Runs tensors and operations at the end, and keeps their values.

    Args:
        final_ops: A tensor, operation, variable or name, or a nest of these;
            `None` for nothing.
        final_ops_feed_dict: Tensor -> value to feed, or `None`.

    Raises:
        tf.errors.OutOfRangeError: At the end, if these need a batch and the
            input has none left.

    Example:
    ```python
    hook = FinalOpsHook({"kernel": "dense/kernel:0"})
    estimator.evaluate(input_fn, hooks=[hook])
    print(hook.final_ops_values["kernel"])
    ```
    """

    def __init__(
        self,
        final_ops: Fetches,
        final_ops_feed_dict: Mapping[Any, Any] | None = None,
    ) -> None:
        self._final_ops = final_ops
        self._final_ops_feed_dict = final_ops_feed_dict
        self._final_ops_values: Any = None

    @property
    def final_ops_values(self) -> Any:
        """Values of the last run that came to its end, in the same nest."""
        return self._final_ops_values

    def end(self, session: Any) -> None:
        """Runs them."""
        if self._final_ops is None:
            return
        try:
            self._final_ops_values = session.run(
                self._final_ops, feed_dict=self._final_ops_feed_dict
            )
        except (tf.errors.OutOfRangeError, StopIteration):
            _v1.logging.warning(
                "An OutOfRangeError or StopIteration exception is raised by "
                "the code in FinalOpsHook. What it runs (%s) needs a batch, "
                "and the input has ended. Read variables instead: of a metric "
                "in `eval_metric_ops` the value, not the update_op. Or feed "
                "what depends on the input, with `final_ops_feed_dict`.",
                self._final_ops,
            )
            raise
