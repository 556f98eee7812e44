"""One call of train."""

from collections.abc import Iterator
from collections.abc import Sequence
from contextlib import ExitStack
from contextlib import closing
from contextlib import contextmanager
from typing import Any
from typing import NamedTuple

import keras
import tensorflow as tf

from keras_estimator.calls import hooks as default_hooks
from keras_estimator.calls import opening
from keras_estimator.calls.input_pipeline import followed
from keras_estimator.calls.opening import Opened
from keras_estimator.calls.progress import CallProgress
from keras_estimator.calls.progress import Source
from keras_estimator.calls.progress import last_steps
from keras_estimator.calls.results import keras_results
from keras_estimator.calls.values import Values
from keras_estimator.checkpoint.directory import Retention
from keras_estimator.checkpoint.saver import BundleSaver
from keras_estimator.engine import _tensorflow
from keras_estimator.engine import element as elements
from keras_estimator.engine import hook as hook_protocol
from keras_estimator.engine import loop
from keras_estimator.engine.binding import Binding
from keras_estimator.engine.hook_runner import HookRunner
from keras_estimator.engine.program import Program
from keras_estimator.engine.session import GraphSession
from keras_estimator.engine.steps import StepRunner
from keras_estimator.hooks.callbacks import CallbackRun
from keras_estimator.hooks.callbacks import as_hooks
from keras_estimator.inputs.input_fn import Input
from keras_estimator.run_config import RunConfig

_v1 = tf.compat.v1


class Training(NamedTuple):
    """What a call of train needs.

    Attributes:
        program: The program of TRAIN mode.
        batches: The input.
        config: When to save, write and log.
        values: Where the variables get their values.
        checkpoint: From which training goes on; `None` to begin.
        jit_compile: Whether XLA compiles the steps.
        model: What Keras callbacks among the hooks see.
        progress: Shows how far it is.
    """

    program: Program
    batches: Input
    config: RunConfig
    values: Values
    checkpoint: str | None
    jit_compile: bool
    model: keras.Model
    progress: CallProgress


def train(
    call: Training, user_hooks: Sequence[Any], listeners: Sequence[Any]
) -> Any:
    """Trains until a hook stops it or the input ends.

    Args:
        call: What it needs.
        user_hooks: The hooks of the caller.
        listeners: Are told of checkpoints.

    Returns:
        The loss of the last step, `None` if there was none.
    """
    program = call.program
    run = CallbackRun(
        "train",
        call.model,
        program.spec.loss,
        lambda loss: {"loss": loss, **keras_results(program)},
        lambda: {"loss": _loss(program, steps), **keras_results(program)},
    )
    hooks = default_hooks.for_training(
        program, call.config, as_hooks(user_hooks, run), listeners
    )
    with _opened(call, hooks) as (binding, batches, session):
        original = [program.spec.train_op, program.spec.loss]
        runner = HookRunner([*hooks, call.progress], session, original)
        steps = StepRunner(
            binding,
            batches,
            runner.watched,
            counts=True,
            jit_compile=call.jit_compile,
        )
        source = Source(
            call.batches,
            lambda: steps.global_step,
            lambda: last_steps(hooks),
            lambda: _loss(program, steps),
        )
        with (
            closing(runner),
            program.graph.as_default(),
            call.progress.showing(source),
        ):
            runner.after_create_session()
            loop.run(runner, steps)
            _finalize_optimizers(binding)
            runner.end()
    if not steps.steps_done:
        _v1.logging.warning(
            "Training with estimator made no steps. Perhaps input is empty or "
            "misspecified."
        )
    return _loss(program, steps)


@contextmanager
def _opened(call: Training, hooks: Sequence[Any]) -> Iterator[Opened]:
    """Opens a call over the values that training changes.

    Args:
        call: What it needs.
        hooks: Look at the graph, and may add to it.
    """
    program, values, config = call.program, call.values, call.config
    with ExitStack() as stack:
        with values.lock:
            state = values.state_to_train(call.checkpoint)
            binding = stack.enter_context(state.bound(program))
            stack.enter_context(state.training())
            stack.enter_context(values.training(program))
            batches = call.batches.batches()
            saver = BundleSaver(_retention(config), values.saved)
            stack.enter_context(saver.finishing())
            session = GraphSession(
                binding,
                lambda: elements.components(next(batches)),
                saver,
                call.batches.operations,
            )
            hook_protocol.begin(binding, hooks)
            values.provide(state, binding, session, call.checkpoint)
        if program.saver is not None and call.checkpoint is not None:
            values.recover(program.saver)
        stack.enter_context(
            followed(
                call.batches,
                batches,
                hooks,
                call.checkpoint,
                str(config.model_dir),
            )
        )
        binding.show_values()
        opening.start(session)
        yield Opened(binding, batches, session)


def _loss(program: Program, steps: StepRunner) -> Any:
    """Returns the loss of the last step, `None` if there was none."""
    loss = steps.last.get(str(program.loss))
    return None if loss is None else loss.numpy()


def _finalize_optimizers(binding: Binding) -> None:
    """Lets Keras optimizers end as they end `fit`: with averaged weights."""
    for optimizer, variables in binding.program.optimizers:
        if optimizer.use_ema:
            with _tensorflow.eager_mode(), binding.store.keeping_note():
                optimizer.finalize_variable_values(
                    [binding.outside(variable) for variable in variables]
                )
            binding.store.version += 1


def _retention(config: RunConfig) -> Retention:
    return Retention(
        config.keep_checkpoint_max, config.keep_checkpoint_every_n_hours
    )
