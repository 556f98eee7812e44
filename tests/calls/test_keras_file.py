"""Estimator.export_keras: a `.keras` file of a checkpoint."""

import os

import keras
import numpy as np
import pytest
import tensorflow as tf

import keras_estimator as ke
from tests.model.line import FEATURES
from tests.model.line import LABELS
from tests.model.line import dataset
from tests.model.line import model_fn


@pytest.fixture
def estimator(model_dir):
    estimator = ke.Estimator(
        model_fn,
        model_dir,
        ke.RunConfig(save_checkpoints_steps=2),
        params={"lr": 0.1},
    )
    estimator.train(lambda: dataset(10).repeat(), steps=4)
    return estimator


def _outputs(estimator, checkpoint):
    found = estimator.predict(lambda: dataset(20), checkpoint_path=checkpoint)
    return np.array([prediction["y"] for prediction in found])


@pytest.mark.parametrize("step", [2, 4])
def test_the_file_has_the_values_of_the_checkpoint(estimator, tmp_path, step):
    checkpoint = f"{estimator.model_dir}/model.ckpt-{step}"
    path = estimator.export_keras(tmp_path / "m.keras", checkpoint)
    loaded = keras.saving.load_model(path)
    found = loaded.predict({"x": FEATURES}, verbose=0)["y"]
    np.testing.assert_allclose(found, _outputs(estimator, checkpoint))
    assert loaded.global_step == step
    # What is in memory is as it was.
    assert estimator.model.global_step == 4
    np.testing.assert_array_equal(
        estimator.model.get_weights()[1],
        estimator.get_variable_value("dense/kernel"),
    )


def test_a_new_process_learns_of_the_features_from_a_receiver(
    estimator, tmp_path
):
    other = ke.Estimator(model_fn, estimator.model_dir, params={"lr": 0.1})
    with pytest.raises(ke.errors.NotBuiltError, match="model_fn has not been"):
        other.export_keras(tmp_path / "m.keras")
    assert os.listdir(tmp_path) == ["model"]
    spec = {"x": tf.io.FixedLenFeature([3], tf.float32)}
    path = other.export_keras(
        str(tmp_path / "m.keras"),
        serving_input_receiver_fn=(
            ke.export.build_parsing_serving_input_receiver_fn(spec)
        ),
    )
    loaded = keras.saving.load_model(path)
    found = loaded.predict({"x": FEATURES}, verbose=0)["y"]
    np.testing.assert_allclose(found, _outputs(estimator, None))


def test_another_ending_is_refused(estimator, tmp_path):
    with pytest.raises(ValueError, match=r"must end in `\.keras`.*m\.h5"):
        estimator.export_keras(tmp_path / "m.h5")


def test_without_a_checkpoint_there_is_nothing_to_write(tmp_path):
    estimator = ke.Estimator(model_fn, tmp_path / "none", params={"lr": 0.1})
    with pytest.raises(ke.errors.NotFittedError):
        estimator.export_keras(tmp_path / "m.keras")
    with pytest.raises(ke.errors.CheckpointPathError, match="checkpoint_path"):
        estimator.export_keras(tmp_path / "m.keras", tmp_path / "nowhere")


def test_a_file_that_is_there_stays_if_writing_fails(estimator, tmp_path):
    path = tmp_path / "m.keras"
    path.write_text("old")
    unknown = ke.Estimator(
        lambda features, labels, mode, params: model_fn(
            features, labels, mode, params
        ),
        estimator.model_dir,
        params={"lr": 0.1},
    )
    unknown.evaluate(lambda: dataset(10))
    with pytest.raises(ke.errors.ConfigError, match="cannot be saved"):
        unknown.export_keras(path)
    assert path.read_text() == "old"


def test_an_estimator_of_a_keras_model_can_be_written(tmp_path):
    model = keras.Sequential(
        [
            keras.Input([3], name="x"),
            keras.layers.Dense(4, "relu"),
            keras.layers.BatchNormalization(),
            keras.layers.Dense(1),
        ]
    )
    model.compile("adam", "mse", metrics=["mae"])
    estimator = ke.model_to_estimator(model, model_dir=tmp_path / "model")
    estimator.train(
        lambda: tf.data.Dataset.from_tensor_slices((FEATURES, LABELS)).batch(5)
    )
    loaded = keras.saving.load_model(
        estimator.export_keras(tmp_path / "m.keras")
    )
    (found,) = loaded.predict(FEATURES, verbose=0).values()
    expected = estimator.predict(
        lambda: tf.data.Dataset.from_tensor_slices(FEATURES).batch(20)
    )
    (name,) = estimator.model.predict(FEATURES, verbose=0)
    np.testing.assert_allclose(
        found, [prediction[name] for prediction in expected], rtol=1e-6
    )
    results = loaded.evaluate(FEATURES, LABELS, verbose=0, return_dict=True)
    assert set(results) == {"loss", "mae"}
