"""`tf.summary`: writers outside of graphs."""

import glob

import tensorflow

import keras_estimator.compat.v1 as tf


def _summary(value):
    return tf.Summary(
        value=[tf.Summary.Value(tag="accuracy", simple_value=value)]
    )


def _written(folder):
    return [
        (event.step, value.tag, value.simple_value)
        for path in glob.glob(f"{folder}/events*")
        for event in tf.train.summary_iterator(path)
        for value in event.summary.value
    ]


def test_a_writer_is_made_in_eager_mode(tmp_path):
    assert tensorflow.executing_eagerly()
    with tf.summary.FileWriter(str(tmp_path)) as writer:
        writer.add_summary(_summary(0.5), 3)
    assert _written(tmp_path) == [(3, "accuracy", 0.5)]


def test_a_writer_takes_a_graph(tmp_path):
    with tf.Graph().as_default() as graph:
        tf.constant(1, name="only")
    tf.summary.FileWriter(str(tmp_path), graph).close()
    (path,) = glob.glob(f"{tmp_path}/events*")
    graphs = [e.graph_def for e in tf.train.summary_iterator(path)]
    parsed = [tf.GraphDef.FromString(g) for g in graphs if g]
    assert [node.name for node in parsed[0].node] == ["only"]


def test_the_cache_gives_one_writer_a_folder(tmp_path):
    folder = str(tmp_path)
    writer = tf.summary.FileWriterCache.get(folder)
    assert tf.summary.FileWriterCache.get(folder) is writer
    assert tensorflow.compat.v1.summary.FileWriterCache.get(folder) is writer
    assert isinstance(writer, tf.summary.FileWriter)
    writer.add_summary(_summary(1.0), 1)
    tf.summary.FileWriterCache.clear()
    assert _written(tmp_path) == [(1, "accuracy", 1.0)]
