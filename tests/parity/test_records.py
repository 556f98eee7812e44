"""keras_estimator does what the records say the real tf.estimator does."""

import json
import math

import pytest

from tests.parity import harness

# float32 arithmetic of two TensorFlow versions on the same values.
RELATIVE = 1e-5
ABSOLUTE = 1e-6


def differences(recorded, ours, path=""):
    """Yields one line per place where `ours` departs from `recorded`."""
    if isinstance(recorded, dict) and isinstance(ours, dict):
        if list(recorded) != list(ours) and sorted(recorded) == sorted(ours):
            pass  # JSON objects are unordered; order is recorded as a list
        for key in sorted(recorded.keys() | ours.keys()):
            if key not in ours:
                yield f"{path}/{key}: missing, recorded {recorded[key]!r}"
            elif key not in recorded:
                yield f"{path}/{key}: extra, ours {ours[key]!r}"
            else:
                yield from differences(
                    recorded[key], ours[key], f"{path}/{key}"
                )
    elif isinstance(recorded, list) and isinstance(ours, list):
        if len(recorded) != len(ours):
            yield f"{path}: recorded {recorded!r}, ours {ours!r}"
        else:
            for i, (a, b) in enumerate(zip(recorded, ours, strict=True)):
                yield from differences(a, b, f"{path}[{i}]")
    elif isinstance(recorded, float) and isinstance(ours, float):
        same_nan = math.isnan(recorded) and math.isnan(ours)
        if not same_nan and not math.isclose(
            recorded, ours, rel_tol=RELATIVE, abs_tol=ABSOLUTE
        ):
            yield f"{path}: recorded {recorded!r}, ours {ours!r}"
    elif recorded != ours or type(recorded) is not type(ours):
        yield f"{path}: recorded {recorded!r}, ours {ours!r}"


@pytest.fixture(scope="module")
def stack():
    return harness.our_stack()


@pytest.mark.parametrize(
    ("module", "name"),
    list(harness.scenarios()),
    ids=lambda part: part,
)
def test_same_as_the_real_one(module, name, stack):
    record = harness.RECORDS / f"{module}.json"
    assert record.exists(), f"run `make parity` to record {module}"
    facts = json.loads(record.read_text())["facts"]
    assert name in facts, f"run `make parity` to record {module}.{name}"
    ours = harness.run(harness.scenarios()[module, name], stack)
    found = list(differences(facts[name], ours))
    assert not found, "\n".join(found)
