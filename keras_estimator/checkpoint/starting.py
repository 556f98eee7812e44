"""Gives the variables of a program their values when a call starts.

As in TF1: from the checkpoint if there is one; else from their initializers,
and then the user's `Scaffold(init_fn=...)`.
"""

from typing import Any

import tensorflow as tf

from keras_estimator.checkpoint import bundle
from keras_estimator.checkpoint.saver import entries_of
from keras_estimator.engine import _tensorflow
from keras_estimator.engine.binding import Binding
from keras_estimator.engine.session import GraphSession
from keras_estimator.engine.state import ModelState
from keras_estimator.errors import UninitializedVariableError

_v1 = tf.compat.v1


def restore(
    state: ModelState, binding: Binding, session: GraphSession, prefix: str
) -> None:
    """Restores those variables of a program that have no valid value.

    Raises:
        VariableNotFoundError: If the checkpoint lacks some of them.
        VariableShapeError: If some have another shape or dtype there.
        UninitializedVariableError: If the user's saver leaves some out.
    """
    _v1.logging.info("Restoring parameters from %s", prefix)
    program = binding.program
    if program.saver is None:
        records = state.without_value(program)
        bundle.restore(prefix, entries_of(binding, records))
    else:
        bundle.reader(prefix)
        with session.graph.as_default():
            program.saver.restore(session, prefix)
    state.store.version += 1
    _check_initialized(
        binding, "The Saver of the Scaffold restored only a part of them"
    )
    state.validate(program.model_records)


def initialize(
    state: ModelState, binding: Binding, session: GraphSession
) -> None:
    """Runs the initializers of variables without a value.

    What the user's `Scaffold` has instead, or for after it, is run too.

    Raises:
        UninitializedVariableError: If the user's `init_op` leaves some out.
    """
    program = binding.program
    scaffold: Any = program.spec.scaffold
    with session.graph.as_default():
        if scaffold.init_op is None:
            binding.initialize(state.without_value(program))
        else:
            session.run(scaffold.init_op, scaffold.init_feed_dict)
        if scaffold.init_fn is not None:
            scaffold.init_fn(session)
    state.store.version += 1
    _check_initialized(binding, "The init_op of the Scaffold left them out")
    state.validate(program.model_records)


def _check_initialized(binding: Binding, cause: str) -> None:
    names = [record.name for record in binding.program.model_records]
    with _tensorflow.eager_mode():
        without_value = binding.store.uninitialized(names)
    if without_value:
        raise UninitializedVariableError(
            f"Variables not initialized: {', '.join(without_value)}. {cause}. "
            "Let it cover all variables, or give the others a value in "
            "`Scaffold(init_fn=...)`."
        )
