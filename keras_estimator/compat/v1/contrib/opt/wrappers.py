"""Optimizers around another optimizer, and what changes gradients for them."""

from collections.abc import Sequence
from typing import Any

import tensorflow as tf

from keras_estimator.engine import _tensorflow
from keras_estimator.errors import ConfigError
from keras_estimator.errors import NotBuiltError

_v1 = tf.compat.v1


def clip_gradients_by_global_norm(
    gradients_variables: Sequence[tuple[Any, Any]], clip_norm: float = 20.0
) -> tuple[list[tuple[Any, Any]], Any]:
    """Returns gradients, whose norm of all together is at most `clip_norm`.

    Args:
        gradients_variables: Pairs of a gradient, or `None`, and its variable.
        clip_norm: The norm.

    Returns:
        Pairs of a gradient and its variable, and the norm before.
    """
    gradients = [gradient for gradient, _ in gradients_variables]
    variables = [variable for _, variable in gradients_variables]
    clipped, norm = tf.clip_by_global_norm(gradients, clip_norm)
    return list(zip(clipped, variables, strict=True)), norm


class MovingAverageOptimizer(tf.compat.v1.train.Optimizer):
    """An optimizer that keeps moving averages of the variables as well.

    `swapping_saver` writes the averages under the names of the variables, so
    that evaluation and export use them.

    Args:
        opt: The optimizer that trains.
        average_decay: How much of the averages a step keeps.
        num_updates: Number of updates so far, such as the global step, for
            averages that adapt faster at first.
        sequential_update: Must be true: averages are updated after the
            variables.

    Raises:
        ConfigError: If `opt` is no optimizer.

    Example:
    ```python
    optimizer = tf.contrib.opt.MovingAverageOptimizer(
        tf.train.AdamOptimizer(0.001), average_decay=0.999
    )
    train_op = optimizer.minimize(loss, tf.train.get_global_step())
    scaffold = tf.train.Scaffold(saver=optimizer.swapping_saver())
    ```
    """

    def __init__(
        self,
        opt: Any,
        average_decay: float = 0.9999,
        num_updates: Any = None,
        sequential_update: bool = True,
    ) -> None:
        if not isinstance(opt, _v1.train.Optimizer):
            raise ConfigError(
                "`opt` must be a tf.train.Optimizer. Received: "
                f"{opt!r} (of type {type(opt).__name__})."
            )
        super().__init__(
            _tensorflow.uses_locking(opt), f"{opt.get_name()}_with_avg"
        )
        self._optimizer = opt
        self._ema = _v1.train.ExponentialMovingAverage(
            average_decay, num_updates=num_updates
        )
        # Name of a variable: name of its average.
        self._averages: dict[str, str] | None = None

    def compute_gradients(self, *args: Any, **kwargs: Any) -> Any:
        """Returns the gradients that the optimizer computes."""
        return self._optimizer.compute_gradients(*args, **kwargs)

    def apply_gradients(
        self,
        grads_and_vars: Any,
        global_step: Any = None,
        name: str | None = None,
    ) -> Any:
        """Returns the operation that changes variables and averages.

        Args:
            grads_and_vars: Pairs of a gradient and its variable.
            global_step: Is incremented.
            name: Name of the operation.
        """
        pairs = list(grads_and_vars)
        train = self._optimizer.apply_gradients(
            pairs, global_step=global_step, name=name
        )
        variables = [
            variable for gradient, variable in pairs if gradient is not None
        ]
        with tf.control_dependencies([train]):
            average = self._ema.apply(variables)
        self._averages = {
            variable.op.name: self._ema.average(variable).op.name
            for variable in variables
        }
        return tf.group(train, average, name="train_with_avg")

    def get_slot(self, var: Any, name: str) -> Any:
        """Returns a slot of the optimizer."""
        return self._optimizer.get_slot(var, name)

    def get_slot_names(self) -> list[str]:
        """Returns the names of the optimizer's slots."""
        return self._optimizer.get_slot_names()

    def variables(self) -> list[Any]:
        """Returns the variables of the optimizer."""
        return self._optimizer.variables()

    def swapping_saver(
        self,
        var_list: Any = None,
        name: str = "swapping_saver",
        **kwargs: Any,
    ) -> Any:
        """Returns a saver that writes averages under names of variables.

        Args:
            var_list: The variables, with all averages; all by default.
            name: Name of the operations.
            **kwargs: Arguments of `tf.train.Saver`.

        Raises:
            NotBuiltError: If there are no averages, as neither `minimize` nor
                `apply_gradients` was called before.
            ConfigError: If an average is not in var_list.
        """
        if self._averages is None:
            raise NotBuiltError(
                "Must call apply_gradients or minimize before creating the "
                "swapping_saver: there are no averages yet."
            )
        given = _v1.global_variables() if var_list is None else var_list
        by_name = (
            dict(given)
            if isinstance(given, dict)
            else {variable.op.name: variable for variable in given}
        )
        swapped = dict(by_name)
        for variable, average in self._averages.items():
            if variable not in by_name:
                continue
            if average not in by_name:
                raise ConfigError(
                    f"Variable to swap {average} is not in variables to save: "
                    "`var_list` must have the moving averages, too."
                )
            swapped[variable] = by_name[average]
            swapped[average] = by_name[variable]
        return _v1.train.Saver(swapped, name=name, **kwargs)
