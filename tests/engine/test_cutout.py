"""cut_out: functions from fed tensors to fetched ones."""

import numpy as np
import pytest
import tensorflow as tf

from keras_estimator.engine.cutout import Outside
from keras_estimator.engine.cutout import cut_out
from keras_estimator.engine.cutout import is_tensor
from keras_estimator.engine.cutout import spec
from keras_estimator.engine.subgraph import GraphIndex

v1 = tf.compat.v1


class Handles(Outside):
    """Variables of the graph, by the name of their handle."""

    def __init__(self, variables):
        self.variables = variables
        self.prepared = 0

    @property
    def names(self):
        return tuple(self.variables)

    def prepare(self, subgraph):
        self.prepared += 1

    def handle(self, name):
        return self.variables[name].handle


@pytest.fixture
def graph():
    with tf.Graph().as_default() as built:
        a = v1.placeholder(tf.float32, [None, 2], name="a")
        b = v1.placeholder(tf.float32, [], name="b")
        total = tf.add(a, b, name="total")
        total.set_shape([3, 2])
        tf.reduce_sum(total, name="scalar")
        v = v1.get_variable("v", [], use_resource=True)
        v.assign_add(b, name="update")
        tf.identity(v, name="value")
        tf.print("never", name="printed")
    return built


@pytest.fixture
def cut(graph):
    def cut_(fetches, feeds, outside=None):
        index = GraphIndex(graph.as_graph_def())
        return cut_out(graph, index, fetches, feeds, outside or Outside())

    return cut_


def test_a_function_goes_from_feeds_to_fetches_in_order(cut):
    function = cut(["scalar:0", "total:0"], ["b:0", "a:0"])
    scalar, total = function(tf.constant(1.0), tf.ones([3, 2]))
    assert scalar.numpy() == 12
    assert total.numpy().tolist() == [[2, 2]] * 3


def test_a_tensor_in_the_middle_can_be_fed(cut):
    (scalar,) = cut(["scalar:0"], ["total:0"])(tf.ones([3, 2]))
    assert scalar.numpy() == 6


def test_what_is_fed_is_fetched_as_it_is(cut):
    total, scalar, b = cut(["total:0", "scalar:0", "b:0"], ["total:0", "b:0"])(
        tf.zeros([3, 2]), tf.constant(5.0)
    )
    assert (total.numpy().sum(), scalar.numpy(), b.numpy()) == (0, 0, 5)


def test_a_tensor_may_be_fetched_twice(cut):
    first, second = cut(["scalar:0", "scalar:0"], ["total:0"])(tf.ones([3, 2]))
    assert first.numpy() == second.numpy() == 6


def test_static_shapes_that_python_set_are_kept(cut, graph):
    function = cut(["total:0"], ["a:0", "b:0"])
    assert function.outputs[0].shape == [3, 2]
    assert spec(graph, "total:0") == tf.TensorSpec([3, 2])
    assert spec(graph, "a:0") == tf.TensorSpec([None, 2])


def test_resources_of_the_outside_are_captured(cut):
    variable = tf.Variable(1.0)
    outside = Handles({"v:0": variable})
    update = cut(["update"], ["b:0"], outside)
    assert outside.prepared == 1
    assert update(tf.constant(2.0)) == []
    update(tf.constant(3.0))
    assert variable.numpy() == 6
    (value,) = cut(["value:0"], [], outside)()
    assert value.numpy() == 6


def test_operations_run_and_have_no_place_in_the_result(cut):
    variable = tf.Variable(1.0)
    function = cut(
        ["update", "scalar:0"], ["a:0", "b:0"], Handles({"v:0": variable})
    )
    (scalar,) = function(tf.zeros([3, 2]), tf.constant(4.0))
    assert (scalar.numpy(), variable.numpy()) == (24, 5)


def test_only_what_is_fetched_runs(cut, capfd):
    variable = tf.Variable(1.0)
    cut(["scalar:0"], ["a:0", "b:0"], Handles({"v:0": variable}))(
        tf.zeros([3, 2]), tf.constant(4.0)
    )
    assert variable.numpy() == 1
    assert "never" not in capfd.readouterr().err


def test_it_may_be_called_in_a_function_and_its_effects_are_kept(cut):
    variable = tf.Variable(0.0)
    update = cut(["update"], ["b:0"], Handles({"v:0": variable}))

    @tf.function(autograph=False)
    def many(n):
        def body(i):
            update(tf.constant(1.0))
            return (i + 1,)

        return tf.while_loop(lambda i: i < n, body, (tf.constant(0),))

    many(tf.constant(5))
    assert variable.numpy() == 5


def test_it_may_be_made_under_a_graph_of_the_caller(cut):
    with tf.Graph().as_default() as callers:
        function = cut(["scalar:0"], ["total:0"])
        assert not callers.get_operations()
    (scalar,) = function(np.ones([3, 2], np.float32))
    assert scalar.numpy() == 6


def test_nothing_is_outside_by_default():
    assert Outside().names == ()
    with pytest.raises(KeyError, match="x:0"):
        Outside().handle("x:0")


def test_tensors_have_a_colon_and_operations_none():
    assert is_tensor("x:0")
    assert not is_tensor("x")


def test_a_variable_that_is_fetched_has_the_value_from_before(cut, graph):
    variable = tf.Variable(0.0)
    with graph.as_default():
        (v,) = v1.global_variables()
        read, also = v.read_value().name, tf.identity(v.read_value()).name
        computed = (v.read_value() + 0.0).name
    outside = Handles({v.handle.name: variable})
    function = cut(["update", read, also, computed], ["b:0"], outside)
    for step in range(50):
        first, second, _ = function(tf.constant(1.0))
        assert first.numpy() == second.numpy() == step
        assert variable.numpy() == step + 1


def test_a_read_that_waits_for_an_assign_still_does(cut, graph):
    variable = tf.Variable(0.0)
    with graph.as_default():
        (v,) = v1.global_variables()
        update = graph.get_operation_by_name("update")
        with tf.control_dependencies([update]):
            after = v.read_value().name
    outside = Handles({v.handle.name: variable})
    (value,) = cut([after], ["b:0"], outside)(tf.constant(1.0))
    assert value.numpy() == 1
