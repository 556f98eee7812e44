"""Cells that take all time steps at once, and adaptors around them.

A fused cell is called with inputs of [time, batch, depth] and returns outputs
of [time, batch, num_units] and the last state.
"""

import abc
from typing import Any

import tensorflow as tf

from keras_estimator.compat.v1.contrib.rnn import bases
from keras_estimator.compat.v1.contrib.rnn.block import add_lstm_variables
from keras_estimator.errors import ConfigError


class FusedRNNCell(abc.ABC):
    """A cell that takes all time steps at once."""

    @abc.abstractmethod
    def __call__(
        self,
        inputs: Any,
        initial_state: Any = None,
        dtype: Any = None,
        sequence_length: Any = None,
        scope: Any = None,
    ) -> tuple[Any, Any]:
        """Runs over all time steps.

        Args:
            inputs: float [time, batch, depth], or a list of [batch, depth].
            initial_state: The state before the first step; zeros by default.
            dtype: Type of the state, if there is no initial_state.
            sequence_length: integers [batch]; by default, time.
            scope: Scope of the variables.

        Returns:
            Outputs, in the form of `inputs`, and the state after the last step
            of each sequence.
        """


class LSTMBlockWrapper(bases.Layer):
    """Base of LSTMs that take all time steps at once: a layer.

    A subclass has `num_units` and `_call_cell`.
    """

    @property
    def num_units(self) -> int:
        """Width of the state and the output."""
        raise NotImplementedError

    def _call_cell(
        self,
        inputs: tf.Tensor,
        initial_cell_state: tf.Tensor,
        initial_output: tf.Tensor,
        dtype: Any,
        sequence_length: tf.Tensor | None,
    ) -> tuple[tf.Tensor, tf.Tensor]:
        """Returns the cell states and the outputs of all time steps."""
        raise NotImplementedError

    @bases.in_graph
    def call(
        self,
        inputs: tf.Tensor,
        initial_state: Any = None,
        dtype: Any = None,
        sequence_length: Any = None,
    ) -> tuple[tf.Tensor, Any]:
        """Runs over all time steps.

        Args:
            inputs: float [time, batch, depth].
            initial_state: (c, h), each float [batch, num_units]; by default
                zeros.
            dtype: Type of the state, if there is no initial_state.
            sequence_length: integers [batch]; by default, time.

        Returns:
            Outputs, float [time, batch, num_units], 0 behind the end of a
            sequence, and the state after its last step.

        Raises:
            ConfigError: If neither initial_state nor dtype is given.
        """
        time, batch = tf.shape(inputs)[0], tf.shape(inputs)[1]
        if initial_state is None:
            if dtype is None:
                raise ConfigError(
                    "Either `initial_state` or `dtype` needs to be specified. "
                    "For zeros, add dtype=tf.float32."
                )
            size = tf.stack([inputs.shape[1] or batch, self.num_units])
            zeros = tf.zeros(size, dtype)
            initial_state = (zeros, zeros)
        elif len(initial_state) != 2:
            raise ConfigError(
                "`initial_state` must be a pair (c, h). Received: "
                f"{initial_state!r}."
            )
        first_c, first_h = initial_state
        if sequence_length is not None:
            sequence_length = tf.cast(sequence_length, tf.int64)
        states, outputs = self._call_cell(
            inputs, first_c, first_h, dtype or first_c.dtype, sequence_length
        )
        if sequence_length is None:
            return outputs, bases.LSTMStateTuple(states[-1], outputs[-1])
        mask = tf.sequence_mask(sequence_length, time, outputs.dtype)
        outputs *= tf.expand_dims(tf.transpose(mask), 2)
        at = tf.stack([sequence_length, tf.range(tf.cast(batch, tf.int64))], 1)
        last_c = tf.gather_nd(tf.concat([[first_c], states], 0), at)
        last_h = tf.gather_nd(tf.concat([[first_h], outputs], 0), at)
        return outputs, bases.LSTMStateTuple(last_c, last_h)


