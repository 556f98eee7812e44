"""Runs programs and notes what they compute: a loss for each step, and so on.

Run by an interpreter that has the real tf.estimator, it records what that does:

    peer/bin/python tests/programs/running/run.py [program ...]
"""

import json
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

PROGRAMS = pathlib.Path(__file__).resolve().parents[1]
RECORDS = PROGRAMS / "records"

if __name__ == "__main__":
    sys.path[0] = str(PROGRAMS.parents[1])

import numpy as np  # noqa: E402

from tests.programs.running import catalog  # noqa: E402
from tests.programs.running import observe  # noqa: E402
from tests.programs.running import sandbox  # noqa: E402
from tests.programs.running.translate import with_names_of  # noqa: E402

# Digests of variables have values from this many places.
PLACES = 5


def run(name, tf, translate):
    """Runs a program and returns what it did, as JSON-able data.

    Args:
        name: Name in the catalog: its file without `.py`, `folder/file` if it
            has several.
        tf: The namespace that it sees as `tf`.
        translate: Function that returns the text that is run, of its text.

    Returns:
        dict of `calls` (in order: losses of each step, metrics, predictions,
        answers of exports), `variables` (a digest of the newest checkpoint of
        each model_dir) and `files` (numbers in what it wrote).
    """
    entry = catalog.PROGRAMS[name]
    with tempfile.TemporaryDirectory() as place:
        # Some names of folders contain others' model_dir.
        folder = pathlib.Path(place).resolve() / "work"
        folder.mkdir()
        script = _copy(name, pathlib.Path(place) / "program", translate)
        with observe.watched(tf, entry.feed) as notes:
            for arguments in entry.runs:
                sandbox.start(script, arguments, folder)
        with sandbox.working_directory(folder):
            return plain(
                {
                    "calls": notes.calls,
                    "variables": {
                        _relative(path, folder): _variables(estimator)
                        for path, estimator in notes.estimators.items()
                    },
                    "files": {
                        file: _numbers((folder / file).read_text())
                        for file in entry.files
                    },
                }
            )


def _copy(name, target, translate):
    """Writes the texts that are run; returns the path of the script."""
    source = PROGRAMS / name.split("/")[0]
    if not source.is_dir():
        source = source.parent / (source.name + ".py")
    files = [source] if source.is_file() else sorted(source.rglob("*.py"))
    for file in files:
        copy = target / file.relative_to(PROGRAMS)
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_text(translate(file.read_text()))
    for file in source.rglob("*") if source.is_dir() else ():
        copy = target / file.relative_to(PROGRAMS)
        if file.is_file() and not copy.exists():
            shutil.copy(str(file), str(copy))
    return target / (name + ".py")


def _relative(path, folder):
    return str(pathlib.Path(folder, path).resolve().relative_to(folder))


def _variables(estimator):
    return {
        name: _digest(estimator.get_variable_value(name))
        for name in estimator.get_variable_names()
    }


def _digest(value):
    flat = np.ravel(value)
    places = np.linspace(0, flat.size - 1, min(PLACES, flat.size))
    size = np.sqrt(np.mean(np.square(flat.astype(np.float64))))
    return {
        "shape": list(value.shape),
        "values": flat[places.astype(int)],
        "size": np.float32(size),
    }


def _numbers(text):
    found = re.findall(r"-?\d+\.?\d*(?:e-?\d+)?", text)
    return [float(number) for number in found]


def plain(value):
    """Returns `value` as JSON-able data: arrays as lists, bytes as text."""
    if isinstance(value, dict):
        return {str(key): plain(part) for key, part in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(part) for part in value]
    if isinstance(value, (np.ndarray, np.generic)):
        if value.dtype == np.float32:
            return _floats(value)
        return plain(value.tolist())
    if isinstance(value, bytes):
        return value.decode()
    if value is None or isinstance(value, (bool, int, float, str)):
        return value
    raise TypeError("not recordable: {!r}".format(value))


def _floats(value):
    if value.ndim:
        return [_floats(part) for part in value]
    # The shortest number that is this float32.
    return float(str(np.float32(value)))


def real(version):
    """Returns the namespace, and how texts are translated for it."""
    import tensorflow as tf

    if version.startswith("1."):
        return tf, lambda text: text
    # As in TF1: some make placeholders in `main`, and `x.shape[1]` has a
    # `value`.
    tf.compat.v1.disable_eager_execution()
    tf.compat.v1.disable_v2_tensorshape()
    return tf.compat.v1, with_names_of("tensorflow.compat.v1")


def record(name):
    """Writes what a program does here to its file in `records/`."""
    import tensorflow as tf

    facts = run(name, *real(tf.__version__))
    facts["tensorflow"] = tf.__version__
    file = RECORDS / (name.replace("/", "_") + ".json")
    file.write_text(json.dumps(facts, indent=1, sort_keys=True) + "\n")


def main(wanted):
    """Records programs, each in a process of its own."""
    if len(wanted) == 1:
        record(wanted[0])
        return
    import tensorflow as tf

    for name, entry in sorted(catalog.PROGRAMS.items()):
        here = tf.__version__.startswith(entry.recorded_on + ".")
        if here and (not wanted or name in wanted):
            print(name, flush=True)
            # One may turn parts of TensorFlow off for the whole process.
            subprocess.run([sys.executable, __file__, name], check=True)


if __name__ == "__main__":
    main(sys.argv[1:])
