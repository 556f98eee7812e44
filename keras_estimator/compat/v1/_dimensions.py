"""`x.shape[1].value`: dimensions of TF1 where TensorFlow has numbers.

In TF1 `shape[i]` was a `Dimension`, and programs ask it for its `value`. Here a
known one is an `int` that has a `value` as well, so that nothing that takes a
number sees a difference. An unknown one is `None`, as in TensorFlow 2; but
where `.value` follows at once, as in `x.shape[0].value`, it has that, too.
"""

import dis
import functools
import sys
from collections.abc import Callable
from collections.abc import Iterator
from types import CodeType
from types import FrameType
from typing import Any
from typing import ClassVar

import tensorflow as tf

# They get the numbers that they know.
_LIBRARIES = ("keras", "keras_estimator", "numpy", "tensorflow", "tf_keras")
_Operator = Callable[[Any, Any], Any]


class Dimension(int):
    """A known size: a number that also speaks as TF1's `Dimension` did.

    Example:
    >>> size = Dimension(3)
    >>> (size * 2).value, size == 3
    (6, True)
    """

    # Keras 3.8 looks up the types of sizes as if they were dtypes.
    name: ClassVar[str] = "int32"

    @property
    def value(self) -> int:
        """The number itself."""
        return int(self)

    def __reduce__(self) -> tuple[type[int], tuple[int]]:
        # What is saved or copied is a number like any other.
        return int, (int(self),)


def _closed(function: _Operator) -> Callable[[Any, Any], Any]:
    """Returns an operator whose result for whole numbers is a Dimension."""

    @functools.wraps(function)
    def apply(one: Any, other: Any) -> Any:
        result = function(one, other)
        return Dimension(result) if type(result) is int else result

    return apply


for _name in ("add", "sub", "mul", "floordiv", "mod"):
    for _method in (f"__{_name}__", f"__r{_name}__"):
        setattr(Dimension, _method, _closed(getattr(int, _method)))


def install() -> None:
    """Lets shapes of TensorFlow have such dimensions, for user code."""
    shape: Any = tf.TensorShape
    if not hasattr(shape.__getitem__, "below"):
        shape.__getitem__ = _getitem_over(shape.__getitem__)
        shape.__iter__ = _iter_over(shape.__iter__)


def _getitem_over(below: Any) -> Any:
    @functools.wraps(below)
    def __getitem__(self: Any, key: Any) -> Any:
        found = below(self, key)
        frame = sys._getframe(1)
        if _is_of_a_library(frame):
            return found
        if type(found) is int:
            return Dimension(found)
        if found is None and _asks_for_value(frame):
            return tf.compat.v1.Dimension(None)
        return found

    __getitem__.below = below  # type: ignore[attr-defined]
    return __getitem__


def _iter_over(below: Any) -> Any:
    @functools.wraps(below)
    def __iter__(self: Any) -> Iterator[Any]:
        sizes = below(self)
        if _is_of_a_library(sys._getframe(1)):
            return sizes
        return (Dimension(x) if type(x) is int else x for x in sizes)

    return __iter__


def _is_of_a_library(frame: FrameType) -> bool:
    """Whether the code that asks is none of the program's own."""
    module = frame.f_globals.get("__name__", "")
    return module.partition(".")[0] in _LIBRARIES


def _asks_for_value(frame: FrameType) -> bool:
    return frame.f_lasti in _subscripts_asked_for_value(frame.f_code)


@functools.lru_cache(maxsize=1024)
def _subscripts_asked_for_value(code: CodeType) -> frozenset[int]:
    """Returns where in the code `[...]` is followed by `.value`."""
    instructions = list(dis.get_instructions(code))
    return frozenset(
        place
        for one, following in zip(instructions, instructions[1:], strict=False)
        if following.opname == "LOAD_ATTR" and following.argval == "value"
        # Once it is specialized, Python has passed its caches, too.
        for place in range(one.offset, following.offset)
    )
