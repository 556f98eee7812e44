"""Leaves the process as the next program expects it."""

import pytest

import keras_estimator.compat.v1 as ours


@pytest.fixture(autouse=True)
def _eager_afterwards():
    """Ends what `tf.disable_v2_behavior()` of a program began."""
    yield
    ours.enable_eager_execution()
    ours.reset_default_graph()
