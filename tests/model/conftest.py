"""Fixtures of tests of EstimatorModel."""

import pytest

from tests.model import line


@pytest.fixture(autouse=True)
def _no_calls_yet():
    line.CALLS.clear()
