"""Writes a `.keras` file of an Estimator's checkpoint."""

import os
from collections.abc import Callable
from typing import Any

import tensorflow as tf

from keras_estimator.calls.values import Values
from keras_estimator.checkpoint.staging import staged
from keras_estimator.engine import _tensorflow
from keras_estimator.engine import element as elements
from keras_estimator.engine.element import Element
from keras_estimator.engine.program import Program
from keras_estimator.engine.session import GraphSession
from keras_estimator.errors import ConfigError
from keras_estimator.errors import NotBuiltError
from keras_estimator.export.directory import naming_failed_exports
from keras_estimator.model import EstimatorModel
from keras_estimator.spec import ModeKeys


def write(
    model: EstimatorModel,
    values: Values,
    checkpoint: str,
    filepath: str,
    serving_input_receiver_fn: Callable[[], Any] | None,
) -> None:
    """Writes a model with the values of a checkpoint.

    Args:
        model: The model, whose own values stay as they are.
        values: Lends the values.
        checkpoint: Path of the checkpoint.
        filepath: Where the file goes; it is there when it is complete.
        serving_input_receiver_fn: Tells what features look like, if model_fn
            has not been called yet.

    Raises:
        ConfigError: If the name does not end in `.keras`.
        ExportWriteError: If the file cannot be written.
        NotBuiltError: If nobody knows what features look like.
    """
    directory, name = os.path.split(filepath)
    if not name.endswith(".keras"):
        raise ConfigError(
            "The name of the file must end in `.keras`. Received: filepath="
            f"{filepath!r}."
        )
    runtime = model.runtime
    with _tensorflow.eager_mode():
        program = _program(model, serving_input_receiver_fn)
        with (
            naming_failed_exports(filepath, "filepath"),
            staged(directory or ".") as staging,
            values.state_to_read(
                program, checkpoint, stays_open=False
            ) as state,
            state.bound(program) as binding,
        ):
            session = GraphSession(binding)
            values.provide(state, binding, session, checkpoint)
            copy = EstimatorModel(
                runtime.programs.model_fn,
                runtime.programs.params,
                name=model.name,
            )
            copy.runtime.programs = runtime.programs
            copy.runtime.state = state
            try:
                copy.save(staging.path(name))
            finally:
                # The Keras objects of model_fn show what was written.
                runtime.variables()
            staging.publish(name)


def _program(
    model: EstimatorModel, receiver_fn: Callable[[], Any] | None
) -> Program:
    try:
        return model.runtime.fullest_program()
    except NotBuiltError:
        if receiver_fn is None:
            raise
    with tf.Graph().as_default():
        features = elements.spec_of(receiver_fn().features)
    element = Element(elements.relax_batch(features))
    return model.runtime.programs.get(ModeKeys.PREDICT, element)
