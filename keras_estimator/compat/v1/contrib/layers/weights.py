"""Variables of layers, and the names of their losses."""

import contextlib
from collections.abc import Callable
from collections.abc import Iterator
from typing import Any
from typing import NamedTuple

import tensorflow as tf

from keras_estimator.compat.v1.contrib.framework.variables import model_variable
from keras_estimator.compat.v1.contrib.layers.collections import (
    variable_collections,
)

_v1 = tf.compat.v1


class Weights(NamedTuple):
    """What the variables of one layer have in common.

    Attributes:
        scope: The variable scope of the layer.
        dtype: Their type.
        trainable: Whether they are trained.
        collections: The layer's `variables_collections`.
    """

    scope: Any
    dtype: Any
    trainable: bool
    collections: Any

    def kernel(
        self,
        shape: list[int],
        initializer: Any,
        regularizer: Any,
        name: str = "weights",
        loss: str = "kernel",
    ) -> Any:
        """Returns a variable that inputs are multiplied with.

        Args:
            shape: Its shape.
            initializer: As for `tf.get_variable`.
            regularizer: As for `tf.get_variable`.
            name: Its name in the scope.
            loss: Name of its regularization loss.
        """
        return self._variable(name, loss, shape, initializer, regularizer)

    def bias(self, units: int, initializer: Any, regularizer: Any) -> Any:
        """Returns a vector that is added to outputs.

        Args:
            units: Its length.
            initializer: As for `tf.get_variable`.
            regularizer: As for `tf.get_variable`.
        """
        return self._variable(
            "biases", "bias", [units], initializer, regularizer
        )

    def _variable(
        self,
        name: str,
        loss: str,
        shape: list[int],
        initializer: Any,
        regularizer: Any,
    ) -> Any:
        return model_variable(
            name,
            shape=shape,
            dtype=self.dtype,
            initializer=initializer,
            regularizer=_named(regularizer, f"{self.scope.name}/{loss}"),
            trainable=self.trainable,
            collections=variable_collections(self.collections, name),
        )


@contextlib.contextmanager
def layer(
    scope: Any,
    default_name: str,
    inputs: Any,
    reuse: bool | None,
    trainable: bool,
    collections: Any,
) -> Iterator[tuple[Any, Weights]]:
    """Opens the variable scope of a layer.

    Args:
        scope: Its name, or a scope to open again; `None` for the default one.
        default_name: The default name.
        inputs: Inputs of the layer.
        reuse: Whether the variables of another layer are used.
        trainable: Whether the variables are trained.
        collections: The layer's `variables_collections`.

    Yields:
        The inputs as a tensor, and what makes the variables.
    """
    with _v1.variable_scope(
        scope, default_name, [inputs], reuse=reuse
    ) as scoped:
        inputs = tf.convert_to_tensor(inputs)
        yield (
            inputs,
            Weights(scoped, inputs.dtype.base_dtype, trainable, collections),
        )


def _named(
    regularizer: Callable[[Any], Any] | None, name: str
) -> Callable[[Any], Any] | None:
    """Returns a regularizer whose loss has the name that tf.layers gives it."""
    if regularizer is None:
        return None
    made: dict[int, Any] = {}

    def named(weights: Any) -> Any:
        # get_variable asks twice: whether there is a loss, and for it.
        if id(weights) not in made:
            with _v1.name_scope(f"{name}/Regularizer/"):
                made[id(weights)] = regularizer(weights)
        return made[id(weights)]

    return named
