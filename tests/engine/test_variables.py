"""VariableStore: variables that programs share by name."""

import pytest
import tensorflow as tf

import keras_estimator as ke
from keras_estimator.engine.variables import VariableStore
from keras_estimator.errors import ModelFnError

v1 = tf.compat.v1


@pytest.fixture
def records(program_of):
    """The records of variables that a model_fn makes."""

    def records_(**shapes):
        def model_fn(features, mode):
            for name, (shape, dtype) in shapes.items():
                v1.get_variable(name, shape, dtype)
            return ke.EstimatorSpec(mode, predictions=features * 1)

        program = program_of(model_fn)
        return {record.name: record for record in program.records}

    return records_


def test_a_variable_enters_without_a_value(records):
    store = VariableStore()
    made = records(a=([2, 3], tf.float32))
    variable = store.enter(made["a"])
    assert variable.shape == [2, 3]
    assert variable.dtype == tf.float32
    assert variable.name == "a:0"
    assert not store.is_initialized("a")
    assert store.uninitialized(["a"]) == ["a"]


def test_a_name_is_one_variable_for_all_programs(records):
    store = VariableStore()
    first = store.enter(records(a=([2], tf.float32))["a"])
    first.assign([1.0, 2.0])
    again = store.enter(records(a=([2], tf.float32))["a"])
    assert again is first is store["a"]
    assert store.uninitialized(["a"]) == []
    assert list(store) == ["a"]
    assert len(store) == 1
    assert "a" in store
    assert "b" not in store


@pytest.mark.parametrize(
    ("other", "text"),
    [
        (([3], tf.float32), "float32 [3]"),
        (([2, 1], tf.float32), "float32 [2, 1]"),
        (([2], tf.float64), "float64 [2]"),
    ],
)
def test_another_shape_or_dtype_is_refused(records, other, text):
    store = VariableStore()
    store.enter(records(a=([2], tf.float32))["a"])
    with pytest.raises(ModelFnError) as error:
        store.enter(records(a=other)["a"])
    assert str(error.value).startswith(
        f"Variable `a` is {text} in this call of model_fn, but float32 [2] in "
        "an earlier one."
    )


def test_names_hold_slashes_and_no_scope_of_the_caller(records):
    store = VariableStore()
    record = records(**{"dense/kernel": ([1], tf.float32)})["dense/kernel"]
    with tf.name_scope("scope"):
        assert store.enter(record).name == "dense/kernel:0"


def test_a_copy_has_the_values_in_variables_of_its_own(records):
    store = VariableStore()
    made = records(a=([2], tf.float32), b=([], tf.int32))
    store.enter(made["a"]).assign([1.0, 2.0])
    store.enter(made["b"])
    twin = store.copy()
    assert list(twin) == ["a", "b"]
    assert not twin.is_initialized("b")
    store["a"].assign([5.0, 6.0])
    assert twin["a"].numpy().tolist() == [1, 2]
    twin["a"].assign([7.0, 8.0])
    assert store["a"].numpy().tolist() == [5, 6]


def test_variables_know_whether_they_are_trained(program_of):
    def model_fn(features, mode):
        v1.get_variable("yes", [])
        v1.get_variable("no", [], trainable=False)
        return ke.EstimatorSpec(mode, predictions=features * 1)

    store = VariableStore()
    for record in program_of(model_fn).records:
        store.enter(record)
    assert store["yes"].trainable
    assert not store["no"].trainable
    assert store.copy()["yes"].trainable
    assert not store.copy()["no"].trainable
