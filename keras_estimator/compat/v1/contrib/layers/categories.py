"""Feature columns of categories."""

import dataclasses
from collections.abc import Mapping
from typing import Any

import tensorflow as tf

from keras_estimator.compat.v1.contrib.layers.feature_column import (
    RealValuedColumn,
)
from keras_estimator.compat.v1.contrib.layers.feature_column import SparseColumn
from keras_estimator.compat.v1.contrib.layers.feature_column import sparse

_v1 = tf.compat.v1
Features = Mapping[str, Any]


@dataclasses.dataclass(frozen=True)
class _OneFeature(SparseColumn):
    column_name: str
    combiner: str
    dtype: Any

    @property
    def name(self) -> str:
        """Name of the feature."""
        return self.column_name

    @property
    def config(self) -> dict[str, Any]:
        """How the feature is parsed."""
        return {self.column_name: tf.io.VarLenFeature(self.dtype)}

    def raw(self, features: Features) -> Any:
        """Returns the feature as a `SparseTensor`, as it is."""
        return sparse(features[self.column_name])


@dataclasses.dataclass(frozen=True)
class SparseColumnHashed(_OneFeature):
    """Categories by a hash of texts or integers."""

    bucket_size: int

    @property
    def length(self) -> int:
        """How many categories there are."""
        return self.bucket_size

    def ids(self, features: Features) -> Any:
        """Returns the hashes."""
        raw = self.raw(features)
        texts = (
            raw.values
            if raw.values.dtype == tf.string
            else tf.as_string(raw.values)
        )
        return tf.SparseTensor(
            raw.indices,
            tf.strings.to_hash_bucket_fast(texts, self.bucket_size),
            raw.dense_shape,
        )


@dataclasses.dataclass(frozen=True)
class SparseColumnIntegerized(_OneFeature):
    """Categories by their numbers."""

    bucket_size: int

    @property
    def length(self) -> int:
        """How many categories there are."""
        return self.bucket_size

    def ids(self, features: Features) -> Any:
        """Returns the numbers, which begin again at bucket_size."""
        raw = self.raw(features)
        return tf.SparseTensor(
            raw.indices,
            tf.math.floormod(tf.cast(raw.values, tf.int64), self.bucket_size),
            raw.dense_shape,
        )


@dataclasses.dataclass(frozen=True)
class SparseColumnKeys(_OneFeature):
    """Categories by their place in a list."""

    keys: tuple[Any, ...]
    default_value: int

    @property
    def length(self) -> int:
        """How many categories there are."""
        return len(self.keys)

    def ids(self, features: Features) -> Any:
        """Returns the places."""
        table = tf.lookup.StaticHashTable(
            tf.lookup.KeyValueTensorInitializer(
                tf.constant(self.keys, self.dtype),
                tf.range(len(self.keys), dtype=tf.int64),
            ),
            self.default_value,
        )
        return _looked_up(table, self.raw(features), self.dtype)


@dataclasses.dataclass(frozen=True)
class SparseColumnVocabulary(_OneFeature):
    """Categories by their line in a file."""

    vocabulary_file: str
    num_oov_buckets: int
    vocab_size: int
    default_value: int

    @property
    def length(self) -> int:
        """How many categories there are."""
        return self.vocab_size + self.num_oov_buckets

    def ids(self, features: Features) -> Any:
        """Returns the lines."""
        lines = tf.lookup.TextFileInitializer(
            self.vocabulary_file,
            self.dtype,
            tf.lookup.TextFileIndex.WHOLE_LINE,
            tf.int64,
            tf.lookup.TextFileIndex.LINE_NUMBER,
            vocab_size=self.vocab_size,
        )
        table = (
            tf.lookup.StaticVocabularyTable(lines, self.num_oov_buckets)
            if self.num_oov_buckets
            else tf.lookup.StaticHashTable(lines, self.default_value)
        )
        return _looked_up(table, self.raw(features), self.dtype)


