"""`tf.summary`, with writers that can be made outside of a graph, too."""

from contextlib import AbstractContextManager
from contextlib import nullcontext
from typing import Any

import tensorflow as tf

from keras_estimator.compat import _overlay
from keras_estimator.compat._stand_in import StandIn

_v1 = tf.compat.v1


def _in_a_graph() -> AbstractContextManager[Any]:
    """Enters TF1's default graph where code is executed eagerly.

    There TensorFlow refuses to make a writer, though it needs no graph for it.
    """
    if tf.executing_eagerly():
        return _v1.get_default_graph().as_default()
    return nullcontext()


class FileWriter(tf.compat.v1.summary.FileWriter, metaclass=StandIn):
    """Writes summaries to an event file.

    Args:
        *args: See `tf.compat.v1.summary.FileWriter`: `logdir`, `graph`, ...
        **kwargs: Its arguments by name.

    Example:
    ```python
    with tf.summary.FileWriter("logs") as writer:
        value = tf.Summary.Value(tag="accuracy", simple_value=0.9)
        writer.add_summary(tf.Summary(value=[value]), global_step=100)
    ```
    """

    stands_for = _v1.summary.FileWriter

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        with _in_a_graph():
            super().__init__(*args, **kwargs)


class FileWriterCache(tf.compat.v1.summary.FileWriterCache):
    """One writer for each folder, shared with the hooks of an Estimator."""

    @staticmethod
    def get(logdir: str) -> Any:
        """Returns the writer of a folder."""
        with _in_a_graph():
            return _v1.summary.FileWriterCache.get(logdir)


__getattr__, __dir__ = _overlay.overlay(__name__)

__all__ = ["FileWriter", "FileWriterCache"]
