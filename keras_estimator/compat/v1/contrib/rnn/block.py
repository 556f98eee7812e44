"""Cells that TensorFlow 1 had in one operation: `LSTMBlockCell` and GRUs.

Their variables and numbers are the same; here they are ordinary operations,
which have gradients and can be compiled.
"""

from typing import Any

import tensorflow as tf

from keras_estimator.compat.v1.contrib.rnn import bases
from keras_estimator.errors import ConfigError


class LSTMBlockCell(bases.LayerRNNCell):
    """The LSTM of Zaremba et al., https://arxiv.org/abs/1409.2329.

    Its variables are `kernel` and `bias` of a `BasicLSTMCell`, and with
    peepholes `w_i_diag`, `w_f_diag` and `w_o_diag`.

    Args:
        num_units: Width of the state and the output.
        forget_bias: What is added to the forget gate.
        cell_clip: Largest absolute value of the cell state, or `None`.
        use_peephole: Whether the gates see the cell state.
        dtype: Type of the variables; by default that of the inputs.
        reuse: Whether variables of the scope are used again.
        name: Scope of the variables.

    Example:
    >>> with tf.Graph().as_default():
    ...     output, _ = tf.compat.v1.nn.dynamic_rnn(
    ...         LSTMBlockCell(4), tf.zeros([2, 5, 3]), dtype=tf.float32
    ...     )
    ...     output.shape.as_list()
    [2, 5, 4]
    """

    def __init__(
        self,
        num_units: int,
        forget_bias: float = 1.0,
        cell_clip: float | None = None,
        use_peephole: bool = False,
        dtype: Any = None,
        reuse: bool | None = None,
        name: str | None = "lstm_cell",
    ) -> None:
        super().__init__(_reuse=reuse, dtype=dtype, name=name)
        self._num_units = num_units
        self._forget_bias = forget_bias
        self._cell_clip = cell_clip
        self._use_peephole = use_peephole

    @property
    def state_size(self) -> Any:
        """`LSTMStateTuple(num_units, num_units)`."""
        return bases.LSTMStateTuple(self._num_units, self._num_units)

    @property
    def output_size(self) -> int:
        """`num_units`."""
        return self._num_units

    def build(self, inputs_shape: Any) -> None:
        """Creates the variables.

        Args:
            inputs_shape: Shape [batch, depth].
        """
        add_lstm_variables(self, inputs_shape, self._use_peephole)
        self.built = True

    @bases.in_graph
    def call(self, inputs: tf.Tensor, state: Any) -> tuple[tf.Tensor, Any]:
        """Takes a step.

        Args:
            inputs: float [batch, depth].
            state: (c, h), each float [batch, num_units].

        Returns:
            The new h, and the new state.
        """
        if len(state) != 2:
            raise ConfigError(
                "`state` must be a pair (c, h): `cell.zero_state(batch_size, "
                f"dtype)`. Received: {state!r}."
            )
        c, h = state
        gates = tf.matmul(tf.concat([inputs, h], 1), self.kernel) + self.bias
        i, j, f, o = tf.split(gates, 4, axis=1)
        f += self._forget_bias
        if self._use_peephole:
            i += c * self.w_i_diag
            f += c * self.w_f_diag
        new_c = tf.sigmoid(i) * tf.tanh(j) + tf.sigmoid(f) * c
        if self._cell_clip is not None and self._cell_clip > 0:
            limit = self._cell_clip
            # The gradient of the one operation passed the limits.
            excess = tf.clip_by_value(new_c, -limit, limit) - new_c
            new_c += tf.stop_gradient(excess)
        if self._use_peephole:
            o += new_c * self.w_o_diag
        new_h = tf.sigmoid(o) * tf.tanh(new_c)
        return new_h, bases.LSTMStateTuple(new_c, new_h)


class GRUBlockCellV2(bases.LayerRNNCell):
    """The GRU of Cho et al., https://arxiv.org/abs/1406.1078.

    Its variables are those of a `GRUCell`: `gates/kernel`, `gates/bias`,
    `candidate/kernel` and `candidate/bias`.

    Args:
        num_units: Width of the state and the output.
        cell_size: Old name of num_units.
        reuse: Whether variables of the scope are used again.
        name: Scope of the variables.

    Raises:
        ConfigError: If not exactly one of num_units and cell_size is given.
    """

    _names = (
        "gates/kernel",
        "gates/bias",
        "candidate/kernel",
        "candidate/bias",
    )

    def __init__(
        self,
        num_units: int | None = None,
        cell_size: int | None = None,
        reuse: bool | None = None,
        name: str | None = "gru_cell",
    ) -> None:
        super().__init__(_reuse=reuse, name=name)
        if (num_units is None) == (cell_size is None):
            raise ConfigError(
                "Exactly one of num_units and cell_size, its old name, must "
                f"be given. Received: num_units={num_units!r}, "
                f"cell_size={cell_size!r}."
            )
        self._num_units = num_units if cell_size is None else cell_size

    @property
    def state_size(self) -> Any:
        """`num_units`."""
        return self._num_units

    @property
    def output_size(self) -> Any:
        """`num_units`."""
        return self._num_units

    def build(self, inputs_shape: Any) -> None:
        """Creates the variables.

        Args:
            inputs_shape: Shape [batch, depth].
        """
        units: int = self.output_size
        rows = bases.depth(inputs_shape) + units
        gates, gates_bias, candidate, candidate_bias = self._names
        ones = tf.compat.v1.constant_initializer(1.0)
        zeros = tf.compat.v1.constant_initializer(0.0)
        self._gates = self.add_weight(gates, [rows, 2 * units])
        self._gates_bias = self.add_weight(
            gates_bias, [2 * units], initializer=ones
        )
        self._candidate = self.add_weight(candidate, [rows, units])
        self._candidate_bias = self.add_weight(
            candidate_bias, [units], initializer=zeros
        )
        self.built = True

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
        gates = tf.matmul(tf.concat([inputs, state], 1), self._gates)
        r, u = tf.split(tf.sigmoid(gates + self._gates_bias), 2, axis=1)
        seen = tf.concat([inputs, r * state], 1)
        c = tf.tanh(tf.matmul(seen, self._candidate) + self._candidate_bias)
        new = u * state + (1 - u) * c
        return new, new


class GRUBlockCell(GRUBlockCellV2):
    """A GRU with the variables `w_ru`, `b_ru`, `w_c` and `b_c`.

    Args:
        num_units: Width of the state and the output.
        cell_size: Old name of num_units.
        reuse: Whether variables of the scope are used again.
        name: Scope of the variables.

    Raises:
        ConfigError: If not exactly one of num_units and cell_size is given.
    """

    _names = ("w_ru", "b_ru", "w_c", "b_c")


def add_lstm_variables(
    layer: Any, inputs_shape: Any, use_peephole: bool
) -> None:
    """Gives a layer the variables of an LSTM.

    Args:
        layer: A layer with `_num_units`.
        inputs_shape: Shape [..., depth].
        use_peephole: Whether the gates see the cell state.
    """
    units = layer._num_units
    rows = bases.depth(inputs_shape) + units
    layer.kernel = layer.add_weight("kernel", [rows, 4 * units])
    layer.bias = layer.add_weight(
        "bias",
        [4 * units],
        initializer=tf.compat.v1.constant_initializer(0.0),
    )
    if use_peephole:
        for name in ("w_i_diag", "w_f_diag", "w_o_diag"):
            setattr(layer, name, layer.add_weight(name, [units]))