@dataclasses.dataclass(frozen=True)
class WeightedSparseColumn(SparseColumn):
    """Categories, with a feature that says how much each counts."""

    sparse_id_column: Any
    weight_column_name: str
    dtype: Any

    @property
    def name(self) -> str:
        """Name of the column."""
        return f"{self.sparse_id_column.name}_weighted_by_" + (
            self.weight_column_name
        )

    @property
    def config(self) -> dict[str, Any]:
        """How both features are parsed."""
        return {
            **self.sparse_id_column.config,
            self.weight_column_name: tf.io.VarLenFeature(self.dtype),
        }

    @property
    def combiner(self) -> str:
        """How numbers of a row are combined."""
        return self.sparse_id_column.combiner

    @property
    def length(self) -> int:
        """How many categories there are."""
        return self.sparse_id_column.length

    def ids(self, features: Features) -> Any:
        """Returns the numbers."""
        return self.sparse_id_column.ids(features)

    def weights(self, features: Features) -> Any:
        """Returns the weights."""
        given = sparse(features[self.weight_column_name])
        return tf.SparseTensor(
            given.indices,
            tf.cast(given.values, tf.float32),
            given.dense_shape,
        )


@dataclasses.dataclass(frozen=True)
class BucketizedColumn(SparseColumn):
    """Categories by the interval that a number is in."""

    source_column: RealValuedColumn
    boundaries: tuple[float, ...]
    combiner: str = "sum"

    @property
    def name(self) -> str:
        """Name of the column."""
        return f"{self.source_column.name}_bucketized"

    @property
    def config(self) -> dict[str, Any]:
        """How the feature is parsed."""
        return self.source_column.config

    @property
    def length(self) -> int:
        """How many intervals there are, of all numbers together."""
        return (len(self.boundaries) + 1) * self.source_column.dimension

    def ids(self, features: Features) -> Any:
        """Returns the intervals, those of a second number after the first."""
        ids = self._offset(features)
        # Number 0 is a category here, not nothing.
        places = tf.where(tf.ones_like(ids, tf.bool))
        return tf.SparseTensor(
            places, tf.reshape(ids, [-1]), tf.shape(ids, out_type=tf.int64)
        )

    def dense(self, features: Features) -> Any:
        """Returns floats [batch, length], 1 in the interval."""
        size = len(self.boundaries) + 1
        hot = tf.one_hot(self._buckets(features), size)
        return tf.reshape(hot, [-1, self.length])

    def _buckets(self, features: Features) -> Any:
        return tf.raw_ops.Bucketize(
            input=self.source_column.dense(features),
            boundaries=list(self.boundaries),
        )

    def _offset(self, features: Features) -> Any:
        size = len(self.boundaries) + 1
        first = size * tf.range(self.source_column.dimension)
        return tf.cast(self._buckets(features) + first, tf.int64)


@dataclasses.dataclass(frozen=True)
class CrossedColumn(SparseColumn):
    """Categories by a hash of several columns' values together."""

    columns: tuple[Any, ...]
    hash_bucket_size: int
    combiner: str
    hash_key: int | None

    @property
    def name(self) -> str:
        """Name of the column."""
        return "_X_".join(sorted(column.name for column in self.columns))

    @property
    def config(self) -> dict[str, Any]:
        """How the features are parsed."""
        config: dict[str, Any] = {}
        for column in self.columns:
            config.update(column.config)
        return config

    @property
    def length(self) -> int:
        """How many categories there are."""
        return self.hash_bucket_size

    def ids(self, features: Features) -> Any:
        """Returns the hashes."""
        return _v1.sparse.cross_hashed(
            self._inputs(features), self.hash_bucket_size, self.hash_key
        )

    def _inputs(self, features: Features) -> list[Any]:
        inputs: list[Any] = []
        for column in self.columns:
            if isinstance(column, CrossedColumn):
                inputs += column._inputs(features)
            elif isinstance(column, _OneFeature):
                inputs.append(column.raw(features))
            else:
                inputs.append(column.ids(features))
        return inputs


def _looked_up(table: Any, raw: Any, dtype: Any) -> Any:
    return tf.SparseTensor(
        raw.indices, table.lookup(tf.cast(raw.values, dtype)), raw.dense_shape
    )
