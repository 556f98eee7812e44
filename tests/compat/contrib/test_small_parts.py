"""Small parts of `tf.contrib`; numbers of 1.15 are in tests/parity."""

import operator

import pytest

import keras_estimator.compat.v1 as tf
from keras_estimator.errors import ConfigError

_IMAGE = [[0.0, 1.0], [2.0, 3.0]]


def test_an_interpolation_that_does_not_exist_is_refused():
    with pytest.raises(ConfigError) as error:
        tf.contrib.image.rotate(_IMAGE, 0.5, interpolation="CUBIC")
    assert str(error.value) == (
        '`interpolation` must be "NEAREST" or "BILINEAR"; got \'CUBIC\'.'
    )


def test_images_of_another_rank_are_refused():
    with pytest.raises(ConfigError, match=r"2, 3 or 4 dim.*shape \(2,\)"):
        tf.contrib.image.translate([1.0, 2.0], [0.0, 1.0])


def test_transforms_of_another_rank_are_refused():
    with pytest.raises(ConfigError, match=r"`transforms` must have the shape"):
        tf.contrib.image.transform(_IMAGE, [[[1.0]]])


def test_images_of_unknown_size_are_rotated():
    with tf.Graph().as_default(), tf.Session() as session:
        images = tf.placeholder(tf.float32, [None, None, None, 1])
        turned = tf.contrib.image.rotate(images, 3.14159265)
        fed = {images: [[[[0.0], [1.0]], [[2.0], [3.0]]]]}
        assert session.run(turned, fed).ravel().tolist() == [3, 2, 1, 0]


def test_images_are_rotated_in_an_input():
    dataset = tf.data.Dataset.from_tensors(_IMAGE)
    dataset = dataset.map(lambda x: tf.contrib.image.rotate(x, 3.14159265))
    assert [x.tolist() for x in dataset.as_numpy_iterator()] == [
        [[3.0, 2.0], [1.0, 0.0]]
    ]


@pytest.mark.parametrize("keep_prob", [0, -0.5, 1.5])
def test_a_chance_that_is_none_is_refused(keep_prob):
    with pytest.raises(ConfigError) as error:
        tf.contrib.nn.alpha_dropout(_IMAGE, keep_prob)
    assert str(error.value) == (
        f"`keep_prob` must be in (0, 1]; got {keep_prob!r}."
    )


def test_alpha_dropout_keeps_mean_and_variance():
    with tf.Graph().as_default(), tf.Session() as session:
        x = tf.random_normal([100000], seed=1)
        dropped = tf.contrib.nn.alpha_dropout(x, 0.7, seed=2)
        mean, variance = session.run(tf.nn.moments(dropped, [0]))
    assert abs(mean) < 0.02
    assert abs(variance - 1) < 0.02


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("image.connected_components", "scipy.ndimage"),
        ("nn.sampled_sparse_softmax_loss", "`tf.nn.sampled_softmax_loss`"),
        ("util.ops_used_by_graph_def", "`graph_def.node`"),
        ("opt.AdaMaxOptimizer", "`tf.keras.optimizers.Adamax`"),
        ("tensor_forest", "ydf"),
        ("gan", "tensorflow-gan"),
    ],
)
def test_what_is_gone_says_what_replaces_it(name, words):
    with pytest.raises(AttributeError) as error:
        operator.attrgetter(name)(tf.contrib)
    assert words in str(error.value)
