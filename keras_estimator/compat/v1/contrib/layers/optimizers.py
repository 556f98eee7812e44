"""`optimize_loss`: the training operation, with all that goes with it."""

from collections.abc import Callable
from collections.abc import Iterable
from collections.abc import Mapping
from collections.abc import Sequence
from typing import Any

import tensorflow as tf

from keras_estimator.compat.v1.contrib.framework.tensors import assert_scalar
from keras_estimator.compat.v1.contrib.layers import gradients as changes
from keras_estimator.errors import ConfigError

_v1 = tf.compat.v1

OPTIMIZER_CLS_NAMES: dict[str, Callable[..., Any]] = {
    "Adagrad": _v1.train.AdagradOptimizer,
    "Adam": _v1.train.AdamOptimizer,
    "Ftrl": _v1.train.FtrlOptimizer,
    "Momentum": lambda learning_rate: _v1.train.MomentumOptimizer(
        learning_rate, momentum=0.9
    ),
    "RMSProp": _v1.train.RMSPropOptimizer,
    "SGD": _v1.train.GradientDescentOptimizer,
}

OPTIMIZER_SUMMARIES = [
    "learning_rate",
    "loss",
    "gradients",
    "gradient_norm",
    "global_gradient_norm",
]
_DEFAULT_SUMMARIES = ["loss", "learning_rate", "global_gradient_norm"]


def optimize_loss(
    loss: Any,
    global_step: Any,
    learning_rate: Any,
    optimizer: Any,
    gradient_noise_scale: float | None = None,
    gradient_multipliers: Mapping[Any, float] | None = None,
    clip_gradients: float | Callable[[Any], Any] | None = None,
    learning_rate_decay_fn: Callable[[Any, Any], Any] | None = None,
    update_ops: Iterable[Any] | None = None,
    variables: Sequence[Any] | None = None,
    name: str | None = None,
    summaries: Sequence[str] | None = None,
    colocate_gradients_with_ops: bool = False,
    increment_global_step: bool = True,
) -> Any:
    """Returns the training operation: the loss, once variables are updated.

    The updates of the collection UPDATE_OPS, such as those of `batch_norm`,
    are part of it.

    Args:
        loss: A scalar.
        global_step: The global step; that of the graph if `None`.
        learning_rate: A float, which becomes the variable `learning_rate`; a
            scalar tensor; or `None` for that of the optimizer.
        optimizer: A name (`Adagrad`, `Adam`, `Ftrl`, `Momentum`, `RMSProp`,
            `SGD`), a class, an optimizer, or a function of the learning rate
            (of nothing, if that is `None`) that returns one.
        gradient_noise_scale: Standard deviation of normal noise, cut at two,
            that is added to gradients.
        gradient_multipliers: Variable, or its name with `:0` -> float that its
            gradient is multiplied by.
        clip_gradients: A float that the norm of all gradients is clipped to,
            or a function of the list of (gradient, variable) that returns
            another one, such as that of `adaptive_clipping_fn`.
        learning_rate_decay_fn: Function of (learning rate, global step) that
            returns the learning rate of the step.
        update_ops: Operations that are run at each step; by default the
            collection UPDATE_OPS.
        variables: The variables to train; by default all that are trainable.
        name: Name of the scope, `OptimizeLoss` by default.
        summaries: Some of `OPTIMIZER_SUMMARIES`; by default the loss, the
            learning rate if it decays, and the norm of all gradients.
        colocate_gradients_with_ops: Whether gradients are computed where the
            operations are.
        increment_global_step: Whether the global step is incremented.

    Returns:
        A scalar tensor.

    Raises:
        ConfigError: If an argument is none of these.

    Example:
    ```python
    train_op = tf.contrib.layers.optimize_loss(
        loss,
        tf.train.get_global_step(),
        learning_rate=0.01,
        optimizer="Adam",
        clip_gradients=5.0,
        learning_rate_decay_fn=lambda rate, step: tf.train.exponential_decay(
            rate, step, 1000, 0.96
        ),
    )
    ```
    """
    loss = assert_scalar(loss)
    if global_step is None:
        global_step = _v1.train.get_global_step()
    else:
        _v1.train.assert_global_step(global_step)
    with _v1.variable_scope(name, "OptimizeLoss", [loss, global_step]):
        loss = _after_updates(loss, update_ops)
        rate = _learning_rate(learning_rate)
        wanted = _checked_summaries(summaries)
        if learning_rate is not None and learning_rate_decay_fn is not None:
            rate = _decayed(rate, global_step, learning_rate_decay_fn)
            if "learning_rate" in wanted:
                _v1.summary.scalar("learning_rate", rate)
        chosen = _optimizer(optimizer, rate)
        gradients = chosen.compute_gradients(
            loss,
            _v1.trainable_variables() if variables is None else variables,
            colocate_gradients_with_ops=colocate_gradients_with_ops,
        )
        if gradient_noise_scale is not None:
            gradients = changes.with_noise(gradients, gradient_noise_scale)
        if gradient_multipliers is not None:
            gradients = changes.multiplied(gradients, gradient_multipliers)
        _summarize_norm("gradient_norm", gradients, wanted)
        gradients = _clipped(gradients, clip_gradients)
        if "loss" in wanted:
            _v1.summary.scalar("loss", loss)
        _summarize_each(gradients, wanted)
        if clip_gradients is not None:
            _summarize_norm("clipped_gradient_norm", gradients, wanted)
        apply = chosen.apply_gradients(
            gradients,
            global_step=global_step if increment_global_step else None,
            name="train",
        )
        with tf.control_dependencies([apply]):
            return tf.identity(loss, name="control_dependency")


