"""`keras-estimator inspect`: what it does with its arguments."""

import argparse
import json
import math
import sys
from typing import Any

from keras_estimator.cli.inspect import contents
from keras_estimator.cli.inspect import text
from keras_estimator.cli.paths import absolute
from keras_estimator.cli.terminal import Style


def run(options: argparse.Namespace) -> int:
    """Shows what there is at a path.

    Args:
        options: `path`, `checkpoint` (a step or `None`), `json`.

    Returns:
        0 if nothing is wrong with it, 1 if something is.

    Raises:
        CommandError: If there is nothing to be shown.
    """
    found = contents.read(absolute(options.path), options.checkpoint)
    if options.json:
        json.dump(_strict(found.as_json()), sys.stdout, indent=1)
        sys.stdout.write("\n")
    else:
        for line in text.lines(found, Style(sys.stdout)):
            print(line)
    return 1 if found.problems else 0


def _strict(value: Any) -> Any:
    """Returns data without NaN and infinity, which JSON does not know."""
    if isinstance(value, dict):
        return {key: _strict(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_strict(each) for each in value]
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    return value
