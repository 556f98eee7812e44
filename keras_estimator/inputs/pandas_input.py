"""Batches from a pandas DataFrame in memory."""

from collections.abc import Callable
from typing import Any

import numpy as np

from keras_estimator.errors import ArgumentTypeError
from keras_estimator.errors import ConfigError
from keras_estimator.inputs.numpy_input import batch_plan
from keras_estimator.inputs.numpy_input import batches


def pandas_input_fn(
    x: Any,
    y: Any = None,
    batch_size: int = 128,
    num_epochs: int | None = 1,
    shuffle: bool | None = None,
    queue_capacity: int = 1000,
    num_threads: int = 1,
    target_column: str = "target",
) -> Callable[[], Any]:
    """Returns an input_fn that reads batches from a DataFrame.

    Args:
        x: `DataFrame`; each column is a feature.
        y: `Series` or `DataFrame` with the index of `x`; `None` without labels.
        batch_size: Rows in a batch.
        num_epochs: How often each row is read; `None` for without end.
        shuffle: Whether each epoch has an order of its own; must be given.
        queue_capacity: Has no effect: there is no queue.
        num_threads: Has no effect.
        target_column: A name that no column of `x` may have when `y` is a
            `Series`, as in tf.estimator.

    Returns:
        An input_fn: gives a dict of features in the order of the columns, and
        labels like `y`: a tensor, or a dict. Called outside of an Estimator,
        in eager mode, it returns the `tf.data.Dataset`.

    Raises:
        ConfigError: If `x` and `y` do not fit together, or shuffle is missing.

    Example:
    ```python
    input_fn = pandas_input_fn(frame[["age"]], frame["income"], shuffle=True)
    ```
    """
    plan = batch_plan(batch_size, num_epochs, shuffle)
    if not isinstance(target_column, str):
        raise ArgumentTypeError(
            f"target_column must be a string type. Received: {target_column!r}."
        )
    if not hasattr(x, "columns"):
        raise ArgumentTypeError(
            "x must be a pandas DataFrame; got "
            f"{type(x).__name__}. For arrays there is `numpy_input_fn`."
        )
    if y is not None:
        _check_target(x, y, target_column)
    features = {str(name): _column(x[name]) for name in x.columns}
    labels = None if y is None else _labels(y)

    def input_fn() -> Any:
        data = features if labels is None else (features, labels)
        return batches(plan, data, len(x))

    return input_fn


def _check_target(x: Any, y: Any, target_column: str) -> None:
    if not hasattr(y, "columns") and target_column in x:
        raise ConfigError(
            f"Cannot use name {target_column} for target column: DataFrame "
            f"already has a column with that name: {list(x.columns)}"
        )
    if not np.array_equal(x.index, y.index):
        raise ConfigError(
            "Index for x and y are mismatched.\n"
            f"Index for x: {x.index}\nIndex for y: {y.index}\n"
            "Select both from one frame, or call `reset_index(drop=True)`."
        )


def _labels(y: Any) -> Any:
    if hasattr(y, "columns"):
        return {str(name): _column(y[name]) for name in y.columns}
    return _column(y)


def _column(series: Any) -> np.ndarray:
    """Returns a copy of a column: later changes of the frame do not count."""
    return np.array(series.to_numpy())
