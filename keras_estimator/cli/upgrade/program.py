"""A file of a program on its way through the upgrade."""

import contextlib
import difflib
from collections.abc import Callable
from typing import NamedTuple

import libcst

from keras_estimator.cli.upgrade.findings import OPEN
from keras_estimator.cli.upgrade.findings import Findings
from keras_estimator.cli.upgrade.findings import Point
from keras_estimator.cli.upgrade.meaning import guessed_api
from keras_estimator.cli.upgrade.notebook import Notebook
from keras_estimator.cli.upgrade.rewrite import rewrite
from keras_estimator.cli.upgrade.scan import Scan
from keras_estimator.cli.upgrade.scan import scan
from keras_estimator.cli.upgrade.source import Source
from keras_estimator.cli.upgrade.tree import File

_WORDS = (b"tensorflow", b"keras_estimator")


class Upgraded(NamedTuple):
    """What became of a file.

    Attributes:
        file: The file.
        before: Its content.
        after: Its content as it is to be.
        findings: What was found in it.
        place: Returns what to say for a line, after the name of the file.
    """

    file: File
    before: bytes
    after: bytes
    findings: Findings
    place: Callable[[int], str]

    @property
    def is_changed(self) -> bool:
        """Whether anything changes."""
        return self.before != self.after

    def diff(self) -> str:
        """Returns a unified diff, as `patch -p1` reads it."""
        old, new = (
            # Undecodable files are never changed.
            Source.decode(content).text.splitlines(keepends=True)
            for content in (self.before, self.after)
        )
        name = self.file.path.as_posix().lstrip("/")
        pieces = []
        for line in difflib.unified_diff(old, new, f"a/{name}", f"b/{name}"):
            end = (
                ""
                if line.endswith("\n")
                else "\n\\ No newline at end of file\n"
            )
            pieces.append(line + end)
        return "".join(pieces)


class Program:
    """A file with code.

    Args:
        file: The file.

    Raises:
        OSError: If it cannot be read.
    """

    def __init__(self, file: File) -> None:
        self.file = file
        self._content = file.path.read_bytes()
        self._notebook: Notebook | None = None
        self._source = Source("")
        self._scan: Scan | None = None
        self._point: Point | None = None
        if any(word in self._content for word in _WORDS):
            try:
                self._read()
            except (SyntaxError, ValueError, RecursionError) as error:
                self._cannot_read(0, str(error) or type(error).__name__)

    @property
    def api(self) -> str | None:
        """Which TensorFlow it was written for, if that can be seen."""
        return self._scan and guessed_api(self._scan)

    def upgraded(self, api: str) -> Upgraded:
        """Returns what is to become of it.

        Args:
            api: What `import tensorflow` means in it.
        """
        if self._scan is None:
            points = (self._point,) if self._point else ()
            return self._result(self._content, Findings(None, points=points))
        edits, findings = rewrite(self._source, self._scan, api)
        if not edits:
            return self._result(self._content, findings)
        if self._notebook is not None:
            after = self._notebook.edited(edits).encode(self._source.encoding)
        else:
            after = self._source.edited(edits).encode()
        return self._result(after, findings)

    def _result(self, after: bytes, findings: Findings) -> Upgraded:
        place = self._notebook.place if self._notebook else str
        return Upgraded(self.file, self._content, after, findings, place)

    def _read(self) -> None:
        if self.file.path.suffix == ".ipynb":
            self._notebook = Notebook(self._content.decode())
            self._source = self._notebook.program
        else:
            self._source = Source.decode(self._content)
        try:
            self._scan = scan(self._source)
        except libcst.ParserSyntaxError as error:
            line = error.raw_line
            text = ""
            with contextlib.suppress(IndexError):
                text = self._source.text.splitlines()[line - 1].strip()
            self._cannot_read(
                line,
                f"Python 3 cannot read this line: {text}. The file is left as "
                "it is. If it was written for Python 2, convert it first "
                "(with `2to3`), and run this again",
            )

    def _cannot_read(self, line: int, message: str) -> None:
        self._point = Point(line, OPEN, "syntax", message)
