import re

import keras
import pytest
import tensorflow as tf

from keras_estimator.errors import ArgumentTypeError
from keras_estimator.errors import SpecError
from keras_estimator.minimize import minimize


@pytest.fixture
def optimizer():
    return keras.optimizers.SGD(0.1)


def test_a_minimize_holds_its_arguments(optimizer):
    loss, variables = tf.constant(1.0), [keras.Variable(1.0), tf.Variable(2.0)]

    def halved(pairs):
        return [(gradient / 2, variable) for gradient, variable in pairs]

    step = minimize(optimizer, loss, variables, halved)
    assert step.optimizer is optimizer
    assert step.loss is loss
    assert step.var_list == tuple(variables)
    assert step.transform_gradients is halved


def test_all_variables_and_no_transformation_are_the_defaults(optimizer):
    step = minimize(optimizer, tf.constant(1.0))
    assert step.var_list is None
    assert step.transform_gradients is None


def test_a_minimize_cannot_be_changed(optimizer):
    step = minimize(optimizer, tf.constant(1.0))
    with pytest.raises(AttributeError):
        step.loss = tf.constant(2.0)


def test_a_loss_of_one_element_becomes_a_scalar(optimizer):
    assert minimize(optimizer, tf.constant([[1.0]])).loss.shape == []


def test_a_loss_of_several_elements_is_refused(optimizer):
    with pytest.raises(SpecError, match=r"scalar.*\[2\] for `loss` of `mini"):
        minimize(optimizer, tf.ones([2]))


def test_a_python_loss_is_refused(optimizer):
    with pytest.raises(ArgumentTypeError, match=r"Tensor, given: 1.0 \(float"):
        minimize(optimizer, 1.0)


@pytest.mark.parametrize(
    "other", [tf.compat.v1.train.GradientDescentOptimizer(0.1), "sgd", None]
)
def test_only_keras_optimizers_minimize(other):
    received = re.escape(f"({type(other).__name__})")
    with pytest.raises(
        ArgumentTypeError,
        match=rf"`optimizer` must be a `keras.optimizers.Optimizer`.*{received}"
        r".*`optimizer.minimize\(...\)`",
    ):
        minimize(other, tf.constant(1.0))


def test_variables_that_do_not_exist_yet_are_refused(optimizer):
    layer = keras.layers.Dense(1)
    with pytest.raises(SpecError, match="`var_list` must hold .*layer built"):
        minimize(optimizer, tf.constant(1.0), layer.trainable_variables)


def test_variables_are_given_as_a_list(optimizer):
    with pytest.raises(ArgumentTypeError, match="`var_list` must be .*Variab"):
        minimize(optimizer, tf.constant(1.0), var_list=tf.Variable(1.0))


def test_a_tensor_is_no_variable(optimizer):
    variables = [tf.Variable(1.0), tf.constant(1.0)]
    with pytest.raises(ArgumentTypeError, match=r"var_list\[1\]=.*Tensor\)"):
        minimize(optimizer, tf.constant(1.0), var_list=variables)


def test_gradients_are_transformed_by_a_function(optimizer):
    with pytest.raises(
        ArgumentTypeError, match=r"`transform_gradients` must be .*=5.0 \(flo"
    ):
        minimize(optimizer, tf.constant(1.0), transform_gradients=5.0)
