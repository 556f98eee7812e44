"""Runs works in processes of their own, stack by stack, round by round."""

import json
import os
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from typing import NamedTuple

from benchmarks import catalog

_ROOT = Path(__file__).resolve().parent.parent
# A work that hangs should not take the night.
_LIMIT_SECS = 1800


class Job(NamedTuple):
    """One run of one work on one stack."""

    work: str
    stack: str
    round: int
    sizes: dict[str, int]


def in_alternation(
    works: dict[str, tuple[tuple[str, ...], dict[str, int]]], rounds: int
) -> Iterator[Job]:
    """Yields the runs in their order.

    What else the machine does meets all stacks: a work runs on one after the
    other, and each round begins with another one. A round goes through all
    works, so that an interrupted measurement has some of each.

    Args:
        works: Name -> (stacks, sizes).
        rounds: How often each work runs on each stack.
    """
    for number in range(rounds):
        for work, (stacks, sizes) in works.items():
            first = number % max(len(stacks), 1)
            for stack in stacks[first:] + stacks[:first]:
                yield Job(work, stack, number, sizes)


def run(job: Job, python: str) -> dict[str, Any]:
    """Runs a work in a new process.

    Args:
        job: What to run.
        python: Interpreter that has the stack.

    Returns:
        The run for the record: either with `figures` and `versions`, or with
        an `error`.
    """
    record: dict[str, Any] = {
        "work": job.work,
        "stack": job.stack,
        "round": job.round,
        "sizes": job.sizes,
        "load": os.getloadavg()[0],
    }
    command = [python, "-W", "ignore", "-m", "benchmarks.works", job.work]
    with tempfile.TemporaryDirectory() as folder:
        # What an interrupted work leaves behind goes with this folder.
        environment = os.environ | {
            "STACK": job.stack,
            "TF_CPP_MIN_LOG_LEVEL": "3",
            "TMPDIR": folder,
        }
        if job.stack in ("real", "tf1"):
            # What is meant for our interpreter may break another one.
            environment.pop("PYTHONPATH", None)
        try:
            done = subprocess.run(
                command + catalog.sizes_as_text(job.sizes),
                capture_output=True,
                text=True,
                check=False,
                cwd=_ROOT,
                env=environment,
                timeout=_LIMIT_SECS,
            )
        except subprocess.TimeoutExpired:
            return record | {"error": f"not done after {_LIMIT_SECS} s"}
    if done.returncode:
        return record | {"error": done.stderr[-3000:]}
    return record | json.loads(done.stdout.splitlines()[-1])
