"""Programs that change under a model; a model that is an Estimator's."""

import logging

import keras
import numpy as np
import pytest
import tensorflow as tf

import keras_estimator as ke
from tests.model.line import CALLS
from tests.model.line import FEATURES
from tests.model.line import LABELS
from tests.model.line import Line
from tests.model.line import assert_trained_as
from tests.model.line import dataset
from tests.model.line import make
from tests.model.line import model_fn
from tests.model.line import weights_of

# Programs out of date --------------------------------------------------------

RATE = 0.0


def with_global(features, labels, mode):
    CALLS.append(mode)
    outputs = keras.layers.Dense(1, kernel_initializer="zeros")(features["x"])
    loss = keras.ops.mean((outputs - labels) ** 2)
    return ke.EstimatorSpec(
        mode,
        predictions=outputs + RATE,
        loss=None if mode == ke.ModeKeys.PREDICT else loss,
        train_op=keras.optimizers.SGD(RATE),
    )


def predicting_too(features, labels, mode):
    if mode == ke.ModeKeys.PREDICT:
        return ke.EstimatorSpec(mode, predictions=features["x"] * RATE)
    return with_global(features, labels, mode)


def test_a_changed_global_takes_effect_in_the_next_fit(monkeypatch):
    model, line = ke.EstimatorModel(predicting_too), Line()
    model.fit(dataset(), verbose=0)
    assert not weights_of(model)[0].any()
    model.predict(dataset(), verbose=0)
    monkeypatch.setitem(globals(), "RATE", 0.1)
    model.fit(dataset(), verbose=0)
    line.epoch()
    assert_trained_as(model, line)
    assert model.global_step == 6
    assert CALLS == ["train", "train"]
    predicted = model.predict(dataset(), verbose=0)
    np.testing.assert_allclose(predicted, 0.1 * FEATURES, rtol=1e-6)
    assert float(model.optimizer.learning_rate) == pytest.approx(0.1)


def test_without_reuse_every_loop_calls_model_fn():
    model = ke.EstimatorModel(model_fn, {"lr": 0.1}, reuse_programs=False)
    for _ in range(2):
        model.fit(dataset(), verbose=0)
    assert [mode for mode, _ in CALLS] == ["train", "train"]
    line = Line()
    line.epoch()
    line.epoch()
    assert_trained_as(model, line)


# As an Estimator's model -----------------------------------------------------


@pytest.fixture
def estimator(model_dir):
    return ke.Estimator(model_fn, model_dir, params={"lr": 0.1})


@pytest.fixture
def warnings_logged(caplog):
    logger = tf.get_logger()
    propagate, level = logger.propagate, logger.level
    logger.propagate = True
    logger.setLevel(logging.WARNING)
    yield lambda: [
        r.getMessage() for r in caplog.records if "in memory" in r.getMessage()
    ]
    logger.propagate = propagate
    logger.setLevel(level)


def test_the_model_shows_what_train_has_trained(estimator):
    estimator.train(dataset, steps=3)
    line = Line()
    line.epoch()
    assert_trained_as(estimator.model, line)
    assert estimator.model.global_step == 3
    results = estimator.evaluate(dataset)
    loss, a_mean, mae = estimator.model.evaluate(dataset(), verbose=0)
    assert loss == results["loss"]
    assert mae == results["mae"]
    assert a_mean == pytest.approx(results["a_mean"])
    mine = [p["y"] for p in estimator.predict(dataset)]
    theirs = estimator.model.predict(dataset(), verbose=0)["y"]
    np.testing.assert_array_equal(mine, theirs)


def test_fit_trains_in_memory_and_calls_use_the_checkpoint_with_a_warning(
    estimator, warnings_logged
):
    estimator.train(dataset, steps=3)
    before = estimator.evaluate(dataset)
    estimator.model.fit(dataset(), verbose=0)
    assert estimator.model.global_step == 6
    assert estimator.latest_checkpoint().endswith("model.ckpt-3")
    assert not warnings_logged()
    assert estimator.evaluate(dataset) == before
    (warning,) = warnings_logged()
    assert "at step 6" in warning
    assert "newest checkpoint, of step 3" in warning
    assert "`estimator.save_checkpoint()`" in warning
    estimator.train(dataset, steps=1)
    assert len(warnings_logged()) == 2
    assert estimator.model.global_step == 4


