"""`tf.Session` beside an Estimator, which says what it cannot run."""

from typing import Any

import tensorflow as tf

from keras_estimator.compat._stand_in import StandIn
from keras_estimator.compat.v1 import graphs
from keras_estimator.errors import UnsupportedError


class _Session:
    """What both kinds of sessions add to TensorFlow's own."""

    graph: tf.Graph

    def run(self, fetches: Any, *args: Any, **kwargs: Any) -> Any:
        """Runs what `fetches` needs, and returns the values.

        Raises:
            UnsupportedError: If eager mode has computed a fetch already, or
                nothing was built in the graph.
        """
        for fetch in tf.nest.flatten(fetches):
            _refuse_eager(fetch)
        if not self.graph.version:
            raise UnsupportedError(
                "The session's graph is empty: nothing was built in it. "
                f"{graphs.BUILD_IN_A_GRAPH}"
            )
        values = tf.nest.map_structure(self._value, fetches)
        session: Any = super()
        return session.run(values, *args, **kwargs)

    def _value(self, fetch: Any) -> Any:
        """Returns the value for `"w:0"`, which is a variable's handle now."""
        is_tensor = isinstance(fetch, tf.Tensor)
        if is_tensor and fetch.dtype != tf.resource:
            return fetch
        name = fetch.name if is_tensor else fetch
        value = graphs.value_named(self.graph, name)
        return fetch if value is None else value


class Session(_Session, tf.compat.v1.Session, metaclass=StandIn):
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


class InteractiveSession(
    _Session, tf.compat.v1.InteractiveSession, metaclass=StandIn
):
    """A session that is the default one from when it is made.

    Args:
        target: See `tf.compat.v1.InteractiveSession`.
        graph: What it runs; by default the graph that is being built.
        config: A `tf.ConfigProto`.

    Raises:
        UnsupportedError: If no graph is given, and none is being built.
    """

    stands_for = tf.compat.v1.InteractiveSession

    # In `__init__` it would be too late: TensorFlow closes what it made.
    def __new__(
        cls, target: str = "", graph: Any = None, config: Any = None
    ) -> "InteractiveSession":
        """Makes one where there is a graph."""
        if graph is None:
            graphs.require_graph("tf.InteractiveSession()")
        return super().__new__(cls)


def _refuse_eager(fetch: Any) -> None:
    if fetch is None:
        raise UnsupportedError(
            "`session.run` got None, which is what operations (as "
            "`tf.global_variables_initializer()`) return in eager mode: they "
            f"have run already. {graphs.BUILD_IN_A_GRAPH}"
        )
    is_variable = isinstance(fetch, tf.Variable)
    tensor = fetch.handle if is_variable else fetch
    if isinstance(tensor, tf.__internal__.EagerTensor):
        kind = "variable" if is_variable else "tensor"
        raise UnsupportedError(
            f"`session.run` got an eager {kind} (of shape {fetch.shape}), "
            f"which has its value already. {graphs.BUILD_IN_A_GRAPH} The "
            f"value of an eager {kind} is `{kind}.numpy()`."
        )
