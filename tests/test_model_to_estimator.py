import inspect

import keras
import numpy as np
import pytest
import tensorflow as tf
import tf_keras

import keras_estimator as ke
import keras_estimator.compat.v1 as tf1
from keras_estimator.errors import ConfigError
from keras_estimator.errors import KerasModelError
from keras_estimator.errors import KerasModelPathError
from keras_estimator.errors import UnsupportedError

X = np.sin(np.arange(24, dtype=np.float32)).reshape(8, 3)
Y = np.cos(np.arange(8, dtype=np.float32)).reshape(8, 1)


def dataset(*parts):
    return tf.data.Dataset.from_tensor_slices(
        parts if len(parts) > 1 else parts[0]
    ).batch(4)


def check_same(model, model_dir, x=X, y=Y, weights=None):
    """Trains a model in Keras and as an Estimator, from the same values."""
    features = x
    parts = (x, y)
    if weights is not None:
        features = {"features": x, "sample_weights": weights}
        parts = (x, y, weights)
    estimator = ke.model_to_estimator(model, model_dir=model_dir)
    # The reference: one step after the other, nothing to compile.
    model.run_eagerly = True

    def compare():
        ours = estimator.evaluate(lambda: dataset(features, y))
        reference = model.evaluate(dataset(*parts), verbose=0, return_dict=True)
        shared = set(ours) & set(reference)
        for name in shared:
            assert ours[name] == pytest.approx(
                reference[name], rel=1e-5, abs=1e-6
            ), name
        return shared

    before = compare()
    estimator.train(lambda: dataset(features, y).repeat(2))
    for _ in range(2):
        model.fit(dataset(*parts), verbose=0, shuffle=False)
    assert compare() == before
    predicted = list(estimator.predict(lambda: dataset(x)))
    expected = model.predict(dataset(x), verbose=0)
    if not isinstance(expected, (list, dict)):
        expected = [expected]
    names = list(predicted[0])
    for i, name in enumerate(names):
        whole = expected[name] if isinstance(expected, dict) else expected[i]
        ours = [prediction[name] for prediction in predicted]
        np.testing.assert_allclose(ours, whole, rtol=1e-5, atol=1e-6)
    return before, names


def test_a_trained_model_goes_on_as_it_would_in_keras(tmp_path):
    """With statistics, state of the optimizer, schedule, masks of dropout."""
    model = keras.Sequential(
        [
            keras.Input((3,)),
            keras.layers.Dense(4, "tanh", kernel_regularizer="l2"),
            keras.layers.BatchNormalization(momentum=0.5),
            keras.layers.Dropout(0.5, seed=3),
            keras.layers.Dense(1, name="out"),
        ]
    )
    schedule = keras.optimizers.schedules.ExponentialDecay(0.1, 2, 0.5)
    model.compile(keras.optimizers.Adam(schedule), "mse", metrics=["mae"])
    model.fit(dataset(X, Y), verbose=0, shuffle=False)
    metrics, names = check_same(model, tmp_path)
    assert metrics == {"loss", "mae"}
    assert names == ["out"]


def test_several_inputs_and_outputs_have_losses_and_metrics_each(tmp_path):
    a, b = keras.Input((3,), name="a"), keras.Input((3,), name="b")
    both = keras.layers.Concatenate()([a, b])
    model = keras.Model(
        [a, b],
        [
            keras.layers.Dense(1, name="number")(a),
            keras.layers.Dense(2, "softmax", name="kind")(both),
        ],
    )
    model.compile(
        "sgd",
        {"number": "mse", "kind": "sparse_categorical_crossentropy"},
        loss_weights={"number": 0.5, "kind": 2.0},
        metrics={"number": ["mae"], "kind": ["accuracy"]},
        weighted_metrics={"number": ["mse"]},
    )
    metrics, names = check_same(
        model,
        tmp_path,
        {"a": X, "b": 2 * X},
        {"number": Y, "kind": np.array([0, 1] * 4)},
    )
    assert metrics == {"loss", "number_mae", "number_mse", "kind_accuracy"}
    assert names == ["number", "kind"]


def test_weights_of_examples_weigh_the_loss_and_weighted_metrics(tmp_path):
    model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(1)])
    model.compile("sgd", "mse", metrics=["mae"], weighted_metrics=["mse"])
    weights = np.arange(8, dtype=np.float32)
    metrics, _ = check_same(model, tmp_path, weights=weights)
    assert metrics == {"loss", "mae", "mse"}


class Subclassed(keras.Model):
    def __init__(self, units):
        super().__init__()
        self.units = units
        self.hidden = keras.layers.Dense(units, "relu")
        self.out = keras.layers.Dense(1)

    def call(self, inputs):
        self.add_loss(0.1 * keras.ops.mean(keras.ops.square(inputs)))
        return self.out(self.hidden(inputs))

    def get_config(self):
        return {"units": self.units}


