"""Where two fingerprints differ, and which of that does not count."""

from collections import deque
from collections.abc import Iterator
from collections.abc import Mapping
from typing import Any
from typing import NamedTuple

from keras_estimator.engine.dependencies.namespaces import MODULE
from keras_estimator.engine.dependencies.tokens import Node
from keras_estimator.engine.dependencies.tokens import Token
from keras_estimator.engine.dependencies.tokens import text_of
from keras_estimator.engine.dependencies.walk import UNSEEN

# The `id` of the object that holds something, and the label it is held under.
Place = tuple[int, str]


class Difference(NamedTuple):
    """One part that is not what it was.

    Attributes:
        path: The way to it, such as `globals.LR`.
        before: Its token then; `None` if it was not there.
        after: Its token now; `None` if it is not there.
        place: Where it is held, if it still is in the same object.
    """

    path: str
    before: Token | None
    after: Token | None
    place: Place | None

    def describe(self) -> str:
        """Returns the difference in words: path, and what became of it."""
        if self.before is None:
            return f"{self.path} is new"
        if self.after is None:
            return f"{self.path} is gone"
        before, after = text_of(self.before), text_of(self.after)
        if before is None or after is None:
            return f"{self.path} changed"
        return f"{self.path} changed from {before} to {after}"


class Written:
    """What `model_fn` itself changes: no reason to call it again.

    Kept by path, and by the object that was changed, as one object may be
    reached in several ways. What is below such a part is not compared either.
    """

    def __init__(self) -> None:
        self._paths: set[str] = set()
        self._places: set[Place] = set()
        # Alive, so that no other object gets their ids.
        self._objects: dict[int, Any] = {}
        self._changed: set[int] = set()

    def add(self, difference: Difference, objects: Mapping[int, Any]) -> None:
        """Adds a difference that one call of `model_fn` made.

        Args:
            difference: Between just before and just after the call.
            objects: `id` -> object, of what was reached after the call.
        """
        self._paths.add(difference.path)
        before, after = difference.before, difference.after
        if difference.place is not None:
            self._places.add(difference.place)
            self._keep(difference.place[0], objects)
        if (
            isinstance(before, Node)
            and isinstance(after, Node)
            and before.owner == after.owner
        ):
            self._changed.add(after.owner)
            self._keep(after.owner, objects)

    def covers(self, path: str, place: Place | None, token: object) -> bool:
        """Returns whether a part, reached this way, is not compared."""
        return (
            path in self._paths
            or place in self._places
            or (isinstance(token, Node) and token.owner in self._changed)
        )

    def _keep(self, owner: int, objects: Mapping[int, Any]) -> None:
        self._objects[owner] = objects[owner]


def differences(
    before: Token, after: Token, written: Written | None = None
) -> Iterator[Difference]:
    """Compares two tokens, part by part.

    Args:
        before: Token of a function, then.
        after: Token of the same function, now.
        written: What to leave out.

    Yields:
        The differences, the nearest first, each object once.
    """
    return _Comparison(written or Written()).run(before, after)


class _Comparison:
    def __init__(self, written: Written) -> None:
        self._covers = written.covers
        # (path, place, whether both were held by one object, before, after)
        self._pending: deque[tuple[str, Place | None, bool, Any, Any]] = deque()

    def run(self, before: Token, after: Token) -> Iterator[Difference]:
        self._pending.append(("", None, True, before, after))
        seen = set()
        while self._pending:
            path, place, is_held, old, new = self._pending.popleft()
            if self._covers(path, place, new):
                continue
            if isinstance(old, Node) and isinstance(new, Node):
                # The objects may form cycles, and so do these.
                if (id(old), id(new)) in seen:
                    continue
                seen.add((id(old), id(new)))
                if _are_alike(old, new):
                    self._compare_parts(path, old, new)
                    continue
            yield Difference(
                path or "function", old, new, place if is_held else None
            )

    def _compare_parts(self, path: str, old: Node, new: Node) -> None:
        """Queues the parts that differ, or may differ inside."""
        if old.kind is not new.kind:
            return
        if old.packed is not None and old.packed == new.packed:
            return
        then, now = old.parts(), new.parts()
        is_held = old.owner == new.owner
        for label in [*now, *(label for label in then if label not in now)]:
            old_part, new_part = then.get(label), now.get(label)
            if old_part == new_part or (
                old_part is None and _may_appear(new, new_part)
            ):
                continue
            way = f"{path}{label}" if path else label.lstrip(".")
            place = (new.owner, label)
            self._pending.append((way, place, is_held, old_part, new_part))
        if [*then] != [*now]:
            self._compare_order(path, old, new, is_held)

    def _compare_order(
        self, path: str, old: Node, new: Node, is_held: bool
    ) -> None:
        """Queues the order of a dict's keys: a program may iterate over it."""
        then, now = old.parts(), new.parts()
        shared = {
            label
            for label in then.keys() & now.keys()
            if label.startswith("[")
            and not self._covers(f"{path}{label}", (new.owner, label), None)
        }
        before = (list, [label for label in then if label in shared])
        after = (list, [label for label in now if label in shared])
        if before != after:
            place = (new.owner, ".keys()")
            way = f"{path}.keys()"
            self._pending.append((way, place, is_held, before, after))


def _are_alike(old: Node, new: Node) -> bool:
    if old.kind is not new.kind:
        # Maybe only one of the two walks came this far.
        return UNSEEN in (old.kind, new.kind) and old.owner == new.owner
    return bool(old.value == new.value)


def _may_appear(parent: Node, part: Token | None) -> bool:
    """Returns whether a part that was not there before is no change.

    The layers that a layer makes when it is first called; and a module when
    it is imported, as by the first call of a `model_fn` that imports it. Had
    the code that reads the module run before, the module had been there.
    """
    return parent.grows or (isinstance(part, Node) and part.kind == MODULE)
