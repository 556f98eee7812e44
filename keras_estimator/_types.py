"""Aliases for what users hand over."""

import os
from collections.abc import Callable
from typing import Any
from typing import TypeAlias

# What one batch is made of: a tensor, or a nest of tensors.
Features: TypeAlias = Any
Labels: TypeAlias = Any
# A nest of tf.TypeSpec with the structure of a batch.
ElementSpec: TypeAlias = Any
# A nest of tensors, operations, variables and graph element names.
Fetches: TypeAlias = Any

ModelFn: TypeAlias = Callable[..., Any]
InputFn: TypeAlias = Callable[..., Any]
Path: TypeAlias = str | os.PathLike[str]
