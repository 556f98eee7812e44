"""What to say of names that tf.estimator has and this package does not."""

from collections.abc import Callable
from typing import Any


def absent(module: str) -> Callable[[str], Any]:
    """Returns a `__getattr__` for a module with names of tf.estimator.

    Args:
        module: The module's `__name__`.
    """

    def get(name: str) -> Any:
        raise AttributeError(
            f"module {module!r} has no attribute {name!r}. The names of "
            "tf.estimator that are not here, and what to use instead, are in "
            "docs/compatibility.md."
        )

    return get
