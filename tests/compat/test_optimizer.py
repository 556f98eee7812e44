"""`tf.train.Optimizer`: subclasses that know reference variables only."""

import abc
import inspect
import pickle

import numpy as np
import pytest
import tensorflow as tf2

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


# Subclasses of built-in optimizers; the numbers are TensorFlow 1.15's.


class Twice:
    """A mixin that doubles gradients on their way to the built-in methods."""

    def _apply_dense(self, grad, var):
        return super()._apply_dense(2 * grad, var)

    def _apply_sparse_duplicate_indices(self, grad, var):
        doubled = tf.IndexedSlices(
            2 * grad.values, grad.indices, grad.dense_shape
        )
        return super()._apply_sparse_duplicate_indices(doubled, var)


def _two_steps(optimizer, *, sparse):
    """Returns a variable of four ones after two steps of squares."""
    with tf.Graph().as_default():
        w = tf.get_variable("w", [4], initializer=tf.ones_initializer())
        x = tf.gather(w, [0, 2, 0]) if sparse else w
        train_op = optimizer.minimize(tf.reduce_sum(x**2))
        with tf.Session() as session:
            session.run(tf.global_variables_initializer())
            session.run(train_op)
            session.run(train_op)
            return session.run(w)


def test_a_built_in_optimizers_dense_override_is_asked_for():
    class Sgd(tf.train.GradientDescentOptimizer):
        def _apply_dense(self, grad, var):
            return tf.assign_sub(var, 2 * self._learning_rate_tensor * grad)

    found = _two_steps(Sgd(0.1), sparse=False)
    np.testing.assert_allclose(found, [0.36] * 4, rtol=1e-6)


def test_a_built_in_optimizers_sparse_override_is_asked_for():
    class Rows(tf.train.AdamOptimizer):
        def _apply_sparse(self, grad, var):
            step = self._lr_t * tf.sign(grad.values)
            return tf.scatter_sub(var, grad.indices, step)

    found = _two_steps(Rows(0.1), sparse=True)
    np.testing.assert_allclose(found, [0.8, 1, 0.8, 1], rtol=1e-6)
    found = _two_steps(Rows(0.1), sparse=False)
    np.testing.assert_allclose(found, [0.8004126] * 4, rtol=1e-6)


def test_the_override_for_rows_that_come_twice_is_asked_for():
    class Sgd(tf.train.GradientDescentOptimizer):
        def _apply_sparse(self, grad, var):
            raise AssertionError  # 1.15 does not ask for it either

        def _apply_sparse_duplicate_indices(self, grad, var):
            return tf.scatter_sub(var, grad.indices, 3 * grad.values)

    found = _two_steps(Sgd(0.1), sparse=True)
    np.testing.assert_array_equal(found, [121, 1, 25, 1])


@pytest.mark.parametrize(
    ("name", "arguments", "dense", "twice", "once"),
    [
        ("Adadelta", (), 0.99991, 0.99991, 0.99991),
        ("Adagrad", (), 0.833517, 0.8332072, 0.833517),
        ("Adam", (), 0.8004126, 0.8004126, 0.8004126),
        ("Ftrl", (), 0.7581409, 0.7953804, 0.7581409),
        ("GradientDescent", (), 0.36, 0.04, 0.36),
        ("Momentum", (0.9,), 0.0, -0.68, 0.0),
        ("ProximalAdagrad", (), 0.833517, 0.8332072, 0.833517),
        ("ProximalGradientDescent", (), 0.36, 0.04, 0.36),
        ("RMSProp", (), 0.5784678, 0.52348, 0.5784678),
    ],
)
def test_overrides_can_call_what_they_override(
    name, arguments, dense, twice, once
):
    built_in = getattr(tf.train, f"{name}Optimizer")
    both = type("Both", (Twice, built_in), {})
    found = _two_steps(both(0.1, *arguments), sparse=False)
    np.testing.assert_allclose(found, [dense] * 4, rtol=1e-5, atol=1e-6)
    found = _two_steps(both(0.1, *arguments), sparse=True)
    expected = [twice, 1, once, 1]
    np.testing.assert_allclose(found, expected, rtol=1e-5, atol=1e-6)


def test_of_a_built_in_optimizer_too_resource_methods_come_first():
    class Halves(tf.train.GradientDescentOptimizer):
        def _apply_dense(self, grad, var):
            raise AssertionError

        def _resource_apply_dense(self, grad, var):
            return var.assign(var * 0.5)

    class Doubles(Halves):
        def _apply_dense(self, grad, var):
            return var.assign(var * 2.0)

    assert _two_steps(Halves(0.1), sparse=False)[0] == 0.25
    assert _two_steps(Doubles(0.1), sparse=False)[0] == 4.0


def test_overrides_of_contrib_s_optimizers_keep_what_these_do():
    class Both(Twice, tf.contrib.opt.MomentumWOptimizer):
        pass

    # It shrinks by a half, and then goes by 0.1 * 2 * 3.
    optimizer = Both(0.5, 0.1, 0.0)
    with tf.Graph().as_default():
        w = tf.get_variable("w", initializer=[1.0])
        values = _step(optimizer, tf.reduce_sum(3 * w))
    np.testing.assert_allclose(values["w"], [-0.1], rtol=1e-5)


def test_built_in_optimizers_are_those_of_tensorflow():
    theirs = tf2.compat.v1.train
    assert isinstance(tf.train.AdamOptimizer(), theirs.AdamOptimizer)
    assert isinstance(theirs.AdamOptimizer(), tf.train.AdamOptimizer)
    assert not isinstance(theirs.AdamOptimizer(), tf.train.FtrlOptimizer)
    assert tf.train.AdamOptimizer.__name__ == "AdamOptimizer"
    assert pickle.loads(pickle.dumps(tf.train.AdamOptimizer)) is (
        tf.train.AdamOptimizer
    )


def test_every_built_in_optimizer_is_covered():
    theirs = vars(tf2.compat.v1.train).items()
    has_own = {
        name
        for name, found in theirs
        if inspect.isclass(found)
        and issubclass(found, tf2.compat.v1.train.Optimizer)
        and "_resource_apply_dense" in vars(found)
    }
    ours = {name for name in has_own if vars(tf.train).get(name)}
    assert ours == has_own
    assert "AdamOptimizer" in has_own


def test_an_optimizer_may_be_an_abstract_class():
    class Scheduled(abc.ABC, tf.train.AdamOptimizer):
        @abc.abstractmethod
        def rate(self):
            """Returns the learning rate."""

    with pytest.raises(TypeError, match="abstract"):
        Scheduled()
