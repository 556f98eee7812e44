"""Layer-wise adaptive rate scaling, for large batches."""

from collections.abc import Sequence
from typing import Any

import tensorflow as tf

from keras_estimator.compat.v1.optimizer import subclassable

_v1 = tf.compat.v1


@subclassable
class LARSOptimizer(tf.compat.v1.train.Optimizer):
    """Momentum, with a learning rate for each variable by norms.

    The learning rate of a variable is multiplied by eeta * norm(variable) /
    (norm(gradient) + weight_decay * norm(variable) + epsilon); see
    https://arxiv.org/abs/1708.03888.

    Args:
        learning_rate: A float, a scalar tensor, or a function of nothing.
        momentum: The momentum.
        weight_decay: How much weights shrink.
        eeta: See above.
        epsilon: See above.
        name: Name of operations and slots.
        skip_list: Variables whose name has one of these in it are trained by
            momentum alone.
        use_nesterov: Whether the momentum is Nesterov's.

    Example:
    ```python
    optimizer = tf.contrib.opt.LARSOptimizer(
        0.1, skip_list=["batch_normalization", "bias"]
    )
    train_op = optimizer.minimize(loss, tf.train.get_global_step())
    ```
    """

    def __init__(
        self,
        learning_rate: Any,
        momentum: float = 0.9,
        weight_decay: float = 0.0001,
        eeta: float = 0.001,
        epsilon: float = 0.0,
        name: str = "LARSOptimizer",
        skip_list: Sequence[str] | None = None,
        use_nesterov: bool = False,
    ) -> None:
        super().__init__(False, name)
        self._learning_rate = learning_rate
        self._momentum = momentum
        self._weight_decay = weight_decay
        self._eeta = eeta
        self._epsilon = epsilon
        self._skip_list = list(skip_list or ())
        self._use_nesterov = use_nesterov

    def _create_slots(self, var_list: Sequence[Any]) -> None:
        for variable in var_list:
            self._zeros_slot(variable, "momentum", self._name)

    def _prepare(self) -> None:
        rate = self._learning_rate
        self._rate = tf.convert_to_tensor(rate() if callable(rate) else rate)

    def _resource_apply_dense(self, grad: Any, var: Any) -> Any:
        rate = tf.cast(self._rate, var.dtype.base_dtype)
        if not any(part in var.name for part in self._skip_list):
            rate *= self._trust(grad, var)
            grad = grad + self._weight_decay * var
        # As in TensorFlow 1, what is accumulated has the learning rate in it.
        return tf.raw_ops.ResourceApplyMomentum(
            var=var.handle,
            accum=self.get_slot(var, "momentum").handle,
            lr=tf.ones_like(rate),
            grad=rate * grad,
            momentum=tf.cast(self._momentum, var.dtype.base_dtype),
            use_nesterov=self._use_nesterov,
        )

    def _resource_apply_sparse(self, grad: Any, var: Any, indices: Any) -> Any:
        dense = tf.scatter_nd(
            tf.expand_dims(indices, -1),
            grad,
            tf.shape(var, out_type=indices.dtype),
        )
        return self._resource_apply_dense(dense, var)

    def _trust(self, grad: Any, var: Any) -> Any:
        """Returns what the learning rate is multiplied by: 1 for norm 0."""
        weights, gradients = tf.norm(var), tf.norm(grad)
        trust = (
            self._eeta
            * weights
            / (gradients + self._weight_decay * weights + self._epsilon)
        )
        has_norms = tf.logical_and(weights > 0, gradients > 0)
        return tf.where(has_norms, trust, tf.ones_like(trust))
