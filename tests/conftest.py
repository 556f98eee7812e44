"""Quiet logs; fixtures that many tests use."""

import os

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import pytest
import tensorflow as tf


@pytest.fixture(autouse=True)
def _quiet_deprecations():
    """TensorFlow logs what of TF1 it calls deprecated: that is our subject."""
    tf.get_logger().setLevel("ERROR")


@pytest.fixture
def model_dir(tmp_path):
    return str(tmp_path / "model")
