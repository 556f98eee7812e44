"""Batches from NumPy arrays in memory."""

from collections.abc import Callable
from collections.abc import Mapping
from typing import Any
from typing import NamedTuple

import numpy as np
import tensorflow as tf

from keras_estimator.engine import _tensorflow
from keras_estimator.engine import element as elements
from keras_estimator.errors import ArgumentTypeError
from keras_estimator.errors import ConfigError
from keras_estimator.inputs import capture

_v1 = tf.compat.v1
_ENDLESS = np.iinfo(np.int64).max
_BLOCK_ROWS = 4096
_BLOCK_VALUES = 1 << 20
# NumPy takes no negative seeds.
_SEEDS = 2**32


class BatchPlan(NamedTuple):
    """How rows are put together to batches."""

    batch_size: int
    num_epochs: int | None
    shuffle: bool


def numpy_input_fn(
    x: Any,
    y: Any = None,
    batch_size: int = 128,
    num_epochs: int | None = 1,
    shuffle: bool | None = None,
    queue_capacity: int = 1000,
    num_threads: int = 1,
) -> Callable[[], Any]:
    """Returns an input_fn that reads batches from arrays.

    Batches go on across the borders of epochs: 5 rows in batches of 4, for 2
    epochs, come as 4, 4 and 2.

    Args:
        x: Array, or dict of name -> array, with the same number of rows.
        y: Array, or dict of name -> array; `None` without labels.
        batch_size: Rows in a batch.
        num_epochs: How often each row is read; `None` for without end.
        shuffle: Whether each epoch has an order of its own; must be given.
        queue_capacity: Has no effect: there is no queue.
        num_threads: Has no effect.

    Returns:
        An input_fn: gives features like `x`, a dict sorted by its keys, and
        labels like `y`. Called outside of an Estimator, in eager mode, it
        returns the `tf.data.Dataset`.

    Raises:
        ConfigError: If the arrays do not fit together, or shuffle is missing.

    Example:
    >>> input_fn = numpy_input_fn(
    ...     {"age": np.array([31, 47, 20])}, np.array([0, 1, 0]),
    ...     batch_size=2, shuffle=False)
    >>> for features, labels in input_fn():
    ...     print(features["age"].numpy(), labels.numpy())
    [31 47] [0 1]
    [20] [0]
    """
    plan = batch_plan(batch_size, num_epochs, shuffle)

    def input_fn() -> Any:
        features = _arrays(x, "x")
        labels = None if y is None else _labels(y, x)
        data = features if labels is None else (features, labels)
        return batches(plan, data, _number_of_rows(features, labels))

    return input_fn


def batch_plan(
    batch_size: int, num_epochs: int | None, shuffle: bool | None
) -> BatchPlan:
    """Returns a checked plan.

    Raises:
        ConfigError: If one of the values cannot be.
    """
    if not isinstance(shuffle, bool):
        raise ConfigError(
            "shuffle must be provided and explicitly set as boolean (it is "
            f"recommended to set it as True for training); got {shuffle}"
        )
    if batch_size < 1:
        raise ConfigError(f"batch_size must be >= 1; got {batch_size}")
    if num_epochs is not None and num_epochs < 1:
        raise ConfigError(
            "num_epochs must be >= 1, or None for without end; got "
            f"{num_epochs}"
        )
    return BatchPlan(batch_size, num_epochs, shuffle)


def batches(plan: BatchPlan, data: Any, rows: int) -> Any:
    """Returns a batch of an input_fn's graph or, in eager mode, a dataset.

    Args:
        plan: How rows are put together.
        data: Nest of arrays.
        rows: Number of rows of each array.
    """
    seed = None
    if plan.shuffle and not tf.executing_eagerly():
        # TF1's shuffling queue took a seed, too: what model_fn's initializers
        # and dropouts draw depends on how many were taken before.
        seeds = _v1.get_seed(None)
        seed = None if None in seeds else [part % _SEEDS for part in seeds]
    input_graph = capture.current()
    if input_graph is not None:
        return input_graph.next_batch_of(
            lambda: _dataset(plan, data, rows, seed)
        )
    with _tensorflow.eager_mode():
        return _dataset(plan, data, rows, seed)


def _dataset(
    plan: BatchPlan, data: Any, rows: int, seed: list[int] | None
) -> tf.data.Dataset:
    """Returns the dataset of batches."""
    if plan.num_epochs == 1 and not plan.shuffle:
        dataset = _slices(data, plan.batch_size, rows)
    else:
        dataset = _gathered(plan, data, rows, seed)
    if plan.num_epochs is None:
        return dataset
    # The size of a batch is not static, also where it happens to fit.
    return _of(dataset, elements.relax_batch(dataset.element_spec))


