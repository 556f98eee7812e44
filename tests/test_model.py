"""EstimatorModel as a `keras.Model`: its loops, callbacks and variables."""

import csv
import logging

import keras
import numpy as np
import pytest
import tensorflow as tf

import keras_estimator as ke
from keras_estimator.errors import ArgumentTypeError
from keras_estimator.errors import ConfigError
from keras_estimator.errors import ModelFnError
from keras_estimator.errors import NotBuiltError
from keras_estimator.errors import UnsupportedError

FEATURES = np.sin(np.arange(60.0)).reshape(20, 3).astype(np.float32)
LABELS = FEATURES.sum(1, keepdims=True) + 1
CALLS = []


@pytest.fixture(autouse=True)
def _no_calls_yet():
    CALLS.clear()


def dataset(batch_size=8, **options):
    data = tf.data.Dataset.from_tensor_slices(({"x": FEATURES}, LABELS))
    return data.batch(batch_size, **options)


def model_fn(features, labels, mode, params):
    """A linear model: what it does can be computed by hand."""
    CALLS.append((mode, features["x"].shape.as_list()))
    layer = keras.layers.Dense(1, kernel_initializer="zeros")
    outputs = layer(features["x"])
    predictions = {"y": outputs, "twice": 2 * outputs}
    if mode == ke.ModeKeys.PREDICT:
        return ke.EstimatorSpec(mode, predictions=predictions)
    loss = keras.ops.mean((outputs - labels) ** 2)
    mae = keras.metrics.MeanAbsoluteError()
    mae.update_state(labels, outputs)
    return ke.EstimatorSpec(
        mode,
        predictions=predictions,
        loss=loss,
        train_op=params.get("optimizer", keras.optimizers.SGD)(params["lr"]),
        eval_metric_ops={
            "mae": mae,
            "a_mean": tf.compat.v1.metrics.mean(labels),
        },
    )


def make(lr=0.1, **params):
    return ke.EstimatorModel(model_fn, {"lr": lr, **params})


def batches(batch_size=8):
    for start in range(0, len(FEATURES), batch_size):
        yield FEATURES[start:][:batch_size], LABELS[start:][:batch_size]


class Line:
    """The same model and SGD, in NumPy."""

    def __init__(self, lr=0.1):
        self.lr, self.kernel, self.bias = lr, np.zeros((3, 1)), np.zeros(1)

    def __call__(self, features):
        return features @ self.kernel + self.bias

    def loss(self, features, labels):
        return np.mean((self(features) - labels) ** 2)

    def epoch(self):
        losses = []
        for features, labels in batches():
            losses.append(self.loss(features, labels))
            slope = 2 * (self(features) - labels) / len(labels)
            self.kernel = self.kernel - self.lr * features.T @ slope
            self.bias = self.bias - self.lr * slope.sum(0)
        return np.mean(losses)

    def evaluated(self):
        return np.mean([self.loss(*batch) for batch in batches()])


def weights_of(model):
    by_path = {v.path: v.numpy() for v in model.variables}
    return by_path["dense/kernel"], by_path["dense/bias"]


def assert_trained_as(model, line):
    for mine, expected in zip(
        weights_of(model), (line.kernel, line.bias), strict=True
    ):
        np.testing.assert_allclose(mine, expected, rtol=1e-4, atol=1e-6)


# Loops -----------------------------------------------------------------------


def test_fit_reports_the_mean_loss_of_each_epoch():
    model, line = make(), Line()
    history = model.fit(dataset(), epochs=3, verbose=0)
    expected = [line.epoch() for _ in range(3)]
    # Of the batches, as everywhere in an Estimator: the last one is smaller.
    np.testing.assert_allclose(history.history["loss"], expected, rtol=1e-5)
    assert history.epoch == [0, 1, 2]
    assert_trained_as(model, line)


def test_metrics_start_anew_in_each_epoch():
    history = make(lr=0.0).fit(dataset(), epochs=3, verbose=0).history
    mae = np.abs(LABELS).mean()
    np.testing.assert_allclose(history["mae"], [mae] * 3, rtol=1e-5)
    np.testing.assert_allclose(
        history["a_mean"], [LABELS.mean()] * 3, rtol=1e-5
    )
    assert history["loss"][0] == history["loss"][2]


