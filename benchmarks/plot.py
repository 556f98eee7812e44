"""Pictures of what was measured, as SVG."""

from pathlib import Path
from typing import Any

from benchmarks import catalog
from benchmarks.table import Line


def _pyplot() -> Any:
    try:
        import matplotlib as mpl
    except ImportError as error:
        raise SystemExit(
            "pictures need Matplotlib: pip install 'keras-estimator[bench]', "
            "or give --no-plot"
        ) from error
    mpl.use("svg")
    # The same figures give the same file: no random ids.
    mpl.rcParams["svg.hashsalt"] = "keras_estimator"
    from matplotlib import pyplot

    return pyplot


def ratios(lines: list[Line], path: Path) -> None:
    """Draws each ratio with the range of its rounds, and its target.

    Args:
        lines: Of the table; those with a limit instead of a ratio are left out.
        path: File to write; its ending (svg, png) says the format.
    """
    pyplot = _pyplot()
    shown = [line for line in lines if line.row.against is not None][::-1]
    figure, axes = pyplot.subplots(
        figsize=(9, 1.2 + 0.28 * len(shown)), layout="constrained"
    )
    for place, line in enumerate(shown):
        colour = {True: "tab:green", False: "tab:red", None: "tab:gray"}[
            line.is_reached
        ]
        axes.plot(
            [min(line.values), max(line.values)], [place] * 2, color=colour
        )
        axes.plot(line.value, place, "o", color=colour)
        if line.row.target is not None:
            axes.plot(line.row.target, place, "|", color="black", ms=12)
    axes.axvline(1.0, color="lightgray", zorder=0)
    axes.set_xscale("log")
    axes.set_yticks(range(len(shown)), [_name(line) for line in shown])
    axes.set_xlabel(
        "times better than the other\n"
        "dot: median of the rounds, line: their range, black: target"
    )
    _save(figure, path)


def _name(line: Line) -> str:
    row = line.row
    name = row.work if row.ours == "ours" else f"{row.work} with XLA"
    return f"{name}, {row.figure} : {catalog.STACKS[str(row.against)]}"


def growth(curves: dict[str, dict[str, Any]], path: Path) -> None:
    """Draws each figure of each series, a line for a stack.

    Args:
        curves: Series -> figure -> stack -> list of (size, value).
        path: File to write.
    """
    pyplot = _pyplot()
    pictures = [
        (series, figure, stacks)
        for series, figures in curves.items()
        for figure, stacks in figures.items()
    ]
    figure, all_axes = pyplot.subplots(
        len(pictures),
        figsize=(7, 2.4 * len(pictures)),
        layout="constrained",
        squeeze=False,
    )
    for axes, (series, name, stacks) in zip(
        all_axes[:, 0], pictures, strict=True
    ):
        for stack, points in stacks.items():
            axes.plot(*zip(*points, strict=True), "o-", label=stack)
        # There may be no hooks at all: zero has a place.
        axes.set_xscale("symlog")
        axes.set_ylim(bottom=0)
        axes.set_xlabel(catalog.SERIES[series].title)
        axes.set_ylabel(name)
        axes.legend()
    _save(figure, path)


def _save(figure: Any, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    # Nor does the file say when it was drawn.
    metadata = {"Date": None} if path.suffix == ".svg" else None
    figure.savefig(path, metadata=metadata)
    _pyplot().close(figure)
