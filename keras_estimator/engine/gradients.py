"""Keras optimizers as `train_op`: gradients and one update per step."""

from collections.abc import Sequence
from typing import Any

import keras
import tensorflow as tf

from keras_estimator.engine.graph import ModelGraph
from keras_estimator.engine.subgraph import QUERIES
from keras_estimator.engine.subgraph import READS
from keras_estimator.errors import ModelFnError
from keras_estimator.minimize import Minimize
from keras_estimator.spec import EstimatorSpec

_v1 = tf.compat.v1


def is_keras_native(train_op: Any) -> bool:
    """Whether `train_op` says what to minimize, rather than being an op."""
    return isinstance(
        train_op, (keras.optimizers.Optimizer, Minimize, list, tuple)
    )


def minimize(
    graph: ModelGraph, spec: EstimatorSpec
) -> tuple[tf.Operation, tuple[tuple[Any, list[Any]], ...]]:
    """Adds the updates of all optimizers and of `global_step` to the graph.

    All gradients are of the values at the start of the step: the players of a
    GAN move at once.

    Args:
        graph: The graph of model_fn.
        spec: What it returned; `train_op` says what to minimize.

    Returns:
        The operation that advances `global_step`, after all updates; and the
        optimizers, each with the variables that it trains.
    """
    entries = _entries(spec)
    gradients = [_gradients(graph, entry) for entry in entries]
    known = len(graph.get_operations())
    for entry, pairs in zip(entries, gradients, strict=True):
        graph.call(
            entry.optimizer.apply,
            [gradient for gradient, _ in pairs],
            [variable for _, variable in pairs],
        )
    updates = _updates(graph, graph.get_operations()[known:])
    with tf.control_dependencies(updates):
        train_op = _v1.train.get_global_step(graph).assign_add(1).op
    trained = tuple(
        (entry.optimizer, [variable for _, variable in pairs])
        for entry, pairs in zip(entries, gradients, strict=True)
    )
    return train_op, trained


def _entries(spec: EstimatorSpec) -> list[Minimize]:
    """Returns what a keras-native `train_op` asks for.

    An optimizer alone means: minimize `loss` over all trainable variables.
    """
    entries = spec.train_op
    if not isinstance(entries, (list, tuple)):
        entries = [entries]
    return [
        entry if isinstance(entry, Minimize) else Minimize(entry, spec.loss)
        for entry in entries
    ]


def _updates(
    graph: ModelGraph, operations: Sequence[tf.Operation]
) -> list[tf.Operation]:
    """Returns those operations that a step is to run for their effect."""
    making = {
        name
        for record in graph.records
        for name in (record.handle, record.initializer)
    }
    return [
        operation
        for operation in operations
        if operation.op_def.is_stateful
        and operation.type not in READS | QUERIES
        and operation.name not in making
    ]


def _gradients(graph: ModelGraph, entry: Minimize) -> list[tuple[Any, Any]]:
    variables = (
        _trainable(graph) if entry.var_list is None else list(entry.var_list)
    )
    if not variables:
        raise ModelFnError(
            f"`train_op` is {entry.optimizer.name!r}, a Keras optimizer, and "
            "there is nothing for it to train: model_fn made no trainable "
            "variable, or all its layers are frozen."
        )
    gradients = tf.gradients(
        entry.optimizer.scale_loss(entry.loss),
        [getattr(v, "value", v) if _is_keras(v) else v for v in variables],
    )
    if all(gradient is None for gradient in gradients):
        raise ModelFnError(
            f"The loss {entry.loss.name!r} of optimizer "
            f"{entry.optimizer.name!r} depends on none of the variables to "
            f"train: {[_name(v) for v in variables]}. Is it computed from "
            "labels alone, or from another layer's output?"
        )
    pairs = list(zip(gradients, variables, strict=True))
    if entry.transform_gradients is not None:
        pairs = list(graph.call(entry.transform_gradients, pairs))
    return pairs


def _trainable(graph: ModelGraph) -> list[Any]:
    """Returns all trainable variables, as `keras.Variable` where they are."""
    trainable = {
        id(v) for v in graph.get_collection(_v1.GraphKeys.TRAINABLE_VARIABLES)
    }
    return [
        r.variable if r.keras_variable is None else r.keras_variable
        for r in graph.records
        if id(r.variable) in trainable
    ]


def _is_keras(variable: Any) -> bool:
    return isinstance(variable, keras.Variable)


def _name(variable: Any) -> str:
    return variable.path if _is_keras(variable) else variable.name
