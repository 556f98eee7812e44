"""Placeholders, also outside of graphs: TF1 programs make them in `main`.

There they say what a model is fed when it is served:

```python
def main(_):
    x = tf.placeholder(tf.float32, [None, 4], name="x")
    receiver_fn = tf.estimator.export.build_raw_serving_input_receiver_fn(
        {"x": x}
    )
```

In eager mode TensorFlow refuses that. Here they are made in the default graph,
which nothing else builds in then: who computes with them is told so.
"""

import contextlib
import functools
from contextlib import AbstractContextManager
from typing import Any

import tensorflow as tf

from keras_estimator.compat.v1 import graphs
from keras_estimator.engine import _tensorflow
from keras_estimator.errors import UnsupportedError

_v1 = tf.compat.v1


def placeholder(dtype: Any, shape: Any = None, name: str | None = None) -> Any:
    """Returns a tensor that is fed; see `tf.compat.v1.placeholder`.

    Args:
        dtype: Type of its elements.
        shape: Its shape; by default any.
        name: Its name.
    """
    with _graph():
        return _v1.placeholder(dtype, shape, name)


def sparse_placeholder(
    dtype: Any, shape: Any = None, name: str | None = None
) -> Any:
    """Returns a `SparseTensor` that is fed.

    Args:
        dtype: Type of its values.
        shape: Its dense shape; by default any.
        name: Prefix of the names of its parts.
    """
    with _graph():
        return _v1.sparse_placeholder(dtype, shape, name)


def placeholder_with_default(
    input: Any,
    shape: Any,
    name: str | None = None,
) -> Any:
    """Returns a tensor that may be fed, and else is `input`.

    Args:
        input: Its value where nothing is fed.
        shape: Its shape, or one that is less certain.
        name: Its name.
    """
    with _graph():
        return _v1.placeholder_with_default(input, shape, name)


def _graph() -> AbstractContextManager[Any]:
    if tf.executing_eagerly():
        _explain_failures()
        return _v1.get_default_graph().as_default()
    return contextlib.nullcontext()


@functools.cache
def _explain_failures() -> None:
    """Lets operations on placeholders say what is wrong; done once."""
    _tensorflow.on_refused_operation(_refuse)


def _refuse(inputs: Any) -> None:
    """Refuses tensors of a plain graph where tensors are eager."""
    if not tf.executing_eagerly():
        return
    for value in tf.nest.flatten(inputs, expand_composites=True):
        graph = _graph_of(value)
        # Of what leaves a `tf.function` TensorFlow has more to say.
        if graph is not None and not isinstance(
            graph, tf.__internal__.FuncGraph
        ):
            raise UnsupportedError(
                f"{value.name!r} is a tensor of a graph, as placeholders are, "
                "and the operation on it would be none of that graph. "
                f"{graphs.BUILD_IN_A_GRAPH}"
            )


def _graph_of(value: Any) -> tf.Graph | None:
    is_eager = isinstance(value, tf.__internal__.EagerTensor)
    return (
        value.graph if isinstance(value, tf.Tensor) and not is_eager else None
    )
