"""A terminal that only knows what rich writes."""

import io
import re

from rich.console import Console

_CODE = re.compile(r"\x1b\[([?\d;]*)([A-Za-z])|(\r)|(\n)|([^\x1b\r\n]+)")


def rendered(output):
    """Returns the lines that a terminal shows after this output."""
    lines, row, column = [""], 0, 0
    for number, code, back, newline, text in _CODE.findall(output):
        if back:
            column = 0
        elif newline:
            row, column = row + 1, 0
            if row == len(lines):
                lines.append("")
        elif code == "A":
            row -= int(number or 1)
        elif code == "K":
            lines[row] = ""
        elif text:
            line = lines[row].ljust(column)
            lines[row] = line[:column] + text + line[column + len(text) :]
            column += len(text)
        else:
            assert code in ("m", "h", "l"), (number, code)
    return [line.rstrip() for line in lines]


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self):
        return True

    @property
    def screen(self):
        """What it shows."""
        return [line for line in rendered(self.getvalue()) if line]

    def console(self, width=100):
        return Console(
            file=self,
            force_terminal=True,
            force_jupyter=False,
            width=width,
            color_system=None,
            _environ={"TERM": "xterm"},
        )


class Clock:
    """Time that passes only when told to."""

    def __init__(self):
        self.now = 100.0

    def __call__(self):
        return self.now