def test_a_subclassed_model_keeps_its_weights_and_its_own_loss(tmp_path):
    model = Subclassed(4)
    model.compile("rmsprop", "mse")
    model(X)
    _, names = check_same(model, tmp_path)
    assert names == ["output_1"]


def test_preprocessing_layers_are_part_of_the_model(tmp_path):
    words = np.array([["a"], ["b"], ["z"], ["b"]] * 2)
    lookup = keras.layers.StringLookup(output_mode="one_hot")
    lookup.adapt(words[:2])
    scale = keras.layers.Normalization()
    scale.adapt(X)
    word = keras.Input((1,), dtype="string", name="word")
    number = keras.Input((3,), name="number")
    both = keras.layers.Concatenate()([lookup(word), scale(number)])
    model = keras.Model([word, number], keras.layers.Dense(1)(both))
    model.compile("sgd", "mse")
    check_same(model, tmp_path, {"word": words, "number": X})


def test_half_precision_trains_with_a_scaled_loss(tmp_path):
    model = keras.Sequential(
        [
            keras.Input((3,)),
            keras.layers.Dense(4, dtype="mixed_float16"),
            keras.layers.Dense(1, dtype="float32"),
        ]
    )
    scaled = keras.optimizers.LossScaleOptimizer(
        keras.optimizers.SGD(0.1), initial_scale=16.0
    )
    model.compile(scaled, "mse")
    check_same(model, tmp_path)


def test_recurrent_layers_and_embeddings_predict_the_same(tmp_path):
    words = keras.Input((5,), dtype="int32")
    net = keras.layers.Embedding(7, 4, mask_zero=True)(words)
    model = keras.Model(words, keras.layers.LSTM(3, name="last")(net))
    model.compile("sgd", "mse")
    x = np.arange(20, dtype=np.int32).reshape(4, 5) % 7
    estimator = ke.model_to_estimator(model, model_dir=tmp_path)
    found = [p["last"] for p in estimator.predict(lambda: dataset(x))]
    np.testing.assert_allclose(found, model(x), rtol=1e-5, atol=1e-6)


# What it begins with


def small(value, **compiled):
    model = keras.Sequential(
        [
            keras.Input((3,)),
            keras.layers.Dense(
                1,
                kernel_initializer=keras.initializers.Constant(value),
                name="out",
            ),
        ],
        name="small",
    )
    model.compile("sgd", "mse", **compiled)
    return model


def kernel(estimator):
    """Returns the sum of the weights, by what they make of ones."""
    ones = np.ones((1, 3), np.float32)
    return float(next(estimator.predict(lambda: dataset(ones)))["out"][0])


def test_the_first_weights_are_in_a_checkpoint(tmp_path):
    ke.model_to_estimator(small(2.0), model_dir=tmp_path)
    prefix = tf.train.latest_checkpoint(tmp_path / "keras")
    assert prefix == str(tmp_path / "keras" / "keras_model.ckpt")
    assert sorted(n for n, _ in tf.train.list_variables(prefix)) == [
        "small/out/bias",
        "small/out/kernel",
    ]
    assert not tf.train.latest_checkpoint(tmp_path)


def test_weights_are_those_of_the_first_call_until_deleted(tmp_path):
    ke.model_to_estimator(small(1.0), model_dir=tmp_path)
    again = ke.model_to_estimator(small(2.0), model_dir=tmp_path)
    assert kernel(again) == 3.0
    tf.io.gfile.rmtree(str(tmp_path / "keras"))
    anew = ke.model_to_estimator(small(2.0), model_dir=tmp_path)
    assert kernel(anew) == 6.0


def test_the_model_that_was_given_stays_as_it_is(tmp_path):
    model = small(1.0)
    estimator = ke.model_to_estimator(model, model_dir=tmp_path)
    estimator.train(lambda: dataset(X, Y))
    assert (model.get_weights()[0] == 1.0).all()
    model.set_weights([np.full((3, 1), 9.0), np.zeros(1)])
    assert kernel(estimator) != 27.0


def test_weights_of_another_model_are_refused(tmp_path):
    ke.model_to_estimator(small(1.0), model_dir=tmp_path)
    wide = keras.Sequential(
        [keras.Input((3,)), keras.layers.Dense(2, name="out")], name="small"
    )
    wide.compile("sgd", "mse")
    with pytest.raises(
        KerasModelError, match=r"'small/out/kernel' of shape \[3, 2\] is of "
    ):
        ke.model_to_estimator(wide, model_dir=tmp_path)


