"""What the engine needs of Keras without a public spelling.

When Keras moves one of these names, the test that bears it fails.
"""

import copy
import inspect
import random

import keras
import numpy as np
import pytest
import tensorflow as tf
from keras.src.backend.common import global_state

import keras_estimator as ke
from keras_estimator.engine import _keras
from keras_estimator.engine import _tensorflow
from keras_estimator.engine.graph import ModelGraph

v1 = tf.compat.v1


@pytest.fixture
def graph():
    graph = ModelGraph()
    with graph.recording():
        yield graph


def attribute(name):
    return global_state.get_global_attribute(name)


def moved(name):
    return (
        f"Keras no longer keeps {name!r} in keras.src.backend.common."
        "global_state: keras_estimator.engine._keras._SURROUNDINGS (or "
        "_NAME_COUNTERS) must name what took its place."
    )


class Looking(keras.layers.Layer):
    """Notes a global attribute of Keras while it is being called."""

    def __init__(self, *names, **kwargs):
        super().__init__(**kwargs)
        self.names, self.seen = names, {}

    def call(self, inputs):
        for name in self.names:
            # As it is now: a stack has changed when the call has ended.
            self.seen[name] = copy.copy(attribute(name))
        return inputs


# Global attributes -----------------------------------------------------------


def test_object_name_uids_numbers_the_names_of_layers():
    first = keras.layers.Dense(1).name
    uids = attribute("object_name_uids")
    assert uids is not None, moved("object_name_uids")
    before = uids["dense"]
    keras.layers.Dense(1)
    assert attribute("object_name_uids")["dense"] == before + 1, moved(
        "object_name_uids"
    )
    assert first.startswith("dense")


def test_global_seed_generator_is_where_keras_random_keeps_its_own():
    keras.random.uniform([1])
    found = attribute("global_seed_generator")
    assert isinstance(found, keras.random.SeedGenerator), moved(
        "global_seed_generator"
    )


@pytest.mark.parametrize("name", ["current_call_ctx", "name_scope_stack"])
def test_a_layers_call_is_noted_in_a_global_attribute(name):
    layer = Looking(name)
    layer(tf.zeros([1]))
    assert layer.seen[name], moved(name)


def test_autocast_scope_is_a_global_attribute_while_a_layer_is_called():
    layer = Looking("autocast_scope", dtype="mixed_bfloat16")
    layer(tf.zeros([1]))
    assert layer.seen["autocast_scope"] is not None, moved("autocast_scope")


def test_stateless_scope_is_a_global_attribute():
    with keras.StatelessScope():
        assert attribute("stateless_scope") is not None, moved(
            "stateless_scope"
        )


def test_symbolic_scope_is_a_global_attribute():
    layer = Looking("symbolic_scope")
    layer(keras.Input([1]))
    assert layer.seen["symbolic_scope"] is not None, moved("symbolic_scope")


# A build finds Keras as in a new process -------------------------------------


def test_names_restart_in_a_build_and_go_on_after_it():
    keras.layers.Dense(1)
    with _keras.fresh_state(None):
        assert keras.layers.Dense(1).name == "dense"
        assert keras.layers.Dense(1).name == "dense_1"
    outside = keras.layers.Dense(1).name
    with _keras.fresh_state(None):
        assert keras.layers.Dense(1).name == "dense"
    number = int(outside.removeprefix("dense_"))
    assert keras.layers.Dense(1).name == f"dense_{number + 1}"


def test_names_go_on_after_a_build_that_failed():
    keras.layers.Dense(1)
    before = int(keras.layers.Dense(1).name.removeprefix("dense_"))
    with pytest.raises(ZeroDivisionError), _keras.fresh_state(None):
        1 / 0  # noqa: B018
    assert keras.layers.Dense(1).name == f"dense_{before + 1}"


def test_the_global_seed_generator_of_a_build_is_not_leaked(graph):
    with _tensorflow.eager_mode():
        keras.random.uniform([1])
    before = attribute("global_seed_generator")
    with _keras.fresh_state(None):
        assert attribute("global_seed_generator") is None
        keras.random.uniform([1])
        inside = attribute("global_seed_generator")
        assert inside is not before
        assert inside.state.value in [r.variable for r in graph.records]
    assert attribute("global_seed_generator") is before


