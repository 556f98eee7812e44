"""One time step of the recursions over a linear chain, as RNN cells."""

from typing import Any

import tensorflow as tf

from keras_estimator.compat.v1.contrib.rnn import bases


class _ForwardCell(bases.RNNCell):
    """A recursion over the tags, from each tag to each.

    Args:
        transition_params: float [num_tags, num_tags], from row to column.
    """

    def __init__(self, transition_params: Any) -> None:
        super().__init__()
        self._transitions = tf.expand_dims(
            tf.convert_to_tensor(transition_params), 0
        )
        self._num_tags = int(self._transitions.shape[-1])

    @property
    def state_size(self) -> int:
        """Number of tags."""
        return self._num_tags

    @property
    def output_size(self) -> int:
        """Number of tags."""
        return self._num_tags

    def _scores(self, state: tf.Tensor) -> tf.Tensor:
        """Returns the scores [batch, from, to] of ways that go on from here."""
        return tf.expand_dims(state, 2) + self._transitions


class CrfForwardRnnCell(_ForwardCell):
    """The forward recursion: log of the summed scores of all ways to a tag.

    `alpha'[j] = input[j] + logsumexp_i(alpha[i] + transition[i, j])`

    Args:
        transition_params: float [num_tags, num_tags], from row to column.
    """

    def __call__(
        self, inputs: tf.Tensor, state: tf.Tensor, scope: Any = None
    ) -> tuple[tf.Tensor, tf.Tensor]:
        """Takes a step.

        Args:
            inputs: float [batch, num_tags], scores of the tags.
            state: float [batch, num_tags], alphas of the step before.
            scope: Not used.

        Returns:
            The new alphas, twice.
        """
        scores = self._scores(state)
        alphas = inputs + tf.reduce_logsumexp(scores, axis=1)
        return alphas, alphas


class CrfDecodeForwardRnnCell(_ForwardCell):
    """The forward recursion of Viterbi: the best way to each tag.

    `best'[j] = input[j] + max_i(best[i] + transition[i, j])`

    Args:
        transition_params: float [num_tags, num_tags], from row to column.
    """

    def __call__(
        self, inputs: tf.Tensor, state: tf.Tensor, scope: Any = None
    ) -> tuple[tf.Tensor, tf.Tensor]:
        """Takes a step.

        Args:
            inputs: float [batch, num_tags], scores of the tags.
            state: float [batch, num_tags], best scores of the step before.
            scope: Not used.

        Returns:
            The tag before each on the best way to it, int32, and the new best
            scores, each [batch, num_tags].
        """
        scores = self._scores(state)
        before = tf.argmax(scores, axis=1, output_type=tf.int32)
        return before, inputs + tf.reduce_max(scores, axis=1)


class CrfDecodeBackwardRnnCell(bases.RNNCell):
    """The way back of Viterbi: from a tag to the one before it.

    Args:
        num_tags: Number of tags.
    """

    def __init__(self, num_tags: int) -> None:
        super().__init__()
        self._num_tags = num_tags

    @property
    def state_size(self) -> int:
        """One tag."""
        return 1

    @property
    def output_size(self) -> int:
        """One tag."""
        return 1

    def __call__(
        self, inputs: tf.Tensor, state: tf.Tensor, scope: Any = None
    ) -> tuple[tf.Tensor, tf.Tensor]:
        """Takes a step back.

        Args:
            inputs: int32 [batch, num_tags], the tag before each.
            state: int32 [batch, 1], the tag of this step.
            scope: Not used.

        Returns:
            The tag before, int32 [batch, 1], twice.
        """
        before = tf.gather(inputs, state, axis=1, batch_dims=1)
        return before, before
