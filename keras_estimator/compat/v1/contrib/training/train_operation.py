"""`create_train_op`, and changes of gradients for it."""

from collections.abc import Callable
from collections.abc import Iterable
from collections.abc import Mapping
from collections.abc import Sequence
from typing import Any

import tensorflow as tf

from keras_estimator.compat.v1.contrib.layers.gradients import scaled
from keras_estimator.errors import ConfigError

_v1 = tf.compat.v1
# `None` means no global step, so that the default is another value.
_THE_GLOBAL_STEP = 0

Gradients = Sequence[tuple[Any, Any]]


def create_train_op(
    total_loss: Any,
    optimizer: Any,
    global_step: Any = _THE_GLOBAL_STEP,
    update_ops: Iterable[Any] | None = None,
    variables_to_train: Sequence[Any] | None = None,
    transform_grads_fn: Callable[[Any], Any] | None = None,
    summarize_gradients: bool = False,
    gate_gradients: int = _v1.train.Optimizer.GATE_OP,
    aggregation_method: int | None = None,
    colocate_gradients_with_ops: bool = False,
    check_numerics: bool = True,
) -> Any:
    """Returns the training operation: the loss, once variables are updated.

    The updates of the collection UPDATE_OPS, such as those of `batch_norm`,
    are part of it.

    Args:
        total_loss: A scalar.
        optimizer: A `tf.train.Optimizer`.
        global_step: The global step; by default that of the graph; `None` to
            increment none.
        update_ops: Operations that are run at each step; by default the
            collection UPDATE_OPS.
        variables_to_train: The variables to train; by default all that are
            trainable.
        transform_grads_fn: Function of the list of (gradient, variable) that
            returns another one.
        summarize_gradients: Whether each gradient is summarized.
        gate_gradients: As for `Optimizer.compute_gradients`.
        aggregation_method: As for `Optimizer.compute_gradients`.
        colocate_gradients_with_ops: As for `Optimizer.compute_gradients`.
        check_numerics: Whether a loss that is no number is an error.

    Returns:
        A scalar tensor.

    Raises:
        ConfigError: If variables_to_train has one that is not trainable.

    Example:
    ```python
    train_op = tf.contrib.training.create_train_op(
        loss,
        tf.train.AdamOptimizer(0.001),
        transform_grads_fn=tf.contrib.training.clip_gradient_norms_fn(5.0),
    )
    ```
    """
    if global_step is _THE_GLOBAL_STEP:
        global_step = _v1.train.get_or_create_global_step()
    total_loss = _after_updates(total_loss, update_ops)
    gradients = optimizer.compute_gradients(
        total_loss,
        _trained(variables_to_train),
        gate_gradients=gate_gradients,
        aggregation_method=aggregation_method,
        colocate_gradients_with_ops=colocate_gradients_with_ops,
    )
    if transform_grads_fn:
        gradients = transform_grads_fn(gradients)
    if summarize_gradients:
        with _v1.name_scope("summarize_grads"):
            add_gradients_summaries(gradients)
    apply = optimizer.apply_gradients(gradients, global_step=global_step)
    with _v1.name_scope("train_op"):
        if check_numerics:
            total_loss = _v1.check_numerics(
                total_loss, "LossTensor is inf or nan"
            )
        with tf.control_dependencies([apply]):
            train_op = tf.identity(total_loss, name="control_dependency")
    _v1.add_to_collection(_v1.GraphKeys.TRAIN_OP, train_op)
    return train_op


def clip_gradient_norms(
    gradients_to_variables: Gradients, max_norm: float
) -> list[tuple[Any, Any]]:
    """Returns gradients, the norm of each of them at most `max_norm`.

    Args:
        gradients_to_variables: Pairs of a gradient and its variable.
        max_norm: The norm.
    """

    def clipped(gradient: Any) -> Any:
        if isinstance(gradient, tf.IndexedSlices):
            return tf.IndexedSlices(
                tf.clip_by_norm(gradient.values, max_norm),
                gradient.indices,
                gradient.dense_shape,
            )
        return tf.clip_by_norm(gradient, max_norm)

    return [
        (None if gradient is None else clipped(gradient), variable)
        for gradient, variable in gradients_to_variables
    ]


