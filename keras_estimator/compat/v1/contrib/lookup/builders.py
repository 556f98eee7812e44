"""Tables between words and their ids, from a file or a tensor."""

from collections.abc import Sequence
from typing import Any

import tensorflow as tf

from keras_estimator._types import Path
from keras_estimator.compat.v1.contrib.lookup import hashing
from keras_estimator.compat.v1.contrib.lookup import initializers
from keras_estimator.compat.v1.contrib.lookup import tables
from keras_estimator.errors import ArgumentTypeError
from keras_estimator.errors import ConfigError

_Index = initializers.TextFileIndex


def index_table_from_file(
    vocabulary_file: Path | tf.Tensor | None = None,
    num_oov_buckets: int = 0,
    vocab_size: int | None = None,
    default_value: int = -1,
    hasher_spec: hashing.HasherSpec = hashing.FastHashSpec,
    key_dtype: Any = tf.string,
    name: str | None = None,
    key_column_index: int = _Index.WHOLE_LINE,
    value_column_index: int = _Index.LINE_NUMBER,
    delimiter: str = "\t",
) -> Any:
    """Returns a table: word of a vocabulary file -> its id.

    Args:
        vocabulary_file: The file, one word a line.
        num_oov_buckets: How many buckets there are, behind the ids of the
            file, for words that it does not have; 0 for `default_value`.
        vocab_size: How many lines count, or `None` for all.
        default_value: Id of words that the file does not have.
        hasher_spec: Which bucket such a word comes to.
        key_dtype: `tf.string`, or an integer type if the words are numbers.
        name: Name of the operations.
        key_column_index: Which column the words are in; by default they are
            the whole lines.
        value_column_index: Which column the ids are in; by default they are
            the numbers of lines.
        delimiter: What separates columns.

    Returns:
        A table with `lookup(keys)`, int64. Its initializer is in
        `tf.GraphKeys.TABLE_INITIALIZERS`: an Estimator runs it.

    Raises:
        ConfigError: If there is no file, or a number is out of range.
        ArgumentTypeError: If `key_dtype` is neither text nor integers.

    Example:
    >>> path = getfixture("tmp_path") / "words.txt"
    >>> _ = path.write_text("to\\nbe\\n")
    >>> with tf.Graph().as_default(), tf.compat.v1.Session() as session:
    ...     table = index_table_from_file(str(path), num_oov_buckets=1)
    ...     ids = table.lookup(tf.constant(["be", "or"]))
    ...     session.run(tf.compat.v1.tables_initializer())
    ...     session.run(ids).tolist()
    [1, 2]
    """
    _check_file(vocabulary_file, vocab_size)
    _check_buckets(num_oov_buckets)
    key_dtype = tf.as_dtype(key_dtype)
    if not (key_dtype.is_integer or key_dtype == tf.string):
        raise ArgumentTypeError(
            "`key_dtype` must be tf.string or an integer type. Received: "
            f"{key_dtype!r}."
        )
    with tf.name_scope(name or "string_to_index"):
        initializer = initializers.TextFileIdTableInitializer(
            vocabulary_file,
            key_column_index,
            value_column_index,
            vocab_size,
            delimiter,
            "table_init",
            tf.int64 if key_dtype.is_integer else tf.string,
        )
        table = tables.HashTable(initializer, default_value)
        return _with_buckets(table, num_oov_buckets, hasher_spec, key_dtype)


def index_table_from_tensor(
    mapping: Any,
    num_oov_buckets: int = 0,
    default_value: int = -1,
    hasher_spec: hashing.HasherSpec = hashing.FastHashSpec,
    dtype: Any = tf.string,
    name: str | None = None,
) -> Any:
    """Returns a table: word -> its place in `mapping`.

    Args:
        mapping: The words, string or integers [n].
        num_oov_buckets: How many buckets there are, behind the places, for
            other words; 0 for `default_value`.
        default_value: Id of other words.
        hasher_spec: Which bucket such a word comes to.
        dtype: `tf.string`, or an integer type.
        name: Name of the operations.

    Returns:
        A table with `lookup(keys)`, int64. Its initializer is in
        `tf.GraphKeys.TABLE_INITIALIZERS`: an Estimator runs it.

    Raises:
        ConfigError: If there are no words, they do not go with `dtype`, or a
            number is out of range.
        ArgumentTypeError: If `dtype` is neither text nor integers.
    """
    _check_mapping(mapping)
    _check_buckets(num_oov_buckets)
    dtype = tf.as_dtype(dtype)
    if not (dtype.is_integer or dtype == tf.string):
        raise ArgumentTypeError(
            "`dtype` must be tf.string or an integer type. Received: "
            f"{dtype!r}."
        )
    with tf.name_scope(name or "string_to_index"):
        keys = tf.convert_to_tensor(mapping)
        if keys.dtype.is_integer != dtype.is_integer:
            raise ConfigError(
                f"Expected {dtype.name} values in `mapping`, got "
                f"{keys.dtype.name}. Give `dtype` the type of the values."
            )
        if dtype.is_integer:
            keys = tf.cast(keys, tf.int64)
        places = tf.range(tf.size(keys, out_type=tf.int64), dtype=tf.int64)
        initializer = initializers.KeyValueTensorInitializer(
            keys, places, keys.dtype, tf.int64, name="table_init"
        )
        table = tables.HashTable(initializer, default_value)
        return _with_buckets(table, num_oov_buckets, hasher_spec, dtype)


