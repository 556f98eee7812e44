"""`tf.layers` and `tf.nn.rnn_cell` beside Keras layers, in one model_fn."""

import keras
import numpy as np
import pytest

import keras_estimator as ke
import keras_estimator.compat.v1 as tf


def _input_fn():
    x = np.random.default_rng(0).normal(size=(32, 4)).astype(np.float32)
    data = tf.data.Dataset.from_tensor_slices((x, x.sum(1, keepdims=True)))
    return data.batch(8).repeat(30)


def _tf_then_keras(x):
    return keras.layers.Dense(1, name="top")(
        tf.layers.dense(x, 8, tf.nn.relu, name="bottom")
    )


def _keras_then_tf(x):
    return tf.layers.dense(
        keras.layers.Dense(8, "relu", name="bottom")(x), 1, name="top"
    )


_TF1 = "tf.train.AdamOptimizer"
_KERAS = "keras.optimizers.Adam"


@pytest.mark.parametrize("network", [_tf_then_keras, _keras_then_tf])
@pytest.mark.parametrize("optimizer", [_TF1, _KERAS])
def test_both_kinds_of_layers_train(network, optimizer, model_dir):
    def model_fn(features, labels, mode):
        predicted = network(features)
        loss = tf.losses.mean_squared_error(labels, predicted)
        if optimizer == _TF1:
            train_op = tf.train.AdamOptimizer(0.02).minimize(
                loss, tf.train.get_global_step()
            )
        else:
            train_op = keras.optimizers.Adam(0.02)
        return ke.EstimatorSpec(mode, loss=loss, train_op=train_op)

    estimator = ke.Estimator(
        model_fn, model_dir, ke.RunConfig(tf_random_seed=2)
    )
    before = estimator.evaluate(_input_fn)["loss"]
    estimator.train(_input_fn)
    assert estimator.evaluate(_input_fn)["loss"] < before / 10
    at_start = tf.train.load_checkpoint(f"{model_dir}/model.ckpt-0")
    for name in ("bottom/kernel", "bottom/bias", "top/kernel", "top/bias"):
        value = estimator.get_variable_value(name)
        assert not np.array_equal(value, at_start.get_tensor(name)), name


def test_names_are_tf1s(model_dir):
    def model_fn(features, labels, mode):
        x = tf.reshape(features, [-1, 2, 2, 1])
        x = tf.layers.conv2d(x, 2, 2)
        x = tf.layers.batch_normalization(x, training=True)
        x = tf.layers.dense(tf.layers.flatten(x), 3)
        with tf.variable_scope("head"):
            x = tf.layers.dense(x, 1)
        loss = tf.losses.mean_squared_error(labels, x)
        train_op = tf.train.GradientDescentOptimizer(0.1).minimize(
            loss, tf.train.get_global_step()
        )
        return ke.EstimatorSpec(mode, loss=loss, train_op=train_op)

    estimator = ke.Estimator(model_fn, model_dir).train(_input_fn, steps=1)
    assert estimator.get_variable_names() == [
        "batch_normalization/beta",
        "batch_normalization/gamma",
        "batch_normalization/moving_mean",
        "batch_normalization/moving_variance",
        "conv2d/bias",
        "conv2d/kernel",
        "dense/bias",
        "dense/kernel",
        "global_step",
        "head/dense/bias",
        "head/dense/kernel",
    ]


def test_rnn_cells(model_dir):
    def model_fn(features, labels, mode):
        cell = tf.nn.rnn_cell.MultiRNNCell(
            [
                tf.nn.rnn_cell.LSTMCell(4),
                tf.nn.rnn_cell.DropoutWrapper(
                    tf.nn.rnn_cell.GRUCell(3), input_keep_prob=0.9
                ),
            ]
        )
        outputs, _ = tf.nn.dynamic_rnn(
            cell, features[:, :, None], dtype=tf.float32
        )
        predicted = tf.layers.dense(outputs[:, -1], 1)
        loss = tf.losses.mean_squared_error(labels, predicted)
        train_op = tf.train.AdamOptimizer(0.02).minimize(
            loss, tf.train.get_global_step()
        )
        return ke.EstimatorSpec(mode, loss=loss, train_op=train_op)

    estimator = ke.Estimator(model_fn, model_dir)
    before = estimator.evaluate(_input_fn)["loss"]
    estimator.train(_input_fn)
    assert estimator.evaluate(_input_fn)["loss"] < before
