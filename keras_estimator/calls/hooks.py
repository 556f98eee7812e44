"""The hooks of a call: the user's, the spec's, and those that come by default.

The order is that of tf.estimator. In training: the saver and the hooks for
the chief, counting and summaries, the user's, the checks, the spec's.
"""

import math
import numbers
from collections.abc import Iterable
from collections.abc import Iterator
from collections.abc import Sequence
from contextlib import contextmanager
from typing import Any

import keras
import tensorflow as tf

from keras_estimator.engine import _tensorflow
from keras_estimator.engine.program import Program
from keras_estimator.errors import ArgumentTypeError
from keras_estimator.errors import ConfigError
from keras_estimator.hooks import CheckpointSaverHook
from keras_estimator.hooks import LoggingTensorHook
from keras_estimator.hooks import NanTensorHook
from keras_estimator.hooks import ProfilerHook
from keras_estimator.hooks import StepCounterHook
from keras_estimator.hooks import StopAtStepHook
from keras_estimator.hooks import SummarySaverHook
from keras_estimator.hooks.saving import BackgroundSaver
from keras_estimator.hooks.saving import SaverOfSession
from keras_estimator.run_config import RunConfig

_v1 = tf.compat.v1
_KINDS = (_v1.train.SessionRunHook, keras.callbacks.Callback)
# Those of the user may read a checkpoint as soon as it is saved.
_LOOK_AT_NO_FILES = (
    LoggingTensorHook,
    NanTensorHook,
    ProfilerHook,
    StepCounterHook,
    StopAtStepHook,
    SummarySaverHook,
)
_SAVERS = (CheckpointSaverHook, _v1.train.CheckpointSaverHook)


def check_hooks(hooks: Iterable[Any] | None) -> list[Any]:
    """Returns hooks as a list.

    Raises:
        ArgumentTypeError: If one is no `SessionRunHook` or Keras callback.
    """
    checked = _as_list("hooks", hooks, "SessionRunHook")
    for hook in checked:
        if not isinstance(hook, _KINDS):
            raise ArgumentTypeError(
                f"Hooks must be a SessionRunHook, given: {hook!r}. A "
                "keras.callbacks.Callback will do as well; give an object, not "
                "a class."
            )
    return checked


def check_listeners(listeners: Iterable[Any] | None) -> list[Any]:
    """Returns saving listeners as a list.

    Raises:
        ArgumentTypeError: If one of them is no `CheckpointSaverListener`.
    """
    checked = _as_list("saving_listeners", listeners, "CheckpointSaverListener")
    for listener in checked:
        if not isinstance(listener, _v1.train.CheckpointSaverListener):
            raise ArgumentTypeError(
                "saving_listeners must be a list of CheckpointSaverListener, "
                f"given: {listener!r}."
            )
    return checked


def _as_list(argument: str, objects: Any, kind: str) -> list[Any]:
    if objects is None:
        return []
    if not isinstance(objects, Iterable):
        raise ArgumentTypeError(
            f"`{argument}` must be a list of {kind} objects. Received: "
            f"{argument}={objects!r} (of type {type(objects).__name__}). Put "
            "it into a list."
        )
    return list(objects)


def whole_steps(argument: str, steps: float | None) -> int | None:
    """Returns a number of steps as a whole number.

    Old code divides the number of examples by the size of a batch: then the
    next whole number of steps is run.

    Raises:
        ArgumentTypeError: If it is no number.
        ConfigError: If it is not positive.
    """
    if steps is None:
        return None
    if not isinstance(steps, numbers.Real):
        raise ArgumentTypeError(
            f"`{argument}` must be a number of steps. Received: {argument}="
            f"{steps!r} (of type {type(steps).__name__})."
        )
    if steps <= 0:
        raise ConfigError(f"Must specify {argument} > 0, given: {steps}")
    return math.ceil(steps)


def steps_hook(steps: float | None, max_steps: float | None) -> list[Any]:
    """Returns the hook that ends training after a number of steps, if any.

    Raises:
        ConfigError: If both are given, or one is not positive.
    """
    if steps is not None and max_steps is not None:
        raise ConfigError(
            "Can not provide both steps and max_steps. Received: "
            f"steps={steps}, max_steps={max_steps}. `steps` adds to what has "
            "been trained, `max_steps` counts from the very beginning."
        )
    steps = whole_steps("steps", steps)
    max_steps = whole_steps("max_steps", max_steps)
    if steps is None and max_steps is None:
        return []
    return [StopAtStepHook(steps, max_steps)]