def clip_gradient_norms_fn(
    max_norm: float,
) -> Callable[[Gradients], list[tuple[Any, Any]]]:
    """Returns a `clip_gradient_norms` of one argument.

    Args:
        max_norm: The norm.
    """

    def clip(gradients_to_variables: Gradients) -> list[tuple[Any, Any]]:
        return clip_gradient_norms(gradients_to_variables, max_norm)

    return clip


def multiply_gradients(
    grads_and_vars: Gradients, gradient_multipliers: Mapping[Any, Any]
) -> list[tuple[Any, Any]]:
    """Returns gradients, each times the number of its variable.

    Args:
        grads_and_vars: Pairs of a gradient and its variable.
        gradient_multipliers: Variable, or its name without `:0` -> number.

    Raises:
        ConfigError: If it is no dict or empty, or a variable that it names
            has no gradient.
    """
    if not isinstance(gradient_multipliers, Mapping) or not (
        gradient_multipliers
    ):
        raise ConfigError(
            "`gradient_multipliers` must be a dict of variable, or its name, "
            f"-> number, and not empty. Received: {gradient_multipliers!r}."
        )
    by_name = {
        key if isinstance(key, str) else key.op.name: value
        for key, value in gradient_multipliers.items()
    }
    multiplied = []
    for gradient, variable in grads_and_vars:
        if variable.op.name in by_name:
            if gradient is None:
                raise ConfigError(
                    "Requested multiple of `None` gradient: the loss does not "
                    f"depend on variable {variable.op.name}."
                )
            gradient = scaled(
                gradient,
                tf.cast(by_name[variable.op.name], gradient.dtype.base_dtype),
            )
        multiplied.append((gradient, variable))
    return multiplied


def add_gradients_summaries(grads_and_vars: Gradients) -> list[Any]:
    """Adds a histogram and the norm of each gradient to the summaries.

    Args:
        grads_and_vars: Pairs of a gradient and its variable.

    Returns:
        The summaries.
    """
    summaries = []
    for gradient, variable in grads_and_vars:
        if gradient is None:
            _v1.logging.info("Var %s has no gradient", variable.op.name)
            continue
        values = getattr(gradient, "values", gradient)
        name = variable.op.name
        summaries += [
            _v1.summary.histogram(f"{name}_gradient", values),
            _v1.summary.scalar(
                f"{name}_gradient_norm", tf.linalg.global_norm([values])
            ),
        ]
    return summaries


def _after_updates(total_loss: Any, update_ops: Iterable[Any] | None) -> Any:
    """Returns the loss, once the updates are done."""
    collected = _v1.get_collection(_v1.GraphKeys.UPDATE_OPS)
    updates = list(
        dict.fromkeys(collected if update_ops is None else update_ops)
    )
    if not set(collected) <= set(updates):
        _v1.logging.warning(
            "update_ops in create_train_op does not contain all the "
            "update_ops in GraphKeys.UPDATE_OPS"
        )
    if not updates:
        return total_loss
    with tf.control_dependencies(updates):
        barrier = tf.no_op(name="update_barrier")
    with tf.control_dependencies([barrier]):
        return tf.identity(total_loss)


def _trained(variables: Sequence[Any] | None) -> Sequence[Any]:
    trainable = _v1.trainable_variables()
    if variables is None:
        return trainable
    known = {id(variable) for variable in trainable}
    for variable in variables:
        if id(variable) not in known:
            raise ConfigError(
                "`variables_to_train` must be among `tf.trainable_variables()`"
                f", which {variable.op.name} is not."
            )
    return variables
