"""TPUEstimator: batch sizes, what is refused, and programs for TPUs.

That it does what the real one does is in the parity records.
"""

import keras
import numpy as np
import pytest
import tensorflow as tf2

import keras_estimator as ke
import keras_estimator.compat.v1 as tf
from keras_estimator.errors import ConfigError
from keras_estimator.errors import InputFnError
from keras_estimator.errors import ModelFnError
from keras_estimator.errors import UnsupportedError


def model_fn(features, labels, mode, params):
    w = tf.get_variable("w", [], initializer=tf.zeros_initializer())
    loss = tf.reduce_mean(tf.square(w - features))
    optimizer = tf.contrib.tpu.CrossShardOptimizer(
        tf.train.GradientDescentOptimizer(0.25)
    )
    return ke.tpu.TPUEstimatorSpec(
        mode,
        predictions={"size": tf.fill([params.get("batch_size", 0)], w)},
        loss=loss,
        train_op=optimizer.minimize(loss, tf.train.get_global_step()),
    )


def input_fn(params):
    rows = [8.0] * params["batch_size"]
    return tf2.data.Dataset.from_tensors(rows).repeat(2)


def estimator(path, the_model_fn=model_fn, **options):
    config = ke.tpu.RunConfig(model_dir=str(path), **options.pop("config", {}))
    options = {"use_tpu": False, "train_batch_size": 2, **options}
    return ke.tpu.TPUEstimator(the_model_fn, config=config, **options)


def test_it_runs_with_use_tpu_as_without(model_dir, caplog):
    tf2.get_logger().setLevel("WARNING")
    tf2.get_logger().propagate = True
    one = estimator(model_dir, use_tpu=True)
    assert "There is no TPU here" in caplog.text.replace("there", "There")
    assert float(one.train(input_fn).get_variable_value("w")) == 6.0


def test_each_mode_has_its_batch_size(model_dir):
    one = estimator(model_dir, eval_batch_size=3, predict_batch_size=4)
    one.train(input_fn)
    assert one.evaluate(input_fn)["loss"] == 4.0
    rows = list(one.predict(input_fn))
    assert [row["size"] for row in rows] == [6.0] * 8
    assert one.params == {}


def test_batch_sizes_go_into_hparams(model_dir):
    class HParams:
        def __init__(self, **values):
            vars(self).update(values)

        def __contains__(self, key):
            return key in vars(self)

        def add_hparam(self, key, value):
            assert key not in vars(self)
            setattr(self, key, value)

        def set_hparam(self, key, value):
            assert key in vars(self)
            setattr(self, key, value)

    def with_hparams(features, labels, mode, params):
        assert (params.rate, params.batch_size) == (0.5, 2)
        assert params.use_tpu is False
        loss = tf.reduce_mean(features) * params.rate
        return ke.tpu.TPUEstimatorSpec(mode, loss=loss)

    def from_hparams(params):
        return tf2.data.Dataset.from_tensors([8.0] * params.batch_size)

    one = estimator(
        model_dir,
        with_hparams,
        params=HParams(rate=0.5, use_tpu=True),
        eval_batch_size=2,
    )
    assert one.evaluate(from_hparams)["loss"] == 4.0


def test_params_are_needed_by_both_functions(model_dir):
    with pytest.raises(ModelFnError, match=r"params\['batch_size'\]"):
        estimator(model_dir, lambda features: None).train(input_fn)
    with pytest.raises(InputFnError, match="`params` to its arguments"):
        estimator(model_dir).train(lambda: input_fn({"batch_size": 2}))


def test_keras_code_runs_in_it_and_goes_to_a_file(model_dir, tmp_path):
    one = estimator(model_dir, keras_model_fn, predict_batch_size=2)
    one.train(input_fn, steps=1)
    expected = [float(row["y"]) for row in one.predict(input_fn)]
    path = one.export_keras(str(tmp_path / "one.keras"))
    loaded = keras.saving.load_model(path)
    found = loaded.predict(np.array([8.0, 8.0], np.float32), verbose=0)
    np.testing.assert_allclose(found["y"], expected[:2])


@keras.saving.register_keras_serializable(package="tests_tpu")
def keras_model_fn(features, labels, mode, params):
    y = keras.layers.Dense(1, kernel_initializer="ones")(features[:, None])
    loss = keras.ops.mean(y**2)
    optimizer = keras.optimizers.SGD(0.001 * params["batch_size"])
    return ke.tpu.TPUEstimatorSpec(
        mode, predictions={"y": y[:, 0]}, loss=loss, train_op=optimizer
    )


def test_another_estimator_made_of_it_knows_the_batch_size(model_dir):
    one = estimator(model_dir, eval_batch_size=3).train(input_fn)
    more = ke.add_metrics(
        one, lambda predictions: {"size": tf.metrics.mean(predictions["size"])}
    )
    assert isinstance(more, ke.tpu.TPUEstimator)
    assert more.evaluate(input_fn)["size"] == 6.0


def test_exports_are_those_for_cpu(model_dir, tmp_path):
    def receiver_fn():
        x = tf.placeholder(tf.float32, [None])
        return tf.estimator.export.TensorServingInputReceiver(x, {"x": x})

    def served(features, labels, mode, params):
        assert mode != "infer" or "batch_size" not in params
        spec = model_fn(features, labels, mode, params)
        return spec._replace(predictions={"y": features * 2.0})

    one = estimator(model_dir, served).train(input_fn)
    folder = one.export_saved_model(str(tmp_path / "export"), receiver_fn)
    predict = ke.predictor.from_saved_model(folder)
    assert predict({"x": [2.0]})["y"].tolist() == [4.0]
    alone = estimator(model_dir, served, export_to_cpu=False)
    with pytest.raises(UnsupportedError, match="Leave export_to_cpu out"):
        alone.export_saved_model(str(tmp_path), receiver_fn)
    neither = estimator(
        model_dir, served, export_to_cpu=False, export_to_tpu=False
    )
    with pytest.raises(ConfigError, match="One of export_to_cpu"):
        neither.export_saved_model(str(tmp_path), receiver_fn)


def test_embeddings_of_tpus_are_refused(model_dir):
    with pytest.raises(UnsupportedError, match="look the embeddings up in"):
        estimator(model_dir, embedding_config_spec=object())
    with pytest.raises(AttributeError, match="EmbeddingConfigSpec"):
        ke.tpu.experimental  # noqa: B018
    with pytest.raises(AttributeError, match=r"docs/compatibility\.md"):
        tf.estimator.tpu.Nothing  # noqa: B018


def test_lines_go_by_loops_or_by_time(model_dir):
    def lines(loop, steps):
        config = {
            "tpu_config": ke.tpu.TPUConfig(loop),
            "log_step_count_steps": steps,
        }
        found = estimator(model_dir, config=config)._model_fn
        return found.log_every_n_steps, found.log_every_n_secs

    assert lines(1, 100) == (100, None)
    assert lines(8, 100) == (13, None)
    assert lines("2m", 100) == (None, 120)
    assert lines(1000, 100) == (1, None)
    assert lines(1, None) == (None, None)
