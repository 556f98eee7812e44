"""The SessionRunHook protocol: who is called, in which order, and when.

A hook that overrides `before_run` or `after_run` is called at every step, as
in TF1. A hook of this package says when it next needs to be called, so that
the steps until then can run in one call:

```python
class EveryHundred(ScheduledHook):
    def steps_until_due(self, global_step):
        return 100 - global_step % 100
```
"""

from collections.abc import Mapping
from collections.abc import Sequence
from typing import Any

import keras
import tensorflow as tf

from keras_estimator.engine.binding import Binding
from keras_estimator.engine.session import GraphSession
from keras_estimator.errors import ArgumentTypeError

_v1 = tf.compat.v1


# TensorFlow's own classes of these names log a deprecation at each use.
class SessionRunArgs(tf.compat.v1.train.SessionRunArgs):
    """What a hook wants to be added to a step.

    Attributes:
        fetches: A tensor, operation, variable or name, or a nest of these.
        feed_dict: Tensor -> value to feed, or `None`.
        options: Has no effect here.
    """

    def __new__(
        cls,
        fetches: Any,
        feed_dict: Mapping[Any, Any] | None = None,
        options: Any = None,
    ) -> "SessionRunArgs":
        """Returns the triple."""
        return tuple.__new__(cls, (fetches, feed_dict, options))


class SessionRunValues(tf.compat.v1.train.SessionRunValues):
    """What a step returned to a hook.

    Attributes:
        results: The values of its fetches, `None` if it asked for none.
        options: `tf.compat.v1.RunOptions`, always empty here.
        run_metadata: `tf.compat.v1.RunMetadata`, always empty here.
    """


class SessionRunContext(tf.compat.v1.train.SessionRunContext):
    """What a hook is told about the step that is about to run, or has.

    Args:
        original_args: What the step runs without hooks.
        session: The session.
    """

    def __init__(
        self, original_args: SessionRunArgs, session: GraphSession
    ) -> None:
        self._original_args = original_args
        self._session = session
        self._stop_requested = False

    @property
    def original_args(self) -> SessionRunArgs:
        """What the step runs without hooks."""
        return self._original_args

    @property
    def session(self) -> GraphSession:
        """The session, for `session.run` inside of hooks."""
        return self._session

    @property
    def stop_requested(self) -> bool:
        """Whether a hook has asked to stop."""
        return self._stop_requested

    def request_stop(self) -> None:
        """Ends the call after this step."""
        self._stop_requested = True


class SessionRunHook(
    tf.compat.v1.train.SessionRunHook, keras.callbacks.Callback
):
    """Base class of hooks: overrides what it needs, is called in this order.

    begin, after_create_session, then for each step before_run and after_run,
    then end, which is not called after an error.

    It is given to `Estimator.train(hooks=[...])` and its siblings, or to `fit`,
    `evaluate` and `predict` of an `EstimatorModel` as one of the `callbacks`.
    As a `keras.callbacks.Callback` it may override `on_epoch_end` and the
    like, too; both kinds of methods are called.

    ```python
    class Watch(SessionRunHook):
        def before_run(self, run_context):
            return SessionRunArgs("my_loss:0")

        def after_run(self, run_context, run_values):
            print(run_values.results)
    ```
    """

    # Subclasses of old code do not all call __init__, and may have a `model`
    # or `params` of their own: those that Keras gives do not replace them.
    params: Any = None
    _model: Any = None
    _params_of_run: Any = None
    _model_of_run: Any = None

    # TensorFlow's class logs a deprecation when it is initialized.
    def __init__(self) -> None:
        pass

    @property
    def model(self) -> Any:
        """The model that it is a callback of, or what a subclass has set."""
        return self._model

    @model.setter
    def model(self, value: Any) -> None:
        self._model = value

    def set_params(self, params: Any) -> None:
        """Takes what Keras says about a run."""
        if self.params is self._params_of_run:
            self.params = self._params_of_run = params

    def set_model(self, model: Any) -> None:
        """Takes the model whose loop is about to run.

        Raises:
            ArgumentTypeError: If that model does not run hooks.
        """
        if not getattr(model, "runs_hooks", False):
            raise ArgumentTypeError(
                f"The hook {type(self).__name__} is in the callbacks of a "
                f"{type(model).__name__}, which has no session to run it in. "
                "Give it to `keras_estimator.EstimatorModel`, or to the "
                "`hooks` of an Estimator's call."
            )
        if self._model is self._model_of_run:
            self._model = self._model_of_run = model


class ScheduledHook(SessionRunHook):
    """A hook that says when it next needs to be called.

    The steps until then run in one call. It may watch a scalar tensor, too: the
    call ends after a step at which that is not a number.

    A class derived from one that has a schedule is called at each step if it
    overrides `before_run` or `after_run`, and not `steps_until_due`.

    Attributes:
        adds_once: Whether what its `begin` adds to a graph is found there, and
            not added again, when it begins a second time.

    Example:
    ```python
    class EveryHundred(ScheduledHook):
        def steps_until_due(self, global_step):
            return 100 - global_step % 100

        def after_run(self, run_context, run_values):
            print("100 more")
    ```
    """

    adds_once = False

    def steps_until_due(self, global_step: int) -> int | None:
        """Returns how many steps from now its before_run is to be called.

        Args:
            global_step: The global step after the steps done so far.

        Returns:
            1 for the very next step. It need not be asked again before that
            one. `None` if no step is known: it is asked again within a second,
            and at each step that runs by itself.
        """
        return 1

    def skip(self, steps: int) -> None:
        """Takes note that steps ran without a call of this hook."""

    @property
    def watched(self) -> Any:
        """A scalar tensor to look at after each step, or `None`.

        As soon as it is not a number, `after_run` gets its value.
        """
        return None


_STEP_METHODS = ("before_run", "after_run")


def is_scheduled(hook: Any) -> bool:
    """Whether a hook is called when it says that it is due.

    A class that overrides a method of the step, of one that has a schedule, and
    does not say anew when it is due, means every step, as in TF1.
    """
    if not isinstance(hook, ScheduledHook):
        return False
    if any(method in vars(hook) for method in _STEP_METHODS):
        return False
    said = _place(hook, "steps_until_due")
    return all(_place(hook, method) >= said for method in _STEP_METHODS)


def _place(hook: Any, method: str) -> int:
    """Returns how far up from the class of a hook a method is defined."""
    classes = type(hook).__mro__
    return next(i for i, cls in enumerate(classes) if method in vars(cls))


def wants_every_step(hook: Any) -> bool:
    """Whether a hook is to be called at each step.

    One that overrides neither method, in its class or by an attribute of its
    own, has nothing to do there.
    """
    return not is_scheduled(hook) and any(
        getattr(getattr(hook, method, None), "__func__", None)
        is not getattr(_v1.train.SessionRunHook, method)
        for method in _STEP_METHODS
    )


def begin(binding: Binding, hooks: Sequence[Any]) -> None:
    """Lets all hooks look at the graph of a program, and add to it."""
    program = binding.program
    version = program.graph.version
    with program.graph.recording():
        for hook in hooks:
            before = program.graph.version
            hook.begin()
            if program.graph.version != before and not _adds_once(hook):
                program.is_outgrown = True
    if program.graph.version != version:
        program.meta_graph = None
        program.graph.settle_lifetimes()
    binding.enter_variables()


def _adds_once(hook: Any) -> bool:
    return isinstance(hook, ScheduledHook) and hook.adds_once
