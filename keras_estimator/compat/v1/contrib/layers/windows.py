"""Arguments that convolutions and poolings share."""

from collections.abc import Sequence
from typing import Any

from keras_estimator.errors import ConfigError

# Rank of the inputs: names of both formats.
_LAST = {3: "NWC", 4: "NHWC", 5: "NDHWC"}
_FIRST = {3: "NCW", 4: "NCHW", 5: "NCDHW"}


def each_dimension(value: Any, count: int, argument: str) -> list[int]:
    """Returns a number for each dimension.

    Args:
        value: An integer, or a list of `count` of them, or of one.
        count: Number of dimensions.
        argument: Name of the argument, for the error.

    Raises:
        ConfigError: If the list has another length.
    """
    numbers = (
        [int(each) for each in value]
        if isinstance(value, Sequence) or hasattr(value, "__len__")
        else [int(value)] * count
    )
    if len(numbers) == 1:
        numbers *= count
    if len(numbers) != count:
        raise ConfigError(
            f"`{argument}` must be an integer or a list of {count} integers. "
            f"Received: {value!r}."
        )
    return numbers


def check_format(data_format: Any, accepted: tuple[str, ...]) -> None:
    """Raises if a data format is not among the accepted ones."""
    if data_format not in accepted:
        raise ConfigError(
            f"`data_format` has to be either {' or '.join(accepted)}. "
            f"Received: {data_format!r}."
        )


def is_channels_first(data_format: str | None) -> bool:
    """Returns whether channels come before the dimensions of space."""
    return data_format is not None and data_format.startswith("NC")


def format_of(rank: int, data_format: str | None) -> str:
    """Returns the name of a format for inputs of a rank from 3 to 5."""
    return (_FIRST if is_channels_first(data_format) else _LAST)[rank]


def on_all_axes(numbers: list[int], data_format: str | None) -> list[int]:
    """Returns numbers for all axes: 1 for batch and channels.

    Args:
        numbers: One for each dimension of space.
        data_format: Where the channels are.
    """
    if is_channels_first(data_format):
        return [1, 1, *numbers]
    return [1, *numbers, 1]


def channels_of(inputs: Any, data_format: str | None) -> int:
    """Returns the number of channels.

    Raises:
        ConfigError: If it is not known.
    """
    axis = 1 if is_channels_first(data_format) else -1
    channels = None if inputs.shape.rank is None else inputs.shape[axis]
    if channels is None:
        raise ConfigError(
            "The number of channels of `inputs` must be known when the graph "
            f"is built. Received: shape {inputs.shape} of {inputs.name}. "
            "`set_shape` tells it."
        )
    # It may be a `Dimension` of TensorFlow 1.
    return int(channels)
