"""Layers of bidirectional networks, each on top of both directions."""

from collections.abc import Callable
from collections.abc import Sequence
from typing import Any

import tensorflow as tf

from keras_estimator.errors import ConfigError


def stack_bidirectional_dynamic_rnn(
    cells_fw: Sequence[Any],
    cells_bw: Sequence[Any],
    inputs: tf.Tensor,
    initial_states_fw: Sequence[Any] | None = None,
    initial_states_bw: Sequence[Any] | None = None,
    dtype: Any = None,
    sequence_length: Any = None,
    parallel_iterations: int | None = None,
    time_major: bool = False,
    scope: Any = None,
    swap_memory: bool = False,
) -> tuple[tf.Tensor, tuple, tuple]:
    """Stacks layers of `bidirectional_dynamic_rnn`.

    Args:
        cells_fw: Forward cells, one for each layer.
        cells_bw: Backward cells, one for each layer.
        inputs: float [batch, time, depth], or [time, batch, depth] if
            time_major.
        initial_states_fw: States before the first step; zeros by default.
        initial_states_bw: The same of the backward cells.
        dtype: Type of the states, if they are not given.
        sequence_length: integers [batch]; by default, time.
        parallel_iterations: Without effect on numbers.
        time_major: Whether time comes before batch.
        scope: Scope of the variables; by default `stack_bidirectional_rnn`.
        swap_memory: Without effect on numbers.

    Returns:
        Outputs of the last layer, both directions side by side, and the last
        states of all forward and all backward cells.

    Raises:
        ConfigError: If lists are missing, or of different lengths.
    """

    def layer(cell_fw: Any, cell_bw: Any, below: Any, first: Any) -> tuple:
        outputs, (last_fw, last_bw) = tf.compat.v1.nn.bidirectional_dynamic_rnn(
            cell_fw,
            cell_bw,
            below,
            sequence_length=sequence_length,
            initial_state_fw=first[0],
            initial_state_bw=first[1],
            dtype=dtype,
            parallel_iterations=parallel_iterations,
            swap_memory=swap_memory,
            time_major=time_major,
        )
        return tf.concat(outputs, 2), last_fw, last_bw

    states = (initial_states_fw, initial_states_bw)
    return _stack(layer, inputs, cells_fw, cells_bw, states, scope)


def stack_bidirectional_rnn(
    cells_fw: Sequence[Any],
    cells_bw: Sequence[Any],
    inputs: Sequence[tf.Tensor],
    initial_states_fw: Sequence[Any] | None = None,
    initial_states_bw: Sequence[Any] | None = None,
    dtype: Any = None,
    sequence_length: Any = None,
    scope: Any = None,
) -> tuple[list[tf.Tensor], tuple, tuple]:
    """Stacks layers of `static_bidirectional_rnn`.

    Args:
        cells_fw: Forward cells, one for each layer.
        cells_bw: Backward cells, one for each layer.
        inputs: A float [batch, depth] for each time step.
        initial_states_fw: States before the first step; zeros by default.
        initial_states_bw: The same of the backward cells.
        dtype: Type of the states, if they are not given.
        sequence_length: integers [batch]; by default, time.
        scope: Scope of the variables; by default `stack_bidirectional_rnn`.

    Returns:
        Outputs of the last layer, both directions side by side, one for each
        time step, and the last states of all forward and all backward cells.

    Raises:
        ConfigError: If lists are missing, or of different lengths.
    """

    def layer(cell_fw: Any, cell_bw: Any, below: Any, first: Any) -> tuple:
        # Variables are in `cell_0/fw`, without `bidirectional_rnn` between.
        return tf.compat.v1.nn.static_bidirectional_rnn(
            cell_fw,
            cell_bw,
            below,
            initial_state_fw=first[0],
            initial_state_bw=first[1],
            sequence_length=sequence_length,
            dtype=dtype,
            scope=tf.compat.v1.get_variable_scope(),
        )

    states = (initial_states_fw, initial_states_bw)
    return _stack(layer, inputs, cells_fw, cells_bw, states, scope)


def _stack(
    layer: Callable[..., tuple],
    inputs: Any,
    cells_fw: Any,
    cells_bw: Any,
    states: tuple[Any, Any],
    scope: Any,
) -> tuple[Any, tuple, tuple]:
    """Puts layers on top of each other, each in a scope `cell_<i>`."""
    _check(cells_fw, cells_bw, states)
    last_fw, last_bw = [], []
    variable_scope = tf.compat.v1.variable_scope
    with variable_scope(scope or "stack_bidirectional_rnn"):
        for i, (fw, bw) in enumerate(zip(cells_fw, cells_bw, strict=True)):
            first = [None if part is None else part[i] for part in states]
            with variable_scope(f"cell_{i}"):
                inputs, state_fw, state_bw = layer(fw, bw, inputs, first)
            last_fw.append(state_fw)
            last_bw.append(state_bw)
    return inputs, tuple(last_fw), tuple(last_bw)


def _check(cells_fw: Any, cells_bw: Any, states: tuple[Any, Any]) -> None:
    for name, cells in (("cells_fw", cells_fw), ("cells_bw", cells_bw)):
        if not isinstance(cells, list | tuple) or not cells:
            raise ConfigError(
                f"`{name}` must be a list of one or more cells. Received: "
                f"{cells!r}."
            )
    if len(cells_fw) != len(cells_bw):
        raise ConfigError(
            "`cells_fw` and `cells_bw` must have the same length. Received: "
            f"{len(cells_fw)} and {len(cells_bw)} cells."
        )
    names = ("initial_states_fw", "initial_states_bw")
    for name, part in zip(names, states, strict=True):
        is_list = isinstance(part, list | tuple)
        if part is not None and not (is_list and len(part) == len(cells_fw)):
            raise ConfigError(
                f"`{name}` must be a list of {len(cells_fw)} states, one for "
                f"each layer. Received: {part!r}."
            )
