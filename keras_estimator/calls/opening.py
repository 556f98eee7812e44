"""How a call begins: with values, its input, and what hooks see of both."""

from collections.abc import Iterator
from collections.abc import Sequence
from contextlib import ExitStack
from contextlib import contextmanager
from typing import Any
from typing import NamedTuple

from keras_estimator.calls.values import Values
from keras_estimator.engine import _tensorflow
from keras_estimator.engine import element as elements
from keras_estimator.engine import hook as hook_protocol
from keras_estimator.engine.binding import Binding
from keras_estimator.engine.program import Program
from keras_estimator.engine.session import GraphSession
from keras_estimator.inputs.input_fn import Input


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
    values: Values,
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
                binding, lambda: elements.components(next(rows))
            )
            begin(program, binding, hooks)
            values.provide(state, binding, session, checkpoint)
            binding.start_call()
        yield Opened(binding, rows, session)


def begin(program: Program, binding: Binding, hooks: Sequence[Any]) -> None:
    """Lets hooks look at the graph, and add to it."""
    version = program.graph.version
    with program.graph.recording():
        hook_protocol.begin(hooks)
    if program.graph.version != version:
        program.is_outgrown = True
        program.graph.settle_lifetimes()
    binding.enter_variables()
