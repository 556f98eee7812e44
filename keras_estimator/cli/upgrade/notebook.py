"""Notebooks: the code of all their cells as one program, and back.

What IPython alone understands (`%matplotlib inline`, `!ls`) is a comment of the
same length meanwhile, so that all places stay where they are.
"""

import itertools
import json
import re
from bisect import bisect_right
from collections.abc import Iterable
from typing import Any

from keras_estimator.cli.upgrade.source import Edit
from keras_estimator.cli.upgrade.source import Source

_MAGIC = re.compile(r"^([ \t]*)[%!?]", re.MULTILINE)
_LAYOUTS: tuple[dict[str, Any], ...] = tuple(
    {"indent": indent, "ensure_ascii": is_ascii}
    for indent, is_ascii in itertools.product((1, 2, 4, None), (False, True))
)


class Notebook:
    """A notebook whose code can be changed.

    Args:
        text: The content of the file.

    Raises:
        ValueError: If it is none.
    """

    def __init__(self, text: str) -> None:
        self._text = text
        self._content = json.loads(text)
        if not isinstance(self._content, dict) or not isinstance(
            self._content.get("cells"), list
        ):
            raise ValueError("it has no `cells`: it is not of format 4")
        numbered = enumerate(self._content["cells"], 1)
        self._cells = [
            (number, cell)
            for number, cell in numbered
            if cell.get("cell_type") == "code" and not _is_foreign(cell)
        ]
        pieces = [f"{_code(cell)}\n" for _, cell in self._cells]
        # Where each cell begins in the program.
        self._starts = [0, *itertools.accumulate(map(len, pieces))]
        self.program = Source(_MAGIC.sub(r"\1#", "".join(pieces)))

    def place(self, line: int) -> str:
        """Returns the cell and the line in it of a line of the program."""
        offset = self.program.offset(line, 0)
        index = bisect_right(self._starts, offset) - 1
        first = self.program.line(self._starts[index])
        return f"cell {self._cells[index][0]}:{line - first + 1}"

    def edited(self, edits: Iterable[Edit]) -> str:
        """Returns the content of the file with edits of the program."""
        dump = self._layout()
        parts: dict[int, list[Edit]] = {}
        for edit in edits:
            index = bisect_right(self._starts, edit.start) - 1
            start = self._starts[index]
            parts.setdefault(index, []).append(
                Edit(edit.start - start, edit.end - start, edit.text)
            )
        for index, moved in parts.items():
            cell = self._cells[index][1]
            text = Source(_code(cell)).edited(moved).text
            is_lines = isinstance(cell["source"], list)
            cell["source"] = text.splitlines(True) if is_lines else text
        return self._dumped(dump)

    def _layout(self) -> dict[str, Any]:
        """Returns how the file is written; as Jupyter does if unknown."""
        return next(
            (each for each in _LAYOUTS if self._dumped(each) == self._text),
            _LAYOUTS[0],
        )

    def _dumped(self, layout: dict[str, Any]) -> str:
        end = "\n" if self._text.endswith("\n") else ""
        return json.dumps(self._content, **layout) + end


def _code(cell: dict[str, Any]) -> str:
    return "".join(cell.get("source", ""))


def _is_foreign(cell: dict[str, Any]) -> bool:
    """Whether a cell is in another language."""
    return _code(cell).lstrip().startswith("%%")
