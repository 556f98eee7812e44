"""`tf.contrib.losses.metric_learning`: losses of embeddings.

They are small for embeddings that are near where labels are the same, and far
where they are not.
"""

from collections.abc import Sequence
from typing import Any

import tensorflow as tf

from keras_estimator.compat._missing import missing
from keras_estimator.errors import ConfigError

_v1 = tf.compat.v1


def contrastive_loss(
    labels: Any,
    embeddings_anchor: Any,
    embeddings_positive: Any,
    margin: float = 1.0,
) -> Any:
    """Returns the contrastive loss of pairs (Hadsell et al., 2006).

    Args:
        labels: Integers [pairs]: 1 where both of a pair are alike, else 0.
        embeddings_anchor: Floats [pairs, size].
        embeddings_positive: Floats [pairs, size].
        margin: How far those that are not alike have to be from each other.
    """
    distances = tf.sqrt(
        tf.reduce_sum(
            tf.math.squared_difference(embeddings_anchor, embeddings_positive),
            1,
        )
    )
    alike = tf.cast(labels, distances.dtype)
    too_near = tf.maximum(margin - distances, 0.0)
    return tf.reduce_mean(
        alike * tf.square(distances) + (1.0 - alike) * tf.square(too_near),
        name="contrastive_loss",
    )


def triplet_semihard_loss(
    labels: Any, embeddings: Any, margin: float = 1.0
) -> Any:
    """Returns the triplet loss of FaceNet (Schroff et al., 2015).

    Each pair of one label is held against the nearest embedding of another
    label that is farther than it, or, where none is, the farthest one.

    Args:
        labels: Integers [batch].
        embeddings: Floats [batch, size], normalized to a length of 1.
        margin: How much farther the embedding of another label has to be.

    Raises:
        ConfigError: If `labels` have another rank.
    """
    distances = _distances(embeddings, is_squared=True)
    other, same = _masks(labels, distances)
    # [anchor, positive, negative].
    to_negatives = distances[:, tf.newaxis, :]
    is_semihard = other[:, tf.newaxis, :] * tf.cast(
        to_negatives > distances[:, :, tf.newaxis], distances.dtype
    )
    # Without the largest one all are below 0: those left out are not the least.
    largest = tf.reduce_max(to_negatives, 2, keepdims=True)
    nearest = tf.reduce_min((to_negatives - largest) * is_semihard, 2)
    chosen = tf.where(
        tf.reduce_sum(is_semihard, 2) > 0.0,
        nearest + largest[:, :, 0],
        tf.broadcast_to(_largest(distances, other), tf.shape(distances)),
    )
    losses = (margin + distances - chosen) * same
    return tf.math.truediv(
        tf.reduce_sum(tf.maximum(losses, 0.0)),
        tf.reduce_sum(same),
        name="triplet_semihard_loss",
    )


def lifted_struct_loss(
    labels: Any, embeddings: Any, margin: float = 1.0
) -> Any:
    """Returns the lifted structured loss (Song et al., 2016).

    Args:
        labels: Integers [batch].
        embeddings: Floats [batch, size], which are not normalized.
        margin: How far embeddings of other labels have to be.

    Raises:
        ConfigError: If `labels` have another rank.
    """
    distances = _distances(embeddings, is_squared=False)
    other, same = _masks(labels, distances)
    nearness = margin - distances
    # The largest exponent of both rows of a pair, so that none overflows.
    of_rows = _largest(nearness, other)
    largest = tf.maximum(of_rows, tf.transpose(of_rows))
    of_first = tf.reduce_sum(
        tf.exp(nearness[:, tf.newaxis, :] - largest[:, :, tf.newaxis])
        * other[:, tf.newaxis, :],
        2,
    )
    losses = (
        largest + tf.math.log(of_first + tf.transpose(of_first)) + distances
    )
    # Each pair is there twice, and counts by half.
    return tf.math.truediv(
        0.25 * tf.reduce_sum(tf.square(tf.maximum(losses * same, 0.0))),
        tf.reduce_sum(same) / 2.0,
        name="liftedstruct_loss",
    )


def npairs_loss(
    labels: Any,
    embeddings_anchor: Any,
    embeddings_positive: Any,
    reg_lambda: float = 0.002,
    print_losses: bool = False,
) -> Any:
    """Returns the N-pair loss (Sohn, 2016).

    Args:
        labels: Integers [pairs]: the label of both of a pair.
        embeddings_anchor: Floats [pairs, size], which are not normalized.
        embeddings_positive: Floats [pairs, size], which are not normalized.
        reg_lambda: Weight of the squares of the embeddings.
        print_losses: Whether to print both parts at each step.

    Raises:
        ConfigError: If `labels` have another rank.
    """
    column = _column(labels)
    alike = tf.cast(tf.equal(column, tf.transpose(column)), tf.float32)
    return _of_pairs(
        alike, embeddings_anchor, embeddings_positive, reg_lambda, print_losses
    )