def test_save_checkpoint_keeps_what_fit_has_trained(estimator, warnings_logged):
    estimator.train(dataset, steps=3)
    estimator.model.fit(dataset(), verbose=0)
    path = estimator.save_checkpoint()
    assert path == estimator.latest_checkpoint()
    assert path.endswith("model.ckpt-6")
    results = estimator.evaluate(dataset)
    assert results["global_step"] == 6
    line = Line()
    line.epoch()
    line.epoch()
    assert results["loss"] == pytest.approx(line.evaluated(), rel=1e-4)
    estimator.train(dataset, steps=3)
    line.epoch()
    assert_trained_as(estimator.model, line)
    assert estimator.get_variable_value("global_step") == 9
    assert not warnings_logged()


def test_without_a_checkpoint_calls_use_what_fit_has_trained(
    estimator, warnings_logged
):
    estimator.model.fit(dataset(), verbose=0)
    line = Line()
    line.epoch()
    results = estimator.evaluate(dataset)
    assert results["loss"] == pytest.approx(line.evaluated(), rel=1e-4)
    assert results["global_step"] == 3
    first = next(estimator.predict(dataset))
    np.testing.assert_allclose(first["y"], line(FEATURES[:1])[0], rtol=1e-4)
    assert estimator.latest_checkpoint() is None
    estimator.train(dataset, max_steps=6)
    line.epoch()
    assert_trained_as(estimator.model, line)
    assert not warnings_logged()


def test_a_new_model_begins_with_the_newest_checkpoint(estimator, model_dir):
    estimator.train(dataset, steps=3)
    other = ke.Estimator(model_fn, model_dir, params={"lr": 0.1})
    line = Line()
    line.epoch()
    loss, *_ = other.model.evaluate(dataset(), verbose=0)
    assert loss == pytest.approx(line.evaluated(), rel=1e-4)
    other.model.fit(dataset(), verbose=0)
    line.epoch()
    assert_trained_as(other.model, line)
    assert other.model.global_step == 6


def test_changes_in_memory_never_reach_an_open_prediction(estimator):
    estimator.train(dataset, steps=3)
    expected = [p["y"] for p in estimator.predict(dataset)]
    for change in (
        lambda model: model.fit(dataset(), verbose=0),
        lambda model: model.train_on_batch({"x": FEATURES}, LABELS),
        lambda model: model.set_weights(
            [np.zeros_like(w) for w in model.get_weights()]
        ),
    ):
        predictions = estimator.predict(dataset)
        first = next(predictions)["y"]
        change(estimator.model)
        rest = [p["y"] for p in predictions]
        np.testing.assert_array_equal([first, *rest], expected)
    assert not estimator.model.predict(dataset(), verbose=0)["y"].any()


def test_a_prediction_that_begins_amid_fit_keeps_its_weights(estimator):
    estimator.model.fit(dataset(), verbose=0)
    begun = []

    class Begin(keras.callbacks.Callback):
        def on_epoch_begin(self, epoch, logs=None):
            predictions = estimator.predict(dataset)
            begun.append([next(predictions), predictions])

    line = Line()
    line.epoch()
    estimator.model.fit(dataset(), callbacks=[Begin()], verbose=0)
    ((first, predictions),) = begun
    outputs = [first["y"], *(p["y"] for p in predictions)]
    np.testing.assert_allclose(outputs, line(FEATURES), rtol=1e-4, atol=1e-6)
    line.epoch()
    assert_trained_as(estimator.model, line)


def test_what_is_assigned_in_memory_is_not_taken_for_the_checkpoint(
    estimator, warnings_logged
):
    estimator.train(dataset, steps=3)
    before = estimator.evaluate(dataset)
    for variable in estimator.model.trainable_variables:
        variable.assign(np.zeros(variable.shape))
    assert estimator.evaluate(dataset) == before
    (warning,) = warnings_logged()
    assert "have been set since step 3" in warning
    assert not estimator.model.predict(dataset(), verbose=0)["y"].any()
    estimator.train(dataset, steps=3)
    line = Line()
    line.epoch()
    line.epoch()
    assert_trained_as(estimator.model, line)


@pytest.mark.parametrize("how", ["set_weights", "assign", "load_weights"])
def test_training_starts_from_weights_that_were_given_to_the_model(
    how, estimator, tmp_path
):
    line = Line()
    line.kernel, line.bias = np.full((3, 1), 2.0), np.array([3.0])
    values = [0, line.kernel, line.bias]
    model = estimator.model
    model.build(dataset().element_spec)
    if how == "set_weights":
        model.set_weights([np.asarray(value) for value in values])
    elif how == "assign":
        for variable, value in zip(model.variables, values, strict=True):
            variable.assign(value)
    else:
        other = make()
        other.build(dataset().element_spec)
        other.set_weights([np.asarray(value) for value in values])
        other.save_weights(tmp_path / "other.weights.h5")
        model.load_weights(tmp_path / "other.weights.h5")
    estimator.train(dataset, steps=3)
    line.epoch()
    assert_trained_as(model, line)
