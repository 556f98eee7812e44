"""`tf.disable_eager_execution()`: what follows is built in a graph, as in TF1.

```python
tf.disable_v2_behavior()  # or tf.disable_eager_execution()

x = tf.placeholder(tf.float32, [None, 4])
y = tf.layers.dense(x, 1)
session = tf.Session()
```

Only the thread that asks for it builds in the default graph from then on;
TensorFlow itself, and with it the Estimator, keeps eager execution.
"""

import contextlib
import threading

import tensorflow as tf

_v1 = tf.compat.v1


class _Entered(threading.local):
    """How to leave the default graph that this thread has entered."""

    exits: contextlib.ExitStack | None = None
    graph: tf.Graph | None = None


_entered = _Entered()


def enter() -> None:
    """Lets this thread build in the default graph, if it does not do so."""
    if tf.executing_eagerly():
        _entered.graph = _v1.get_default_graph()
        _entered.exits = contextlib.ExitStack()
        _entered.exits.enter_context(_entered.graph.as_default())


def enable_eager_execution(*args: object, **kwargs: object) -> None:
    """Ends what `tf.disable_eager_execution()` began in this thread.

    Args:
        *args: `config`, `device_policy` and `execution_mode` of TensorFlow,
            which have no effect.
        **kwargs: These by name.
    """
    if _entered.exits is not None:
        exits, _entered.exits, _entered.graph = _entered.exits, None, None
        exits.close()


def reset_default_graph() -> None:
    """Replaces the default graph by an empty one.

    Raises:
        AssertionError: Under `with graph.as_default()`, as in TensorFlow.
    """
    is_outermost = (
        _entered.graph is not None and _v1.get_default_graph() is _entered.graph
    )
    if is_outermost:
        enable_eager_execution()
    _v1.reset_default_graph()
    if is_outermost:
        enter()
