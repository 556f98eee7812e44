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
        unfinished: Stream -> its line that is not complete, which is displayed
            too.
    """

    writing: threading.RLock
    unfinished: dict[Any, str]

    @property
    def is_live(self) -> bool:
        """Whether anything is."""

    def draw(self) -> None:
        """Draws it as it is now."""

    def print_above(self, text: str) -> None:
        """Writes whole lines above it."""


class Above:
    """Stands for a stream that writes to the terminal.

    A line that is not complete is part of what is displayed until it is: dots
    that are printed one by one, or a bar of the user's that begins its line
    anew with a carriage return.

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
        self._is_drawn = True
        self._process = os.getpid()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)

    def write(self, text: str) -> int:
        """Writes lines when they are complete, displays what is not."""
        if os.getpid() != self._process:
            # The display is its parent's, and another thread may have held a
            # lock when this process was forked.
            return self._stream.write(text)
        with self._screen.writing:
            whole, self._line = self._line + text, ""
            if not self._screen.is_live:
                self._stream.write(whole)
                return len(text)
            lines, newline, rest = whole.rpartition("\n")
            self._line = _replaced(rest)
            self._screen.unfinished[self] = self._line.rstrip("\r")
            if newline:
                shown = [_replaced(line) for line in lines.split("\n")]
                self._screen.print_above(
                    "\n".join(line.rstrip("\r") for line in shown)
                )
            elif "\r" in text:  # Terminals are written to at these, too.
                self._screen.draw()
            self._is_drawn = bool(newline) or "\r" in text
        return len(text)

    def writelines(self, lines: Iterable[str]) -> None:
        """Writes each of them."""
        for line in lines:
            self.write(line)

    def flush(self) -> None:
        """Shows also a line that is not complete: it may be a question."""
        if os.getpid() == self._process:
            with self._screen.writing:
                if not self._screen.is_live:
                    line, self._line = self._line, ""
                    if line:
                        self._stream.write(line)
                elif not self._is_drawn:
                    self._screen.draw()
                    self._is_drawn = True
        self._stream.flush()


def _replaced(line: str) -> str:
    """Returns what is left of a line that was begun anew.

    A carriage return at its end is kept: what comes next replaces the line.
    """
    text = line.rstrip("\r")
    end = "\r" if text != line else ""
    return text.rpartition("\r")[2] + end


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
