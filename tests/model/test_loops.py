"""Keras' loops over a model_fn."""

import keras
import numpy as np
import pytest
import tensorflow as tf

import keras_estimator as ke
from keras_estimator.errors import ConfigError
from keras_estimator.errors import ModelFnError
from keras_estimator.errors import UnsupportedError
from tests.model.line import CALLS
from tests.model.line import FEATURES
from tests.model.line import LABELS
from tests.model.line import Line
from tests.model.line import assert_trained_as
from tests.model.line import batches
from tests.model.line import dataset
from tests.model.line import make
from tests.model.line import weights_of


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
