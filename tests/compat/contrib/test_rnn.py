"""`tf.contrib.rnn` in an Estimator, and what is refused."""

import numpy as np
import pytest

import keras_estimator.compat.v1 as tf
from keras_estimator.errors import ArgumentTypeError
from keras_estimator.errors import ConfigError


def _tagger(features, labels, mode):
    """The fused LSTMs and the CRF of a tagger for names."""
    x = tf.transpose(features["x"], [1, 0, 2])
    lengths = features["lengths"]
    rnn = tf.contrib.rnn
    forward = rnn.LSTMBlockFusedCell(4)
    backward = rnn.TimeReversedFusedRNN(rnn.LSTMBlockFusedCell(4))
    both = [
        cell(x, dtype=tf.float32, sequence_length=lengths)[0]
        for cell in (forward, backward)
    ]
    logits = tf.layers.dense(tf.transpose(tf.concat(both, 2), [1, 0, 2]), 3)
    transitions = tf.get_variable("crf", [3, 3])
    tags, _ = tf.contrib.crf.crf_decode(logits, transitions, lengths)
    if mode == tf.estimator.ModeKeys.PREDICT:
        return tf.estimator.EstimatorSpec(mode, {"tags": tags})
    likelihood, _ = tf.contrib.crf.crf_log_likelihood(
        logits, labels, lengths, transitions
    )
    weights = tf.sequence_mask(lengths, tf.shape(labels)[1])
    return tf.estimator.EstimatorSpec(
        mode,
        loss=tf.reduce_mean(-likelihood),
        train_op=tf.train.AdamOptimizer(0.2).minimize(
            tf.reduce_mean(-likelihood), tf.train.get_global_step()
        ),
        eval_metric_ops={
            "accuracy": tf.metrics.accuracy(labels, tags, weights)
        },
    )


def _sentences():
    random = np.random.default_rng(0)
    tags = random.integers(0, 3, (8, 4)).astype(np.int32)
    lengths = np.array([4, 3, 2, 1, 0, 4, 4, 3], np.int32)
    features = {"x": np.eye(3, dtype=np.float32)[tags], "lengths": lengths}
    return tf.data.Dataset.from_tensors((features, tags)).repeat(25)


def test_a_tagger_learns(model_dir):
    estimator = tf.estimator.Estimator(
        _tagger, model_dir, tf.estimator.RunConfig(tf_random_seed=1)
    )
    estimator.train(_sentences)
    assert estimator.evaluate(_sentences, steps=1)["accuracy"] == 1
    names = estimator.get_variable_names()
    assert "lstm_fused_cell/kernel" in names
    assert "lstm_fused_cell_1/bias" in names
    assert "dense/kernel" in names


def test_cells_are_those_of_rnn_cell():
    for name in ("BasicLSTMCell", "GRUCell", "LSTMStateTuple", "RNNCell"):
        ours = getattr(tf.contrib.rnn, name)
        assert ours is getattr(tf.nn.rnn_cell, name)
    assert issubclass(tf.contrib.rnn.GRUCell, tf.contrib.rnn.LayerRNNCell)


def test_a_program_derives_its_own_layer_of_cells():
    class Cell(tf.contrib.rnn.LayerRNNCell):
        state_size = output_size = 2

        def build(self, inputs_shape):
            self.w = self.add_variable("w", [inputs_shape[-1], 2])
            self.built = True

        def call(self, inputs, state):
            new = tf.matmul(inputs, self.w) + state
            return new, new

    with tf.Graph().as_default():
        tf.nn.dynamic_rnn(Cell(), tf.zeros([1, 2, 3]), dtype=tf.float32)
        assert [v.op.name for v in tf.global_variables()] == ["rnn/cell/w"]


