"""`x.shape[1].value`: dimensions of TF1 where TensorFlow has numbers.

In TF1 `shape[i]` was a `Dimension`, and programs ask it for its `value`. Here a
known one is an `int` that has a `value` as well, so that nothing that takes a
number sees a difference. An unknown one is `None`, as in TensorFlow 2; but
where `.value` follows at once, as in `x.shape[0].value`, it has that, too; and
so it is in `[size.value for size in x.shape]`.
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
_LIBRARIES = frozenset(
    (
        "keras",
        "keras_cv",
        "keras_estimator",
        "keras_hub",
        "keras_nlp",
        "keras_tuner",
        "numpy",
        "pandas",
        "scipy",
        "sklearn",
        "tensorflow",
        "tensorflow_hub",
        "tensorflow_probability",
        "tensorflow_recommenders",
        "tf_keras",
        "tf_slim",
    )
)
_v1 = tf.compat.v1
_Operator = Callable[..., Any]


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

    def is_compatible_with(self, other: Any) -> bool:
        """Whether the other size is the same, or unknown."""
        return bool(_v1.Dimension(self.value).is_compatible_with(other))

    def assert_is_compatible_with(self, other: Any) -> None:
        """Refuses another size.

        Raises:
            ValueError: If it is known, and not the same.
        """
        _v1.Dimension(self.value).assert_is_compatible_with(other)

    def merge_with(self, other: Any) -> "Dimension":
        """Returns what is known of a size that both are.

        Raises:
            ValueError: If they are not the same.
        """
        self.assert_is_compatible_with(other)
        return self

    def __reduce__(self) -> tuple[type[int], tuple[int]]:
        # What is saved or copied is a number like any other.
        return int, (int(self),)


def _closed(function: _Operator) -> _Operator:
    """Returns an operator whose result for whole numbers is a Dimension."""

    @functools.wraps(function)
    def apply(*numbers: Any) -> Any:
        result = function(*numbers)
        return Dimension(result) if type(result) is int else result

    return apply


for _name in ("add", "sub", "mul", "floordiv", "mod", "pow"):
    for _method in (f"__{_name}__", f"__r{_name}__"):
        setattr(Dimension, _method, _closed(getattr(int, _method)))
for _method in ("__neg__", "__pos__", "__abs__"):
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
            return _v1.Dimension(None)
        return found

    __getitem__.below = below  # type: ignore[attr-defined]
    return __getitem__


def _iter_over(below: Any) -> Any:
    @functools.wraps(below)
    def __iter__(self: Any) -> Iterator[Any]:
        sizes = below(self)
        frame = sys._getframe(1)
        if _is_of_a_library(frame):
            return sizes
        unknown = _v1.Dimension(None) if _iterates_for_values(frame) else None
        return (_size(x, unknown) for x in sizes)

    return __iter__


def _size(found: Any, unknown: Any) -> Any:
    if type(found) is int:
        return Dimension(found)
    return unknown if found is None else found


def _is_of_a_library(frame: FrameType) -> bool:
    """Whether the code that asks is none of the program's own."""
    module = frame.f_globals.get("__name__", "")
    return module.partition(".")[0] in _LIBRARIES


def _asks_for_value(frame: FrameType) -> bool:
    return frame.f_lasti in _subscripts_asked_for_value(frame.f_code)


def _iterates_for_values(frame: FrameType) -> bool:
    code = frame.f_code
    return _mentions_value(code) and frame.f_lasti not in _unpackings(code)


@functools.lru_cache(maxsize=1024)
def _mentions_value(code: CodeType) -> bool:
    """Whether code, or what is nested in it, has a `.value` anywhere."""
    return "value" in code.co_names or any(
        _mentions_value(inner)
        for inner in code.co_consts
        if isinstance(inner, CodeType)
    )


@functools.lru_cache(maxsize=1024)
def _unpackings(code: CodeType) -> frozenset[int]:
    """Returns where code is `a, b = ...`: each of these has a name of its own.

    What becomes of a name is not known, as with `size = x.shape[0]`.
    """
    instructions = list(dis.get_instructions(code))
    return frozenset(
        place
        for one, following in zip(instructions, instructions[1:], strict=False)
        if one.opname in ("UNPACK_SEQUENCE", "UNPACK_EX")
        for place in range(one.offset, following.offset)
    )


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
