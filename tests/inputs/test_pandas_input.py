"""pandas_input_fn: what the records of the real one do not show."""

import numpy as np
import pandas as pd
import pytest
import tensorflow as tf

from keras_estimator.errors import ArgumentTypeError
from keras_estimator.errors import ConfigError
from keras_estimator.inputs import pandas_input_fn


@pytest.fixture
def frame():
    return pd.DataFrame(
        {"b": [1.5, 2.5, 3.5], "a": ["x", "y", "z"], "n": [1, 2, 3]}
    )


def test_in_eager_mode_it_returns_a_dataset(frame):
    dataset = pandas_input_fn(frame, frame["n"], 2, 1, False)()
    assert isinstance(dataset, tf.data.Dataset)
    features, labels = next(iter(dataset))
    assert features["b"].numpy().tolist() == [1.5, 2.5]
    assert labels.numpy().tolist() == [1, 2]


def test_rows_stay_together_when_they_are_shuffled(read):
    frame = pd.DataFrame({"a": np.arange(40), "b": -np.arange(40)})
    ((features, labels),) = read(
        pandas_input_fn(frame, frame["a"] * 2, 40, 1, True), seed=1
    )
    assert features["a"] != list(range(40))
    assert sorted(features["a"]) == list(range(40))
    assert features["b"] == [-a for a in features["a"]]
    assert labels == [2 * a for a in features["a"]]


def test_batches_go_on_over_epochs(read):
    frame = pd.DataFrame({"a": [1, 2, 3]})
    found = read(pandas_input_fn(frame, None, 2, 2, False))
    assert [features["a"] for features, _ in found] == [[1, 2], [3, 1], [2, 3]]


def test_later_changes_of_the_frame_do_not_count(read, frame):
    input_fn = pandas_input_fn(frame, frame["n"], 3, 1, False)
    frame["b"] = 0.0
    frame.loc[:, "n"] = 9
    ((features, labels),) = read(input_fn)
    assert features["b"] == [1.5, 2.5, 3.5]
    assert labels == [1, 2, 3]


def test_columns_of_many_kinds_arrive(read):
    frame = pd.DataFrame(
        {
            "flag": [True, False],
            "category": pd.Categorical(["u", "v"]),
            "text": pd.array(["s", "t"], dtype="string"),
            "small": np.array([1, 2], np.int8),
            7: [0.5, 1.5],
        }
    )
    ((features, _),) = read(pandas_input_fn(frame, None, 2, 1, False))
    assert features == {
        "flag": [True, False],
        "category": ["u", "v"],
        "text": ["s", "t"],
        "small": [1, 2],
        "7": [0.5, 1.5],
    }


@pytest.mark.parametrize("x", [np.zeros([2, 2]), {"a": [1]}, None])
def test_only_frames_are_taken(x):
    with pytest.raises(ArgumentTypeError, match="must be a pandas DataFrame"):
        pandas_input_fn(x, shuffle=False)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"shuffle": None}, "explicitly set as boolean"),
        ({"batch_size": 0}, "batch_size must be >= 1; got 0"),
        ({"num_epochs": 0}, "num_epochs must be >= 1"),
        ({"y": pd.Series([1, 2, 3], index=[4, 5, 6])}, "Index for x and y are"),
        ({"y": pd.Series([1, 2])}, r"Index for .*reset_index\(drop=True\)"),
        (
            {"y": pd.Series([1, 2, 3]), "target_column": "a"},
            "Cannot use name a for target column",
        ),
    ],
)
def test_what_does_not_fit_is_refused(frame, arguments, message):
    with pytest.raises(ConfigError, match=f"(?s){message}"):
        pandas_input_fn(frame, **{"shuffle": False, **arguments})


def test_the_name_of_a_target_must_be_a_text(frame):
    with pytest.raises(ArgumentTypeError, match="string type. Received: 3"):
        pandas_input_fn(frame, shuffle=False, target_column=3)
