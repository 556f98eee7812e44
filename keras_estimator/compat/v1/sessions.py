"""`tf.Session` beside an Estimator, which says what it cannot run."""

from typing import Any

import tensorflow as tf

from keras_estimator.compat._stand_in import StandIn
from keras_estimator.errors import UnsupportedError

# What TensorFlow makes beside each resource variable.
_READ = "/Read/ReadVariableOp"


class Session(tf.compat.v1.Session, metaclass=StandIn):
    """Runs operations of a graph.

    Eager mode is on outside of model_fn and input_fn. What a session is to run
    is built inside of `with tf.Session()`, or under a graph:

    Args:
        *args: See `tf.compat.v1.Session`: `target`, `graph`, `config`.
        **kwargs: Its arguments by name.

    Example:
    ```python
    with tf.Graph().as_default(), tf.Session() as session:
        print(session.run(tf.constant(1) + 1))
    ```
    """

    stands_for = tf.compat.v1.Session

    def run(self, fetches: Any, *args: Any, **kwargs: Any) -> Any:
        """Runs what `fetches` needs, and returns the values.

        Raises:
            UnsupportedError: If eager mode has computed a fetch already.
        """
        for fetch in tf.nest.flatten(fetches):
            if isinstance(fetch, tf.__internal__.EagerTensor):
                raise UnsupportedError(
                    "`session.run` got an eager tensor (of shape "
                    f"{fetch.shape}), which has its value already: eager mode "
                    "is on outside of model_fn and input_fn. Build what a "
                    "session is to run under `with tf.Graph().as_default():`, "
                    "or inside of `with tf.Session():`. The value of an eager "
                    "tensor is `tensor.numpy()`."
                )
        return super().run(self._values(fetches), *args, **kwargs)

    def _values(self, fetches: Any) -> Any:
        """Returns fetches with values for `"w:0"`: it is a handle now."""
        if isinstance(fetches, list):
            return [self._values(fetch) for fetch in fetches]
        if not (isinstance(fetches, str) and fetches.endswith(":0")):
            return fetches
        name = fetches.removesuffix(":0").removesuffix("/read")
        operations = {name: None, f"{name}{_READ}": None}
        for operation in self.graph.get_operations():
            if operation.name in operations:
                operations[operation.name] = operation
        handle, read = operations.values()
        is_variable = handle is not None and handle.type == "VarHandleOp"
        return read.outputs[0] if is_variable and read else fetches
