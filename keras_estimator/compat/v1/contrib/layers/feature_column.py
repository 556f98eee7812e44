"""Feature columns of `tf.contrib.layers`, which came before tf.feature_column.

They name the features that a function of `feature_column_ops` reads, and how.
"""

import dataclasses
from collections.abc import Callable
from collections.abc import Mapping
from collections.abc import Sequence
from typing import Any

import tensorflow as tf

from keras_estimator.errors import ConfigError

_v1 = tf.compat.v1
SPARSE_FEATURE_CROSS_DEFAULT_HASH_KEY = 956888297470
Features = Mapping[str, Any]


@dataclasses.dataclass(frozen=True)
class FeatureColumn:
    """What all columns have: a name, an order and features to parse."""

    @property
    def name(self) -> str:
        """Name of the column, and of the scope of its variables."""
        raise NotImplementedError

    @property
    def key(self) -> str:
        """What columns are sorted by: outputs are in that order."""
        return f"_{type(self).__name__}({self.name}"

    @property
    def config(self) -> dict[str, Any]:
        """Name of a feature -> how it is parsed."""
        raise NotImplementedError


@dataclasses.dataclass(frozen=True)
class RealValuedColumn(FeatureColumn):
    """Floats [batch, dimension]."""

    column_name: str
    dimension: int
    default_value: Any
    dtype: Any
    normalizer: Callable[[Any], Any] | None

    @property
    def name(self) -> str:
        """Name of the feature."""
        return self.column_name

    @property
    def config(self) -> dict[str, Any]:
        """How the feature is parsed."""
        default = self.default_value
        return {
            self.column_name: tf.io.FixedLenFeature(
                [self.dimension],
                self.dtype,
                None if default is None else list(default),
            )
        }

    def dense(self, features: Features) -> Any:
        """Returns floats [batch, dimension]."""
        values = tf.convert_to_tensor(features[self.column_name])
        if self.normalizer is not None:
            values = self.normalizer(values)
        return tf.reshape(tf.cast(values, tf.float32), [-1, self.dimension])


@dataclasses.dataclass(frozen=True)
class SparseColumn(FeatureColumn):
    """Numbers of categories: a `SparseTensor` of int64, [batch, any]."""

    @property
    def length(self) -> int:
        """How many categories there are."""
        raise NotImplementedError

    def ids(self, features: Features) -> Any:
        """Returns the numbers; those below 0 are of no category."""
        raise NotImplementedError

    def weights(self, features: Features) -> Any:
        """Returns the weights of numbers, or `None`."""


@dataclasses.dataclass(frozen=True)
class OneHotColumn(FeatureColumn):
    """Categories as floats [batch, length]: how often each is there."""

    sparse_id_column: Any

    @property
    def name(self) -> str:
        """Name of the column."""
        return f"{self.sparse_id_column.name}_one_hot"

    @property
    def config(self) -> dict[str, Any]:
        """How the features are parsed."""
        return self.sparse_id_column.config

    def dense(self, features: Features) -> Any:
        """Returns the floats."""
        column = self.sparse_id_column
        ids, weights = column.ids(features), column.weights(features)
        counted = tf.cast(ids.values >= 0, tf.float32)
        if weights is not None:
            counted *= weights.values
        places = ids.indices[:, 0] * column.length + tf.maximum(
            ids.values, tf.zeros([], tf.int64)
        )
        batch = ids.dense_shape[0]
        return tf.reshape(
            tf.math.unsorted_segment_sum(
                counted, places, batch * column.length
            ),
            [-1, column.length],
        )


@dataclasses.dataclass(frozen=True)
class EmbeddingColumn(FeatureColumn):
    """Categories as the combination of a row's embeddings."""

    sparse_id_column: Any
    dimension: int
    combiner: str
    initializer: Any
    max_norm: float | None
    trainable: bool
    shared_embedding_name: str | None = None

    @property
    def name(self) -> str:
        """Name of the column."""
        kind = (
            "embedding"
            if self.shared_embedding_name is None
            else ("shared_embedding")
        )
        return f"{self.sparse_id_column.name}_{kind}"

    @property
    def key(self) -> str:
        """What columns are sorted by."""
        return f"_EmbeddingColumn({self.sparse_id_column.key}"

    @property
    def config(self) -> dict[str, Any]:
        """How the features are parsed."""
        return self.sparse_id_column.config


def sparse(values: Any) -> Any:
    """Returns a feature as a `SparseTensor`.

    Args:
        values: One, or a tensor, of which "" and -1 are nothing.
    """
    if isinstance(values, tf.SparseTensor):
        return values
    values = tf.convert_to_tensor(values)
    if values.shape.rank == 1:
        values = tf.expand_dims(values, -1)
    nothing = (
        tf.constant("")
        if values.dtype == tf.string
        else tf.cast(-1, values.dtype)
    )
    kept = tf.where(tf.not_equal(values, nothing))
    return tf.SparseTensor(
        kept, tf.gather_nd(values, kept), tf.shape(values, out_type=tf.int64)
    )


def check_feature_columns(feature_columns: Sequence[FeatureColumn]) -> None:
    """Raises if there is none, or one that is no column or there twice.

    Args:
        feature_columns: The columns.

    Raises:
        ConfigError: See above.
    """
    seen = set()
    for column in feature_columns:
        if not isinstance(column, FeatureColumn):
            raise ConfigError(
                "`feature_columns` must be columns of tf.contrib.layers. "
                f"Received: {column!r}. For those of tf.feature_column there "
                "are tf.feature_column.input_layer and linear_model."
            )
        if column.name in seen:
            raise ConfigError(
                f"Duplicate feature column name found: {column.name}."
            )
        seen.add(column.name)
    if not seen:
        raise ConfigError("`feature_columns` must have a column at the least.")
