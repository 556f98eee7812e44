"""Reads what an input_fn provides, as plain Python values."""

import itertools

import pytest
import tensorflow as tf

from keras_estimator.engine import element as elements
from keras_estimator.inputs.input_fn import call_input_fn


def call(input_fn, *, seed=None, with_labels=True, **optional):
    return call_input_fn(input_fn, optional, seed=seed, with_labels=with_labels)


def plain(tensor):
    """A tensor as lists and numbers; bytes as text."""
    if tensor is None:
        return None
    if isinstance(tensor, tf.SparseTensor):
        tensor = tf.sparse.to_dense(tensor)
    if isinstance(tensor, tf.RaggedTensor):
        return tensor.to_list()
    value = tensor.numpy()
    return _text(value.tolist() if hasattr(value, "tolist") else value)


def _text(value):
    if isinstance(value, list):
        return [_text(part) for part in value]
    return value.decode() if isinstance(value, bytes) else value


def packed(element, batch):
    """(features, labels) with the structure of `element`, as plain values."""
    flat = iter(elements.components(batch))

    def take(spec):
        if spec is None or spec.value_type is type(None):
            return None
        parts = list(itertools.islice(flat, len(elements.components(spec))))
        return plain(
            tf.nest.pack_sequence_as(spec, parts, expand_composites=True)
        )

    return tf.nest.map_structure(take, tuple(element))


@pytest.fixture
def opened():
    """Calls an input_fn; returns its element and an iterator of batches."""

    def open_(input_fn, **kwargs):
        inputs = call(input_fn, **kwargs)
        batches = inputs.batches()
        return inputs, (packed(inputs.element, batch) for batch in batches)

    return open_


@pytest.fixture
def read(opened):
    """Returns the (features, labels) that an input_fn provides."""

    def read_(input_fn, first=None, **kwargs):
        _, batches = opened(input_fn, **kwargs)
        return list(itertools.islice(batches, first))

    return read_
