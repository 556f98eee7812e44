"""A terminal in place of stdout and stderr."""

import sys

import pytest

from tests.progress.screen import Clock
from tests.progress.screen import Terminal


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def terminal():
    """Is stdout and stderr while the test runs."""
    return Terminal()


@pytest.hookimpl(wrapper=True)
def pytest_pyfunc_call(pyfuncitem):
    """Sets them as late as this: pytest sets its own after the fixtures."""
    terminal = pyfuncitem.funcargs.get("terminal")
    if terminal is None:
        return (yield)
    before = sys.stdout, sys.stderr
    sys.stdout = sys.stderr = terminal
    try:
        return (yield)
    finally:
        sys.stdout, sys.stderr = before