def test_a_model_without_weights_begins_with_initial_ones(tmp_path):
    model = keras.Sequential([keras.layers.Dense(1, name="out")])
    model.compile("sgd", "mse")
    estimator = ke.model_to_estimator(model, model_dir=tmp_path)
    assert not (tmp_path / "keras").exists()
    assert np.isfinite(kernel(estimator))


def test_a_saved_model_is_loaded(tmp_path):
    small(1.5).save(tmp_path / "model.keras")
    estimator = ke.model_to_estimator(
        keras_model_path=tmp_path / "model.keras", model_dir=tmp_path / "dir"
    )
    assert kernel(estimator) == 4.5


# Metrics and exports


def test_metrics_may_have_other_names(tmp_path):
    estimator = ke.model_to_estimator(
        small(1.0, metrics=["mae"]),
        model_dir=tmp_path,
        metric_names_map={"mae": "distance"},
    )
    found = estimator.evaluate(lambda: dataset(X, Y))
    assert sorted(found) == ["distance", "global_step", "loss"]


@pytest.mark.parametrize(
    ("names", "message"),
    [
        ({"mse": "s"}, r"names: \['mae'\] do not exist .*: {'mse': 's'}"),
        ({"mae": "d", "x": "y"}, r"dictionary: \['x'\]. Expected keys: \['mae"),
    ],
)
def test_names_of_metrics_are_those_of_the_model(tmp_path, names, message):
    estimator = ke.model_to_estimator(
        small(1.0, metrics=["mae"]),
        model_dir=tmp_path,
        metric_names_map=names,
    )
    with pytest.raises(ConfigError, match=message):
        estimator.evaluate(lambda: dataset(X, Y))


def test_outputs_are_exported_together_and_one_by_one(tmp_path):
    estimator = ke.model_to_estimator(
        small(1.0),
        model_dir=tmp_path,
        export_outputs={"out": ke.export.RegressionOutput},
    )
    with tf.Graph().as_default():
        spec = estimator.model_fn(tf.constant(X), None, "infer", None)
    assert set(spec.export_outputs) == {"serving_default", "out"}
    together = spec.export_outputs["serving_default"]
    assert isinstance(together, ke.export.PredictOutput)
    assert list(together.outputs) == ["out"]


def test_an_export_of_no_output_is_refused(tmp_path):
    estimator = ke.model_to_estimator(
        small(1.0),
        model_dir=tmp_path,
        export_outputs={"other": ke.export.RegressionOutput},
    )
    with pytest.raises(KeyError, match=r"has \['other'\], .*: \['out'\]"):
        kernel(estimator)


# What is refused


def not_compiled():
    return keras.Sequential([keras.layers.Dense(1)], name="bare")


def of_keras_2():
    return tf_keras.Sequential([tf_keras.layers.Dense(1)], name="old")


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        (dict, ConfigError, "Either `keras_model` or `keras_model_path` needs"),
        (
            lambda: {"keras_model": small(1.0), "keras_model_path": "x"},
            ConfigError,
            "but not both",
        ),
        (
            lambda: {"keras_model": not_compiled()},
            KerasModelError,
            "has not been compiled yet.*Sequential 'bare'",
        ),
        (lambda: {"keras_model": 5}, TypeError, r"keras_model=5 \(int\)"),
        (
            lambda: {"keras_model": of_keras_2()},
            KerasModelError,
            "has not been compiled yet.*Sequential 'old'",
        ),
        (
            lambda: {"keras_model_path": "/gone.keras"},
            KerasModelPathError,
            "No file or directory found at keras_model_path='/gone.keras'",
        ),
        (
            lambda: {"keras_model_path": __file__},
            KerasModelPathError,
            "cannot be loaded: File format not supported.*`.keras`",
        ),
        (
            lambda: {"keras_model": small(1.0), "checkpoint_format": "zip"},
            ConfigError,
            "Checkpoint format must be one of.*'zip'",
        ),
        (
            lambda: {
                "keras_model": small(1.0),
                "checkpoint_format": "checkpoint",
            },
            UnsupportedError,
            "Keras 3 does not read checkpoints by object",
        ),
    ],
    ids=lambda part: getattr(part, "__name__", str(part))[:20],
)
def test_wrong_arguments_are_refused(arguments, error, message):
    with pytest.raises(error, match=message):
        ke.model_to_estimator(**arguments())


def test_a_loss_needs_labels(tmp_path):
    estimator = ke.model_to_estimator(small(1.0), model_dir=tmp_path)
    with pytest.raises(
        KerasModelError, match="no labels in mode 'train'.*loss='mse'"
    ):
        estimator.train(lambda: dataset(X).map(lambda x: x))


def test_it_is_where_tf1_programs_look_for_it():
    theirs = tf1.keras.estimator.model_to_estimator
    arguments = inspect.signature(ke.model_to_estimator).parameters
    assert list(inspect.signature(theirs).parameters) == list(arguments)
