"""`minimize`: a training step with Keras optimizers, as a value."""

import dataclasses
from collections.abc import Callable
from collections.abc import Sequence
from typing import Any
from typing import TypeAlias

import keras
import tensorflow as tf

from keras_estimator.errors import ArgumentTypeError
from keras_estimator.errors import SpecError

# (gradient, variable) of every variable that is minimized over.
Gradients: TypeAlias = list[tuple[Any, Any]]


@dataclasses.dataclass(frozen=True, eq=False)
class Minimize:
    """One application of an optimizer to a loss, for `train_op`.

    It holds values only; the training step computes the gradients and applies
    them. Make it with `minimize`, which checks its arguments.

    Args:
        optimizer: Keras optimizer.
        loss: float tensor of shape [].
        var_list: Variables to minimize over. `None` for all trainable ones.
        transform_gradients: Function from and to a list of (gradient,
            variable) pairs, called before the optimizer. `None` for no change.
    """

    optimizer: keras.optimizers.Optimizer
    loss: tf.Tensor
    var_list: tuple[Any, ...] | None = None
    transform_gradients: Callable[[Gradients], Gradients] | None = None


def minimize(
    optimizer: keras.optimizers.Optimizer,
    loss: tf.Tensor,
    var_list: Sequence[Any] | None = None,
    transform_gradients: Callable[[Gradients], Gradients] | None = None,
) -> Minimize:
    """Returns a `train_op` that minimizes `loss` with a Keras optimizer.

    A bare optimizer as `train_op` minimizes the loss of the `EstimatorSpec`
    over all trainable variables. Use this function to choose another loss, some
    of the variables, or to change the gradients, as for two networks that train
    against each other:

    ```python
    return ke.EstimatorSpec(
        mode,
        loss=g_loss + d_loss,
        train_op=[
            ke.minimize(
                g_opt, g_loss, var_list=generator.trainable_variables
            ),
            ke.minimize(
                d_opt, d_loss, var_list=discriminator.trainable_variables
            ),
        ],
    )
    ```

    Args:
        optimizer: Keras optimizer.
        loss: float tensor of one element.
        var_list: Variables to minimize over, `keras.Variable` or `tf.Variable`,
            at least one. Defaults to `None`: all trainable variables.
        transform_gradients: Function that gets the list of (gradient, variable)
            pairs and returns one, for instance with clipped gradients. Defaults
            to `None`.

    Returns:
        A `Minimize`, to be used as `train_op` or in a list of them.

    Raises:
        ArgumentTypeError: If an argument has the wrong type.
        SpecError: If `loss` has several elements or `var_list` is empty.

    Example:
    >>> step = minimize(keras.optimizers.SGD(0.1), loss=tf.constant([2.0]))
    >>> step.loss.shape
    TensorShape([])
    """
    if not isinstance(optimizer, keras.optimizers.Optimizer):
        raise ArgumentTypeError(
            "`optimizer` must be a `keras.optimizers.Optimizer`. Received: "
            f"optimizer={optimizer!r} ({type(optimizer).__name__}). An "
            "optimizer of `tf.compat.v1.train` or `tf_keras` has a method of "
            "its own: use `optimizer.minimize(...)` as `train_op`."
        )
    if transform_gradients is not None and not callable(transform_gradients):
        raise ArgumentTypeError(
            "`transform_gradients` must be None or a function from and to a "
            "list of (gradient, variable) pairs. Received: "
            f"transform_gradients={transform_gradients!r} "
            f"({type(transform_gradients).__name__})."
        )
    return Minimize(
        optimizer=optimizer,
        loss=scalar_loss(loss, "`loss` of `minimize`"),
        var_list=_variables(var_list),
        transform_gradients=transform_gradients,
    )


def scalar_loss(loss: Any, where: str) -> Any:
    """Returns a loss of one element as one of shape [].

    Args:
        loss: Tensor or variable.
        where: What the loss is for, for error messages.

    Returns:
        `loss` itself, or a reshaped tensor.

    Raises:
        ArgumentTypeError: If `loss` is not a tensor.
        SpecError: If `loss` has none or several elements.
    """
    if not isinstance(loss, (tf.Tensor, tf.Variable)):
        raise ArgumentTypeError(
            f"loss must be Tensor, given: {_shown(loss)} "
            f"({type(loss).__name__}) for {where}. Compute it from tensors, "
            "without `float()` and NumPy."
        )
    if loss.shape.num_elements() not in (None, 1):
        raise SpecError(
            f"Loss must be scalar, given: {loss!r} of shape "
            f"{loss.shape.as_list()} for {where}. Use `tf.reduce_mean` or "
            "`tf.reduce_sum` to make one number of it."
        )
    if loss.shape.rank in (None, 0):
        return loss
    return tf.reshape(loss, [])


def _variables(var_list: Any) -> tuple[Any, ...] | None:
    if var_list is None:
        return None
    if isinstance(var_list, str) or not isinstance(var_list, Sequence):
        raise ArgumentTypeError(
            "`var_list` must be None or a list of variables. Received: "
            f"var_list={var_list!r} ({type(var_list).__name__})."
        )
    if not var_list:
        raise SpecError(
            "`var_list` must hold at least one variable. Received: "
            f"var_list={var_list!r}. Was the layer built before its "
            "`trainable_variables` were taken? Use None for all trainable "
            "variables."
        )
    for index, variable in enumerate(var_list):
        if not isinstance(variable, (keras.Variable, tf.Variable)):
            raise ArgumentTypeError(
                "`var_list` must hold `keras.Variable` and `tf.Variable` "
                f"objects. Received: var_list[{index}]={variable!r} "
                f"({type(variable).__name__})."
            )
    return tuple(var_list)


def _shown(value: Any) -> str:
    try:
        return repr(value)
    except NotImplementedError:  # a Keras variable in a graph, in Keras 3.8
        return object.__repr__(value)