def index_to_string_table_from_file(
    vocabulary_file: Path | tf.Tensor,
    vocab_size: int | None = None,
    default_value: str = "UNK",
    name: str | None = None,
    key_column_index: int = _Index.LINE_NUMBER,
    value_column_index: int = _Index.WHOLE_LINE,
    delimiter: str = "\t",
) -> Any:
    """Returns a table: id -> word of a vocabulary file.

    Args:
        vocabulary_file: The file, one word a line.
        vocab_size: How many lines count, or `None` for all.
        default_value: Word of ids that the file does not have.
        name: Name of the operations.
        key_column_index: Which column the ids are in; by default they are the
            numbers of lines.
        value_column_index: Which column the words are in; by default they are
            the whole lines.
        delimiter: What separates columns.

    Returns:
        A table with `lookup(int64 keys)`, strings. Its initializer is in
        `tf.GraphKeys.TABLE_INITIALIZERS`: an Estimator runs it.

    Raises:
        ConfigError: If there is no file, or `vocab_size` is below 1.
    """
    _check_file(vocabulary_file, vocab_size)
    with tf.name_scope(name or "index_to_string"):
        initializer = initializers.TextFileStringTableInitializer(
            vocabulary_file,
            key_column_index,
            value_column_index,
            vocab_size,
            delimiter,
            "table_init",
        )
        return tables.HashTable(initializer, default_value)


def index_to_string_table_from_tensor(
    mapping: Any, default_value: str = "UNK", name: str | None = None
) -> Any:
    """Returns a table: place in `mapping` -> word.

    Args:
        mapping: The words, string [n].
        default_value: Word of other places.
        name: Name of the operations.

    Returns:
        A table with `lookup(int64 keys)`, strings. Its initializer is in
        `tf.GraphKeys.TABLE_INITIALIZERS`: an Estimator runs it.

    Raises:
        ConfigError: If there are no words.
    """
    _check_mapping(mapping)
    with tf.name_scope(name or "index_to_string"):
        words = tf.convert_to_tensor(mapping, tf.string)
        places = tf.range(tf.size(words, out_type=tf.int64), dtype=tf.int64)
        initializer = initializers.KeyValueTensorInitializer(
            places, words, tf.int64, tf.string, name="table_init"
        )
        return tables.HashTable(initializer, default_value)


def _with_buckets(
    table: Any, count: int, spec: hashing.HasherSpec, key_dtype: tf.DType
) -> Any:
    if not count:
        return table
    return tables.IdTableWithHashBuckets(
        table, count, spec, "hash_bucket", key_dtype
    )


def _check_buckets(count: int) -> None:
    if count < 0:
        raise ConfigError(
            "`num_oov_buckets` must be greater than or equal to 0. Received: "
            f"{count!r}."
        )


def _check_mapping(mapping: Any | Sequence) -> None:
    if mapping is None:
        raise ConfigError("`mapping` must be specified: the words. It is None.")


def _check_file(vocabulary_file: Any, vocab_size: int | None) -> None:
    # A tensor has no truth value.
    is_text = isinstance(vocabulary_file, str | bytes)
    if vocabulary_file is None or (is_text and not vocabulary_file):
        raise ConfigError(
            "`vocabulary_file` must be specified and must not be empty. "
            f"Received: {vocabulary_file!r}."
        )
    if vocab_size is not None and vocab_size < 1:
        raise ConfigError(
            f"`vocab_size` must be at least 1. Received: {vocab_size!r}."
        )
