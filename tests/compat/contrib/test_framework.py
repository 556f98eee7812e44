"""`tf.contrib.framework` and `tf.contrib.slim`."""

import threading

import pytest

import keras_estimator.compat.v1 as tf
from keras_estimator.errors import ArgumentTypeError
from keras_estimator.errors import ConfigError

framework = tf.contrib.framework


@framework.add_arg_scope
def scaled(x, by=1):
    return x * by


def test_a_scope_ends_with_its_block_even_after_an_error():
    with pytest.raises(ZeroDivisionError), framework.arg_scope([scaled], by=2):
        _ = 1 / 0
    assert scaled(3) == 3


def test_scopes_of_one_thread_are_not_those_of_another():
    seen = []
    with framework.arg_scope([scaled], by=2):
        thread = threading.Thread(target=lambda: seen.append(scaled(3)))
        thread.start()
        thread.join()
        assert scaled(3) == 6
    assert seen == [3]


def test_a_scope_given_to_slim_is_that_of_contrib_framework():
    assert tf.contrib.slim.arg_scope is framework.arg_scope
    assert tf.contrib.slim.conv2d is tf.contrib.layers.conv2d
    assert tf.contrib.slim.losses is tf.contrib.losses


def test_a_function_that_is_not_decorated_is_named():
    with (
        pytest.raises(ConfigError) as error,
        framework.arg_scope([tf.contrib.layers.linear], scope="a"),
    ):
        pass
    assert "is not decorated with @add_arg_scope" in str(error.value)
    assert "name `fully_connected`" in str(error.value)


def test_one_function_instead_of_a_list_is_named():
    with (
        pytest.raises(ArgumentTypeError, match="list/tuple of functions"),
        framework.arg_scope(scaled, by=2),
    ):
        pass


def test_a_variable_that_is_not_there_names_those_that_are():
    with tf.Graph().as_default():
        tf.get_variable("a/w", [])
        with pytest.raises(ConfigError) as error:
            framework.get_unique_variable("b/w")
    assert "Couldn't find variable b/w" in str(error.value)
    assert "['a/w']" in str(error.value)


def test_variables_are_restored_by_a_scaffold(model_dir, tmp_path):
    with tf.Graph().as_default(), tf.Session() as session:
        tf.get_variable("w", initializer=5.0)
        session.run(tf.global_variables_initializer())
        prefix = tf.train.Saver().save(session, str(tmp_path / "pretrained"))

    def model_fn(features, labels, mode):
        w = tf.contrib.slim.model_variable("w", [])
        other = tf.get_variable("other", initializer=1.0)
        restore = tf.contrib.slim.assign_from_checkpoint_fn(
            prefix,
            tf.contrib.slim.get_variables_to_restore(exclude=["other"]),
            ignore_missing_vars=True,
        )
        loss = w * other
        train_op = tf.assign_add(tf.train.get_global_step(), 1)
        return tf.estimator.EstimatorSpec(
            mode,
            loss=loss,
            train_op=train_op,
            scaffold=tf.train.Scaffold(
                init_fn=lambda scaffold, session: restore(session)
            ),
        )

    estimator = tf.estimator.Estimator(model_fn, str(model_dir))
    estimator.train(lambda: tf.data.Dataset.from_tensors([1.0]), steps=1)
    assert estimator.get_variable_value("w") == 5.0


def test_a_variable_that_the_checkpoint_lacks_is_named(tmp_path):
    with tf.Graph().as_default(), tf.Session() as session:
        w = tf.get_variable("w", initializer=5.0)
        session.run(w.initializer)
        prefix = tf.train.Saver().save(session, str(tmp_path / "model"))
        with pytest.raises(ConfigError) as error:
            framework.assign_from_checkpoint(prefix, {"v": w})
    assert "missing variable [v]" in str(error.value)
    assert "['w']" in str(error.value)


def test_what_slim_trained_with_says_what_trains_now():
    with pytest.raises(AttributeError, match=r"Estimator\.train"):
        tf.contrib.slim.learning.train  # noqa: B018
