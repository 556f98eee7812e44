"""A small model whose steps can be followed by hand."""

import pytest
import tensorflow as tf

import keras_estimator as ke

_v1 = tf.compat.v1


def model_fn(features, labels, mode):
    """Adds 1 to `w` at each step; `twice` is what `w` was, times 2."""
    w = _v1.get_variable("w", [], initializer=_v1.zeros_initializer())
    twice = tf.multiply(w.read_value(), 2.0, name="twice")
    _v1.summary.scalar("seen", features)
    step = _v1.train.get_global_step()
    with tf.control_dependencies([twice]):
        added = w.assign_add(1.0)
    with tf.control_dependencies([added]):
        train_op = step.assign_add(1)
    return ke.EstimatorSpec(mode, loss=tf.identity(features), train_op=train_op)


@pytest.fixture
def estimator(model_dir):
    config = ke.RunConfig(log_step_count_steps=None, save_summary_steps=None)
    return ke.Estimator(model_fn, model_dir, config)


@pytest.fixture
def numbers():
    """An input_fn of the numbers 0, 1, 2, ..."""
    return lambda: tf.data.Dataset.range(1000).map(
        lambda i: tf.cast(i, tf.float32)
    )


@pytest.fixture
def info(caplog):
    """The lines that are logged at INFO."""
    logger = tf.get_logger()
    logger.setLevel("INFO")
    caplog.set_level("INFO", "tensorflow")
    caplog.handler.setLevel("INFO")
    return lambda: [record.getMessage() for record in caplog.records]


@pytest.fixture
def events():
    """Reads the scalars of the event files in a directory, by tag."""

    def read(directory):
        found = {}
        for path in sorted(tf.io.gfile.glob(f"{directory}/events*")):
            for event in _v1.train.summary_iterator(path):
                for value in event.summary.value:
                    if value.HasField("simple_value"):
                        found.setdefault(value.tag, []).append(
                            (event.step, value.simple_value)
                        )
        return found

    return read
