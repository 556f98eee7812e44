"""Text on a terminal: colours where a person sees them, and only there."""

import os
from typing import IO

_BOLD, _RED, _GREEN = "1", "1;31", "32"


class Style:
    """Colours of a stream, if it is a terminal.

    Args:
        stream: Where the text goes.
    """

    def __init__(self, stream: IO[str]) -> None:
        self._is_coloured = (
            stream.isatty()
            and not os.environ.get("NO_COLOR")
            and os.environ.get("TERM") != "dumb"
        )

    def head(self, text: str) -> str:
        """Returns a headline."""
        return self._in(_BOLD, text)

    def alarm(self, text: str) -> str:
        """Returns what has to be seen."""
        return self._in(_RED, text)

    def good(self, text: str) -> str:
        """Returns good news."""
        return self._in(_GREEN, text)

    def _in(self, colour: str, text: str) -> str:
        if not self._is_coloured:
            return text
        return f"\x1b[{colour}m{text}\x1b[0m"
