"""Variants of Adam."""

from typing import Any

import tensorflow as tf

from keras_estimator.compat.v1.optimizer import subclassable
from keras_estimator.engine import _tensorflow


@subclassable
class LazyAdamOptimizer(tf.compat.v1.train.AdamOptimizer):
    """`AdamOptimizer` that touches only the rows that have a gradient.

    Of an embedding, the averages of other rows stay as they are, where Adam
    lets them decay. That is faster, and not the same.

    Args:
        learning_rate: As for `AdamOptimizer`.
        beta1: As for `AdamOptimizer`.
        beta2: As for `AdamOptimizer`.
        epsilon: As for `AdamOptimizer`.
        use_locking: As for `AdamOptimizer`.
        name: Name of operations and slots.

    Example:
    ```python
    optimizer = tf.contrib.opt.LazyAdamOptimizer(0.001)
    train_op = optimizer.minimize(loss, tf.train.get_global_step())
    ```
    """

    def _resource_apply_sparse(self, grad: Any, var: Any, indices: Any) -> Any:
        rate, beta1, beta2, epsilon = _settings(self, var)
        m, v = self.get_slot(var, "m"), self.get_slot(var, "v")
        new_m = beta1 * tf.gather(m, indices) + (1 - beta1) * grad
        new_v = beta2 * tf.gather(v, indices) + (1 - beta2) * tf.square(grad)
        step = rate * new_m / (tf.sqrt(new_v) + epsilon)
        return tf.group(
            m.scatter_update(tf.IndexedSlices(new_m, indices)),
            v.scatter_update(tf.IndexedSlices(new_v, indices)),
            var.scatter_sub(tf.IndexedSlices(step, indices)),
        )


@subclassable
class NadamOptimizer(tf.compat.v1.train.AdamOptimizer):
    """`AdamOptimizer` with Nesterov's momentum.

    See http://cs229.stanford.edu/proj2015/054_report.pdf.

    Args:
        learning_rate: As for `AdamOptimizer`.
        beta1: As for `AdamOptimizer`.
        beta2: As for `AdamOptimizer`.
        epsilon: As for `AdamOptimizer`.
        use_locking: As for `AdamOptimizer`.
        name: Name of operations and slots.

    Example:
    ```python
    optimizer = tf.contrib.opt.NadamOptimizer(0.001)
    train_op = optimizer.minimize(loss, tf.train.get_global_step())
    ```
    """

    def _resource_apply_dense(self, grad: Any, var: Any) -> Any:
        settings = _tensorflow.adam_settings(self, var.dtype.base_dtype)
        return tf.raw_ops.ResourceApplyAdam(
            var=var.handle,
            m=self.get_slot(var, "m").handle,
            v=self.get_slot(var, "v").handle,
            beta1_power=settings.power1,
            beta2_power=settings.power2,
            lr=settings.rate,
            beta1=settings.beta1,
            beta2=settings.beta2,
            epsilon=settings.epsilon,
            grad=grad,
            use_locking=_tensorflow.uses_locking(self),
            use_nesterov=True,
        )

    def _resource_apply_sparse(self, grad: Any, var: Any, indices: Any) -> Any:
        rate, beta1, beta2, epsilon = _settings(self, var)
        m, v = self.get_slot(var, "m"), self.get_slot(var, "v")
        scaled = (1 - beta1) * grad
        new_m = _decayed(m, beta1, scaled, indices)
        new_v = _decayed(v, beta2, (1 - beta2) * tf.square(grad), indices)
        ahead = scaled + beta1 * tf.gather(new_m, indices)
        step = rate * ahead / (tf.sqrt(tf.gather(new_v, indices)) + epsilon)
        return tf.group(
            var.scatter_sub(tf.IndexedSlices(step, indices)), new_m, new_v
        )


def _settings(optimizer: Any, var: Any) -> tuple[Any, Any, Any, Any]:
    """Returns learning rate of this step, both betas and epsilon."""
    rate, beta1, beta2, epsilon, power1, power2 = _tensorflow.adam_settings(
        optimizer, var.dtype.base_dtype
    )
    return (
        rate * tf.sqrt(1 - power2) / (1 - power1),
        beta1,
        beta2,
        epsilon,
    )


def _decayed(slot: Any, decay: Any, rows: Any, indices: Any) -> Any:
    """Returns the value of a slot that decays, and then gets rows added."""
    with tf.control_dependencies([slot.assign(slot * decay)]):
        added = slot.scatter_add(tf.IndexedSlices(rows, indices))
    with tf.control_dependencies([added]):
        return slot.read_value()
