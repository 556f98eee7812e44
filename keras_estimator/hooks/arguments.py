"""What hooks ask of the arguments that several of them take."""

import numbers
from typing import Any

from keras_estimator.errors import ArgumentTypeError
from keras_estimator.errors import ConfigError
from keras_estimator.run_config import RunConfig


def check_estimator(estimator: Any) -> None:
    """Checks that an argument `estimator` is an `Estimator`.

    Raises:
        ArgumentTypeError: If it is not.
    """
    # By what is used of it: the class is in a part above this one.
    if not isinstance(getattr(estimator, "config", None), RunConfig):
        raise ArgumentTypeError(
            "`estimator` must have type `keras_estimator.Estimator`. Got: "
            f"{type(estimator)}."
        )


def check_number(argument: str, value: Any) -> None:
    """Checks that an argument is a number.

    Raises:
        ArgumentTypeError: If it is not.
    """
    if not isinstance(value, numbers.Real):
        raise ArgumentTypeError(
            f"`{argument}` must be a number. Received: {argument}={value!r} "
            f"(of type {type(value).__name__})."
        )


def check_run_every(secs: float | None, steps: float | None) -> None:
    """Checks how often a hook is to look.

    Raises:
        ArgumentTypeError: If one is given and is no number.
        ConfigError: If both or none are given, or one is negative.
    """
    received = f"Received: run_every_secs={secs}, run_every_steps={steps}."
    if secs is not None and steps is not None:
        raise ConfigError(
            "Only one of `run_every_secs` and `run_every_steps` must be set. "
            f"{received} The first is 60 by default: to look every so many "
            "steps, give `run_every_secs=None` as well."
        )
    if secs is None and steps is None:
        raise ConfigError(
            "Either `run_every_secs` or `run_every_steps` should be provided. "
            f"{received}"
        )
    given = steps if secs is None else secs
    check_number("run_every_steps" if secs is None else "run_every_secs", given)
    if given is not None and given < 0:
        raise ConfigError(
            "`run_every_secs` and `run_every_steps` must not be negative. "
            f"{received}"
        )
