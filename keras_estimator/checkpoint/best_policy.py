"""Which checkpoints count as the best, for `RunConfig`."""

import inspect
from collections.abc import Callable
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from keras_estimator.errors import ArgumentTypeError
from keras_estimator.errors import ConfigError

_RESULTS = ("best_eval_result", "current_eval_result")
_LOSS = "loss"


@dataclass(frozen=True)
class BestCheckpoints:
    """Keeps the checkpoints with the best evaluations, besides the newest.

    After each `Estimator.evaluate` of a checkpoint in model_dir, it is compared
    with the best ones so far. One of the best is copied to the folder
    `best_checkpoints` in model_dir, where no newer checkpoint displaces it.
    `Estimator.best_checkpoint()` is the path of the best.

    Args:
        keep: How many of the best, int >= 1.
        metric: The result of evaluate that is compared; a number. One that is
            not a number (NaN) is never better.
        compare_fn: Function of two dicts, what evaluate returned for the best
            checkpoint and for the current one; returns whether the current one
            is better. Instead of `metric`. Its arguments are given by name if
            it has `best_eval_result` and `current_eval_result`.
        higher_is_better: Whether a higher value of `metric` is better.
        name: Name of the evaluation that counts, as given to `evaluate`. `None`
            for the one without a name.

    Raises:
        ConfigError: If a value is out of its range, or contradicts another.
        ArgumentTypeError: If it has the wrong type.

    Example:
    ```python
    best = BestCheckpoints(keep=3, metric="accuracy", higher_is_better=True)
    estimator = Estimator(
        model_fn, "model", RunConfig(keep_best_checkpoints=best)
    )
    for _ in range(10):
        estimator.train(train_input_fn, steps=1000)
        estimator.evaluate(eval_input_fn)
    estimator.predict(input_fn, checkpoint_path=estimator.best_checkpoint())
    ```
    """

    keep: int = 1
    metric: str = _LOSS
    compare_fn: Callable[..., bool] | None = None
    higher_is_better: bool = False
    name: str | None = None

    def __post_init__(self) -> None:
        """Checks the values."""
        self._check_types()
        faults = []
        if self.keep < 1:
            faults.append(
                f"`keep` must be at least 1. Received: keep={self.keep}. To "
                "keep none, leave `keep_best_checkpoints` out."
            )
        if not self.metric:
            faults.append(
                "`metric` must be the name of a result of evaluate. Received: "
                f"metric={self.metric!r}."
            )
        if self.compare_fn is not None:
            if self.higher_is_better or self.metric != _LOSS:
                faults.append(
                    "`compare_fn` decides alone: leave out `metric` and "
                    f"`higher_is_better`. Received: metric={self.metric!r}, "
                    f"higher_is_better={self.higher_is_better}."
                )
            if not _takes_two(self.compare_fn):
                faults.append(
                    "`compare_fn` must take two arguments, "
                    f"{' and '.join(_RESULTS)}. Received: compare_fn="
                    f"{self.compare_fn!r}."
                )
        if faults:
            raise ConfigError("\n".join(faults))

    def _check_types(self) -> None:
        expected: dict[str, tuple[str, bool]] = {
            "keep": (
                "a whole number",
                isinstance(self.keep, int) and not isinstance(self.keep, bool),
            ),
            "metric": ("a string", isinstance(self.metric, str)),
            "compare_fn": (
                "a function or None",
                self.compare_fn is None or callable(self.compare_fn),
            ),
            "higher_is_better": (
                "True or False",
                isinstance(self.higher_is_better, bool),
            ),
            "name": (
                "a string or None",
                isinstance(self.name, (str, type(None))),
            ),
        }
        faults = [
            f"`{name}` must be {words}. Received: {name}="
            f"{getattr(self, name)!r} ({type(getattr(self, name)).__name__})."
            for name, (words, is_fine) in expected.items()
            if not is_fine
        ]
        if faults:
            raise ArgumentTypeError("\n".join(faults))


def call_compare_fn(
    compare_fn: Callable[..., Any],
    best: Mapping[str, Any],
    current: Mapping[str, Any],
) -> Any:
    """Calls a `compare_fn`: by name, unless it has other names."""
    if _binds(compare_fn, **dict.fromkeys(_RESULTS)):
        return compare_fn(best_eval_result=best, current_eval_result=current)
    return compare_fn(best, current)


def _takes_two(compare_fn: Callable[..., Any]) -> bool:
    return _binds(compare_fn, **dict.fromkeys(_RESULTS)) or _binds(
        compare_fn, None, None
    )


def _binds(function: Callable[..., Any], *args: Any, **kwargs: Any) -> bool:
    try:
        signature = inspect.signature(function)
    except ValueError:  # a builtin that does not tell its arguments
        return bool(args)
    try:
        signature.bind(*args, **kwargs)
    except TypeError:
        return False
    return True
