"""`tf.train.Optimizer`, for subclasses written for reference variables."""

from typing import Any

import tensorflow as tf

from keras_estimator.compat._stand_in import StandIn


class Optimizer(tf.compat.v1.train.Optimizer, metaclass=StandIn):
    """Base class of TF1 optimizers.

    In TF1 a subclass had `_apply_dense` and `_apply_sparse` for the variables
    that all programs used, and `_resource_apply_dense` and
    `_resource_apply_sparse` for resource variables. Variables are resource
    variables now: a subclass without the latter is asked for the former.

    Example:
    ```python
    class SignOptimizer(tf.train.Optimizer):
        def __init__(self, learning_rate, name="Sign"):
            super().__init__(use_locking=False, name=name)
            self._learning_rate = learning_rate

        def _apply_dense(self, grad, var):
            return tf.assign_sub(var, self._learning_rate * tf.sign(grad))
    ```
    """

    stands_for = tf.compat.v1.train.Optimizer

    def _resource_apply_dense(self, grad: Any, handle: Any) -> Any:
        """Applies a dense gradient to a variable, which `handle` is."""
        return self._apply_dense(grad, handle)

    def _resource_apply_sparse(
        self, grad: Any, handle: Any, indices: Any
    ) -> Any:
        """Applies the rows of a gradient; no index comes twice."""
        shape = tf.shape(handle, out_type=indices.dtype)
        return self._apply_sparse(
            tf.IndexedSlices(grad, indices, shape), handle
        )
