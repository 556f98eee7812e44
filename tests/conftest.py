"""Quiet logs; fixtures that many tests use."""

import gc
import logging
import os

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import pytest


@pytest.hookimpl(wrapper=True)
def pytest_collection():
    """Keeps what is imported here out of all collections of garbage.

    There are a million objects, and nearly all of them stay.
    """
    gc.disable()
    try:
        return (yield)
    finally:
        gc.collect()
        gc.freeze()
        gc.enable()


@pytest.fixture(autouse=True)
def _quiet_deprecations():
    """TensorFlow logs what of TF1 it calls deprecated: that is our subject."""
    # Here, as the process that hands out the tests has no use for it.
    import tensorflow as tf

    tf.get_logger().setLevel("ERROR")


@pytest.fixture
def model_dir(tmp_path):
    return str(tmp_path / "model")


@pytest.fixture
def warned():
    """The warnings of this package that TensorFlow's logger gets."""
    import tensorflow as tf

    lines = []

    class Keep(logging.Handler):
        def emit(self, record):
            if "keras_estimator" in record.pathname:
                lines.append(record.getMessage())

    logger, handler = tf.get_logger(), Keep(logging.WARNING)
    logger.setLevel("WARNING")
    logger.addHandler(handler)
    yield lines
    logger.removeHandler(handler)