def test_a_build_in_a_layers_call_is_not_part_of_it():
    found = {}

    class Building(keras.layers.Layer):
        def call(self, inputs):
            with (
                _tensorflow.eager_mode(),
                _keras.fresh_state(None),
            ):
                layer = keras.layers.Dense(1)
                layer.build([None, 2])
                found["path"] = layer.kernel.path
                found["dtype"] = layer.kernel.value.dtype
            return inputs

    Building(dtype="mixed_bfloat16", name="outer")(tf.zeros([1, 2]))
    assert found == {"path": "dense/kernel", "dtype": tf.float32}


def test_a_seed_makes_default_seeds_repeat_and_leaves_pythons_alone():
    def draw():
        with _keras.fresh_state(3):
            return keras.random.SeedGenerator().state.numpy().tolist()

    random.seed(1)
    expected = random.random()
    random.seed(1)
    first = draw()
    assert random.random() == expected
    assert draw() == first


# Variables -------------------------------------------------------------------


def test_a_keras_variable_can_be_pointed_at_another_tf_variable():
    keras_variable = keras.Variable([1.0, 2.0])
    other = tf.Variable([3.0, 4.0])
    _keras.point(keras_variable, other)
    np.testing.assert_array_equal(
        keras_variable.numpy(),
        [3.0, 4.0],
        "keras.Variable no longer keeps its tf.Variable in `_value`: see "
        "keras_estimator.engine._keras.point",
    )
    keras_variable.assign([5.0, 6.0])
    np.testing.assert_array_equal(other.numpy(), [5.0, 6.0])
    assert keras_variable.value is other


def test_a_view_shows_a_tf_variable_under_its_name():
    variable = tf.Variable([1.0], name="a/b/c", trainable=False)
    view = _keras.view(variable)
    assert view.path == "a/b/c"
    assert view.name == "c"
    assert not view.trainable
    view.assign([2.0])
    assert variable.numpy() == [2.0]
    assert view.value is variable


@pytest.mark.parametrize("dtype", ["int64", "bool", "float16", "uint8"])
def test_a_view_has_the_dtype_of_the_variable(dtype):
    variable = tf.Variable(tf.zeros([2], dtype))
    assert _keras.view(variable).dtype == dtype


# Whose a variable is ---------------------------------------------------------


def owner_of(graph, path):
    (record,) = [r for r in graph.records if r.name == path]
    assert record.keras_variable is not None
    assert record.keras_variable.path == path
    return record.owner


def test_the_owner_of_a_weight_is_its_layer(graph):
    with _keras.fresh_state(None):
        layer = keras.layers.Dense(1)
        graph.call(layer, v1.placeholder(tf.float32, [None, 2]))
    assert owner_of(graph, "dense/kernel") is layer
    assert owner_of(graph, "dense/bias") is layer


def test_the_owner_in_a_nested_model_is_the_inner_layer(graph):
    with _keras.fresh_state(None):
        layer = keras.layers.BatchNormalization()
        model = keras.Sequential([keras.Sequential([layer])])
        graph.call(model, v1.placeholder(tf.float32, [None, 2]))
    assert [r.owner for r in graph.records] == [layer] * 4


def test_the_owner_of_a_metrics_variable_is_the_metric(graph):
    with _keras.fresh_state(None):
        metric = graph.call(keras.metrics.Mean)
    assert owner_of(graph, "mean/total") is metric
    assert owner_of(graph, "mean/count") is metric


def test_the_owner_of_a_slot_is_the_optimizer(graph):
    def train():
        layer = keras.layers.Dense(1)
        layer.build([None, 2])
        optimizer = keras.optimizers.Adam()
        optimizer.build(layer.trainable_variables)
        return optimizer

    with _keras.fresh_state(None):
        optimizer = graph.call(train)
    assert owner_of(graph, "adam/dense_kernel_momentum") is optimizer
    assert owner_of(graph, "adam/learning_rate") is optimizer
    assert owner_of(graph, "adam/iteration") is optimizer


def test_the_owner_of_a_seed_is_its_generator(graph):
    with _keras.fresh_state(None):
        generator = graph.call(keras.random.SeedGenerator, 3)
    (record,) = graph.records
    assert record.owner is generator
    assert record.keras_variable is generator.state


def test_a_variable_that_a_users_layer_makes_is_the_layers(graph):
    class Own(keras.layers.Layer):
        def build(self, shape):
            self.added = self.add_weight(name="added", shape=[2])
            self.made = keras.Variable([1.0], name="made")

        def call(self, inputs):
            return inputs * self.made

    with _keras.fresh_state(None):
        layer = Own()
        graph.call(layer, v1.placeholder(tf.float32, [None, 2]))
    assert [r.owner for r in graph.records] == [layer, layer]


