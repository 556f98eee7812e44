"""`tf.contrib.feature_column`: columns of sequences.

The columns became those of `tf.feature_column`.
"""

from collections.abc import Collection
from typing import Any

import tensorflow as tf

from keras_estimator.compat._missing import missing
from keras_estimator.compat.v1._legacy import tf_keras

_columns = tf.compat.v1.feature_column
sequence_categorical_column_with_hash_bucket = (
    _columns.sequence_categorical_column_with_hash_bucket
)
sequence_categorical_column_with_identity = (
    _columns.sequence_categorical_column_with_identity
)
sequence_categorical_column_with_vocabulary_file = (
    _columns.sequence_categorical_column_with_vocabulary_file
)
sequence_categorical_column_with_vocabulary_list = (
    _columns.sequence_categorical_column_with_vocabulary_list
)
sequence_numeric_column = _columns.sequence_numeric_column


def sequence_input_layer(
    features: dict[str, Any],
    feature_columns: Collection[Any],
    weight_collections: Collection[str] | None = None,
    trainable: bool = True,
) -> tuple[Any, Any]:
    """Returns what a recurrent network takes: steps, and how many there are.

    Variables are named `sequence_input_layer/<column>/embedding_weights`.

    Args:
        features: dict of name to a `SparseTensor` [batch, time] or [batch,
            time, ...].
        feature_columns: Dense columns over the sequence columns of this module.
        weight_collections: Collections for the variables, beside those in which
            all variables are.
        trainable: Whether the variables are trained.

    Returns:
        float32 [batch, time, width], the columns in the order of their names,
        and int64 [batch], the lengths.
    """
    with tf.compat.v1.variable_scope(None, "sequence_input_layer") as scope:
        name = scope.name.rpartition("/")[2]
    layer = tf_keras().experimental.SequenceFeatures(
        feature_columns, trainable=trainable, name=name
    )
    found = layer(features)
    for collection in weight_collections or ():
        for variable in layer.variables:
            tf.compat.v1.add_to_collection(collection, variable)
    return found


__getattr__ = missing(__name__)

__all__ = [
    "sequence_categorical_column_with_hash_bucket",
    "sequence_categorical_column_with_identity",
    "sequence_categorical_column_with_vocabulary_file",
    "sequence_categorical_column_with_vocabulary_list",
    "sequence_input_layer",
    "sequence_numeric_column",
]
