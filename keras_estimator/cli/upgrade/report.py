"""The report of an upgrade, for people and for machines."""

from collections import Counter
from collections.abc import Iterator
from collections.abc import Sequence
from typing import Any

from keras_estimator.cli.terminal import Style
from keras_estimator.cli.upgrade.findings import DIFFERENT
from keras_estimator.cli.upgrade.findings import OPEN
from keras_estimator.cli.upgrade.program import Upgraded

_NAMES_SHOWN = 12
_PLACES_SHOWN = 4


def as_json(files: Sequence[Upgraded]) -> dict[str, Any]:
    """Returns the report for machines."""
    return {
        "files": [
            {
                "path": str(file.file.path),
                "changed": file.is_changed,
                **file.findings.as_json(),
            }
            for file in files
            if _is_concerned(file)
        ],
        "summary": {
            "files": len(files),
            "files_changed": sum(file.is_changed for file in files),
            "changes": sum(len(file.findings.changes) for file in files),
            "open": len(_points(files, OPEN)),
            "different": len(_points(files, DIFFERENT)),
            "names": dict(sorted(_names(files).items())),
        },
    }


def as_text(
    files: Sequence[Upgraded], style: Style, *, is_written: bool
) -> Iterator[str]:
    """Yields the lines of the report for people.

    Args:
        files: What became of the files.
        style: How to write headings.
        is_written: Whether the changes have been made.
    """
    changes = [
        f"{_place(file, change.line)}: {_indented(change.before)}"
        f"\n{' ' * 4}-> {_indented(change.after)}"
        for file in files
        for change in file.findings.changes
    ]
    if changes:
        count = sum(file.is_changed for file in files)
        verb = "Changed" if is_written else "Would change"
        yield style.head(f"{verb}: {_counted(count, 'file')}")
        yield from (f"  {change}" for change in changes)
        yield ""
    differs = _points(files, DIFFERENT)
    if differs:
        yield style.head("Differs from TensorFlow 1")
        yield from differs
        yield ""
    still_open = _points(files, OPEN)
    if still_open:
        yield style.alarm("To be done by hand")
        yield from still_open
        yield ""
    names = _names(files)
    if names:
        most = names.most_common(_NAMES_SHOWN)
        shown = ", ".join(f"{name} ({count})" for name, count in most)
        more = len(names) - len(most)
        yield style.head(
            f"Runs as it is: {_counted(names.total(), 'use')} of "
            f"{_counted(len(names), 'name')}"
        )
        yield f"  {shown}" + (f", and {more} more" if more else "")
        yield ""
    if not any(map(_is_concerned, files)):
        yield f"{_counted(len(files), 'file')} of code, none with TensorFlow."
    elif not still_open:
        yield style.good("Nothing is open.")


def _is_concerned(file: Upgraded) -> bool:
    found = file.findings
    return bool(found.api or found.changes or found.points or found.names)


def _names(files: Sequence[Upgraded]) -> Counter[str]:
    return sum((file.findings.names for file in files), Counter())


def _points(files: Sequence[Upgraded], kind: str) -> list[str]:
    """Returns the lines of a kind; the same ones are told once."""
    places: dict[tuple[str, str], list[str]] = {}
    for file in files:
        for point in file.findings.points:
            if point.kind == kind:
                places.setdefault((point.name, point.message), []).append(
                    _place(file, point.line)
                )
    return [
        f"  {found[0]}: {name}: {message}{_also(found[1:])}"
        for (name, message), found in places.items()
    ]


def _also(places: Sequence[str]) -> str:
    if not places:
        return ""
    shown = ", ".join(places[:_PLACES_SHOWN])
    more = len(places) - _PLACES_SHOWN
    return f" [also {shown}{f' and {more} more' if more > 0 else ''}]"


def _place(file: Upgraded, line: int) -> str:
    return (
        f"{file.file.path}:{file.place(line)}" if line else str(file.file.path)
    )


def _indented(text: str) -> str:
    return "\n       ".join(line.strip() for line in text.splitlines())


def _counted(count: int, what: str) -> str:
    return f"{count:,} {what}{'' if count == 1 else 's'}"
