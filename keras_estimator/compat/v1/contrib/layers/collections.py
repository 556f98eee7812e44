"""In which collections layers put their variables and their outputs."""

from collections.abc import Mapping
from typing import Any

import tensorflow as tf

_v1 = tf.compat.v1


def variable_collections(collections: Any, name: str) -> Any:
    """Returns the collections of one variable of a layer.

    Args:
        collections: A list for all variables, or name -> list.
        name: Name of the variable, such as `weights`.
    """
    if isinstance(collections, Mapping):
        return collections.get(name)
    return collections


def collect_outputs(collections: Any, scope: Any, outputs: Any) -> Any:
    """Returns the outputs of a layer, which are added to collections.

    Args:
        collections: Name of a collection, or several; `None` for none.
        scope: Variable scope of the layer, whose name becomes an alias of the
            outputs: their key in `slim.utils.convert_collection_to_dict`.
        outputs: The tensor.
    """
    if not collections:
        return outputs
    alias = scope.original_name_scope.removesuffix("/")
    outputs.alias = alias
    outputs.aliases = [*getattr(outputs, "aliases", []), alias]
    # A tuple of names is not one name for TensorFlow.
    names = (
        list(collections)
        if isinstance(collections, (list, tuple, set))
        else collections
    )
    if isinstance(names, list):
        _v1.add_to_collections(names, outputs)
    else:
        _v1.add_to_collection(names, outputs)
    return outputs
