"""A cell that attends to its last outputs."""

from typing import Any

import tensorflow as tf

from keras_estimator.compat.v1.contrib.rnn import bases
from keras_estimator.compat.v1.contrib.rnn.wrappers import check_cell
from keras_estimator.compat.v1.contrib.rnn.wrappers import linear
from keras_estimator.errors import ConfigError


class AttentionCellWrapper(bases.RNNCell):
    """Gives a cell attention to what came out of it last.

    Bahdanau et al., https://arxiv.org/abs/1409.0473.

    Args:
        cell: An `RNNCell`.
        attn_length: To how many outputs it attends.
        attn_size: Width of the outputs; by default that of the cell.
        attn_vec_size: Width of the scores' hidden layer; by default attn_size.
        input_size: Width of what the cell gets; by default that of the inputs.
        state_is_tuple: Whether the state is (state of the cell, attention,
            last outputs), or one tensor.
        reuse: Whether variables of the scope are used again.

    Raises:
        ConfigError: If attn_length is below 1, or the cell has a tuple for its
            state and the wrapper has not.
    """

    def __init__(
        self,
        cell: Any,
        attn_length: int,
        attn_size: int | None = None,
        attn_vec_size: int | None = None,
        input_size: int | None = None,
        state_is_tuple: bool = True,
        reuse: bool | None = None,
    ) -> None:
        super().__init__(_reuse=reuse)
        self._cell = check_cell(cell)
        if attn_length <= 0:
            raise ConfigError(
                "`attn_length` should be greater than zero. Received: "
                f"{attn_length!r}."
            )
        if not state_is_tuple and isinstance(cell.state_size, tuple | list):
            raise ConfigError(
                "`cell` returns a tuple of states, but `state_is_tuple` is not "
                f"set. State size: {cell.state_size!r}."
            )
        self._attn_length = attn_length
        self._attn_size = attn_size or cell.output_size
        self._attn_vec_size = attn_vec_size or self._attn_size
        self._input_size = input_size
        self._state_is_tuple = state_is_tuple

    @property
    def state_size(self) -> Any:
        """(state of the cell, attention, last outputs), or their sum."""
        sizes = (
            self._cell.state_size,
            self._attn_size,
            self._attn_size * self._attn_length,
        )
        return sizes if self._state_is_tuple else sum(sizes)

    @property
    def output_size(self) -> int:
        """`attn_size`."""
        return self._attn_size

    @bases.in_graph
    def call(self, inputs: tf.Tensor, state: Any) -> tuple[tf.Tensor, Any]:
        """Takes a step.

        Args:
            inputs: float [batch, depth].
            state: The state before.

        Returns:
            The output, float [batch, attn_size], and the new state.
        """
        size, length = self._attn_size, self._attn_length
        if not self._state_is_tuple:
            sizes = [self._cell.state_size, size, size * length]
            state = tf.split(state, sizes, axis=1)
        state, attended, outputs = state
        outputs = tf.reshape(outputs, [-1, length, size])
        width = self._input_size or bases.depth(inputs.shape)
        output, state = self._cell(linear([inputs, attended], width), state)
        query = tf.concat(tf.nest.flatten(state), 1)
        attended = self._attend(query, outputs)
        with tf.compat.v1.variable_scope("attn_output_projection"):
            output = linear([output, attended], size)
        later = tf.concat([outputs[:, 1:], tf.expand_dims(output, 1)], 1)
        parts = (state, attended, tf.reshape(later, [-1, length * size]))
        if self._state_is_tuple:
            return output, parts
        return output, tf.concat(parts, 1)

    def _attend(self, query: tf.Tensor, outputs: tf.Tensor) -> tf.Tensor:
        """Returns the mean of the outputs, weighted by scores of a query."""
        width = self._attn_vec_size
        variable = tf.compat.v1.get_variable
        with tf.compat.v1.variable_scope("attention"):
            kernel = variable("attn_w", [1, 1, self._attn_size, width])
            score = variable("attn_v", [width])
            keys = tf.tensordot(outputs, kernel[0, 0], 1)
            asked = tf.expand_dims(linear(query, width), 1)
            weights = tf.nn.softmax(
                tf.reduce_sum(score * tf.tanh(keys + asked), 2)
            )
            return tf.reduce_sum(tf.expand_dims(weights, 2) * outputs, 1)