class LSTMBlockFusedCell(LSTMBlockWrapper):
    """An LSTM over all time steps in one operation.

    Its variables are `kernel` and `bias` of a `BasicLSTMCell`, and with
    peepholes `w_i_diag`, `w_f_diag` and `w_o_diag`.

    Args:
        num_units: Width of the state and the output.
        forget_bias: What is added to the forget gate.
        cell_clip: Largest absolute value of the cell state, or `None`.
        use_peephole: Whether the gates see the cell state.
        reuse: Whether variables of the scope are used again.
        dtype: Type of the variables; by default that of the inputs.
        name: Scope of the variables.

    Example:
    >>> with tf.Graph().as_default():
    ...     cell = LSTMBlockFusedCell(4)
    ...     outputs, state = cell(tf.zeros([5, 2, 3]), dtype=tf.float32)
    ...     outputs.shape.as_list(), state.h.shape.as_list()
    ([5, 2, 4], [2, 4])
    """

    def __init__(
        self,
        num_units: int,
        forget_bias: float = 1.0,
        cell_clip: float | None = None,
        use_peephole: bool = False,
        reuse: bool | None = None,
        dtype: Any = None,
        name: str | None = "lstm_fused_cell",
    ) -> None:
        super().__init__(_reuse=reuse, name=name, dtype=dtype)
        self._num_units = num_units
        self._forget_bias = forget_bias
        # What the operation takes for no limit.
        self._cell_clip = -1 if cell_clip is None else cell_clip
        self._use_peephole = use_peephole

    @property
    def num_units(self) -> int:
        """Width of the state and the output."""
        return self._num_units

    def build(self, inputs_shape: Any) -> None:
        """Creates the variables.

        Args:
            inputs_shape: Shape [time, batch, depth].

        Raises:
            ConfigError: If it has not three dimensions.
        """
        if len(inputs_shape) != 3:
            raise ConfigError(
                "`inputs` must have the shape [time, batch, depth]. Received "
                f"shape: {inputs_shape}."
            )
        add_lstm_variables(self, inputs_shape, self._use_peephole)
        self.built = True

    def _call_cell(
        self,
        inputs: tf.Tensor,
        initial_cell_state: tf.Tensor,
        initial_output: tf.Tensor,
        dtype: Any,
        sequence_length: tf.Tensor | None,
    ) -> tuple[tf.Tensor, tf.Tensor]:
        longest = (
            tf.shape(inputs, out_type=tf.int64)[0]
            if sequence_length is None
            else tf.reduce_max(sequence_length)
        )
        none = tf.zeros([self._num_units], dtype)
        _, states, _, _, _, _, outputs = tf.raw_ops.BlockLSTM(
            seq_len_max=longest,
            x=inputs,
            cs_prev=initial_cell_state,
            h_prev=initial_output,
            w=self.kernel,
            wci=self.w_i_diag if self._use_peephole else none,
            wcf=self.w_f_diag if self._use_peephole else none,
            wco=self.w_o_diag if self._use_peephole else none,
            b=self.bias,
            forget_bias=self._forget_bias,
            cell_clip=self._cell_clip,
            use_peephole=self._use_peephole,
        )
        return states, outputs


class FusedRNNCellAdaptor(FusedRNNCell):
    """Makes a fused cell of an ordinary one.

    Args:
        cell: An `RNNCell`.
        use_dynamic_rnn: Whether time steps are a loop, or written out.
    """

    def __init__(self, cell: Any, use_dynamic_rnn: bool = False) -> None:
        self._cell = cell
        self._use_dynamic_rnn = use_dynamic_rnn

    def __call__(
        self,
        inputs: Any,
        initial_state: Any = None,
        dtype: Any = None,
        sequence_length: Any = None,
        scope: Any = None,
    ) -> tuple[Any, Any]:
        """Runs over all time steps: see `FusedRNNCell`."""
        is_list = isinstance(inputs, list)
        if self._use_dynamic_rnn:
            outputs, state = tf.compat.v1.nn.dynamic_rnn(
                self._cell,
                tf.stack(inputs) if is_list else inputs,
                sequence_length=sequence_length,
                initial_state=initial_state,
                dtype=dtype,
                time_major=True,
                scope=scope,
            )
            return (tf.unstack(outputs) if is_list else outputs), state
        outputs, state = tf.compat.v1.nn.static_rnn(
            self._cell,
            inputs if is_list else tf.unstack(inputs),
            initial_state=initial_state,
            dtype=dtype,
            sequence_length=sequence_length,
            scope=scope,
        )
        return (outputs if is_list else tf.stack(outputs)), state


class TimeReversedFusedRNN(FusedRNNCell):
    """Runs a fused cell from the last step of each sequence to the first.

    Args:
        cell: A fused cell.
    """

    def __init__(self, cell: Any) -> None:
        self._cell = cell

    def __call__(
        self,
        inputs: Any,
        initial_state: Any = None,
        dtype: Any = None,
        sequence_length: Any = None,
        scope: Any = None,
    ) -> tuple[Any, Any]:
        """Runs over all time steps: see `FusedRNNCell`."""
        outputs, state = self._cell(
            _reverse(inputs, sequence_length),
            initial_state=initial_state,
            dtype=dtype,
            sequence_length=sequence_length,
            scope=scope,
        )
        return _reverse(outputs, sequence_length), state


def _reverse(steps: Any, lengths: Any) -> Any:
    """Reverses the time steps of each sequence; padding stays behind them."""
    if isinstance(steps, list):
        return tf.unstack(_reverse(tf.stack(steps), lengths))
    if lengths is None:
        return tf.reverse(steps, [0])
    return tf.reverse_sequence(steps, lengths, seq_axis=0, batch_axis=1)
