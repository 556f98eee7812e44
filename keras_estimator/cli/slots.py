"""Which variables of a checkpoint belong to an optimizer."""

import re
from collections.abc import Container
from collections.abc import Iterable

# What TF1 optimizers keep once, whatever they train.
_ACCUMULATORS = re.compile(r"(.*/)?(beta[12]_power)(_\d+)?")
_AVERAGE = "ExponentialMovingAverage"
# What each Keras optimizer has in its folder: of Keras 3, or of Keras 2.
_OF_KERAS = ("iteration", "iterations", "iter")


def is_of_optimizer(name: str, names: Iterable[str]) -> bool:
    """Whether a variable is a slot or a counter of an optimizer.

    Args:
        name: Its name: `dense/kernel/Adam`, `beta1_power`, `adam/iterations`.
        names: All names of the checkpoint, among which is the variable that a
            slot belongs to.
    """
    there = names if isinstance(names, Container) else set(names)
    parent, _, last = name.rpartition("/")
    if last == _AVERAGE:
        return False
    if _ACCUMULATORS.fullmatch(name) or parent in there:
        return True
    parts = name.split("/")
    folders = ("/".join(parts[:n]) for n in range(1, len(parts)))
    return any(
        f"{f}/{counter}" in there for f in folders for counter in _OF_KERAS
    )


def without_slots(names: Iterable[str]) -> list[str]:
    """Returns the names that belong to no optimizer, in order."""
    there = list(names)
    known = set(there)
    return [name for name in there if not is_of_optimizer(name, known)]
