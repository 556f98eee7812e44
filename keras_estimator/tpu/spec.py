"""TPUEstimatorSpec: what the model_fn of a TPUEstimator returns."""

import inspect
from collections.abc import Callable
from collections.abc import Iterable
from collections.abc import Mapping
from collections.abc import Sequence
from typing import Any
from typing import NamedTuple
from typing import TypeAlias

import keras
import tensorflow as tf

from keras_estimator.engine.arguments import argument_names
from keras_estimator.engine.arguments import describe_function
from keras_estimator.errors import ArgumentTypeError
from keras_estimator.errors import SpecError
from keras_estimator.errors import TensorCountError
from keras_estimator.spec import EstimatorSpec
from keras_estimator.spec import Hook
from keras_estimator.tpu.hooks import HostCallHook

_v1 = tf.compat.v1
HostCall: TypeAlias = tuple[
    Callable[..., Any], Sequence[tf.Tensor] | Mapping[str, tf.Tensor]
]


class _Fields(NamedTuple):
    mode: str
    predictions: Any
    loss: Any
    train_op: Any
    eval_metrics: HostCall | None
    export_outputs: Any
    scaffold_fn: Callable[[], Any] | None
    host_call: HostCall | None
    training_hooks: tuple[Hook, ...]
    evaluation_hooks: tuple[Hook, ...]
    prediction_hooks: tuple[Hook, ...]


class TPUEstimatorSpec(_Fields):
    """One mode of a model, for a `TPUEstimator`.

    `mode`, `predictions`, `loss`, `train_op`, `export_outputs` and the hooks
    are those of `EstimatorSpec`, which checks them.

    Args:
        mode: A name of `ModeKeys`, as model_fn received it.
        predictions: Tensor, or dict of name to tensor.
        loss: Scalar tensor.
        train_op: What one step does.
        eval_metrics: Pair of a function and what it is called with: a list of
            tensors, by position, or a dict of them, by name. It returns a dict
            of name to metric, as `eval_metric_ops` has.
        export_outputs: dict of name to `ExportOutput`.
        scaffold_fn: Function without arguments that returns a `Scaffold`.
        host_call: Pair like `eval_metrics`. What the function returns is run
            at each step; it may write summaries.
        training_hooks: Hooks for training.
        evaluation_hooks: Hooks for evaluation.
        prediction_hooks: Hooks for prediction.

    Raises:
        SpecError: If `eval_metrics` or `host_call` is no such pair.
        ArgumentTypeError: If a function or hook is something else.
        TensorCountError: If a function takes another number of tensors.

    Example:
    ```python
    def metric_fn(labels, logits):
        return {"accuracy": tf.metrics.accuracy(labels, tf.argmax(logits, 1))}


    return ke.tpu.TPUEstimatorSpec(
        mode, loss=loss, eval_metrics=(metric_fn, [labels, logits])
    )
    ```
    """

    def __new__(
        cls,
        mode: str,
        predictions: Any = None,
        loss: Any = None,
        train_op: Any = None,
        eval_metrics: HostCall | None = None,
        export_outputs: Any = None,
        scaffold_fn: Callable[[], Any] | None = None,
        host_call: HostCall | None = None,
        training_hooks: Iterable[Hook] | None = None,
        evaluation_hooks: Iterable[Hook] | None = None,
        prediction_hooks: Iterable[Hook] | None = None,
    ) -> "TPUEstimatorSpec":
        """Checks what an `EstimatorSpec` does not have."""
        _check_call("eval_metrics", eval_metrics)
        _check_call("host_call", host_call)
        return super().__new__(
            cls,
            mode,
            predictions,
            loss,
            train_op,
            eval_metrics,
            export_outputs,
            scaffold_fn,
            host_call,
            _hooks("training_hooks", training_hooks),
            _hooks("evaluation_hooks", evaluation_hooks),
            _hooks("prediction_hooks", prediction_hooks),
        )

    def as_estimator_spec(self) -> EstimatorSpec:
        """Returns the `EstimatorSpec` that runs the same.

        The functions of `eval_metrics`, `host_call` and `scaffold_fn` are
        called, in every mode in which they are given.

        Raises:
            SpecError: If something that the mode needs is missing.
            ArgumentTypeError: If a function does not take its tensors.
        """
        metrics = None
        hooks: tuple[Hook, ...] = ()
        if self.eval_metrics is not None:
            metrics = _called("eval_metrics", self.eval_metrics)
        if self.host_call is not None:
            hooks = (HostCallHook(_called("host_call", self.host_call)),)
        return EstimatorSpec(
            self.mode,
            predictions=self.predictions,
            loss=self.loss,
            train_op=self.train_op,
            eval_metric_ops=metrics,
            export_outputs=self.export_outputs,
            scaffold=None if self.scaffold_fn is None else self.scaffold_fn(),
            training_hooks=(*self.training_hooks, *hooks),
            evaluation_hooks=(*self.evaluation_hooks, *hooks),
            prediction_hooks=(*self.prediction_hooks, *hooks),
        )


def _hooks(name: str, hooks: Iterable[Hook] | None) -> tuple[Hook, ...]:
    checked = tuple(hooks or ())
    for index, hook in enumerate(checked):
        if not isinstance(
            hook, (_v1.train.SessionRunHook, keras.callbacks.Callback)
        ):
            raise ArgumentTypeError(
                "All hooks must be SessionRunHook instances, given: "
                f"{name}[{index}]={hook!r} ({type(hook).__name__})."
            )
    return checked


def _check_call(name: str, call: Any) -> None:
    """Refuses what is no pair of a function and its tensors."""
    if call is None:
        return
    if not isinstance(call, (tuple, list)):
        raise SpecError(
            f"{name} should be tuple or list: a function and its tensors. "
            f"Received: {name}={call!r} ({type(call).__name__})."
        )
    if len(call) != 2:
        raise SpecError(
            f"{name} should have two elements, a function and a list or dict "
            f"of its tensors. It has {len(call)}: {call!r}."
        )
    function, tensors = call
    if not callable(function):
        raise ArgumentTypeError(
            f"{name}[0] should be callable. Received: {function!r} "
            f"({type(function).__name__})."
        )
    if not isinstance(tensors, (tuple, list, dict)):
        raise SpecError(
            f"{name}[1] should be tuple or list, or dict. Received: "
            f"{tensors!r} ({type(tensors).__name__}). Put a single tensor into "
            "a list."
        )
    if isinstance(tensors, dict) or _takes_any_number(function):
        return
    taken = argument_names(function)
    if len(taken) != len(tensors):
        raise TensorCountError(
            f"In TPUEstimatorSpec.{name}, length of tensors {len(tensors)} "
            "does not match method args of the function, which takes "
            f"{len(taken)}: {describe_function(function)} has {list(taken)}."
        )


def _takes_any_number(function: Callable[..., Any]) -> bool:
    parameters = inspect.signature(function).parameters.values()
    return any(p.kind is p.VAR_POSITIONAL for p in parameters)


def _called(name: str, call: HostCall) -> Any:
    function, tensors = call
    if not isinstance(tensors, Mapping):
        return function(*tensors)
    try:
        inspect.signature(function).bind(**tensors)
    except TypeError as error:
        raise ArgumentTypeError(
            f"{name} of TPUEstimatorSpec: {error}. The function "
            f"{describe_function(function)} is called with the tensors by "
            f"name, {list(tensors)}: give its arguments these names."
        ) from None
    return function(**tensors)
