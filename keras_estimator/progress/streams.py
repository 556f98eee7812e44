"""Lets other output to the terminal appear above the lines of progress."""

import logging
import os
import sys
import threading
from collections.abc import Iterable
from collections.abc import Iterator
from contextlib import ExitStack
from contextlib import suppress
from typing import Any
from typing import Protocol

import absl.logging
import tensorflow as tf


class Screen(Protocol):
    """What is displayed at the bottom of the terminal.

    Attributes:
        writing: Is held by whoever writes to the terminal.
    """

    writing: threading.RLock

    @property
    def is_live(self) -> bool:
        """Whether anything is."""

    def print_above(self, text: str) -> None:
        """Writes whole lines above it."""


class Above:
    """Stands for a stream that writes to the terminal.

    Where nothing is displayed any more it is as good as the stream: it may be
    kept by others (who set `sys.stdout` for a while, and set it back).

    Args:
        stream: The stream.
        screen: What is displayed.
    """

    def __init__(self, stream: Any, screen: Screen) -> None:
        self._stream = stream
        self._screen = screen
        self._line = ""
        self._process = os.getpid()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)

    def write(self, text: str) -> int:
        """Writes lines when they are complete."""
        if os.getpid() != self._process:
            # The display is its parent's, and another thread may have held a
            # lock when this process was forked.
            return self._stream.write(text)
        with self._screen.writing:
            whole, self._line = self._line + text, ""
            if not self._screen.is_live:
                self._stream.write(whole)
                return len(text)
            lines, newline, self._line = whole.rpartition("\n")
            if newline:
                self._screen.print_above(lines)
        return len(text)

    def writelines(self, lines: Iterable[str]) -> None:
        """Writes each of them."""
        for line in lines:
            self.write(line)

    def flush(self) -> None:
        """Writes also a line that is not complete: it may be a question."""
        if os.getpid() == self._process:
            with self._screen.writing:
                line, self._line = self._line, ""
                if line and self._screen.is_live:
                    self._screen.print_above(line)
                elif line:
                    self._stream.write(line)
        self._stream.flush()


def redirect(screen: Screen) -> ExitStack:
    """Redirects what writes to the terminal, until the result is closed.

    That is `print`, warnings and the log of TensorFlow, absl and the root
    logger. What goes to a file or a pipe is left alone.

    Args:
        screen: What is displayed.
    """
    stack = ExitStack()
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if is_terminal(stream):
            above = Above(stream, screen)
            setattr(sys, name, above)
            stack.callback(_put_back, name, stream, above)
    for handler in _handlers():
        stream = handler.stream
        if is_terminal(stream) and not isinstance(stream, Above):
            above = Above(stream, screen)
            handler.setStream(above)
            stack.callback(_set_back, handler, stream, above)
    return stack


def _handlers() -> Iterator[logging.StreamHandler]:
    loggers = (tf.get_logger(), absl.logging.get_absl_logger(), logging.root)
    handlers = [handler for logger in loggers for handler in logger.handlers]
    for handler in dict.fromkeys(handlers):
        if isinstance(handler, absl.logging.ABSLHandler):
            handler = handler.python_handler
        if isinstance(handler, logging.StreamHandler):
            yield handler


def _put_back(name: str, stream: Any, above: Above) -> None:
    with suppress(OSError, ValueError):
        above.flush()
    # Others may have set it meanwhile.
    if getattr(sys, name) is above:
        setattr(sys, name, stream)


def _set_back(
    handler: logging.StreamHandler, stream: Any, above: Above
) -> None:
    # If it fails, it keeps what is as good as the stream.
    with suppress(OSError, ValueError):
        if handler.stream is above:
            handler.setStream(stream)


def is_terminal(stream: Any) -> bool:
    """Whether what is written to a stream appears in a terminal."""
    try:
        return stream.isatty()
    except (AttributeError, ValueError):  # no stream, or a closed one
        return False
