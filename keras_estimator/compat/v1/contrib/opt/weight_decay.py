"""Optimizers that shrink weights beside the gradient's step."""

from collections.abc import Sequence
from typing import Any

import tensorflow as tf

from keras_estimator.compat.v1.optimizer import subclassable

_v1 = tf.compat.v1


class DecoupledWeightDecayExtension:
    """Makes an optimizer shrink weights before each step.

    weights -= weight_decay * weights, which is another thing than L2
    regularization for all optimizers but plain gradient descent: see
    https://arxiv.org/abs/1711.05101. A learning rate schedule does not apply
    to weight_decay: multiply it by the schedule, too.

    It is the first base of a class whose second is the optimizer.

    Args:
        weight_decay: A float, or a scalar tensor.
        **kwargs: Arguments of the optimizer.

    Example:
    ```python
    class AdagradW(
        tf.contrib.opt.DecoupledWeightDecayExtension, tf.train.AdagradOptimizer
    ):
        pass
    ```
    """

    def __init__(self, weight_decay: Any, **kwargs: Any) -> None:
        self._decay_var_list: set[int] = set()
        self._gradients: list[Any] = []
        self._weight_decay = weight_decay
        super().__init__(**kwargs)

    def apply_gradients(
        self,
        grads_and_vars: Any,
        global_step: Any = None,
        name: str | None = None,
        decay_var_list: Sequence[Any] | None = None,
    ) -> Any:
        """Returns the operation that changes the variables.

        Args:
            grads_and_vars: Pairs of a gradient and its variable.
            global_step: Is incremented.
            name: Name of the operation.
            decay_var_list: The variables that shrink; by default all that have
                a gradient.
        """
        pairs = list(grads_and_vars)
        self._decay_var_list = {
            id(variable) for variable in decay_var_list or ()
        }
        # Whatever a gradient is computed from has to be read before.
        self._gradients = [
            getattr(gradient, "values", gradient)
            for gradient, _ in pairs
            if gradient is not None
        ]
        return super().apply_gradients(  # type: ignore[misc]
            pairs, global_step=global_step, name=name
        )

    def minimize(
        self,
        loss: Any,
        *args: Any,
        decay_var_list: Sequence[Any] | None = None,
        **kwargs: Any,
    ) -> Any:
        """Returns the training operation, as `Optimizer.minimize` does.

        Args:
            loss: A scalar.
            *args: As for `Optimizer.minimize`.
            decay_var_list: Has no effect, as it had none in TensorFlow 1: all
                variables shrink. Give it to `apply_gradients`.
            **kwargs: As for `Optimizer.minimize`.
        """
        if decay_var_list:
            _v1.logging.warning(
                "`decay_var_list` of minimize() has no effect, as in "
                "TensorFlow 1: all variables that are trained shrink. Give it "
                "to apply_gradients(compute_gradients(loss), ...)."
            )
        return super().minimize(loss, *args, **kwargs)  # type: ignore[misc]

    def _decays(self, variable: Any) -> bool:
        return not self._decay_var_list or id(variable) in self._decay_var_list

    def _decay_of(self, variable: Any) -> Any:
        decay = self._weight_decay
        decay = decay() if callable(decay) else decay
        return tf.cast(decay, variable.dtype.base_dtype)

    def _resource_apply_dense(self, grad: Any, var: Any) -> Any:
        if not self._decays(var):
            return super()._resource_apply_dense(  # type: ignore[misc]
                grad, var
            )
        with tf.control_dependencies(self._gradients):
            shrink = var.assign_sub(self._decay_of(var) * var, read_value=False)
        with tf.control_dependencies([shrink]):
            return super()._resource_apply_dense(  # type: ignore[misc]
                grad, var
            )

    def _resource_apply_sparse(self, grad: Any, var: Any, indices: Any) -> Any:
        if not self._decays(var):
            return super()._resource_apply_sparse(  # type: ignore[misc]
                grad, var, indices
            )
        with tf.control_dependencies(self._gradients):
            rows = tf.gather(var, indices)
            shrink = var.scatter_sub(
                tf.IndexedSlices(self._decay_of(var) * rows, indices)
            )
        with tf.control_dependencies([shrink]):
            return super()._resource_apply_sparse(  # type: ignore[misc]
                grad, var, indices
            )


