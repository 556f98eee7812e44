"""`tf.contrib.layers`: what records of the real one do not show."""

import numpy as np
import pytest

import keras_estimator.compat.v1 as tf
from keras_estimator.errors import ConfigError
from keras_estimator.errors import UnsupportedError

layers = tf.contrib.layers


def model_fn(features, labels, mode, params):
    training = mode == tf.estimator.ModeKeys.TRAIN
    with tf.contrib.slim.arg_scope(
        [layers.fully_connected],
        weights_regularizer=layers.l2_regularizer(0.01),
    ):
        net = layers.fully_connected(
            features["x"],
            4,
            normalizer_fn=layers.batch_norm,
            normalizer_params={"is_training": training, "decay": 0.5},
        )
        net = layers.dropout(net, 0.9, is_training=training)
        logits = layers.linear(net, 1, scope="logits")
    predictions = {"y": logits}
    if mode == tf.estimator.ModeKeys.PREDICT:
        return tf.estimator.EstimatorSpec(mode, predictions=predictions)
    loss = tf.losses.mean_squared_error(labels, logits)
    loss += tf.losses.get_regularization_loss()
    train_op = layers.optimize_loss(
        loss,
        tf.train.get_global_step(),
        learning_rate=params.rate,
        optimizer="Adam",
        clip_gradients=1.0,
        learning_rate_decay_fn=lambda rate, step: tf.train.exponential_decay(
            rate, step, 10, 0.5
        ),
    )
    metrics = {
        "error": tf.contrib.metrics.streaming_mean_absolute_error(
            logits, labels
        )
    }
    return tf.estimator.EstimatorSpec(
        mode, predictions, loss, train_op, metrics
    )


def input_fn():
    x = np.linspace(-1, 1, 32).reshape(8, 4).astype(np.float32)
    rows = {"x": x}, x.sum(1, keepdims=True)
    return tf.data.Dataset.from_tensor_slices(rows).repeat().batch(8)


def test_an_estimator_trains_with_optimize_loss_and_moving_averages(model_dir):
    params = tf.contrib.training.HParams(rate=0.3)
    config = tf.estimator.RunConfig(tf_random_seed=1)
    estimator = tf.estimator.Estimator(model_fn, str(model_dir), config, params)
    estimator.train(input_fn, steps=30)
    results = estimator.evaluate(input_fn, steps=2)
    assert results["global_step"] == 30
    # That of predictions of 0 is 2.06.
    assert results["error"] < 1.0
    names = estimator.get_variable_names()
    assert "fully_connected/BatchNorm/moving_mean" in names
    assert "OptimizeLoss/learning_rate" in names
    assert "OptimizeLoss/fully_connected/weights/Adam" in names
    mean = estimator.get_variable_value("fully_connected/BatchNorm/moving_mean")
    assert np.abs(mean).max() > 0.01


def test_layers_of_a_scope_share_their_variables():
    with tf.Graph().as_default():
        x = tf.ones([2, 3])
        with tf.variable_scope("tower"):
            first = layers.linear(x, 2)
        with tf.variable_scope("tower", reuse=True):
            second = layers.linear(x, 2)
        assert len(tf.global_variables()) == 2
        with tf.Session() as session:
            session.run(tf.global_variables_initializer())
            a, b = session.run([first, second])
        np.testing.assert_array_equal(a, b)


def test_layers_of_one_name_have_variables_of_their_own():
    with tf.Graph().as_default():
        layers.linear(layers.linear(tf.ones([2, 3]), 2), 2)
        assert [v.name for v in tf.global_variables()] == [
            "fully_connected/weights:0",
            "fully_connected/biases:0",
            "fully_connected_1/weights:0",
            "fully_connected_1/biases:0",
        ]


def test_a_regularizer_makes_one_loss_of_each_slice():
    with tf.Graph().as_default():
        partitioner = tf.fixed_size_partitioner(2)
        with tf.variable_scope("a", partitioner=partitioner):
            layers.linear(
                tf.ones([2, 4]),
                2,
                weights_regularizer=layers.l2_regularizer(1.0),
            )
        losses = tf.losses.get_regularization_losses()
        assert len(losses) == 2
        with tf.Session() as session:
            session.run(tf.global_variables_initializer())
            values = session.run(tf.global_variables("a/fully_connected/w"))
            total = session.run(tf.losses.get_regularization_loss())
        expected = sum((value**2).sum() / 2 for value in values)
        assert total == pytest.approx(expected, rel=1e-5)


