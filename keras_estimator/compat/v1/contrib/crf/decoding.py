"""The tags of the highest score, by Viterbi's algorithm."""

from typing import Any

import numpy as np
import tensorflow as tf

from keras_estimator.compat.v1.contrib.crf.cells import CrfDecodeBackwardRnnCell
from keras_estimator.compat.v1.contrib.crf.cells import CrfDecodeForwardRnnCell
from keras_estimator.compat.v1.contrib.crf.scores import later_steps
from keras_estimator.compat.v1.contrib.crf.scores import transition_counts


def crf_decode(
    potentials: Any, transition_params: Any, sequence_length: Any
) -> tuple[tf.Tensor, tf.Tensor]:
    """Returns the tags of the highest score, in a graph.

    Args:
        potentials: float [batch, time, num_tags], scores of the tags.
        transition_params: float [num_tags, num_tags], scores of going from
            row to column.
        sequence_length: integers [batch].

    Returns:
        The tags, int32 [batch, time], and their scores, float [batch]. Behind
        the end of a sequence the tags are 0.

    Example:
    >>> with tf.Graph().as_default(), tf.compat.v1.Session() as session:
    ...     tags, _ = crf_decode(
    ...         [[[2.0, 1.0], [0.0, 3.0]]], tf.zeros([2, 2]), [2]
    ...     )
    ...     session.run(tags).tolist()
    [[0, 1]]
    """
    potentials = tf.convert_to_tensor(potentials)
    steps = transition_counts(sequence_length)
    dynamic_rnn = tf.compat.v1.nn.dynamic_rnn
    before, best = dynamic_rnn(
        CrfDecodeForwardRnnCell(transition_params),
        later_steps(potentials),
        steps,
        initial_state=potentials[:, 0],
        dtype=tf.int32,
    )
    last = tf.argmax(best, axis=1, output_type=tf.int32)[:, tf.newaxis]
    earlier, _ = dynamic_rnn(
        CrfDecodeBackwardRnnCell(potentials.shape[2]),
        tf.reverse_sequence(before, steps, seq_axis=1),
        steps,
        initial_state=last,
        dtype=tf.int32,
    )
    backwards = tf.concat([last, tf.squeeze(earlier[:, :-1], 2)], axis=1)
    tags = tf.reverse_sequence(backwards, sequence_length, seq_axis=1)
    return tags, tf.reduce_max(best, axis=1)


def viterbi_decode(
    score: Any, transition_params: Any
) -> tuple[list[int], np.floating]:
    """Returns the tags of the highest score, of one sequence in NumPy.

    Args:
        score: float [time, num_tags], scores of the tags.
        transition_params: float [num_tags, num_tags], scores of going from
            row to column.

    Returns:
        The tags and their score.

    Example:
    >>> viterbi_decode(np.array([[2, 1], [0, 3]]), np.zeros([2, 2]))[0]
    [0, 1]
    """
    best = np.asarray(score[0])
    before = []
    for step in score[1:]:
        ways = np.expand_dims(best, 1) + transition_params
        before.append(np.argmax(ways, axis=0))
        best = step + np.max(ways, axis=0)
    tags = [int(np.argmax(best))]
    for step in reversed(before):
        tags.append(int(step[tags[-1]]))
    return tags[::-1], np.max(best)
