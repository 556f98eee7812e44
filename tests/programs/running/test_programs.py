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
from tests.programs.running import observe
from tests.programs.running import run


def upgraded(text):
    """Returns the text after `keras-estimator upgrade --api v1`."""
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder, "program.py")
        path.write_text(text)
        found = Program(File(path, path)).upgraded("v1")
    assert not found.findings.open_points
    return found.after.decode()


@pytest.fixture(autouse=True)
def _eager_afterwards():
    """Ends what `tf.disable_v2_behavior()` of a program began."""
    yield
    ours.enable_eager_execution()
    ours.reset_default_graph()


def _recorded(name):
    record = run.RECORDS / f"{name.replace('/', '_')}.json"
    assert record.exists(), f"run `make parity` to record {name}"
    recorded = json.loads(record.read_text())
    version = recorded.pop("tensorflow")
    assert version.startswith(catalog.PROGRAMS[name].recorded_on)
    return recorded


@pytest.mark.parametrize("name", sorted(catalog.PROGRAMS))
def test_program_computes_what_it_did(name):
    recorded = _recorded(name)
    found = list(differences(recorded, run.run(name, ours, upgraded), close))
    assert not found, "\n".join(found)


@pytest.mark.parametrize("name", ["text_cnn", "vae_gan"])
def test_so_it_does_when_nobody_looks_at_each_step(name, monkeypatch):
    """Steps run many at a time then, and checkpoints in the background."""
    recorded = _recorded(name)
    for call in recorded["calls"]:
        if call["call"] == "train":
            call["losses"] = []
    monkeypatch.setattr(
        observe, "_losses_hook", lambda tf, losses: tf.train.SessionRunHook()
    )
    found = list(differences(recorded, run.run(name, ours, upgraded), close))
    assert not found, "\n".join(found)
