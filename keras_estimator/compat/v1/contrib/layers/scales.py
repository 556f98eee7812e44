"""What normalizations have in common."""

from collections.abc import Mapping
from typing import Any

import tensorflow as tf

from keras_estimator.compat.v1.contrib.framework.variables import model_variable
from keras_estimator.compat.v1.contrib.layers.collections import (
    variable_collections,
)
from keras_estimator.errors import ConfigError

_v1 = tf.compat.v1


def known_rank(inputs: Any) -> int:
    """Returns the rank of a tensor, which must be known.

    Raises:
        ConfigError: If it is not.
    """
    if inputs.shape.rank is None:
        raise ConfigError(
            f"Inputs {inputs.name} has undefined rank. `set_shape` tells it."
        )
    return inputs.shape.rank


def beta_and_gamma(
    shape: Any,
    inputs: Any,
    center: bool,
    scale: bool,
    initializers: Mapping[str, Any],
    trainable: bool,
    collections: Any,
) -> list[Any]:
    """Returns beta and gamma, `None` for one that is not wanted.

    Args:
        shape: Their shape.
        inputs: What is normalized.
        center: Whether beta is wanted.
        scale: Whether gamma is.
        initializers: `beta`, `gamma` -> initializer.
        trainable: Whether they are trained.
        collections: The layer's `variables_collections`.
    """
    return [
        model_variable(
            name,
            shape=shape,
            dtype=inputs.dtype.base_dtype,
            initializer=initializers.get(name, initializer),
            trainable=trainable,
            collections=variable_collections(collections, name),
        )
        if is_wanted
        else None
        for name, is_wanted, initializer in (
            ("beta", center, _v1.zeros_initializer()),
            ("gamma", scale, _v1.ones_initializer()),
        )
    ]
