"""Embeddings of numbers."""

from typing import Any

import tensorflow as tf

from keras_estimator.compat.v1.contrib.framework.variables import model_variable
from keras_estimator.errors import ArgumentTypeError
from keras_estimator.errors import ConfigError

_v1 = tf.compat.v1


def embed_sequence(
    ids: Any,
    vocab_size: int | None = None,
    embed_dim: int | None = None,
    unique: bool = False,
    initializer: Any = None,
    regularizer: Any = None,
    trainable: bool = True,
    scope: Any = None,
    reuse: bool | None = None,
) -> Any:
    """Returns the embedding of each number.

    Args:
        ids: Integers [batch, time].
        vocab_size: How many numbers there are.
        embed_dim: Length of an embedding.
        unique: Whether each number is looked up only once.
        initializer: Initializer of `embeddings` [vocab_size, embed_dim].
        regularizer: Function of them that returns a loss.
        trainable: Whether they are trained.
        scope: Name of the layer, `EmbedSequence` by default.
        reuse: Whether the variable of another layer is used.

    Returns:
        Floats [batch, time, embed_dim].

    Raises:
        ConfigError: If a size is missing, unless `reuse` is given.
    """
    if not (reuse or (vocab_size and embed_dim)):
        raise ConfigError(
            "Must specify vocab size and embedding dimension when not reusing. "
            f"Got vocab_size={vocab_size} and embed_dim={embed_dim}."
        )
    with _v1.variable_scope(scope, "EmbedSequence", [ids], reuse=reuse):
        embeddings = model_variable(
            "embeddings",
            shape=[vocab_size, embed_dim] if vocab_size and embed_dim else None,
            initializer=initializer,
            regularizer=regularizer,
            trainable=trainable,
        )
        if unique:
            return embedding_lookup_unique(embeddings, ids)
        return _v1.nn.embedding_lookup(embeddings, ids)


def bow_encoder(
    ids: Any,
    vocab_size: int,
    embed_dim: int,
    sparse_lookup: bool = True,
    initializer: Any = None,
    regularizer: Any = None,
    trainable: bool = True,
    scope: Any = None,
    reuse: bool | None = None,
) -> Any:
    """Returns the mean of the embeddings of each row: a bag of words.

    Args:
        ids: Integers [batch, count], or a `SparseTensor` of them.
        vocab_size: How many numbers there are.
        embed_dim: Length of an embedding.
        sparse_lookup: Whether numbers below 1 are padding, which does not
            count; in a `SparseTensor`, for which it is needed, those below
            0.
        initializer: Initializer of `embeddings` [vocab_size, embed_dim].
        regularizer: Function of them that returns a loss.
        trainable: Whether they are trained.
        scope: Name of the layer, `bow_encoder` by default.
        reuse: Whether the variable of another layer is used.

    Returns:
        Floats [batch, embed_dim].

    Raises:
        ArgumentTypeError: If a `SparseTensor` meets sparse_lookup=False.
    """
    with _v1.variable_scope(scope, "bow_encoder", [ids], reuse=reuse):
        embeddings = model_variable(
            "embeddings",
            shape=[vocab_size, embed_dim],
            initializer=initializer,
            regularizer=regularizer,
            trainable=trainable,
        )
        if not sparse_lookup:
            if isinstance(ids, tf.SparseTensor):
                raise ArgumentTypeError(
                    f"`ids` are expected to be dense Tensor, got: {ids}. "
                    "Leave out `sparse_lookup=False`."
                )
            return tf.reduce_mean(_v1.nn.embedding_lookup(embeddings, ids), 1)
        if not isinstance(ids, tf.SparseTensor):
            ids = _without_padding(tf.convert_to_tensor(ids))
        return _v1.nn.safe_embedding_lookup_sparse(
            embeddings, ids, combiner="mean", default_id=0
        )


def embedding_lookup_unique(
    params: Any,
    ids: Any,
    partition_strategy: str = "mod",
    name: str | None = None,
) -> Any:
    """Returns embeddings as `embedding_lookup`, each looked up only once.

    Args:
        params: The embeddings: one tensor or variable, or a list.
        ids: Integers of any shape.
        partition_strategy: `mod` or `div`: how a list has been cut.
        name: Name of the operations.
    """
    with _v1.name_scope(name, "EmbeddingLookupUnique", [params, ids]):
        ids = tf.convert_to_tensor(ids)
        unique, places = tf.unique(tf.reshape(ids, [-1]))
        rows = _v1.nn.embedding_lookup(params, unique, partition_strategy)
        found = tf.reshape(
            tf.gather(rows, places),
            tf.concat([tf.shape(ids), tf.shape(rows)[1:]], 0),
        )
        found.set_shape(ids.shape.concatenate(rows.shape[1:]))
        return found


def safe_embedding_lookup_sparse(
    embedding_weights: Any,
    sparse_ids: Any,
    sparse_weights: Any = None,
    combiner: str | None = None,
    default_id: int | None = None,
    name: str | None = None,
    partition_strategy: str = "div",
    max_norm: float | None = None,
) -> Any:
    """Returns a combination of the embeddings of each row, zeros if empty.

    Args:
        embedding_weights: The embeddings.
        sparse_ids: A `SparseTensor` of integers; those below 0 do not count.
        sparse_weights: A `SparseTensor` of weights; those <= 0 do not count.
        combiner: `mean` (the default), `sqrtn` or `sum`.
        default_id: Stands for an empty row.
        name: Name of the operations.
        partition_strategy: `mod` or `div`: how a list has been cut.
        max_norm: Norm that embeddings are clipped to.
    """
    return _v1.nn.safe_embedding_lookup_sparse(
        embedding_weights,
        sparse_ids,
        sparse_weights,
        combiner=combiner or "mean",
        default_id=default_id,
        name=name,
        partition_strategy=partition_strategy,
        max_norm=max_norm,
    )


def _without_padding(ids: Any) -> Any:
    kept = tf.where(tf.not_equal(ids, tf.zeros([], ids.dtype)))
    return tf.SparseTensor(
        kept, tf.gather_nd(ids, kept), tf.shape(ids, out_type=tf.int64)
    )
