"""Handwritten digits of 28 x 28 pixels, without a download.

MNIST, if Keras has it on disk already; else the digits that come with
scikit-learn, 8 x 8 pixels, resized. Pixels are 0 (white) to 16 (black), as in
scikit-learn's.
"""

import os
from typing import NamedTuple

import numpy as np
import tensorflow as tf

_MNIST = os.path.expanduser("~/.keras/datasets/mnist.npz")
_BLACK = 16.0
_TEST_SHARE = 6


class Digits(NamedTuple):
    """Images [n, 784] float32, labels [n] int32, for training and testing."""

    train_images: np.ndarray
    train_labels: np.ndarray
    test_images: np.ndarray
    test_labels: np.ndarray


def load() -> Digits:
    return _mnist() if os.path.exists(_MNIST) else _scikit_learn()


def _mnist() -> Digits:
    with np.load(_MNIST) as data:
        return Digits(
            data["x_train"].reshape(-1, 784).astype(np.float32) * _BLACK / 255,
            data["y_train"].astype(np.int32),
            data["x_test"].reshape(-1, 784).astype(np.float32) * _BLACK / 255,
            data["y_test"].astype(np.int32),
        )


def _scikit_learn() -> Digits:
    from sklearn.datasets import load_digits

    digits = load_digits()
    resized = tf.image.resize(digits.images[..., None], [28, 28]).numpy()
    images = resized.reshape(-1, 784).astype(np.float32)
    labels = digits.target.astype(np.int32)
    order = np.random.default_rng(0).permutation(len(images))
    test, train = np.split(order, [len(order) // _TEST_SHARE])
    return Digits(images[train], labels[train], images[test], labels[test])
