"""Losses of embeddings and their metrics; numbers are in tests/parity."""

import math

import numpy as np
import pytest

import keras_estimator.compat.v1 as tf
from keras_estimator.errors import ConfigError

_part = tf.contrib.losses.metric_learning


@pytest.mark.parametrize(
    "name", ["triplet_semihard_loss", "lifted_struct_loss"]
)
def test_labels_in_a_column_are_refused(name):
    with pytest.raises(ConfigError, match=r"`tf.squeeze\(labels, 1\)`"):
        getattr(_part, name)([[0], [0], [1]], np.eye(3, dtype=np.float32))


def test_labels_of_many_classes_are_sparse():
    with pytest.raises(TypeError, match="list of SparseTensors"):
        _part.npairs_loss_multilabel([[1]], [[1.0]], [[1.0]])


def test_the_loss_that_is_not_here_says_which_are():
    with pytest.raises(AttributeError, match="lifted_struct_loss"):
        _part.cluster_loss  # noqa: B018


@pytest.mark.parametrize(
    ("shape", "axis", "words"),
    [
        (None, 0, "statically known rank"),
        ([None, None], 0, "statically known size"),
        ([None, 2], 2, "not in"),
    ],
)
def test_values_of_unknown_shape_cannot_be_joined(shape, axis, words):
    with tf.Graph().as_default():
        values = tf.placeholder(tf.float32, shape)
        with pytest.raises(ConfigError, match=words):
            tf.contrib.metrics.streaming_concat(values, axis)


def test_an_estimator_evaluates_them(tmp_path):
    def model_fn(features, labels, mode):
        metrics = tf.contrib.metrics
        x = features["x"]
        return tf.estimator.EstimatorSpec(
            mode,
            loss=_part.triplet_semihard_loss(labels, x),
            train_op=tf.assign_add(tf.train.get_global_step(), 1),
            eval_metric_ops={
                "r": metrics.streaming_pearson_correlation(x[:, 0], x[:, 1]),
                "all": metrics.streaming_concat(labels),
            },
        )

    x = np.random.RandomState(0).normal(size=(7, 2)).astype(np.float32)
    y = np.arange(7) % 2
    inputs = tf.estimator.inputs
    input_fn = inputs.numpy_input_fn({"x": x}, y, batch_size=3, shuffle=False)
    estimator = tf.estimator.Estimator(model_fn, str(tmp_path))
    estimator.train(input_fn, steps=1)
    found = estimator.evaluate(input_fn)
    assert math.isclose(found["r"], np.corrcoef(x.T)[0, 1], rel_tol=1e-5)
    assert found["all"].tolist() == y.tolist()
