"""`tf.disable_v2_behavior()` and its siblings, which do nothing here.

A model_fn and an input_fn always run in a TF1 graph. Outside of them the engine
needs eager execution and resource variables; turning these off for the whole
process would stop it.
"""

from collections.abc import Callable

import tensorflow as tf


def _without_effect(name: str) -> Callable[[], None]:
    def switch() -> None:
        tf.compat.v1.logging.info(
            "`%s` has no effect here: model_fn and input_fn run in a TF1 "
            "graph in any case.",
            name,
        )

    switch.__name__ = switch.__qualname__ = name
    switch.__doc__ = "Does nothing: TF1 code runs in a graph in any case."
    return switch


disable_control_flow_v2 = _without_effect("disable_control_flow_v2")
disable_eager_execution = _without_effect("disable_eager_execution")
disable_resource_variables = _without_effect("disable_resource_variables")
disable_tensor_equality = _without_effect("disable_tensor_equality")
disable_v2_behavior = _without_effect("disable_v2_behavior")
disable_v2_tensorshape = _without_effect("disable_v2_tensorshape")