def test_dropout_in_a_normalized_lstm_is_scaled():
    with tf.Graph().as_default(), tf.Session() as session:
        keep = tf.placeholder_with_default(0.5, [])
        cell = tf.contrib.rnn.LayerNormBasicLSTMCell(
            50, layer_norm=False, dropout_keep_prob=keep, dropout_prob_seed=1
        )
        zeros = cell.zero_state(1, tf.float32)
        _, state = cell(tf.ones([1, 2]), zeros)
        session.run(tf.global_variables_initializer())
        whole = session.run(state.c, {keep: 1.0})
        dropped = session.run(state.c)
        kept = dropped != 0
        assert 0 < kept.sum() < 50
        np.testing.assert_allclose(dropped[kept], 2 * whole[kept], rtol=1e-5)


def test_a_fused_cell_says_what_it_needs():
    rnn = tf.contrib.rnn
    with tf.Graph().as_default():
        x = tf.zeros([5, 2, 3])
        with pytest.raises(ConfigError, match="`initial_state` or `dtype`"):
            rnn.LSTMBlockFusedCell(4)(x)
        with pytest.raises(ConfigError, match=r"a pair \(c, h\)"):
            rnn.LSTMBlockFusedCell(4)(x, initial_state=[tf.zeros([2, 4])])
        with pytest.raises(ConfigError, match=r"\[time, batch, depth\]"):
            rnn.LSTMBlockFusedCell(4)(x[0], dtype=tf.float32)


def test_wrong_arguments_are_told():
    rnn = tf.contrib.rnn
    with pytest.raises(ConfigError, match="Exactly one of num_units"):
        rnn.GRUBlockCell()
    with pytest.raises(ArgumentTypeError, match="`cell` must be an RNNCell"):
        rnn.InputProjectionWrapper("lstm", 3)
    with pytest.raises(ConfigError, match="`output_size`.*Received: 0"):
        rnn.OutputProjectionWrapper(rnn.GRUCell(2), 0)
    with pytest.raises(ConfigError, match="`embedding_classes`"):
        rnn.EmbeddingWrapper(rnn.GRUCell(2), 0, 1)
    with pytest.raises(ConfigError, match="`attn_length`.*Received: 0"):
        rnn.AttentionCellWrapper(rnn.GRUCell(2), 0)
    with pytest.raises(ConfigError, match="`state_is_tuple` is not set"):
        rnn.AttentionCellWrapper(rnn.LSTMCell(2), 2, state_is_tuple=False)
    with tf.Graph().as_default():
        x = tf.zeros([1, 2, 3])
        stack = rnn.stack_bidirectional_dynamic_rnn
        cells = [rnn.GRUCell(2)]
        with pytest.raises(ConfigError, match="`cells_bw` must be a list"):
            stack(cells, [], x, dtype=tf.float32)
        with pytest.raises(ConfigError, match="1 and 2 cells"):
            stack(cells, cells * 2, x, dtype=tf.float32)
        with pytest.raises(ConfigError, match="`initial_states_fw` must be"):
            stack(cells, cells, x, [1, 2], dtype=tf.float32)
        cell = rnn.CoupledInputForgetGateLSTMCell(2, num_unit_shards=9)
        with pytest.raises(ConfigError, match="5 rows of the kernel"):
            cell(x[0], cell.zero_state(2, tf.float32))


def test_shapes_are_known_as_far_as_they_can_be():
    rnn = tf.contrib.rnn
    with tf.Graph().as_default(), tf.Session() as session:
        unknown = tf.placeholder(tf.float32, [None, None, 3])
        size = rnn.best_effort_input_batch_size([unknown])
        values = np.zeros([2, 5, 3])
        assert session.run(size, {unknown: values}) == 5
        known = tf.zeros([2, 4, 3])
        assert rnn.best_effort_input_batch_size([unknown, known]) == 4
        assert rnn.transpose_batch_time(known).shape.as_list() == [4, 2, 3]
        any_rank = tf.placeholder(tf.float32)
        swapped = rnn.transpose_batch_time(any_rank)
        assert session.run(swapped, {any_rank: values}).shape == (5, 2, 3)
        vector = tf.zeros([2])
        assert rnn.transpose_batch_time(vector) is vector
