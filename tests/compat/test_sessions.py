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


@pytest.mark.parametrize("made", [tf.Variable, tf.constant])
@pytest.mark.parametrize("nest", [lambda t: t, lambda t: {"a": [t]}])
def test_what_eager_mode_has_computed_is_refused_with_what_to_do(made, nest):
    computed = made([2.0, 4.0])
    with pytest.raises(UnsupportedError) as error, tf.Session() as session:
        session.run(nest(computed))
    kind = "variable" if made is tf.Variable else "tensor"
    assert f"eager {kind} (of shape (2,))" in str(error.value)
    assert "`with tf.Graph().as_default():`" in str(error.value)


@pytest.mark.parametrize("name", ["w:0", "w/read:0"])
def test_the_name_of_a_variable_is_its_value(name):
    with tf.Graph().as_default(), tf.Session() as session:
        tf.get_variable("w", initializer=[3.0])
        session.run(tf.global_variables_initializer())
        assert session.run([name, "w/Read/ReadVariableOp:0"]) == [[3.0], [3.0]]
        assert session.run(name) == [3.0]


@pytest.mark.parametrize(
    ("fetches", "values"),
    [
        (("w:0", "w/read:0"), ([3.0], [3.0])),
        ({"a": "w:0"}, {"a": [3.0]}),
        ({"a": [("w:0",)], "b": "twice:0"}, {"a": [([3.0],)], "b": [6.0]}),
    ],
)
def test_the_name_of_a_variable_is_its_value_in_any_nest(fetches, values):
    with tf.Graph().as_default(), tf.Session() as session:
        w = tf.get_variable("w", initializer=[3.0])
        tf.multiply(w, 2.0, name="twice")
        session.run(w.initializer)
        assert session.run(fetches) == values


@pytest.mark.parametrize("make", [tf.Graph, tensorflow.Graph])
def test_a_tensor_by_the_name_of_a_variable_is_its_value(make):
    with make().as_default() as graph, tf.Session() as session:
        w = tf.get_variable("w", initializer=[3.0])
        session.run(w.initializer)
        assert session.run(graph.get_tensor_by_name("w:0")) == [3.0]


def test_a_graph_has_variables_by_name_and_other_tensors():
    with tf.Graph().as_default() as graph:
        w = tf.get_variable("w", initializer=[3.0])
        tf.identity(w, name="a/read")
        assert graph.get_tensor_by_name("w/read:0").dtype == tf.float32
        assert graph.get_tensor_by_name("a/read:0").name == "a/read:0"
        with pytest.raises(KeyError, match="nothing"):
            graph.get_tensor_by_name("nothing:0")
    assert isinstance(tensorflow.Graph(), tf.Graph)


def test_what_has_run_already_is_refused():
    init = tf.global_variables_initializer()
    with pytest.raises(UnsupportedError, match="got None, which is what"):
        tf.Session().run(init)


@pytest.mark.parametrize(
    "make",
    [
        tf.InteractiveSession,
        tf.train.MonitoredTrainingSession,
        lambda: tf.Session(graph=tf.Graph()).run("x:0"),
    ],
)
def test_a_session_without_a_graph_says_what_to_do(make):
    with pytest.raises(UnsupportedError, match=r"`with tf.Graph\(\)"):
        make()


def test_an_interactive_session_runs_what_is_built_under_a_graph():
    with tf.Graph().as_default():
        session = tf.InteractiveSession()
        assert (tf.constant(1) + 1).eval() == 2
        session.close()


def test_a_monitored_training_session_runs_what_is_built_under_a_graph():
    with tf.Graph().as_default():
        two = tf.constant(1) + 1
        with tf.train.MonitoredTrainingSession() as session:
            assert session.run(two) == 2


def test_other_sessions_are_of_this_class():
    with tensorflow.compat.v1.Session(graph=tf.Graph()) as session:
        assert isinstance(session, tf.Session)
