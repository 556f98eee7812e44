"""What is found in a file: the changes, and what a person has to look at."""

from collections import Counter
from collections.abc import Sequence
from typing import Any
from typing import NamedTuple

from keras_estimator.cli.upgrade.source import Edit
from keras_estimator.cli.upgrade.source import Source

OPEN = "open"
DIFFERENT = "different"


class Change(NamedTuple):
    """Code that is written in another way.

    Attributes:
        line: Its line in the old file.
        before: What stands there.
        after: What takes its place.
    """

    line: int
    before: str
    after: str


class Point(NamedTuple):
    """Something that a person has to know.

    Attributes:
        line: Its line in the file; 0 for the whole of it.
        kind: `open` if the program does not run before somebody has changed
            it, `different` if it runs, but not in all as it did.
        name: What it is about.
        message: What to know or to do.
    """

    line: int
    kind: str
    name: str
    message: str


class Findings(NamedTuple):
    """All of a file.

    Attributes:
        api: What `import tensorflow` means there: `v1`, `v2`, or `None`
            where nothing is imported that way.
        changes: The changes, by line.
        points: The points, by line.
        names: Name -> how often it is used and runs as it is.
    """

    api: str | None
    changes: tuple[Change, ...] = ()
    points: tuple[Point, ...] = ()
    names: Counter[str] = Counter()

    @property
    def open_points(self) -> list[Point]:
        """What has to be done before the program runs."""
        return [point for point in self.points if point.kind == OPEN]

    def as_json(self) -> dict[str, Any]:
        """Returns all of it as it is written for machines."""
        return {
            "api": self.api,
            "changes": [change._asdict() for change in self.changes],
            "points": [point._asdict() for point in self.points],
            "names": dict(sorted(self.names.items())),
        }


def changes(source: Source, edits: Sequence[Edit]) -> tuple[Change, ...]:
    """Returns the lines that edits change; those of one line together.

    Args:
        source: The old text.
        edits: In order.
    """
    found = []
    groups: list[list[Edit]] = []
    for edit in edits:
        last = groups[-1][-1] if groups else None
        if last and source.line(last.end) == source.line(edit.start):
            groups[-1].append(edit)
        else:
            groups.append([edit])
    for group in groups:
        start, end = source.lines_around(group[0].start, group[-1].end)
        moved = [Edit(e.start - start, e.end - start, e.text) for e in group]
        before = Source(source.text[start:end])
        after = before.edited(moved)
        found.append(
            Change(source.line(start), before.text.strip(), after.text.strip())
        )
    return tuple(found)
