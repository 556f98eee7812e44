"""Keras callbacks among the hooks of an Estimator's calls."""

import csv

import keras
import numpy as np
import pytest
import tensorflow as tf

import keras_estimator as ke
from tests.model.line import FEATURES
from tests.model.line import Line
from tests.model.line import batches
from tests.model.line import dataset
from tests.model.line import model_fn

_v1 = tf.compat.v1


@pytest.fixture
def estimator(model_dir):
    return ke.Estimator(model_fn, model_dir, params={"lr": 0.1})


class Recording(keras.callbacks.Callback):
    """Writes down its calls and their logs."""

    def __init__(self):
        super().__init__()
        self.calls = []

    def _note(self, name, *arguments):
        assert tf.executing_eagerly()
        self.calls.append((name, *arguments))

    def on_train_begin(self, logs=None):
        self._note("train begin", logs)

    def on_epoch_begin(self, epoch, logs=None):
        self._note("epoch begin", epoch, logs)

    def on_train_batch_begin(self, batch, logs=None):
        self._note("batch begin", batch, logs)

    def on_train_batch_end(self, batch, logs=None):
        self._note("batch end", batch, logs)

    def on_epoch_end(self, epoch, logs=None):
        self._note("epoch end", epoch, logs)

    def on_train_end(self, logs=None):
        self._note("train end", logs)

    def on_test_begin(self, logs=None):
        self._note("test begin", logs)

    def on_test_batch_end(self, batch, logs=None):
        self._note("test batch end", batch, logs)

    def on_test_end(self, logs=None):
        self._note("test end", logs)

    def on_predict_begin(self, logs=None):
        self._note("predict begin", logs)

    def on_predict_batch_end(self, batch, logs=None):
        self._note("predict batch end", batch, logs["outputs"]["y"].shape)

    def on_predict_end(self, logs=None):
        self._note("predict end", logs)


def test_a_call_of_train_is_an_epoch(estimator):
    callback = Recording()
    estimator.train(lambda: dataset(10), hooks=[callback])
    line, losses = Line(), []
    for features, labels in batches(10):
        losses.append(line.loss(features, labels))
        slope = 2 * (line(features) - labels) / len(labels)
        line.kernel = line.kernel - line.lr * features.T @ slope
        line.bias = line.bias - line.lr * slope.sum(0)
    assert [call[0] for call in callback.calls] == [
        "train begin",
        "epoch begin",
        *["batch begin", "batch end"] * 2,
        # The end of the data is noticed when the next batch is wanted.
        "batch begin",
        "epoch end",
        "train end",
    ]
    ends = [call for call in callback.calls if call[0] == "batch end"]
    assert [call[1] for call in ends] == [0, 1]
    seen = [call[2]["loss"] for call in ends]
    np.testing.assert_allclose(seen, losses, rtol=1e-5)
    assert all(type(loss) is float for loss in seen)
    _, epoch, logs = callback.calls[-2]
    assert epoch == 0
    assert set(logs) == {"loss", "mae"}
    assert logs["loss"] == seen[-1]


def test_evaluate_and_predict_tell_callbacks_what_keras_does(estimator):
    callback = Recording()
    estimator.train(lambda: dataset(10))
    results = estimator.evaluate(lambda: dataset(10), hooks=[callback])
    *_, last, end = callback.calls
    assert last[:2] == ("test batch end", 1)
    assert last[2] == end[1]
    assert end[0] == "test end"
    for name in ("loss", "mae", "a_mean"):
        assert end[1][name] == pytest.approx(results[name], rel=1e-6)
    callback.calls.clear()
    found = list(estimator.predict(lambda: dataset(10), hooks=[callback]))
    assert len(found) == 20
    assert callback.calls == [
        ("predict begin", {}),
        ("predict batch end", 0, (10, 1)),
        ("predict batch end", 1, (10, 1)),
        ("predict end", {}),
    ]


def test_a_callback_without_batch_methods_does_not_slow_the_steps(
    estimator, monkeypatch
):
    from keras_estimator.engine.steps import StepRunner

    runs = []
    run_fused = StepRunner.run_fused

    def count(self, steps):
        fused = run_fused(self, steps)
        runs.append(fused.done)
        return fused

    monkeypatch.setattr(StepRunner, "run_fused", count)
    seen = []
    callback = keras.callbacks.LambdaCallback(
        on_epoch_end=lambda epoch, logs: seen.append(logs["loss"])
    )
    estimator.train(lambda: dataset(10).repeat(), hooks=[callback], steps=40)
    assert max(runs) >= 16
    assert len(seen) == 1
    assert seen[0] < 0.5


