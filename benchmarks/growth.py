"""Times what becomes slower or larger as something grows.

    python -m benchmarks.growth --real PYTHON [--full] [series ...]

Prints a table; writes OUT.json and OUT.svg.
"""

import shutil
import statistics
import sys
from typing import Any

from benchmarks import catalog
from benchmarks import measure
from benchmarks import options
from benchmarks import readme
from benchmarks import record
from benchmarks import runner
from benchmarks import table

_HEAD = ("grows", "size", "stack", "figure", "median")


def main() -> bool:
    """Runs the command; returns whether a work failed."""
    parser = options.parser(str(__doc__), "build/bench/growth")
    parser.add_argument("--full", action="store_true", help="the largest, too")
    parser.add_argument("series", nargs="*", metavar="series")
    arguments = parser.parse_intermixed_args()
    if arguments.write_readme and (arguments.series or arguments.tiny):
        parser.error("README.md keeps a full table: all series, as they are")
    if arguments.source:
        measured = record.read(arguments.source)
    else:
        measured = record.new(sys.argv[1:])
        pythons = options.pythons(arguments)
        path = arguments.out.with_suffix(".json")
        measure.measure(measured, _jobs(arguments, pythons), pythons, path)
    _show(measured, arguments)
    return measure.report_failures(measured)


def _jobs(arguments: Any, pythons: dict[str, str]) -> list[runner.Job]:
    """Returns a run for each series, size and stack; the large ones last."""
    stacks = tuple(s for s in catalog.GROWTH_STACKS if s in pythons)
    points = []
    for name in options.known(arguments.series, list(catalog.SERIES)):
        series = catalog.SERIES[name]
        sizes = series.sizes + (series.full if arguments.full else ())
        points += [
            (rank, name, {"number": size}) for rank, size in enumerate(sizes)
        ]
        if arguments.tiny:
            points[-len(sizes) :] = [(0, name, series.tiny)]
    points.sort(key=lambda point: point[0])
    return [
        job
        for number in range(arguments.rounds or 1)
        for _, name, sizes in points
        for job in runner.in_alternation({f"grow.{name}": (stacks, sizes)}, 1)
        for job in (job._replace(round=number),)
    ]


def curves(measured: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Returns series -> figure -> stack -> list of (size, median)."""
    found: dict[str, dict[str, Any]] = {}
    for name, series in catalog.SERIES.items():
        runs = [r for r in measured["runs"] if r["work"] == f"grow.{name}"]
        for figure in series.figures:
            values: dict[str, dict[int, list[float]]] = {}
            for run in runs:
                if figure in run.get("figures", {}):
                    at = values.setdefault(run["stack"], {})
                    size = run["sizes"]["number"]
                    at.setdefault(size, []).append(run["figures"][figure])
            if values:
                found.setdefault(name, {})[figure] = {
                    stack: [
                        (size, statistics.median(at[size]))
                        for size in sorted(at)
                    ]
                    for stack, at in values.items()
                }
    return found


def cells(found: dict[str, dict[str, Any]]) -> list[tuple[str, ...]]:
    """Returns the texts of a table, a line for each point of each curve."""
    return [
        (name, f"{size:,}", stack, figure, f"{value:,.4g}")
        for name, figures in found.items()
        for figure, stacks in figures.items()
        for stack, points in stacks.items()
        for size, value in points
    ]


def _show(measured: dict[str, Any], arguments: Any) -> None:
    """Prints the table, and writes whatever was asked for."""
    found = curves(measured)
    rows = cells(found)
    print(table.as_text(rows, _HEAD))
    print(f"\n{readme.provenance(measured)}")
    picture = arguments.out.with_suffix(".svg")
    if found and not arguments.no_plot:
        from benchmarks import plot

        plot.growth(found, picture)
    if arguments.write_readme:
        if found and not arguments.no_plot:
            shutil.copy(picture, readme.FOLDER / "growth.svg")
        text = table.as_markdown(rows, _HEAD)
        readme.write_part(readme.FOLDER, "growth", measured, text)


if __name__ == "__main__":
    sys.exit(main())
