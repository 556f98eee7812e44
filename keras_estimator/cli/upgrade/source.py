"""Source code as text: decoded, edited in places, and encoded as it was."""

import io
import re
import tokenize
from bisect import bisect_right
from collections.abc import Iterable
from typing import NamedTuple

_LINE_BREAK = re.compile(r"\r\n|\r|\n")


class Edit(NamedTuple):
    """A piece of text that is replaced.

    Attributes:
        start: Where it begins, in characters from the beginning.
        end: Where it ends.
        text: What takes its place.
    """

    start: int
    end: int
    text: str


class Source:
    """The text of a file.

    Args:
        text: The text, line breaks as they are.
        encoding: How the file has it.
    """

    def __init__(self, text: str, encoding: str = "utf-8") -> None:
        self.text = text
        self.encoding = encoding
        ends = [match.end() for match in _LINE_BREAK.finditer(text)]
        self._starts = [0, *ends]

    @classmethod
    def decode(cls, content: bytes) -> "Source":
        """Returns the text of a file of Python code.

        Raises:
            SyntaxError: If it names an encoding that there is not.
            UnicodeDecodeError: If it is not in the encoding that it names.
        """
        encoding, _ = tokenize.detect_encoding(io.BytesIO(content).readline)
        return cls(content.decode(encoding), encoding)

    def encode(self) -> bytes:
        """Returns the content of the file."""
        return self.text.encode(self.encoding)

    @property
    def newline(self) -> str:
        """The line break of the file: that of its first line."""
        found = _LINE_BREAK.search(self.text)
        return found.group() if found else "\n"

    def offset(self, line: int, column: int) -> int:
        """Returns the place of a character; lines count from 1."""
        return self._starts[line - 1] + column

    def line(self, offset: int) -> int:
        """Returns the number of the line of a place, from 1."""
        return bisect_right(self._starts, offset)

    def indent(self, offset: int) -> str:
        """Returns what stands before a place in its line."""
        return self.text[self._starts[self.line(offset) - 1] : offset]

    def lines_around(self, start: int, end: int) -> tuple[int, int]:
        """Returns where the lines of a piece of text begin and end."""
        last = self.line(end)
        after = self._starts[last] if last < len(self._starts) else None
        return self._starts[self.line(start) - 1], after or len(self.text)

    def edited(self, edits: Iterable[Edit]) -> "Source":
        """Returns the text with edits, which must not overlap."""
        pieces = []
        done = 0
        for edit in sorted(edits):
            pieces += [self.text[done : edit.start], edit.text]
            done = edit.end
        pieces.append(self.text[done:])
        return Source("".join(pieces), self.encoding)
