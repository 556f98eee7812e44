"""Functions that make feature columns."""

from collections.abc import Callable
from collections.abc import Sequence
from typing import Any

import tensorflow as tf

from keras_estimator.compat.v1.contrib.layers import categories
from keras_estimator.compat.v1.contrib.layers import feature_column as columns
from keras_estimator.compat.v1.contrib.layers.declaration_checks import (
    check_no_checkpoint,
)
from keras_estimator.compat.v1.contrib.layers.declaration_checks import (
    check_size,
)
from keras_estimator.compat.v1.contrib.layers.declaration_checks import (
    check_sparse,
)
from keras_estimator.errors import ArgumentTypeError
from keras_estimator.errors import ConfigError

_v1 = tf.compat.v1
_COMBINERS = ("mean", "sqrtn", "sum")


def real_valued_column(
    column_name: str,
    dimension: int = 1,
    default_value: Any = None,
    dtype: Any = tf.float32,
    normalizer: Callable[[Any], Any] | None = None,
) -> columns.RealValuedColumn:
    """Returns a column of numbers.

    Args:
        column_name: Name of the feature.
        dimension: How many numbers an example has.
        default_value: What is parsed where there are none: a number, or one
            per dimension.
        dtype: Type of the feature.
        normalizer: Function of the feature.

    Raises:
        ArgumentTypeError: If dimension is no integer.
        ConfigError: If it is less than 1, or default_value has another length.
    """
    if not isinstance(dimension, int):
        raise ArgumentTypeError(
            "`dimension` must be an integer. Received: "
            f"{dimension!r}, of column {column_name!r}."
        )
    if dimension < 1:
        raise ConfigError(
            f"`dimension` must be greater than 0. Received: {dimension}, of "
            f"column {column_name!r}."
        )
    default = default_value
    if default is not None:
        several = isinstance(default, (list, tuple))
        default = tuple(default) if several else (default,) * dimension
        if len(default) != dimension:
            raise ConfigError(
                f"`default_value` must have {dimension} numbers. Received: "
                f"{default_value!r}, of column {column_name!r}."
            )
    return columns.RealValuedColumn(
        column_name, dimension, default, dtype, normalizer
    )


def weighted_sparse_column(
    sparse_id_column: Any, weight_column_name: str, dtype: Any = tf.float32
) -> categories.WeightedSparseColumn:
    """Returns a column of categories, each of which has a weight.

    Args:
        sparse_id_column: The categories.
        weight_column_name: Feature of the weights.
        dtype: Type of the weights.

    Raises:
        ConfigError: If the first is no column of categories.
    """
    check_sparse(sparse_id_column, "sparse_id_column")
    return categories.WeightedSparseColumn(
        sparse_id_column, weight_column_name, tf.as_dtype(dtype)
    )


def bucketized_column(
    source_column: columns.RealValuedColumn, boundaries: Sequence[float]
) -> categories.BucketizedColumn:
    """Returns a column of the intervals that numbers are in.

    Args:
        source_column: A column of numbers.
        boundaries: Where intervals begin, in ascending order.

    Raises:
        ArgumentTypeError: If the first is another column.
        ConfigError: If the boundaries are none, or in another order.
    """
    if not isinstance(source_column, columns.RealValuedColumn):
        raise ArgumentTypeError(
            "`source_column` must be a real_valued_column. Received: "
            f"{source_column!r}."
        )
    ends = tuple(dict.fromkeys(boundaries))
    if not ends or list(ends) != sorted(ends):
        raise ConfigError(
            "`boundaries` must be a sorted list that is not empty. Received: "
            f"{boundaries!r}."
        )
    return categories.BucketizedColumn(source_column, ends)


