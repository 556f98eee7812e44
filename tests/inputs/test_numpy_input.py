"""numpy_input_fn: what the records of the real one do not show.

Batches, structures and shapes: `tests/parity/scenarios/inputs.py`.
"""

import numpy as np
import pytest
import tensorflow as tf

from keras_estimator.errors import ArgumentTypeError
from keras_estimator.errors import ConfigError
from keras_estimator.inputs import numpy_input_fn
from keras_estimator.inputs.input_fn import call_input_fn

X = np.arange(6.0)


# In the Estimator ------------------------------------------------------------


def test_operations_may_follow_and_several_be_combined(read):
    def input_fn():
        a, y = numpy_input_fn({"a": X}, X, 4, 1, False)()
        b = numpy_input_fn(X * 10, None, 2, None, False)()
        return {"a": a["a"] + 1, "b": b}, y

    assert read(input_fn) == [
        ({"a": [1, 2, 3, 4], "b": [0, 10]}, [0, 1, 2, 3]),
        ({"a": [5, 6], "b": [20, 30]}, [4, 5]),
    ]


def test_what_it_returns_may_be_passed_on_in_another_structure(read):
    def input_fn():
        features = numpy_input_fn({"a": X, "b": -X}, None, 6, 1, False)()
        return {"b": features["b"]}, features["a"]

    assert read(input_fn) == [({"b": (-X).tolist()}, X.tolist())]


@pytest.mark.parametrize("with_labels", [True, False])
def test_labels_are_dropped_where_nobody_wants_them(opened, with_labels):
    inputs, batches = opened(
        numpy_input_fn({"x": X}, X, 6, 1, False), with_labels=with_labels
    )
    labels = X.tolist() if with_labels else None
    assert list(batches) == [({"x": X.tolist()}, labels)]
    assert (inputs.element.labels is not None) == with_labels


def test_arrays_are_not_copied_into_a_graph():
    # As constants they would be limited to 2 GB, and copied at each call.
    inputs = call_input_fn(
        numpy_input_fn(X, X, shuffle=False), {}, seed=None, with_labels=True
    )
    input_graph, _ = inputs.source
    kinds = [op.type for op in input_graph.graph.get_operations()]
    assert kinds == ["Placeholder", "Placeholder"]


def test_what_is_not_shuffled_keeps_its_order_in_each_epoch(read):
    found = read(numpy_input_fn(X, X * 2, 6, 3, False))
    assert found == [(X.tolist(), (X * 2).tolist())] * 3


def test_shuffling_gives_each_epoch_an_order_of_its_own(read):
    x = np.arange(100)
    epochs = read(numpy_input_fn({"x": x}, -x, 100, 3, True), seed=1)
    orders = [features["x"] for features, _ in epochs]
    assert [sorted(order) for order in orders] == [x.tolist()] * 3
    assert len({tuple(order) for order in [*orders, x]}) == 4
    for features, labels in epochs:
        assert labels == [-i for i in features["x"]], "rows stay together"


def test_a_seed_decides_the_order(read):
    def order(seed):
        x = np.arange(50)
        return read(numpy_input_fn(x, None, 50, 2, True), seed=seed)

    assert order(1) == order(1)
    assert order(1) != order(2)
    assert order(-1) != order(1)
    assert order(None) != order(None)


def test_shuffling_takes_one_seed_and_order_none():
    def taken(shuffle):
        return call_input_fn(
            numpy_input_fn(X, shuffle=shuffle), {}, seed=3, with_labels=True
        ).seeds_used

    assert taken(True) == 1, "as the queue of tf.estimator did"
    assert taken(False) == 0


def test_without_end_batches_go_on_over_epochs(opened):
    inputs, batches = opened(numpy_input_fn(X, None, 4, None, False))
    assert inputs.element.features.shape == [4]
    assert [next(batches)[0] for _ in range(4)] == [
        [0, 1, 2, 3],
        [4, 5, 0, 1],
        [2, 3, 4, 5],
        [0, 1, 2, 3],
    ]


def test_batches_may_be_larger_than_an_epoch(read):
    found = read(numpy_input_fn(X[:2], None, 5, 3, False))
    assert found == [([0, 1, 0, 1, 0], None), ([1], None)]


def test_an_input_fn_may_be_used_again(read):
    input_fn = numpy_input_fn(X, None, 6, 1, False)
    assert read(input_fn) == read(input_fn) == [(X.tolist(), None)]


