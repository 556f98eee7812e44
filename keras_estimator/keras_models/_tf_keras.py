"""What models of tf_keras have no public name for, each with its reason.

tf_keras is Keras 2. In a graph its models are those of TF1: they make the ops
of a step by themselves, as tf.estimator 2.15 had them do. Nothing else in the
package touches these attributes, and `tests/keras_models/test_tf_keras.py`
fails by name when one of them moves.
"""

import sys
import warnings
from collections.abc import Mapping
from collections.abc import Sequence
from typing import Any

import tensorflow as tf

from keras_estimator.engine import _tensorflow

_OLD = (
    r".*`(tf\.keras\.backend\.set_learning_phase|Model\.state_updates"
    r"|[Ll]ayer\.updates)`"
)


def package() -> Any:
    """Returns tf_keras, `None` if the program has not loaded it."""
    return sys.modules.get("tf_keras")


def is_model(value: Any) -> bool:
    """Returns whether a value is a model of tf_keras."""
    # Nobody has an object of a module that was never imported.
    tf_keras = package()
    return tf_keras is not None and isinstance(value, tf_keras.Model)


def is_wired(model: Any) -> bool:
    """Returns whether a model is made of inputs and outputs, not of code.

    Why private: nothing public tells it from a subclass that has been called.
    """
    return bool(model._is_graph_network)


def is_unbuilt_sequential(model: Any) -> bool:
    """Returns whether it is a `Sequential` that does not know its inputs."""
    return isinstance(model, package().Sequential) and not is_wired(model)


def compile_arguments(model: Any) -> dict[str, Any]:
    """Returns what a model was compiled with, without its optimizer.

    Why private: a model shows its losses and metrics only as it has made them.
    """
    arguments = dict(model._get_compile_args())
    # A model of a graph does not name it here.
    arguments.pop("optimizer", None)
    return arguments


def legacy_optimizer(optimizer: Any) -> Any:
    """Returns an optimizer whose updates are ops, in place of a new one.

    Why internal: the function was made for tf.estimator.
    """
    internal = package().__internal__.optimizers
    if isinstance(optimizer, package().optimizers.experimental.Optimizer):
        return internal.convert_to_legacy_optimizer(optimizer)
    return optimizer


def call(model: Any, inputs: Any) -> None:
    """Gives a subclassed model its inputs, and so its outputs.

    Why private: `model(inputs)` leaves `model.outputs` empty, which the loss
    is made from.
    """
    model._set_inputs(inputs)


def weigh(model: Any, sample_weights: Sequence[Any]) -> None:
    """Lets the loss of a compiled model be weighted by tensors.

    Why private: the public way is an array, in a call of `fit`.

    Args:
        model: The model, in a graph.
        sample_weights: A tensor, or `None`, for each output.
    """
    model._compile_weights_loss_and_weighted_metrics([*sample_weights])


def loss(model: Any) -> tf.Tensor:
    """Returns the loss of a compiled model, with regularization."""
    return model.total_loss


def train_op(model: Any) -> tf.Operation:
    """Returns the op of a step: the optimizer, statistics and metrics.

    Why private: the public ways run it.
    """
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", _OLD, UserWarning)
        model._make_train_function()
    return model.train_function.updates_op


def metrics(model: Any) -> Mapping[str, Any]:
    """Returns the metrics that a model was compiled with, by name.

    Why private: `model.metrics` has those of `add_metric` too.
    """
    return {m.name: m for m in getattr(model, "_compile_metric_functions", [])}


def set_training(is_training: bool) -> None:
    """Lets layers of the default graph train, or not."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", _OLD, UserWarning)
        package().backend.set_learning_phase(is_training)


def back_to_eager(model: Any) -> None:
    """Gives the layers of a model the behaviour of TF2 again.

    A layer that is made in a graph turns its whole class into that of TF1, so
    that older objects of the class, outside of the graph, do not work any more.
    Making one outside turns it back.
    """
    layers = [model, *model.submodules]
    kinds: set[Any] = {
        type(layer)
        for layer in layers
        if isinstance(layer, package().layers.Layer)
    }
    with _tensorflow.eager_mode():
        for kind in kinds:
            kind.__new__(kind)
