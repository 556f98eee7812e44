"""How a call begins: with values, its input, and what hooks see of both."""

from collections.abc import Iterator
from collections.abc import Sequence
from contextlib import ExitStack
from contextlib import contextmanager
from typing import Any
from typing import NamedTuple

import tensorflow as tf

from keras_estimator.calls.memory import ValuesInMemory
from keras_estimator.calls.values import Values
from keras_estimator.checkpoint import starting
from keras_estimator.engine import _tensorflow
from keras_estimator.engine import element as elements
from keras_estimator.engine import hook as hook_protocol
from keras_estimator.engine.binding import Binding
from keras_estimator.engine.program import Program
from keras_estimator.engine.session import GraphSession
from keras_estimator.inputs.input_fn import Input

_v1 = tf.compat.v1


class Opened(NamedTuple):
    """What a call works with.

    Attributes:
        binding: Its program, over the values that it begins with.
        batches: The batches of its input.
        session: What its hooks get.
    """

    binding: Binding
    batches: Iterator[Any]
    session: GraphSession


@contextmanager
def opened_for_reading(
    program: Program,
    batches: Input,
    values: Values | ValuesInMemory,
    checkpoint: str | None,
    hooks: Sequence[Any],
    *,
    stays_open: bool,
) -> Iterator[Opened]:
    """Opens a call that does not train.

    Args:
        program: What it runs.
        batches: Its input.
        values: Where the variables get their values.
        checkpoint: Whose values it wants; `None` for initial values.
        hooks: Look at the graph, and may add to it.
        stays_open: Whether it may go on while its caller does other things.
    """
    with ExitStack() as stack:
        with values.lock, _tensorflow.eager_mode():
            state = stack.enter_context(
                values.state_to_read(program, checkpoint, stays_open=stays_open)
            )
            binding = stack.enter_context(state.bound(program))
            rows = batches.batches()
            session = GraphSession(
                binding,
                lambda: elements.components(next(rows))[: len(program.inputs)],
                of_input=batches.operations,
            )
            hook_protocol.begin(binding, hooks)
            values.provide(state, binding, session, checkpoint)
            start(session)
        yield Opened(binding, rows, session)


def start(session: GraphSession) -> None:
    """Puts what lives for one call into its initial state, and logs that.

    Raises:
        UninitializedVariableError: If the user's Scaffold says that the model
            is not ready for that, or afterwards.
    """
    starting.check_ready_for_local_init(session)
    _v1.logging.info("Running local_init_op.")
    session.binding.start_call()
    _v1.logging.info("Done running local_init_op.")
    starting.check_ready(session)
