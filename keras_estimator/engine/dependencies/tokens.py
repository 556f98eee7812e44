"""Comparable stand-ins for the values that a fingerprint is made of.

A token is an *atom*, the pair (type, value) of something immutable and small,
or a `Node`: an object, with a token for each part of it. Nodes refer to each
other as the objects do, cycles included.
"""

import datetime
import decimal
import fractions
import pathlib
import re
import uuid
import zlib
from array import array
from collections.abc import Callable
from collections.abc import Collection
from collections.abc import Iterable
from types import CodeType
from types import EllipsisType
from types import NoneType
from types import NotImplementedType
from typing import Any
from typing import TypeAlias

from keras_estimator.engine.dependencies.bytecode import code_token

Atom: TypeAlias = tuple[Any, Any]

# Types whose values are equal when they do the same, and are quick to compare.
PLAIN = frozenset(
    {NoneType, bool, int, str, bytes, EllipsisType, NotImplementedType}
)
# Values so short that a change of them can be shown.
_LONGEST_TEXT = 60


class Same:
    """An object that equals itself only, and stays alive as long as this.

    Alive, because the memory of a dead object is given to the next one:
    comparing `id`s alone would take a new object for the old.

    Args:
        target: The object.
    """

    __slots__ = ("target",)

    def __init__(self, target: Any) -> None:
        self.target = target

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Same) and other.target is self.target

    def __hash__(self) -> int:
        return id(self.target)


class Packed:
    """Many atoms of one type, compared at once.

    A vocabulary of 100,000 words is one of these, not 100,000 tokens.

    Args:
        kind: Type of the values.
        values: The values.
        keys: The texts that lead to them; `None` for a sequence.
    """

    __slots__ = ("_keys", "_kind", "_values")

    def __init__(
        self,
        kind: type,
        values: Iterable[Any],
        keys: tuple[str, ...] | None = None,
    ) -> None:
        self._kind = kind
        self._keys = keys
        # As bytes, a float equals itself even if it is NaN, and 0.0 and -0.0
        # differ.
        self._values: Collection[Any] = (
            array("d", values).tobytes() if kind is float else tuple(values)
        )

    def __eq__(self, other: object) -> bool:
        return (
            isinstance(other, Packed)
            and self._kind is other._kind
            and self._keys == other._keys
            and self._values == other._values
        )

    __hash__ = None  # type: ignore[assignment]

    def atoms(self) -> dict[str, "Token"]:
        """Returns the atoms one by one, under the labels of their places."""
        values = self._values
        if isinstance(values, bytes):
            values = array("d", values)
        make = ATOMS[self._kind]
        labels = range(len(values)) if self._keys is None else self._keys
        return {
            f"[{label!r}]": make(value)
            for label, value in zip(labels, values, strict=True)
        }


class Node:
    """What a fingerprint keeps of one object.

    Attributes:
        kind: Type of the object, or a word for what is looked at.
        value: What is compared besides the parts: a length, a checksum.
        edges: Label -> token of a part. A label is its end of a path:
            `.units`, `['lr']`, `[0]`.
        packed: Parts that are atoms of one type, instead of edges.
        owner: `id` of the object that the edges belong to.
        grows: Whether parts that appear later are no change.
    """

    __slots__ = ("edges", "grows", "kind", "owner", "packed", "value")

    def __init__(self, owner: int) -> None:
        self.kind: Any = None
        self.value: Any = None
        self.edges: dict[str, Token] = {}
        self.packed: Packed | None = None
        self.owner = owner
        self.grows = False

    def parts(self) -> dict[str, "Token"]:
        """Returns label -> token of every part."""
        return self.edges if self.packed is None else self.packed.atoms()


Token: TypeAlias = Atom | Node


def pack(values: Collection[Any], keys: Any = None) -> Packed | None:
    """Returns the values packed, or `None` if they are not all of one type.

    Args:
        values: Any values.
        keys: Keys of a dict, in the order of the values. Only text packs.

    Returns:
        A `Packed`, or `None` if one of the values is not an atom.
    """
    kinds = set(map(type, values)) or {NoneType}
    if len(kinds) > 1 or (keys and set(map(type, keys)) != {str}):
        return None
    (kind,) = kinds
    if kind is not float and kind not in PLAIN:
        return None
    return Packed(kind, values, None if keys is None else tuple(keys))


def atom_of(value: Any) -> Atom | None:
    """Returns the atom of an immutable value, `None` for anything else.

    Args:
        value: Any object. A tuple or frozenset of atoms is an atom too.

    Returns:
        A hashable pair, or `None`.
    """
    kind = type(value)
    if kind in ATOMS:
        return ATOMS[kind](value)
    if kind not in (tuple, frozenset):
        return None
    atoms = [atom_of(item) for item in value]
    return None if None in atoms else (kind, kind(atoms))


def array_value(values: Any) -> tuple[Any, ...]:
    """Returns dtype, shape and checksum of a NumPy array without objects."""
    import numpy as np

    values = np.asarray(values)
    dtype = values.dtype.str if values.dtype.names is None else values.dtype
    checksum = 0
    if values.nbytes:
        flat = np.ascontiguousarray(values).reshape(-1)
        checksum = zlib.crc32(flat.view(np.uint8))
    return str(dtype), values.shape, checksum


def text_of(token: Token) -> str | None:
    """Returns how to show a token in a message, `None` if it is too long."""
    if isinstance(token, Node):
        return None
    kind, value = token
    if kind in PLAIN:
        text = repr(value)
    elif isinstance(value, str):
        text = value
    else:
        return None
    return text if len(text) <= _LONGEST_TEXT else None


def _plain(value: Any) -> Atom:
    return type(value), value


def _by_repr(value: Any) -> Atom:
    return type(value), repr(value)


def _by_text(value: Any) -> Atom:
    return type(value), str(value)


ATOMS: dict[Any, Callable[[Any], Atom]] = {
    **dict.fromkeys(PLAIN, _plain),
    **dict.fromkeys(
        (
            float,
            complex,
            range,
            decimal.Decimal,
            fractions.Fraction,
            datetime.date,
            datetime.datetime,
            datetime.time,
            datetime.timedelta,
            datetime.timezone,
            uuid.UUID,
        ),
        _by_repr,
    ),
    **dict.fromkeys(
        (
            pathlib.PosixPath,
            pathlib.PurePosixPath,
            pathlib.PureWindowsPath,
            pathlib.WindowsPath,
        ),
        _by_text,
    ),
    re.Pattern: lambda value: (re.Pattern, (value.pattern, value.flags)),
    CodeType: lambda value: (CodeType, code_token(value)),
}