def test_a_tf1_variable_has_no_owner_even_in_a_layers_call(graph):
    class Mixed(keras.layers.Layer):
        def call(self, inputs):
            return inputs * v1.get_variable("tf1", [])

    graph.call(Mixed(), v1.placeholder(tf.float32, [None, 2]))
    (record,) = graph.records
    assert (record.keras_variable, record.owner) == (None, None)


def test_who_asked_for_the_build_owns_nothing_in_it():
    graph = ModelGraph()

    class Asking(keras.layers.Layer):
        def call(self, inputs):
            with graph.recording():
                graph.call(keras.Variable, 1.0, name="bare")
            return inputs

    Asking()(tf.zeros([1, 2]))
    (record,) = graph.records
    assert record.keras_variable is not None
    assert record.owner is None


# Loops -----------------------------------------------------------------------


def test_fit_and_evaluate_tell_the_signature_before_they_begin():
    events = []

    class Model(_keras.SignatureFirst, keras.Model):
        def on_data(self, element_spec):
            events.append(element_spec)

        def call(self, inputs):
            return inputs * 1.0

    data = tf.data.Dataset.from_tensor_slices((np.ones([4, 1]), np.ones([4])))
    model = Model()
    model.compile(loss="mse")
    begun = keras.callbacks.LambdaCallback(
        on_train_begin=lambda logs: events.append("train"),
    )
    help_ = (
        "Keras' loops no longer call Trainer._maybe_symbolic_build(iterator) "
        "first: see keras_estimator.engine._keras.SignatureFirst"
    )
    spec = data.batch(2).element_spec
    with pytest.warns(UserWarning, match="does not have any trainable"):
        model.fit(data.batch(2), callbacks=[begun], shuffle=False, verbose=0)
    assert events == [spec, "train"], help_
    model.evaluate(data.batch(2), verbose=0)
    assert events == [spec, "train", spec], help_


def test_the_loops_make_their_functions_anew_when_they_are_none():
    made = []

    class Model(keras.Model):
        def call(self, inputs):
            made.append(1)
            return inputs * 1.0

    model = Model()
    model.compile(loss="mse")
    for name, run in {
        "test_function": lambda: model.evaluate(
            np.ones([2, 1]), np.ones([2]), verbose=0
        ),
        "predict_function": lambda: model.predict(np.ones([2, 1]), verbose=0),
    }.items():
        run()
        made.clear()
        run()
        assert not made
        setattr(model, name, None)
        run()
        assert made, f"keras.Model.{name} = None no longer makes it trace anew"


def test_saving_walks_over_what_dir_names(tmp_path):
    class Model(keras.Model):
        def __init__(self):
            super().__init__()
            self.shown = keras.layers.Dense(1, name="shown")
            self.hidden = keras.layers.Dense(1, name="hidden")
            self.shown.build([None, 1])
            self.hidden.build([None, 1])
            self.built = True

        def __dir__(self):
            names = {"hidden", "_layers", "layers"}
            return [n for n in super().__dir__() if n not in names]

    first, second = Model(), Model()
    first.save_weights(tmp_path / "model.weights.h5")
    second.load_weights(tmp_path / "model.weights.h5")
    assert second.shown.kernel.numpy() == first.shown.kernel.numpy()
    assert second.hidden.kernel.numpy() != first.hidden.kernel.numpy(), (
        "Keras saves more than dir() names: EstimatorModel.__dir__ no longer "
        "keeps the optimizer's variables from being saved twice"
    )


# Comparisons and branches ----------------------------------------------------


def accumulating():
    """The types of the operations that gradient accumulation makes."""
    graph = ModelGraph()
    with graph.recording():
        optimizer = keras.optimizers.SGD(0.1, gradient_accumulation_steps=2)
        weight = keras.Variable([1.0])
        graph.call(optimizer.apply, [tf.ones([1])], [weight])
    return {operation.type for operation in graph.get_operations()}


def test_keras_compares_tensors_of_a_plain_graph_by_their_values():
    # Its optimizers ask `iterations % n == 0`; TF1 answers with False.
    assert "Equal" not in accumulating()
    with _keras.comparing_values():
        assert "Equal" in accumulating(), (
            "tf.Tensor.__eq__ is no longer what `==` calls: see "
            "keras_estimator.engine._keras.comparing_values"
        )


def test_user_code_compares_tensors_of_a_plain_graph_by_identity(graph):
    one, two = tf.constant(1), tf.constant(1)
    with _keras.comparing_values():
        assert (one == two) is False
        assert (one != two) is True
        assert (one == one) is True
        assert {one: "a", two: "b"}[two] == "b"