def test_a_callback_stops_training_by_the_flag_of_its_model(estimator):
    class Stop(keras.callbacks.Callback):
        def on_train_batch_end(self, batch, logs=None):
            if batch == 2:
                self.model.stop_training = True

    for end in (3, 6):
        estimator.train(lambda: dataset(10).repeat(), hooks=[Stop()])
        assert estimator.get_variable_value("global_step") == end


def test_a_callback_sees_the_weights_in_training(estimator):
    class Look(keras.callbacks.Callback):
        def on_train_batch_end(self, batch, logs=None):
            kernels.append(self.model.get_weights()[1])
            steps.append(self.model.global_step)

    kernels, steps = [], []
    estimator.train(lambda: dataset(10), hooks=[Look()])
    assert steps == [1, 2]
    assert not np.array_equal(kernels[0], kernels[1])
    np.testing.assert_array_equal(
        kernels[1], estimator.get_variable_value("dense/kernel")
    )


def test_a_callback_sets_the_learning_rate_of_a_call(estimator):
    estimator.train(lambda: dataset(10), steps=1)
    before = estimator.get_variable_value("dense/kernel")
    # Other data in fit must not be what the rate is set for.
    estimator.model.build(dataset(5, drop_remainder=True).element_spec)
    still = keras.callbacks.LearningRateScheduler(lambda epoch, rate: 0.0)
    estimator.train(lambda: dataset(10), hooks=[still], steps=2)
    np.testing.assert_array_equal(
        before, estimator.get_variable_value("dense/kernel")
    )
    estimator.train(lambda: dataset(10), steps=1)
    after = estimator.get_variable_value("dense/kernel")
    assert not np.array_equal(before, after)


def test_callbacks_that_write_files_work(estimator, tmp_path):
    estimator.train(
        lambda: dataset(10),
        hooks=[
            keras.callbacks.CSVLogger(tmp_path / "log.csv"),
            keras.callbacks.ModelCheckpoint(tmp_path / "model.keras"),
            keras.callbacks.TerminateOnNaN(),
        ],
    )
    lines = (tmp_path / "log.csv").read_text().splitlines()
    header, values = csv.reader(lines)
    assert header[:3] == ["epoch", "loss", "mae"]
    assert float(values[1]) > 0
    loaded = keras.saving.load_model(tmp_path / "model.keras")
    mine = loaded.predict({"x": FEATURES}, verbose=0)["y"]
    theirs = [p["y"] for p in estimator.predict(lambda: dataset(20))]
    np.testing.assert_allclose(mine, theirs, rtol=1e-6)


def test_history_is_kept(estimator):
    history = keras.callbacks.History()
    estimator.train(lambda: dataset(10), hooks=[history])
    assert history.epoch == [0]
    assert list(history.history) == ["loss", "mae"]


def test_hooks_of_tensorflow_ours_and_callbacks_run_in_the_order_given(
    estimator,
):
    seen = []

    class Core(_v1.train.SessionRunHook):
        def after_run(self, run_context, run_values):
            seen.append("core")

    class Ours(ke.SessionRunHook):
        def after_run(self, run_context, run_values):
            seen.append("ours")

        def on_train_batch_end(self, batch, logs=None):
            seen.append("ours as a callback")

    callback = keras.callbacks.LambdaCallback(
        on_train_batch_end=lambda batch, logs: seen.append("callback")
    )
    estimator.train(
        lambda: dataset(20), hooks=[Core(), callback, Ours()], steps=1
    )
    assert seen == ["core", "callback", "ours", "ours as a callback"]


def test_a_tf1_model_fn_trains_with_callbacks(model_dir):
    def tf1(features, labels, mode):
        w = _v1.get_variable("w", [3, 1])
        loss = tf.reduce_mean((tf.matmul(features["x"], w) - labels) ** 2)
        train_op = _v1.train.AdamOptimizer().minimize(
            loss, _v1.train.get_global_step()
        )
        return ke.EstimatorSpec(mode, loss=loss, train_op=train_op)

    callback = Recording()
    estimator = ke.Estimator(tf1, model_dir)
    estimator.train(lambda: dataset(10), hooks=[callback])
    logs = callback.calls[-1][1]
    assert set(logs) == {"loss"}
    result = estimator.evaluate(lambda: dataset(10), hooks=[callback])
    assert callback.calls[-1][1]["loss"] == pytest.approx(result["loss"])


def test_what_is_no_hook_is_refused(estimator):
    with pytest.raises(
        TypeError, match="SessionRunHook, given: <built-in function print>"
    ):
        estimator.train(lambda: dataset(), hooks=[print])
    with pytest.raises(TypeError, match="give an object, not a class"):
        estimator.evaluate(lambda: dataset(), hooks=[keras.callbacks.History])
