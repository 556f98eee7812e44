"""What is in a model directory, as text."""

import datetime
import os
import time
from collections.abc import Iterable
from collections.abc import Iterator
from collections.abc import Sequence
from typing import Any

from keras_estimator.cli.inspect.checkpoints import Checkpoint
from keras_estimator.cli.inspect.checkpoints import Variable
from keras_estimator.cli.inspect.contents import Contents
from keras_estimator.cli.inspect.exports import Export
from keras_estimator.cli.terminal import Style

_UNITS = ((86400, "d"), (3600, "h"), (60, "min"), (1, "s"))
_KINDS = {"saved_model": "SavedModel", "keras": "Keras model"}


def lines(found: Contents, style: Style) -> Iterator[str]:
    """Yields the lines for what there is at a path."""
    yield style.head(found.path)
    if found.checkpoints:
        yield from ("", style.head(f"Checkpoints: {len(found.checkpoints)}"))
        yield from _checkpoints(found.checkpoints)
    if found.best:
        yield from ("", style.head(f"Kept as the best: {len(found.best)}"))
        yield from _checkpoints(found.best)
    if found.of is not None:
        is_export = found.kind == "saved_model"
        name = os.path.basename(found.path if is_export else found.of.path)
        yield from ("", style.head(f"Variables of {name}"))
        yield from _variables(found.variables)
    if found.exports:
        yield from ("", style.head(f"Exports: {len(found.exports)}"))
        for export in found.exports:
            yield from _export(export, found.path)
    if found.evaluations:
        yield from ("", style.head("Last evaluations"))
    for each in found.evaluations:
        values = ", ".join(f"{k} {v:.6g}" for k, v in each.metrics.items())
        yield f"  {each.folder}, step {each.step}: {values}"
    if found.problems:
        yield from ("", style.alarm("Problems"))
        yield from (f"  {problem}" for problem in found.problems)


def size(count: int) -> str:
    """Returns a number of bytes for people."""
    value = float(count)
    for unit in ("B", "KiB", "MiB", "GiB"):
        if value < 1024:
            return f"{value:.0f} B" if unit == "B" else f"{value:.1f} {unit}"
        value /= 1024
    return f"{value:.1f} TiB"


def table(rows: Iterable[Sequence[str]]) -> Iterator[str]:
    """Yields rows with their columns below each other."""
    rows = list(rows)
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        cells = zip(row, widths, strict=True)
        yield "  " + "  ".join(f"{c:{w}}" for c, w in cells).rstrip()


def _checkpoints(found: Sequence[Checkpoint]) -> Iterator[str]:
    yield from table(
        (
            os.path.basename(each.path),
            "no step" if each.step is None else f"step {each.step}",
            _time(each.written),
            _age(each.written),
            size(each.bytes),
            ", ".join(
                word
                for word, is_so in (
                    ("newest", each.is_newest),
                    ("best", each.is_best),
                )
                if is_so
            ),
        )
        for each in found
    )


def _variables(found: Sequence[Variable]) -> Iterator[str]:
    own = [each for each in found if not each.is_slot]
    slots = [each for each in found if each.is_slot]
    if own:
        yield from table(
            (v.name, v.dtype, str(v.shape), size(v.bytes)) for v in own
        )
    yield f"  {_sum(own)}"
    if slots:
        yield f"  and of the optimizer {_sum(slots)}: {_kinds(slots)}"


def _sum(found: Sequence[Variable]) -> str:
    parameters = sum(v.parameters for v in found if v.dtype != "string")
    plural = "" if len(found) == 1 else "s"
    return (
        f"{len(found)} variable{plural}, {parameters:,} numbers, "
        f"{size(sum(v.bytes for v in found))}"
    )


def _kinds(slots: Sequence[Variable]) -> str:
    return ", ".join(
        dict.fromkeys(each.name.rpartition("/")[2] for each in slots)
    )


def _export(export: Export, base: str) -> Iterator[str]:
    path = export.path
    if path != base:
        path = path.removeprefix(base).lstrip("/")
    details = export.details
    what = [_KINDS.get(export.kind, "Keras weights")]
    what += ["+".join(tags) for tags in details.get("tags", ())]
    for key, words in (
        ("class", "{}"),
        ("model_fn", "model_fn {}"),
        ("keras_version", "Keras {}"),
        ("tensorflow", "TensorFlow {}"),
    ):
        if details.get(key):
            what.append(words.format(details[key]))
    written = f"{_time(export.written)}, {size(export.bytes)}"
    yield f"  {path} ({written}): {', '.join(what)}"
    for name, signature in details.get("signatures", {}).items():
        yield f"    {name} ({signature['method']})"
        yield f"      in:  {_tensors(signature['inputs'])}"
        yield f"      out: {_tensors(signature['outputs'])}"


def _tensors(tensors: dict[str, Any]) -> str:
    return ", ".join(f"{name} {what}" for name, what in tensors.items())


def _time(seconds: float) -> str:
    when = datetime.datetime.fromtimestamp(seconds)
    return when.strftime("%Y-%m-%d %H:%M:%S")


def _age(written: float) -> str:
    """Returns how long ago something was, in one unit."""
    seconds = max(0, int(time.time() - written))
    for length, unit in _UNITS:
        if seconds >= length:
            return f"{seconds // length} {unit} ago"
    return "now"
