"""What the command says instead of a traceback."""

import tensorflow as tf

from keras_estimator.errors import KerasEstimatorError


class CommandError(Exception):
    """Something that the person at the keyboard has to correct."""


def reported() -> tuple[type[Exception], ...]:
    """Returns the errors that are told in their own words alone."""
    return (CommandError, KerasEstimatorError, OSError, tf.errors.OpError)
