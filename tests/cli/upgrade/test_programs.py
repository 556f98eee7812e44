"""The programs of TF1 in tests/programs, and the examples of this project."""

import ast
import functools
from pathlib import Path

import pytest

from keras_estimator.cli.upgrade.program import Program
from keras_estimator.cli.upgrade.tree import File
from tests.programs.running.translate import with_names_of

_TESTS = Path(__file__).parents[2]
_PROGRAMS = sorted(
    path
    for path in (_TESTS / "programs").rglob("*.py")
    if "running" not in path.parts and path.name != "conftest.py"
)


def _without_imports(text):
    """Returns the lines of a program that belong to no import."""
    lines = dict(enumerate(text.splitlines(), 1))
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            for number in range(node.lineno, node.end_lineno + 1):
                lines.pop(number, None)
    return list(lines.values())


@functools.cache
def _upgraded(path):
    return Program(File(path, path)).upgraded("v1")


@pytest.mark.parametrize(
    "path", _PROGRAMS, ids=lambda path: str(path.relative_to(_TESTS))
)
def test_a_program_of_tf1_needs_nothing_else(path):
    found = _upgraded(path)
    assert found.is_changed
    assert not found.findings.open_points
    before, after = found.before.decode(), found.after.decode()
    assert _without_imports(after) == _without_imports(before)


@pytest.mark.parametrize(
    "path", _PROGRAMS, ids=lambda path: str(path.relative_to(_TESTS))
)
def test_it_is_what_is_run_here(path):
    run = with_names_of("keras_estimator.compat.v1")(path.read_text())
    # Private paths are kept there, and get public names from the command.
    assert ".python." in run or _upgraded(path).after.decode() == run
