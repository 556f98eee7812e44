"""The other half of the programs; and programs that nobody watches."""

import pytest

import keras_estimator.compat.v1 as ours
from tests.parity.test_records import close
from tests.parity.test_records import differences
from tests.programs.running import catalog
from tests.programs.running import observe
from tests.programs.running import run
from tests.programs.running.test_programs import check
from tests.programs.running.test_programs import recorded_of
from tests.programs.running.test_programs import upgraded


@pytest.mark.parametrize("name", sorted(catalog.PROGRAMS)[1::2])
def test_program_computes_what_it_did(name):
    check(name)


@pytest.mark.parametrize("name", ["text_cnn", "vae_gan"])
def test_so_it_does_when_nobody_looks_at_each_step(name, monkeypatch):
    """Steps run many at a time then, and checkpoints in the background."""
    recorded = recorded_of(name)
    for call in recorded["calls"]:
        if call["call"] == "train":
            call["losses"] = []
    monkeypatch.setattr(
        observe, "_losses_hook", lambda tf, losses: tf.train.SessionRunHook()
    )
    found = list(differences(recorded, run.run(name, ours, upgraded), close))
    assert not found, "\n".join(found)
