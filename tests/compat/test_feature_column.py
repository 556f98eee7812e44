"""Feature columns are described where tensors are eager, as in TF1."""

import tensorflow as tf

import keras_estimator.compat.v1 as tf1


def test_shared_embedding_columns_are_made_where_tensors_are_eager():
    assert tf.executing_eagerly()
    column = tf1.feature_column.categorical_column_with_identity
    shared = tf1.feature_column.shared_embedding_columns(
        [column("seen", 10), column("now", 10)], 3, combiner="sum"
    )
    assert [one.name for one in shared] == [
        "seen_shared_embedding",
        "now_shared_embedding",
    ]
    with tf1.Graph().as_default():
        ids = {"seen": tf1.constant([[1, 2]]), "now": tf1.constant([[3]])}
        net = tf1.feature_column.input_layer(ids, shared)
        (table,) = tf1.trainable_variables()
    assert net.shape.as_list() == [1, 6]
    assert table.shape.as_list() == [10, 3]


def test_other_names_of_feature_column_are_those_of_tensorflow():
    assert tf1.feature_column.numeric_column is tf.feature_column.numeric_column