def test_fit_trains_as_fit_of_a_plain_keras_model():
    def plain():
        inputs = keras.Input([3])
        x = keras.layers.Dense(4, "tanh", kernel_initializer="ones")(inputs)
        x = keras.layers.BatchNormalization()(x)
        outputs = keras.layers.Dense(1, kernel_initializer="ones")(x)
        return keras.Model(inputs, outputs)

    def same(features, labels, mode):
        outputs = plain()(features, training=mode == ke.ModeKeys.TRAIN)
        loss = keras.ops.mean((outputs - labels) ** 2)
        return ke.EstimatorSpec(
            mode, loss=loss, train_op=keras.optimizers.Adam(0.05)
        )

    # Of equal batches, for Keras weighs the loss by their sizes.
    mine, theirs = ke.EstimatorModel(same), plain()
    theirs.compile(keras.optimizers.Adam(0.05), "mse")
    arguments = {"batch_size": 10, "epochs": 3, "shuffle": False, "verbose": 0}
    arguments["validation_data"] = (FEATURES[:10], LABELS[:10])
    history = mine.fit(FEATURES, LABELS, **arguments).history
    expected = theirs.fit(FEATURES, LABELS, **arguments).history
    assert history.keys() == expected.keys()
    for name, values in expected.items():
        np.testing.assert_allclose(history[name], values, rtol=1e-4)
    by_path = {v.path: v.numpy() for v in mine.variables}
    names = ["gamma", "beta", "moving_mean", "moving_variance"]
    paths = [
        *("dense/kernel", "dense/bias"),
        *(f"batch_normalization/{name}" for name in names),
        *("dense_1/kernel", "dense_1/bias"),
    ]
    for path, weight in zip(paths, theirs.get_weights(), strict=True):
        np.testing.assert_allclose(by_path[path], weight, rtol=1e-4, atol=1e-6)


def test_global_step_advances_once_a_batch():
    model = make()
    model.fit(dataset(), epochs=2, verbose=0)
    assert model.global_step == 6
    model.evaluate(dataset(), verbose=0)
    model.predict(dataset(), verbose=0)
    assert model.global_step == 6


def test_evaluate_returns_the_loss_first_and_then_metrics_by_name():
    model = make()
    model.fit(dataset(), verbose=0)
    as_list = model.evaluate(dataset(), verbose=0)
    as_dict = model.evaluate(dataset(), verbose=0, return_dict=True)
    assert as_list == [as_dict[name] for name in ("loss", "a_mean", "mae")]
    outputs = model.predict(dataset(), verbose=0)["y"]
    line = Line()
    line.epoch()
    np.testing.assert_allclose(
        as_list,
        [line.evaluated(), LABELS.mean(), np.abs(outputs - LABELS).mean()],
        rtol=1e-4,
    )


def test_evaluate_returns_one_number_without_metrics():
    def no_metrics(features, labels, mode):
        loss = keras.ops.mean(labels)
        return ke.EstimatorSpec(mode, loss=loss)

    loss = ke.EstimatorModel(no_metrics).evaluate(dataset(), verbose=0)
    expected = np.mean([labels.mean() for _, labels in batches()])
    assert loss == pytest.approx(expected, rel=1e-5)


def test_predict_returns_arrays_with_the_structure_of_the_predictions():
    model = make()
    model.fit(dataset(), verbose=0)
    predictions = model.predict(dataset(), verbose=0)
    kernel, bias = weights_of(model)
    assert set(predictions) == {"twice", "y"}
    np.testing.assert_allclose(
        predictions["y"], FEATURES @ kernel + bias, rtol=1e-5, atol=1e-6
    )
    np.testing.assert_array_equal(predictions["twice"], 2 * predictions["y"])


def test_a_single_tensor_is_predicted_as_an_array():
    def doubling(features, mode):
        return ke.EstimatorSpec(mode, predictions=2 * features)

    predicted = ke.EstimatorModel(doubling).predict(FEATURES, verbose=0)
    np.testing.assert_array_equal(predicted, 2 * FEATURES)


def test_calling_the_model_returns_predictions_as_tensors():
    model = make()
    model.fit(dataset(), verbose=0)
    called = model({"x": FEATURES[:5]})
    expected = model.predict({"x": FEATURES[:5]}, verbose=0)
    assert isinstance(called["y"], tf.Tensor)
    np.testing.assert_array_equal(called["y"], expected["y"])
    assert model({"x": FEATURES})["y"].shape == [20, 1]
    modes = [mode for mode, _ in CALLS]
    assert modes == ["train", "infer"]


