"""Keras optimizers as train_op change weights as `fit` does."""

import keras
import numpy as np
import pytest
import tensorflow as tf

import keras_estimator as ke
from keras_estimator.engine.binding import Binding
from keras_estimator.engine.build import BuildOptions
from keras_estimator.engine.build import build
from keras_estimator.engine.element import Element
from keras_estimator.engine.element import components
from keras_estimator.engine.variables import VariableStore
from keras_estimator.errors import ModelFnError

STEPS = 7
FEATURES, LABELS = (
    np.sin(np.arange(96.0)).reshape(32, 3).astype(np.float32),
    (np.arange(32) % 2).astype(np.float32).reshape(32, 1),
)


def dataset():
    data = tf.data.Dataset.from_tensor_slices((FEATURES, LABELS))
    return data.batch(8).repeat()


def layers():
    return [
        keras.layers.Dense(4, "tanh", kernel_initializer=ramp),
        keras.layers.Dense(1, kernel_initializer=ramp),
    ]


def one_layer():
    """A matrix and a vector, for the many cases: half of the graph to build."""
    return [keras.layers.Dense(1, "tanh", kernel_initializer=ramp)]


def ramp(shape, dtype=None):
    return keras.ops.reshape(
        keras.ops.cos(keras.ops.arange(np.prod(shape), dtype="float32")), shape
    )


def model_fn(features, labels, mode, params):
    for layer in params["layers"]():
        features = layer(features)
    loss = keras.ops.mean((features - labels) ** 2)
    return ke.EstimatorSpec(mode, loss=loss, train_op=params["make"]())


def trained_by_model_fn(make):
    """Runs the program itself: the matrix of cases is large."""
    element = Element(*dataset().element_spec)
    options = BuildOptions(params={"make": make, "layers": one_layer})
    program = build(model_fn, ke.ModeKeys.TRAIN, element, options)
    binding = Binding(program, VariableStore())
    binding.enter_variables()
    binding.initialize(program.records)
    binding.show_values()
    fetches = [*program.step, *program.updates.forced]
    step = binding.function(fetches, program.inputs)
    for batch in dataset().take(STEPS):
        step(*components(batch))
    for optimizer, variables in program.optimizers:
        optimizer.finalize_variable_values(variables)
    return [binding.store[name].numpy() for name in NAMES[:2]]


def trained_by_fit(make, layers):
    model = keras.Sequential(layers())
    model.compile(make(), "mse", run_eagerly=True)
    model.fit(dataset(), steps_per_epoch=STEPS, verbose=0, shuffle=False)
    return model.get_weights()


NAMES = ["dense/kernel", "dense/bias", "dense_1/kernel", "dense_1/bias"]
OPTIMIZERS = {
    "Adadelta": {},
    "Adafactor": {},
    "Adagrad": {},
    "Adam": {},
    "AdamW": {},
    "Adamax": {},
    "Ftrl": {},
    "Lamb": {},
    "Lion": {},
    "Nadam": {},
    "RMSprop": {"momentum": 0.9},
    "SGD": {"momentum": 0.9},
}
# Each option once with each optimizer: two at a time, where they go together.
OPTIONS = {
    "plain": {},
    "clipnorm_schedule": {"clipnorm": 0.01, "learning_rate": "schedule"},
    "clipvalue_weight_decay": {"clipvalue": 0.01, "weight_decay": 0.1},
    "global_clipnorm_ema": {
        "global_clipnorm": 0.01,
        "use_ema": True,
        "ema_momentum": 0.5,
    },
    "ema_overwrite_loss_scale": {
        "use_ema": True,
        "ema_momentum": 0.5,
        "ema_overwrite_frequency": 3,
        "loss_scale_factor": 64.0,
    },
    "accumulation": {"gradient_accumulation_steps": 3},
}


def maker(name, options):
    options = {"learning_rate": 0.05, **OPTIMIZERS[name], **options}

    def make():
        kwargs = dict(options)
        if kwargs["learning_rate"] == "schedule":
            kwargs["learning_rate"] = (
                keras.optimizers.schedules.ExponentialDecay(0.05, 2, 0.5)
            )
        return getattr(keras.optimizers, name)(**kwargs)

    return make


@pytest.mark.parametrize("option", OPTIONS)
@pytest.mark.parametrize("name", OPTIMIZERS)
def test_weights_change_as_in_fit(name, option):
    make = maker(name, OPTIONS[option])
    ours = trained_by_model_fn(make)
    keras_own = trained_by_fit(make, one_layer)
    for mine, theirs in zip(ours, keras_own, strict=True):
        np.testing.assert_allclose(mine, theirs, rtol=2e-5, atol=1e-6)
    kernel = ours[0]
    assert np.abs(kernel - np.asarray(ramp(kernel.shape))).max() > 1e-4


@pytest.mark.parametrize(
    "option",
    ["global_clipnorm_ema", "ema_overwrite_loss_scale", "accumulation"],
)
def test_an_estimator_trains_as_fit_does(option, model_dir):
    make = maker("Adam", OPTIONS[option])
    estimator = ke.Estimator(
        model_fn, model_dir, params={"make": make, "layers": layers}
    )
    estimator.train(dataset, steps=STEPS)
    for name, theirs in zip(NAMES, trained_by_fit(make, layers), strict=True):
        mine = estimator.get_variable_value(name)
        np.testing.assert_allclose(mine, theirs, rtol=2e-5, atol=1e-6)


def test_dynamic_loss_scaling_trains_as_in_fit():
    def make():
        inner = keras.optimizers.Adam(0.05)
        return keras.optimizers.LossScaleOptimizer(inner, initial_scale=8.0)

    ours = trained_by_model_fn(make)
    for mine, theirs in zip(ours, trained_by_fit(make, one_layer), strict=True):
        np.testing.assert_allclose(mine, theirs, rtol=2e-5, atol=1e-6)


