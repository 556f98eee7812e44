"""How words that no vocabulary has are spread over buckets."""

import numbers
from collections.abc import Sequence
from typing import Any
from typing import NamedTuple

import tensorflow as tf

from keras_estimator.errors import ArgumentTypeError
from keras_estimator.errors import ConfigError


class HasherSpec(NamedTuple):
    """A hash function: `FastHashSpec`, or a `StrongHashSpec(key)`.

    Attributes:
        hasher: "fasthash" or "stronghash".
        key: Of "stronghash", two integers.
    """

    hasher: str
    key: Any


FastHashSpec = HasherSpec("fasthash", None)


class StrongHashSpec(HasherSpec):
    """A keyed hash, whose collisions nobody can provoke who lacks the key.

    Args:
        key: Two unsigned integers of 64 bits.

    Raises:
        ConfigError: If there are not two.
        ArgumentTypeError: If they are not integers.

    Example:
    >>> StrongHashSpec([1, 2]).key
    [1, 2]
    """

    __slots__ = ()

    def __new__(cls, key: Sequence[int]) -> "StrongHashSpec":
        """Checks the key."""
        if len(key) != 2:
            raise ConfigError(
                f"`key` must have two integers. Received: {key!r}."
            )
        if not all(
            isinstance(part, numbers.Integral) and not isinstance(part, bool)
            for part in key
        ):
            raise ArgumentTypeError(
                f"`key` must be two unsigned integers. Received: {key!r}."
            )
        return super().__new__(cls, "stronghash", key)


def buckets(keys: tf.Tensor, count: int, spec: HasherSpec) -> tf.Tensor:
    """Returns the bucket of each key.

    Args:
        keys: string or integers, of any shape; integers are hashed as their
            decimal digits.
        count: How many buckets there are.
        spec: The hash function.

    Returns:
        int64 in [0, count), of the shape of `keys`.
    """
    text = keys if keys.dtype == tf.string else tf.strings.as_string(keys)
    if spec.hasher == "fasthash":
        return tf.strings.to_hash_bucket_fast(text, count)
    return tf.strings.to_hash_bucket_strong(text, count, list(spec.key))


def check(spec: Any) -> HasherSpec:
    """Returns `spec`, if it is one.

    Raises:
        ArgumentTypeError: If it is no `HasherSpec`.
        ConfigError: If it is one of an unknown function.
    """
    if not isinstance(spec, HasherSpec):
        raise ArgumentTypeError(
            "`hasher_spec` must be a HasherSpec: FastHashSpec or "
            f"StrongHashSpec(key). Received: {spec!r}."
        )
    if spec.hasher not in ("fasthash", "stronghash"):
        raise ConfigError(
            "`hasher_spec` must be of the function 'fasthash' or "
            f"'stronghash'. Received: {spec!r}."
        )
    return spec
