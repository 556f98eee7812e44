"""`tf.contrib.data`: most of it is `tf.data.experimental` today."""

import tensorflow as tf

from keras_estimator.compat._missing import missing
from keras_estimator.compat.v1.contrib.data.batching import assert_element_shape
from keras_estimator.compat.v1.contrib.data.batching import (
    batch_and_drop_remainder,
)
from keras_estimator.compat.v1.contrib.data.batching import (
    padded_batch_and_drop_remainder,
)
from keras_estimator.compat.v1.contrib.data.batching import sliding_window_batch
from keras_estimator.compat.v1.contrib.data.reading import read_batch_features
from keras_estimator.compat.v1.contrib.data.reading import reduce_dataset
from keras_estimator.compat.v1.contrib.data.reading import sloppy_interleave
from keras_estimator.hooks import CheckpointInputPipelineHook

_experimental = tf.compat.v1.data.experimental

AUTOTUNE = _experimental.AUTOTUNE
Counter = _experimental.Counter
CsvDataset = _experimental.CsvDataset
Optional = _experimental.Optional
RandomDataset = _experimental.RandomDataset
Reducer = _experimental.Reducer
SqlDataset = _experimental.SqlDataset
TFRecordWriter = _experimental.TFRecordWriter
bucket_by_sequence_length = _experimental.bucket_by_sequence_length
choose_from_datasets = _experimental.choose_from_datasets
copy_to_device = _experimental.copy_to_device
dense_to_sparse_batch = _experimental.dense_to_sparse_batch
enumerate_dataset = _experimental.enumerate_dataset
get_next_as_optional = _experimental.get_next_as_optional
get_single_element = _experimental.get_single_element
group_by_reducer = _experimental.group_by_reducer
group_by_window = _experimental.group_by_window
ignore_errors = _experimental.ignore_errors
make_batched_features_dataset = _experimental.make_batched_features_dataset
make_csv_dataset = _experimental.make_csv_dataset
make_saveable_from_iterator = _experimental.make_saveable_from_iterator
map_and_batch = _experimental.map_and_batch
parallel_interleave = _experimental.parallel_interleave
parse_example_dataset = _experimental.parse_example_dataset
prefetch_to_device = _experimental.prefetch_to_device
rejection_resample = _experimental.rejection_resample
sample_from_datasets = _experimental.sample_from_datasets
scan = _experimental.scan
shuffle_and_repeat = _experimental.shuffle_and_repeat
unbatch = _experimental.unbatch
unique = _experimental.unique

# Where they were before 1.4, when there was no `tf.data`.
Dataset = tf.compat.v1.data.Dataset
FixedLengthRecordDataset = tf.compat.v1.data.FixedLengthRecordDataset
Iterator = tf.compat.v1.data.Iterator
TFRecordDataset = tf.compat.v1.data.TFRecordDataset
TextLineDataset = tf.compat.v1.data.TextLineDataset

__getattr__ = missing(__name__)

__all__ = [
    "AUTOTUNE",
    "CheckpointInputPipelineHook",
    "Counter",
    "CsvDataset",
    "Dataset",
    "FixedLengthRecordDataset",
    "Iterator",
    "Optional",
    "RandomDataset",
    "Reducer",
    "SqlDataset",
    "TFRecordDataset",
    "TFRecordWriter",
    "TextLineDataset",
    "assert_element_shape",
    "batch_and_drop_remainder",
    "bucket_by_sequence_length",
    "choose_from_datasets",
    "copy_to_device",
    "dense_to_sparse_batch",
    "enumerate_dataset",
    "get_next_as_optional",
    "get_single_element",
    "group_by_reducer",
    "group_by_window",
    "ignore_errors",
    "make_batched_features_dataset",
    "make_csv_dataset",
    "make_saveable_from_iterator",
    "map_and_batch",
    "padded_batch_and_drop_remainder",
    "parallel_interleave",
    "parse_example_dataset",
    "prefetch_to_device",
    "read_batch_features",
    "reduce_dataset",
    "rejection_resample",
    "sample_from_datasets",
    "scan",
    "shuffle_and_repeat",
    "sliding_window_batch",
    "sloppy_interleave",
    "unbatch",
    "unique",
]
