"""Fetches and feeds, as TF1 code writes them."""

import collections

import keras
import numpy as np
import pytest
import tensorflow as tf

import keras_estimator as ke
from keras_estimator.engine.fetches import FetchPlan
from keras_estimator.engine.fetches import feeds
from keras_estimator.errors import ArgumentTypeError

v1 = tf.compat.v1
Pair = collections.namedtuple("Pair", ["first", "second"])


def model_fn(features, mode):
    tf.identity(features, name="same")
    v1.get_variable("w", [2], initializer=v1.ones_initializer())
    layer = keras.layers.Dense(1, kernel_initializer="ones", name="layer")
    layer(tf.ones([1, 3]))
    model_fn.layer = layer
    tf.group(name="nothing")
    model_fn.sparse = tf.SparseTensor([[0, 1]], [5.0], [1, 2])
    model_fn.ragged = tf.ragged.constant([[1, 2], [3]])
    model_fn.slices = tf.IndexedSlices(
        tf.constant([[1.0]]), tf.constant([3]), tf.constant([4, 1])
    )
    return ke.EstimatorSpec(mode, predictions=features * 2)


@pytest.fixture
def binding(bind):
    return bind(model_fn, tf.TensorSpec([None]))


@pytest.fixture
def run(binding):
    """Runs fetches through a plan, with [1, 2] as features."""

    def run_(make):
        graph = binding.program.graph
        plan = FetchPlan(graph, make(graph) if callable(make) else make)
        values = binding.run(
            plan.names, {binding.program.inputs[0]: tf.constant([1.0, 2.0])}
        )
        tensors = [name for name in plan.names if ":" in name]
        return plan.values(dict(zip(tensors, values, strict=True)))

    return run_


def test_tensors_operations_variables_and_names_are_fetched(run):
    found = run(
        lambda graph: {
            "tensor": graph.get_tensor_by_name("same:0"),
            "name": "same:0",
            "operation": graph.get_operation_by_name("nothing"),
            "operation name": "nothing",
            "variable": graph.records[1].variable,
            "name of a variable": "w:0",
            "read": "w/Read/ReadVariableOp:0",
        }
    )
    assert found["tensor"].tolist() == found["name"].tolist() == [1, 2]
    assert found["operation"] is found["operation name"] is None
    for key in ("variable", "name of a variable", "read"):
        assert found[key].tolist() == [1, 1], key


def test_variables_of_keras_are_fetched(run):
    kernel = model_fn.layer.kernel
    assert run(kernel).tolist() == [[1], [1], [1]]
    assert run([kernel, "layer/kernel:0"])[1].tolist() == [[1], [1], [1]]


def test_a_nest_keeps_its_structure(run):
    same, twice = "same:0", "mul:0"
    assert run(same).tolist() == [1, 2]
    assert [v.tolist() for v in run([same, twice])] == [[1, 2], [2, 4]]
    found = run((same, [twice, {"a": (same,)}]))
    assert isinstance(found, tuple)
    assert found[1][1]["a"][0].tolist() == [1, 2]
    pair = run(Pair(same, {"x": twice}))
    assert isinstance(pair, Pair)
    assert pair.second["x"].tolist() == [2, 4]
    ordered = run(collections.OrderedDict(z=same, a=twice))
    assert list(ordered) == ["z", "a"]
    assert run([]) == []
    assert run({}) == {}


def test_values_are_numpys(run):
    assert isinstance(run("same:0"), np.ndarray)
    assert isinstance(run("global_step:0"), np.int64)


def test_composite_tensors_have_values_of_their_kind(run):
    sparse, ragged, slices = run(
        lambda _: [model_fn.sparse, model_fn.ragged, model_fn.slices]
    )
    assert isinstance(sparse, v1.SparseTensorValue)
    assert sparse.indices.tolist() == [[0, 1]]
    assert sparse.values.tolist() == [5]
    assert sparse.dense_shape.tolist() == [1, 2]
    assert isinstance(ragged, v1.ragged.RaggedTensorValue)
    assert ragged.to_list() == [[1, 2], [3]]
    assert type(slices).__name__ == "IndexedSlicesValue"
    assert slices.dense_shape.tolist() == [4, 1]
    assert (slices.values.tolist(), slices.indices.tolist()) == ([[1]], [3])


def test_each_element_is_fetched_once(binding):
    plan = FetchPlan(
        binding.program.graph, {"a": "same:0", "b": ["same:0", "nothing"]}
    )
    assert plan.names == ("same:0", "nothing")


@pytest.mark.parametrize("other", [None, 3, object(), [None], {"a": 1.5}])
def test_what_stands_for_nothing_in_the_graph_is_refused(binding, other):
    with pytest.raises(ArgumentTypeError, match="has invalid type"):
        FetchPlan(binding.program.graph, other)


def test_a_name_that_the_graph_does_not_have_is_named(binding):
    with pytest.raises((KeyError, ValueError), match="missing"):
        FetchPlan(binding.program.graph, "missing:0")


def test_elements_of_another_graph_are_refused(binding):
    with tf.Graph().as_default():
        foreign = tf.constant(1.0)
    with pytest.raises(ValueError, match="not an element of this graph"):
        FetchPlan(binding.program.graph, foreign)


def test_fed_values_get_the_dtype_of_their_tensors(binding):
    graph = binding.program.graph
    same = graph.get_tensor_by_name("same:0")
    found = feeds(graph, {same: [1, 2], "global_step/Read/ReadVariableOp:0": 3})
    assert found["same:0"].dtype == tf.float32
    assert found["same:0"].numpy().tolist() == [1, 2]
    assert found["global_step/Read/ReadVariableOp:0"].dtype == tf.int64


def test_values_of_sparse_tensors_are_taken_apart(binding):
    value = v1.SparseTensorValue([[0, 0]], [7.0], [1, 2])
    found = feeds(binding.program.graph, {model_fn.sparse: value})
    assert [t.numpy().tolist() for t in found.values()] == [
        [[0, 0]],
        [7],
        [1, 2],
    ]
    assert list(found) == [
        model_fn.sparse.indices.name,
        model_fn.sparse.values.name,
        model_fn.sparse.dense_shape.name,
    ]
