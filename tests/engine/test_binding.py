"""Binding: a program over the variables of a store."""

import gc
import weakref

import keras
import numpy as np
import pytest
import tensorflow as tf

import keras_estimator as ke
from keras_estimator.engine.binding import Binding
from keras_estimator.engine.variables import VariableStore
from tests.engine.conftest import bound

v1 = tf.compat.v1


def model_fn(features, labels, mode):
    """TF1: a weight, a metric, and an update that nothing fetches."""
    w = v1.get_variable("w", [], initializer=v1.ones_initializer())
    loss = tf.reduce_sum(features) * w
    tf.group(w.assign(99.0), name="never_fetched")
    step = v1.train.get_global_step()
    with tf.control_dependencies([w.assign_add(1.0)]):
        train_op = step.assign_add(1)
    return ke.EstimatorSpec(
        mode,
        predictions={"loss": loss},
        loss=loss,
        train_op=train_op,
        eval_metric_ops={"mean": v1.metrics.mean(features)},
    )


def keras_fn(features, labels, mode):
    layer = keras.layers.Dense(1, kernel_initializer="ones", name="layer")
    layer.build([None, 1])
    layer.set_weights([np.full([1, 1], 3.0), np.full([1], 0.5)])
    out = layer(features[:, None])
    metric = keras.metrics.Mean(name="mean")
    metric.update_state(out)
    keras_fn.layer, keras_fn.metric = layer, metric
    return ke.EstimatorSpec(
        mode,
        predictions=out,
        loss=tf.reduce_mean(out),
        train_op=keras.optimizers.SGD(0.25),
        eval_metric_ops={"mean": metric},
    )


@pytest.fixture
def programs(program_of):
    """The programs of two modes of the TF1 model_fn."""
    return {mode: program_of(model_fn, mode=mode) for mode in ("train", "eval")}


def fed(binding, *values):
    (features,) = binding.program.inputs
    return {features: tf.constant(values, tf.float32)}


def step(binding, *values):
    binding.run(binding.program.step, fed(binding, *values))


def test_values_come_in_the_order_of_the_fetches(programs):
    binding = bound(programs["train"])
    loss, step_, again = binding.run(
        [binding.program.loss, "global_step/add:0", binding.program.loss],
        fed(binding, 2.0, 3.0),
    )
    assert loss.numpy() == again.numpy() == 5
    assert step_.dtype == tf.int64


def test_a_set_of_fetches_is_cut_out_once(programs):
    binding = bound(programs["train"])
    loss, feeds = [binding.program.loss], binding.program.inputs
    assert binding.function(loss, feeds) is binding.function(loss, feeds)
    assert binding.function(loss, feeds) is not binding.function(loss, ())


def test_programs_of_one_store_share_the_variables_of_the_model(programs):
    store = VariableStore()
    train = bound(programs["train"], store)
    evaluate = Binding(programs["eval"], store)
    evaluate.enter_variables()
    step(train, 1.0)
    step(train, 1.0)
    (loss,) = evaluate.run([evaluate.program.loss], fed(evaluate, 10.0))
    assert loss.numpy() == 30
    assert sorted(store) == ["global_step", "w"], "and no metric"


def test_only_what_is_fetched_runs(programs):
    binding = bound(programs["eval"])
    step(binding, 1.0)
    assert binding.store["w"].numpy() == 1
    assert binding.store["global_step"].numpy() == 0


def test_metrics_belong_to_one_binding_and_one_call(programs):
    program = programs["eval"]
    first, second = bound(program), bound(program)

    def mean(binding):
        (value,) = binding.run([program.metrics["mean"][0]])
        return float(value)

    step(first, 2.0, 4.0)
    step(second, 10.0)
    step(first, 6.0)
    assert (mean(first), mean(second)) == (4, 10)
    first.start_call()
    assert (mean(first), mean(second)) == (0, 10)


def test_only_runs_that_may_write_a_variable_make_a_new_version(programs):
    store = VariableStore()
    train = bound(programs["train"], store)
    evaluate = bound(programs["eval"], store)
    version = store.version
    step(evaluate, 1.0)
    train.run([train.program.loss], fed(train, 1.0))
    train.start_call()
    assert store.version == version
    step(train, 1.0)
    assert store.version > version


def test_initializers_run_and_then_what_model_fn_sets(program_of):
    binding = bound(program_of(keras_fn, mode="train"))
    assert binding.store["layer/kernel"].numpy().tolist() == [[3]]
    assert binding.store["layer/bias"].numpy().tolist() == [0.5]


def test_objects_of_keras_show_the_values_of_a_binding(program_of):
    program = program_of(keras_fn, mode="eval")
    first, second = bound(program), bound(program)
    forced = [*program.step, *program.updates.forced]
    first.run(forced, fed(first, 1.0))
    second.run(forced, fed(second, 2.0))
    first.show_values()
    assert float(keras_fn.metric.result()) == 3.5
    assert keras_fn.layer.kernel.numpy().tolist() == [[3]]
    second.show_values()
    assert float(keras_fn.metric.result()) == 6.5


def test_metrics_are_reset_and_learning_rates_are_not(program_of):
    program = program_of(keras_fn, mode="train")
    binding = bound(program)
    binding.show_values()
    ((optimizer, _),) = program.optimizers
    optimizer.learning_rate.assign(0.5)
    forced = [*program.step, *program.updates.forced]
    binding.run(forced, fed(binding, 1.0))
    assert float(keras_fn.metric.result()) == 3.5
    binding.reset_metrics()
    assert float(keras_fn.metric.result()) == 0
    assert float(optimizer.learning_rate) == 0.5
    binding.start_call()
    assert float(optimizer.learning_rate) == 0.25, "as model_fn has it"


def test_variables_of_the_graph_stand_for_those_with_the_values(programs):
    binding = bound(programs["train"])
    record = next(r for r in programs["train"].records if r.name == "w")
    assert binding.outside(record.variable) is binding.store["w"]
    assert binding.variable(record) is binding.store["w"]
    other = tf.Variable(1.0)
    assert binding.outside(other) is other


def test_operations_that_hooks_add_can_be_run(programs):
    program = programs["train"]
    binding = bound(program)
    step(binding, 1.0)
    with program.graph.recording():
        w = next(r.variable for r in program.records if r.name == "w")
        tf.multiply(w, 10.0, name="added")
        v1.get_variable("late", [], initializer=v1.zeros_initializer())
    binding.enter_variables()
    assert binding.run(["added:0"])[0].numpy() == 20
    assert "late" in binding.store


def test_a_binding_that_nobody_holds_is_freed(program_of):
    def random_fn(features, mode):
        table = v1.lookup.StaticHashTable(
            v1.lookup.KeyValueTensorInitializer(
                tf.constant([1], tf.int64), tf.constant([2.0])
            ),
            0.0,
        )
        found = table.lookup(tf.cast(features, tf.int64))
        return ke.EstimatorSpec(
            mode, predictions=found + tf.random.uniform([2])
        )

    binding = bound(program_of(random_fn, tf.TensorSpec([2]), seed=1))
    (found,) = binding.run(
        [binding.program.spec.predictions.name], fed(binding, 1.0, 2.0)
    )
    assert (found.numpy() >= [2, 0]).all()
    freed = weakref.ref(binding)
    del binding
    gc.collect()
    assert freed() is None
