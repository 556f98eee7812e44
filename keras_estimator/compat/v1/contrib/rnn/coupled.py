"""The LSTM that takes in as much as it forgets."""

from collections.abc import Callable
from typing import Any

import tensorflow as tf

from keras_estimator.compat.v1.contrib.rnn import bases
from keras_estimator.compat.v1.contrib.rnn.cells import Normalizing
from keras_estimator.errors import ConfigError


class CoupledInputForgetGateLSTMCell(Normalizing):
    """An LSTM that takes in as much as it forgets.

    Greff et al., https://arxiv.org/abs/1503.04069.

    Args:
        num_units: Width of the cell state.
        use_peepholes: Whether the gates see the cell state.
        initializer: Initializer of the kernels.
        num_proj: Width of the output, if it is projected.
        proj_clip: Largest absolute value of a projected output, or `None`.
        num_unit_shards: In how many parts the kernel is.
        num_proj_shards: In how many parts the kernel of the projection is.
        forget_bias: What is added to the forget gate.
        state_is_tuple: Whether the state is a pair, or one tensor.
        activation: Function of the state.
        reuse: Whether variables of the scope are used again.
        layer_norm: Whether gates and state are normalized.
        norm_gain: Initial value of the gains.
        norm_shift: Initial value of the shifts.
    """

    def __init__(
        self,
        num_units: int,
        use_peepholes: bool = False,
        initializer: Any = None,
        num_proj: int | None = None,
        proj_clip: float | None = None,
        num_unit_shards: int = 1,
        num_proj_shards: int = 1,
        forget_bias: float = 1.0,
        state_is_tuple: bool = True,
        activation: Callable[[tf.Tensor], tf.Tensor] = tf.tanh,
        reuse: bool | None = None,
        layer_norm: bool = False,
        norm_gain: float = 1.0,
        norm_shift: float = 0.0,
    ) -> None:
        super().__init__(_reuse=reuse)
        self._num_units = num_units
        self._use_peepholes = use_peepholes
        self._initializer = initializer
        self._num_proj = num_proj
        self._proj_clip = proj_clip
        self._num_unit_shards = num_unit_shards
        self._num_proj_shards = num_proj_shards
        self._forget_bias = forget_bias
        self._state_is_tuple = state_is_tuple
        self._activation = activation
        self._layer_norm = layer_norm
        self._norm_gain = norm_gain
        self._norm_shift = norm_shift

    @property
    def state_size(self) -> Any:
        """`LSTMStateTuple(num_units, output_size)`, or their sum."""
        if self._state_is_tuple:
            return bases.LSTMStateTuple(self._num_units, self.output_size)
        return self._num_units + self.output_size

    @property
    def output_size(self) -> int:
        """`num_proj`, or `num_units` without a projection."""
        return self._num_proj or self._num_units

    @bases.in_graph
    def call(self, inputs: tf.Tensor, state: Any) -> tuple[tf.Tensor, Any]:
        """Takes a step.

        Args:
            inputs: float [batch, depth].
            state: (c, m), the cell state and the output before.

        Returns:
            The new output, and the new state.
        """
        units = self._num_units
        if self._state_is_tuple:
            c, m = state
        else:
            c, m = tf.split(state, [units, self.output_size], axis=1)
        seen = tf.concat([inputs, m], 1)
        kernel = self._kernel(
            "W", bases.depth(seen.shape), 3 * units, self._num_unit_shards
        )
        bias = tf.compat.v1.get_variable(
            "B", [3 * units], seen.dtype, tf.compat.v1.zeros_initializer()
        )
        gates = tf.matmul(seen, kernel)
        if not self._layer_norm:
            # With normalization the variable is there, and not used.
            gates += bias
        j, f, o = tf.split(gates, 3, axis=1)
        if self._layer_norm:
            j = self.normalize(j, "transform")
            f = self.normalize(f, "forget")
            o = self.normalize(o, "output")
        f += self._forget_bias
        if self._use_peepholes:
            f += self._diagonal("W_F_diag") * c
        f = tf.sigmoid(f)
        new_c = f * c + (1 - f) * self._activation(j)
        if self._layer_norm:
            new_c = self.normalize(new_c, "state")
        if self._use_peepholes:
            o += self._diagonal("W_O_diag") * new_c
        new_m = self._project(tf.sigmoid(o) * self._activation(new_c))
        if self._state_is_tuple:
            return new_m, bases.LSTMStateTuple(new_c, new_m)
        return new_m, tf.concat([new_c, new_m], 1)

    def _project(self, output: tf.Tensor) -> tf.Tensor:
        if self._num_proj is None:
            return output
        output = tf.matmul(
            output,
            self._kernel(
                "W_P", self._num_units, self._num_proj, self._num_proj_shards
            ),
        )
        if self._proj_clip is None:
            return output
        return tf.clip_by_value(output, -self._proj_clip, self._proj_clip)

    def _diagonal(self, name: str) -> Any:
        return tf.compat.v1.get_variable(
            name, [self._num_units], initializer=self._initializer
        )

    def _kernel(self, name: str, rows: int, columns: int, shards: int) -> Any:
        """Returns a matrix whose rows are in some variables, `W_0`, `W_1`."""
        if shards > rows:
            raise ConfigError(
                f"`num_unit_shards` and `num_proj_shards` must not exceed the "
                f"{rows} rows of the kernel. Received: {shards}."
            )
        parts = [
            tf.compat.v1.get_variable(
                f"{name}_{shard}",
                [rows // shards + (shard < rows % shards), columns],
                initializer=self._initializer,
            )
            for shard in range(shards)
        ]
        return parts[0] if shards == 1 else tf.concat(parts, 0)
