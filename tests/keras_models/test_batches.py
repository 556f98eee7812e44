import keras
import pytest

from keras_estimator.errors import KerasModelError
from keras_estimator.errors import ModelInputsError
from keras_estimator.keras_models.batches import batch_of
from keras_estimator.keras_models.batches import by_output
from keras_estimator.keras_models.batches import output_names


@pytest.fixture(scope="module")
def model():
    a, b = keras.Input((1,), name="a"), keras.Input((1,), name="b")
    first = keras.layers.Dense(1, name="first")(a)
    second = keras.layers.Dense(1, name="second")(b)
    return keras.Model([a, b], [first, second])


@pytest.mark.parametrize("features", [(1, 2), [1, 2], {"b": 2, "c": 3, "a": 1}])
def test_features_come_in_the_order_of_inputs(model, features):
    batch = batch_of(model, features, "labels")
    assert batch == ([1, 2], "labels", None)


def test_weights_of_examples_are_taken_out_of_the_features(model):
    features = {"features": {"a": 1, "b": 2}, "sample_weights": 3}
    assert batch_of(model, features, None) == ([1, 2], None, 3)


def test_inputs_in_a_dict_stay_in_one():
    inputs = {
        "a": keras.Input((1,), name="a"),
        "b": keras.Input((1,), name="b"),
    }
    model = keras.Model(inputs, keras.ops.add(inputs["a"], inputs["b"]))
    batch = batch_of(model, {"b": 2, "a": 1}, None)
    assert batch.inputs == {"a": 1, "b": 2}


def test_a_sequential_model_has_one_input():
    model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)])
    assert batch_of(model, 1, None).inputs == 1
    assert batch_of(model, {model.inputs[0].name: 1}, None).inputs == 1


def test_a_model_without_declared_inputs_gets_what_there_is():
    model = keras.Sequential([keras.layers.Dense(1)])
    assert batch_of(model, {"any": 1}, None).inputs == {"any": 1}


def test_a_missing_feature_is_named(model):
    with pytest.raises(
        ModelInputsError,
        match=r"Expected keys: \['a', 'b'\], features keys: \['a', 'c'\], "
        r"missed keys: \['b'\]",
    ):
        batch_of(model, {"a": 1, "c": 2}, None)


def test_the_number_of_features_is_that_of_inputs(model):
    with pytest.raises(KerasModelError, match=r"1 features for .*'a', 'b'"):
        batch_of(model, 1, None)


@pytest.mark.parametrize("labels", [(1, 2), {"second": 2, "first": 1}])
@pytest.mark.parametrize(
    ("outputs", "expected"),
    [
        (["y", "z"], [1, 2]),
        ({"first": "y", "second": "z"}, {"first": 1, "second": 2}),
    ],
)
def test_labels_are_nested_as_the_outputs_are(labels, outputs, expected):
    names = ["first", "second"]
    assert by_output(labels, outputs, names, "labels") == expected


def test_labels_of_one_output_stay_as_they_are():
    assert by_output(1, "y", ["out"], "labels") == 1
    assert by_output({"out": 1}, "y", ["out"], "labels") == 1


def test_missing_labels_are_named():
    with pytest.raises(ModelInputsError, match=r"labels .* missed keys: \['b'"):
        by_output({"a": 1}, ["y", "z"], ["a", "b"], "labels")
    with pytest.raises(KerasModelError, match="1 labels for the outputs"):
        by_output([1], ["y", "z"], ["a", "b"], "labels")


def test_outputs_are_named_after_their_layers_keys_or_numbers(model):
    one = keras.Sequential([keras.layers.Dense(1, name="last")])
    assert output_names(model, [1, 2]) == ["first", "second"]
    assert output_names(model, {"x": 1, "y": 2}) == ["x", "y"]
    assert output_names(one, 1) == ["last"]
    assert output_names(keras.layers.Dense(1), [1, 2]) == [
        "output_1",
        "output_2",
    ]
