"""What fills a table: lines of a file, or tensors."""

from typing import Any

import tensorflow as tf

from keras_estimator._types import Path

KeyValueTensorInitializer = tf.compat.v1.lookup.KeyValueTensorInitializer
TextFileInitializer = tf.compat.v1.lookup.TextFileInitializer
TextFileIndex = tf.lookup.TextFileIndex


class TextFileIdTableInitializer(tf.compat.v1.lookup.TextFileInitializer):
    """Words of a text file -> ids: by default the numbers of the lines.

    Args:
        filename: The file, a string or a string tensor.
        key_column_index: Which column the words are in, or
            `TextFileIndex.WHOLE_LINE`.
        value_column_index: Which column the ids are in, or
            `TextFileIndex.LINE_NUMBER`.
        vocab_size: How many lines there are, or `None` for all that the file
            has.
        delimiter: What separates columns.
        name: Name of the operations.
        key_dtype: `tf.string`, or `tf.int64` if the words are numbers.
    """

    def __init__(
        self,
        filename: Path | tf.Tensor,
        key_column_index: int = TextFileIndex.WHOLE_LINE,
        value_column_index: int = TextFileIndex.LINE_NUMBER,
        vocab_size: int | None = None,
        delimiter: str = "\t",
        name: str | None = "text_file_id_table_init",
        key_dtype: Any = tf.string,
    ) -> None:
        super().__init__(
            filename,
            key_dtype=key_dtype,
            key_index=key_column_index,
            value_dtype=tf.int64,
            value_index=value_column_index,
            vocab_size=vocab_size,
            delimiter=delimiter,
            name=name,
        )


class TextFileStringTableInitializer(tf.compat.v1.lookup.TextFileInitializer):
    """Ids -> words of a text file: by default, number of the line -> line.

    Args:
        filename: The file, a string or a string tensor.
        key_column_index: Which column the ids are in, or
            `TextFileIndex.LINE_NUMBER`.
        value_column_index: Which column the words are in, or
            `TextFileIndex.WHOLE_LINE`.
        vocab_size: How many lines there are, or `None` for all that the file
            has.
        delimiter: What separates columns.
        name: Name of the operations.
    """

    def __init__(
        self,
        filename: Path | tf.Tensor,
        key_column_index: int = TextFileIndex.LINE_NUMBER,
        value_column_index: int = TextFileIndex.WHOLE_LINE,
        vocab_size: int | None = None,
        delimiter: str = "\t",
        name: str | None = "text_file_string_table_init",
    ) -> None:
        super().__init__(
            filename,
            key_dtype=tf.int64,
            key_index=key_column_index,
            value_dtype=tf.string,
            value_index=value_column_index,
            vocab_size=vocab_size,
            delimiter=delimiter,
            name=name,
        )
