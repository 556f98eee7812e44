"""Calls a user's function with those arguments that its signature names."""

import difflib
import functools
import inspect
import re
from collections.abc import Callable
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from typing import NamedTuple

from keras_estimator.errors import ArgumentTypeError
from keras_estimator.errors import MissingParamError
from keras_estimator.errors import ModelFnError


class Provider(NamedTuple):
    """Who gives model_fn its features and labels, for messages.

    Attributes:
        name: What the function is called.
        with_labels: What it returns if there are labels.
    """

    name: str
    with_labels: str


INPUT_FN = Provider("input_fn", "(features, labels)")
_MODEL_FN_ARGUMENTS = ("features", "labels", "mode", "params", "config")
_OURS = {ValueError: ModelFnError, TypeError: ArgumentTypeError}
# Where messages say `None` and it is no value: unknown sizes of shapes, inputs
# without a name, and the arguments of a layer, which Keras lists.
_NOT_VALUES = re.compile(
    r"""[(\[]\s*(?:(?:\d+|\?|None)\s*,\s*)+(?:(?:\d+|\?|None)\s*)?[)\]]
    | \[None\]
    | with\ name\ 'None'
    | ^\s*•.*$""",
    re.MULTILINE | re.VERBOSE,
)


def argument_names(function: Callable) -> tuple[str, ...]:
    """Returns the arguments that a caller can pass by name.

    Arguments that a `functools.partial` already binds, `self` of a bound
    method, `*args` and `**kwargs` are not among them.

    Example:
    >>> argument_names(functools.partial(lambda a, b, c: None, 1, c=2))
    ('b',)
    """
    bound = function.keywords if isinstance(function, functools.partial) else {}
    by_name = (
        inspect.Parameter.POSITIONAL_OR_KEYWORD,
        inspect.Parameter.KEYWORD_ONLY,
    )
    return tuple(
        name
        for name, parameter in inspect.signature(function).parameters.items()
        if parameter.kind in by_name and name not in bound
    )


def describe_function(function: Callable) -> str:
    """Returns a function's name and place, for messages."""
    inner = function
    while isinstance(inner, functools.partial):
        inner = inner.func
    name = getattr(inner, "__qualname__", type(inner).__qualname__)
    code = getattr(inspect.unwrap(inner), "__code__", None)
    if code is None:
        return f"`{name}`"
    return f"`{name}` ({code.co_filename}:{code.co_firstlineno})"


def check_model_fn(model_fn: Callable, params: Any) -> None:
    """Refuses a `model_fn` that cannot be called as tf.estimator does.

    Raises:
        ArgumentTypeError: If it is not callable.
        ModelFnError: If it is `None`, lacks `features`, names an unknown
            argument, or lacks `params` although params are given.
    """
    if not callable(model_fn):
        # A model_fn that is left out is another class in tf.estimator, too.
        raise (ModelFnError if model_fn is None else ArgumentTypeError)(
            "`model_fn` must be a function of (features, labels, mode, params, "
            f"config) or some of these. Received: model_fn={model_fn!r} (of "
            f"type {type(model_fn).__name__})."
        )
    names = argument_names(model_fn)
    where = f"model_fn {describe_function(model_fn)}"
    if "features" not in names:
        raise ModelFnError(
            f"{where} must include features argument. It has: {list(names)}."
        )
    if params is not None and "params" not in names:
        raise ModelFnError(
            f"{where} does not include params argument, but params "
            f"({params}) is passed to Estimator. Add `params` to the "
            "arguments of model_fn, or leave it out of the Estimator."
        )
    unknown = [n for n in names if n not in _MODEL_FN_ARGUMENTS]
    if unknown:
        raise ModelFnError(
            f"{where} has following not expected args: {unknown}. Only "
            f"{list(_MODEL_FN_ARGUMENTS)} are passed by name; bind others "
            "with functools.partial, or put them into `params`."
        )


def call_model_fn(
    model_fn: Callable,
    features: Any,
    labels: Any,
    optional: dict[str, Any],
    provider: Provider = INPUT_FN,
) -> Any:
    """Calls `model_fn` with the arguments that it names.

    Args:
        model_fn: A function that passed `check_model_fn`.
        features: The features.
        labels: The labels, or `None`.
        optional: Values of `mode`, `params` and `config`.
        provider: Where features and labels are from.

    Raises:
        ModelFnError: If there are labels that model_fn does not take.
    """
    names = argument_names(model_fn)
    kwargs = {k: v for k, v in optional.items() if k in names}
    if "labels" in names:
        kwargs["labels"] = labels
    elif labels is not None:
        raise ModelFnError(
            f"model_fn does not take labels, but {provider.name} returns "
            "labels. Add `labels` to the arguments of "
            f"{describe_function(model_fn)}, or return only features from "
            f"{provider.name}."
        )
    if kwargs.get("labels", features) is None:
        mode = optional.get("mode")
        with _naming_absent_labels(model_fn, mode, provider):
            return model_fn(features=features, **kwargs)
    return model_fn(features=features, **kwargs)


@contextmanager
def _naming_absent_labels(
    model_fn: Callable, mode: Any, provider: Provider
) -> Iterator[None]:
    """Says that there are no labels, where what failed is something `None`."""
    try:
        yield
    except (ValueError, TypeError) as error:
        told = _NOT_VALUES.sub("", str(error))
        if type(error) not in _OURS or "None" not in told:
            raise
        remedy = (
            "In this mode they always are: return the predictions before "
            "labels are used."
            if mode == "infer"
            else f"{provider.name} returned only features: let it return "
            f"{provider.with_labels}, or do without labels in model_fn."
        )
        raise _OURS[type(error)](
            f"{error} (`labels` are None in model_fn "
            f"{describe_function(model_fn)} in mode {mode!r}. {remedy})"
        ).with_traceback(error.__traceback__) from None


class Params(dict):
    """A dict of hyperparameters that explains a missing key."""

    def __missing__(self, key: Any) -> Any:
        close = difflib.get_close_matches(str(key), map(str, self), n=1)
        hint = f" Did you mean {close[0]!r}?" if close else ""
        raise MissingParamError(
            f"`params` has no {key!r}.{hint} The Estimator was given params="
            f"{dict(self)!r}: add the key there, or read it with "
            f"`params.get({key!r}, default)`."
        )
