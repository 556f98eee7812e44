"""Cells around a cell: projections, embeddings, a highway."""

from collections.abc import Callable
from typing import Any

import tensorflow as tf

from keras_estimator.compat.v1.contrib.rnn import bases
from keras_estimator.errors import ArgumentTypeError
from keras_estimator.errors import ConfigError

_Activation = Callable[[tf.Tensor], tf.Tensor]


class _Wrapper(bases.RNNCell):
    """A cell around a cell, whose state it has."""

    _cell: Any

    @property
    def state_size(self) -> Any:
        """That of the cell inside."""
        return self._cell.state_size

    @property
    def output_size(self) -> Any:
        """That of the cell inside."""
        return self._cell.output_size

    def zero_state(self, batch_size: Any, dtype: Any) -> Any:
        """Returns the state of the cell inside before the first step.

        Args:
            batch_size: int32 [].
            dtype: Type of the state.
        """
        with tf.name_scope(f"{type(self).__name__}ZeroState"):
            return self._cell.zero_state(batch_size, dtype)


class InputProjectionWrapper(_Wrapper):
    """Projects the inputs of a cell.

    Args:
        cell: An `RNNCell`.
        num_proj: Width of what the cell gets.
        activation: Function of what the cell gets.
        input_size: Without effect.
        reuse: Whether variables of the scope are used again.
    """

    def __init__(
        self,
        cell: Any,
        num_proj: int,
        activation: _Activation | None = None,
        input_size: int | None = None,
        reuse: bool | None = None,
    ) -> None:
        super().__init__(_reuse=reuse)
        self._cell = check_cell(cell)
        self._num_proj = num_proj
        self._activation = activation

    @bases.in_graph
    def call(self, inputs: tf.Tensor, state: Any) -> tuple[tf.Tensor, Any]:
        """Takes a step of the cell.

        Args:
            inputs: float [batch, depth].
            state: The state of the cell.
        """
        projected = linear(inputs, self._num_proj)
        if self._activation is not None:
            projected = self._activation(projected)
        return self._cell(projected, state)


class OutputProjectionWrapper(_Wrapper):
    """Projects the outputs of a cell.

    Args:
        cell: An `RNNCell`.
        output_size: Width of the projected outputs.
        activation: Function of the projected outputs.
        reuse: Whether variables of the scope are used again.

    Raises:
        ConfigError: If output_size is below 1.
    """

    def __init__(
        self,
        cell: Any,
        output_size: int,
        activation: _Activation | None = None,
        reuse: bool | None = None,
    ) -> None:
        super().__init__(_reuse=reuse)
        self._cell = check_cell(cell)
        if output_size < 1:
            raise ConfigError(
                f"`output_size` must be at least 1. Received: {output_size!r}."
            )
        self._output_size = output_size
        self._activation = activation

    @property
    def output_size(self) -> int:
        """Width of the projected outputs."""
        return self._output_size

    @bases.in_graph
    def call(self, inputs: tf.Tensor, state: Any) -> tuple[tf.Tensor, Any]:
        """Takes a step of the cell.

        Args:
            inputs: float [batch, depth].
            state: The state of the cell.
        """
        output, state = self._cell(inputs, state)
        projected = linear(output, self._output_size)
        if self._activation is not None:
            projected = self._activation(projected)
        return projected, state


class EmbeddingWrapper(_Wrapper):
    """Embeds the ids that a cell gets.

    Args:
        cell: An `RNNCell`.
        embedding_classes: How many ids there are.
        embedding_size: Width of an embedding.
        initializer: Initializer of the embeddings; by default uniform, with
            variance 1.
        reuse: Whether variables of the scope are used again.

    Raises:
        ConfigError: If a number is below 1.
    """

    def __init__(
        self,
        cell: Any,
        embedding_classes: int,
        embedding_size: int,
        initializer: Any = None,
        reuse: bool | None = None,
    ) -> None:
        super().__init__(_reuse=reuse)
        self._cell = check_cell(cell)
        if embedding_classes < 1 or embedding_size < 1:
            raise ConfigError(
                "`embedding_classes` and `embedding_size` must be at least 1. "
                f"Received: {embedding_classes!r} and {embedding_size!r}."
            )
        self._shape = [embedding_classes, embedding_size]
        self._initializer = initializer

    @bases.in_graph
    def call(self, inputs: tf.Tensor, state: Any) -> tuple[tf.Tensor, Any]:
        """Takes a step of the cell.

        Args:
            inputs: integers [batch] or [batch, 1].
            state: The state of the cell.
        """
        v1 = tf.compat.v1
        scope = v1.get_variable_scope()
        initializer = self._initializer or scope.initializer
        if initializer is None:
            limit = 3**0.5
            initializer = v1.random_uniform_initializer(-limit, limit)
        embedding = v1.get_variable(
            "embedding",
            self._shape,
            tf.nest.flatten(state)[0].dtype,
            initializer,
        )
        embedded = tf.nn.embedding_lookup(embedding, tf.reshape(inputs, [-1]))
        return self._cell(embedded, state)