def test_global_step_advances_once_a_step_with_two_optimizers(model_dir):
    def two_losses(features, labels, mode):
        left, right = layers()[1], layers()[1]
        first = keras.ops.mean((left(features) - labels) ** 2)
        second = keras.ops.mean((right(features) + labels) ** 2)
        return ke.EstimatorSpec(
            mode,
            loss=first + second,
            train_op=[
                ke.minimize(
                    keras.optimizers.SGD(0.1),
                    first,
                    var_list=left.trainable_variables,
                ),
                ke.minimize(
                    keras.optimizers.Adam(0.1),
                    second,
                    var_list=right.trainable_variables,
                ),
            ],
        )

    estimator = ke.Estimator(two_losses, model_dir)
    estimator.train(dataset, steps=4)
    assert estimator.get_variable_value("global_step") == 4
    start = np.asarray(ramp((3, 1)))
    for name in ("dense_1/kernel", "dense_3/kernel"):
        assert np.abs(estimator.get_variable_value(name) - start).max() > 1e-3


def test_gradients_of_all_players_are_of_the_start_of_the_step(model_dir):
    def game(features, labels, mode):
        x = keras.Variable(2.0, name="x")
        y = keras.Variable(3.0, name="y")
        loss = keras.ops.convert_to_tensor(x) * keras.ops.convert_to_tensor(y)
        sgd = keras.optimizers.SGD
        return ke.EstimatorSpec(
            mode,
            loss=loss,
            train_op=[
                ke.minimize(sgd(0.5), loss, var_list=[x]),
                ke.minimize(sgd(0.5), -loss, var_list=[y]),
            ],
        )

    estimator = ke.Estimator(game, model_dir)
    estimator.train(dataset, steps=1)
    assert estimator.get_variable_value("x") == 2.0 - 0.5 * 3.0
    assert estimator.get_variable_value("y") == 3.0 + 0.5 * 2.0


def test_transform_gradients_sees_and_changes_them(model_dir):
    seen = []

    def halve(pairs):
        seen.extend(variable.path for _, variable in pairs)
        return [(gradient / 2, variable) for gradient, variable in pairs]

    def transformed(features, labels, mode):
        logits = layers()[1](features)
        loss = keras.ops.mean((logits - labels) ** 2)
        step = ke.minimize(
            keras.optimizers.SGD(0.1), loss, transform_gradients=halve
        )
        return ke.EstimatorSpec(mode, loss=loss, train_op=step)

    def plain(features, labels, mode):
        logits = layers()[1](features)
        loss = keras.ops.mean((logits - labels) ** 2)
        return ke.EstimatorSpec(
            mode, loss=loss, train_op=keras.optimizers.SGD(0.05)
        )

    one = ke.Estimator(transformed, f"{model_dir}/a").train(dataset, steps=3)
    two = ke.Estimator(plain, f"{model_dir}/b").train(dataset, steps=3)
    assert seen == ["dense_1/kernel", "dense_1/bias"]
    np.testing.assert_allclose(
        one.get_variable_value("dense_1/kernel"),
        two.get_variable_value("dense_1/kernel"),
        rtol=1e-6,
    )


def test_a_frozen_layer_is_not_trained(model_dir):
    def frozen(features, labels, mode):
        first, second = layers()
        first.trainable = False
        loss = keras.ops.mean((second(first(features)) - labels) ** 2)
        return ke.EstimatorSpec(
            mode, loss=loss, train_op=keras.optimizers.SGD(0.1)
        )

    estimator = ke.Estimator(frozen, model_dir).train(dataset, steps=2)
    start = np.asarray(ramp((3, 4)))
    np.testing.assert_array_equal(
        estimator.get_variable_value("dense/kernel"), start
    )
    moved = estimator.get_variable_value("dense_1/kernel")
    assert np.abs(moved - np.asarray(ramp((4, 1)))).max() > 1e-3


def test_a_frozen_keras_layer_is_not_trained_by_a_tf1_optimizer(model_dir):
    def frozen(features, labels, mode):
        first, second = layers()
        logits = second(first(features))
        first.trainable = False
        loss = tf.reduce_mean((logits - labels) ** 2)
        train_op = tf.compat.v1.train.GradientDescentOptimizer(0.1).minimize(
            loss, global_step=tf.compat.v1.train.get_global_step()
        )
        return ke.EstimatorSpec(mode, loss=loss, train_op=train_op)

    estimator = ke.Estimator(frozen, model_dir).train(dataset, steps=2)
    np.testing.assert_array_equal(
        estimator.get_variable_value("dense/kernel"), np.asarray(ramp((3, 4)))
    )
    moved = estimator.get_variable_value("dense_1/kernel")
    assert np.abs(moved - np.asarray(ramp((4, 1)))).max() > 1e-3


def test_nothing_to_train_is_an_error_that_says_so(model_dir):
    def no_variables(features, labels, mode):
        loss = keras.ops.mean(features)
        return ke.EstimatorSpec(
            mode, loss=loss, train_op=keras.optimizers.SGD(0.1)
        )

    with pytest.raises(ModelFnError, match="nothing for it to train"):
        ke.Estimator(no_variables, model_dir).train(dataset, steps=1)


def test_a_loss_that_depends_on_no_variable_is_an_error(model_dir):
    def detached(features, labels, mode):
        layers()[0](features)
        return ke.EstimatorSpec(
            mode,
            loss=keras.ops.mean(labels),
            train_op=keras.optimizers.SGD(0.1),
        )

    with pytest.raises(ModelFnError, match="depends on none of the variables"):
        ke.Estimator(detached, model_dir).train(dataset, steps=1)
