import keras
import numpy as np
import pytest

from keras_estimator.errors import KerasModelError
from keras_estimator.errors import UnsupportedError
from keras_estimator.keras_models.recipe import ModelRecipe


def functional(*layers, units=3, dtype="float32"):
    x = keras.Input((units,), dtype=dtype)
    y = x
    for layer in layers:
        y = layer(y)
    model = keras.Model(x, y)
    model.compile("sgd", "mse")
    return model


def outputs_of_twin(model, inputs, custom_objects=None):
    """Returns what a model made from the recipe computes, and its weights."""
    twin = ModelRecipe(model, custom_objects).make()
    assert twin is not model
    twin.set_weights(model.get_weights())
    return np.asarray(twin(inputs))


X = np.arange(6, dtype=np.float32).reshape(2, 3)


def test_functions_and_classes_that_cannot_be_imported_are_kept():
    factor = 2.0

    def twice(x):
        return factor * x

    class Plus(keras.layers.Layer):
        def call(self, x):
            return x + factor

    model = functional(
        keras.layers.Dense(3, activation=twice),
        Plus(),
        keras.layers.Dense(3, activation=lambda x: x - factor),
        keras.layers.Lambda(lambda x: factor * np.float32(1) * x),
    )
    assert (outputs_of_twin(model, X) == np.asarray(model(X))).all()


def test_functions_in_a_nested_model_are_kept():
    inner = keras.Sequential(
        [keras.Input((3,)), keras.layers.Lambda(lambda x: X[:1] + x)]
    )
    model = functional(inner, keras.layers.Dense(2))
    assert (outputs_of_twin(model, X) == np.asarray(model(X))).all()


def test_a_recipe_is_of_the_time_when_it_was_made():
    model = functional(keras.layers.Dense(2, name="out"))
    recipe = ModelRecipe(model)
    model.get_layer("out").trainable = False
    model.optimizer.learning_rate = 7.0
    twin = recipe.make()
    recipe.compile(twin)
    assert len(twin.trainable_variables) == 2
    assert float(twin.optimizer.learning_rate) == pytest.approx(0.01)


def test_custom_objects_are_for_what_only_the_user_knows():
    class Scale(keras.initializers.Initializer):
        def __call__(self, shape, dtype=None, **kwargs):
            return keras.ops.ones(shape, dtype)

    model = functional(keras.layers.Dense(2, kernel_initializer=Scale()))
    with pytest.raises(KerasModelError, match="in `custom_objects`"):
        ModelRecipe(model).make()
    outputs_of_twin(model, X, {"Scale": Scale})


@pytest.mark.parametrize("mode", ["int", "one_hot", "multi_hot", "count"])
def test_the_vocabulary_that_a_layer_was_adapted_to_is_kept(mode):
    lookup = keras.layers.StringLookup(output_mode=mode)
    lookup.adapt(np.array(["a", "b", "b"]))
    model = functional(lookup, units=1, dtype="string")
    words = np.array([["b"], ["a"], ["z"]])
    assert (outputs_of_twin(model, words) == np.asarray(model(words))).all()


def test_the_boundaries_that_a_layer_was_adapted_to_are_kept():
    buckets = keras.layers.Discretization(num_bins=3)
    buckets.adapt(np.arange(9.0))
    model = functional(buckets)
    assert (outputs_of_twin(model, X) == np.asarray(model(X))).all()


def test_weights_of_words_are_refused():
    lookup = keras.layers.StringLookup(output_mode="tf_idf")
    lookup.adapt(np.array([["a"], ["b"]]))
    model = functional(lookup, units=1, dtype="string")
    with pytest.raises(KerasModelError, match=f"{lookup.name}.*tf_idf"):
        ModelRecipe(model)


def test_each_model_is_compiled_with_metrics_and_an_optimizer_of_its_own():
    model = functional(keras.layers.Dense(2))
    metric = keras.metrics.MeanSquaredError(name="square")
    schedule = keras.optimizers.schedules.ExponentialDecay(0.5, 2, 0.9)
    loss = keras.losses.Huber(delta=0.5)
    model.compile(
        keras.optimizers.Adam(schedule, beta_1=0.7),
        loss,
        metrics=["mae", metric],
        weighted_metrics=[metric],
    )
    recipe = ModelRecipe(model)
    twins = [recipe.make() for _ in range(2)]
    for twin in twins:
        recipe.compile(twin)
        assert twin.loss is loss
        assert twin.optimizer.beta_1 == 0.7
        (compiled,) = [m for m in twin.metrics if "compile" in m.name]
        compiled.update_state(np.ones((2, 2)), np.ones((2, 2)))
        assert [m.name for m in compiled.metrics] == ["mae", "square", "square"]
        assert metric not in compiled.metrics
    assert twins[0].optimizer is not twins[1].optimizer


def test_a_scaled_loss_stays_scaled_once():
    model = functional(keras.layers.Dense(2))
    scaled = keras.optimizers.LossScaleOptimizer(
        keras.optimizers.SGD(), initial_scale=8.0
    )
    model.compile(scaled, "mse")
    recipe = ModelRecipe(model)
    twin = recipe.make()
    recipe.compile(twin)
    assert isinstance(twin.optimizer, keras.optimizers.LossScaleOptimizer)
    assert isinstance(twin.optimizer.inner_optimizer, keras.optimizers.SGD)
    assert twin.optimizer.initial_scale == 8.0


class Small(keras.Model):
    def __init__(self, units):
        super().__init__()
        self.units = units
        self.dense = keras.layers.Dense(units)

    def call(self, inputs):
        return self.dense(inputs)


class Described(Small):
    def get_config(self):
        return {"units": self.units}


class Undescribed(Small):
    def get_config(self):
        raise NotImplementedError("no config")


class WithTrainStep(Described):
    def train_step(self, data):
        return {}


class Misdescribed(Small):
    def get_config(self):
        return {"width": self.units}


def test_a_subclassed_model_is_made_by_its_config():
    model = Described(2)
    model.compile("sgd", "mse")
    model(X)
    assert (outputs_of_twin(model, X) == np.asarray(model(X))).all()


@pytest.mark.parametrize(
    ("cls", "error", "message"),
    [
        (Undescribed, KerasModelError, "Undescribed does not: no config"),
        (WithTrainStep, UnsupportedError, "WithTrainStep has its own train_s"),
        (Misdescribed, KerasModelError, "Misdescribed.from_config"),
    ],
)
def test_models_that_cannot_be_made_again_are_refused(cls, error, message):
    model = cls(2)
    model.compile("sgd", "mse")
    with pytest.raises(error, match=message):
        ModelRecipe(model).make()
