"""call_input_fn: what it passes, accepts and refuses."""

import collections
import functools

import keras
import numpy as np
import pytest
import tensorflow as tf

import keras_estimator as ke
from keras_estimator.errors import ArgumentTypeError
from keras_estimator.errors import InputFnError
from keras_estimator.errors import KerasEstimatorError
from keras_estimator.inputs.input_fn import call_input_fn

Dataset = tf.data.Dataset
Pair = collections.namedtuple("Pair", ["left", "right"])


def numbers(count=4):
    return Dataset.range(count)


# Arguments -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("input_fn", "expected"),
    [
        (lambda: 0, 0),
        (lambda mode: {"train": 1}[mode], 1),
        (lambda params: params["rate"], 2),
        (lambda config, mode: config.save_summary_steps, 3),
        (lambda params, config, mode: len(mode) + params["rate"], 7),
        (lambda params=None: params["rate"], 2),
        (lambda *, params: params["rate"], 2),
        (lambda rate=9: rate, 9),
        (functools.partial(lambda rate, params: rate, 8), 8),
        (functools.partial(lambda rate, mode: len(mode), rate=8), 5),
        (
            functools.partial(
                lambda params: params["rate"], params={"rate": 6}
            ),
            6,
        ),
    ],
)
def test_an_input_fn_gets_the_arguments_that_it_names(read, input_fn, expected):
    found = read(
        input_fn,
        1,
        mode="train",
        params={"rate": 2},
        config=ke.RunConfig(save_summary_steps=3),
    )
    assert found == [(expected, None)]


def test_methods_and_objects_can_be_input_fns(read):
    class Reader:
        def method(self, mode):
            return numbers(1).map(lambda x: x + len(mode))

        def __call__(self, params):
            return numbers(1).map(lambda x: x + params)

    assert read(Reader().method, mode="eval") == [(4, None)]
    assert read(Reader(), params=7) == [(7, None)]


@pytest.mark.parametrize("other", [None, 3, numbers(), {"x": [1]}])
def test_something_that_cannot_be_called_is_refused(other):
    with pytest.raises(ArgumentTypeError, match="must be a function") as error:
        call_input_fn(other, {}, seed=None, with_labels=True)
    assert f"(of type {type(other).__name__})" in str(error.value)
    assert "lambda: dataset" in str(error.value)


# Structures ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("make", "first"),
    [
        (lambda x: x, ([0, 1], None)),
        (lambda x: (x, -x), ([0, 1], [0, -1])),
        (lambda x: (x, None), ([0, 1], None)),
        (lambda x: {"b": x, "a": -x}, ({"b": [0, 1], "a": [0, -1]}, None)),
        (lambda x: ({"x": x}, {"y": x}), ({"x": [0, 1]}, {"y": [0, 1]})),
        (lambda x: ((x, -x), x), (([0, 1], [0, -1]), [0, 1])),
        (lambda x: (Pair(x, -x), x), (Pair([0, 1], [0, -1]), [0, 1])),
        (lambda x: Pair(x, -x), ([0, 1], [0, -1])),
        (lambda x: ({}, x), ({}, [0, 1])),
        (
            lambda x: ({"x": (x, {"y": x})}, x),
            ({"x": ([0, 1], {"y": [0, 1]})}, [0, 1]),
        ),
    ],
)
@pytest.mark.parametrize("place", ["graph", "eager", "iterator"])
def test_features_and_labels_keep_their_structure(read, make, first, place):
    def build():
        return numbers().map(make).batch(2)

    eager = build()
    input_fn = {
        "graph": build,
        "eager": lambda: eager,
        "iterator": lambda: tf.compat.v1.data.make_one_shot_iterator(
            build()
        ).get_next(),
    }[place]
    found = read(input_fn)
    assert found[0] == first
    assert type(found[0][0]) is type(first[0])
    assert len(found) == 2


def test_a_dict_keeps_the_order_of_its_keys(opened):
    inputs, batches = opened(lambda: numbers().map(lambda x: {"b": x, "a": -x}))
    assert list(inputs.element.features) == ["b", "a"]
    assert next(batches) == ({"b": 0, "a": 0}, None)
    assert next(batches) == ({"b": 1, "a": -1}, None)


def test_shapes_are_those_of_the_dataset_and_not_of_a_batch(opened):
    def input_fn():
        x = np.zeros([5, 3], np.float32)
        return Dataset.from_tensor_slices(({"x": x}, np.arange(5))).batch(2)

    inputs, batches = opened(input_fn)
    assert inputs.element.features["x"] == tf.TensorSpec([None, 3])
    assert inputs.element.labels == tf.TensorSpec([None], tf.int64)
    assert [len(labels) for _, labels in batches] == [2, 2, 1]


def test_a_dropped_remainder_makes_the_size_of_batches_static(opened):
    inputs, batches = opened(lambda: numbers(5).batch(2, drop_remainder=True))
    assert inputs.element.features == tf.TensorSpec([2], tf.int64)
    assert len(list(batches)) == 2


@pytest.mark.parametrize(
    "input_fn",
    [
        lambda: numbers().map(lambda x: (x, -x)).batch(2),
        lambda: numbers().map(lambda x: (x, None)).batch(2),
        lambda: numbers().batch(2),
        lambda: tf.compat.v1.data.make_one_shot_iterator(
            numbers().map(lambda x: (x, -x)).batch(2)
        ).get_next(),
    ],
)
def test_predict_drops_labels(opened, input_fn):
    inputs, batches = opened(input_fn, with_labels=False)
    assert inputs.element.labels is None
    assert list(batches) == [([0, 1], None), ([2, 3], None)]


