"""`slim.utils`: outputs of layers by their names."""

import collections
from typing import Any

import tensorflow as tf

from keras_estimator.compat._missing import missing
from keras_estimator.compat.v1.contrib.framework.tensors import smart_cond
from keras_estimator.compat.v1.contrib.framework.tensors import (
    smart_constant_value,
)

_v1 = tf.compat.v1
constant_value = smart_constant_value


def append_tensor_alias(tensor: Any, alias: str) -> Any:
    """Returns a tensor, which gets one more name.

    Args:
        tensor: The tensor.
        alias: The name; a `/` at its end is left out.
    """
    alias = alias.removesuffix("/")
    tensor.aliases = [*getattr(tensor, "aliases", []), alias]
    return tensor


def get_tensor_aliases(tensor: Any) -> list[str]:
    """Returns the names that a tensor was given, else that of its operation."""
    aliases = getattr(tensor, "aliases", None)
    return list(aliases) if aliases else [tensor.op.name]


def gather_tensors_aliases(tensors: Any) -> list[str]:
    """Returns the names of several tensors."""
    return [alias for tensor in tensors for alias in get_tensor_aliases(tensor)]


def collect_named_outputs(collections: Any, alias: str, outputs: Any) -> Any:
    """Returns outputs, which get a name and are added to collections.

    Args:
        collections: Names of collections, or one, or `None`.
        alias: The name.
        outputs: The tensor.
    """
    if collections:
        append_tensor_alias(outputs, alias)
        _v1.add_to_collections(collections, outputs)
    return outputs


def convert_collection_to_dict(
    collection: str, clear_collection: bool = False
) -> "collections.OrderedDict[str, Any]":
    """Returns name -> tensor of a collection: the end points of a network.

    Args:
        collection: Name of the collection.
        clear_collection: Whether it is emptied.

    Example:
    ```python
    with slim.arg_scope([slim.conv2d], outputs_collections="end_points"):
        net = slim.conv2d(images, 8, 3, scope="conv1")
    slim.utils.convert_collection_to_dict("end_points")["conv1"]
    ```
    """
    found = collections.OrderedDict(
        (alias, tensor)
        for tensor in _v1.get_collection(collection)
        for alias in get_tensor_aliases(tensor)
    )
    if clear_collection:
        _v1.get_default_graph().clear_collection(collection)
    return found


def last_dimension(shape: Any, min_rank: int = 1) -> int:
    """Returns the last dimension of a shape, which must be known.

    Args:
        shape: The shape.
        min_rank: How many dimensions it must have at the least.
    """
    return channel_dimension(shape, "NHWC", min_rank)


def channel_dimension(shape: Any, data_format: str, min_rank: int = 1) -> int:
    """Returns how many channels a shape has, which must be known.

    Args:
        shape: The shape.
        data_format: `NHWC` or `NCHW`.
        min_rank: How many dimensions it must have at the least.
    """
    axis = 1 if data_format == "NCHW" else -1
    return _v1.dimension_value(
        tf.TensorShape(shape).with_rank_at_least(min_rank)[axis]
    )


def two_element_tuple(value: Any) -> tuple[int, int]:
    """Returns an integer twice, or the two integers of a list.

    Args:
        value: An integer, or two of them.
    """
    if isinstance(value, int):
        return value, value
    first, second = value
    return int(first), int(second)


__getattr__ = missing(__name__)

__all__ = [
    "append_tensor_alias",
    "channel_dimension",
    "collect_named_outputs",
    "constant_value",
    "convert_collection_to_dict",
    "gather_tensors_aliases",
    "get_tensor_aliases",
    "last_dimension",
    "smart_cond",
    "two_element_tuple",
]
