"""Whether calls show their progress."""

import importlib.util
import logging
import os
import sys
from collections.abc import Iterator

import tensorflow as tf

from keras_estimator.progress.streams import is_terminal


def is_wanted(setting: bool | None) -> bool:
    """Whether a call shows how far it is.

    Args:
        setting: `RunConfig.progress_bar`. `None` is for the environment to
            decide: where a person watches stderr (a terminal or a notebook,
            not the log of a CI), and the INFO lines of the log do not tell
            the same there.
    """
    if setting is not None:
        return setting
    return _is_watched() and not _is_ci() and not _logs_are_watched()


def _is_watched() -> bool:
    if _is_notebook():
        # A bar in a notebook is a widget.
        return importlib.util.find_spec("ipywidgets") is not None
    is_dumb = os.environ.get("TERM", "").lower() in ("dumb", "unknown")
    return is_terminal(sys.stderr) and not is_dumb


def _is_ci() -> bool:
    return os.environ.get("CI", "").lower() not in ("", "0", "false", "no")


def _is_notebook() -> bool:
    ipython = sys.modules.get("IPython")
    shell = None if ipython is None else ipython.get_ipython()
    return type(shell).__name__ == "ZMQInteractiveShell"


def _logs_are_watched() -> bool:
    """Whether INFO lines of TensorFlow's logger are where a bar would be."""
    logger = tf.get_logger()
    if not logger.isEnabledFor(logging.INFO):
        return False
    streams = [
        getattr(handler, "stream", None)
        for handler in _handlers(logger)
        if handler.level <= logging.INFO
    ]
    if _is_notebook():
        return any(stream in (sys.stdout, sys.stderr) for stream in streams)
    return any(is_terminal(stream) for stream in streams)


def _handlers(logger: logging.Logger | None) -> Iterator[logging.Handler]:
    while logger is not None:
        yield from logger.handlers
        logger = logger.parent if logger.propagate else None
