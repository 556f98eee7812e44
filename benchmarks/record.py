"""The record of a measurement: all raw figures, and how they came about."""

import contextlib
import datetime
import json
import os
import platform
from pathlib import Path
from typing import Any

HOW = (
    "Each run is a process of its own, with TensorFlow's own choice of threads "
    "and the same batches on every stack. A round runs each work on one stack "
    "after the other, beginning with another one each round. Steps/s are those "
    "of a long call of train, less what a call of few steps takes. Ratios are "
    "taken within a round; above 1 is better, also where less is better. "
    "Figures and ratios are medians over the rounds. MB is the peak of memory "
    "beyond the peak of importing alone."
)


def new(command: list[str]) -> dict[str, Any]:
    """Returns an empty record of this machine at this time."""
    now = datetime.datetime.now(datetime.timezone.utc)
    return {
        "date": now.strftime("%Y-%m-%d %H:%M UTC"),
        "machine": machine(),
        "command": command,
        "how": HOW,
        "versions": {},
        "runs": [],
    }


def machine() -> dict[str, Any]:
    """Returns what the figures depend on: processor, memory, load."""
    usable = getattr(os, "sched_getaffinity", None)
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return {
        "cpu": _cpu(),
        "cores": len(usable(0)) if usable else os.cpu_count(),
        "memory_gib": round(memory / 2**30, 1),
        "system": f"{platform.system()} {platform.machine()}",
        "load_before": [round(load, 2) for load in os.getloadavg()],
    }


def _cpu() -> str:
    with contextlib.suppress(OSError):
        for line in Path("/proc/cpuinfo").read_text().splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()


def add(record: dict[str, Any], run: dict[str, Any]) -> None:
    """Adds a run; what it says of versions is kept once for its stack."""
    versions = run.pop("versions", None)
    if versions:
        record["versions"].setdefault(run["stack"], {}).update(versions)
    record["runs"].append(run)


def write(record: dict[str, Any], path: Path) -> None:
    """Writes the record, whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_suffix(".part")
    beside.write_text(json.dumps(record, indent=1) + "\n")
    beside.replace(path)


def read(path: Path) -> dict[str, Any]:
    """Returns a record that was written."""
    return json.loads(path.read_text())


def figures(
    record: dict[str, Any], work: str, stack: str, figure: str
) -> dict[int, float]:
    """Returns round -> figure, of the runs that came to their end."""
    return {
        run["round"]: run["figures"][figure]
        for run in record["runs"]
        if (run["work"], run["stack"]) == (work, stack)
        and figure in run.get("figures", {})
    }


def failures(record: dict[str, Any]) -> list[dict[str, Any]]:
    """Returns the runs that failed."""
    return [run for run in record["runs"] if "error" in run]
