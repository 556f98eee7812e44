"""Which of two evaluations is better: the user's `compare_fn`."""

import inspect
from collections.abc import Callable
from collections.abc import Mapping
from typing import Any

import numpy as np

from keras_estimator.errors import ConfigError
from keras_estimator.errors import MetricNotFoundError

EvalResult = Mapping[str, Any]
CompareFn = Callable[..., bool]
_ARGUMENTS = ("best_eval_result", "current_eval_result")
_LOSS = "loss"


def loss_is_smaller(
    best_eval_result: EvalResult, current_eval_result: EvalResult
) -> bool:
    """Returns whether the loss of the current evaluation is lower.

    Args:
        best_eval_result: Results of the best evaluation so far.
        current_eval_result: Results of the current one.

    Raises:
        ConfigError: If one of them has no loss.
    """
    for name, result in zip(
        _ARGUMENTS, (best_eval_result, current_eval_result), strict=True
    ):
        if not result or _LOSS not in result:
            raise ConfigError(
                f"{name} cannot be empty or no loss is found in it. Received: "
                f"{result!r}."
            )
    return best_eval_result[_LOSS] > current_eval_result[_LOSS]


def checked_compare_fn(compare_fn: Any) -> CompareFn:
    """Returns a compare_fn.

    Raises:
        ConfigError: If it does not take the two arguments by their names.
    """
    if compare_fn is None:
        raise ConfigError(
            "`compare_fn` must not be None. Leave it out to compare the loss."
        )
    try:
        given = inspect.signature(compare_fn).parameters.values()
    except (TypeError, ValueError) as error:
        raise ConfigError(
            "`compare_fn` must be a function of best_eval_result and "
            f"current_eval_result, given: {compare_fn!r}."
        ) from error
    names = [p.name for p in given if p.kind not in (p.VAR_KEYWORD,)]
    takes_any = any(p.kind is p.VAR_KEYWORD for p in given)
    missing = [n for n in _ARGUMENTS if n not in names and not takes_any]
    if missing:
        raise ConfigError(
            f"compare_fn ({compare_fn}) must include {' and '.join(missing)} "
            f"argument. Its arguments are {names}; they are given by name: "
            "`def compare_fn(best_eval_result, current_eval_result)`."
        )
    unexpected = [
        p.name
        for p in given
        if p.name not in _ARGUMENTS
        and p.default is p.empty
        and p.kind is not p.VAR_KEYWORD
    ]
    if unexpected:
        raise ConfigError(
            f"compare_fn ({compare_fn}) has following not expected args: "
            f"{unexpected}. Only `best_eval_result` and `current_eval_result` "
            "are given."
        )
    return compare_fn


def is_better(
    compare_fn: CompareFn, best: EvalResult, current: EvalResult
) -> bool:
    """Returns whether `compare_fn` finds the current evaluation better.

    Raises:
        MetricNotFoundError: If it asks for a metric that is not there.
        ConfigError: If it raises another error, or returns no bool.
    """
    shown = getattr(compare_fn, "__qualname__", repr(compare_fn))
    try:
        found = compare_fn(best_eval_result=best, current_eval_result=current)
    except KeyError as error:
        raise MetricNotFoundError(
            f"compare_fn `{shown}` asks for {error.args[0]!r}. The best "
            f"evaluation has {sorted(best)}, the current one "
            f"{sorted(current)}. Return it in `eval_metric_ops`."
        ) from error
    except ConfigError:
        raise
    except Exception as error:
        raise ConfigError(
            f"compare_fn `{shown}` raised {type(error).__name__}: {error}. "
            f"It was given best_eval_result={dict(best)!r} and "
            f"current_eval_result={dict(current)!r}."
        ) from error
    if not isinstance(found, (bool, np.bool_)):
        raise ConfigError(
            f"compare_fn `{shown}` must return True or False. It returned "
            f"{found!r} (of type {type(found).__name__})."
        )
    return bool(found)
