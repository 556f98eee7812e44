"""`tf.contrib.summary`: summaries that a step writes by itself.

Host calls of TPU programs used it. Writing is off until a program turns it on:

```python
with tf.contrib.summary.create_file_writer(model_dir).as_default():
    with tf.contrib.summary.always_record_summaries():
        tf.contrib.summary.scalar("loss", loss, step=step)
        return tf.contrib.summary.all_summary_ops()
```
"""

from collections.abc import Callable
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

import tensorflow as tf

from keras_estimator.compat._missing import missing

_v1 = tf.compat.v1
_is_on = ContextVar("is_on", default=False)

all_summary_ops = _v1.summary.all_v2_summary_ops
create_file_writer = tf.summary.create_file_writer
create_summary_file_writer = tf.summary.create_file_writer
flush = tf.summary.flush
initialize = _v1.summary.initialize


@contextmanager
def _recording(condition: Any) -> Iterator[None]:
    token = _is_on.set(True)
    try:
        with tf.summary.record_if(condition):
            yield
    finally:
        _is_on.reset(token)


def always_record_summaries() -> Any:
    """Returns a context in which each step writes."""
    return _recording(condition=True)


def never_record_summaries() -> Any:
    """Returns a context in which no step writes."""
    return _recording(condition=False)


def record_summaries_every_n_global_steps(
    n: int, global_step: Any = None
) -> Any:
    """Returns a context in which every n-th step writes.

    Args:
        n: How many steps lie between two that write; 0 for none.
        global_step: The step; by default the global step of the graph.
    """
    if n == 0:
        return never_record_summaries()
    step = _step(global_step)
    return _recording(lambda: tf.equal(tf.cast(step, tf.int64) % n, 0))


def scalar(
    name: str, tensor: Any, family: str | None = None, step: Any = None
) -> Any:
    """Writes a number.

    Args:
        name: Its tag, below the name scope.
        tensor: Scalar tensor.
        family: Stands before the name.
        step: By default the global step of the graph.
    """
    return _write(tf.summary.scalar, name, tensor, family, step)


def histogram(
    name: str, tensor: Any, family: str | None = None, step: Any = None
) -> Any:
    """Writes how values are distributed; arguments as of `scalar`.

    Args:
        name: Its tag, below the name scope.
        tensor: Tensor of numbers.
        family: Stands before the name.
        step: By default the global step of the graph.
    """
    return _write(tf.summary.histogram, name, tensor, family, step)


def image(
    name: str,
    tensor: Any,
    bad_color: Any = None,
    max_images: int = 3,
    family: str | None = None,
    step: Any = None,
) -> Any:
    """Writes images.

    Args:
        name: Their tag, below the name scope.
        tensor: Tensor [count, height, width, channels]: uint8, or float
            between 0 and 1.
        bad_color: Has no effect.
        max_images: How many are written at the most.
        family: Stands before the name.
        step: By default the global step of the graph.
    """

    def write(name: str, data: Any, step: Any) -> Any:
        return tf.summary.image(name, data, step, max_outputs=max_images)

    return _write(write, name, tensor, family, step)


def _write(
    write: Callable[..., Any],
    name: str,
    tensor: Any,
    family: str | None,
    step: Any,
) -> Any:
    if not _is_on.get():
        return tf.no_op()
    tag = name if family is None else f"{family}/{name}"
    step = tf.cast(_step(step), tf.int64)
    return write(tag, tensor, step=step)


def _step(step: Any) -> Any:
    return _v1.train.get_or_create_global_step() if step is None else step


__getattr__ = missing(__name__)

__all__ = [
    "all_summary_ops",
    "always_record_summaries",
    "create_file_writer",
    "create_summary_file_writer",
    "flush",
    "histogram",
    "image",
    "initialize",
    "never_record_summaries",
    "record_summaries_every_n_global_steps",
    "scalar",
]
