"""TrainSpec and EvalSpec: what `train_and_evaluate` is to do."""

import numbers
import os
from collections.abc import Callable
from collections.abc import Iterable
from typing import Any
from typing import NamedTuple

from keras_estimator._types import InputFn
from keras_estimator.calls.hooks import check_hooks
from keras_estimator.calls.hooks import check_listeners
from keras_estimator.calls.hooks import whole_steps
from keras_estimator.errors import ArgumentTypeError
from keras_estimator.errors import ConfigError
from keras_estimator.training.exporters import Exporter


class _TrainFields(NamedTuple):
    input_fn: InputFn
    max_steps: int | None
    hooks: tuple[Any, ...]
    saving_listeners: tuple[Any, ...]


class TrainSpec(_TrainFields):
    """What `train_and_evaluate` trains on, and for how long.

    Args:
        input_fn: As for `Estimator.train`.
        max_steps: Global step to stop at; `None` to train until the input
            ends.
        hooks: `SessionRunHook`s and Keras callbacks.
        saving_listeners: Are told when checkpoints are written, before they
            are evaluated.

    Raises:
        ArgumentTypeError: If an argument is of another type.
        ConfigError: If max_steps is not positive.

    Example:
    >>> TrainSpec(lambda: None, max_steps=1000).max_steps
    1000
    """

    __slots__ = ()

    def __new__(
        cls,
        input_fn: InputFn,
        max_steps: int | None = None,
        hooks: Iterable[Any] | None = None,
        saving_listeners: Iterable[Any] | None = None,
    ) -> "TrainSpec":
        """Returns the checked values."""
        return super().__new__(
            cls,
            _checked_input_fn(input_fn),
            whole_steps("max_steps", max_steps),
            tuple(check_hooks(hooks)),
            tuple(check_listeners(saving_listeners)),
        )


class _EvalFields(NamedTuple):
    input_fn: InputFn
    steps: int | None
    name: str | None
    hooks: tuple[Any, ...]
    exporters: tuple[Any, ...]
    start_delay_secs: float
    throttle_secs: float


class EvalSpec(_EvalFields):
    """What `train_and_evaluate` evaluates on, how often, and what it exports.

    Args:
        input_fn: As for `Estimator.evaluate`.
        steps: Batches in an evaluation; `None` for all of the input.
        name: Name of the evaluation: its events go to `eval_<name>`.
        hooks: `SessionRunHook`s and Keras callbacks.
        exporters: An `Exporter`, or several with different names: are called
            after each evaluation.
        start_delay_secs: For how many seconds the evaluator of a cluster waits
            before it begins. Has no effect in one process.
        throttle_secs: How many seconds lie between the beginnings of two
            evaluations at the least. The last checkpoint is always evaluated.

    Raises:
        ArgumentTypeError: If an argument is of another type.
        ConfigError: If steps is not positive, a time is negative, or two
            exporters have the same name.

    Example:
    >>> EvalSpec(lambda: None, steps=None, throttle_secs=60).throttle_secs
    60
    """

    __slots__ = ()

    def __new__(
        cls,
        input_fn: InputFn,
        steps: int | None = 100,
        name: str | None = None,
        hooks: Iterable[Any] | None = None,
        exporters: Iterable[Exporter] | Exporter | None = None,
        start_delay_secs: float = 120,
        throttle_secs: float = 600,
    ) -> "EvalSpec":
        """Returns the checked values."""
        if name is not None and not isinstance(name, str):
            raise ArgumentTypeError(
                f"`name` must be string, given: {name!r} (of type "
                f"{type(name).__name__})."
            )
        for argument, secs in (
            ("start_delay_secs", start_delay_secs),
            ("throttle_secs", throttle_secs),
        ):
            if not isinstance(secs, numbers.Real):
                raise ArgumentTypeError(
                    f"`{argument}` must be a number of seconds. Received: "
                    f"{secs!r} (of type {type(secs).__name__})."
                )
            if secs < 0:
                raise ConfigError(
                    f"Must specify {argument} >= 0, given: {secs}"
                )
        return super().__new__(
            cls,
            _checked_input_fn(input_fn),
            whole_steps("steps", steps),
            name,
            tuple(check_hooks(hooks)),
            _checked_exporters(exporters),
            start_delay_secs,
            throttle_secs,
        )


def _checked_input_fn(input_fn: Any) -> Callable[..., Any]:
    if not callable(input_fn):
        raise ArgumentTypeError(
            f"`input_fn` must be callable, given: {input_fn!r}. Give the "
            "function itself, not what it returns."
        )
    return input_fn


def _checked_exporters(exporters: Any) -> tuple[Exporter, ...]:
    if not exporters:
        return ()
    listed = list(exporters) if isinstance(exporters, Iterable) else [exporters]
    if not all(isinstance(exporter, Exporter) for exporter in listed):
        raise ArgumentTypeError(
            "`exporters` must be an Exporter, an iterable of Exporter, or "
            f"`None`, found {exporters!r}."
        )
    names = [exporter.name for exporter in listed]
    for name in names:
        if not name or not isinstance(name, str):
            raise ConfigError(
                "An Exporter must have a name that is a string and not empty: "
                "the folder below `export` where it writes. Received names: "
                f"{names}."
            )
        if os.path.basename(name) != name or name in (os.curdir, os.pardir):
            raise ConfigError(
                f"The name of an Exporter is that of a folder below `export`: "
                f"{name!r} leads to another place."
            )
    if len(set(names)) < len(names):
        raise ConfigError(
            "`exporters` must have unique names: each writes to the folder of "
            f"its name. Received names: {names}."
        )
    return tuple(listed)
