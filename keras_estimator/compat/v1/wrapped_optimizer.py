"""What optimizers have in common that change what another one is given."""

from typing import Any

import tensorflow as tf


class WrappedOptimizer(tf.compat.v1.train.Optimizer):
    """An optimizer that does what another one does.

    Its slots have the names that they have without this one.

    Args:
        optimizer: The other one.
        name: Name of this one.
    """

    def __init__(
        self, optimizer: tf.compat.v1.train.Optimizer, name: str
    ) -> None:
        super().__init__(False, name)
        self._optimizer = optimizer

    def compute_gradients(
        self, loss: Any, *args: Any, **kwargs: Any
    ) -> list[tuple[Any, Any]]:
        """Returns what the optimizer returns.

        Args:
            loss: Scalar tensor.
            *args: Other arguments of the optimizer's method.
            **kwargs: Other arguments of the optimizer's method.
        """
        return self._optimizer.compute_gradients(loss, *args, **kwargs)

    def apply_gradients(
        self,
        grads_and_vars: Any,
        global_step: Any = None,
        name: str | None = None,
    ) -> Any:
        """Returns the operation of the optimizer.

        Args:
            grads_and_vars: Pairs of gradient and variable.
            global_step: Variable that it adds 1 to.
            name: Name of the operation.
        """
        return self._optimizer.apply_gradients(
            list(grads_and_vars), global_step, name
        )

    def get_slot(self, var: Any, name: str) -> Any:
        """Returns a slot of the optimizer.

        Args:
            var: Variable that it belongs to.
            name: Name of the slot.
        """
        return self._optimizer.get_slot(var, name)

    def get_slot_names(self) -> list[str]:
        """Returns the names of the optimizer's slots."""
        return self._optimizer.get_slot_names()

    def variables(self) -> list[Any]:
        """Returns the optimizer's variables."""
        return self._optimizer.variables()
