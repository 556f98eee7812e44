"""Only `running/` is ours to collect: the rest are programs of TF1."""

import pathlib

_HERE = pathlib.Path(__file__).parent

collect_ignore = sorted(
    path.name for path in _HERE.iterdir() if path.name != "running"
)
