"""What models read by feature columns of `tf.contrib.layers`."""

import math
from collections.abc import Mapping
from collections.abc import Sequence
from typing import Any

import tensorflow as tf

from keras_estimator.compat.v1.contrib.framework.variables import model_variable
from keras_estimator.compat.v1.contrib.layers import feature_column as columns
from keras_estimator.errors import ConfigError

_v1 = tf.compat.v1
# Embeddings that several columns have, by name, in a graph.
_SHARED = "keras_estimator_shared_embeddings"


def input_from_feature_columns(
    columns_to_tensors: Mapping[str, Any],
    feature_columns: Sequence[columns.FeatureColumn],
    weight_collections: Sequence[str] | None = None,
    trainable: bool = True,
    scope: Any = None,
    cols_to_outs: dict[Any, Any] | None = None,
) -> Any:
    """Returns floats [batch, width]: all columns side by side.

    They are sorted as in TensorFlow 1: by kind, then by name.

    Args:
        columns_to_tensors: The features.
        feature_columns: Columns of numbers, intervals, `one_hot_column`s and
            `embedding_column`s.
        weight_collections: More collections for embeddings.
        trainable: Whether embeddings are trained.
        scope: Name of the scope, `input_from_feature_columns` by default.
        cols_to_outs: Gets column -> its part, if given.

    Raises:
        ConfigError: If a column is none of these.

    Example:
    ```python
    words = tf.contrib.layers.sparse_column_with_hash_bucket("words", 1000)
    net = tf.contrib.layers.input_from_feature_columns(
        features,
        [
            tf.contrib.layers.real_valued_column("age"),
            tf.contrib.layers.embedding_column(words, 8),
        ],
    )
    ```
    """
    columns.check_feature_columns(feature_columns)
    with _v1.variable_scope(
        scope,
        "input_from_feature_columns",
        list(columns_to_tensors.values()),
    ):
        parts = []
        for column in sorted(feature_columns, key=lambda c: c.key):
            with _v1.variable_scope(column.name):
                if isinstance(column, columns.EmbeddingColumn):
                    part = _embedded(
                        column,
                        columns_to_tensors,
                        weight_collections,
                        trainable,
                    )
                elif hasattr(column, "dense"):
                    part = column.dense(columns_to_tensors)
                else:
                    raise ConfigError(
                        f"Error creating input layer for column {column.name}:"
                        " it is sparse. Put it in an `embedding_column` or a "
                        "`one_hot_column`."
                    )
            parts.append(part)
            if cols_to_outs is not None:
                cols_to_outs[column] = part
        return tf.concat(parts, 1)


def weighted_sum_from_feature_columns(
    columns_to_tensors: Mapping[str, Any],
    feature_columns: Sequence[columns.FeatureColumn],
    num_outputs: int,
    weight_collections: Sequence[str] | None = None,
    trainable: bool = True,
    scope: Any = None,
) -> tuple[Any, dict[Any, list[Any]], Any]:
    """Returns a linear model of columns.

    Args:
        columns_to_tensors: The features.
        feature_columns: Columns of numbers, categories and intervals.
        num_outputs: How many sums there are.
        weight_collections: More collections for weights.
        trainable: Whether they are trained.
        scope: Name of the scope, `weighted_sum_from_feature_columns` by
            default.

    Returns:
        Floats [batch, num_outputs], column -> its weights, and the bias.

    Raises:
        ConfigError: If a column is none of these.
    """
    columns.check_feature_columns(feature_columns)
    with _v1.variable_scope(
        scope,
        "weighted_sum_from_feature_columns",
        list(columns_to_tensors.values()),
    ):
        sums = []
        weights: dict[Any, list[Any]] = {}
        for column in sorted(feature_columns, key=lambda c: c.key):
            with _v1.variable_scope(column.name):
                variable, part = _weighted(
                    column,
                    columns_to_tensors,
                    num_outputs,
                    weight_collections,
                    trainable,
                )
            sums.append(tf.reshape(part, [-1, num_outputs]))
            weights[column] = [variable]
        bias = model_variable(
            "bias_weight",
            shape=[num_outputs],
            initializer=_v1.zeros_initializer(),
            trainable=trainable,
            collections=weight_collections,
        )
        total = tf.nn.bias_add(tf.add_n(sums), bias, name="BiasAdd")
        return total, weights, bias


def create_feature_spec_for_parsing(
    feature_columns: Sequence[columns.FeatureColumn],
) -> dict[str, Any]:
    """Returns how the features of columns are parsed.

    Args:
        feature_columns: The columns.

    Returns:
        Feature -> spec, for `tf.parse_example` and
        `tf.estimator.export.build_parsing_serving_input_receiver_fn`.
    """
    spec: dict[str, Any] = {}
    for column in feature_columns:
        spec.update(column.config)
    return spec


def parse_feature_columns_from_examples(
    serialized: Any,
    feature_columns: Sequence[columns.FeatureColumn],
    name: str | None = None,
    example_names: Any = None,
) -> dict[str, Any]:
    """Returns the features of columns, parsed from `tf.train.Example`s.

    Args:
        serialized: Strings [batch].
        feature_columns: The columns.
        name: Name of the operations.
        example_names: Names of the examples, for errors.
    """
    columns.check_feature_columns(feature_columns)
    return _v1.parse_example(
        serialized,
        create_feature_spec_for_parsing(feature_columns),
        name=name,
        example_names=example_names,
    )


def _embedded(
    column: columns.EmbeddingColumn,
    features: Mapping[str, Any],
    collections: Sequence[str] | None,
    trainable: bool,
) -> Any:
    ids = column.sparse_id_column
    return _v1.nn.safe_embedding_lookup_sparse(
        _embeddings(column, collections, trainable),
        ids.ids(features),
        ids.weights(features),
        combiner=column.combiner,
        max_norm=column.max_norm,
    )


def _embeddings(
    column: columns.EmbeddingColumn,
    collections: Sequence[str] | None,
    trainable: bool,
) -> Any:
    shared = column.shared_embedding_name
    for name, variable in _v1.get_collection(_SHARED):
        if name == shared:
            return variable
    deviation = 1 / math.sqrt(column.dimension)
    made = model_variable(
        shared or "weights",
        shape=[column.sparse_id_column.length, column.dimension],
        initializer=column.initializer
        or _v1.truncated_normal_initializer(0.0, deviation),
        trainable=column.trainable and trainable,
        collections=collections,
    )
    if shared is not None:
        _v1.add_to_collection(_SHARED, (shared, made))
    return made


def _weighted(
    column: Any,
    features: Mapping[str, Any],
    num_outputs: int,
    collections: Sequence[str] | None,
    trainable: bool,
) -> tuple[Any, Any]:
    """Returns the weights of a column, and its part of the sums."""
    is_real = isinstance(column, columns.RealValuedColumn)
    if not is_real and not isinstance(column, columns.SparseColumn):
        raise ConfigError(
            f"Error creating weighted sum for column {column.name}: a linear "
            "model takes columns of numbers, categories and intervals."
        )
    variable = model_variable(
        "weight" if is_real else "weights",
        shape=[column.dimension if is_real else column.length, num_outputs],
        initializer=_v1.zeros_initializer(),
        trainable=trainable,
        collections=collections,
    )
    if is_real:
        return variable, tf.matmul(column.dense(features), variable)
    return variable, _v1.nn.safe_embedding_lookup_sparse(
        variable,
        column.ids(features),
        column.weights(features),
        combiner=column.combiner,
    )