def extend_with_decoupled_weight_decay(base_optimizer: type) -> type:
    """Returns the class of an optimizer that shrinks weights, too.

    Args:
        base_optimizer: A subclass of `tf.train.Optimizer`.

    Returns:
        A subclass, which takes `weight_decay` before the arguments of
        base_optimizer.

    Example:
    ```python
    AdagradW = tf.contrib.opt.extend_with_decoupled_weight_decay(
        tf.train.AdagradOptimizer
    )
    AdagradW(weight_decay=1e-4, learning_rate=0.1).minimize(loss)
    ```
    """

    class OptimizerWithDecoupledWeightDecay(
        DecoupledWeightDecayExtension,
        base_optimizer,  # type: ignore[misc]
    ):
        """An optimizer that shrinks weights before each step."""

        def __init__(
            self, weight_decay: Any, *args: Any, **kwargs: Any
        ) -> None:
            self._decay_var_list = set()
            self._gradients = []
            self._weight_decay = weight_decay
            base_optimizer.__init__(self, *args, **kwargs)  # type: ignore[misc]

    return OptimizerWithDecoupledWeightDecay


@subclassable
class MomentumWOptimizer(
    DecoupledWeightDecayExtension, tf.compat.v1.train.MomentumOptimizer
):
    """`MomentumOptimizer` that shrinks weights before each step.

    Args:
        weight_decay: A float, or a scalar tensor.
        learning_rate: As for `MomentumOptimizer`.
        momentum: As for `MomentumOptimizer`.
        use_locking: As for `MomentumOptimizer`.
        name: Name of operations and slots.
        use_nesterov: As for `MomentumOptimizer`.

    Example:
    ```python
    optimizer = tf.contrib.opt.MomentumWOptimizer(1e-4, 0.1, 0.9)
    train_op = optimizer.minimize(loss, tf.train.get_global_step())
    ```
    """

    def __init__(
        self,
        weight_decay: Any,
        learning_rate: Any,
        momentum: Any,
        use_locking: bool = False,
        name: str = "MomentumW",
        use_nesterov: bool = False,
    ) -> None:
        super().__init__(
            weight_decay,
            learning_rate=learning_rate,
            momentum=momentum,
            use_locking=use_locking,
            name=name,
            use_nesterov=use_nesterov,
        )


@subclassable
class AdamWOptimizer(
    DecoupledWeightDecayExtension, tf.compat.v1.train.AdamOptimizer
):
    """`AdamOptimizer` that shrinks weights before each step.

    Args:
        weight_decay: A float, or a scalar tensor.
        learning_rate: As for `AdamOptimizer`.
        beta1: As for `AdamOptimizer`.
        beta2: As for `AdamOptimizer`.
        epsilon: As for `AdamOptimizer`.
        use_locking: As for `AdamOptimizer`.
        name: Name of operations and slots.

    Example:
    ```python
    optimizer = tf.contrib.opt.AdamWOptimizer(1e-4, learning_rate=0.001)
    train_op = optimizer.apply_gradients(
        optimizer.compute_gradients(loss),
        tf.train.get_global_step(),
        decay_var_list=tf.trainable_variables("dense"),
    )
    ```
    """

    def __init__(
        self,
        weight_decay: Any,
        learning_rate: Any = 0.001,
        beta1: Any = 0.9,
        beta2: Any = 0.999,
        epsilon: float = 1e-8,
        use_locking: bool = False,
        name: str = "AdamW",
    ) -> None:
        super().__init__(
            weight_decay,
            learning_rate=learning_rate,
            beta1=beta1,
            beta2=beta2,
            epsilon=epsilon,
            use_locking=use_locking,
            name=name,
        )