def _slices(data: Any, size: int, rows: int) -> tf.data.Dataset:
    """Returns the rows in order, once.

    No function has to be traced for that, which takes longer than a prediction
    of a few rows.
    """

    def whole(array: np.ndarray) -> np.ndarray:
        full = array[: rows // size * size]
        return full.reshape(rows // size, size, *array.shape[1:])

    def rest(array: np.ndarray) -> np.ndarray:
        return array[rows // size * size :]

    if 0 < rows < size:
        return tf.data.Dataset.from_tensors(data)
    slices = tf.data.Dataset.from_tensor_slices(
        tf.nest.map_structure(whole, data)
    )
    if rows % size == 0:
        return slices
    last = tf.data.Dataset.from_tensors(tf.nest.map_structure(rest, data))
    specs = elements.relax_batch(last.element_spec)
    return _of(slices, specs).concatenate(_of(last, specs))


def _of(dataset: tf.data.Dataset, specs: Any) -> tf.data.Dataset:
    """Returns a dataset that says less of what its elements are."""
    variant = tf.data.experimental.to_variant(dataset)
    return tf.data.experimental.from_variant(variant, specs)


def _gathered(
    plan: BatchPlan, data: Any, rows: int, seed: list[int] | None
) -> tf.data.Dataset:
    """Returns batches of several epochs: row numbers first, then the rows."""
    data = tf.nest.map_structure(tf.convert_to_tensor, data)
    in_order = tf.range(rows, dtype=tf.int64)
    base = np.random.SeedSequence(seed).generate_state(1, np.uint32)[0]

    def order(epoch: tf.Tensor) -> tf.Tensor:
        if not plan.shuffle:
            return in_order
        return tf.random.experimental.stateless_shuffle(
            in_order, [tf.cast(base, tf.int64), epoch]
        )

    def take(numbers: tf.Tensor) -> Any:
        return tf.nest.map_structure(lambda a: tf.gather(a, numbers), data)

    endless = plan.num_epochs is None
    epochs = tf.data.Dataset.range(_ENDLESS if endless else plan.num_epochs)
    # Many batches at a time are taken: each call of a function costs as much as
    # hundreds of rows.
    blocks = epochs.map(order).rebatch(_block(plan.batch_size, data)).map(take)
    # Without an end there is no smaller last batch: the size is static.
    return blocks.rebatch(plan.batch_size, drop_remainder=endless)


def _block(size: int, data: Any) -> int:
    """Returns how many rows are taken at a time: a number of whole batches."""
    leaves = tf.nest.flatten(data)
    values = sum(int(np.prod(leaf.shape[1:])) for leaf in leaves)
    rows = min(_BLOCK_ROWS, _BLOCK_VALUES // max(1, values))
    return max(1, rows // size) * size


def _arrays(value: Any, name: str) -> Any:
    """Returns `x` or `y` as it is passed on, dicts sorted by their keys."""
    if isinstance(value, Mapping):
        if not value:
            hint = ", use None instead." if name == "y" else ""
            raise ConfigError(f"{name} cannot be an empty dict{hint}")
        return {key: np.asarray(value[key]) for key in sorted(value)}
    if not hasattr(value, "shape"):
        raise ArgumentTypeError(
            f"{name} must be a dict or array; got {type(value).__name__}"
        )
    return np.asarray(value)


def _labels(y: Any, x: Any) -> Any:
    labels = _arrays(y, "y")
    if isinstance(x, Mapping) and isinstance(y, Mapping):
        both = set(x) & set(y)
        if both:
            raise ConfigError(
                f"{len(both)} duplicate keys are found in both x and y: {both}"
            )
    return labels


def _number_of_rows(features: Any, labels: Any) -> int:
    parts = {"x": features} | ({} if labels is None else {"y": labels})
    shapes = {
        name: tf.nest.map_structure(np.shape, part)
        for name, part in parts.items()
    }
    arrays = tf.nest.flatten(parts)
    if any(not array.ndim for array in arrays):
        raise ConfigError(
            "x and y must have rows; a single number has none. Shapes: "
            f"{shapes}"
        )
    rows = {len(array) for array in arrays}
    if len(rows) != 1:
        raise ConfigError(
            "Length of tensors in x and y is mismatched. All elements in x "
            f"and y must have the same length. Shapes: {shapes}"
        )
    if rows == {0}:
        raise ConfigError("x cannot be an empty array")
    return rows.pop()
