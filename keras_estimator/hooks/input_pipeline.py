"""A hook that saves where the input stands, with each checkpoint."""

import contextlib
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import tensorflow as tf

from keras_estimator.checkpoint import input_state
from keras_estimator.engine import _tensorflow
from keras_estimator.engine.hook import ScheduledHook
from keras_estimator.errors import ArgumentTypeError
from keras_estimator.errors import ConfigError
from keras_estimator.errors import InputChangedError
from keras_estimator.errors import InputNotSavableError
from keras_estimator.errors import UnsupportedError
from keras_estimator.hooks.saving import CheckpointSaverListener

_v1 = tf.compat.v1
_Policy = tf.data.experimental.ExternalStatePolicy
_POLICIES = {
    "warn": _Policy.WARN,
    "ignore": _Policy.IGNORE,
    "fail": _Policy.FAIL,
}


class CheckpointInputPipelineHook(ScheduledHook):
    """Lets training continue with the very batch at which its input stopped.

    With each checkpoint of the model that a hook writes to model_dir, the
    state of the input is saved as `input.ckpt-<step>`: its position, and what
    is in its shuffle and prefetch buffers. The next call of `train` reads that
    of the checkpoint it continues from. So an interrupted run sees the batches
    that one without a break would have seen. When the checkpoint of the model
    is removed, that of its input is, too.

    `input_fn` must build the same dataset each time, with the same seeds: what
    is saved is a position in it. In `evaluate`, `predict` and `fit` the hook
    is an error.

    Args:
        estimator: The `Estimator` whose `train` gets the hook.
        external_state_policy: What to do with an input that has state which
            cannot be saved (`py_function`, random operations that are not
            stateless): `"fail"` raises an error, `"warn"` and `"ignore"` go on
            without that state. Defaults to `"fail"`.

    Raises:
        ArgumentTypeError: If `estimator` is no Estimator.
        ConfigError: If there is no such policy.

    Example:
    ```python
    estimator = Estimator(model_fn, "model")
    while True:
        estimator.train(
            train_input_fn,
            hooks=[CheckpointInputPipelineHook(estimator)],
            steps=1000,
        )
        metrics = estimator.evaluate(eval_input_fn)  # without the hook
    ```
    """

    def __init__(
        self, estimator: Any, external_state_policy: Any = None
    ) -> None:
        if isinstance(estimator, type) or not hasattr(estimator, "model_dir"):
            raise ArgumentTypeError(
                "`estimator` must be the Estimator whose input is to be "
                f"saved. Received: estimator={estimator!r} (of type "
                f"{type(estimator).__name__})."
            )
        self._directory = os.fspath(estimator.model_dir)
        self._policy = _policy(external_state_policy)
        self._input: _InputOfCall | None = None

    @contextmanager
    def following(
        self,
        dataset: tf.data.Dataset,
        batches: Any,
        checkpoint: str | None,
        model_dir: str,
    ) -> Iterator[CheckpointSaverListener]:
        """Follows the input of a call of train while the block runs.

        The input is first put where it was at a checkpoint.

        Args:
            dataset: What is read.
            batches: The iterator that reads it.
            checkpoint: The model's, from which training goes on; `None` to
                begin.
            model_dir: Where the call trains.

        Yields:
            What is to be told of the checkpoints.

        Raises:
            ConfigError: If it is the hook of another Estimator.
            InputChangedError: If the input is not what it was.
        """
        if os.path.abspath(model_dir) != os.path.abspath(self._directory):
            raise ConfigError(
                "This CheckpointInputPipelineHook was made for the Estimator "
                f"of {self._directory!r}; the one that is training has the "
                f"model_dir {model_dir!r}. Make a hook for each Estimator: "
                "`CheckpointInputPipelineHook(estimator)`."
            )
        self._input = _InputOfCall(
            self._directory, self._policy, dataset, batches
        )
        try:
            if checkpoint is not None:
                self._input.continue_from(checkpoint)
            yield self._input
        finally:
            self._input = None

    def steps_until_due(self, global_step: int) -> int | None:
        """Never due: it acts when checkpoints are written."""
        return None

    def skip(self, steps: int) -> None:
        """Notes whether there was a batch."""
        if self._input is not None and steps:
            self._input.has_run = True

    def after_create_session(self, session: Any, coord: Any) -> None:
        """Refuses calls other than train.

        Raises:
            UnsupportedError: If it is one.
        """
        if self._input is None:
            raise UnsupportedError(
                "CheckpointInputPipelineHook is for `Estimator.train`: in "
                "`evaluate` and `predict` it would replace their input by the "
                "rest of that of training, and `fit` has an input per epoch. "
                "Leave it out there."
            )

    def end(self, session: Any) -> None:
        """Warns if there was nothing left to train on."""
        if self._input is not None:
            self._input.warn_if_it_had_ended()


