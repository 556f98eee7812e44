"""Resources that a binding has for itself: streams and tables."""

import gc

import pytest
import tensorflow as tf

import keras_estimator as ke
from keras_estimator.engine import resources
from keras_estimator.engine.binding import Binding
from keras_estimator.engine.random_ops import BINDING
from keras_estimator.engine.random_ops import RandomStream
from keras_estimator.engine.variables import VariableStore
from tests.engine.conftest import bound

v1 = tf.compat.v1
STREAM = RandomStream("op", (0, 5, 7), "op:0", f"{BINDING}/op")


def read(state):
    return (
        tf.raw_ops.ReadVariableOp(resource=state.handle, dtype=tf.int64)
        .numpy()
        .tolist()
    )


def test_a_stream_begins_at_its_first_draw_and_goes_back_there():
    state = resources.StreamState(STREAM, "one")
    assert read(state) == [0, 5, 7]
    tf.raw_ops.RngReadAndSkip(
        resource=state.handle, alg=1, delta=tf.constant(4, tf.uint64)
    )
    assert read(state) == [4 * 256, 5, 7]
    state.restart()
    assert read(state) == [0, 5, 7]


def test_streams_of_two_bindings_are_two():
    first, second = (
        resources.StreamState(STREAM, name) for name in ("first", "second")
    )
    tf.raw_ops.RngReadAndSkip(
        resource=first.handle, alg=1, delta=tf.constant(1, tf.uint64)
    )
    assert read(second) == [0, 5, 7]


def test_a_stream_that_nobody_holds_is_destroyed():
    state = resources.StreamState(STREAM, "short-lived")
    again = tf.raw_ops.VarHandleOp(
        dtype=tf.int64, shape=[3], shared_name="short-lived/op"
    )
    assert tf.raw_ops.VarIsInitializedOp(resource=again).numpy()
    del state
    gc.collect()
    assert not tf.raw_ops.VarIsInitializedOp(resource=again).numpy()


def static_table():
    return v1.lookup.StaticHashTable(
        v1.lookup.KeyValueTensorInitializer(
            tf.constant(["a", "b"]), tf.constant([1, 2], tf.int64)
        ),
        -1,
    )


def lookup_fn(features, mode):
    table = static_table()
    return ke.EstimatorSpec(mode, predictions=table.lookup(features))


def mutable_fn(features, mode):
    table = tf.lookup.experimental.MutableHashTable(tf.string, tf.int64, 0)
    before = table.lookup(features)
    with tf.control_dependencies([before]):
        insert = table.insert(features, before + 1)
    with tf.control_dependencies([insert]):
        counted = tf.identity(before)
    return ke.EstimatorSpec(mode, predictions=counted)


def predict(binding, *words):
    (features,) = binding.program.inputs
    (found,) = binding.run(
        [binding.program.spec.predictions.name],
        {features: tf.constant(list(words))},
    )
    return found.numpy().tolist()


WORDS = tf.TensorSpec([None], tf.string)


def test_a_table_is_filled_when_a_call_starts(bind):
    binding = bind(lookup_fn, WORDS)
    assert predict(binding, "b", "a", "c") == [2, 1, -1]
    binding.start_call()
    assert predict(binding, "b", "c") == [2, -1]


def test_tables_of_two_bindings_are_two(program_of):
    program = program_of(mutable_fn, WORDS)
    first, second = bound(program), bound(program)
    assert predict(first, "x") == [0]
    assert predict(first, "x") == [1]
    assert predict(second, "x") == [0]
    assert predict(first, "x") == [2]


def test_a_table_that_is_initialized_with_itself_unfilled_is_empty(program_of):
    binding = Binding(program_of(lookup_fn, WORDS), VariableStore())
    with pytest.raises(tf.errors.FailedPreconditionError, match="not init"):
        predict(binding, "a")


@pytest.mark.parametrize("empty", [0, [0, 0]])
def test_tables_of_vectors_keep_their_shape(bind, empty):
    def model_fn(features, mode):
        table = tf.lookup.experimental.MutableHashTable(
            tf.string, tf.int64, tf.constant(empty, tf.int64)
        )
        return ke.EstimatorSpec(mode, predictions=table.lookup(features))

    assert predict(bind(model_fn, WORDS), "a") == [empty]


def test_named_resources_and_the_functions_that_use_them_become_own(bind):
    def model_fn(features, mode):
        drawn = tf.map_fn(lambda x: x + tf.random.uniform([]), features)
        return ke.EstimatorSpec(mode, predictions=drawn)

    program = bind(model_fn, tf.TensorSpec([None]), seed=1).program
    graph_def = v1.GraphDef()
    graph_def.CopyFrom(program.index.graph_def)
    (stream,) = program.streams
    queue = graph_def.node.add(name="queue", op="FIFOQueueV2")
    queue.attr["shared_name"].s = b""
    named = graph_def.node.add(name="named", op="FIFOQueueV2")
    named.attr["shared_name"].s = b"mine"
    before = {f.signature.name for f in graph_def.library.function}

    assert resources.make_own(graph_def, "token") == {stream.shared_name}
    assert queue.attr["shared_name"].s == b"token/queue"
    assert named.attr["shared_name"].s == b"token/mine"
    after = {f.signature.name for f in graph_def.library.function}
    assert after == {f"{name}_token" for name in before}
    text = str(graph_def)
    assert BINDING not in text
    for name in before:
        assert f'"{name}"' not in text, "no call of the function's old name"


def test_a_writer_is_closed_once_and_opens_again(tmp_path):
    writer = resources.OpenWriter("binding/create_file_writer")
    handle = tf.raw_ops.SummaryWriter(shared_name="binding/create_file_writer")
    writer.close()  # it was never open
    for step in (1, 2):
        tf.raw_ops.CreateSummaryFileWriter(
            writer=handle,
            logdir=str(tmp_path),
            max_queue=10,
            flush_millis=1000,
            filename_suffix=f".{step}",
        )
        tf.raw_ops.WriteScalarSummary(
            writer=handle, step=step, tag="a", value=1.0
        )
        writer.close()
        (path,) = tmp_path.glob(f"*.{step}")
        *_, event = v1.train.summary_iterator(str(path))
        assert (event.step, event.summary.value[0].tag) == (step, "a")
