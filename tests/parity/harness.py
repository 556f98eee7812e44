"""Runs the same scenarios on the real tf.estimator and on keras_estimator.

A scenario is a function `scenario_<name>(stack, path)` in a module of
`scenarios/`. It gets a `Stack` (the names of either implementation) and an
empty folder, and returns what it observed as JSON-able data. A module that says
`EXACT = True` has numbers that must be equal to the last bit. Running this file
with the interpreter of an environment that has `tensorflow==2.15.1` records
what the real one does:

    peer/bin/python tests/parity/harness.py [scenario module ...]

What only TensorFlow 1 had (`tf.contrib`) is in modules of `contrib/`, named
`contrib_<file>`: an interpreter of Python 3.7 with `tensorflow==1.15.5` runs
those, and no others, and records into `records_1.15/`. There `Stack.tf` is the
top of TensorFlow 1, and `Stack.tf2` its `tf.compat.v2`. A scenario there is
written in Python 3.7, and may build in a `tf.Graph` and run a `tf.Session`:

    peer-1.15/bin/python tests/parity/harness.py contrib_layers

`test_records.py` runs the scenarios on keras_estimator and compares.
"""

# Annotations of today, read by Python 3.7.
from __future__ import annotations

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
# Folder of scenarios: (major version that is recorded, folder of records).
SUITES = {
    HERE / "scenarios": ("2", HERE / "records"),
    HERE / "contrib": ("1", HERE / "records_1.15"),
}

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
    # File of what was recorded.
    record: pathlib.Path


def real_stack() -> Stack:
    import tensorflow as tf

    if tf.__version__.startswith("1."):
        return Stack(tf=tf, estimator=tf.estimator, tf2=tf.compat.v2)
    return Stack(tf=tf.compat.v1, estimator=tf.estimator, tf2=tf)


def our_stack() -> Stack:
    import tensorflow as tf

    import keras_estimator
    import keras_estimator.compat.v1 as tf1

    return Stack(tf=tf1, estimator=keras_estimator, tf2=tf)


def module_name(path: pathlib.Path) -> str:
    """Returns `training`, or `contrib_training` for `contrib/training.py`."""
    folder = path.parent.name
    return path.stem if folder == "scenarios" else f"{folder}_{path.stem}"


def load(path: pathlib.Path) -> types.ModuleType:
    name = module_name(path)
    spec = importlib.util.spec_from_file_location(name, path)
    module = importlib.util.module_from_spec(spec)
    # Functions of the module must be importable by name (model_fn lookup).
    sys.modules.setdefault(name, module)
    spec.loader.exec_module(module)
    return module


def scenarios(versions: str = "12") -> dict[tuple[str, str], Scenario]:
    """Returns {(module, name): scenario} of the suites.

    Args:
        versions: Major versions of TensorFlow whose suites are loaded.
    """
    found = {}
    for folder, (version, records) in SUITES.items():
        if version not in versions:
            continue
        for path in sorted(folder.glob("*.py")):
            module = load(path)
            is_exact = getattr(module, "EXACT", False)
            record = records / f"{path.stem}.json"
            for name, value in vars(module).items():
                if name.startswith("scenario_"):
                    key = module_name(path), name[len("scenario_") :]
                    found[key] = Scenario(value, is_exact, record)
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
    recorded = stack.tf.__version__
    by_record: dict[pathlib.Path, dict[str, Any]] = {}
    for (module, name), scenario in scenarios(recorded[0]).items():
        if wanted and module not in wanted:
            continue
        print(f"{module}.{name}", flush=True)
        facts = by_record.setdefault(scenario.record, {})
        facts[name] = run(scenario.function, stack)
    for path, facts in by_record.items():
        record = {"tensorflow": recorded, "facts": facts}
        path.write_text(json.dumps(record, indent=1, sort_keys=True) + "\n")


if __name__ == "__main__":
    main(sys.argv[1:])
