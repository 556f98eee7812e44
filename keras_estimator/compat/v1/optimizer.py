"""`tf.train.Optimizer` and the built-in ones, for subclasses of TF1.

In TF1 an optimizer had `_apply_dense` and `_apply_sparse` for the variables
that all programs used, and `_resource_apply_dense` and the like for resource
variables. Variables are resource variables now, for which TensorFlow asks only
for the latter.
"""

from typing import Any

import tensorflow as tf

from keras_estimator.compat._missing import OURS
from keras_estimator.compat._stand_in import StandIn

_DUPLICATES = "_apply_sparse_duplicate_indices"


class ReferenceMethods:
    """Has the methods of subclasses for reference variables asked for.

    A method for reference variables that a class overrides, or gets from a
    mixin, comes before the method for resource variables of a class below.
    """

    def __init_subclass__(cls, **kwargs: Any) -> None:
        """Gives a class the methods that TensorFlow asks for."""
        super().__init_subclass__(**kwargs)
        if "stands_for" in vars(cls):
            return
        for name, asked in _ASKED.items():
            if _place(cls, name) < _place(cls, f"_resource{name}"):
                setattr(cls, f"_resource{name}", asked)


def _ask_dense(self: Any, grad: Any, handle: Any) -> Any:
    """Applies a dense gradient to a variable, which `handle` is."""
    return self._apply_dense(grad, handle)


def _ask_sparse(self: Any, grad: Any, handle: Any, indices: Any) -> Any:
    """Applies the rows of a gradient; no index comes twice."""
    return self._apply_sparse(_slices(grad, handle, indices), handle)


def _ask_duplicates(self: Any, grad: Any, handle: Any, indices: Any) -> Any:
    """Applies the rows of a gradient; an index may come twice."""
    return self._apply_sparse_duplicate_indices(
        _slices(grad, handle, indices), handle
    )


_ASKED = {
    "_apply_dense": _ask_dense,
    "_apply_sparse": _ask_sparse,
    _DUPLICATES: _ask_duplicates,
}


class Optimizer(
    ReferenceMethods, tf.compat.v1.train.Optimizer, metaclass=StandIn
):
    """Base class of TF1 optimizers.

    In TF1 a subclass had `_apply_dense` and `_apply_sparse` for the variables
    that all programs used, and `_resource_apply_dense` and
    `_resource_apply_sparse` for resource variables. Variables are resource
    variables now: a subclass without the latter is asked for the former.

    Example:
    ```python
    class SignOptimizer(tf.train.Optimizer):
        def __init__(self, learning_rate, name="Sign"):
            super().__init__(use_locking=False, name=name)
            self._learning_rate = learning_rate

        def _apply_dense(self, grad, var):
            return tf.assign_sub(var, self._learning_rate * tf.sign(grad))
    ```
    """

    stands_for = tf.compat.v1.train.Optimizer

    _resource_apply_dense = _ask_dense
    _resource_apply_sparse = _ask_sparse


def subclassable(optimizer: Any) -> Any:
    """Returns an optimizer of TF1 whose subclasses may be as they were there.

    What they override for reference variables is asked for; what they call of
    their base class there (`super()._apply_dense(...)`) is its method for
    resource variables, as its own needs a reference variable.

    Args:
        optimizer: A class.
    """

    def apply_dense(self: Any, grad: Any, var: Any) -> Any:
        return optimizer._resource_apply_dense(self, grad, var)

    def apply_sparse(self: Any, grad: Any, var: Any) -> Any:
        return optimizer._resource_apply_sparse(
            self, grad.values, var, grad.indices
        )

    def apply_duplicates(self: Any, grad: Any, var: Any) -> Any:
        return optimizer._resource_apply_sparse_duplicate_indices(
            self, grad.values, var, grad.indices
        )

    methods = {
        "_apply_dense": apply_dense,
        "_apply_sparse": apply_sparse,
        _DUPLICATES: apply_duplicates,
    }
    base = tf.compat.v1.train.Optimizer
    namespace: dict[str, Any] = {
        # Where the base class has it, what that asks for is overridden.
        name: method
        for name, method in methods.items()
        if _place(optimizer, f"_resource{name}") < _place(optimizer, base)
    }
    namespace["stands_for"] = optimizer
    namespace["__doc__"] = optimizer.__doc__
    ours = optimizer.__module__.startswith(OURS)
    namespace["__module__"] = optimizer.__module__ if ours else f"{OURS}.train"
    return StandIn(optimizer.__name__, (ReferenceMethods, optimizer), namespace)


def _place(cls: Any, what: Any) -> int:
    """Returns how far below a class a base is, or the first with a name."""
    mro = cls.__mro__
    for place, base in enumerate(mro):
        if base is what or (isinstance(what, str) and what in vars(base)):
            return place
    return len(mro)


def _slices(grad: Any, handle: Any, indices: Any) -> tf.IndexedSlices:
    shape = tf.shape(handle, out_type=indices.dtype)
    return tf.IndexedSlices(grad, indices, shape)
