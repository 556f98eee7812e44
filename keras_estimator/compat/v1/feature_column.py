"""`tf.feature_column`: columns are made in `main`, where tensors are eager."""

from typing import Any

import tensorflow as tf

from keras_estimator.compat import _overlay

__getattr__, __dir__ = _overlay.overlay(__name__)


def shared_embedding_columns(
    categorical_columns: Any, dimension: int, *args: Any, **kwargs: Any
) -> list[Any]:
    """Returns dense columns that share one embedding.

    It only describes the columns. TensorFlow refuses to, unless a graph is
    being built: here there is one, which gets nothing.

    Args:
        categorical_columns: What shares it.
        dimension: Its size.
        *args: As for `tf.compat.v1.feature_column.shared_embedding_columns`.
        **kwargs: As there, by name.
    """
    with tf.Graph().as_default():
        return tf.compat.v1.feature_column.shared_embedding_columns(
            categorical_columns, dimension, *args, **kwargs
        )


__all__ = ["shared_embedding_columns"]
