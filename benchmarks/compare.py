"""Times ours against the real tf.estimator, side by side in one run.

    python -m benchmarks.compare PEER [--rounds 3] [work ...]

PEER is the interpreter of an environment with `tensorflow==2.15.1`; `make
bench` makes one. Each work runs in a process of its own, on one stack and then
on the other, and that several times: what else the machine does meets both.
"""

import argparse
import os
import statistics
import subprocess
import sys

STACKS = {"ours": "keras_estimator.compat.v1", "real": "tensorflow.compat.v1"}
# Known here, too: the real one's environment need not have ours installed.
WORKS = ("mlp", "hook", "cnn", "first", "alternate", "predict")


def rate(python: str, stack: str, work: str) -> float:
    """Runs a work in a new process; returns its rate."""
    environment = os.environ | {
        "STACK": STACKS[stack],
        "TF_CPP_MIN_LOG_LEVEL": "3",
    }
    done = subprocess.run(
        [python, "-W", "ignore", "-m", "benchmarks.works", work],
        capture_output=True,
        text=True,
        check=False,
        env=environment,
    )
    if done.returncode:
        raise RuntimeError(f"{work} failed on {stack}:\n{done.stderr[-3000:]}")
    return float(done.stdout.split()[-1])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("peer", help="interpreter with tensorflow==2.15.1")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("works", nargs="*", metavar="work")
    # Works may come after the number of rounds.
    arguments = parser.parse_intermixed_args()
    unknown = sorted(set(arguments.works) - set(WORKS))
    if unknown:
        parser.error(f"no such work: {unknown}; there are {list(WORKS)}")
    pythons = {"ours": sys.executable, "real": arguments.peer}
    print(f"{'work':<12}{'ours':>12}{'real':>12}{'ratio':>9}   range of ratios")
    for work in arguments.works or WORKS:
        rounds = [
            {name: rate(pythons[name], name, work) for name in STACKS}
            for _ in range(arguments.rounds)
        ]
        ratios = [one["ours"] / one["real"] for one in rounds]
        ours, real = (
            statistics.median(one[name] for one in rounds) for name in STACKS
        )
        print(
            f"{work:<12}{ours:>12.1f}{real:>12.1f}"
            f"{statistics.median(ratios):>8.2f}x"
            f"   {min(ratios):.2f} to {max(ratios):.2f}",
            flush=True,
        )


if __name__ == "__main__":
    main()
