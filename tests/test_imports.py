"""The shape of the package: what imports what, and what it costs."""

import ast
import functools
from pathlib import Path

import pytest

import keras_estimator
from tests import processes

_ROOT = Path(keras_estimator.__file__).parent
# From the bottom up: a part imports only from parts before it (and, inside of
# a part, as it likes). docs/architecture.md has the same list.
_PARTS = (
    ("errors", "_types", "_absent"),
    ("export", "predictor"),
    ("minimize", "tracebacks", "progress"),
    ("spec",),
    ("checkpoint.best_policy", "checkpoint.warm_start", "distribute"),
    ("run_config", "estimator_config"),
    ("engine",),
    ("inputs", "session_config"),
    ("model",),
    ("checkpoint", "summaries", "evaluations"),
    ("hooks",),
    ("calls",),
    ("estimator",),
    ("keras_models",),
    ("add_metrics", "model_to_estimator", "tpu"),
    ("",),
    ("compat",),
    ("cli", "__main__"),
)
_PRIVATE = {
    "tensorflow.python": "engine/_tensorflow.py",
    "keras.src": "engine/_keras.py",
}


def _modules():
    return sorted(path.relative_to(_ROOT) for path in _ROOT.rglob("*.py"))


@functools.cache
def _imports(path):
    """Returns the full names of the modules that a file imports from."""
    names = []
    for node in ast.walk(ast.parse((_ROOT / path).read_text())):
        if isinstance(node, ast.Import):
            names.extend(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            names.extend(f"{node.module}.{a.name}" for a in node.names)
    return names


def _layer(name):
    """Returns the place of a module, below the package, in `_PARTS`."""
    matches = [
        (len(part), layer)
        for layer, parts in enumerate(_PARTS)
        for part in parts
        if f"{name}.".startswith(f"{part}.") or not part
    ]
    return max(matches)[1]


@pytest.mark.parametrize("path", _modules(), ids=str)
def test_dependencies_point_one_way(path):
    module = str(path.with_suffix("")).replace("/", ".")
    mine = _layer(module.removesuffix("__init__").rstrip("."))
    for imported in _imports(path):
        if imported.startswith("keras_estimator."):
            name = imported.removeprefix("keras_estimator.")
            assert _layer(name) <= mine, imported


@pytest.mark.parametrize("path", _modules(), ids=str)
def test_private_names_are_in_their_adapters(path):
    for imported in _imports(path):
        for private, adapter in _PRIVATE.items():
            if imported.startswith(private):
                assert str(path) == adapter, imported


def test_importing_loads_nothing_but_itself():
    """No tf_keras, pandas or libcst: they take seconds, and may not be used."""
    program = (
        "import sys, tensorflow, keras\n"
        "before = set(sys.modules)\n"
        "import keras_estimator.compat.v1\n"
        "loaded = {n.split('.')[0] for n in set(sys.modules) - before}\n"
        "assert loaded == {'keras_estimator'}, loaded\n"
    )
    ended = processes.run(program)
    assert ended.returncode == 0, ended.stderr
