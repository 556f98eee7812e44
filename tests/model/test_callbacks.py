"""Callbacks of Keras on an EstimatorModel."""

import csv

import keras
import numpy as np
import pytest

from tests.model.line import FEATURES
from tests.model.line import LABELS
from tests.model.line import Line
from tests.model.line import assert_trained_as
from tests.model.line import batches
from tests.model.line import dataset
from tests.model.line import make
from tests.model.line import weights_of


def test_a_learning_rate_scheduler_sets_the_rate_of_each_epoch():
    model, line = make(lr=0.4), Line()
    scheduler = keras.callbacks.LearningRateScheduler(lambda _, lr: lr / 2)
    history = model.fit(dataset(), epochs=3, callbacks=[scheduler], verbose=0)
    expected = []
    for rate in (0.2, 0.1, 0.05):
        line.lr = rate
        expected.append(line.epoch())
    np.testing.assert_allclose(
        history.history["learning_rate"], [0.2, 0.1, 0.05]
    )
    np.testing.assert_allclose(history.history["loss"], expected, rtol=1e-5)
    assert_trained_as(model, line)


def test_the_scheduler_reaches_the_program_of_the_data_at_hand():
    model = make()
    small = dataset(5, drop_remainder=True)
    large = dataset(10, drop_remainder=True)
    model.fit(small, verbose=0)
    model.fit(large, verbose=0)
    before = model.get_weights()
    stop = keras.callbacks.LearningRateScheduler(lambda _, lr: 0.0)
    model.fit(small, callbacks=[stop], verbose=0)
    for was, now in zip(before[1:], model.get_weights()[1:], strict=True):
        np.testing.assert_array_equal(was, now)


def test_a_learning_rate_set_before_fit_holds_for_any_data():
    model, line = make(lr=7.0), Line(lr=0.1)
    model.build(dataset().element_spec)
    model.optimizer.learning_rate = 0.1
    model.fit(dataset(), verbose=0)
    line.epoch()
    assert_trained_as(model, line)
    model.optimizer.learning_rate = 0.0
    model.fit(dataset(10, drop_remainder=True), verbose=0)
    model.evaluate(dataset(), verbose=0)
    assert_trained_as(model, line)
    assert float(model.optimizer.learning_rate) == 0.0


def test_reduce_lr_on_plateau_reduces_the_rate():
    callback = keras.callbacks.ReduceLROnPlateau(
        "loss", factor=0.5, patience=1, min_delta=100.0
    )
    history = make().fit(dataset(), epochs=3, callbacks=[callback], verbose=0)
    np.testing.assert_allclose(
        history.history["learning_rate"], [0.1, 0.1, 0.05]
    )


def test_early_stopping_stops_and_restores_the_best_weights():
    model, line = make(), Line()
    callback = keras.callbacks.EarlyStopping(
        "val_loss", patience=1, min_delta=100.0, restore_best_weights=True
    )
    history = model.fit(
        dataset(),
        validation_data=dataset(),
        epochs=5,
        callbacks=[callback],
        verbose=0,
    )
    assert history.epoch == [0, 1]
    line.epoch()
    assert_trained_as(model, line)
    assert model.global_step == 3
    predicted = model.predict(dataset(), verbose=0)["y"]
    np.testing.assert_allclose(predicted, line(FEATURES), rtol=1e-4, atol=1e-6)


def test_checkpoints_of_weights_can_be_loaded(tmp_path):
    model, line = make(), Line()
    callback = keras.callbacks.ModelCheckpoint(
        tmp_path / "{epoch}.weights.h5", save_weights_only=True
    )
    model.fit(dataset(), epochs=2, callbacks=[callback], verbose=0)
    other = make()
    other.build(dataset().element_spec)
    other.load_weights(tmp_path / "1.weights.h5")
    line.epoch()
    assert_trained_as(other, line)
    assert other.global_step == 3


def test_the_best_model_is_saved_whole(tmp_path):
    model, line = make(), Line()
    callback = keras.callbacks.ModelCheckpoint(
        tmp_path / "best.keras", save_best_only=True
    )
    history = model.fit(
        dataset(),
        validation_data=dataset(),
        epochs=2,
        callbacks=[callback],
        verbose=0,
    )
    loaded = keras.saving.load_model(tmp_path / "best.keras")
    best = np.argmin(history.history["val_loss"])
    for _ in range(best + 1):
        line.epoch()
    assert_trained_as(loaded, line)


