"""Files that are read into batches, and files that are read side by side."""

from collections.abc import Callable
from collections.abc import Sequence
from typing import Any

import tensorflow as tf


def sloppy_interleave(
    map_func: Callable[..., Any], cycle_length: int, block_length: int = 1
) -> Callable[[Any], Any]:
    """Interleaves datasets in the order in which they are ready.

    Args:
        map_func: Function of an element that returns a dataset.
        cycle_length: How many datasets are read side by side.
        block_length: How many elements come from each in turn.

    Returns:
        A function for `dataset.apply`. Its order is not always the same.
    """
    return tf.data.experimental.parallel_interleave(
        map_func, cycle_length, block_length, sloppy=True
    )


def read_batch_features(
    file_pattern: str | Sequence[str],
    batch_size: int,
    features: dict[str, Any],
    reader: Callable[..., Any] | None = None,
    reader_args: Sequence | None = None,
    randomize_input: bool = True,
    num_epochs: int | None = None,
    capacity: int = 10000,
) -> dict[str, Any]:
    """Returns the next batch of `tf.Example`s of some files.

    Args:
        file_pattern: Names of files, or patterns of names.
        batch_size: Examples in a batch.
        features: name -> `tf.FixedLenFeature`, `tf.VarLenFeature` or alike.
        reader: Class of the dataset that reads files; by default
            `tf.data.TFRecordDataset`.
        reader_args: More arguments of `reader`.
        randomize_input: Whether files and examples are shuffled.
        num_epochs: How often the files are read; `None` for ever.
        capacity: Examples in the buffer that is shuffled.

    Returns:
        A dict of name to tensor or `SparseTensor`.
    """
    dataset = tf.compat.v1.data.experimental.make_batched_features_dataset(
        file_pattern,
        batch_size,
        features,
        reader or tf.compat.v1.data.TFRecordDataset,
        reader_args=reader_args,
        num_epochs=num_epochs,
        shuffle=randomize_input,
        shuffle_buffer_size=capacity,
    )
    return tf.compat.v1.data.make_one_shot_iterator(dataset).get_next()


def reduce_dataset(dataset: Any, reducer: Any) -> Any:
    """Returns what a reducer's `reduce_func` makes of a whole dataset.

    Args:
        dataset: The dataset.
        reducer: A `Reducer`; its `init_func` is given an int64 0. Its
            `finalize_func` is not called, as it was not in TensorFlow 1.

    Returns:
        The last state of the reducer: a nest of tensors.
    """
    start = reducer.init_func(tf.constant(0, tf.int64))
    return dataset.reduce(start, reducer.reduce_func)