def npairs_loss_multilabel(
    sparse_labels: Sequence[Any],
    embeddings_anchor: Any,
    embeddings_positive: Any,
    reg_lambda: float = 0.002,
    print_losses: bool = False,
) -> Any:
    """Returns the N-pair loss of pairs that have several labels.

    Pairs are alike as far as they have labels in common.

    Args:
        sparse_labels: A `SparseTensor` [classes] for each pair: numbers, 1 for
            the classes that it has.
        embeddings_anchor: Floats [pairs, size], which are not normalized.
        embeddings_positive: Floats [pairs, size], which are not normalized.
        reg_lambda: Weight of the squares of the embeddings.
        print_losses: Whether to print both parts at each step.

    Raises:
        TypeError: If one of `sparse_labels` is no `SparseTensor`.
    """
    if not all(isinstance(each, tf.SparseTensor) for each in sparse_labels):
        raise TypeError(
            f"sparse_labels must be a list of SparseTensors, but got "
            f"{sparse_labels}"
        )
    has = tf.stack(
        [tf.sparse.to_dense(tf.sparse.reorder(each)) for each in sparse_labels]
    )
    in_common = tf.minimum(has[:, tf.newaxis], has[tf.newaxis])
    with _v1.name_scope("NpairsLossMultiLabel"):
        return _of_pairs(
            tf.cast(tf.reduce_sum(in_common, -1), tf.float32),
            embeddings_anchor,
            embeddings_positive,
            reg_lambda,
            print_losses,
        )


def _of_pairs(
    alike: Any, anchor: Any, positive: Any, reg_lambda: float, is_printed: bool
) -> Any:
    """Returns the N-pair loss.

    Args:
        alike: Floats [pairs, pairs]: how much two pairs have in common.
        anchor: Embeddings of the first ones.
        positive: Embeddings of the second ones.
        reg_lambda: Weight of the squares of the embeddings.
        is_printed: Whether to print both parts at each step.
    """
    squares = [
        tf.reduce_mean(tf.reduce_sum(tf.square(each), 1))
        for each in (anchor, positive)
    ]
    weights = tf.multiply(0.25 * reg_lambda, sum(squares), name="l2loss")
    entropy = tf.reduce_mean(
        tf.nn.softmax_cross_entropy_with_logits(
            logits=tf.matmul(anchor, positive, transpose_b=True),
            labels=alike / tf.reduce_sum(alike, 1, keepdims=True),
        ),
        name="xentropy",
    )
    if is_printed:
        entropy = _v1.Print(
            entropy, ["cross entropy:", entropy, "l2loss:", weights]
        )
    return weights + entropy


def _distances(embeddings: Any, is_squared: bool) -> Any:
    """Returns the distance of each embedding to each, 0 to itself."""
    embeddings = tf.convert_to_tensor(embeddings)
    squares = tf.reduce_sum(tf.square(embeddings), 1, keepdims=True)
    products = tf.matmul(embeddings, embeddings, transpose_b=True)
    # Rounding makes less than nothing of some.
    found = tf.maximum(squares + tf.transpose(squares) - 2.0 * products, 0.0)
    if not is_squared:
        is_none = tf.cast(found <= 0.0, found.dtype)
        # The gradient of a root of 0 is infinite.
        found = tf.sqrt(found + is_none * 1e-16) * (1.0 - is_none)
    return tf.linalg.set_diag(found, tf.zeros_like(found[:, 0]))


def _masks(labels: Any, distances: Any) -> tuple[Any, Any]:
    """Returns where labels differ, and where they are those of another.

    Args:
        labels: Integers [batch].
        distances: Floats [batch, batch].
    """
    column = _column(labels)
    alike = tf.cast(tf.equal(column, tf.transpose(column)), distances.dtype)
    same = tf.linalg.set_diag(alike, tf.zeros_like(alike[:, 0]))
    return 1.0 - alike, same


def _column(labels: Any) -> Any:
    labels = tf.convert_to_tensor(labels)
    if labels.shape.rank not in (1, None):
        raise ConfigError(
            "`labels` must have the shape [batch]; got a tensor of shape "
            f"{labels.shape}. `tf.squeeze(labels, 1)` removes a last "
            "dimension of 1."
        )
    return tf.reshape(labels, [-1, 1])


def _largest(values: Any, mask: Any) -> Any:
    """Returns the largest value of each row [batch, 1] among those of a mask.

    The smallest one of the row, if there are none.
    """
    smallest = tf.reduce_min(values, 1, keepdims=True)
    return smallest + tf.reduce_max(
        (values - smallest) * mask, 1, keepdims=True
    )


__getattr__ = missing(__name__)

__all__ = [
    "contrastive_loss",
    "lifted_struct_loss",
    "npairs_loss",
    "npairs_loss_multilabel",
    "triplet_semihard_loss",
]
