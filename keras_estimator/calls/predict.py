"""One call of predict."""

from collections.abc import Collection
from collections.abc import Iterable
from collections.abc import Iterator
from collections.abc import Mapping
from collections.abc import Sequence
from contextlib import ExitStack
from contextlib import closing
from typing import Any
from typing import NamedTuple

import keras
import tensorflow as tf

from keras_estimator.calls.opening import opened_for_reading
from keras_estimator.calls.progress import CallProgress
from keras_estimator.calls.progress import Source
from keras_estimator.calls.values import Values
from keras_estimator.engine.fetches import FetchPlan
from keras_estimator.engine.hook_runner import HookRunner
from keras_estimator.engine.program import Program
from keras_estimator.engine.steps import StepRunner
from keras_estimator.errors import ArgumentTypeError
from keras_estimator.errors import ConfigError
from keras_estimator.hooks.callbacks import CallbackRun
from keras_estimator.hooks.callbacks import as_hooks
from keras_estimator.inputs.input_fn import Input

_NOT_SPLIT = (
    ", so it cannot be split into examples. Call `predict(..., "
    "yield_single_examples=False)`."
)


class Prediction(NamedTuple):
    """What a call of predict needs.

    Attributes:
        program: The program of PREDICT mode.
        batches: The input.
        values: Where the variables get their values.
        checkpoint: What to predict with; `None` for initial values.
        jit_compile: Whether XLA compiles the steps.
        model: What Keras callbacks among the hooks see.
        progress: Shows how far it is.
    """

    program: Program
    batches: Input
    values: Values
    checkpoint: str | None
    jit_compile: bool
    model: keras.Model
    progress: CallProgress


def predict(
    call: Prediction,
    user_hooks: Sequence[Any],
    predict_keys: Collection[str] | str | None,
    *,
    single_examples: bool,
) -> Iterator[Any]:
    """Yields predictions; a batch is read when its first is asked for.

    Nothing that it needs is left in force while it waits: a caller's graphs
    and modes are its own.

    Args:
        call: What it needs.
        user_hooks: The hooks of the caller.
        predict_keys: Which predictions; `None` for all.
        single_examples: Whether to yield examples rather than batches.
    """
    program = call.program
    predictions = _selected(program.spec.predictions, predict_keys)
    plan = FetchPlan(program.graph, predictions)
    run = CallbackRun(
        "predict",
        call.model,
        predictions,
        lambda outputs: {"outputs": outputs},
        dict,
    )
    hooks = [*as_hooks(user_hooks, run), *program.spec.prediction_hooks]
    with ExitStack() as stack:
        binding, batches, session = stack.enter_context(
            opened_for_reading(
                program,
                call.batches,
                call.values,
                call.checkpoint,
                hooks,
                stays_open=True,
            )
        )
        runner = HookRunner([*hooks, call.progress], session, predictions)
        steps = StepRunner(
            binding, batches, counts=False, jit_compile=call.jit_compile
        )
        stack.enter_context(closing(runner))
        with program.graph.as_default():
            runner.after_create_session()
        source = Source(call.batches, lambda: steps.steps_done)
        with call.progress.showing(source):
            while not runner.should_stop:
                try:
                    with program.graph.as_default():
                        fetches, feeds = runner.before_run(steps.global_step)
                        values = steps.run((*plan.names, *fetches), feeds)
                        runner.after_run(values)
                except (tf.errors.OutOfRangeError, StopIteration):
                    break
                batch = plan.values(values)
                yield from _examples(batch) if single_examples else [batch]
        with program.graph.as_default():
            runner.end()


def _selected(predictions: Any, keys: Collection[str] | str | None) -> Any:
    """Returns the predictions that `predict_keys` names.

    Raises:
        ConfigError: If it names none of them, or they have no names.
    """
    if not keys:
        return predictions
    if not isinstance(predictions, Mapping):
        raise ConfigError(
            "predict_keys argument is not valid in case of non-dict "
            f"predictions. Received: predict_keys={keys!r}; the predictions "
            "of model_fn are a single tensor. Leave predict_keys out."
        )
    if not isinstance(keys, Iterable):
        raise ArgumentTypeError(
            "`predict_keys` must be a list of names of predictions. Received: "
            f"predict_keys={keys!r} (of type {type(keys).__name__})."
        )
    wanted = [keys] if isinstance(keys, str) else list(keys)
    selected = {k: v for k, v in predictions.items() if k in wanted}
    if not selected:
        raise ConfigError(
            f"Expected to run at least one output from {list(predictions)}, "
            f"provided {wanted}. Let `predict_keys` name some of these, or "
            "leave it out."
        )
    return selected


def _examples(batch: Any) -> Iterator[Any]:
    """Yields the examples of a batch of predictions.

    Raises:
        ArgumentTypeError: If the prediction is a scalar.
        ConfigError: If the predictions do not have the same number of rows.
    """
    if not isinstance(batch, Mapping):
        if not getattr(batch, "shape", ()):
            raise ArgumentTypeError(
                "The prediction is a single value for the whole batch"
                f"{_NOT_SPLIT}"
            )
        yield from batch
        return
    sizes = {}
    for key, value in batch.items():
        if not getattr(value, "shape", ()):
            raise ConfigError(
                f"The prediction {key!r} is a single value for the whole "
                f"batch{_NOT_SPLIT}"
            )
        sizes[key] = len(value)
    if len(set(sizes.values())) > 1:
        raise ConfigError(
            "Batch length of predictions should be same. Received: "
            f"{sizes}. Call `predict(..., yield_single_examples=False)` to "
            "get whole batches."
        )
    for i in range(next(iter(sizes.values()))):
        yield {key: value[i] for key, value in batch.items()}
