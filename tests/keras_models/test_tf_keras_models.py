import os

import numpy as np
import pytest

import keras_estimator as ke
import keras_estimator.compat.v1 as tf
from keras_estimator.errors import ConfigError
from keras_estimator.errors import KerasModelError
from keras_estimator.errors import KerasModelPathError
from keras_estimator.errors import ModelInputsError
from keras_estimator.errors import UnsupportedError
from keras_estimator.keras_models.tf_keras_recipe import TfKerasRecipe

X = np.sin(np.arange(24, dtype=np.float32)).reshape(8, 3)
Y = np.cos(np.arange(8, dtype=np.float32)).reshape(8, 1)


def input_fn(features=X, labels=Y):
    parts = features if labels is None else (features, labels)
    return lambda: tf.data.Dataset.from_tensor_slices(parts).batch(4)


def convert(model, path=None, **kwargs):
    return tf.keras.estimator.model_to_estimator(
        model, model_dir=path and os.fspath(path), **kwargs
    )


def compiled(*layers, optimizer="sgd", loss="mse", **kwargs):
    model = tf.keras.Sequential(layers)
    model.compile(optimizer, loss, **kwargs)
    return model


def dense(units=1, **kwargs):
    kwargs = {"kernel_initializer": "ones", "input_shape": (3,), **kwargs}
    return tf.keras.layers.Dense(units, **kwargs)


def spec_of(estimator, mode="train", features=X, labels=Y):
    """Returns what model_fn makes, built in a graph of its own."""
    with tf.Graph().as_default():
        as_tensor = tf.nest.map_structure
        return estimator.model_fn(
            as_tensor(tf.constant, features),
            labels if labels is None else as_tensor(tf.constant, labels),
            mode,
            estimator.config,
        )


class Subclassed(tf.keras.Model):
    def __init__(self, units=2):
        super().__init__(name="mine")
        self.units = units
        self.hidden = tf.keras.layers.Dense(units)
        self.out = tf.keras.layers.Dense(1)

    def call(self, inputs):
        return self.out(self.hidden(inputs))

    def get_config(self):
        return {"units": self.units}


def test_statistics_and_frozen_weights_of_the_model_are_kept(tmp_path):
    model = compiled(
        dense(2, trainable=False), tf.keras.layers.BatchNormalization(), dense()
    )
    values = [
        np.full(weight.shape, i + 1.0, np.float32)
        for i, weight in enumerate(model.weights)
    ]
    model.set_weights(values)
    estimator = convert(model, tmp_path)
    expected = model.predict(X, verbose=0)
    found = [p[model.output_names[0]] for p in estimator.predict(input_fn())]
    np.testing.assert_allclose(found, expected, rtol=1e-6)
    # The model itself still works, and trains.
    model.fit(X, Y, verbose=0)
    assert len(model.get_weights()) == len(values)


def test_a_subclassed_model_that_was_called_keeps_its_weights(tmp_path):
    model = Subclassed()
    model.compile("sgd", "mse")
    expected = model.predict(X, verbose=0)
    estimator = convert(model, tmp_path)
    found = [p["output_1"] for p in estimator.predict(input_fn(X, None))]
    np.testing.assert_allclose(found, expected, rtol=1e-6)
    np.testing.assert_array_equal(model.predict(X, verbose=0), expected)


def test_a_new_process_goes_on_with_the_weights_in_model_dir(tmp_path):
    convert(compiled(dense(name="out")), tmp_path)
    other = compiled(dense(name="out", kernel_initializer="zeros"))
    (found, *_) = convert(other, tmp_path).predict(input_fn())
    np.testing.assert_allclose(found["out"], [X[0].sum()], rtol=1e-6)


def test_weights_of_another_model_in_model_dir_are_refused(tmp_path):
    convert(compiled(dense(name="out")), tmp_path)
    with pytest.raises(KerasModelError, match="weights of another model"):
        convert(compiled(dense(2, name="out")), tmp_path)


def test_the_function_of_keras_estimator_takes_them_too(tmp_path):
    model = compiled(dense(name="out"))
    estimator = ke.model_to_estimator(model, model_dir=tmp_path)
    assert spec_of(estimator).loss.shape == ()


def test_a_new_optimizer_counts_in_the_global_step():
    import tf_keras

    new = tf_keras.optimizers.Adam(0.5)
    estimator = convert(compiled(dense(name="out"), optimizer=new))
    graph = spec_of(estimator).loss.graph
    names = [v.op.name for v in graph.get_collection("variables")]
    assert sorted(names) == [
        "global_step",
        "out/bias",
        "out/kernel",
        "training/Adam/beta_1",
        "training/Adam/beta_2",
        "training/Adam/decay",
        "training/Adam/learning_rate",
        "training/Adam/out/bias/m",
        "training/Adam/out/bias/v",
        "training/Adam/out/kernel/m",
        "training/Adam/out/kernel/v",
    ]


def test_layers_without_a_shape_take_that_of_the_features():
    model = compiled(tf.keras.layers.Dense(2), tf.keras.layers.Dense(1))
    estimator = convert(model)
    spec = spec_of(estimator, "infer", labels=None)
    (outputs,) = spec.predictions.values()
    assert outputs.shape.as_list() == [8, 1]
    assert list(spec.predictions) == [model.layers[-1].name]