def crossed_column(
    columns: Sequence[Any],
    hash_bucket_size: int,
    combiner: str = "sum",
    ckpt_to_load_from: None = None,
    tensor_name_in_ckpt: None = None,
    hash_key: int | None = None,
) -> Any:
    """Returns a column of categories by a hash of several columns together.

    Args:
        columns: Columns of categories or intervals, two at the least.
        hash_bucket_size: How many hashes there are.
        combiner: How several of an example are combined in a linear model.
        ckpt_to_load_from: Must be `None`.
        tensor_name_in_ckpt: Must be `None`.
        hash_key: Key of the hash. Without one, hashes are others than in
            TensorFlow 1: weights of old checkpoints do not fit.

    Raises:
        ConfigError: If an argument is none of these.
    """
    check_no_checkpoint(ckpt_to_load_from, tensor_name_in_ckpt)
    if len(columns) < 2:
        raise ConfigError(
            f"`columns` must be two at the least. Received: {columns!r}."
        )
    for column in columns:
        check_sparse(column, "columns")
    if hash_key is None:
        _v1.logging.warning(
            "crossed_column of %s without `hash_key`: its hashes are others "
            "than those of TensorFlow 1, whose checkpoints do not fit.",
            [column.name for column in columns],
        )
    check_size("crossed", hash_bucket_size, combiner)
    ordered = tuple(sorted(columns, key=lambda column: column.name))
    return categories.CrossedColumn(
        ordered, hash_bucket_size, combiner, hash_key
    )


def one_hot_column(sparse_id_column: Any) -> columns.OneHotColumn:
    """Returns a column with a number for each category.

    Args:
        sparse_id_column: The categories.

    Raises:
        ConfigError: If it is no column of categories.
    """
    check_sparse(sparse_id_column, "sparse_id_column")
    return columns.OneHotColumn(sparse_id_column)


def embedding_column(
    sparse_id_column: Any,
    dimension: int,
    combiner: str = "mean",
    initializer: Any = None,
    ckpt_to_load_from: None = None,
    tensor_name_in_ckpt: None = None,
    max_norm: float | None = None,
    trainable: bool = True,
) -> columns.EmbeddingColumn:
    """Returns a column of embeddings of categories.

    Args:
        sparse_id_column: The categories.
        dimension: Length of an embedding.
        combiner: How several of an example are combined: `mean`, `sqrtn` or
            `sum`.
        initializer: Initializer of the embeddings; by default normal with
            deviation 1 / sqrt(dimension), cut at two.
        ckpt_to_load_from: Must be `None`.
        tensor_name_in_ckpt: Must be `None`.
        max_norm: Norm that embeddings are clipped to.
        trainable: Whether they are trained.

    Raises:
        ConfigError: If an argument is none of these.
    """
    check_no_checkpoint(ckpt_to_load_from, tensor_name_in_ckpt)
    check_sparse(sparse_id_column, "sparse_id_column")
    check_size(sparse_id_column.name, dimension, combiner)
    return columns.EmbeddingColumn(
        sparse_id_column, dimension, combiner, initializer, max_norm, trainable
    )


def shared_embedding_columns(
    sparse_id_columns: Sequence[Any],
    dimension: int,
    combiner: str = "mean",
    shared_embedding_name: str | None = None,
    initializer: Any = None,
    ckpt_to_load_from: None = None,
    tensor_name_in_ckpt: None = None,
    max_norm: float | None = None,
    trainable: bool = True,
) -> list[columns.EmbeddingColumn]:
    """Returns columns whose embeddings are one variable.

    Args:
        sparse_id_columns: Columns of as many categories each.
        dimension: Length of an embedding.
        combiner: How several of an example are combined.
        shared_embedding_name: Name of the variable.
        initializer: As for `embedding_column`.
        ckpt_to_load_from: Must be `None`.
        tensor_name_in_ckpt: Must be `None`.
        max_norm: Norm that embeddings are clipped to.
        trainable: Whether they are trained.

    Raises:
        ConfigError: If an argument is none of these.
    """
    check_no_checkpoint(ckpt_to_load_from, tensor_name_in_ckpt)
    for column in sparse_id_columns:
        check_sparse(column, "sparse_id_columns")
    lengths = {column.length for column in sparse_id_columns}
    if len(lengths) != 1:
        raise ConfigError(
            "`sparse_id_columns` must have as many categories each. Received: "
            f"{[(c.name, c.length) for c in sparse_id_columns]}."
        )
    names = sorted(column.name for column in sparse_id_columns)
    if shared_embedding_name is None:
        shown = (
            names
            if len(names) <= 3
            else [*names[:3], f"plus_{len(names) - 3}_others"]
        )
        shared_embedding_name = "_".join(shown) + "_shared_embedding"
    return [
        columns.EmbeddingColumn(
            column,
            dimension,
            combiner,
            initializer,
            max_norm,
            trainable,
            shared_embedding_name,
        )
        for column in sparse_id_columns
    ]
