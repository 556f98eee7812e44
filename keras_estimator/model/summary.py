"""The table that `EstimatorModel.summary` prints."""

import keras
import numpy as np


def summary_lines(
    name: str, variables: list[keras.Variable], width: int | None
) -> list[str]:
    """Returns a table of variables, as `summary` prints it."""
    rows = [
        (v.path, str(tuple(v.shape)), f"{int(np.prod(v.shape)):,}", v.trainable)
        for v in variables
    ]
    total = sum(int(np.prod(v.shape)) for v in variables)
    trained = sum(int(np.prod(v.shape)) for v in variables if v.trainable)
    first = max([len("Variable"), *(len(row[0]) for row in rows)])
    second = max([len("Shape"), *(len(row[1]) for row in rows)])
    third = max([len("Params"), *(len(row[2]) for row in rows)])
    length = max(width or 0, first + second + third + 18)
    lines = [f'Model: "{name}"', "-" * length]
    header = ("Variable", "Shape", "Params", "Trainable")
    for path, shape, size, trainable in [header, *rows]:
        mark = {True: "yes", False: "no"}.get(trainable, trainable)
        lines.append(
            f"{path:<{first}}   {shape:<{second}}   {size:>{third}}   {mark}"
        )
    lines += [
        "-" * length,
        f"Total params: {total:,}",
        f"Trainable params: {trained:,}",
        f"Non-trainable params: {total - trained:,}",
    ]
    return lines
