"""Writes measured tables into README.md, between two lines that mark them."""

from pathlib import Path
from typing import Any

from benchmarks import catalog
from benchmarks import record

FOLDER = Path(__file__).resolve().parent


class MarkerError(ValueError):
    """A document lacks the lines between which a table goes."""


def write(path: Path, name: str, text: str) -> None:
    """Replaces what is between the markers of that name.

    Args:
        path: Markdown document with the lines `<!-- NAME -->` and
            `<!-- end of NAME -->`.
        name: Name of the part.
        text: What goes there.

    Raises:
        MarkerError: If the document has no such lines.
    """
    document = path.read_text()
    begin, end = f"<!-- {name} -->", f"<!-- end of {name} -->"
    before, found, rest = document.partition(begin)
    _, ended, after = rest.partition(end)
    if not (found and ended):
        raise MarkerError(f"{path} lacks the lines {begin} and {end}")
    path.write_text(f"{before}{begin}\n\n{text.strip()}\n\n{end}{after}")


def write_part(
    folder: Path, name: str, measured: dict[str, Any], table: str
) -> None:
    """Puts a table into the folder's README.md, its figures beside it.

    A picture of that name that lies there is shown.
    """
    text = f"{provenance(measured)}\n\n{table}"
    if (folder / f"{name}.svg").exists():
        text += f"\n\n![the same as a picture]({name}.svg)"
    write(folder / "README.md", name, text)
    record.write(measured, folder / f"{name}.json")


def provenance(measured: dict[str, Any]) -> str:
    """Returns when, where and with what the figures were taken."""
    machine = measured["machine"]
    stacks = "; ".join(
        f"{catalog.STACKS[stack]}: "
        + ", ".join(f"{name} {version}" for name, version in versions.items())
        for stack, versions in measured["versions"].items()
    )
    load = ", ".join(map(str, machine["load_before"]))
    rounds = 1 + max((run["round"] for run in measured["runs"]), default=-1)
    return (
        f"{measured['date']}; {machine['cpu']}, {machine['cores']} cores, "
        f"{machine['memory_gib']} GiB, {machine['system']}; load before: "
        f"{load}; rounds: {rounds}.\n\n{stacks}."
    )
