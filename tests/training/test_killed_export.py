"""BestExporter in a process that is killed, and in the one after it."""

import os
from pathlib import Path

from tests import processes
from tests.training import killed_export


def _exports(model_dir):
    folder = os.path.join(model_dir, "export", "best")
    return sorted(n for n in os.listdir(folder) if not n.startswith("."))


def test_the_best_that_was_exported_counts_after_a_kill(model_dir):
    done = processes.run(Path(killed_export.__file__), model_dir)
    assert done.returncode == 7
    # Step 1 was exported; step 2 was evaluated, and its export cut off.
    (first,) = _exports(model_dir)
    # Step 3 is worse than what was exported, step 4 better.
    assert killed_export.run(model_dir, 3) == 0
    assert _exports(model_dir) == [first]
    assert killed_export.run(model_dir, 4) == 1
    assert len(_exports(model_dir)) == 2
    assert not [
        name
        for name in os.listdir(os.path.join(model_dir, "export", "best"))
        if name.startswith(".")
    ]
