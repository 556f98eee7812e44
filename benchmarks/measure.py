"""The loop of a measurement: runs jobs, keeps what they gave, says so."""

import sys
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from benchmarks import record
from benchmarks import runner


def measure(
    measured: dict[str, Any],
    jobs: Iterable[runner.Job],
    pythons: dict[str, str],
    path: Path,
) -> None:
    """Runs all jobs; Ctrl-C ends it early, with what there is.

    Args:
        measured: The record that each run is added to.
        jobs: What to run, in their order.
        pythons: Stack -> interpreter.
        path: Where the record is written, after each run.
    """
    try:
        for job in jobs:
            start = time.monotonic()
            run = runner.run(job, pythons[job.stack])
            record.add(measured, run)
            record.write(measured, path)
            _say(run, time.monotonic() - start)
    except KeyboardInterrupt:
        _print("interrupted: here is what was measured so far")


def report_failures(measured: dict[str, Any]) -> bool:
    """Prints what failed; returns whether anything did."""
    failed = record.failures(measured)
    for run in failed:
        _print(f"FAILED: {run['work']} on {run['stack']}\n{run['error']}")
    return bool(failed)


def _say(run: dict[str, Any], took: float) -> None:
    figures = ", ".join(
        f"{value:,.4g} {name}" for name, value in run.get("figures", {}).items()
    )
    sizes = run["sizes"].get("number", "")
    _print(
        f"round {run['round'] + 1}: {run['work']} {sizes} on {run['stack']}: "
        f"{figures or 'FAILED'} ({took:.0f} s)"
    )


def _print(text: str) -> None:
    print(text, file=sys.stderr, flush=True)