class _InputOfCall(CheckpointSaverListener):
    """The input of one call of train; is told of its checkpoints."""

    def __init__(
        self,
        directory: str,
        policy: Any,
        dataset: tf.data.Dataset,
        batches: Any,
    ) -> None:
        self.has_run = False
        self._directory = directory
        self._policy = policy
        # Until something is in the way.
        self._strictness = _Policy.FAIL
        self._dataset = dataset
        # A composite tensor, whose one component is the resource.
        (self._resource,) = tf.nest.flatten(batches, expand_composites=True)
        self._continued: str | None = None
        self._warned = False

    def continue_from(self, checkpoint: str) -> None:
        """Puts the input where it was at a checkpoint of the model.

        Raises:
            InputChangedError: If the input is not what it was.
        """
        path = input_state.beside(checkpoint)
        if not input_state.exists(path):
            there = input_state.steps(os.path.dirname(checkpoint))
            _v1.logging.warning(
                "Training goes on from %s, but its input starts from the "
                "beginning: there is no %s. %s",
                checkpoint,
                path,
                f"There is one of the input at steps {there}."
                if there
                else "That checkpoint was written without a "
                "CheckpointInputPipelineHook.",
            )
            return
        _v1.logging.info("Restoring the input from %s", path)
        with _tensorflow.eager_mode():
            state = input_state.read(path)
            try:
                tf.raw_ops.DeserializeIterator(
                    resource_handle=self._resource, serialized=state
                )
            except tf.errors.OpError as error:
                raise InputChangedError(
                    f"The input cannot go on from `{path}`: it was written "
                    "for another one. Let input_fn build the dataset that it "
                    "built then, with the same transformations in the same "
                    "order; or delete the files of that checkpoint, to let "
                    f"the input start from the beginning. {_said(error)}"
                ) from error
        self._continued = path

    def warn_if_it_had_ended(self) -> None:
        """Says why there were no steps, if that is why."""
        if self._continued is not None and not self.has_run:
            _v1.logging.warning(
                "There was nothing left to train on: at %s the input had "
                "ended. To train on it again, repeat the dataset in input_fn "
                "for as many epochs as there are to be, or delete the files "
                "of that checkpoint, or leave out the "
                "CheckpointInputPipelineHook.",
                self._continued,
            )

    def before_save(self, session: Any, global_step_value: Any) -> None:
        """Saves the input, so that no checkpoint is ever without it."""
        path = input_state.path_at(self._directory, int(global_step_value))
        with _tensorflow.eager_mode():
            input_state.write(path, self._state())

    def after_save(self, session: Any, global_step_value: Any) -> None:
        """Removes what belongs to checkpoints that were removed."""
        step = int(global_step_value)
        if input_state.follow_models(self._directory, step) or self._warned:
            return
        self._warned = True
        _v1.logging.warning(
            "A checkpoint of step %d was written, but not to %s: its input is "
            "not saved. CheckpointInputPipelineHook follows the checkpoints "
            "in model_dir, from which training goes on.",
            step,
            self._directory,
        )

    def _state(self) -> tf.Tensor:
        """Returns the state of the iterator.

        Raises:
            InputNotSavableError: If it cannot be had.
        """
        try:
            return tf.raw_ops.SerializeIterator(
                resource_handle=self._resource,
                external_state_policy=self._strictness.value,
            )
        except tf.errors.FailedPreconditionError as error:
            self._give_way(error)
        except tf.errors.UnimplementedError as error:
            raise InputNotSavableError(
                f"The input cannot be saved: {_said(error)}. Build it of "
                "datasets that can be, or leave out the "
                "CheckpointInputPipelineHook."
            ) from error
        return self._state()

    def _give_way(self, error: tf.errors.OpError) -> None:
        """Goes on without the state that cannot be saved, if it may."""
        if _has_generator(self._dataset):
            raise InputNotSavableError(
                "The input cannot be saved: a Python generator (`Dataset."
                "from_generator`) has no position that it could be put to. "
                "Read from files, or from arrays with `numpy_input_fn` or "
                "`Dataset.from_tensor_slices`; or leave out the "
                "CheckpointInputPipelineHook."
            ) from error
        found = re.search(r"(\w+) is stateful", error.message)
        culprit = f"the operation {found[1]}" if found else _said(error)
        if self._policy is _Policy.FAIL:
            raise InputNotSavableError(
                f"The input has state that cannot be saved: {culprit} keeps "
                "it. Use operations of TensorFlow in place of Python "
                "functions, and tf.random.stateless_* (with a seed from the "
                "dataset) in place of other random operations. Where it is "
                "good enough to go on without that state, say "
                "`CheckpointInputPipelineHook(estimator, "
                'external_state_policy="warn")`.'
            ) from error
        if self._policy is _Policy.WARN:
            _v1.logging.warning(
                "The input has state that is not saved: %s keeps it. When "
                "training goes on, that state begins anew; the position in "
                "the data does not.",
                culprit,
            )
        self._strictness = _Policy.IGNORE


def _has_generator(dataset: tf.data.Dataset) -> bool:
    """Whether a Python generator is among what a dataset reads."""
    with contextlib.suppress(tf.errors.OpError):
        serialized = tf.raw_ops.DatasetToGraphV2(
            input_dataset=tf.data.experimental.to_variant(dataset),
            external_state_policy=_Policy.IGNORE.value,
        )
        graph = _v1.GraphDef.FromString(serialized.numpy())
        parts = [graph.node, *(f.node_def for f in graph.library.function)]
        return any(node.op == "GeneratorDataset" for p in parts for node in p)
    # Too large to look at, with all of its arrays.
    return False


def _policy(given: Any) -> Any:
    if given is None:
        return _Policy.FAIL
    if isinstance(given, _Policy):
        return given
    if not isinstance(given, str) or given not in _POLICIES:
        raise ConfigError(
            "`external_state_policy` must be one of 'warn', 'ignore' and "
            f"'fail'. Received: external_state_policy={given!r}."
        )
    return _POLICIES[given]


def _said(error: tf.errors.OpError) -> str:
    """Returns what TensorFlow said, without where it did."""
    return re.sub(r"\{\{.*?\}\} | \[Op:.*", "", error.message)
