"""The public names and signatures, against those of tf.estimator 2.15.

`tests/api/tf_estimator_2.15.json` has every public name of the real one, with
its signatures.
"""

import ast
import importlib
import inspect
import json
import pkgutil
import re
from pathlib import Path

import pytest

import keras_estimator

_TESTS = Path(__file__).parent
_DOCUMENT = _TESTS.parent / "docs" / "compatibility.md"
_REAL = json.loads((_TESTS / "api" / "tf_estimator_2.15.json").read_text())
# The two flavours, by the module where each is.
_FLAVOURS = {
    "tf.compat.v1.estimator": "keras_estimator.compat.v1.estimator",
    "tf.estimator": "keras_estimator",
}
# What the real ones have from base classes written in C.
_INHERITED = {"add_note", "args", "with_traceback", "count", "index"}


def _split(name):
    """Returns the flavour of a name, and its name in there."""
    flavour = next(f for f in _FLAVOURS if name.startswith(f"{f}."))
    return flavour, name.removeprefix(f"{flavour}.")


def _find(name):
    """Returns our object of a name, `None` if there is none."""
    flavour, rest = _split(name)
    found = importlib.import_module(_FLAVOURS[flavour])
    for part in rest.split("."):
        found = getattr(found, part, None)
    return found


def _recorded(signature):
    """Parameter -> source of its default, of a recorded signature."""
    # A member of an enumeration stands there as `<Version.V1: 1>`.
    signature = re.sub(r"<[\w.]+: (\d+)>", r"\1", signature)
    arguments = ast.parse(f"def f{signature}: pass").body[0].args
    names = [argument.arg for argument in arguments.args]
    defaults = [ast.unparse(default) for default in arguments.defaults]
    required = [None] * (len(names) - len(defaults))
    found = dict(zip(names, required + defaults, strict=True))
    return {k: v for k, v in found.items() if k not in ("self", "cls", "_cls")}


def _parameters(function):
    found = inspect.signature(function).parameters.values()
    return [p for p in found if p.name not in ("self", "_cls")]


def _check_signature(function, recorded):
    """Ours takes the same by position, and may take more by keyword."""
    expected, found = _recorded(recorded), _parameters(function)
    assert [p.name for p in found[: len(expected)]] == list(expected)
    for parameter, default in zip(found, expected.values(), strict=False):
        if default is None:
            assert parameter.default is parameter.empty, parameter
        elif default.startswith("_"):  # a sentinel of its own
            assert parameter.default is not parameter.empty, parameter
        else:
            assert repr(parameter.default) == default, parameter
    for parameter in found[len(expected) :]:
        assert parameter.kind in (
            parameter.KEYWORD_ONLY,
            parameter.VAR_KEYWORD,
        ), parameter


_PRESENT = sorted(name for name in _REAL if _find(name) is not None)
_ABSENT = sorted(set(_REAL) - set(_PRESENT))


@pytest.mark.parametrize("name", _PRESENT)
def test_takes_what_the_real_one_takes(name):
    real = _REAL[name]
    signature = real.get("sig") or real["init"]
    if "*args" not in signature:
        _check_signature(_find(name), signature)
    for member, recorded in real.get("members", {}).items():
        ours = getattr(_find(name), member, None)
        if ours is None:
            assert member in _DOCUMENT.read_text(), member
        elif member not in _INHERITED and recorded.startswith("("):
            _check_signature(ours, recorded)


@pytest.mark.parametrize("name", _ABSENT)
def test_what_is_absent_is_listed_and_says_so(name):
    flavour, rest = _split(name)
    assert f"`{rest}`" in _DOCUMENT.read_text(), rest
    module = importlib.import_module(_FLAVOURS[flavour])
    if "." not in rest:
        with pytest.raises(AttributeError, match=r"compatibility\.md"):
            getattr(module, rest)


def _modules():
    yield keras_estimator
    for info in pkgutil.walk_packages(
        keras_estimator.__path__, "keras_estimator."
    ):
        yield importlib.import_module(info.name)


@pytest.mark.parametrize("module", [*_modules()], ids=lambda m: m.__name__)
def test_all_names_what_is_there(module):
    for name in getattr(module, "__all__", ()):
        assert hasattr(module, name), name
        assert not name.startswith("_") or name.endswith("__")


@pytest.mark.parametrize("name", keras_estimator.__all__)
def test_public_objects_have_docstrings(name):
    public = getattr(keras_estimator, name)
    assert inspect.getdoc(public)
    for member, value in inspect.getmembers(public, inspect.isfunction):
        if not member.startswith("_") and member in vars(public):
            assert inspect.getdoc(value), member
