"""`tf.train.Optimizer`: subclasses that know reference variables only."""

import numpy as np
import pytest

import keras_estimator.compat.v1 as tf


class Signs(tf.train.Optimizer):
    """Written for TF1's variables, with a slot that counts."""

    def __init__(self):
        super().__init__(use_locking=False, name="Signs")

    def _create_slots(self, var_list):
        for v in var_list:
            self._zeros_slot(v, "count", self._name)

    def _apply_dense(self, grad, var):
        count = tf.assign_add(self.get_slot(var, "count"), tf.ones_like(grad))
        return tf.group(tf.assign_sub(var, tf.sign(grad)), count)

    def _apply_sparse(self, grad, var):
        ones = tf.ones_like(grad.values)
        count = tf.scatter_add(self.get_slot(var, "count"), grad.indices, ones)
        moved = tf.scatter_sub(var, grad.indices, tf.sign(grad.values))
        return tf.group(moved, count)


def _step(optimizer, loss):
    """Runs one step in the default graph; returns the variables by name."""
    train_op = optimizer.minimize(loss)
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        session.run(train_op)
        return {v.op.name: session.run(v) for v in tf.global_variables()}


def test_apply_dense_is_asked_for_dense_gradients():
    with tf.Graph().as_default():
        w = tf.get_variable("w", initializer=[1.0, -1.0])
        values = _step(Signs(), tf.reduce_sum(w * [3.0, -2.0]))
    np.testing.assert_array_equal(values["w"], [0, 0])
    np.testing.assert_array_equal(values["w/Signs"], [1, 1])


def test_apply_sparse_is_asked_for_lookups_each_row_once():
    with tf.Graph().as_default():
        table = tf.get_variable("table", initializer=np.zeros([3, 1], "f"))
        rows = tf.nn.embedding_lookup(table, [2, 0, 2])
        values = _step(Signs(), tf.reduce_sum(rows))
    np.testing.assert_array_equal(values["table"], [[-1], [0], [-1]])
    np.testing.assert_array_equal(values["table/Signs"], [[1], [0], [1]])


def test_methods_for_resource_variables_come_first():
    class Halves(Signs):
        def _resource_apply_dense(self, grad, handle):
            return handle.assign(handle * 0.5)

    with tf.Graph().as_default():
        w = tf.get_variable("w", initializer=[1.0])
        values = _step(Halves(), tf.reduce_sum(w))
    np.testing.assert_array_equal(values["w"], [0.5])


def test_without_either_there_is_an_error():
    with tf.Graph().as_default():
        w = tf.get_variable("w", initializer=[1.0])
        optimizer = tf.train.Optimizer(use_locking=False, name="None")
        with pytest.raises(NotImplementedError):
            optimizer.minimize(tf.reduce_sum(w))


def test_tensorflows_own_optimizers_are_of_this_class():
    assert isinstance(tf.train.AdamOptimizer(), tf.train.Optimizer)
    assert issubclass(tf.train.MomentumOptimizer, tf.train.Optimizer)
    assert not isinstance(tf.train.AdamOptimizer(), Signs)
    assert not issubclass(tf.train.AdamOptimizer, Signs)
    assert not isinstance(object(), tf.train.Optimizer)
