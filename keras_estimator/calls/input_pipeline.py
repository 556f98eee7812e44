"""Where hooks that save the input meet the input, and what saves."""

from collections.abc import Iterator
from collections.abc import Sequence
from contextlib import ExitStack
from contextlib import contextmanager
from typing import Any

from keras_estimator.calls.hooks import told_of_checkpoints
from keras_estimator.hooks.input_pipeline import CheckpointInputPipelineHook
from keras_estimator.inputs.input_fn import Input


@contextmanager
def followed(
    source: Input,
    batches: Iterator[Any],
    hooks: Sequence[Any],
    checkpoint: str | None,
    model_dir: str,
) -> Iterator[None]:
    """Lets hooks among those of a call of train follow its input.

    Args:
        source: The input.
        batches: The iterator over it.
        hooks: All hooks of the call.
        checkpoint: From which training goes on; `None` to begin.
        model_dir: Where the call trains.
    """
    with ExitStack() as stack:
        for hook in hooks:
            if isinstance(hook, CheckpointInputPipelineHook):
                listener = stack.enter_context(
                    hook.following(
                        source.dataset, batches, checkpoint, model_dir
                    )
                )
                stack.enter_context(told_of_checkpoints(hooks, listener))
        yield