def test_features_are_read_when_it_is_called_and_not_when_it_is_made(read):
    # As in tf.estimator: between two calls of train a caller may refill them.
    x = np.zeros(2)
    input_fn = numpy_input_fn({"x": x}, None, 2, 1, False)
    x[:] = 7
    assert read(input_fn) == [({"x": [7, 7]}, None)]


def test_dicts_of_the_caller_are_left_alone(read):
    x = {"b": X, "a": X}
    read(numpy_input_fn(x, None, 6, 1, False))
    assert list(x) == ["b", "a"]
    assert x["a"] is X


def test_many_dtypes_arrive_as_they_are(opened):
    arrays = {
        "bool": np.array([True, False]),
        "int8": np.array([-1, 2], np.int8),
        "uint16": np.array([1, 2], np.uint16),
        "float16": np.array([0.5, 2], np.float16),
        "complex64": np.array([1j, 2], np.complex64),
        "string": np.array(["a", "é"]),
    }
    inputs, batches = opened(numpy_input_fn(arrays, None, 2, 1, False))
    assert {k: v.dtype.name for k, v in inputs.element.features.items()} == {
        name: name for name in arrays
    }
    ((features, _),) = batches
    assert features == {name: a.tolist() for name, a in arrays.items()}


# Outside of it ---------------------------------------------------------------


def test_in_eager_mode_it_returns_a_dataset():
    dataset = numpy_input_fn({"x": X}, X, 4, 1, False)()
    assert isinstance(dataset, tf.data.Dataset)
    found = [(f["x"].numpy().tolist(), y.numpy().tolist()) for f, y in dataset]
    assert found == [([0, 1, 2, 3], [0, 1, 2, 3]), ([4, 5], [4, 5])]


def test_the_dataset_shuffles_anew_for_each_call():
    input_fn = numpy_input_fn(np.arange(50), None, 50, 1, True)
    first, second = (next(iter(input_fn())).numpy() for _ in range(2))
    assert sorted(first) == sorted(second) == list(range(50))
    assert first.tolist() != second.tolist()


def test_under_a_graph_of_the_caller_it_returns_a_dataset_as_well():
    with tf.Graph().as_default():
        dataset = numpy_input_fn(X, None, 4, 1, False)()
        assert dataset.element_spec == tf.TensorSpec([None], tf.float64)


# What is refused -------------------------------------------------------------


@pytest.mark.parametrize("shuffle", [None, 0, "yes"])
def test_shuffle_must_be_given(shuffle):
    with pytest.raises(ConfigError, match="explicitly set as bool") as error:
        numpy_input_fn(X, shuffle=shuffle)
    assert f"got {shuffle}" in str(error.value)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"batch_size": 0}, "batch_size must be >= 1; got 0"),
        ({"num_epochs": 0}, "num_epochs must be >= 1, or None .* got 0"),
        ({"num_epochs": -1}, "num_epochs must be >= 1, or None .* got -1"),
    ],
)
def test_sizes_must_be_positive(arguments, message):
    with pytest.raises(ConfigError, match=message):
        numpy_input_fn(X, shuffle=False, **arguments)


@pytest.mark.parametrize(
    ("x", "y", "message"),
    [
        ({"a": X, "b": X[:2]}, None, r"mismatched.*'a': \(6,\), 'b': \(2,\)"),
        (X, X[:5], r"mismatched.*'x': \(6,\), 'y': \(5,\)"),
        ({"a": X}, {"a": X}, r"1 duplicate keys .* both x and y: \{'a'\}"),
        ({}, X, "x cannot be an empty dict"),
        (X, {}, "y cannot be an empty dict, use None instead"),
        (np.float32(1), None, r"must have rows.*'x': \(\)"),
        (np.zeros([0, 2]), None, "x cannot be an empty array"),
    ],
)
def test_arrays_must_fit_together(x, y, message):
    with pytest.raises(ConfigError, match=message):
        numpy_input_fn(x, y, shuffle=False)()


@pytest.mark.parametrize("x", [[1, 2], "text", None])
def test_other_containers_are_refused(x):
    with pytest.raises(ArgumentTypeError, match="x must be a dict or array"):
        numpy_input_fn(x, shuffle=False)()


def test_rows_without_any_values_are_rows():
    x = {"none": np.zeros([4, 0], np.float32), "one": np.arange(4.0)}
    dataset = numpy_input_fn(x, batch_size=3, shuffle=False)()
    assert [batch["none"].shape for batch in dataset] == [(3, 0), (1, 0)]
