"""The global step, as `tf.contrib.framework` has it."""

from typing import Any

import tensorflow as tf

_v1 = tf.compat.v1

assert_global_step = _v1.train.assert_global_step
create_global_step = _v1.train.create_global_step
get_global_step = _v1.train.get_global_step
get_or_create_global_step = _v1.train.get_or_create_global_step


def assert_or_get_global_step(
    graph: Any = None, global_step_tensor: Any = None
) -> Any:
    """Returns a global step: the given one, or that of the graph.

    Args:
        graph: The graph; the default one if `None`.
        global_step_tensor: A global step, which is checked.

    Returns:
        The variable, or `None` if the graph has none.
    """
    if global_step_tensor is None:
        return get_global_step(graph)
    assert_global_step(global_step_tensor)
    return global_step_tensor
