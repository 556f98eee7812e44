"""`tf.contrib.lookup`: tables in an Estimator, and what is refused."""

import numpy as np
import pytest

import keras_estimator.compat.v1 as tf
from keras_estimator.errors import ArgumentTypeError
from keras_estimator.errors import ConfigError


def _model_fn(features, labels, mode, params):
    words = features["words"]
    if words.dtype == tf.string:
        table = tf.contrib.lookup.index_table_from_file(
            params["vocabulary"], num_oov_buckets=2
        )
        words = table.lookup(words)
    back = tf.contrib.lookup.index_to_string_table_from_file(
        params["vocabulary"], default_value="?"
    )
    predictions = {"ids": words, "words": back.lookup(words)}
    if mode == tf.estimator.ModeKeys.PREDICT:
        return tf.estimator.EstimatorSpec(mode, predictions)
    counts = tf.contrib.lookup.MutableHashTable(tf.int64, tf.int64, 0)
    weights = tf.get_variable("weights", [5], initializer=tf.ones_initializer())
    loss = tf.reduce_sum(tf.gather(weights, words))
    optimizer = tf.train.GradientDescentOptimizer(0.5)
    train_op = tf.group(
        optimizer.minimize(loss, tf.train.get_global_step()),
        counts.insert(words, counts.lookup(words) + 1),
    )
    known = tf.range(5, dtype=tf.int64)
    metrics = {"counted": tf.metrics.mean(counts.lookup(known))}
    return tf.estimator.EstimatorSpec(
        mode,
        predictions,
        loss,
        train_op,
        eval_metric_ops=metrics,
    )


@pytest.fixture(scope="module")
def vocabulary(tmp_path_factory):
    path = tmp_path_factory.mktemp("vocabulary") / "words.txt"
    path.write_text("to\nbe\nor\n")
    return str(path)


@pytest.mark.parametrize("is_in_input_fn", [False, True])
def test_tables_work_in_model_fn_and_in_input_fn(
    is_in_input_fn, vocabulary, model_dir
):
    def input_fn():
        dataset = tf.data.Dataset.from_tensors({"words": ["be", "x", "to"]})
        if is_in_input_fn:
            table = tf.contrib.lookup.index_table_from_file(vocabulary, 2)
            dataset = dataset.map(
                lambda row: {"words": table.lookup(row["words"])}
            )
            iterator = tf.data.make_initializable_iterator(dataset)
            tf.add_to_collection(
                tf.GraphKeys.TABLE_INITIALIZERS, iterator.initializer
            )
            return iterator.get_next()
        return dataset

    estimator = tf.estimator.Estimator(
        _model_fn, model_dir, params={"vocabulary": vocabulary}
    )
    estimator.train(input_fn)
    predicted = list(estimator.predict(input_fn))
    assert [row["words"] for row in predicted] == [b"be", b"?", b"to"]
    ids = [int(row["ids"]) for row in predicted]
    assert ids[0] == 1
    assert ids[1] in (3, 4)
    assert ids[2] == 0
    expected = np.ones(5)
    expected[ids] = 0.5
    np.testing.assert_allclose(
        estimator.get_variable_value("weights"), expected
    )


def test_a_mutable_table_is_in_the_checkpoint(vocabulary, model_dir):
    def input_fn():
        return tf.data.Dataset.from_tensors({"words": ["be", "be", "to"]})

    estimator = tf.estimator.Estimator(
        _model_fn, model_dir, params={"vocabulary": vocabulary}
    )
    estimator.train(input_fn)
    estimator.train(input_fn)
    # Two steps: "to" and "be" were counted twice, of five ids.
    assert estimator.evaluate(input_fn, steps=1)["counted"] == pytest.approx(
        4 / 5
    )


def test_buckets_need_a_hash_function_that_is_known():
    lookup = tf.contrib.lookup
    with tf.Graph().as_default():
        with pytest.raises(ConfigError, match="'fasthash' or 'stronghash'"):
            lookup.index_table_from_tensor(
                ["a"], 2, hasher_spec=lookup.HasherSpec("md5", None)
            )
        with pytest.raises(ArgumentTypeError, match=r"StrongHashSpec\(key\)"):
            lookup.index_table_from_tensor(["a"], 2, hasher_spec=7)
    with pytest.raises(ConfigError, match=r"two integers. Received: \[1\]"):
        lookup.StrongHashSpec([1])


def test_a_table_says_which_argument_is_wrong():
    lookup = tf.contrib.lookup
    with tf.Graph().as_default():
        with pytest.raises(ConfigError, match="`vocabulary_file` must be"):
            lookup.index_table_from_file("")
        with pytest.raises(ConfigError, match="`num_oov_buckets`.*-1"):
            lookup.index_table_from_file("words.txt", -1)
        with pytest.raises(ConfigError, match="`vocab_size`.*Received: 0"):
            lookup.index_table_from_file("words.txt", vocab_size=0)
        with pytest.raises(ConfigError, match="string values in `mapping`"):
            lookup.index_table_from_tensor(tf.constant([1]))
        table = lookup.index_table_from_tensor(["a"], 2)
        with pytest.raises(ArgumentTypeError, match="of the table, string"):
            table.lookup(tf.constant([1]))
        with pytest.raises(ConfigError, match="at least 1 if `table` is None"):
            lookup.IdTableWithHashBuckets(None, 0)


def test_buckets_take_ragged_keys():
    with tf.Graph().as_default(), tf.Session() as session:
        table = tf.contrib.lookup.index_table_from_tensor(["a", "b"], 1)
        found = table.lookup(tf.ragged.constant([["b"], ["a", "q"]]))
        session.run(tf.tables_initializer())
        assert session.run(found).to_list() == [[1], [0, 2]]