def test_model_fn_is_called_once_a_mode_whatever_the_sizes_of_batches():
    model = make()
    for _ in range(2):
        model.fit(dataset(), validation_data=dataset(), epochs=2, verbose=0)
        model.evaluate(dataset(), verbose=0)
        model.predict(dataset(), verbose=0)
    assert CALLS == [
        ("train", [None, 3]),
        ("eval", [None, 3]),
        ("infer", [None, 3]),
    ]


def test_validation_data_of_another_size_calls_no_model_fn_for_training():
    model = make()
    data = dataset(10, drop_remainder=True)
    model.fit(data, validation_data=dataset(5, drop_remainder=True), verbose=0)
    assert CALLS == [("train", [10, 3]), ("eval", [5, 3])]


def test_a_static_batch_size_is_no_trap_for_data_without_one():
    model, line = make(lr=0.0), Line()
    model.fit(dataset(8, drop_remainder=True), verbose=0)
    history = model.fit(dataset(), verbose=0).history
    assert history["loss"] == [pytest.approx(line.evaluated(), rel=1e-5)]
    assert CALLS == [("train", [8, 3]), ("train", [None, 3])]


class Sequence(keras.utils.PyDataset):
    def __len__(self):
        return 3

    def __getitem__(self, index):
        features, labels = list(batches())[index]
        return {"x": features}, labels


def generator():
    for features, labels in batches():
        yield {"x": features}, labels


INPUTS = {
    "dataset": lambda: (dataset(),),
    "arrays": lambda: ({"x": FEATURES}, LABELS),
    "tensors": lambda: ({"x": tf.constant(FEATURES)}, tf.constant(LABELS)),
    "float64": lambda: ({"x": FEATURES.astype(float)}, LABELS.astype(float)),
    "generator": lambda: (generator(),),
    "py_dataset": lambda: (Sequence(),),
}


@pytest.mark.parametrize("kind", INPUTS)
@pytest.mark.filterwarnings("ignore:Your input ran out of data")
def test_any_input_that_keras_takes_trains_alike(kind):
    model, line = make(), Line()
    options = {"verbose": 0}
    if len(INPUTS[kind]()) == 2:
        options["batch_size"] = 8
    history = model.fit(*INPUTS[kind](), shuffle=False, **options).history
    np.testing.assert_allclose(history["loss"], [line.epoch()], rtol=1e-5)
    assert_trained_as(model, line)
    evaluated = model.evaluate(*INPUTS[kind](), **options)
    assert evaluated[0] == pytest.approx(line.evaluated(), rel=1e-4)
    predicted = model.predict(INPUTS[kind]()[0], **options)["y"]
    np.testing.assert_allclose(predicted, line(FEATURES), rtol=1e-4, atol=1e-6)
    assert CALLS == [
        ("train", [None, 3]),
        ("eval", [None, 3]),
        ("infer", [None, 3]),
    ]


def test_features_without_labels_train():
    def autoencoder(features, mode):
        outputs = keras.layers.Dense(3)(features)
        loss = keras.ops.mean((outputs - features) ** 2)
        return ke.EstimatorSpec(
            mode, loss=loss, train_op=keras.optimizers.Adam(0.1)
        )

    model = ke.EstimatorModel(autoencoder)
    losses = model.fit(FEATURES, epochs=3, verbose=0).history["loss"]
    assert losses[2] < losses[0]


def test_steps_per_epoch_goes_on_through_the_data():
    model, line = make(), Line()
    model.fit(dataset().repeat(), steps_per_epoch=3, epochs=2, verbose=0)
    line.epoch()
    line.epoch()
    assert_trained_as(model, line)
    assert model.global_step == 6


def test_validation_split_and_steps_are_taken():
    history = make().fit(
        {"x": FEATURES},
        LABELS,
        validation_split=0.5,
        validation_steps=1,
        batch_size=5,
        verbose=0,
    )
    assert set(history.history) >= {"loss", "val_loss", "val_mae"}


@pytest.mark.parametrize(
    "options",
    [
        {"steps_per_execution": 2},
        {"steps_per_execution": 8},
        {"run_eagerly": True},
        {"jit_compile": True},
    ],
)
def test_how_the_loop_runs_changes_no_number(options):
    model, line = make(), Line()
    model.compile(**options)
    losses = model.fit(dataset(), epochs=2, verbose=0).history["loss"]
    np.testing.assert_allclose(losses, [line.epoch(), line.epoch()], rtol=1e-5)
    assert_trained_as(model, line)
    assert model.global_step == 6
    evaluated = model.evaluate(dataset(), verbose=0)
    assert evaluated[0] == pytest.approx(line.evaluated(), rel=1e-5)
    predicted = model.predict(dataset(), verbose=0)["y"]
    np.testing.assert_allclose(predicted, line(FEATURES), rtol=1e-5, atol=1e-6)


