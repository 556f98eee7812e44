"""Unnormalized scores of given tags, and of all ways through the tags.

`inputs` of all functions are float [batch, time, num_tags], `tag_indices`
integers [batch, time], `sequence_lengths` integers [batch] and
`transition_params` float [num_tags, num_tags], from row to column. What is
returned is float [batch], 0 for sequences of length 0.
"""

from typing import Any

import tensorflow as tf

from keras_estimator.compat.v1.contrib.crf.cells import CrfForwardRnnCell


def crf_unary_score(
    tag_indices: Any, sequence_lengths: Any, inputs: Any
) -> tf.Tensor:
    """Returns the sum of the scores of the tags themselves.

    Args:
        tag_indices: integers [batch, time].
        sequence_lengths: integers [batch].
        inputs: float [batch, time, num_tags].

    Returns:
        float [batch].
    """
    inputs = tf.convert_to_tensor(inputs)
    tags = tf.cast(tag_indices, tf.int32)
    scores = tf.gather(inputs, tags, axis=2, batch_dims=2)
    mask = tf.sequence_mask(sequence_lengths, tf.shape(inputs)[1], inputs.dtype)
    return tf.reduce_sum(scores * mask, axis=1)


def crf_binary_score(
    tag_indices: Any, sequence_lengths: Any, transition_params: Any
) -> tf.Tensor:
    """Returns the sum of the scores of the transitions between tags.

    Args:
        tag_indices: integers [batch, time].
        sequence_lengths: integers [batch].
        transition_params: float [num_tags, num_tags].

    Returns:
        float [batch].
    """
    transitions = tf.convert_to_tensor(transition_params)
    tags = tf.cast(tag_indices, tf.int32)
    pairs = tf.stack([tags[:, :-1], tags[:, 1:]], axis=-1)
    scores = tf.gather_nd(transitions, pairs)
    mask = tf.sequence_mask(
        transition_counts(sequence_lengths), tf.shape(tags)[1] - 1, scores.dtype
    )
    return tf.reduce_sum(scores * mask, axis=1)


def crf_sequence_score(
    inputs: Any,
    tag_indices: Any,
    sequence_lengths: Any,
    transition_params: Any,
) -> tf.Tensor:
    """Returns the score of tags: of themselves and of their transitions.

    Args:
        inputs: float [batch, time, num_tags].
        tag_indices: integers [batch, time].
        sequence_lengths: integers [batch].
        transition_params: float [num_tags, num_tags].

    Returns:
        float [batch].
    """
    return crf_unary_score(
        tag_indices, sequence_lengths, inputs
    ) + crf_binary_score(tag_indices, sequence_lengths, transition_params)


def crf_multitag_sequence_score(
    inputs: Any, tag_bitmap: Any, sequence_lengths: Any, transition_params: Any
) -> tf.Tensor:
    """Returns the log of the summed scores of all ways through allowed tags.

    Args:
        inputs: float [batch, time, num_tags].
        tag_bitmap: bool [batch, time, num_tags]: which tags are allowed.
        sequence_lengths: integers [batch].
        transition_params: float [num_tags, num_tags].

    Returns:
        float [batch].
    """
    inputs = tf.convert_to_tensor(inputs)
    allowed = tf.where(
        tf.cast(tag_bitmap, tf.bool),
        inputs,
        tf.fill(tf.shape(inputs), tf.cast(float("-inf"), inputs.dtype)),
    )
    return crf_log_norm(allowed, sequence_lengths, transition_params)


def crf_log_norm(
    inputs: Any, sequence_lengths: Any, transition_params: Any
) -> tf.Tensor:
    """Returns the log of the summed scores of all ways through the tags.

    Args:
        inputs: float [batch, time, num_tags].
        sequence_lengths: integers [batch].
        transition_params: float [num_tags, num_tags].

    Returns:
        float [batch].
    """
    inputs = tf.convert_to_tensor(inputs)
    _, alphas = tf.compat.v1.nn.dynamic_rnn(
        CrfForwardRnnCell(transition_params),
        later_steps(inputs),
        transition_counts(sequence_lengths),
        initial_state=inputs[:, 0],
    )
    norm = tf.reduce_logsumexp(alphas, axis=1)
    is_empty = tf.less_equal(sequence_lengths, 0)
    return tf.where(is_empty, tf.zeros_like(norm), norm)


def later_steps(inputs: tf.Tensor) -> tf.Tensor:
    """Returns all steps but the first, and one of zeros.

    That one is never taken; it is there because a `dynamic_rnn` without any
    step cannot stack what it returns.

    Args:
        inputs: float [batch, time, num_tags].

    Returns:
        float [batch, time, num_tags].
    """
    return tf.pad(inputs[:, 1:], [[0, 0], [0, 1], [0, 0]])


def transition_counts(sequence_lengths: Any) -> tf.Tensor:
    """Returns how many transitions there are between tags.

    Args:
        sequence_lengths: integers [batch].

    Returns:
        integers [batch], at least 0.
    """
    lengths = tf.convert_to_tensor(sequence_lengths)
    return tf.maximum(lengths - 1, tf.zeros_like(lengths))