def test_functions_and_classes_of_the_program_are_custom_objects():
    def twice(value):
        return 2.0 * value

    class Scale(tf.keras.layers.Layer):
        def call(self, inputs):
            return 3.0 * inputs

    model = compiled(
        dense(activation=twice),
        Scale(name="out"),
        tf.keras.layers.Lambda(lambda value: value + 1.0, name="more"),
    )
    estimator = convert(model, custom_objects={"twice": twice})
    (found, *_) = estimator.predict(input_fn())
    np.testing.assert_allclose(
        found["more"], [6.0 * X[0].sum() + 1.0], rtol=1e-6
    )
    with pytest.raises(KerasModelError, match=r"`custom_objects`, by their"):
        convert(model)


def test_metrics_and_exports_have_names_of_their_own():
    model = compiled(dense(name="out"), metrics=["mae"])
    outputs = tf.estimator.export.RegressionOutput
    estimator = convert(
        model,
        metric_names_map={"mae": "distance"},
        export_outputs={"out": outputs},
    )
    spec = spec_of(estimator, "eval")
    assert list(spec.eval_metric_ops) == ["distance"]
    assert set(spec.export_outputs) == {"serving_default", "out"}
    assert isinstance(spec.export_outputs["out"], outputs)
    wrong = convert(model, metric_names_map={"mse": "square"})
    with pytest.raises(ConfigError, match=r"names: \['mae'\] do not exist"):
        spec_of(wrong, "eval")
    wrong = convert(model, export_outputs={"in": outputs})
    with pytest.raises(ModelInputsError, match=r"\['in'\], which are no out"):
        spec_of(wrong, "infer", labels=None)


def two_outputs():
    x = tf.keras.layers.Input((3,), name="x")
    outputs = [dense(name="a")(x), dense(name="b")(x)]
    model = tf.keras.models.Model(x, outputs)
    model.compile("sgd", "mse")
    return model


@pytest.mark.parametrize(
    ("features", "labels", "message"),
    [
        ({"z": X}, (Y, Y), r"Expected keys: \['x'\].*missed keys: \['x'\]"),
        (X, Y, r"There are 1 labels for the outputs \['a', 'b'\]"),
        ((X, X), (Y, Y), r"There are 2 features for the inputs \['x'\]"),
        (
            {"features": X, "sample_weights": Y[:, 0]},
            (Y, Y),
            r"outputs \['a', 'b'\], but `sample_weights` is one tensor",
        ),
        (
            {"features": X, "sample_weights": {"c": Y[:, 0]}},
            (Y, Y),
            r"Unknown entries in sample_weights dictionary: \['c'\]",
        ),
    ],
)
def test_an_input_fn_that_does_not_fit_is_refused(features, labels, message):
    model = two_outputs()
    with pytest.raises((KerasModelError, ModelInputsError), match=message):
        spec_of(convert(model), features=features, labels=labels)


def test_weights_of_some_outputs_leave_the_others_as_they_are():
    weighted = {"features": X, "sample_weights": {"a": np.zeros(8, "f")}}
    spec = spec_of(convert(two_outputs()), "eval", weighted, (Y, Y))
    with spec.loss.graph.as_default(), tf.Session() as session:
        session.run(tf.global_variables_initializer())
        squares = (X.sum(1, keepdims=True) - Y) ** 2
        assert session.run(spec.loss) == pytest.approx(squares.mean())


def test_a_file_of_keras_3_is_refused(tmp_path):
    estimator = convert(compiled(dense()), tmp_path)
    list(estimator.predict(input_fn()))
    with pytest.raises(UnsupportedError, match="of tf.keras, which is Keras 2"):
        estimator.model.save(tmp_path / "model.keras")


def test_training_steps_of_its_own_are_refused():
    class OwnStep(Subclassed):
        def train_step(self, data):
            raise NotImplementedError

    model = OwnStep()
    model.compile("sgd", "mse")
    with pytest.raises(UnsupportedError, match="OwnStep has its own train_st"):
        convert(model)


def test_models_that_cannot_be_made_again_are_refused(tmp_path):
    class NeedsLayers(tf.keras.Model):
        def __init__(self, parts):
            super().__init__()
            self.parts = parts

    model = NeedsLayers([tf.keras.layers.Dense(1)])
    model.compile("sgd", "mse")
    with pytest.raises(KerasModelError, match="a NeedsLayers, cannot be made"):
        convert(model, tmp_path)
    with pytest.raises(KerasModelError, match="has not been compiled yet"):
        convert(tf.keras.Sequential([dense()]), tmp_path)
    with pytest.raises(UnsupportedError, match='checkpoint_format="checkpoi'):
        convert(compiled(dense()), tmp_path, checkpoint_format="checkpoint")


def test_a_path_is_read_by_tf_keras(tmp_path):
    path = os.fspath(tmp_path / "model.keras")
    compiled(dense(name="out")).save(path)
    estimator = convert(None, tmp_path / "model", keras_model_path=path)
    assert list(spec_of(estimator).predictions) == ["out"]
    with pytest.raises(ConfigError, match="but not both"):
        convert(compiled(dense()), tmp_path, keras_model_path=path)
    with pytest.raises(ConfigError, match="needs to be provided"):
        convert(None, tmp_path)
    (tmp_path / "text.h5").write_text("no model")
    with pytest.raises(KerasModelPathError, match=r"wrote: a file `\.h5`"):
        convert(None, keras_model_path=tmp_path / "text.h5")


def test_metrics_are_new_objects_in_each_graph():
    metric = tf.keras.metrics.MeanSquaredError(name="error")
    recipe = TfKerasRecipe(compiled(dense(name="out"), metrics=[metric]))
    for _ in range(2):
        with tf.Graph().as_default() as graph:
            model = recipe.make()
            recipe.compile(model, None)
            (made,) = model.metrics
            assert made.name == "error"
            assert made is not metric
            assert all(v.graph is graph for v in made.variables)
