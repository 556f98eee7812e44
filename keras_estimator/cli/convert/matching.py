"""Which variable of a checkpoint is which of a model."""

import difflib
from collections.abc import Collection
from collections.abc import Iterable
from collections.abc import Mapping
from collections.abc import Sequence
from typing import Any
from typing import NamedTuple

import numpy as np

from keras_estimator.cli.errors import CommandError
from keras_estimator.cli.slots import is_of_optimizer

Values = Mapping[str, np.ndarray]


class Matching(NamedTuple):
    """What matches what.

    Attributes:
        pairs: Name in what is written -> name in what is read.
        left_out: Names that are read, and not written.
        faults: Why nothing can be written; empty if it can.
    """

    pairs: dict[str, str]
    left_out: list[str]
    faults: list[str]


class Wanted(NamedTuple):
    """A variable that gets a value.

    Attributes:
        shape: Its shape.
        dtype: Its type.
        is_optional: Whether it may stay as it is.
    """

    shape: tuple[int, ...]
    dtype: str
    is_optional: bool


def renamed(names: Iterable[str], given: Sequence[str]) -> dict[str, str]:
    """Returns old name -> new name.

    Args:
        names: The old names.
        given: Each `OLD=NEW`; both may end in a slash, for all that begin so.

    Raises:
        CommandError: If one of them means nothing, or two names become one.
    """
    names = list(names)
    exact, prefixes = _parsed(given)
    unknown = [old for old in exact if old not in names]
    unknown += [p for p in prefixes if not any(n.startswith(p) for n in names)]
    if unknown:
        raise CommandError(
            "\n".join(
                f"--map {name}=...: no variable of CHECKPOINT "
                f"{'begins with' if name in prefixes else 'is called'} "
                f"{name!r}.{_nearest(name, names)}"
                for name in unknown
            )
        )
    found = {name: _new_name(name, exact, prefixes) for name in names}
    twice = [n for n in dict.fromkeys(found.values()) if _count(found, n) > 1]
    if twice:
        raise CommandError(
            "\n".join(
                f"--map: {[old for old in found if found[old] == name]} would "
                f"all be called {name!r}."
                for name in twice
            )
        )
    return found


def match(
    values: Values,
    new_names: Mapping[str, str],
    wanted: Mapping[str, Wanted],
    dropped: Collection[str],
) -> Matching:
    """Matches values with the variables of a model.

    Args:
        values: Name -> value, as they are read.
        new_names: Name as it is read -> name in the model.
        wanted: Name in the model -> what it takes.
        dropped: Names as they are read that are not to be used.
    """
    by_new = {new: old for old, new in new_names.items() if old not in dropped}
    pairs, faults = {}, []
    unused = [old for new, old in by_new.items() if new not in wanted]
    for name, variable in wanted.items():
        old = by_new.get(name)
        if old is None:
            if not variable.is_optional:
                faults.append(_missing(name, variable, values, unused))
        elif values[old].shape != variable.shape:
            faults.append(
                f"{name} is {list(variable.shape)} in the model, and "
                f"{old} is {list(values[old].shape)} in CHECKPOINT."
            )
        else:
            pairs[name] = old
    used = set(pairs.values())
    left_out = [name for name in values if name not in used]
    return Matching(pairs, left_out, faults)


def all_of(
    values: Values, new_names: Mapping[str, str], dropped: Collection[str]
) -> Matching:
    """Returns the matching where all that is read is written."""
    pairs = {new: old for old, new in new_names.items() if old not in dropped}
    return Matching(pairs, [n for n in values if n in dropped], [])


def as_json(matching: Matching) -> dict[str, Any]:
    """Returns it as it is written for machines."""
    return matching._asdict()


def as_lines(matching: Matching, values: Values) -> Iterable[str]:
    """Yields it as it is written for people."""
    for name, old in matching.pairs.items():
        value = values[old]
        source = f" <- {old}" if old != name else ""
        yield f"  {name} {value.dtype.name}{list(value.shape)}{source}"
    slots = [n for n in matching.left_out if is_of_optimizer(n, values)]
    others = [n for n in matching.left_out if n not in set(slots)]
    if slots:
        yield f"  left out, of the optimizer: {', '.join(slots)}"
    if others:
        yield f"  left out: {', '.join(others)}"


def _parsed(given: Sequence[str]) -> tuple[dict[str, str], dict[str, str]]:
    exact: dict[str, str] = {}
    prefixes: dict[str, str] = {}
    for text in given:
        old, is_there, new = text.partition("=")
        is_prefix = [not name or name.endswith("/") for name in (old, new)]
        if not is_there or not text.strip("=") or is_prefix[0] != is_prefix[1]:
            raise CommandError(
                f"--map {text}: expected OLD=NEW, two names of variables or "
                "two beginnings of names that end in a slash (or are empty)."
            )
        (prefixes if is_prefix[0] else exact)[old] = new
    return exact, prefixes


def _new_name(
    name: str, exact: Mapping[str, str], prefixes: Mapping[str, str]
) -> str:
    if name in exact:
        return exact[name]
    # The slots of a variable go with it.
    parent, slash, last = name.rpartition("/")
    if parent in exact:
        return f"{exact[parent]}{slash}{last}"
    for prefix in sorted(prefixes, key=len, reverse=True):
        if name.startswith(prefix) and (prefix or name != "global_step"):
            return f"{prefixes[prefix]}{name.removeprefix(prefix)}"
    return name


def _missing(
    name: str, variable: Wanted, values: Values, unused: Sequence[str]
) -> str:
    last = name.rpartition("/")[2]
    alike = [
        old
        for old in unused
        if values[old].shape == variable.shape
        and old.rpartition("/")[2] == last
    ]
    said = (
        f"{name} {variable.dtype}{list(variable.shape)} of the model: nothing "
        "in CHECKPOINT has that name."
    )
    if len(alike) == 1:
        return f"{said} If it is {alike[0]!r}: --map {alike[0]}={name}"
    return f"{said}{_nearest(name, unused)}"


def _nearest(name: str, names: Sequence[str]) -> str:
    close = difflib.get_close_matches(name, names, n=1)
    return f" The nearest name there is {close[0]!r}." if close else ""


def _count(found: Mapping[str, str], name: str) -> int:
    return list(found.values()).count(name)
