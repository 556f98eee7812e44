"""What the names of variables stand for in a model_fn's graph."""

import pytest
import tensorflow as tf

from keras_estimator.engine.fetches import FetchPlan
from keras_estimator.engine.graph import ModelGraph
from keras_estimator.hooks import lookup

v1 = tf.compat.v1
VALUE = "w/Read/ReadVariableOp:0"


@pytest.fixture
def graph():
    graph = ModelGraph()
    with graph.recording():
        v1.get_variable("w", initializer=[1.0, 2.0])
        yield graph


@pytest.mark.parametrize("name", ["w:0", "w/read:0"])
def test_the_name_of_a_variable_is_its_value(graph, name):
    found = graph.get_tensor_by_name(name)
    assert found.name == VALUE
    assert found.dtype == tf.float32
    assert found.shape == [2]


@pytest.mark.parametrize("name", ["w", "w:0", "w/read", "w/read:0"])
def test_hooks_fetch_and_log_the_value(graph, name):
    assert FetchPlan(graph, name).names == (VALUE,)
    assert lookup.tensor(name).name == VALUE


def test_other_names_are_what_they_are(graph):
    assert graph.get_tensor_by_name(VALUE).name == VALUE
    assert graph.get_operation_by_name("w").type == "VarHandleOp"
    with pytest.raises(KeyError, match="'gone'"):
        graph.get_tensor_by_name("gone:0")
