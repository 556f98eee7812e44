"""`tf.contrib.training` and `tf.contrib.opt`."""

import pytest

import keras_estimator.compat.v1 as tf
from keras_estimator.errors import ConfigError
from keras_estimator.errors import MissingParamError
from keras_estimator.errors import NotBuiltError

HParams = tf.contrib.training.HParams


def test_an_unknown_hyperparameter_names_those_there_are():
    with pytest.raises(MissingParamError) as error:
        HParams(a=1, b=2).set_hparam("c", 3)
    assert str(error.value).startswith("There is no hyperparameter 'c'")
    assert "a, b" in str(error.value)
    with pytest.raises(ConfigError, match="There are: a, b"):
        HParams(a=1, b=2).parse("c=3")


def test_a_value_of_another_type_is_shown():
    with pytest.raises(ConfigError, match="'a' of type 'int' with value 'x'"):
        HParams(a=1).parse("a=x")
    with pytest.raises(ConfigError, match="from value 2.5"):
        HParams(a=1).set_hparam("a", 2.5)


def test_a_protocol_buffer_is_refused():
    with pytest.raises(ConfigError, match="parse_json"):
        HParams(object())


def test_a_variable_that_is_not_trained_is_named():
    with tf.Graph().as_default():
        w = tf.get_variable("w", [], trainable=False)
        with pytest.raises(ConfigError, match="which w is not"):
            tf.contrib.training.create_train_op(
                w * w,
                tf.train.GradientDescentOptimizer(0.1),
                variables_to_train=[w],
            )


def test_updates_that_are_left_out_are_a_warning(caplog):
    tf.get_logger().setLevel("WARNING")
    with tf.Graph().as_default():
        w = tf.get_variable("w", [])
        tf.add_to_collection(tf.GraphKeys.UPDATE_OPS, tf.no_op())
        tf.contrib.training.create_train_op(
            w * w, tf.train.GradientDescentOptimizer(0.1), update_ops=[]
        )
    assert "does not contain all the update_ops" in caplog.text


def test_no_multipliers_is_an_error():
    with pytest.raises(ConfigError, match="not empty"):
        tf.contrib.training.multiply_gradients([], {})


def test_minimize_shrinks_all_variables_and_says_so(caplog):
    tf.get_logger().setLevel("WARNING")
    with tf.Graph().as_default(), tf.Session() as session:
        a = tf.get_variable("a", initializer=2.0)
        b = tf.get_variable("b", initializer=2.0)
        optimizer = tf.contrib.opt.MomentumWOptimizer(0.5, 0.0, 0.0)
        train = optimizer.minimize(a * b, decay_var_list=[a])
        session.run(tf.global_variables_initializer())
        session.run(train)
        assert session.run([a, b]) == [1.0, 1.0]
    assert "no effect, as in TensorFlow 1" in caplog.text


def test_averages_are_saved_under_the_names_of_variables(model_dir):
    def model_fn(features, labels, mode):
        w = tf.get_variable("w", initializer=8.0)
        loss = 0.5 * tf.square(w)
        optimizer = tf.contrib.opt.MovingAverageOptimizer(
            tf.train.GradientDescentOptimizer(0.5), average_decay=0.5
        )
        train_op = optimizer.minimize(loss, tf.train.get_global_step())
        saver = optimizer.swapping_saver()
        return tf.estimator.EstimatorSpec(
            mode,
            loss=loss,
            train_op=train_op,
            scaffold=tf.train.Scaffold(saver=saver),
        )

    estimator = tf.estimator.Estimator(model_fn, str(model_dir))
    estimator.train(lambda: tf.data.Dataset.from_tensors([1.0]), steps=1)
    assert estimator.get_variable_value("w") == 6.0
    assert estimator.get_variable_value("w/ExponentialMovingAverage") == 4.0


def test_a_swapping_saver_needs_averages():
    with tf.Graph().as_default():
        optimizer = tf.contrib.opt.MovingAverageOptimizer(
            tf.train.GradientDescentOptimizer(0.5)
        )
        with pytest.raises(NotBuiltError, match="no averages yet"):
            optimizer.swapping_saver()
        w = tf.get_variable("w", [])
        optimizer.minimize(w * w)
        with pytest.raises(ConfigError, match="must have the moving averages"):
            optimizer.swapping_saver([w])


def test_only_an_optimizer_is_wrapped():
    with pytest.raises(ConfigError, match="must be a tf.train.Optimizer"):
        tf.contrib.opt.MovingAverageOptimizer("adam")
