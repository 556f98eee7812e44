"""One call of train."""

from collections.abc import Sequence
from contextlib import ExitStack
from typing import Any
from typing import NamedTuple

import tensorflow as tf

from keras_estimator.calls import hooks as default_hooks
from keras_estimator.calls.opening import begin
from keras_estimator.calls.values import Values
from keras_estimator.checkpoint.directory import Retention
from keras_estimator.checkpoint.saver import BundleSaver
from keras_estimator.engine import _tensorflow
from keras_estimator.engine import element as elements
from keras_estimator.engine import loop
from keras_estimator.engine.binding import Binding
from keras_estimator.engine.hook import HookRunner
from keras_estimator.engine.program import Program
from keras_estimator.engine.session import GraphSession
from keras_estimator.engine.steps import StepRunner
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
    """

    program: Program
    batches: Input
    config: RunConfig
    values: Values
    checkpoint: str | None
    jit_compile: bool


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
    program, config = call.program, call.config
    hooks = default_hooks.for_training(program, config, user_hooks, listeners)
    with ExitStack() as stack:
        with call.values.lock:
            state = call.values.state_to_train(call.checkpoint)
            binding = stack.enter_context(state.bound(program))
            stack.enter_context(state.training())
            batches = call.batches.batches()
            session = GraphSession(
                binding,
                lambda: elements.components(next(batches)),
                BundleSaver(_retention(config), call.values.saved),
            )
            begin(program, binding, hooks)
            call.values.provide(state, binding, session, call.checkpoint)
        if program.saver is not None and call.checkpoint is not None:
            call.values.recover(program.saver)
        binding.show_values()
        binding.start_call()
        original = [program.spec.train_op, program.spec.loss]
        runner = HookRunner(hooks, session, original)
        steps = StepRunner(
            binding,
            batches,
            runner.watched,
            counts=True,
            jit_compile=call.jit_compile,
        )
        with program.graph.as_default():
            runner.after_create_session()
            loop.run(runner, steps)
            _finalize_optimizers(binding)
            runner.end()
    return _loss(program, steps)


def _loss(program: Program, steps: StepRunner) -> Any:
    if not steps.steps_done:
        _v1.logging.warning(
            "Training with estimator made no steps. Perhaps input is empty or "
            "misspecified."
        )
        return None
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
