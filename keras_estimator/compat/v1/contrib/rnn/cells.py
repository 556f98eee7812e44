"""More cells: an LSTM with layer normalization, and one of one gate."""

from collections.abc import Callable
from typing import Any

import tensorflow as tf

from keras_estimator.compat.v1.contrib.rnn import bases

_Activation = Callable[[tf.Tensor], tf.Tensor]


class Normalizing(bases.RNNCell):
    """A cell that normalizes parts of it, each with a gain and a shift."""

    _norm_gain: float
    _norm_shift: float

    def normalize(self, values: tf.Tensor, name: str) -> tf.Tensor:
        """Returns values with mean 0 and variance 1, then scaled.

        Args:
            values: float [batch, units].
            name: Scope of the variables `gamma` and `beta`.

        Returns:
            float [batch, units].
        """
        v1 = tf.compat.v1
        units = values.shape[-1]
        with v1.variable_scope(name):
            gamma = v1.get_variable(
                "gamma",
                [units],
                values.dtype,
                v1.constant_initializer(self._norm_gain),
            )
            beta = v1.get_variable(
                "beta",
                [units],
                values.dtype,
                v1.constant_initializer(self._norm_shift),
            )
        mean, variance = tf.nn.moments(values, [1], keepdims=True)
        return tf.nn.batch_normalization(
            values, mean, variance, beta, gamma, 1e-12
        )


class LayerNormBasicLSTMCell(Normalizing):
    """An LSTM with layer normalization and dropout of what it adds.

    Ba et al., https://arxiv.org/abs/1607.06450, and Semeniuta et al.,
    https://arxiv.org/abs/1603.05118.

    Args:
        num_units: Width of the state and the output.
        forget_bias: What is added to the forget gate.
        input_size: Without effect.
        activation: Function of the state.
        layer_norm: Whether gates and state are normalized.
        norm_gain: Initial value of the gains.
        norm_shift: Initial value of the shifts.
        dropout_keep_prob: Probability to keep an element of what is added to
            the state: a number, or a float tensor [].
        dropout_prob_seed: Seed of the dropout.
        reuse: Whether variables of the scope are used again.
    """

    def __init__(
        self,
        num_units: int,
        forget_bias: float = 1.0,
        input_size: int | None = None,
        activation: _Activation = tf.tanh,
        layer_norm: bool = True,
        norm_gain: float = 1.0,
        norm_shift: float = 0.0,
        dropout_keep_prob: Any = 1.0,
        dropout_prob_seed: int | None = None,
        reuse: bool | None = None,
    ) -> None:
        super().__init__(_reuse=reuse)
        self._num_units = num_units
        self._forget_bias = forget_bias
        self._activation = activation
        self._layer_norm = layer_norm
        self._norm_gain = norm_gain
        self._norm_shift = norm_shift
        self._keep_prob = dropout_keep_prob
        self._seed = dropout_prob_seed

    @property
    def state_size(self) -> Any:
        """`LSTMStateTuple(num_units, num_units)`."""
        return bases.LSTMStateTuple(self._num_units, self._num_units)

    @property
    def output_size(self) -> int:
        """`num_units`."""
        return self._num_units

    @bases.in_graph
    def call(self, inputs: tf.Tensor, state: Any) -> tuple[tf.Tensor, Any]:
        """Takes a step.

        Args:
            inputs: float [batch, depth].
            state: (c, h), each float [batch, num_units].

        Returns:
            The new h, and the new state.
        """
        v1 = tf.compat.v1
        c, h = state
        seen = tf.concat([inputs, h], 1)
        columns = 4 * self._num_units
        kernel = v1.get_variable(
            "kernel", [bases.depth(seen.shape), columns], seen.dtype
        )
        gates = tf.matmul(seen, kernel)
        if not self._layer_norm:
            gates += v1.get_variable("bias", [columns], seen.dtype)
        i, j, f, o = tf.split(gates, 4, axis=1)
        if self._layer_norm:
            i = self.normalize(i, "input")
            j = self.normalize(j, "transform")
            f = self.normalize(f, "forget")
            o = self.normalize(o, "output")
        added = self._activation(j)
        if not isinstance(self._keep_prob, float) or self._keep_prob < 1:
            added = tf.nn.dropout(added, 1 - self._keep_prob, seed=self._seed)
        new_c = c * tf.sigmoid(f + self._forget_bias) + tf.sigmoid(i) * added
        if self._layer_norm:
            new_c = self.normalize(new_c, "state")
        new_h = self._activation(new_c) * tf.sigmoid(o)
        return new_h, bases.LSTMStateTuple(new_c, new_h)


class UGRNNCell(bases.RNNCell):
    """A network with one gate, the update gate.

    Collins et al., https://arxiv.org/abs/1611.09913.

    Args:
        num_units: Width of the state and the output.
        initializer: Initializer of the kernel.
        forget_bias: What is added to the gate.
        activation: Function of what is added to the state.
        reuse: Whether variables of the scope are used again.
    """

    def __init__(
        self,
        num_units: int,
        initializer: Any = None,
        forget_bias: float = 1.0,
        activation: _Activation = tf.tanh,
        reuse: bool | None = None,
    ) -> None:
        super().__init__(_reuse=reuse)
        self._num_units = num_units
        self._initializer = initializer
        self._forget_bias = forget_bias
        self._activation = activation

    @property
    def state_size(self) -> int:
        """`num_units`."""
        return self._num_units

    @property
    def output_size(self) -> int:
        """`num_units`."""
        return self._num_units

    @bases.in_graph
    def call(
        self, inputs: tf.Tensor, state: tf.Tensor
    ) -> tuple[tf.Tensor, tf.Tensor]:
        """Takes a step.

        Args:
            inputs: float [batch, depth].
            state: float [batch, num_units].

        Returns:
            The new state, twice.
        """
        v1 = tf.compat.v1
        seen = tf.concat([inputs, state], 1)
        columns = 2 * self._num_units
        kernel = v1.get_variable(
            "kernel",
            [bases.depth(seen.shape), columns],
            seen.dtype,
            self._initializer,
        )
        bias = v1.get_variable(
            "bias", [columns], seen.dtype, v1.zeros_initializer()
        )
        gate, added = tf.split(tf.matmul(seen, kernel) + bias, 2, axis=1)
        gate = tf.sigmoid(gate + self._forget_bias)
        new = gate * state + (1 - gate) * self._activation(added)
        return new, new
