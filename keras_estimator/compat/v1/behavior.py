"""`tf.disable_v2_behavior()` and its siblings.

Outside of model_fn and input_fn, which run in a TF1 graph in any case, those
that turn eager execution off let the program build in the default graph. The
others do nothing: the engine needs resource variables and control flow v2.
"""

from collections.abc import Callable

import tensorflow as tf

from keras_estimator.compat.v1 import graph_mode


def _without_effect(name: str) -> Callable[[], None]:
    def switch() -> None:
        tf.compat.v1.logging.info(
            "`%s` has no effect here: variables are resource variables, and "
            "shapes, control flow and `==` are those of the code that runs.",
            name,
        )

    switch.__name__ = switch.__qualname__ = name
    switch.__doc__ = "Does nothing."
    return switch


def disable_eager_execution() -> None:
    """Lets this thread build in the default graph from now on."""
    graph_mode.enter()


def disable_v2_behavior() -> None:
    """Lets this thread build in the default graph from now on."""
    graph_mode.enter()


disable_control_flow_v2 = _without_effect("disable_control_flow_v2")
disable_resource_variables = _without_effect("disable_resource_variables")
disable_tensor_equality = _without_effect("disable_tensor_equality")
disable_v2_tensorshape = _without_effect("disable_v2_tensorshape")
