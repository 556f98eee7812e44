"""Paths as people type them."""

import os
import re

import tensorflow as tf

_ENDING = re.compile(r"\.(index|meta|data-\d{5}-of-\d{5})$")


def checkpoint_prefix(path: str) -> str | None:
    """Returns the path of a checkpoint without the endings of its files.

    Args:
        path: With or without one of these endings.

    Returns:
        The path; `None` if there is no checkpoint.
    """
    prefix = _ENDING.sub("", path)
    return prefix if tf.io.gfile.exists(f"{prefix}.index") else None


def absolute(path: str) -> str:
    """Returns a path without `~`, and without a slash at its end."""
    return os.path.expanduser(path).rstrip("/") or "/"