def for_training(
    program: Program,
    config: RunConfig,
    user_hooks: Sequence[Any],
    listeners: Sequence[Any],
) -> list[Any]:
    """Returns all hooks of a call of train, in order.

    Raises:
        ConfigError: If there are listeners and nothing that saves.
    """
    spec = program.spec
    checks: list[Any] = [NanTensorHook(spec.loss)]
    if config.log_step_count_steps is not None:
        tensors = {
            "loss": spec.loss,
            "step": _v1.train.get_global_step(program.graph),
        }
        checks.append(LoggingTensorHook(tensors, config.log_step_count_steps))
    of_workers = [*user_hooks, *checks, *spec.training_hooks]
    savers = [
        hook
        for hook in (*of_workers, *spec.training_chief_hooks)
        if isinstance(hook, _SAVERS)
    ]
    for saver in savers:
        _give_saver(saver)
    of_chief = list(spec.training_chief_hooks)
    saves = config.save_checkpoints_secs or config.save_checkpoints_steps
    if saves and not savers:
        others = [*listeners, *of_chief, *of_workers]
        savers = [_default_saver(program, config, others)]
        of_chief = [*savers, *of_chief]
    if listeners:
        _add_listeners(savers, listeners)
    return [*of_chief, *_reports(program, config), *of_workers]


def _default_saver(
    program: Program, config: RunConfig, others: Iterable[Any]
) -> CheckpointSaverHook:
    """Returns the hook that saves where the user gives none.

    Args:
        program: What is saved.
        config: When and where to.
        others: All hooks and listeners that may look at what it writes.
    """
    scaffold = program.spec.scaffold
    is_alone = all(type(other) in _LOOK_AT_NO_FILES for other in others)
    writer: dict[str, Any] = {"scaffold": scaffold}
    if is_alone and scaffold.saver is None:
        writer = {"saver": BackgroundSaver()}
    return CheckpointSaverHook(
        str(config.model_dir),
        save_secs=config.save_checkpoints_secs,
        save_steps=config.save_checkpoints_steps,
        save_graph_def=config.checkpoint_save_graph_def,
        **writer,
    )


def _give_saver(hook: Any) -> None:
    """Lets a hook of TensorFlow's own save as the call is configured to.

    It finds its saver in a collection of the graph, or in a Scaffold that has
    been finalized. Here the saver is the session's, in neither of them, and
    the hook has no public way to be given one.
    """
    is_ours = isinstance(hook, CheckpointSaverHook)
    if not is_ours and _tensorflow.lacks_saver(hook):
        _tensorflow.give_saver(hook, SaverOfSession())


def _add_listeners(savers: Sequence[Any], listeners: Sequence[Any]) -> None:
    """Adds listeners to the first hook that saves, as tf.estimator does."""
    if not savers:
        raise ConfigError(
            "There should be a CheckpointSaverHook to use saving_listeners. "
            "Please set one of the RunConfig.save_checkpoints_steps or "
            "RunConfig.save_checkpoints_secs."
        )
    known = _listeners_of(savers[0])
    known.extend(one for one in listeners if one not in known)


def _listeners_of(saver: Any) -> list[Any]:
    if isinstance(saver, CheckpointSaverHook):
        return saver._listeners
    return _tensorflow.saving_listeners(saver)


@contextmanager
def told_of_checkpoints(hooks: Sequence[Any], listener: Any) -> Iterator[None]:
    """Lets a listener hear of all checkpoints while the block runs.

    Args:
        hooks: Some of them write checkpoints.
        listener: Comes after the listeners that they have.

    Raises:
        ConfigError: If none of them writes checkpoints.
    """
    savers = [hook for hook in hooks if isinstance(hook, _SAVERS)]
    if not savers:
        raise ConfigError(
            "CheckpointInputPipelineHook saves the input with each checkpoint, "
            "and this call writes none. Set `RunConfig(save_checkpoints_steps="
            "...)` or `save_checkpoints_secs`, or add a CheckpointSaverHook."
        )
    for saver in savers:
        _add_listeners([saver], [listener])
    try:
        yield
    finally:
        for saver in savers:
            _listeners_of(saver).remove(listener)


def _reports(program: Program, config: RunConfig) -> list[Any]:
    """Returns the hooks that write events."""
    reports: list[Any] = []
    if config.log_step_count_steps:
        reports.append(
            StepCounterHook(
                config.log_step_count_steps, output_dir=config.model_dir
            )
        )
    if config.save_summary_steps:
        reports.append(
            SummarySaverHook(
                save_steps=config.save_summary_steps,
                output_dir=config.model_dir,
                scaffold=program.spec.scaffold,
            )
        )
    return reports