def test_half_precision_is_normalized_with_variables_of_float32():
    with tf.Graph().as_default():
        x = tf.constant([[1.0], [3.0]], tf.float16)
        outputs = layers.batch_norm(x, fused=False)
        assert outputs.dtype == tf.float16
        assert {v.dtype.base_dtype for v in tf.global_variables()} == {
            tf.float32
        }
        with tf.Session() as session:
            session.run(tf.global_variables_initializer())
            values = session.run(outputs)
        np.testing.assert_allclose(values, [[-1], [1]], atol=1e-2)


@pytest.mark.parametrize("argument", ["renorm", "adjustment"])
def test_what_batch_norm_does_not_have_says_what_has_it(argument):
    with (
        tf.Graph().as_default(),
        pytest.raises(UnsupportedError) as error,
    ):
        layers.batch_norm(tf.ones([2, 3]), **{argument: True})
    assert f"`{argument}` of batch_norm is not supported" in str(error.value)
    assert "tf.layers.batch_normalization" in str(error.value)


def test_zero_debiasing_needs_to_know_whether_it_trains():
    with (
        tf.Graph().as_default(),
        pytest.raises(UnsupportedError, match="True or False"),
    ):
        layers.batch_norm(
            tf.ones([2, 3]),
            is_training=tf.placeholder(tf.bool, []),
            zero_debias_moving_mean=True,
        )


def test_an_unknown_depth_names_the_tensor_and_what_tells_it():
    with tf.Graph().as_default():
        x = tf.placeholder(tf.float32, [2, None], name="x")
        with pytest.raises(ConfigError) as error:
            layers.fully_connected(x, 3)
    assert "x:0" in str(error.value)
    assert "set_shape" in str(error.value)


def test_an_integer_scale_says_which_float_is_meant():
    with pytest.raises(ConfigError) as error:
        layers.l2_regularizer(1)
    assert "`scale` of l2_regularizer cannot be an integer: 1" in str(
        error.value
    )
    assert "1.0" in str(error.value)


def test_optimize_loss_names_the_optimizers_there_are():
    with tf.Graph().as_default():
        step = tf.train.get_or_create_global_step()
        w = tf.get_variable("w", [])
        with pytest.raises(ConfigError) as error:
            layers.optimize_loss(w * w, step, 0.1, "sgd")
    assert (
        "[Adagrad, Adam, Ftrl, Momentum, RMSProp, SGD], you provided sgd"
        in str(error.value)
    )


def test_gradient_noise_changes_gradients():
    with tf.Graph().as_default(), tf.Session() as session:
        step = tf.train.get_or_create_global_step()
        w = tf.get_variable("w", initializer=1.0)
        train = layers.optimize_loss(
            w * w, step, 0.1, "SGD", gradient_noise_scale=1.0
        )
        session.run(tf.global_variables_initializer())
        session.run(train)
        assert session.run(w) != pytest.approx(0.8)
        assert session.run(w) == pytest.approx(0.8, abs=0.21)


def test_summaries_are_named_after_tensors():
    with tf.Graph().as_default():
        net = layers.fully_connected(tf.ones([2, 3]), 2, scope="a")
        layers.summarize_activation(net)
        layers.summarize_tensor(tf.constant(1.0, name="scalar"))
        layers.summarize_collection(tf.GraphKeys.TRAINABLE_VARIABLES)
        names = [s.op.name for s in tf.get_collection(tf.GraphKeys.SUMMARIES)]
    assert names == [
        "a/Relu/zeros",
        "a/Relu/activation",
        "scalar_1",
        "a/weights_1",
        "a/biases_1",
    ]


def test_what_is_not_back_says_what_replaces_it():
    with pytest.raises(AttributeError) as error:
        layers.recompute_grad  # noqa: B018
    assert "use `tf.recompute_grad`" in str(error.value)
