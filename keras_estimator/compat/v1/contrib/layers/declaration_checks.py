"""Checks of what feature columns are made of."""

from typing import Any

import tensorflow as tf

from keras_estimator.compat.v1.contrib.layers import feature_column as columns
from keras_estimator.errors import ConfigError

_v1 = tf.compat.v1
_COMBINERS = ("mean", "sqrtn", "sum")


def check_size(name: str, size: int, combiner: str) -> None:
    """Raises if a size is below 1, or a combiner unknown."""
    if size < 1:
        raise ConfigError(
            f"The size of column {name!r} must be greater than 0. Received: "
            f"{size}."
        )
    if combiner not in _COMBINERS:
        raise ConfigError(
            f"`combiner` must be one of {', '.join(_COMBINERS)}. Received: "
            f"{combiner!r}, of column {name!r}."
        )


def check_sparse(column: Any, argument: str) -> None:
    """Raises if what an argument was given is no column of categories."""
    if not isinstance(column, columns.SparseColumn):
        raise ConfigError(
            f"`{argument}` must be a sparse column of tf.contrib.layers, such "
            f"as sparse_column_with_keys makes. Received: {column!r}."
        )


def check_no_checkpoint(path: Any, name: Any) -> None:
    """Raises if a column is to be loaded from a checkpoint."""
    if path is not None or name is not None:
        raise ConfigError(
            "`ckpt_to_load_from` and `tensor_name_in_ckpt` are not supported. "
            f"Received: {path!r}, {name!r}. Use "
            "`tf.train.init_from_checkpoint` in model_fn."
        )