class HighwayWrapper(_Wrapper):
    """Lets the inputs of a cell pass beside it, as far as a gate is open.

    Zilly et al., https://arxiv.org/abs/1505.00387.

    Args:
        cell: An `RNNCell` whose inputs and outputs have the same widths.
        couple_carry_transform_gates: Whether the cell counts as much as the
            gate is closed, or has a gate of its own.
        carry_bias_init: Initial bias of the gate.
    """

    def __init__(
        self,
        cell: Any,
        couple_carry_transform_gates: bool = True,
        carry_bias_init: float = 1.0,
    ) -> None:
        super().__init__()
        self._cell = check_cell(cell)
        self._is_coupled = couple_carry_transform_gates
        self._carry_bias_init = carry_bias_init

    def __call__(
        self, inputs: Any, state: Any, scope: Any = None
    ) -> tuple[Any, Any]:
        """Takes a step of the cell.

        Args:
            inputs: float [batch, depth], or a nest of them.
            state: The state of the cell.
            scope: Scope of the cell's variables.
        """
        outputs, state = self._cell(inputs, state, scope=scope)
        tf.nest.assert_same_structure(inputs, outputs)
        return tf.nest.map_structure(self._highway, inputs, outputs), state

    def _highway(self, passed: tf.Tensor, output: tf.Tensor) -> tf.Tensor:
        width = bases.depth(passed.shape)
        carry = self._gate("carry", passed, width, self._carry_bias_init)
        if self._is_coupled:
            transform = 1 - carry
        else:
            transform = self._gate(
                "transform", passed, width, -self._carry_bias_init
            )
        return passed * carry + output * transform

    def _gate(
        self, name: str, passed: tf.Tensor, width: int, bias: float
    ) -> tf.Tensor:
        v1 = tf.compat.v1
        kernel = v1.get_variable(f"{name}_w", [width, width], passed.dtype)
        shift = v1.get_variable(
            f"{name}_b",
            [width],
            passed.dtype,
            v1.constant_initializer(bias),
        )
        return tf.sigmoid(tf.matmul(passed, kernel) + shift)


def check_cell(cell: Any) -> Any:
    """Returns `cell`, if it is one.

    Raises:
        ArgumentTypeError: If it has no sizes, or cannot be called.
    """
    has_sizes = hasattr(cell, "state_size") and hasattr(cell, "output_size")
    if not (has_sizes and callable(cell)):
        raise ArgumentTypeError(
            "`cell` must be an RNNCell, such as `tf.nn.rnn_cell.LSTMCell(8)`. "
            f"Received: {cell!r} (of type {type(cell).__name__})."
        )
    return cell


def linear(values: Any, width: int, bias: bool = True) -> tf.Tensor:
    """Returns `values @ kernel + bias`, with variables of these names.

    Args:
        values: float [batch, depth], or a list of them.
        width: How many columns the kernel has.
        bias: Whether there is a bias; 0 at first.

    Returns:
        float [batch, width].
    """
    v1 = tf.compat.v1
    joined = tf.concat(values, 1) if isinstance(values, list) else values
    kernel = v1.get_variable(
        "kernel", [bases.depth(joined.shape), width], joined.dtype
    )
    product = tf.matmul(joined, kernel)
    if not bias:
        return product
    return product + v1.get_variable(
        "bias", [width], joined.dtype, v1.zeros_initializer()
    )
