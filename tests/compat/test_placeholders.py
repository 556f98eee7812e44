"""Placeholders are made anywhere, as in TF1."""

import numpy as np
import pytest
import tensorflow as tf

import keras_estimator.compat.v1 as tf1
from keras_estimator.errors import UnsupportedError


def test_placeholder_can_be_made_where_tensors_are_eager():
    made = tf1.placeholder(tf1.float32, [None, 2], name="of_main")
    assert tf.executing_eagerly()
    assert made.op.type == "Placeholder"
    assert made.op.name.startswith("of_main")
    assert made.shape.as_list() == [None, 2]
    assert made.graph is tf1.get_default_graph()


def test_placeholder_is_made_in_the_graph_that_is_being_built():
    with tf1.Graph().as_default() as graph:
        made = tf1.placeholder(tf1.int64, name="x")
    assert made.graph is graph
    assert made.op.name == "x"


def test_sparse_placeholder_can_be_made_where_tensors_are_eager():
    made = tf1.sparse_placeholder(tf1.float32, [None, 3], name="sparse")
    assert isinstance(made, tf.SparseTensor)
    assert made.get_shape().as_list() == [None, 3]


def test_placeholder_with_default_has_its_value_in_a_session():
    made = tf1.placeholder_with_default([1.0, 2.0], [2], name="default")
    with tf1.Session() as session:
        np.testing.assert_array_equal(session.run(made), [1.0, 2.0])


def test_placeholders_of_main_are_the_inputs_of_an_export(tmp_path):
    features = {"x": tf1.placeholder(tf1.float32, [None, 1], name="main_x")}

    def model_fn(features, labels, mode):
        w = tf1.get_variable("w", [], initializer=tf1.ones_initializer())
        y = features["x"] * w
        return tf1.estimator.EstimatorSpec(
            mode,
            predictions={"y": y},
            loss=tf1.reduce_sum(y),
            train_op=tf1.assign_add(tf1.train.get_global_step(), 1),
        )

    def input_fn():
        return tf1.data.Dataset.from_tensors({"x": [[1.0]]})

    estimator = tf1.estimator.Estimator(model_fn, str(tmp_path / "model"))
    estimator.train(input_fn)
    folder = estimator.export_savedmodel(
        str(tmp_path / "export"),
        tf1.estimator.export.build_raw_serving_input_receiver_fn(features),
    )
    served = tf.saved_model.load(folder.decode()).signatures["serving_default"]
    assert served(x=tf.constant([[3.0]]))["y"].numpy() == pytest.approx(3.0)


@pytest.mark.parametrize(
    "operation",
    [
        lambda x: x * 2,
        lambda x: 2.0 - x,
        lambda x: x[:, 0],
        lambda x: tf1.matmul(x, [[1.0], [2.0]]),
        lambda x: tf1.concat([x, x], 0),
    ],
)
def test_an_operation_on_a_placeholder_where_tensors_are_eager(operation):
    x = tf1.placeholder(tf1.float32, [None, 2], name="alone")
    with pytest.raises(UnsupportedError, match="'alone") as error:
        operation(x)
    assert "`with tf.Graph().as_default():`" in str(error.value)


def test_other_errors_of_operations_are_tensorflows():
    tf1.placeholder(tf1.float32)
    with pytest.raises(TypeError, match="unexpected keyword"):
        tf1.matmul([[1.0]], [[1.0]], no="such")
    leaked = []
    tf.function(lambda x: leaked.append(x + 1))(tf.constant(1.0))
    with pytest.raises(TypeError, match="out of scope"):
        tf.negative(leaked[0])
