"""`slim.learning`: the training operation, with what changes gradients."""

from collections.abc import Iterable
from collections.abc import Mapping
from collections.abc import Sequence
from typing import Any

from keras_estimator.compat._missing import missing
from keras_estimator.compat.v1.contrib.training import train_operation
from keras_estimator.compat.v1.contrib.training.train_operation import (
    add_gradients_summaries,
)
from keras_estimator.compat.v1.contrib.training.train_operation import (
    clip_gradient_norms,
)
from keras_estimator.compat.v1.contrib.training.train_operation import (
    multiply_gradients,
)

_THE_GLOBAL_STEP = 0


def create_train_op(
    total_loss: Any,
    optimizer: Any,
    global_step: Any = _THE_GLOBAL_STEP,
    update_ops: Iterable[Any] | None = None,
    variables_to_train: Sequence[Any] | None = None,
    clip_gradient_norm: float = 0,
    summarize_gradients: bool = False,
    gate_gradients: int = 1,
    aggregation_method: int | None = None,
    colocate_gradients_with_ops: bool = False,
    gradient_multipliers: Mapping[Any, Any] | None = None,
    check_numerics: bool = True,
) -> Any:
    """Returns the training operation: the loss, once variables are updated.

    What is not said here is as in `tf.contrib.training.create_train_op`.

    Args:
        total_loss: A scalar.
        optimizer: A `tf.train.Optimizer`.
        global_step: The global step; by default that of the graph; `None` to
            increment none.
        update_ops: Operations that are run at each step; by default the
            collection UPDATE_OPS.
        variables_to_train: The variables to train; by default all that are
            trainable.
        clip_gradient_norm: What the norm of each gradient is clipped to; 0
            for no clipping.
        summarize_gradients: Whether each gradient is summarized.
        gate_gradients: As for `Optimizer.compute_gradients`.
        aggregation_method: As for `Optimizer.compute_gradients`.
        colocate_gradients_with_ops: As for `Optimizer.compute_gradients`.
        gradient_multipliers: Variable, or its name without `:0` -> number
            that its gradient is multiplied by, before clipping.
        check_numerics: Whether a loss that is no number is an error.
    """

    def transform(gradients: Any) -> Any:
        if gradient_multipliers:
            gradients = multiply_gradients(gradients, gradient_multipliers)
        if clip_gradient_norm > 0:
            gradients = clip_gradient_norms(gradients, clip_gradient_norm)
        return gradients

    return train_operation.create_train_op(
        total_loss,
        optimizer,
        global_step,
        update_ops,
        variables_to_train,
        transform,
        summarize_gradients,
        gate_gradients,
        aggregation_method,
        colocate_gradients_with_ops,
        check_numerics,
    )


__getattr__ = missing(__name__)

__all__ = [
    "add_gradients_summaries",
    "clip_gradient_norms",
    "create_train_op",
    "multiply_gradients",
]
