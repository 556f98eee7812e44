"""Modules that lie over modules of TensorFlow.

A module of `keras_estimator.compat.v1` has the names that it defines, and for
all others shows those of its counterpart in `tensorflow.compat.v1`:

```python
__getattr__, __dir__ = overlay(__name__)
```

A counterpart that needs no names of its own needs no file either: a dotted
import of it (`import keras_estimator.compat.v1.losses`) makes the module.
"""

import importlib
import sys
import types
from collections.abc import Callable
from typing import Any

import tensorflow as tf

from keras_estimator.compat._missing import OURS
from keras_estimator.compat._missing import attribute_error
from keras_estimator.compat._missing import path_of
from keras_estimator.compat._replacements import has_names_below


def overlay(
    name: str,
) -> tuple[Callable[[str], Any], Callable[[], list[str]]]:
    """Returns `__getattr__` and `__dir__` for a module of the overlay.

    Args:
        name: The module's `__name__`.
    """
    below = counterpart(name)

    def get(attribute: str) -> Any:
        if attribute == "__path__":
            return []  # dotted imports go to the finder, not to TensorFlow
        try:
            found = getattr(below, attribute)
        except AttributeError:
            raise attribute_error(name, attribute) from None
        if isinstance(found, types.ModuleType) and has_names_below(
            path_of(name, attribute)
        ):
            # What is asked for in there may be gone, and then has to say so.
            return importlib.import_module(f"{name}.{attribute}")
        return found

    def names() -> list[str]:
        ours = vars(sys.modules[name])
        # Without what the module imports for its own use.
        special = (each for each in ours if each.startswith("__"))
        return sorted({*ours.get("__all__", ()), *special, *dir(below)})

    return get, names


def counterpart(name: str) -> Any:
    """Returns TensorFlow's counterpart of a module of the overlay.

    Args:
        name: The module's `__name__`.

    Raises:
        AttributeError: If TensorFlow has none.
    """
    module: Any = tf.compat.v1
    for part in name.removeprefix(OURS).split(".")[1:]:
        module = getattr(module, part)
    return module
