"""Dimensions of shapes are numbers, and have the `value` they had in TF1."""

import copy
import json
import pickle

import keras
import numpy as np
import pytest
import tensorflow as tf

import keras_estimator.compat.v1 as tf1


@pytest.fixture
def x():
    with tf1.Graph().as_default():
        yield tf1.placeholder(tf1.float32, [None, 3, 4])


def test_known_dimension_has_a_value(x):
    assert x.shape[1].value == 3
    assert x.get_shape()[-1].value == 4
    assert x.shape.dims[2].value == 4


def test_known_dimension_is_a_number(x):
    size = x.shape[1]
    assert isinstance(size, int)
    assert size == 3
    assert str(size) == repr(size) == "3"
    assert type(size.value) is int
    assert type(int(size)) is int


def test_unknown_dimension_that_is_asked_for_its_value_has_none(x):
    # pytest would take an assert apart.
    unknown = x.shape[0].value
    size = x.shape[0].value or 7
    assert (unknown, size) == (None, 7)
    assert [x.get_shape()[i].value for i in range(3)] == [None, 3, 4]


def test_unknown_dimension_has_its_value_however_often_it_is_asked_for(x):
    found = []
    for _ in range(200):
        size = x.shape[0].value
        found.append(size)
    assert found == [None] * 200


def test_unknown_dimension_is_none_otherwise(x):
    assert x.shape[0] is None
    assert x.shape.as_list() == [None, 3, 4]
    first, *others = x.shape
    assert first is None
    assert [size.value for size in others] == [3, 4]


def test_dimension_of_an_unknown_rank_has_no_value():
    with tf1.Graph().as_default():
        unknown = tf1.placeholder(tf1.float32)
    size = unknown.shape[1].value
    assert size is None


def test_slices_are_shapes(x):
    assert isinstance(x.shape[1:], tf.TensorShape)
    assert x.shape[1:].num_elements() == 12


def test_arithmetic_of_dimensions_has_a_value(x):
    rows, columns = x.shape[1], x.shape[2]
    assert (rows * columns).value == 12
    assert (2 * columns + 1).value == 9
    assert (columns // 2).value == (columns - 2).value == 2
    assert (columns % rows).value == 1
    assert rows / 2 == 1.5
    assert rows * 1.5 == 4.5


def test_dimensions_are_sizes_of_what_is_made(x):
    with x.graph.as_default():
        w = tf1.get_variable("w", [x.shape[1] * x.shape[2], x.shape[1].value])
        flat = tf1.reshape(x, [-1, x.shape[1] * x.shape[2]])
        assert tf1.matmul(flat, w).shape.as_list() == [None, 3]
        assert tf1.layers.dense(flat, x.shape[2]).shape.as_list() == [None, 4]


def test_keras_takes_dimensions():
    x = tf.ones([2, 6])
    layer = keras.layers.Dense(x.shape[-1])
    assert layer(x).shape[-1].value == 6
    assert keras.layers.Dense.from_config(layer.get_config()).units == 6


def test_saved_dimensions_are_plain_numbers():
    size = tf.ones([2, 6]).shape[1]
    assert type(pickle.loads(pickle.dumps(size))) is int
    assert type(copy.deepcopy(size)) is int
    assert json.dumps({"size": size}) == '{"size": 6}'
    assert np.zeros(size).shape == (6,)


def test_an_unknown_dimension_kept_in_a_name_is_none(x):
    size = x.shape[0]
    with pytest.raises(AttributeError, match="'NoneType' object has no"):
        _ = size.value


def test_unknown_dimensions_have_values_where_all_are_asked_for(x):
    assert [d.value for d in x.get_shape()] == [None, 3, 4]
    values = (lambda sizes: [d.value for d in sizes])(x.shape)
    assert values == [None, 3, 4]
    found = []
    for size in x.shape:
        found.append(size.value)
    assert found == [None, 3, 4]


def test_unknown_dimensions_are_none_where_nothing_asks_for_more(x):
    assert list(x.shape) == [None, 3, 4]
    assert [-1 if size is None else size for size in x.shape] == [-1, 3, 4]


def test_sizes_are_dimensions_to_isinstance(x):
    assert isinstance(x.shape[1], tf1.Dimension)
    assert isinstance(tf.compat.v1.Dimension(None), tf1.Dimension)
    assert isinstance(tf1.Dimension(3), tf.compat.v1.Dimension)
    assert not isinstance(3, tf1.Dimension)


def test_dimensions_are_compared_as_in_tf1(x):
    size = x.shape[1]
    assert size.is_compatible_with(3)
    assert size.is_compatible_with(None)
    assert not size.is_compatible_with(x.shape[2])
    size.assert_is_compatible_with(tf1.Dimension(None))
    assert size.merge_with(tf1.Dimension(3)).value == 3
    for refuse in (size.merge_with, size.assert_is_compatible_with):
        with pytest.raises(ValueError, match="not compatible"):
            refuse(4)


def test_signs_and_powers_of_dimensions_have_a_value(x):
    size = x.shape[1]
    assert (-size).value == -3
    assert (size**2).value == 9
    assert (2**size).value == 8
    assert pow(size, 2, 5) == 4
