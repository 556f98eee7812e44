"""What TensorFlow 1 itself had already deprecated, under its old names."""

from typing import Any

import tensorflow as tf

from keras_estimator._types import Path
from keras_estimator.compat.v1.contrib.lookup import builders
from keras_estimator.compat.v1.contrib.lookup import hashing


def string_to_index(
    tensor: Any, mapping: Any, default_value: int = -1, name: str | None = None
) -> Any:
    """Returns the places in `mapping` of words.

    Args:
        tensor: string, of any shape.
        mapping: The words that have places, string [n].
        default_value: Place of other words.
        name: Name of the operations.

    Returns:
        int64, of the shape of `tensor`.
    """
    table = builders.index_table_from_tensor(
        mapping, default_value=default_value
    )
    return table.lookup(tf.convert_to_tensor(tensor), name=name)


def index_to_string(
    tensor: Any,
    mapping: Any,
    default_value: str = "UNK",
    name: str | None = None,
) -> Any:
    """Returns the words at places in `mapping`.

    Args:
        tensor: int64, of any shape.
        mapping: The words, string [n].
        default_value: Word of other places.
        name: Name of the operations.

    Returns:
        string, of the shape of `tensor`.
    """
    table = builders.index_to_string_table_from_tensor(mapping, default_value)
    return table.lookup(tf.convert_to_tensor(tensor), name=name)


def string_to_index_table_from_file(
    vocabulary_file: Path | tf.Tensor | None = None,
    num_oov_buckets: int = 0,
    vocab_size: int | None = None,
    default_value: int = -1,
    hasher_spec: hashing.HasherSpec = hashing.FastHashSpec,
    name: str | None = None,
) -> Any:
    """Returns `index_table_from_file` of the same arguments."""
    return builders.index_table_from_file(
        vocabulary_file,
        num_oov_buckets,
        vocab_size,
        default_value,
        hasher_spec,
        name=name,
    )


def string_to_index_table_from_tensor(
    mapping: Any,
    num_oov_buckets: int = 0,
    default_value: int = -1,
    hasher_spec: hashing.HasherSpec = hashing.FastHashSpec,
    name: str | None = None,
) -> Any:
    """Returns `index_table_from_tensor` of the same arguments."""
    return builders.index_table_from_tensor(
        mapping, num_oov_buckets, default_value, hasher_spec, name=name
    )
