"""Live comparisons need an environment of the real tf.estimator."""

import os

import pytest

_PEER = os.environ.get("KERAS_ESTIMATOR_PEER")

# `make parity` makes one; `make test` compares with records alone.
collect_ignore_glob = [] if _PEER else ["test_live*.py"]


@pytest.fixture(scope="session")
def peer():
    """The interpreter of an environment that has `tensorflow==2.15.1`."""
    return _PEER
