"""docs/migration.md quotes messages as they are."""

import ast
import functools
import re
from pathlib import Path

import pytest

import keras_estimator

_PACKAGE = Path(keras_estimator.__file__).parent
_DOCUMENT = _PACKAGE.parent / "docs" / "migration.md"


def _quoted():
    """Returns the messages in the table of what to do when it says what."""
    _, _, rest = _DOCUMENT.read_text().partition("\n## When it says\n")
    rows = re.findall(r"^\| (`.+?) \| ", rest.split("\n## ")[0], re.MULTILINE)
    return [words for row in rows for words in re.findall(r"`([^`]+)`", row)]


@functools.cache
def _texts():
    """Returns the texts in the sources of the package, one below the other."""
    found = []
    for path in _PACKAGE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                found.append(node.value)
    return "\n".join(found)


def test_there_are_messages():
    assert len(_quoted()) >= 8


@pytest.mark.parametrize("words", _quoted())
def test_a_quoted_message_is_one_of_the_package(words):
    assert words in _texts()
