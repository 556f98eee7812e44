"""Every public name of TensorFlow 1: it is there, or says what replaces it."""

import types
from pathlib import Path

import pytest

import keras_estimator.compat.v1 as tf
from keras_estimator.compat._replacements import REPLACEMENTS

_API = Path(__file__).parents[1] / "api"


def _table(name):
    """Returns the lines of a table of names, each split into its cells."""
    lines = (_API / name).read_text().splitlines()
    return [line.split("\t") for line in lines if not line.startswith("#")]


def _find(name):
    found = tf
    for part in name.split("."):
        found = getattr(found, part)
    return found


_USED = [name for name, *_ in _table("tf1_usage.tsv")]
_CANNED = {
    "contrib.estimator.binary_classification_head",
    "estimator.DNNClassifier",
    "estimator.DNNLinearCombinedClassifier",
    "estimator.DNNRegressor",
    "estimator.LinearClassifier",
    "estimator.LinearRegressor",
}


def test_what_public_programs_use_is_there():
    for name in _USED:
        if name not in _CANNED:
            _find(name)


@pytest.mark.parametrize("name", sorted(_CANNED & {*_USED}))
def test_canned_estimators_and_heads_say_that_they_are_not_there(name):
    with pytest.raises(AttributeError, match="not here yet"):
        _find(name)


def test_no_name_of_tensorflow_1_is_gone_without_a_word():
    silent = []
    for name, _ in _table("tensorflow_v1.tsv"):
        try:
            _find(name)
        except AttributeError as error:
            if "any more, and keras_estimator does not" in str(error):
                silent.append(name)
    assert silent == []


def test_what_is_said_to_be_gone_is_gone():
    """Of modules that are there, a hint is of all that they do not have."""
    for name in REPLACEMENTS:
        try:
            found = _find(name)
        except AttributeError:
            continue
        assert isinstance(found, types.ModuleType), name


def test_hints_are_sentences():
    for name, hint in REPLACEMENTS.items():
        assert hint.endswith("."), name
        assert hint.count("`") % 2 == 0, name