def test_comparisons_are_tensorflows_again_afterwards():
    before = (tf.Tensor.__eq__, tf.Tensor.__ne__)
    with _keras.comparing_values(), _keras.comparing_values():
        assert tf.Tensor.__eq__ is not before[0]
    assert (tf.Tensor.__eq__, tf.Tensor.__ne__) == before


def test_eager_comparisons_are_as_always_while_a_graph_is_built():
    with _keras.comparing_values():
        assert bool(tf.constant(1) == tf.constant(1))
        assert not bool(tf.constant(1) != tf.constant(1))
        assert not bool(tf.constant(1) == None)  # noqa: E711


def test_branches_of_keras_run_what_is_assigned_in_them(bind):
    def model_fn(features, labels, mode):
        counter = keras.Variable(0.0, name="counter", trainable=False)
        keras.ops.cond(
            features[0] > 0,
            lambda: counter.assign_add(1.0),
            lambda: counter.assign_add(100.0),
        )
        train_op = v1.train.get_global_step().assign_add(1)
        return ke.EstimatorSpec(
            mode, loss=tf.reduce_sum(features), train_op=train_op
        )

    binding = bind(model_fn, mode="train")
    program = binding.program
    for value in (1.0, 1.0, -1.0):
        step = [*program.step, *program.updates.forced]
        binding.run(step, {program.inputs[0]: tf.constant([value])})
    assert binding.store["counter"].numpy() == 102.0, (
        "Branches of keras.ops.cond do not run their assigns: see "
        "ModelGraph.runs_whole_branches"
    )


def test_a_users_tf_cond_keeps_the_rule_of_plain_graphs(bind):
    def model_fn(features, labels, mode):
        counter = v1.get_variable(
            "counter", [], initializer=v1.zeros_initializer()
        )

        def assigning():
            counter.assign_add(1.0)
            return tf.constant(1.0)

        value = tf.cond(features[0] > 0, assigning, lambda: tf.constant(0.0))
        return ke.EstimatorSpec(mode, predictions=value)

    binding = bind(model_fn)
    program = binding.program
    binding.run(program.step, {program.inputs[0]: tf.constant([1.0])})
    assert binding.store["counter"].numpy() == 0.0


def test_the_source_of_keras_is_told_from_a_users():
    for function in (
        keras.layers.Dense.call,
        keras.optimizers.Adam.update_step,
        keras.metrics.Mean.update_state,
        keras.ops.cond,
        keras.random.uniform,
    ):
        code = inspect.unwrap(function).__code__
        assert _keras.is_keras_source(code.co_filename), code.co_filename
    assert not _keras.is_keras_source(__file__)
    assert not _keras.is_keras_source(tf.__file__)


# What a model was compiled with ----------------------------------------------


def test_a_compiled_model_knows_what_it_was_compiled_with():
    def loss(y_true, y_pred):
        return keras.ops.mean(y_true - y_pred)

    metric = keras.metrics.MeanSquaredError()
    model = keras.Sequential([keras.layers.Dense(1)])
    model.compile("sgd", loss, metrics=[metric], loss_weights=[0.5])
    found = _keras.compile_arguments(model)
    assert found["loss"] is loss
    assert found["metrics"][0] is metric
    assert found["loss_weights"] == [0.5]
    assert not {"optimizer", "jit_compile", "run_eagerly"} & set(found)
    assert set(found) <= set(inspect.signature(model.compile).parameters)


def test_a_class_is_of_keras_or_derived_from_it():
    assert _keras.is_keras_class(keras.layers.Dense)
    assert not _keras.is_keras_class(Looking)


# Layers of layers ------------------------------------------------------------


def test_the_layers_that_a_layer_consists_of_are_found():
    class Outer(keras.layers.Layer):
        def __init__(self):
            super().__init__()
            self.inner = keras.Sequential([keras.layers.Dense(1)])

    says = (
        "keras.Layer no longer has _flatten_layers(include_self, recursive): "
        "see keras_estimator.engine._keras.sublayers"
    )
    outer = Outer()
    assert hasattr(outer, "_flatten_layers"), says
    (dense,) = outer.inner.layers
    found = _keras.sublayers(outer, recursive=False)
    assert [id(one) for one in found] == [id(outer.inner)], says
    found = _keras.sublayers(outer)
    assert [id(one) for one in found] == [id(outer.inner), id(dense)], says
