"""`tf.contrib.seq2seq`: what is refused, and what is said of decoders."""

import pytest

import keras_estimator.compat.v1 as tf
from keras_estimator.errors import ConfigError


def test_ranks_are_checked():
    loss = tf.contrib.seq2seq.sequence_loss
    logits, two, one = tf.zeros([2, 3, 4]), tf.zeros([2, 3]), tf.zeros([2])
    with pytest.raises(ConfigError, match=r"`logits` must be a \[batch, time"):
        loss(two, two, two)
    with pytest.raises(ConfigError, match=r"`targets`.*Received shape: \(2,"):
        loss(logits, one, two)
    with pytest.raises(ConfigError, match="`weights` must be"):
        loss(logits, two, one)


def test_nothing_is_averaged_and_summed():
    logits, two = tf.zeros([2, 3, 4]), tf.zeros([2, 3])
    for axis in ("timesteps", "batch"):
        with pytest.raises(ConfigError, match=f"average_across_{axis} and"):
            tf.contrib.seq2seq.sequence_loss(
                logits, two, two, **{f"sum_over_{axis}": True}
            )


def test_decoders_say_what_replaces_them():
    with pytest.raises(AttributeError, match="write the decoder as a loop"):
        tf.contrib.seq2seq.BasicDecoder  # noqa: B018
