"""What layers do after they have multiplied inputs with their weights."""

from collections.abc import Callable
from collections.abc import Mapping
from typing import Any

import tensorflow as tf

from keras_estimator.compat.v1.contrib.layers import windows
from keras_estimator.compat.v1.contrib.layers.collections import collect_outputs
from keras_estimator.compat.v1.contrib.layers.weights import Weights


def finish(
    outputs: Any,
    variables: Weights,
    units: int,
    data_format: str | None = None,
    *,
    activation_fn: Callable[[Any], Any] | None,
    normalizer_fn: Callable[..., Any] | None,
    normalizer_params: Mapping[str, Any] | None,
    biases_initializer: Any,
    biases_regularizer: Callable[[Any], Any] | None,
    outputs_collections: Any,
) -> Any:
    """Returns the outputs of a layer: normalized or with biases, activated.

    Args:
        outputs: Products of inputs and weights.
        variables: Makes the biases.
        units: Number of channels of the outputs.
        data_format: Where the channels are: last, by default.
        activation_fn: Function of the outputs; `None` for none.
        normalizer_fn: Function of the outputs before the activation; with one
            there are no biases.
        normalizer_params: Keyword arguments for normalizer_fn.
        biases_initializer: Initializer of `biases`; `None` for no biases.
        biases_regularizer: Function of them that returns a loss.
        outputs_collections: Collections for the outputs.
    """
    if normalizer_fn is not None:
        outputs = normalizer_fn(outputs, **(normalizer_params or {}))
    elif biases_initializer is not None:
        biases = variables.bias(units, biases_initializer, biases_regularizer)
        outputs = _with_biases(outputs, biases, data_format)
    if activation_fn is not None:
        outputs = activation_fn(outputs)
    return collect_outputs(outputs_collections, variables.scope, outputs)


def _with_biases(outputs: Any, biases: Any, data_format: str | None) -> Any:
    if not windows.is_channels_first(data_format):
        return tf.nn.bias_add(outputs, biases)
    if outputs.shape.rank == 4:
        return tf.nn.bias_add(outputs, biases, "NCHW")
    ones = [1] * (outputs.shape.rank - 2)
    return outputs + tf.reshape(biases, [1, -1, *ones])
