"""What both commands take: interpreters, rounds, where results go."""

import argparse
import sys
from pathlib import Path

from benchmarks import catalog


def parser(document: str, out: str) -> argparse.ArgumentParser:
    """Returns a parser with the options of both commands."""
    made = argparse.ArgumentParser(
        description=document, formatter_class=argparse.RawTextHelpFormatter
    )
    made.add_argument(
        "--real",
        metavar="PYTHON",
        help="interpreter of an environment with tensorflow-cpu==2.15.1",
    )
    made.add_argument(
        "--tf1",
        metavar="PYTHON",
        help="interpreter of an environment with tensorflow==1.15.5",
    )
    made.add_argument(
        "--stacks", help="of these only, with commas: ours,real,fit"
    )
    made.add_argument("--rounds", type=int, help="runs of each work")
    made.add_argument(
        "--tiny", action="store_true", help="only see whether everything runs"
    )
    made.add_argument(
        "--out", type=Path, default=Path(out), help=f"results' stem: {out}"
    )
    made.add_argument(
        "--from",
        dest="source",
        type=Path,
        metavar="JSON",
        help="measure nothing: show what was measured",
    )
    made.add_argument(
        "--write-readme",
        action="store_true",
        help="put the table, its figures and its picture beside README.md",
    )
    made.add_argument("--no-plot", action="store_true", help="no picture")
    return made


def pythons(arguments: argparse.Namespace) -> dict[str, str]:
    """Returns stack -> interpreter, of the stacks that are there."""
    found = dict.fromkeys(catalog.STACKS, sys.executable)
    for stack in ("real", "tf1"):
        del found[stack]
        if python := getattr(arguments, stack):
            found[stack] = python
    if arguments.stacks is None:
        return found
    asked = arguments.stacks.split(",")
    if missing := [stack for stack in asked if stack not in found]:
        raise SystemExit(
            f"no such stack, or no interpreter given for it: {missing}; there "
            f"are {sorted(found)}"
        )
    return {stack: found[stack] for stack in asked}


def known(names: list[str], catalogue: list[str]) -> list[str]:
    """Returns the names, or all there are; refuses unknown ones."""
    if unknown := sorted(set(names) - set(catalogue)):
        raise SystemExit(f"no such work: {unknown}; there are {catalogue}")
    return names or catalogue
