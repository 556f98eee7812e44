"""Times ours against the real tf.estimator and others, side by side.

    python -m benchmarks --real PYTHON [--rounds 3] [work ...]

PYTHON is the interpreter of an environment with `tensorflow-cpu==2.15.1`; `make
bench` makes one. Prints the table of ratios; writes OUT.json and OUT.svg.
"""

import shutil
import sys
from typing import Any

from benchmarks import catalog
from benchmarks import measure
from benchmarks import options
from benchmarks import readme
from benchmarks import record
from benchmarks import runner
from benchmarks import table


def main() -> bool:
    """Runs the command; returns whether a work failed."""
    parser = options.parser(str(__doc__), "build/bench/ratios")
    parser.add_argument("works", nargs="*", metavar="work")
    # Works may come after the number of rounds.
    arguments = parser.parse_intermixed_args()
    if arguments.write_readme and (arguments.works or arguments.tiny):
        parser.error("README.md keeps a full table: all works, as they are")
    if arguments.source:
        measured = record.read(arguments.source)
    else:
        measured = record.new(sys.argv[1:])
        pythons = options.pythons(arguments)
        jobs = runner.in_alternation(
            _chosen(arguments, pythons), arguments.rounds or 3
        )
        path = arguments.out.with_suffix(".json")
        measure.measure(measured, jobs, pythons, path)
    _show(measured, arguments)
    return measure.report_failures(measured)


def _chosen(arguments: Any, pythons: dict[str, str]) -> dict[str, Any]:
    """Returns name of work -> (stacks, sizes)."""
    chosen = {}
    for name in options.known(arguments.works, list(catalog.WORKS)):
        work = catalog.WORKS[name]
        stacks = tuple(stack for stack in work.stacks if stack in pythons)
        chosen[name] = (stacks, work.tiny if arguments.tiny else {})
    return chosen


def _show(measured: dict[str, Any], arguments: Any) -> None:
    """Prints the table, and writes whatever was asked for."""
    lines = table.lines(measured)
    cells = [table.cells(line) for line in lines]
    print(table.as_text(cells))
    print(f"\n{readme.provenance(measured)}\n\n{measured['how']}")
    picture = arguments.out.with_suffix(".svg")
    if not arguments.no_plot:
        from benchmarks import plot

        plot.ratios(lines, picture)
    if arguments.write_readme:
        if not arguments.no_plot:
            shutil.copy(picture, readme.FOLDER / "ratios.svg")
        write_readme(measured, cells)


def write_readme(
    measured: dict[str, Any],
    cells: list[tuple[str, ...]],
    folder: Any = readme.FOLDER,
) -> None:
    """Puts the table into README.md and its figures beside it."""
    readme.write_part(folder, "ratios", measured, table.as_markdown(cells))


if __name__ == "__main__":
    sys.exit(main())
