import functools

import keras
import pytest
import tensorflow as tf

import keras_estimator as ke
from keras_estimator.errors import ArgumentTypeError
from keras_estimator.errors import ConfigError

v1 = tf.compat.v1
SCALE = 2.0


def model_fn(features, labels, mode, params):
    w = v1.get_variable("w", initializer=params["start"])
    predictions = {"y": w * features}
    loss = tf.reduce_mean(tf.abs(predictions["y"] - labels))
    return ke.EstimatorSpec(
        mode,
        predictions=predictions,
        loss=loss,
        train_op=keras.optimizers.SGD(0.5),
        eval_metric_ops={"w": v1.metrics.mean(w)},
    )


def input_fn():
    return tf.data.Dataset.from_tensors(([1.0, 2.0], [1.0, 2.0]))


@pytest.fixture
def estimator(tmp_path):
    return ke.Estimator(model_fn, tmp_path, params={"start": 3.0})


def keras_metric(labels, predictions):
    metric = keras.metrics.MeanAbsoluteError()
    metric.update_state(labels, predictions["y"])
    return {"distance": metric}


def test_metrics_of_keras_are_added(estimator):
    found = ke.add_metrics(estimator, keras_metric).evaluate(input_fn)
    assert list(found) == ["distance", "loss", "w", "global_step"]
    assert found["distance"] == found["loss"] == 3.0


def test_all_else_is_that_of_the_estimator(estimator):
    more = ke.add_metrics(estimator, keras_metric)
    assert more.model_dir == estimator.model_dir
    assert more.params == {"start": 3.0}
    assert more.config.model_dir == estimator.config.model_dir
    more.train(input_fn)
    assert estimator.evaluate(input_fn)["w"] == 3.0 - 0.5 * 1.5


def test_a_warm_start_is_kept(estimator, tmp_path):
    estimator.train(input_fn)
    new = ke.Estimator(
        model_fn,
        tmp_path / "new",
        params={"start": 9.0},
        warm_start_from=estimator.model_dir,
    )
    more = ke.add_metrics(new, keras_metric)
    assert more.evaluate(input_fn)["w"] == 3.0 - 0.5 * 1.5


def test_a_change_of_what_metric_fn_reads_is_seen(estimator, monkeypatch):
    def metric_fn(predictions):
        return {"scaled": v1.metrics.mean(SCALE * predictions["y"])}

    more = ke.add_metrics(estimator, metric_fn)
    assert more.evaluate(input_fn)["scaled"] == 9.0
    monkeypatch.setitem(globals(), "SCALE", 4.0)
    assert more.evaluate(input_fn)["scaled"] == 18.0


def test_metrics_are_added_to_those_of_a_keras_model(tmp_path):
    model = keras.Sequential(
        [keras.Input((1,)), keras.layers.Dense(1, name="y")]
    )
    model.compile("sgd", "mae")
    estimator = ke.model_to_estimator(model, model_dir=tmp_path)
    found = ke.add_metrics(estimator, keras_metric).evaluate(
        lambda: tf.data.Dataset.from_tensors(([[1.0], [2.0]], [[5.0], [5.0]]))
    )
    assert found["distance"] == pytest.approx(found["loss"])


def biased(labels, predictions, bias):
    return {"biased": v1.metrics.mean(predictions["y"] - labels + bias)}


@pytest.mark.parametrize(
    ("metric_fn", "name"),
    [
        (keras_metric, "distance"),
        (functools.partial(biased, bias=5.0), "biased"),
    ],
)
def test_a_keras_file_has_the_metrics(estimator, tmp_path, metric_fn, name):
    estimator.train(input_fn)
    more = ke.add_metrics(estimator, metric_fn)
    expected = more.evaluate(input_fn)
    more.export_keras(tmp_path / "model.keras")
    loaded = keras.saving.load_model(tmp_path / "model.keras")
    found = loaded.evaluate(input_fn(), verbose=0, return_dict=True)
    assert found[name] == expected[name]
    assert found["w"] == expected["w"]


def test_a_metric_fn_that_cannot_be_found_again_is_not_saved(
    estimator, tmp_path
):
    estimator.train(input_fn)
    more = ke.add_metrics(estimator, lambda predictions: {})
    more.evaluate(input_fn)
    with pytest.raises(ConfigError, match=r"metric_fn `.*<lambda>` .*cannot"):
        more.export_keras(tmp_path / "model.keras")
    assert not (tmp_path / "model.keras").exists()


def test_a_metric_fn_that_is_gone_is_called_one(
    estimator, tmp_path, monkeypatch
):
    estimator.train(input_fn)
    more = ke.add_metrics(estimator, keras_metric)
    more.evaluate(input_fn)
    more.export_keras(tmp_path / "model.keras")
    monkeypatch.delitem(globals(), "keras_metric")
    with pytest.raises(ConfigError, match="saved with metric_fn `.*keras_met"):
        keras.saving.load_model(tmp_path / "model.keras")


@pytest.mark.parametrize(
    ("metric_fn", "error", "message"),
    [
        (
            lambda features, mode: {},
            ConfigError,
            r"<lambda>.*not expected args: \['mode'\]. .*'predictions'",
        ),
        (None, ArgumentTypeError, r"metric_fn=None \(NoneType\)"),
    ],
)
def test_other_arguments_are_refused(estimator, metric_fn, error, message):
    with pytest.raises(error, match=message):
        ke.add_metrics(estimator, metric_fn)


def test_metric_fn_returns_a_dict(estimator):
    more = ke.add_metrics(estimator, lambda predictions: [1])
    with pytest.raises(ArgumentTypeError, match=r"must return a dict.*\[1\]"):
        more.evaluate(input_fn)


def test_only_an_estimator_gets_metrics():
    with pytest.raises(ArgumentTypeError, match="estimator='x' .str."):
        ke.add_metrics("x", keras_metric)
