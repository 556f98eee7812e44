"""Modules that lie over modules of TensorFlow.

A module of `keras_estimator.compat.v1` has the names that it defines, and for
all others shows those of its counterpart in `tensorflow.compat.v1`:

```python
__getattr__, __dir__ = overlay(__name__)
```

A counterpart that needs no names of its own needs no file either: a dotted
import of it (`import keras_estimator.compat.v1.losses`) makes the module.
"""

import importlib.abc
import importlib.machinery
import sys
import types
from collections.abc import Callable
from typing import Any

import tensorflow as tf

from keras_estimator.compat._missing import message

_OURS = "keras_estimator.compat.v1"


def overlay(
    name: str,
) -> tuple[Callable[[str], Any], Callable[[], list[str]]]:
    """Returns `__getattr__` and `__dir__` for a module of the overlay.

    Args:
        name: The module's `__name__`.
    """
    below = _below(name)

    def get(attribute: str) -> Any:
        try:
            return getattr(below, attribute)
        except AttributeError:
            raise AttributeError(message(name, attribute)) from None

    def names() -> list[str]:
        return sorted({*vars(sys.modules[name]), *dir(below)})

    return get, names


def _below(name: str) -> Any:
    """Returns TensorFlow's counterpart of a module of the overlay."""
    module: Any = tf.compat.v1
    for part in name.removeprefix(_OURS).split(".")[1:]:
        module = getattr(module, part)
    return module


class _Finder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Makes the modules of the overlay that have no file."""

    def find_spec(
        self, fullname: str, path: Any, target: Any = None
    ) -> importlib.machinery.ModuleSpec | None:
        """Finds what is a module in TensorFlow."""
        if not fullname.startswith(f"{_OURS}."):
            return None
        try:
            below = _below(fullname)
        except AttributeError:
            return None
        if not isinstance(below, types.ModuleType):
            return None
        return importlib.machinery.ModuleSpec(fullname, self, is_package=True)

    def exec_module(self, module: types.ModuleType) -> None:
        """Lets the module show its counterpart."""
        module.__doc__ = f"tensorflow.compat.v1{module.__name__[len(_OURS) :]}"
        get, names = overlay(module.__name__)
        module.__getattr__ = get  # type: ignore[method-assign]
        module.__dir__ = names  # type: ignore[method-assign]


def install_finder() -> None:
    """Lets dotted imports find the modules that have no file."""
    if not any(isinstance(finder, _Finder) for finder in sys.meta_path):
        sys.meta_path.append(_Finder())