def _after_updates(loss: Any, update_ops: Iterable[Any] | None) -> Any:
    """Returns the loss, once the updates are done."""
    if update_ops is None:
        update_ops = _v1.get_collection(_v1.GraphKeys.UPDATE_OPS)
    updates = list(dict.fromkeys(update_ops))
    if not updates:
        return loss
    with tf.control_dependencies(updates):
        return tf.identity(loss, name="control_dependency")


def _learning_rate(learning_rate: Any) -> Any:
    if learning_rate is None:
        return None
    if tf.is_tensor(learning_rate) and learning_rate.shape.rank == 0:
        return learning_rate
    if not isinstance(learning_rate, float):
        raise ConfigError(
            "Learning rate should be 0d Tensor or float. Got "
            f"{learning_rate!r} of type {type(learning_rate)}."
        )
    if learning_rate < 0.0:
        raise ConfigError(
            f"Invalid `learning_rate` {learning_rate}: it must be >= 0."
        )
    return _v1.get_variable(
        "learning_rate",
        [],
        trainable=False,
        initializer=_v1.constant_initializer(learning_rate),
    )


def _decayed(
    rate: Any, global_step: Any, decay_fn: Callable[[Any, Any], Any]
) -> Any:
    if global_step is None:
        raise ConfigError(
            "`global_step` is required for `learning_rate_decay_fn`: give "
            "`tf.train.get_or_create_global_step()`."
        )
    return decay_fn(rate, global_step)


def _checked_summaries(summaries: Sequence[str] | None) -> Sequence[str]:
    for summary in summaries or ():
        if summary not in OPTIMIZER_SUMMARIES:
            raise ConfigError(
                "Summaries should be one of "
                f"[{', '.join(OPTIMIZER_SUMMARIES)}], you provided {summary}."
            )
    return _DEFAULT_SUMMARIES if summaries is None else summaries


def _optimizer(optimizer: Any, rate: Any) -> Any:
    base = _v1.train.Optimizer
    if isinstance(optimizer, str):
        if optimizer not in OPTIMIZER_CLS_NAMES:
            raise ConfigError(
                "Optimizer name should be one of "
                f"[{', '.join(OPTIMIZER_CLS_NAMES)}], you provided {optimizer}."
            )
        return OPTIMIZER_CLS_NAMES[optimizer](
            learning_rate=_given(rate, f"string ({optimizer})")
        )
    if isinstance(optimizer, type) and issubclass(optimizer, base):
        return optimizer(learning_rate=_given(rate, f"class ({optimizer})"))
    if isinstance(optimizer, base):
        return optimizer
    if not callable(optimizer):
        raise ConfigError(
            "Unrecognized optimizer: should be string, subclass of "
            "tf.train.Optimizer, instance of subclass of it or function with "
            f"one argument. Got {optimizer!r}."
        )
    made = optimizer() if rate is None else optimizer(rate)
    if not isinstance(made, base):
        raise ConfigError(
            "Unrecognized optimizer: function should return an instance of a "
            f"subclass of tf.train.Optimizer. Got {made!r}. For an optimizer "
            "of Keras, return its `minimize` as `train_op` of the "
            "EstimatorSpec."
        )
    return made


def _given(rate: Any, of: str) -> Any:
    if rate is None:
        raise ConfigError(
            "Learning rate is None, but should be specified if optimizer is "
            f"{of}."
        )
    return rate


def _clipped(gradients: Any, clip: Any) -> Any:
    if clip is None:
        return gradients
    if isinstance(clip, float):
        return changes.clipped(gradients, clip)
    if callable(clip):
        return clip(gradients)
    raise ConfigError(
        f"Unknown type {type(clip)} for `clip_gradients`: {clip!r}. Give a "
        "float, such as 5.0, or a function of the list of (gradient, "
        "variable)."
    )


def _summarize_norm(name: str, gradients: Any, wanted: Sequence[str]) -> None:
    if "global_gradient_norm" in wanted or "gradient_norm" in wanted:
        _v1.summary.scalar(
            f"global_norm/{name}",
            tf.linalg.global_norm([gradient for gradient, _ in gradients]),
        )


def _summarize_each(gradients: Any, wanted: Sequence[str]) -> None:
    for gradient, variable in gradients:
        values = getattr(gradient, "values", gradient)
        if values is None:
            continue
        name = variable.name.replace(":", "_")
        if "gradients" in wanted:
            _v1.summary.histogram(f"gradients/{name}", values)
        if "gradient_norm" in wanted:
            _v1.summary.scalar(
                f"gradient_norm/{name}", tf.linalg.global_norm([values])
            )
