"""The variables of an EstimatorModel, and what may be done to them."""

import keras
import numpy as np
import pytest
import tensorflow as tf

import keras_estimator as ke
from keras_estimator.errors import ArgumentTypeError
from keras_estimator.errors import ConfigError
from keras_estimator.errors import NotBuiltError
from tests.model.line import CALLS
from tests.model.line import FEATURES
from tests.model.line import Line
from tests.model.line import dataset
from tests.model.line import make


@pytest.mark.parametrize(
    "ask",
    [
        lambda model: model.summary(),
        lambda model: model.variables,
        lambda model: model.weights,
        lambda model: model.trainable_variables,
        lambda model: model.non_trainable_variables,
        lambda model: model.count_params(),
        lambda model: model.get_weights(),
        lambda model: model.set_weights([]),
        lambda model: model.global_step,
        lambda model: model.save("model.keras"),
        lambda model: model.save_weights("model.weights.h5"),
    ],
)
def test_before_model_fn_was_called_there_are_no_variables(
    ask, tmp_path, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(
        NotBuiltError, match=r"no variables yet.*`model.build\(element_spec\)`"
    ):
        ask(make())


def test_build_makes_the_variables_that_training_has():
    model = make()
    assert model.optimizer is None
    model.build(dataset().element_spec)
    assert [v.path for v in model.variables] == [
        "global_step",
        "dense/kernel",
        "dense/bias",
    ]
    assert isinstance(model.optimizer, keras.optimizers.SGD)
    assert CALLS == [("train", [None, 3])]


def test_build_takes_the_spec_of_features_alone():
    model = make()
    features, _ = dataset().element_spec
    model.build(features)
    assert model.count_params() == 5
    assert CALLS == [("infer", [None, 3])]


@pytest.mark.parametrize(
    "wrong", [None, (None, 3), [None, 3], tf.TensorShape([None, 3]), "x"]
)
def test_build_takes_no_shapes(wrong):
    with pytest.raises(
        ArgumentTypeError, match=r"`element_spec` of a dataset.*Received: elem"
    ):
        make().build(wrong)


def test_build_takes_no_dataset():
    with pytest.raises(
        ArgumentTypeError, match=r"`model.build\(dataset.element_spec\)`"
    ):
        make().build(dataset())


def layered(features, labels, mode):
    """A network with all kinds of variables, and a frozen layer."""
    training = mode == ke.ModeKeys.TRAIN
    frozen = keras.layers.Dense(4, name="frozen")
    frozen.trainable = False
    x = keras.layers.BatchNormalization()(
        frozen(features["x"]), training=training
    )
    x = keras.layers.Dropout(0.5)(x, training=training)
    outputs = keras.layers.Dense(1, name="head")(x)
    loss = keras.ops.mean((outputs - labels) ** 2)
    return ke.EstimatorSpec(
        mode, loss=loss, train_op=keras.optimizers.Adam(0.1)
    )


def test_variables_say_what_is_trained():
    model = ke.EstimatorModel(layered)
    model.fit(dataset(), verbose=0)
    trained = [v.path for v in model.trainable_variables]
    assert trained == [
        "batch_normalization/gamma",
        "batch_normalization/beta",
        "head/kernel",
        "head/bias",
    ]
    others = [v.path for v in model.non_trainable_variables]
    assert others == [
        "global_step",
        "frozen/kernel",
        "frozen/bias",
        "batch_normalization/moving_mean",
        "batch_normalization/moving_variance",
        "seed_generator/seed_generator_state",
    ]
    assert {v.path for v in model.variables} == {*trained, *others}
    assert model.weights == model.variables
    assert model.count_params() == 1 + 12 + 4 + 4 * 4 + 2 + 4 + 1
    optimizer = {v.path for v in model.optimizer.variables}
    assert "adam/head_kernel_momentum" in optimizer
    assert not optimizer & {v.path for v in model.variables}


def test_what_is_called_trainable_changes_and_nothing_else():
    model = ke.EstimatorModel(layered)
    model.build(dataset().element_spec)
    before = {v.path: v.numpy() for v in model.variables}
    model.fit(dataset(), verbose=0)
    changed = {
        v.path
        for v in model.variables
        if not np.array_equal(v.numpy(), before[v.path])
    }
    moving = {v.path for v in model.non_trainable_variables}
    assert changed == {
        *(v.path for v in model.trainable_variables),
        *(moving - {"frozen/kernel", "frozen/bias"}),
    }


def test_slots_of_a_tf1_optimizer_are_no_variables_of_the_model():
    def tf1(features, labels, mode):
        kernel = tf.compat.v1.get_variable("kernel", [3, 1])
        loss = tf.reduce_mean((features["x"] @ kernel - labels) ** 2)
        train_op = tf.compat.v1.train.MomentumOptimizer(0.1, 0.9).minimize(
            loss, tf.compat.v1.train.get_global_step()
        )
        return ke.EstimatorSpec(mode, loss=loss, train_op=train_op)

    model = ke.EstimatorModel(tf1)
    model.fit(dataset(), verbose=0)
    assert [v.path for v in model.variables] == ["global_step", "kernel"]
    assert [v.path for v in model.trainable_variables] == ["kernel"]
    assert model.optimizer is None


def test_a_model_cannot_be_frozen_as_a_whole():
    model = make()
    assert model.trainable
    with pytest.raises(ConfigError, match="Set it on layers in model_fn"):
        model.trainable = False


def test_summary_lists_the_variables():
    model = ke.EstimatorModel(layered, name="net")
    model.build(dataset().element_spec)
    lines = []
    model.summary(print_fn=lines.append)
    assert lines[0] == 'Model: "net"'
    rows = {line.split()[0]: line.split()[1:] for line in lines}
    assert rows["head/kernel"] == ["(4,", "1)", "4", "yes"]
    assert rows["frozen/kernel"] == ["(3,", "4)", "12", "no"]
    assert lines[-3:] == [
        "Total params: 40",
        "Trainable params: 13",
        "Non-trainable params: 27",
    ]


def test_weights_that_are_set_are_used_by_all_programs():
    model = make(lr=0.0)
    model.fit(dataset(), verbose=0)
    model.evaluate(dataset(), verbose=0)
    model.predict(dataset(), verbose=0)
    line = Line()
    line.kernel, line.bias = np.full((3, 1), 2.0), np.array([3.0])
    step, *_ = model.get_weights()
    model.set_weights([step, line.kernel, line.bias])
    loss, *_ = model.evaluate(dataset(), verbose=0)
    assert loss == pytest.approx(line.evaluated(), rel=1e-5)
    predicted = model.predict(dataset(), verbose=0)["y"]
    np.testing.assert_allclose(predicted, line(FEATURES), rtol=1e-5)
    called = model({"x": FEATURES})["y"]
    np.testing.assert_allclose(called, line(FEATURES), rtol=1e-5)
    history = model.fit(dataset(), verbose=0).history
    assert history["loss"] == [pytest.approx(line.evaluated(), rel=1e-5)]


def test_assigning_to_a_variable_is_seen_by_all_programs():
    model = make()
    model.predict(dataset(), verbose=0)
    (bias,) = [v for v in model.variables if v.path == "dense/bias"]
    bias.assign([5.0])
    predicted = model.predict(dataset(), verbose=0)["y"]
    np.testing.assert_array_equal(predicted, np.full((20, 1), 5.0))