def test_train_on_batch_trains_on_one_batch():
    model, line = make(), Line()
    losses = []
    for features, labels in batches():
        loss, a_mean, mae = model.train_on_batch({"x": features}, labels)
        losses.append(loss)
        assert a_mean == pytest.approx(labels.mean(), rel=1e-5)
    assert np.mean(losses) == pytest.approx(line.epoch(), rel=1e-5)
    assert_trained_as(model, line)
    assert model.global_step == 3
    logs = model.train_on_batch({"x": FEATURES}, LABELS, return_dict=True)
    assert sorted(logs) == ["a_mean", "loss", "mae"]
    assert CALLS == [("train", [None, 3])]


def test_test_on_batch_evaluates_one_batch():
    model, line = make(), Line()
    for features, labels in batches():
        loss, a_mean, mae = model.test_on_batch({"x": features}, labels)
        assert loss == pytest.approx(line.loss(features, labels), rel=1e-5)
        assert mae == pytest.approx(np.abs(labels).mean(), rel=1e-5)
    logs = model.test_on_batch({"x": FEATURES}, LABELS, return_dict=True)
    assert logs["a_mean"] == pytest.approx(LABELS.mean(), rel=1e-5)
    assert CALLS == [("eval", [None, 3])]


def test_predict_on_batch_predicts_one_batch():
    model = make()
    for size in (5, 8):
        predicted = model.predict_on_batch({"x": FEATURES[:size]})
        np.testing.assert_array_equal(predicted["y"], np.zeros((size, 1)))
    assert CALLS == [("infer", [None, 3])]


def test_fit_after_train_on_batch_goes_on():
    model, line = make(), Line()
    model.train_on_batch({"x": FEATURES[:8]}, LABELS[:8])
    model.fit(dataset().skip(1), verbose=0)
    line.epoch()
    assert_trained_as(model, line)


@pytest.mark.parametrize(
    "loop",
    [
        lambda model, **weights: model.fit({"x": FEATURES}, LABELS, **weights),
        lambda model, **weights: model.train_on_batch(
            {"x": FEATURES}, LABELS, **weights
        ),
    ],
)
@pytest.mark.parametrize("argument", ["sample_weight", "class_weight"])
def test_weights_of_examples_and_classes_are_model_fns_business(loop, argument):
    values = {"sample_weight": np.ones(20), "class_weight": {0: 1.0}}
    with pytest.raises(UnsupportedError, match="Weigh the loss in model_fn"):
        loop(make(), **{argument: values[argument]})


def test_sample_weights_in_a_dataset_are_refused():
    data = dataset().map(lambda x, y: (x, y, tf.ones_like(y)))
    with pytest.raises(UnsupportedError, match="data has sample weights"):
        make().evaluate(data, verbose=0)


@pytest.mark.parametrize(
    ("argument", "value"),
    [
        ("optimizer", "adam"),
        ("loss", "mse"),
        ("metrics", ["mae"]),
        ("weighted_metrics", ["mae"]),
        ("loss_weights", [1.0]),
    ],
)
def test_compile_takes_nothing_that_model_fn_decides(argument, value):
    with pytest.raises(
        ConfigError,
        match=rf"compile\(\) got {argument}=.*what model_fn returns in its "
        "EstimatorSpec: `loss`, `train_op` and `eval_metric_ops`",
    ):
        make().compile(**{argument: value})


def test_the_optimizer_cannot_be_set():
    with pytest.raises(ConfigError, match="optimizer cannot be set. Loss, opt"):
        make().optimizer = keras.optimizers.SGD()


def test_an_error_of_model_fn_comes_through_the_loops():
    def no_spec(features, labels, mode):
        return {"loss": 1.0}

    model = ke.EstimatorModel(no_spec)
    for loop in (model.fit, model.evaluate):
        with pytest.raises(ModelFnError, match="should return an EstimatorSpe"):
            loop(dataset(), verbose=0)
    with pytest.raises(ModelFnError, match="should return an EstimatorSpec"):
        model.predict({"x": FEATURES}, verbose=0)


# Callbacks -------------------------------------------------------------------


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


# Variables -------------------------------------------------------------------


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
