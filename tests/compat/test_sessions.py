"""`tf.Session` beside an Estimator."""

import pytest
import tensorflow

import keras_estimator.compat.v1 as tf
from keras_estimator.errors import UnsupportedError


def test_what_is_built_inside_of_it_runs():
    with tf.Session() as session:
        v = tf.get_variable("session_v", initializer=2.0)
        session.run(tf.global_variables_initializer())
        assert session.run({"v": v * 3}) == {"v": 6.0}


def test_what_is_built_under_a_graph_runs():
    with tf.Graph().as_default():
        x = tf.placeholder(tf.float32, [])
        with tf.Session(config=tf.ConfigProto()) as session:
            assert session.run(x + 1, {x: 1.0}) == 2.0


@pytest.mark.parametrize("nest", [lambda t: t, lambda t: {"a": [t]}])
def test_what_eager_mode_has_computed_is_refused_with_what_to_do(nest):
    computed = tf.constant([1.0, 2.0]) * 2
    with pytest.raises(UnsupportedError) as error, tf.Session() as session:
        session.run(nest(computed))
    assert "eager tensor (of shape (2,))" in str(error.value)
    assert "`with tf.Graph().as_default():`" in str(error.value)


@pytest.mark.parametrize("name", ["w:0", "w/read:0"])
def test_the_name_of_a_variable_is_its_value(name):
    with tf.Graph().as_default(), tf.Session() as session:
        tf.get_variable("w", initializer=[3.0])
        session.run(tf.global_variables_initializer())
        assert session.run([name, "w/Read/ReadVariableOp:0"]) == [[3.0], [3.0]]
        assert session.run(name) == [3.0]


def test_other_sessions_are_of_this_class():
    with tensorflow.compat.v1.Session(graph=tf.Graph()) as session:
        assert isinstance(session, tf.Session)
