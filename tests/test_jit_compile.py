"""XLA: `jit_compile=True`, and what cannot be compiled."""

import numpy as np
import pytest
import tensorflow as tf

import keras_estimator as ke
import keras_estimator.compat.v1 as v1


def _model_fn(features, labels, mode):
    hidden = v1.layers.dense(features["x"], 8, activation=v1.nn.tanh)
    hidden = v1.layers.batch_normalization(hidden, training=mode == "train")
    predicted = v1.layers.dense(hidden, 1)
    if mode == "infer":
        return ke.EstimatorSpec(mode, predictions={"y": predicted})
    loss = v1.losses.mean_squared_error(labels, predicted)
    v1.summary.scalar("seen", loss)
    with v1.control_dependencies(v1.get_collection("update_ops")):
        train_op = v1.train.AdamOptimizer(0.01).minimize(
            loss, v1.train.get_global_step()
        )
    metric = v1.metrics.mean_absolute_error(labels, predicted)
    return ke.EstimatorSpec(
        mode, loss=loss, train_op=train_op, eval_metric_ops={"mae": metric}
    )


def _embedding_model_fn(features, labels, mode):
    """Looks up strings: XLA has none."""
    rows = v1.strings.to_hash_bucket_fast(features["name"], 10)
    table = v1.get_variable("table", [10, 3])
    loss = v1.reduce_mean(v1.square(v1.nn.embedding_lookup(table, rows) - 1.0))
    train_op = v1.train.GradientDescentOptimizer(0.1).minimize(
        loss, v1.train.get_global_step()
    )
    return ke.EstimatorSpec(mode, loss=loss, train_op=train_op)


def _input_fn():
    x = np.random.default_rng(0).normal(size=(50, 3)).astype(np.float32)
    features = {"x": x, "name": np.array(["a"] * 50)}
    labels = x.sum(1, keepdims=True)
    data = tf.data.Dataset.from_tensor_slices((features, labels))
    return data.batch(16).repeat(5)


def _estimator(model_dir, model_fn=_model_fn, **options):
    config = ke.RunConfig(tf_random_seed=1, save_summary_steps=7)
    return ke.Estimator(model_fn, str(model_dir), config, **options)


def test_compiled_steps_do_what_others_do(tmp_path):
    """Strings that nothing uses, and steps with summaries, are no obstacle."""
    plain = _estimator(tmp_path / "plain").train(_input_fn)
    compiled = _estimator(tmp_path / "xla", jit_compile=True).train(_input_fn)

    assert compiled.get_variable_names() == plain.get_variable_names()
    for name in plain.get_variable_names():
        np.testing.assert_allclose(
            compiled.get_variable_value(name),
            plain.get_variable_value(name),
            rtol=1e-4,
            atol=1e-5,
        )
    expected, found = plain.evaluate(_input_fn), compiled.evaluate(_input_fn)
    assert found.keys() == expected.keys()
    for name, value in found.items():
        np.testing.assert_allclose(value, expected[name], rtol=1e-4)
    predictions = [
        np.stack([p["y"] for p in estimator.predict(_input_fn)])
        for estimator in (plain, compiled)
    ]
    np.testing.assert_allclose(*predictions, rtol=1e-3, atol=1e-4)


def test_what_xla_does_not_have_is_named(model_dir):
    estimator = _estimator(model_dir, _embedding_model_fn, jit_compile=True)
    with pytest.raises(ke.errors.UnsupportedError, match="jit_compile") as info:
        estimator.train(_input_fn)
    assert "DT_STRING" in str(info.value) or "_Arg" in str(info.value)
    assert "input_fn" in str(info.value)


def test_without_it_strings_are_fine(model_dir):
    _estimator(model_dir, _embedding_model_fn).train(_input_fn, steps=3)


def test_compile_of_the_model_switches_it(model_dir):
    estimator = _estimator(model_dir, _embedding_model_fn)
    estimator.train(_input_fn, steps=3)
    estimator.model.compile(jit_compile=True)
    with pytest.raises(ke.errors.UnsupportedError):
        estimator.train(_input_fn, steps=3)
    estimator.model.compile(jit_compile=False)
    estimator.train(_input_fn, steps=3)
    assert estimator.get_variable_value("global_step") == 6
