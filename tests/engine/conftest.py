"""Programs of small model functions, bound to variables with values."""

import pytest
import tensorflow as tf

from keras_estimator.engine.binding import Binding
from keras_estimator.engine.build import BuildOptions
from keras_estimator.engine.build import build
from keras_estimator.engine.element import Element
from keras_estimator.engine.variables import VariableStore

FLOATS = tf.TensorSpec([None])


def bound(program, store=None):
    """A binding of a program, its variables at their initial values."""
    binding = Binding(program, VariableStore() if store is None else store)
    binding.enter_variables()
    binding.initialize(program.model_records)
    binding.start_call()
    return binding


@pytest.fixture
def program_of():
    """Builds the program of a model_fn."""

    def build_(
        model_fn,
        features=FLOATS,
        labels=None,
        mode="infer",
        **options,
    ):
        element = Element(features, labels)
        return build(model_fn, mode, element, BuildOptions(**options))

    return build_


@pytest.fixture
def bind(program_of):
    """Builds and binds the program of a model_fn."""

    def bind_(*args, **kwargs):
        return bound(program_of(*args, **kwargs))

    return bind_
