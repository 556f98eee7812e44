"""The same layer several times, each with variables of its own."""

from collections.abc import Callable
from collections.abc import Sequence
from typing import Any

import tensorflow as tf

from keras_estimator.compat.v1.contrib.framework.arguments import add_arg_scope
from keras_estimator.errors import ConfigError

_v1 = tf.compat.v1


@add_arg_scope
def stack(
    inputs: Any,
    layer: Callable[..., Any],
    stack_args: Sequence[Any],
    **kwargs: Any,
) -> Any:
    """Returns the outputs of layers one after another.

    Args:
        inputs: Inputs of the first.
        layer: The function of them.
        stack_args: For each layer its arguments after the inputs: a tuple or
            list, or one argument.
        **kwargs: Keyword arguments of all of them; `scope` is the name of the
            whole, `Stack` by default.

    Raises:
        ConfigError: If stack_args is no list.

    Example:
    ```python
    net = layers.stack(net, layers.fully_connected, [64, 32], scope="tower")
    ```
    """
    scope = kwargs.pop("scope", None)
    if not isinstance(stack_args, (list, tuple)):
        raise ConfigError(
            "`stack_args` need to be a list or tuple. Received: "
            f"{stack_args!r} (of type {type(stack_args).__name__})."
        )
    with _v1.variable_scope(scope, "Stack", [inputs]):
        name = scope or _name(layer, "stack")
        outputs = inputs
        for number, arguments in enumerate(stack_args, start=1):
            if not isinstance(arguments, (list, tuple)):
                arguments = [arguments]
            outputs = layer(
                outputs, *arguments, **kwargs, scope=f"{name}_{number}"
            )
        return outputs


@add_arg_scope
def repeat(
    inputs: Any,
    repetitions: int,
    layer: Callable[..., Any],
    *args: Any,
    **kwargs: Any,
) -> Any:
    """Returns the outputs of so many equal layers one after another.

    Args:
        inputs: Inputs of the first.
        repetitions: How many there are.
        layer: The function of them.
        *args: Arguments of all of them after the inputs.
        **kwargs: Keyword arguments of all of them; `scope` is the name of the
            whole, `Repeat` by default.

    Example:
    ```python
    net = slim.repeat(images, 2, slim.conv2d, 64, [3, 3], scope="conv1")
    ```
    """
    scope = kwargs.pop("scope", None)
    with _v1.variable_scope(scope, "Repeat", [inputs]):
        name = scope or _name(layer, "repeat")
        outputs = inputs
        for number in range(1, repetitions + 1):
            outputs = layer(outputs, *args, **kwargs, scope=f"{name}_{number}")
        return outputs


def _name(layer: Any, default: str) -> str:
    """Returns the name of a function, or of one that has its arguments."""
    function = getattr(layer, "func", layer)
    return getattr(function, "__name__", default)
