"""Which input graphs are taken for the same, and that it saves the building."""

import numpy as np
import pytest
import tensorflow as tf

import keras_estimator.compat.v1 as tf1
from keras_estimator.inputs import graph_input
from keras_estimator.inputs.factories import Factories
from keras_estimator.inputs.factories import key_of
from keras_estimator.inputs.input_fn import call_input_fn


def _key(make):
    with tf.Graph().as_default() as graph:
        variant = tf.data.experimental.to_variant(make())
    return key_of(graph.as_graph_def(), variant.name)


def _numbers(*maps, count=3, seed=None):
    dataset = tf.data.Dataset.range(count)
    for function in maps:
        dataset = dataset.map(function)
    return dataset if seed is None else dataset.shuffle(9, seed=seed)


def _double(x):
    return x * 2


def _add(x):
    return x + 1


def test_the_same_graph_built_twice_has_one_key():
    assert _key(lambda: _numbers(_double, _add)) is not None
    keys = {_key(lambda: _numbers(_double, _add)) for _ in range(12)}
    assert len(keys) == 1


@pytest.mark.parametrize(
    "other",
    [
        lambda: _numbers(_add, _double),
        lambda: _numbers(_double),
        lambda: _numbers(_double, _double),
        lambda: _numbers(_double, _add, count=4),
        lambda: _numbers(_double, _add, seed=1),
        lambda: _numbers(_double, lambda x: x + 2),
    ],
)
def test_other_graphs_have_other_keys(other):
    assert _key(other) != _key(lambda: _numbers(_double, _add))


def test_the_order_of_equal_functions_counts():
    """Only the functions' numbers tell which is called first."""

    def halves(first, second):
        return tf.data.Dataset.zip((_numbers(first), _numbers(second)))

    assert _key(lambda: halves(_add, _double)) != _key(
        lambda: halves(_double, _add)
    )


def _with_py_func():
    return _numbers(lambda x: tf1.py_func(lambda v: v, [x], tf.int64))


def _large():
    return tf.data.Dataset.from_tensors(np.zeros(20_000, np.float32))


def _with_random():
    return _numbers(lambda x: x + tf1.random_uniform([], 0, 9, tf.int64))


@pytest.mark.parametrize("make", [_with_py_func, _large, _with_random])
def test_python_code_much_data_and_random_numbers_are_not_kept(make):
    assert _key(make) is None


def test_only_so_many_are_kept():
    factories = Factories()
    built = []

    def get(number):
        factories.get(b"%d" % number, lambda: built.append(number) or list)

    for number in [*range(16), 0, 16, 0, 1]:
        get(number)
    # When the 17th came, 1 had been out of use for the longest time.
    assert built == [*range(16), 16, 1]


@pytest.fixture
def builds(monkeypatch):
    """Counts the input graphs that are made functions of."""
    monkeypatch.setattr(graph_input, "_factories", Factories())
    counted = []
    real = graph_input.InputOperations

    def counting(input_graph):
        counted.append(input_graph)
        return real(input_graph)

    monkeypatch.setattr(graph_input, "InputOperations", counting)
    return counted


def _rows(input_fn, seed=None):
    inputs = call_input_fn(input_fn, {}, seed=seed, with_labels=True)
    return [int(row) for row in inputs.batches()]


def test_an_input_fn_that_builds_the_same_again_is_not_made_anew(builds):
    called = []

    def input_fn():
        called.append(1)
        return _numbers(_double)

    for _ in range(3):
        assert _rows(input_fn) == [0, 2, 4]
    assert len(called) == 3
    assert len(builds) == 1


def test_what_input_fn_closes_over_is_seen(builds):
    def of(count):
        return lambda: _numbers(_double, count=count)

    assert _rows(of(2)) == [0, 2]
    assert _rows(of(3)) == [0, 2, 4]
    assert len(builds) == 2


def test_shuffles_and_caches_begin_anew_in_each_call(builds):
    def seeded():
        return _numbers(count=9, seed=4).cache()

    first = _rows(seeded, seed=1)
    assert first == _rows(seeded, seed=1)
    assert sorted(first) == list(range(9))
    assert first != _rows(seeded, seed=2)
    unseeded = {
        tuple(_rows(lambda: tf.data.Dataset.range(50).shuffle(50)))
        for _ in range(3)
    }
    assert len(unseeded) == 3


def test_random_operations_begin_anew_in_each_call():
    def input_fn():
        order = tf1.random_shuffle(tf.range(9, dtype=tf.int64))
        return tf.data.Dataset.from_tensor_slices(order)

    assert _rows(input_fn, seed=7) == _rows(input_fn, seed=7)
