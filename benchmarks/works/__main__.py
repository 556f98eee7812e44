"""Runs one work on one stack and prints its figures as a line of JSON.

    STACK=real python -m benchmarks.works mlp [size=number ...]

The memory among the figures is the peak of the whole work beyond the peak that
importing alone took.
"""

import importlib
import json
import os
import sys

from benchmarks.works.importing import importing
from benchmarks.works.memory import peak_mb

_PROGRAMS = "benchmarks.works.programs"
_GROWING = "benchmarks.works.growing"
_MODULES = {
    "fit": "benchmarks.works.keras_fit",
    "fused": "benchmarks.works.fused",
}


def main(work, sizes):
    stack = os.environ.get("STACK", "ours")
    if work == "import":
        return importing()
    family, _, name = work.rpartition(".")
    module = _GROWING if family else _MODULES.get(stack, _PROGRAMS)
    function = getattr(importlib.import_module(module), name)
    return _with_memory(function, sizes)


def _with_memory(function, sizes):
    imported = peak_mb()
    figures = function(**sizes)
    figures["MB"] = peak_mb() - imported
    return figures


def _versions():
    """Returns the name and version of what the figures depend on."""
    found = {"python": sys.version.split()[0]}
    for name in ("tensorflow", "keras", "tf_keras", "numpy", "keras_estimator"):
        version = getattr(sys.modules.get(name), "__version__", None)
        # Some are stand-ins that TensorFlow loads when asked for.
        if isinstance(version, str):
            found[name] = version
    return found


if __name__ == "__main__":
    pairs = [argument.split("=") for argument in sys.argv[2:]]
    figures = main(sys.argv[1], {name: int(number) for name, number in pairs})
    print(json.dumps({"figures": figures, "versions": _versions()}))
