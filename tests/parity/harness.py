"""Runs the same scenarios on the real tf.estimator and on keras_estimator.

A scenario is a function `scenario_<name>(stack, path)` in a module of
`scenarios/`. It gets a `Stack` (the names of either implementation) and an
empty folder, and returns what it observed as JSON-able data. A module that says
`EXACT = True` has numbers that must be equal to the last bit. Running this file
with the interpreter of an environment that has `tensorflow==2.15.1` records
what the real one does:

    peer/bin/python tests/parity/harness.py [scenario module ...]

`test_records.py` runs the scenarios on keras_estimator and compares.
"""

import importlib.util
import json
import pathlib
import sys
import tempfile
import types
from collections.abc import Callable
from typing import Any
from typing import NamedTuple

HERE = pathlib.Path(__file__).parent
SCENARIOS = HERE / "scenarios"
RECORDS = HERE / "records"

if __name__ == "__main__":
    # Scenarios import what they share from `tests.parity`.
    sys.path.insert(0, str(HERE.parents[1]))


class Stack(NamedTuple):
    """One implementation: the names a program imports."""

    # tf.compat.v1, with .estimator, .layers, .train, ...
    tf: Any
    # tf.estimator in the flavour of TensorFlow 2
    estimator: Any
    # the top of TensorFlow 2
    tf2: Any


class Scenario(NamedTuple):
    """A function of (stack, path), and how its numbers are compared."""

    function: Callable
    is_exact: bool


def real_stack() -> Stack:
    import tensorflow as tf

    return Stack(tf=tf.compat.v1, estimator=tf.estimator, tf2=tf)


def our_stack() -> Stack:
    import tensorflow as tf

    import keras_estimator
    import keras_estimator.compat.v1 as tf1

    return Stack(tf=tf1, estimator=keras_estimator, tf2=tf)


def load(path: pathlib.Path) -> types.ModuleType:
    spec = importlib.util.spec_from_file_location(path.stem, path)
    module = importlib.util.module_from_spec(spec)
    # Functions of the module must be importable by name (model_fn lookup).
    sys.modules.setdefault(path.stem, module)
    spec.loader.exec_module(module)
    return module


def scenarios() -> dict[tuple[str, str], Scenario]:
    """Returns {(module, name): scenario} of everything in scenarios/."""
    found = {}
    for path in sorted(SCENARIOS.glob("*.py")):
        module = load(path)
        is_exact = getattr(module, "EXACT", False)
        for name, value in vars(module).items():
            if name.startswith("scenario_"):
                key = path.stem, name.removeprefix("scenario_")
                found[key] = Scenario(value, is_exact)
    return found


def plain(value: Any) -> Any:
    """Returns `value` as JSON-able data: arrays as lists, bytes as text."""
    import numpy as np

    if isinstance(value, dict):
        return {str(k): plain(v) for k, v in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(v) for v in value]
    if isinstance(value, np.ndarray):
        return plain(value.tolist())
    if isinstance(value, np.generic):
        return plain(value.item())
    if isinstance(value, bytes):
        return value.decode()
    if value is None or isinstance(value, (bool, int, float, str)):
        return value
    raise TypeError(f"not recordable: {value!r} ({type(value).__name__})")


def run(function: Callable, stack: Stack) -> Any:
    with tempfile.TemporaryDirectory() as path:
        return plain(function(stack, path))


def main(wanted: list[str]) -> None:
    stack = real_stack()
    by_module: dict[str, dict[str, Any]] = {}
    for (module, name), scenario in scenarios().items():
        if wanted and module not in wanted:
            continue
        print(f"{module}.{name}", flush=True)
        by_module.setdefault(module, {})[name] = run(scenario.function, stack)
    for module, facts in by_module.items():
        record = {"tensorflow": stack.tf2.__version__, "facts": facts}
        text = json.dumps(record, indent=1, sort_keys=True)
        (RECORDS / f"{module}.json").write_text(text + "\n")


if __name__ == "__main__":
    main(sys.argv[1:])
