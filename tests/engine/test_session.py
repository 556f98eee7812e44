"""GraphSession: what hooks do with the session that they see."""

import numpy as np
import pytest
import tensorflow as tf

import keras_estimator as ke
from keras_estimator.engine import element as elements
from keras_estimator.engine.session import GraphSession

v1 = tf.compat.v1


def model_fn(features, labels, mode):
    v = v1.get_variable("v", [], initializer=v1.zeros_initializer())
    tf.group(v.assign_add(1.0), name="bump")
    total = tf.add(tf.reduce_sum(features), tf.cast(labels, tf.float32))
    tf.identity(total, name="total")
    tf.multiply(v, 2.0, name="twice")
    return ke.EstimatorSpec(mode, loss=total, train_op=tf.no_op())


@pytest.fixture
def binding(bind):
    return bind(
        model_fn, tf.TensorSpec([None]), tf.TensorSpec([], tf.int32), "train"
    )


@pytest.fixture
def batches():
    dataset = tf.data.Dataset.range(3).map(
        lambda i: (tf.cast([i, i], tf.float32), tf.cast(i * 10, tf.int32))
    )
    return iter(dataset)


@pytest.fixture
def session(binding, batches):
    return GraphSession(
        binding, lambda: elements.components(next(batches)), "the saver"
    )


def test_it_is_a_session_by_type_and_has_the_programs_graph(session, binding):
    assert isinstance(session, v1.Session)
    assert session.graph is binding.program.graph
    assert {node.name for node in session.graph_def.node} >= {"bump", "total"}
    assert session.saver == "the saver"
    assert session.raw_session() is session
    assert session.should_stop() is False
    assert session.sess_str == ""
    assert [device.device_type for device in session.list_devices()][0] == "CPU"


def test_values_are_numpys_and_operations_none(session):
    found = session.run({"v": "v:0", "op": "bump"})
    assert found["op"] is None
    assert isinstance(found["v"], np.float32)


def test_effects_last(session, binding):
    assert session.run("twice:0") == 0
    session.run("bump")
    session.run(session.graph.get_operation_by_name("bump"))
    assert session.run("twice:0") == 4
    assert binding.store["v"].numpy() == 2


def test_only_what_is_fetched_runs(session):
    session.run("twice:0")
    session.run("total:0")
    assert session.run("v:0") == 0


def test_a_batch_is_read_only_by_fetches_that_need_one(session):
    session.run(["v:0", "bump", "twice:0"])
    assert session.run("total:0") == 0
    assert session.run(["total:0", "twice:0"])[0] == 12
    assert session.run("total:0") == 24


def test_what_is_fed_is_not_read(session, binding):
    features, labels = binding.program.inputs
    fed = {features: [1.0, 2.0], labels: 3}
    assert session.run("total:0", fed) == 6
    assert session.run("total:0", {"total:0": 9.0}) == 9
    assert session.run("total:0", fed) == 6
    assert session.run("total:0") == 0, "the first batch is still there"
    assert session.run("total:0", {labels: 5}) == 7, "the rest of the second"


def test_keys_of_feeds_may_be_tensors(session):
    features = session.graph.get_tensor_by_name(
        "keras_estimator_input/Placeholder:0"
    )
    labels = session.graph.get_tensor_by_name(
        "keras_estimator_input/Placeholder_1:0"
    )
    fed = {features: np.ones(4), labels: np.int64(1)}
    assert session.run("total:0", feed_dict=fed) == 5


def test_a_variable_can_be_fed(session):
    assert session.run("twice:0", {"v/Read/ReadVariableOp:0": 1.0}) == 0
    read = session.graph.get_operation_by_name("twice").inputs[0].name
    assert session.run("twice:0", {read: 4.0}) == 8


def test_the_end_of_the_input_is_an_out_of_range_error(session):
    for _ in range(3):
        session.run("total:0")
    with pytest.raises(tf.errors.OutOfRangeError):
        session.run("total:0")


def test_without_an_input_fetches_that_need_it_fail(binding):
    session = GraphSession(binding)
    assert session.run("twice:0") == 0
    with pytest.raises(tf.errors.OpError):
        session.run("total:0")


def test_a_callable_takes_values_in_order(session, binding):
    call = session.make_callable("total:0", list(binding.program.inputs))
    assert call([1.0], 2) == 3
    assert call([1.0, 1.0], 3) == 5
    with pytest.raises(ValueError, match="zip"):
        call([1.0])


def test_closing_it_does_nothing(session):
    with session as entered:
        assert entered.run("twice:0") == 0
    session.close()
    assert session.run("twice:0") == 0


def test_eval_and_run_of_tensors_take_it(session):
    twice = session.graph.get_tensor_by_name("twice:0")
    bump = session.graph.get_operation_by_name("bump")
    bump.run(session=session)
    assert twice.eval(session=session) == 2
    with session.as_default():
        assert twice.eval() == 2


def test_it_works_under_a_graph_of_the_caller(session):
    with tf.Graph().as_default():
        assert session.run("twice:0") == 0
    with session.graph.as_default():
        assert session.run("twice:0") == 0
        version = session.graph.version
        session.run("total:0", {"total:0": 1.0})
        assert session.graph.version == version, "feeding adds no operation"


def test_savers_of_tf1_take_it(session, tmp_path):
    with session.graph.as_default():
        saver = v1.train.Saver()
        session.run("bump")
        path = saver.save(session, str(tmp_path / "ckpt"), global_step=3)
        session.run("bump")
        assert session.run("v:0") == 2
        saver.restore(session, path)
    assert session.run("v:0") == 1
