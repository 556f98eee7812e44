"""GraphIndex: what a set of fetches needs of a graph."""

import pytest
import tensorflow as tf

from keras_estimator.engine.subgraph import GraphIndex
from keras_estimator.engine.subgraph import function_names
from keras_estimator.engine.subgraph import node_name
from keras_estimator.engine.subgraph import put_reads_first
from keras_estimator.engine.subgraph import tensor_name

v1 = tf.compat.v1


@pytest.fixture
def graph():
    """a -> double -> sum <- b; `late` waits for `b`; a cond on `a`."""
    with tf.Graph().as_default() as built:
        a = v1.placeholder(tf.float32, [], name="a")
        b = v1.placeholder(tf.float32, [], name="b")
        double = tf.multiply(a, 2.0, name="double")
        tf.add(double, b, name="sum")
        with tf.control_dependencies([b]):
            tf.constant(1.0, name="late")
        tf.split([1.0, 2.0], 2, name="split")
        tf.cond(a > 0, lambda: a, lambda: -a, name="branch")
    return built


@pytest.fixture
def index(graph):
    return GraphIndex(graph.as_graph_def())


def test_names_of_tensors_nodes_and_controls_are_told_apart():
    assert tensor_name("x") == "x:0"
    assert tensor_name("x:2") == "x:2"
    assert node_name("x:2") == node_name("^x") == node_name("x") == "x"


def test_ancestors_are_all_that_elements_depend_on(index):
    assert index.ancestors(["double:0"]) == {"double", "double/y", "a"}
    assert index.ancestors(["sum"]) == {"sum", "double", "double/y", "a", "b"}
    assert index.ancestors([]) == set()


def test_control_inputs_are_ancestors(index):
    assert index.ancestors(["late"]) == {"late", "b"}


def test_the_walk_ends_at_the_cut(index):
    assert index.ancestors(["sum:0"], {"double:0"}) == {"sum", "b"}
    assert index.ancestors(["sum:0"], {"sum:0"}) == set()


def test_a_cut_names_one_output_and_not_the_others(index):
    assert "split" in index.ancestors(["split:1"], {"split:0"})
    assert index.ancestors(["split:1"], {"split:1"}) == set()


def test_a_subgraph_has_just_the_nodes_and_names_its_inputs(index):
    found = index.extract(["sum:0"], {"double:0", "b:0", "unused:0"})
    assert [node.name for node in found.graph_def.node] == ["sum"]
    assert found.inputs == {"double:0", "b:0"}


def test_nodes_keep_the_order_of_the_graph(index, graph):
    found = index.extract(["sum", "late"], ())
    wanted = {node.name for node in found.graph_def.node}
    assert [node.name for node in found.graph_def.node] == [
        op.name for op in graph.get_operations() if op.name in wanted
    ]


def test_only_functions_that_are_called_come_along(index):
    assert index.functions, "the cond has its branches there"
    branch = next(n for n in index.nodes if n.startswith("branch"))
    without = index.extract(["sum"], ()).graph_def.library.function
    assert list(without) == []
    names = {
        f.signature.name
        for f in index.extract([branch], ()).graph_def.library.function
    }
    assert names == set(function_names(index.nodes[branch]))
    assert len(names) == 2


def test_functions_that_functions_call_come_along():
    with tf.Graph().as_default() as graph:
        x = v1.placeholder(tf.float32, [])
        y = tf.cond(
            x > 0,
            lambda: tf.cond(x > 1, lambda: x * 2, lambda: x * 3),
            lambda: x,
        )
    index = GraphIndex(graph.as_graph_def())
    found = index.extract([y.name], ()).graph_def.library.function
    assert len(found) == 4


def test_colocations_with_what_stays_behind_are_dropped():
    with tf.Graph().as_default() as graph:
        a, b = tf.constant(1.0, name="a"), tf.constant(2.0, name="b")
        with graph.colocate_with(a.op), graph.colocate_with(b.op):
            c = tf.add(b, 1.0, name="c")
    index = GraphIndex(graph.as_graph_def())
    assert set(index.nodes["c"].attr["_class"].list.s) == {b"loc:@a", b"loc:@b"}
    found = index.extract([c.name], ())
    (node,) = (n for n in found.graph_def.node if n.name == "c")
    assert list(node.attr["_class"].list.s) == [b"loc:@b"]
    found = index.extract([c.name], {"b:0"})
    (node,) = (n for n in found.graph_def.node if n.name == "c")
    assert "_class" not in node.attr
    assert "_class" in index.nodes["c"].attr, "the graph itself is unchanged"


def test_a_subgraph_can_be_imported(index):
    found = index.extract(["sum:0"], {"a:0", "b:0"})
    with tf.Graph().as_default() as graph:
        a, b = tf.constant(3.0), tf.constant(4.0)
        (total,) = tf.graph_util.import_graph_def(
            found.graph_def,
            input_map={"a:0": a, "b:0": b},
            return_elements=["sum:0"],
        )
        with v1.Session(graph=graph) as session:
            assert session.run(total) == 10.0


def test_variables_are_read_before_the_step_changes_them():
    with tf.Graph().as_default() as graph:
        v = v1.get_variable("v", [], use_resource=True)
        is_even = tf.equal(v.read_value() % 2.0, 0.0)
        with tf.control_dependencies([v.assign_add(1.0)]):
            after = v.read_value() * 3.0
        step = tf.group(tf.cond(is_even, lambda: after, lambda: 0.0))
    found = GraphIndex(graph.as_graph_def()).extract([step.name], {"v:0"})
    put_reads_first(found)
    nodes = {node.name: node for node in found.graph_def.node}
    before, later = sorted(n for n in nodes if nodes[n].op == "ReadVariableOp")
    (write,) = (n for n in nodes.values() if n.op == "AssignAddVariableOp")
    assert f"^{before}" in write.input
    assert f"^{later}" not in write.input, "it waits for the write"


def test_so_are_those_that_ask_whether_there_is_a_value():
    with tf.Graph().as_default() as graph:
        v = v1.get_variable("v", [], use_resource=True)
        has_value = tf.raw_ops.VarIsInitializedOp(resource=v.handle)
        value = tf.cond(has_value, v.read_value, lambda: 0.0)
        shared = tf.identity(value, name="shared")
        step = v.assign_add(1.0, read_value=False)
    fetches = [step.name, shared.name]
    found = GraphIndex(graph.as_graph_def()).extract(fetches, {"v:0"})
    put_reads_first(found)
    nodes = {node.op: node for node in found.graph_def.node}
    waits = [i for i in nodes["AssignAddVariableOp"].input if i[0] == "^"]
    assert waits
    assert all("dentity" in name or name == "^shared" for name in waits)
    assert not any(name.startswith("^") for name in nodes["If"].input)
