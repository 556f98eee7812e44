"""`tf.disable_eager_execution()` and what programs build after it."""

import threading

import numpy as np
import pytest
import tensorflow

import keras_estimator.compat.v1 as tf


@pytest.fixture(
    autouse=True, params=[tf.disable_eager_execution, tf.disable_v2_behavior]
)
def _graph_mode(request):
    request.param()
    yield
    tf.enable_eager_execution()
    tf.reset_default_graph()


def test_ops_are_built_in_the_default_graph_and_run_by_a_session():
    x = tf.placeholder(tf.float32, [None, 2], name="x")
    w = tf.get_variable("w", initializer=tf.ones([2, 1]))
    y = tf.matmul(x, w)
    assert x.graph is y.graph is tf.get_default_graph()
    session = tf.Session()
    session.run(tf.global_variables_initializer())
    assert session.run(y, {x: [[1.0, 2.0]]}) == [[3.0]]
    session.close()


def test_a_second_call_changes_nothing():
    graph = tf.get_default_graph()
    tf.disable_eager_execution()
    assert tf.get_default_graph() is graph
    tf.enable_eager_execution()
    assert tf.executing_eagerly()


def test_resetting_the_default_graph_begins_an_empty_one():
    tf.constant(1.0, name="old")
    tf.reset_default_graph()
    assert not tf.executing_eagerly()
    assert tf.get_default_graph().get_operations() == []
    assert tf.constant(1.0, name="old").name == "old:0"


def test_an_inner_graph_is_not_reset():
    with tf.Graph().as_default(), pytest.raises(AssertionError, match="nested"):
        tf.reset_default_graph()


def test_variables_are_resource_variables_and_control_flow_is_v2():
    assert tf.resource_variables_enabled()
    assert tf.control_flow_v2_enabled()


def test_other_threads_and_init_scopes_of_tensorflow_stay_as_they_are():
    seen = []
    thread = threading.Thread(
        target=lambda: seen.append(tensorflow.executing_eagerly())
    )
    thread.start()
    thread.join()
    assert seen == [True]


def _model_fn(features, labels, mode):
    w = tf.get_variable("w", [], initializer=tf.zeros_initializer())
    y = w * features["x"]
    if mode == tf.estimator.ModeKeys.PREDICT:
        return tf.estimator.EstimatorSpec(mode, predictions={"y": y})
    loss = tf.losses.mean_squared_error(labels, y)
    step = tf.train.get_global_step()
    train_op = tf.train.GradientDescentOptimizer(0.5).minimize(loss, step)
    return tf.estimator.EstimatorSpec(mode, loss=loss, train_op=train_op)


def test_an_estimator_leaves_the_graph_of_the_program_alone(model_dir):
    x = tf.placeholder(tf.float32, [None], name="x")
    before = tf.get_default_graph().as_graph_def()
    input_fn = tf.estimator.inputs.numpy_input_fn(
        {"x": np.ones(4, "f")}, 2 * np.ones(4, "f"), 4, shuffle=False
    )
    estimator = tf.estimator.Estimator(_model_fn, model_dir)
    estimator.train(input_fn)
    assert estimator.evaluate(input_fn)["loss"] == 0.0
    assert [float(p["y"]) for p in estimator.predict(input_fn)] == [2.0] * 4
    path = estimator.export_savedmodel(
        f"{model_dir}/export",
        tf.estimator.export.build_raw_serving_input_receiver_fn({"x": x}),
    )
    assert tf.get_default_graph().as_graph_def() == before
    # What is trained is read by a graph of the program.
    w = tf.get_variable("w", [])
    with tf.Session() as session:
        tf.train.Saver([w]).restore(session, estimator.latest_checkpoint())
        assert session.run(w) == 2.0
    served = tf.contrib.predictor.from_saved_model(path)
    assert served({"x": [3.0]})["y"] == [6.0]
