"""Functions that make feature columns of one feature's categories."""

from collections.abc import Sequence
from typing import Any

import tensorflow as tf

from keras_estimator.compat.v1.contrib.layers import categories
from keras_estimator.compat.v1.contrib.layers.declaration_checks import (
    check_size,
)
from keras_estimator.errors import ConfigError

_v1 = tf.compat.v1
_COMBINERS = ("mean", "sqrtn", "sum")


def sparse_column_with_hash_bucket(
    column_name: str,
    hash_bucket_size: int,
    combiner: str = "sum",
    dtype: Any = tf.string,
    hash_keys: None = None,
) -> categories.SparseColumnHashed:
    """Returns a column of categories by a hash of their names.

    Args:
        column_name: Name of the feature.
        hash_bucket_size: How many hashes there are.
        combiner: How several of an example are combined in a linear model.
        dtype: String or an integer type.
        hash_keys: Must be `None`.

    Raises:
        ConfigError: If an argument is none of these.
    """
    if hash_keys is not None:
        raise ConfigError(
            f"`hash_keys` is not supported. Received: {hash_keys!r}. Leave it "
            "out."
        )
    check_size(column_name, hash_bucket_size, combiner)
    return categories.SparseColumnHashed(
        column_name, combiner, tf.as_dtype(dtype), hash_bucket_size
    )


def sparse_column_with_integerized_feature(
    column_name: str,
    bucket_size: int,
    combiner: str = "sum",
    dtype: Any = tf.int64,
) -> categories.SparseColumnIntegerized:
    """Returns a column of categories by their numbers.

    Args:
        column_name: Name of the feature.
        bucket_size: How many numbers there are.
        combiner: How several of an example are combined in a linear model.
        dtype: An integer type.

    Raises:
        ConfigError: If an argument is none of these.
    """
    check_size(column_name, bucket_size, combiner)
    return categories.SparseColumnIntegerized(
        column_name, combiner, tf.as_dtype(dtype), bucket_size
    )


def sparse_column_with_keys(
    column_name: str,
    keys: Sequence[Any],
    default_value: int = -1,
    combiner: str = "sum",
    dtype: Any = tf.string,
) -> categories.SparseColumnKeys:
    """Returns a column of categories by their names.

    Args:
        column_name: Name of the feature.
        keys: The names.
        default_value: Number of other names; -1 for none.
        combiner: How several of an example are combined in a linear model.
        dtype: String or an integer type.

    Raises:
        ConfigError: If an argument is none of these.
    """
    check_size(column_name, len(keys), combiner)
    return categories.SparseColumnKeys(
        column_name, combiner, tf.as_dtype(dtype), tuple(keys), default_value
    )


def sparse_column_with_vocabulary_file(
    column_name: str,
    vocabulary_file: str,
    num_oov_buckets: int = 0,
    vocab_size: int | None = None,
    default_value: int = -1,
    combiner: str = "sum",
    dtype: Any = tf.string,
) -> categories.SparseColumnVocabulary:
    """Returns a column of categories by the lines of a file.

    Args:
        column_name: Name of the feature.
        vocabulary_file: Path of the file.
        num_oov_buckets: How many more categories other names are hashed to.
        vocab_size: How many lines count.
        default_value: Number of other names; -1 for none.
        combiner: How several of an example are combined in a linear model.
        dtype: String or an integer type.

    Raises:
        ConfigError: If an argument is none of these.
    """
    if vocab_size is None:
        raise ConfigError(
            f"`vocab_size` of column {column_name!r} should be defined: how "
            f"many lines {vocabulary_file} has."
        )
    check_size(column_name, vocab_size, combiner)
    return categories.SparseColumnVocabulary(
        column_name,
        combiner,
        tf.as_dtype(dtype),
        vocabulary_file,
        num_oov_buckets,
        vocab_size,
        default_value,
    )
