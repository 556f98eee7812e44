"""The table of ratios: what was measured, what it should be, whether it is."""

import statistics
from collections.abc import Iterable
from typing import Any
from typing import NamedTuple

from benchmarks import catalog
from benchmarks import record

HEAD = (
    "work",
    "figure",
    "ours",
    "against",
    "theirs",
    "ratio",
    "range",
    "target",
    "reached",
)
# Memory of less is noise: the allocator's steps.
_LEAST = {"MB": 1.0}


class Line(NamedTuple):
    """A row with its figures.

    Attributes:
        row: What is compared.
        ours: Median of ours.
        theirs: Median of the other's, or `None` where there is a limit.
        values: The ratio of each round, or ours where there is a limit.
    """

    row: catalog.Row
    ours: float
    theirs: float | None
    values: list[float]

    @property
    def value(self) -> float:
        """The ratio, or the figure that has a limit."""
        return statistics.median(self.values)

    @property
    def is_reached(self) -> bool | None:
        """Whether the target is; `None` without one."""
        if self.row.target is None:
            return None
        if self.row.against is None:
            return self.value <= self.row.target
        return self.value >= self.row.target


def lines(
    measured: dict[str, Any], rows: Iterable[catalog.Row] = catalog.ROWS
) -> list[Line]:
    """Returns the rows of which there are figures."""
    found = []
    for row in rows:
        ours = record.figures(measured, row.work, row.ours, row.figure)
        if row.against is None:
            if ours:
                middle = statistics.median(ours.values())
                found.append(Line(row, middle, None, list(ours.values())))
            continue
        theirs = record.figures(measured, row.work, row.against, row.figure)
        both = sorted(ours.keys() & theirs.keys())
        if both:
            ratios = [_ratio(row.figure, ours[i], theirs[i]) for i in both]
            middles = [
                statistics.median(of[i] for i in both) for of in (ours, theirs)
            ]
            found.append(Line(row, *middles, ratios))
    return found


def _ratio(figure: str, ours: float, theirs: float) -> float:
    """Returns how many times better ours is."""
    least = _LEAST.get(figure, 1e-9)
    ours, theirs = max(ours, least), max(theirs, least)
    better = catalog.more_is_better(figure)
    return ours / theirs if better else theirs / ours


def cells(line: Line) -> tuple[str, ...]:
    """Returns the texts of a line, in the order of `HEAD`."""
    row = line.row
    is_limit = row.against is None
    span = f"{_short(min(line.values))} to {_short(max(line.values))}"
    target = ""
    if row.target is not None:
        target = f"<= {row.target:g}" if is_limit else f">= {row.target:g}x"
    return (
        row.work,
        row.figure,
        _short(line.ours),
        "a limit" if is_limit else _against(row),
        "" if line.theirs is None else _short(line.theirs),
        "" if is_limit else f"{line.value:.2f}x",
        span,
        target,
        {True: "yes", False: "NO", None: ""}[line.is_reached],
    )


def _against(row: catalog.Row) -> str:
    against = str(row.against)
    return catalog.STACKS[against] + (
        "" if row.ours == "ours" else f" (this: {catalog.STACKS[row.ours]})"
    )


def _short(number: float) -> str:
    """Returns a number with three digits that count."""
    if abs(number) >= 100:
        return f"{number:,.0f}"
    return f"{number:.3g}"


def as_text(rows: list[tuple[str, ...]], head: tuple[str, ...] = HEAD) -> str:
    """Returns lines for a terminal, in columns."""
    every = [head, *rows]
    widths = [max(map(len, column)) for column in zip(*every, strict=True)]
    return "\n".join(
        "  ".join(
            text.ljust(width) for text, width in zip(texts, widths, strict=True)
        ).rstrip()
        for texts in every
    )


def as_markdown(
    rows: list[tuple[str, ...]], head: tuple[str, ...] = HEAD
) -> str:
    """Returns a table for a Markdown document."""
    every = [head, ("---",) * len(head), *rows]
    return "\n".join("| " + " | ".join(texts) + " |" for texts in every)
