"""`tf.contrib`: what is back, and what is said of the rest."""

import pytest

import keras_estimator as ke
import keras_estimator.compat.v1 as tf


def test_the_predictor_is_back():
    assert (
        tf.contrib.predictor.from_saved_model is ke.predictor.from_saved_model
    )
    assert tf.contrib.predictor.from_estimator is ke.predictor.from_estimator


def test_what_is_not_back_says_so():
    with pytest.raises(AttributeError) as error:
        tf.contrib.nothing  # noqa: B018
    message = str(error.value)
    assert "no attribute 'nothing': TensorFlow" in message
    assert "docs/compatibility.md" in message
