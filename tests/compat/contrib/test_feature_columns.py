"""Feature columns of `tf.contrib.layers`."""

import pytest

import keras_estimator.compat.v1 as tf
from keras_estimator.errors import ArgumentTypeError
from keras_estimator.errors import ConfigError

layers = tf.contrib.layers


def ids(column, **features):
    """Returns the values of a column of categories."""
    with tf.Graph().as_default(), tf.Session() as session:
        found = column.ids({k: tf.constant(v) for k, v in features.items()})
        session.run(tf.tables_initializer())
        return session.run(found).values.tolist()


def test_lines_of_a_file_are_categories(tmp_path):
    path = tmp_path / "words.txt"
    path.write_text("a\nb\nc\n")
    plain = layers.sparse_column_with_vocabulary_file(
        "x", str(path), vocab_size=2
    )
    assert ids(plain, x=[["a"], ["b"], ["c"]]) == [0, 1, -1]
    more = layers.sparse_column_with_vocabulary_file(
        "x", str(path), num_oov_buckets=1, vocab_size=2
    )
    assert ids(more, x=[["a"], ["b"], ["c"]]) == [0, 1, 2]
    assert more.length == 3


def test_integers_can_be_keys():
    column = layers.sparse_column_with_keys("x", [7, 9], dtype=tf.int64)
    assert ids(column, x=[[9], [7], [8]]) == [1, 0, -1]


def test_empty_texts_and_minus_one_are_nothing():
    texts = layers.sparse_column_with_hash_bucket("x", 10)
    assert len(ids(texts, x=[["a", ""], ["", ""]])) == 1
    numbers = layers.sparse_column_with_integerized_feature("x", 10)
    assert ids(numbers, x=[[3, -1], [11, 0]]) == [3, 1, 0]


def test_columns_parse_examples():
    columns = [
        layers.real_valued_column("age", default_value=5.0),
        layers.sparse_column_with_keys("job", ["a", "b"]),
    ]
    example = tf.train.Example()
    example.features.feature["job"].bytes_list.value.append(b"b")
    with tf.Graph().as_default(), tf.Session() as session:
        features = layers.parse_feature_columns_from_examples(
            [example.SerializeToString()], columns
        )
        net, weights, bias = layers.weighted_sum_from_feature_columns(
            features, columns, 1
        )
        session.run(
            [tf.global_variables_initializer(), tf.tables_initializer()]
        )
        session.run(
            [weights[columns[0]][0].assign([[2.0]]), bias.assign([1.0])]
        )
        assert session.run(net).tolist() == [[11.0]]


def test_a_cross_without_a_key_warns_of_old_checkpoints(caplog):
    tf.get_logger().setLevel("WARNING")
    job = layers.sparse_column_with_hash_bucket("job", 5)
    age = layers.bucketized_column(layers.real_valued_column("age"), [30])
    column = layers.crossed_column([job, age], 10)
    assert "checkpoints do not fit" in caplog.text
    assert column.name == "age_bucketized_X_job"


def test_a_column_of_tf_feature_column_is_told_apart():
    column = tf.feature_column.numeric_column("age")
    with (
        tf.Graph().as_default(),
        pytest.raises(ConfigError, match=r"tf\.feature_column\.input_layer"),
    ):
        layers.input_from_feature_columns({"age": tf.ones([1, 1])}, [column])


def test_a_sparse_column_has_to_be_embedded():
    job = layers.sparse_column_with_hash_bucket("job", 5)
    with (
        tf.Graph().as_default(),
        pytest.raises(ConfigError, match="Put it in an `embedding_column`"),
    ):
        layers.input_from_feature_columns({"job": tf.constant(["a"])}, [job])


def test_wrong_arguments_are_told_when_columns_are_made():
    job = layers.sparse_column_with_hash_bucket("job", 5)
    age = layers.real_valued_column("age")
    with pytest.raises(ConfigError, match="`combiner` must be one of"):
        layers.embedding_column(job, 2, combiner="max")
    with pytest.raises(ConfigError, match="must be a sparse column"):
        layers.embedding_column(age, 2)
    with pytest.raises(ConfigError, match="init_from_checkpoint"):
        layers.embedding_column(job, 2, ckpt_to_load_from="a")
    with pytest.raises(ConfigError, match="two at the least"):
        layers.crossed_column([job], 10)
    with pytest.raises(ConfigError, match="as many categories"):
        layers.shared_embedding_columns(
            [job, layers.sparse_column_with_keys("x", ["a"])], 2
        )
    with pytest.raises(ConfigError, match="must have 2 numbers"):
        layers.real_valued_column("two", 2, default_value=[1.0])
    with pytest.raises(ArgumentTypeError, match="real_valued_column"):
        layers.bucketized_column(job, [1.0])
