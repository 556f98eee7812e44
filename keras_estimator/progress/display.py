"""Draws the lines of all calls that run, at the bottom of the terminal."""

from __future__ import annotations

import atexit
import sys
import threading
import time
from collections.abc import Callable
from collections.abc import Iterator
from collections.abc import Mapping
from collections.abc import Sequence
from contextlib import ExitStack
from contextlib import contextmanager
from typing import TYPE_CHECKING
from typing import Any

from keras_estimator.progress import streams
from keras_estimator.progress.line import Line
from keras_estimator.progress.line import Parts

if TYPE_CHECKING:
    from rich.console import Console
    from rich.console import RenderableType
    from rich.live import Live
    from rich.table import Table

_SECS_BETWEEN_DRAWS = 0.1
_BAR = "bar"
_LONGEST_BAR = 40
_SHORTEST_BAR = 10
_RIGHT = ("steps", "rate")
# What goes first where the terminal is narrow.
_LESS_IMPORTANT = ("rate", "time", _BAR, "loss")


def _console() -> Console:
    from rich.console import Console

    return Console(file=sys.stderr)


class Display:
    """The lines of the calls that run, the outer ones first.

    One is shared by all: a terminal has one bottom. It draws when it is told
    to, in the thread that tells it, so that nothing runs beside the steps.

    Args:
        console: Makes what it draws on.
        clock: Returns the time in seconds.

    Attributes:
        writing: Is held by whoever writes to the terminal.
        unfinished: Stream -> its line that is not complete. Drawn above the
            lines of the calls.
    """

    def __init__(
        self,
        console: Callable[[], Console] = _console,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._make_console = console
        self._clock = clock
        # Who has `writing` takes no other lock: a thread that logs, and so has
        # the lock of a log handler, waits for it.
        self._lock = threading.RLock()
        self.writing = threading.RLock()
        self.unfinished: dict[Any, str] = {}
        self._lines: tuple[Line, ...] = ()
        self._live: Live | None = None
        self._widths: dict[str, int] = {}
        self._redirected = ExitStack()
        self._next_draw = 0.0

    @property
    def is_live(self) -> bool:
        """Whether anything is displayed."""
        return self._live is not None

    @property
    def is_due(self) -> bool:
        """Whether it is time to draw again."""
        return self._clock() >= self._next_draw

    def has(self, what: str) -> bool:
        """Whether a line of this name is displayed."""
        return any(line.what == what for line in self._lines)

    def open(self, line: Line) -> None:
        """Adds a line."""
        with self._lock:
            for one in self._lines:
                # It stands still now.
                one.catch_up()
            is_first, self._lines = not self._lines, (*self._lines, line)
            if is_first:
                console = self._make_console()
                self._redirected = streams.redirect(self)
                with self._writing_if_possible():
                    self._start(console)
            self.draw()

    def draw(self) -> None:
        """Draws the lines as they are now."""
        self._next_draw = self._clock() + _SECS_BETWEEN_DRAWS
        with self._writing_if_possible():
            if self._live is not None:
                self._live.refresh()

    def close(self, line: Line, *, stays: bool) -> None:
        """Takes a line away.

        Args:
            line: One that was added.
            stays: Whether it stays to be read, above those that are left.
        """
        with self._lock:
            if self._lines == (line,):
                self._stop(stays=stays)
                return
            self._lines = tuple(one for one in self._lines if one is not line)
            with self._writing_if_possible():
                if stays and self._live is not None:
                    self._live.console.print(self._table([line]))
            self.draw()

    def stop(self) -> None:
        """Ends it, whatever is still open: the process ends."""
        with self._lock:
            self._stop(stays=False)

    def print_above(self, text: str) -> None:
        """Writes whole lines above what is displayed."""
        with self._writing_if_possible():
            if self._live is not None:
                self._live.console.out(text, highlight=False)

    def __rich__(self) -> RenderableType:
        """Returns what is displayed now."""
        from rich.console import Group
        from rich.text import Text

        rows = [
            Text.from_ansi(s) for s in self.unfinished.values() if s.strip()
        ]
        table = self._table(self._lines)
        return Group(*rows, table) if rows else table

    def _start(self, console: Console) -> None:
        from rich.live import Live

        live = Live(
            console=console,
            auto_refresh=False,
            redirect_stdout=False,
            redirect_stderr=False,
            # Itself, so that also what is printed above it draws it anew.
            get_renderable=lambda: self,
        )
        self._widths, self.unfinished = {}, {}
        self._live = live
        live.start()
        # A generator of predictions may stay open at a prompt.
        console.show_cursor(True)

    def _stop(self, *, stays: bool) -> None:
        with self._writing_if_possible():
            if self._live is not None:
                # The streams write them below when they are put back.
                self.unfinished = {}
                self._live.transient = not stays
                self._live.stop()
        self._live, self._lines = None, ()
        self._redirected.close()

    @contextmanager
    def _writing_if_possible(self) -> Iterator[None]:
        """Goes on without a display where the terminal is gone."""
        with self.writing:
            try:
                yield
            except (OSError, ValueError):
                self._live = None

    def _table(self, lines: Sequence[Line]) -> Table | str:
        """Returns the lines below each other, as far as they fit."""
        from rich.table import Table
        from rich.text import Text

        live = self._live
        if live is None:
            return ""
        columns = _columns([line.parts() for line in lines])
        self._widen(columns)
        bar = self._fit(columns, live.console.width)
        grid = Table.grid(padding=(0, 1))
        for _ in columns:
            grid.add_column(no_wrap=True)
        for i, line in enumerate(lines):
            cells: list[Any] = [
                _bar(line, bar)
                if name == _BAR
                else Text(self._padded(name, cells[i]))
                for name, cells in columns.items()
            ]
            grid.add_row(*cells)
        return grid

    def _widen(self, columns: Mapping[str, Sequence[str]]) -> None:
        """Takes note of how wide columns are: they only grow, lest they jump.

        A number is now short and now long.
        """
        from rich.cells import cell_len

        for name, cells in columns.items():
            width = max(map(cell_len, cells))
            # Names change only when a line comes or goes.
            before = 0 if name == "what" else self._widths.get(name, 0)
            self._widths[name] = max(width, before)

    def _padded(self, name: str, cell: str) -> str:
        from rich.cells import cell_len

        blanks = " " * (self._widths[name] - cell_len(cell))
        return blanks + cell if name in _RIGHT else cell + blanks

    def _fit(self, columns: dict[str, list[str]], width: int) -> int:
        """Takes columns away until the rest fits; returns the bar's width."""
        for name in ("", *_LESS_IMPORTANT):
            columns.pop(name, None)
            used = sum(self._widths[one] for one in columns) + len(columns) - 1
            room = width - used
            if room >= (_SHORTEST_BAR if _BAR in columns else 0):
                break
        return min(room, _LONGEST_BAR)


def _columns(lines: Sequence[Parts]) -> dict[str, list[str]]:
    """Returns the cells of the columns that say something, empty for bars."""
    columns = {
        name: [getattr(parts, name) for parts in lines]
        for name in Parts._fields
    }
    columns = {name: cells for name, cells in columns.items() if any(cells)}
    what = columns.pop("what")
    return {"what": what, _BAR: [""] * len(lines), **columns}


def _bar(line: Line, width: int) -> Any:
    from rich.progress_bar import ProgressBar

    total = line.position if line.is_ended and not line.total else line.total
    return ProgressBar(total, line.position, width)


# Calls of several Estimators, and nested calls, share the terminal.
SHARED = Display()
atexit.register(SHARED.stop)