def test_labels_that_predict_drops_are_not_computed(read):
    def input_fn():
        x = tf.compat.v1.data.make_one_shot_iterator(numbers(2)).get_next()
        return x, tf.numpy_function(lambda: 1 // 0, [], tf.int64)

    assert read(input_fn, with_labels=False) == [(0, None), (1, None)]


def test_strings_sparse_and_ragged_tensors_arrive(opened):
    sparse = tf.SparseTensor([[0, 0], [1, 2]], [1, 2], [3, 3])
    ragged = tf.ragged.constant([[1], [2, 3], []])

    def input_fn():
        features = {"text": ["a", "bc", "d"], "sparse": sparse, "rag": ragged}
        return Dataset.from_tensor_slices(features).batch(2)

    eager = input_fn()
    inputs, batches = opened(lambda: eager)
    assert inputs.element.features["sparse"].shape == [None, 3]
    assert inputs.element.features["rag"].shape == [None, None]
    assert [features for features, _ in batches] == [
        {
            "text": ["a", "bc"],
            "sparse": [[1, 0, 0], [0, 0, 2]],
            "rag": [[1], [2, 3]],
        },
        {"text": ["d"], "sparse": [[0, 0, 0]], "rag": [[]]},
    ]


# What it may not return ------------------------------------------------------


@pytest.mark.parametrize(
    ("input_fn", "message"),
    [
        (lambda: None, "returned None. It must return a `tf.data.Dataset`, or"),
        (lambda: (1, 2, 3), "as a len 2 tuple. .* returned 3 parts"),
        (lambda: (tf.constant(1),), "as a len 2 tuple. .* returned 1 parts"),
        (lambda: numbers().map(lambda x: (x, x, x)), "returned 3 parts"),
        (lambda: numbers().map(lambda x: (x,)), "returned 1 parts"),
        (lambda: object(), r"of type object\) among features and labels"),
        (lambda: {"x": {1, 2}}, r"returned \{1, 2\} \(of type set\)"),
        (lambda: (i for i in "ab"), r"of type generator\) among features"),
        (lambda: keras.Input([2]), r"of type KerasTensor\) among features"),
        (
            lambda: tf.compat.v1.data.make_one_shot_iterator(numbers()),
            r"Iterator\) among features and labels",
        ),
    ],
)
def test_what_is_no_batch_is_refused(input_fn, message):
    with pytest.raises(InputFnError, match=message) as error:
        call_input_fn(input_fn, {}, seed=None, with_labels=True)
    assert "`<lambda>`" in str(error.value), "names the function"
    assert f"{__file__}:" in str(error.value), "and its place"


def test_an_error_of_the_input_fn_is_passed_on():
    with pytest.raises(ZeroDivisionError):
        call_input_fn(lambda: 1 // 0, {}, seed=None, with_labels=True)


def test_errors_are_the_packages_and_the_built_in_ones():
    assert issubclass(InputFnError, KerasEstimatorError)
    assert issubclass(InputFnError, ValueError)


# The graph and its seeds -----------------------------------------------------


def test_an_input_fn_runs_in_a_graph_of_its_own():
    graphs = []

    def input_fn():
        assert not tf.executing_eagerly()
        graphs.append(tf.compat.v1.get_default_graph())
        return tf.constant(1)

    with tf.Graph().as_default() as outer:
        for _ in range(2):
            call_input_fn(input_fn, {}, seed=None, with_labels=True)
        assert tf.compat.v1.get_default_graph() is outer
        assert not outer.get_operations()
    assert tf.executing_eagerly()
    assert len({*graphs, outer}) == 3


def test_a_failing_input_fn_leaves_no_graph_behind():
    for _ in range(2):
        with pytest.raises(ZeroDivisionError):
            call_input_fn(lambda: 1 // 0, {}, seed=None, with_labels=True)
        assert tf.executing_eagerly()


def test_seeds_that_an_input_fn_takes_are_counted():
    def seeds(input_fn, seed=1):
        inputs = call_input_fn(input_fn, {}, seed=seed, with_labels=True)
        return inputs.seeds_used

    def two():
        return tf.random.uniform([]), tf.random.normal([])

    assert seeds(lambda: numbers()) == 0
    assert seeds(lambda: numbers().shuffle(2)) == 1
    assert seeds(lambda: numbers().shuffle(2, seed=3)) == 0
    assert seeds(two) == 2
    assert seeds(two, seed=None) == 0


def test_a_seed_makes_an_input_the_same_again(read):
    def input_fn():
        return (
            numbers(20)
            .shuffle(20)
            .map(lambda x: (x, tf.random.uniform([], seed=2)))
        )

    first = read(input_fn, seed=5)
    assert read(input_fn, seed=5) == first
    assert read(input_fn, seed=6) != first
    order = [features for features, _ in first]
    assert sorted(order) == list(range(20))
    assert order != list(range(20))


def test_without_a_seed_an_input_differs(read):
    def input_fn():
        return numbers(50).shuffle(50)

    assert read(input_fn) != read(input_fn)
