"""The log-likelihood of tags: what a tagger is trained with."""

from typing import Any

import tensorflow as tf

from keras_estimator.compat.v1.contrib.crf.scores import crf_log_norm
from keras_estimator.compat.v1.contrib.crf.scores import crf_sequence_score


def crf_log_likelihood(
    inputs: Any,
    tag_indices: Any,
    sequence_lengths: Any,
    transition_params: Any = None,
) -> tuple[tf.Tensor, Any]:
    """Returns the log-likelihood of tags in a linear-chain CRF.

    Args:
        inputs: float [batch, time, num_tags], scores of the tags.
        tag_indices: integers [batch, time], the right tags.
        sequence_lengths: integers [batch]; 0 has the log-likelihood 0.
        transition_params: float [num_tags, num_tags], scores of going from
            row to column; by default a variable `transitions`.

    Returns:
        The log-likelihoods, float [batch], and the transition_params.

    Example:
    >>> with tf.Graph().as_default(), tf.compat.v1.Session() as session:
    ...     likelihood, _ = crf_log_likelihood(
    ...         tf.zeros([1, 2, 3]), [[0, 1]], [2], tf.zeros([3, 3])
    ...     )
    ...     round(float(session.run(likelihood)[0]), 4)  # 1 of 9 ways
    -2.1972
    """
    if transition_params is None:
        num_tags = int(tf.convert_to_tensor(inputs).shape[2])
        transition_params = tf.compat.v1.get_variable(
            "transitions", [num_tags, num_tags]
        )
    scores = crf_sequence_score(
        inputs, tag_indices, sequence_lengths, transition_params
    )
    norms = crf_log_norm(inputs, sequence_lengths, transition_params)
    return scores - norms, transition_params
