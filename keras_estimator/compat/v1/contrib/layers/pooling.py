"""The largest value, or the mean, of each window."""

from collections.abc import Callable
from typing import Any

import tensorflow as tf

from keras_estimator.compat.v1.contrib.framework.arguments import add_arg_scope
from keras_estimator.compat.v1.contrib.layers import windows
from keras_estimator.compat.v1.contrib.layers.collections import collect_outputs

_v1 = tf.compat.v1


def _pooling(
    name: str, default_scope: str, default_format: str, operation: Any
) -> Callable[..., Any]:
    """Returns a layer that pools.

    Args:
        name: Its name.
        default_scope: Name of its variable scope.
        default_format: Its data format, channels last.
        operation: TensorFlow's function for it.
    """
    dimensions = len(default_format) - 2
    # As in TensorFlow 1: hooks find tensors by name.
    operation_name = default_scope.removesuffix("2D")
    accepted = "NC" + default_format[1:-1], default_format

    def pool(
        inputs: Any,
        kernel_size: Any,
        stride: Any = 2,
        padding: str = "VALID",
        data_format: str = default_format,
        outputs_collections: Any = None,
        scope: Any = None,
    ) -> Any:
        windows.check_format(data_format, accepted)
        with _v1.variable_scope(scope, default_scope, [inputs]) as scoped:
            size = windows.each_dimension(
                kernel_size, dimensions, "kernel_size"
            )
            strides = windows.each_dimension(stride, dimensions, "stride")
            outputs = operation(
                tf.convert_to_tensor(inputs),
                windows.on_all_axes(size, data_format),
                windows.on_all_axes(strides, data_format),
                padding.upper(),
                data_format,
                name=operation_name,
            )
            return collect_outputs(outputs_collections, scoped, outputs)

    pool.__name__ = pool.__qualname__ = name
    pool.__doc__ = f"""Returns one value for each window of the inputs.

    Args:
        inputs: Floats, in the data format.
        kernel_size: Size of a window: an integer, or one per dimension.
        stride: How far windows are apart: an integer, or one per dimension.
        padding: `SAME` or `VALID`.
        data_format: {" or ".join(accepted)}.
        outputs_collections: Collections for the outputs.
        scope: Name of the layer, `{default_scope}` by default.

    Raises:
        ConfigError: If the data format is another one.
    """
    return add_arg_scope(pool)


avg_pool2d = _pooling("avg_pool2d", "AvgPool2D", "NHWC", tf.nn.avg_pool2d)
max_pool2d = _pooling("max_pool2d", "MaxPool2D", "NHWC", tf.nn.max_pool2d)
avg_pool3d = _pooling("avg_pool3d", "AvgPool3D", "NDHWC", tf.nn.avg_pool3d)
max_pool3d = _pooling("max_pool3d", "MaxPool3D", "NDHWC", tf.nn.max_pool3d)
