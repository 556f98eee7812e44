"""docs/compatibility.md lists every name, and says of each what is true."""

import json
import re
from pathlib import Path

import pytest

import keras_estimator
import keras_estimator.compat.v1 as tf
from keras_estimator.compat._replacements import REPLACEMENTS

_ROOT = Path(__file__).parents[2]
_DOCUMENT = (_ROOT / "docs" / "compatibility.md").read_text()
_FLAVOURS = {"v1": tf.estimator, "v2": keras_estimator}


def _table(mark):
    """Returns the rows of a table of the document, by their first cell."""
    _, _, rest = _DOCUMENT.partition(f"<!-- {mark} -->\n")
    table, _, _ = rest.partition(f"\n<!-- end of {mark} -->")
    rows = [line[2:-2].split(" | ") for line in table.splitlines()[2:]]
    return {name.strip("`"): cells for name, *cells in rows}


def _real_names():
    """Returns flavours of each name of tf.estimator, 1.15 and 2.15."""
    found = {}
    for version in ("1.15", "2.15"):
        path = _ROOT / "tests" / "api" / f"tf_estimator_{version}.json"
        for name in json.loads(path.read_text()):
            is_v1 = "compat.v1" in name or version == "1.15"
            short = name.split("estimator.", 1)[1]
            found.setdefault(short, set()).add("v1" if is_v1 else "v2")
    return found


def _is_there(module, name):
    for part in name.split("."):
        if not hasattr(module, part):
            return False
        module = getattr(module, part)
    return True


_NAMES = _real_names()
_ROWS = _table("estimator names")


def test_the_table_of_tf_estimator_has_each_name_once():
    assert sorted(_ROWS) == sorted(_NAMES)


@pytest.mark.parametrize("name", _NAMES)
def test_the_table_says_what_is_there(name):
    v1, v2, here = _ROWS[name]
    assert {"v1": v1, "v2": v2} == {
        flavour: "x" if flavour in _NAMES[name] else "" for flavour in _FLAVOURS
    }
    for flavour in _NAMES[name]:
        assert _is_there(_FLAVOURS[flavour], name) == here.startswith("yes")


def test_parts_of_contrib_that_are_here_are_listed():
    _, _, rest = _DOCUMENT.partition("\n## tf.contrib\n")
    text = rest.split("These are gone:")[0]
    listed = re.findall(r"`contrib\.(\w+)`", text)
    assert listed == sorted(tf.contrib.__all__)


def test_the_table_of_contrib_says_what_the_errors_say():
    said = {
        name: [instead]
        for name, instead in REPLACEMENTS.items()
        if re.fullmatch(r"contrib\.\w+", name)
        and name.removeprefix("contrib.") not in tf.contrib.__all__
    }
    assert _table("contrib modules") == said


def test_the_table_of_other_names_says_what_the_errors_say():
    said = {
        name: [instead]
        for name, instead in REPLACEMENTS.items()
        if not name.startswith(("contrib.", "python"))
    }
    assert _table("names gone") == said
