"""Tables: `HashTable`, and ids that spread unknown words over buckets."""

from typing import Any

import tensorflow as tf

from keras_estimator.compat.v1.contrib.lookup import hashing
from keras_estimator.errors import ArgumentTypeError
from keras_estimator.errors import ConfigError

MutableDenseHashTable = tf.lookup.experimental.DenseHashTable
MutableHashTable = tf.lookup.experimental.MutableHashTable


class HashTable(tf.compat.v1.lookup.StaticHashTable):
    """A table that is filled once, when the program starts.

    Args:
        initializer: What fills it, such as `KeyValueTensorInitializer`.
        default_value: Value of the keys that are not in it.
        shared_name: Without effect: tables with one initializer have one
            content in any case.
        name: Name of the operations.

    Example:
    >>> with tf.Graph().as_default(), tf.compat.v1.Session() as session:
    ...     table = HashTable(
    ...         tf.lookup.KeyValueTensorInitializer(["a", "b"], [7, 8]), -1
    ...     )
    ...     found = table.lookup(tf.constant(["b", "c"]))
    ...     session.run(table.init)
    ...     session.run(found).tolist()
    [8, -1]
    """

    def __init__(
        self,
        initializer: Any,
        default_value: Any,
        shared_name: str | None = None,
        name: str | None = None,
    ) -> None:
        super().__init__(initializer, default_value, name=name)

    @property
    def init(self) -> tf.Operation:
        """The operation that fills the table: `initializer`."""
        return self.initializer


class IdTableWithHashBuckets:
    """Ids of a table, and behind them buckets for what it does not have.

    A key without an id gets `table.size()` plus one of `num_oov_buckets`.

    Args:
        table: A table of int64 ids, or `None` to hash every key.
        num_oov_buckets: How many buckets; at least 1 without a table.
        hasher_spec: The hash function.
        name: Name of the operations.
        key_dtype: Type of the keys: `tf.string`, by default, or integers.

    Raises:
        ArgumentTypeError: If a type is wrong.
        ConfigError: If there is neither a table nor a bucket.
    """

    def __init__(
        self,
        table: Any,
        num_oov_buckets: int,
        hasher_spec: hashing.HasherSpec = hashing.FastHashSpec,
        name: str | None = None,
        key_dtype: Any = None,
    ) -> None:
        if table is None and num_oov_buckets <= 0:
            raise ConfigError(
                "`num_oov_buckets` must be at least 1 if `table` is None. "
                f"Received: {num_oov_buckets!r}."
            )
        _check_dtypes(table, key_dtype)
        own = tf.string if table is None else table.key_dtype
        self._key_dtype = tf.as_dtype(own if key_dtype is None else key_dtype)
        self._table = table
        self._num_oov_buckets = num_oov_buckets
        self._hasher_spec = hashing.check(hasher_spec)
        self._name = name or "hash_bucket"

    @property
    def key_dtype(self) -> tf.DType:
        """The type of the keys."""
        return self._key_dtype

    @property
    def value_dtype(self) -> tf.DType:
        """int64."""
        return tf.int64

    @property
    def name(self) -> str:
        """Name of the operations."""
        return self._name

    @property
    def resource_handle(self) -> tf.Tensor | None:
        """The handle of the table, or `None` without one."""
        return None if self._table is None else self._table.resource_handle

    @property
    def initializer(self) -> tf.Operation:
        """The operation that fills the table."""
        if self._table is None:
            return tf.no_op()
        return self._table.initializer

    @property
    def init(self) -> tf.Operation:
        """The operation that fills the table: `initializer`."""
        return self.initializer

    def size(self, name: str | None = None) -> tf.Tensor:
        """Returns how many ids there are, those of the buckets included.

        Args:
            name: Name of the operation.

        Returns:
            int64 [].
        """
        own = 0 if self._table is None else self._table.size()
        return tf.add(tf.cast(own, tf.int64), self._num_oov_buckets, name=name)

    def lookup(self, keys: Any, name: str | None = None) -> Any:
        """Returns the ids of keys.

        Args:
            keys: A tensor of the type of the keys, a `SparseTensor` or a
                `RaggedTensor`.
            name: Name of the operations.

        Returns:
            int64 ids, in the form of `keys`.

        Raises:
            ArgumentTypeError: If the keys have another type.
        """
        if keys.dtype.base_dtype != self._key_dtype:
            raise ArgumentTypeError(
                f"`keys` must have the type of the table, "
                f"{self._key_dtype.name}. Received: {keys!r}."
            )
        with tf.name_scope(name or f"{self._name}_Lookup"):
            if isinstance(keys, tf.SparseTensor):
                return tf.SparseTensor(
                    keys.indices, self._ids(keys.values), keys.dense_shape
                )
            if isinstance(keys, tf.RaggedTensor):
                return keys.with_flat_values(self._ids(keys.flat_values))
            return self._ids(keys)

    def _ids(self, keys: tf.Tensor) -> tf.Tensor:
        table = self._table
        if table is not None and table.key_dtype == tf.int64:
            keys = tf.cast(keys, tf.int64)
        if self._num_oov_buckets == 0:
            return table.lookup(keys)
        bucket = hashing.buckets(keys, self._num_oov_buckets, self._hasher_spec)
        if table is None:
            return bucket
        ids = table.lookup(keys)
        return tf.where(
            tf.equal(ids, table.default_value), bucket + table.size(), ids
        )


def _check_dtypes(table: Any, key_dtype: Any) -> None:
    own = tf.string if table is None else table.key_dtype
    wanted = tf.as_dtype(own if key_dtype is None else key_dtype)
    if not (wanted.is_integer or wanted == tf.string):
        raise ArgumentTypeError(
            "`key_dtype` must be tf.string or an integer type. Received: "
            f"{key_dtype!r}."
        )
    if table is not None and own.is_integer != wanted.is_integer:
        raise ArgumentTypeError(
            f"`key_dtype` {wanted.name} does not go with the table's "
            f"{own.name}: both must be integers, or both tf.string."
        )
    if table is not None and table.value_dtype != tf.int64:
        raise ArgumentTypeError(
            f"`table` must have int64 values. Received: {table!r} of "
            f"{table.value_dtype.name}."
        )
