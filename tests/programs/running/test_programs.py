"""Each program does on ours, once upgraded, what it did on the real one.

Losses are compared to 1e-5: kernels of another version add in another order.
"""

import json
import pathlib
import tempfile

import pytest

import keras_estimator.compat.v1 as ours
from keras_estimator.cli.upgrade.program import Program
from keras_estimator.cli.upgrade.tree import File
from tests.parity.test_records import close
from tests.parity.test_records import differences
from tests.programs.running import catalog
from tests.programs.running import run


def upgraded(text):
    """Returns the text after `keras-estimator upgrade --api v1`."""
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder, "program.py")
        path.write_text(text)
        found = Program(File(path, path)).upgraded("v1")
    assert not found.findings.open_points
    return found.after.decode()


def recorded_of(name):
    record = run.RECORDS / f"{name.replace('/', '_')}.json"
    assert record.exists(), f"run `make parity` to record {name}"
    recorded = json.loads(record.read_text())
    version = recorded.pop("tensorflow")
    assert version.startswith(catalog.PROGRAMS[name].recorded_on)
    return recorded


def check(name):
    """Compares what a program does with its record."""
    recorded = recorded_of(name)
    found = list(differences(recorded, run.run(name, ours, upgraded), close))
    assert not found, "\n".join(found)


# The others are in `test_more_programs.py`: a file is run by one process.
@pytest.mark.parametrize("name", sorted(catalog.PROGRAMS)[::2])
def test_program_computes_what_it_did(name):
    check(name)
