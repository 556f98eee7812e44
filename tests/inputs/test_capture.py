"""InputGraph: datasets that an input_fn's graph has placeholders for."""

import threading

import pytest
import tensorflow as tf

from keras_estimator.inputs import capture
from keras_estimator.inputs.capture import InputGraph
from keras_estimator.inputs.capture import capturing


def test_no_graph_is_current_outside_of_an_input_fn():
    assert capture.current() is None


def test_the_graph_is_current_and_default_inside():
    graph = InputGraph()
    with capturing(graph):
        assert capture.current() is graph
        assert tf.compat.v1.get_default_graph() is graph.graph
        assert not tf.executing_eagerly()
    assert capture.current() is None
    assert tf.executing_eagerly()


def test_it_is_left_after_an_error():
    with pytest.raises(ZeroDivisionError), capturing(InputGraph()):
        _ = 1 // 0
    assert capture.current() is None
    assert tf.executing_eagerly()


def test_an_input_fn_within_an_input_fn_has_a_graph_of_its_own():
    outer, inner = InputGraph(), InputGraph()
    with capturing(outer):
        with capturing(inner):
            assert capture.current() is inner
        assert capture.current() is outer


def test_another_graph_inside_of_it_is_not_it():
    with capturing(InputGraph()), tf.Graph().as_default():
        assert capture.current() is None


def test_the_function_of_a_dataset_is_not_it():
    seen = []

    def look(x):
        seen.append(capture.current())
        return x

    with capturing(InputGraph()):
        tf.data.Dataset.range(1).map(look)
    assert seen == [None]


def test_it_is_not_left_in_eager_mode_under_a_graph_of_the_caller():
    with tf.Graph().as_default() as callers:
        with capturing(InputGraph()) as _:
            assert not tf.executing_eagerly()
        assert tf.compat.v1.get_default_graph() is callers
        assert not tf.executing_eagerly()


def test_each_thread_has_its_own():
    found = []
    with capturing(InputGraph()):
        thread = threading.Thread(
            target=lambda: found.append(capture.current())
        )
        thread.start()
        thread.join()
    assert found == [None]


def test_a_batch_is_placeholders_that_stand_for_the_dataset():
    graph = InputGraph()
    with capturing(graph):
        batch = graph.next_batch_of(
            lambda: tf.data.Dataset.from_tensor_slices(
                {"b": [1, 2], "a": [[1.0], [2.0]]}
            )
        )
    assert [t.op.type for t in batch.values()] == ["Placeholder"] * 2
    (source,) = graph.sources
    assert source.batch is batch
    assert source.tensors == (batch["a"].name, batch["b"].name)
    assert isinstance(source.dataset, tf.data.Dataset)
    first = next(iter(source.dataset))
    assert (first["a"].numpy().tolist(), first["b"].numpy()) == ([1.0], 1)


def test_the_dataset_is_made_eagerly():
    graph = InputGraph()
    eager = []

    def make():
        eager.append(tf.executing_eagerly())
        return tf.data.Dataset.range(1)

    with capturing(graph):
        graph.next_batch_of(make)
    assert eager == [True]
