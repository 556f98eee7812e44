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
which nothing else builds in then.
"""

import contextlib
from contextlib import AbstractContextManager
from typing import Any

import tensorflow as tf

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
        return _v1.get_default_graph().as_default()
    return contextlib.nullcontext()
