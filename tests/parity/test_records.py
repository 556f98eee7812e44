"""keras_estimator does what the records say the real tf.estimator does."""

import json
import math
import operator

import pytest

from tests.parity import harness

# float32 arithmetic of two TensorFlow versions on the same values.
RELATIVE = 1e-5
ABSOLUTE = 1e-6

SCENARIOS = harness.scenarios()


def differences(recorded, ours, same, path=""):
    """Yields one line per place where `ours` departs from `recorded`.

    Args:
        recorded: What the real one did.
        ours: What ours does.
        same: Function of two floats: whether they agree.
        path: Where in the record it is.
    """
    if isinstance(recorded, dict) and isinstance(ours, dict):
        # JSON objects are unordered; an order is recorded as a list.
        for key in sorted(recorded.keys() | ours.keys()):
            if key not in ours:
                yield f"{path}/{key}: missing, recorded {recorded[key]!r}"
            elif key not in recorded:
                yield f"{path}/{key}: extra, ours {ours[key]!r}"
            else:
                yield from differences(
                    recorded[key], ours[key], same, f"{path}/{key}"
                )
    elif isinstance(recorded, list) and isinstance(ours, list):
        if len(recorded) != len(ours):
            yield f"{path}: recorded {recorded!r}, ours {ours!r}"
        else:
            for i, (a, b) in enumerate(zip(recorded, ours, strict=True)):
                yield from differences(a, b, same, f"{path}[{i}]")
    elif isinstance(recorded, float) and isinstance(ours, float):
        both_nan = math.isnan(recorded) and math.isnan(ours)
        if not both_nan and not same(recorded, ours):
            yield f"{path}: recorded {recorded!r}, ours {ours!r}"
    elif recorded != ours or type(recorded) is not type(ours):
        yield f"{path}: recorded {recorded!r}, ours {ours!r}"


def close(a, b):
    return math.isclose(a, b, rel_tol=RELATIVE, abs_tol=ABSOLUTE)


@pytest.fixture(scope="module")
def stack():
    return harness.our_stack()


@pytest.mark.parametrize(
    ("module", "name"),
    list(SCENARIOS),
    ids=lambda part: part,
)
def test_same_as_the_real_one(module, name, stack):
    scenario = SCENARIOS[module, name]
    record = scenario.record
    assert record.exists(), f"run `make parity` to record {module}"
    facts = json.loads(record.read_text())["facts"]
    assert name in facts, f"run `make parity` to record {module}.{name}"
    ours = harness.run(scenario.function, stack)
    same = operator.eq if scenario.is_exact else close
    found = list(differences(facts[name], ours, same))
    assert not found, "\n".join(found)