def test_the_csv_log_has_a_line_an_epoch(tmp_path):
    path = tmp_path / "log.csv"
    history = make().fit(
        dataset(),
        epochs=2,
        callbacks=[keras.callbacks.CSVLogger(path)],
        verbose=0,
    )
    header, *rows = csv.reader(path.read_text().splitlines())
    assert header[:4] == ["epoch", "a_mean", "loss", "mae"]
    for i, (epoch, *values) in enumerate(rows):
        assert int(epoch) == i
        logs = [history.history[name][i] for name in header[1:4]]
        assert list(map(float, values[:3])) == logs
    assert len(rows) == 2


def test_callbacks_see_running_means_after_each_batch():
    seen = []
    callback = keras.callbacks.LambdaCallback(
        on_train_batch_end=lambda batch, logs: seen.append((batch, logs))
    )
    make(lr=0.0).fit(dataset(), callbacks=[callback], verbose=0)
    line = Line()
    losses = [line.loss(*batch) for batch in batches()]
    assert [batch for batch, _ in seen] == [0, 1, 2]
    np.testing.assert_allclose(
        [logs["loss"] for _, logs in seen],
        [np.mean(losses[: n + 1]) for n in range(3)],
        rtol=1e-5,
    )


def test_a_callback_may_evaluate_and_predict_amid_training():
    model, line, seen = make(), Line(), []

    class Look(keras.callbacks.Callback):
        def on_epoch_begin(self, epoch, logs=None):
            seen.append(self.model.evaluate(dataset(), verbose=0)[0])
            outputs = self.model.predict(dataset(), verbose=0)["y"]
            np.testing.assert_allclose(
                outputs, line(FEATURES), rtol=1e-4, atol=1e-6
            )
            expected.append(line.evaluated())
            line.epoch()

    expected = []
    model.fit(dataset(), epochs=2, callbacks=[Look()], verbose=0)
    np.testing.assert_allclose(seen, expected, rtol=1e-4)
    assert_trained_as(model, line)


def test_training_goes_on_where_it_was_interrupted(tmp_path):
    class Interrupt(keras.callbacks.Callback):
        def on_epoch_begin(self, epoch, logs=None):
            if epoch == 1:
                raise KeyboardInterrupt

    def callbacks(*more):
        halve = keras.callbacks.LearningRateScheduler(lambda _, lr: lr / 2)
        backup = keras.callbacks.BackupAndRestore(tmp_path / "backup")
        return [backup, halve, *more]

    # The interruption comes last: the rate is halved before it, and after.
    with pytest.raises(KeyboardInterrupt):
        make().fit(
            dataset(), epochs=3, callbacks=callbacks(Interrupt()), verbose=0
        )
    model, line = make(), Line()
    history = model.fit(dataset(), epochs=3, callbacks=callbacks(), verbose=0)
    assert history.epoch == [1, 2]
    for rate in (0.05, 0.025, 0.0125):
        line.lr = rate
        line.epoch()
    np.testing.assert_allclose(
        history.history["learning_rate"], [0.025, 0.0125]
    )
    assert model.global_step == 9
    assert_trained_as(model, line)


def test_weights_averaged_by_the_optimizer_are_the_result_of_fit():
    def average(learning_rate):
        return keras.optimizers.SGD(
            learning_rate, use_ema=True, ema_momentum=0.5
        )

    model = make(optimizer=average)
    plain = keras.Sequential(
        [keras.layers.Dense(1, kernel_initializer="zeros")]
    )
    plain.compile(average(0.1), "mse")
    options = {"epochs": 2, "shuffle": False, "verbose": 0}
    model.fit(dataset(10), **options)
    plain.fit(FEATURES, LABELS, batch_size=10, **options)
    for mine, theirs in zip(
        weights_of(model), plain.get_weights(), strict=True
    ):
        np.testing.assert_allclose(mine, theirs, rtol=1e-5)
