"""Every error this package raises on purpose.

```
KerasEstimatorError                 catch this one to catch them all
├── ConfigError          ValueError    a RunConfig, TF_CONFIG or argument value
├── MissingParamError    KeyError      a key that `params` does not have
├── ArgumentTypeError    TypeError     an argument of the wrong type
├── SpecError            ValueError    what an EstimatorSpec was given
├── ModelFnError         ValueError    what model_fn is or returned
├── InputFnError         ValueError    what input_fn is or returned
├── UnsupportedError     ValueError    a feature that does not exist here
├── NotBuiltError        RuntimeError  a model that has no program yet
├── NotFittedError       ValueError    a model_dir without a checkpoint
├── CheckpointPathError  ValueError    a path that is no checkpoint
├── ModelDirError        tf.errors.FailedPreconditionError
├── VariableNotFoundError  tf.errors.NotFoundError
├── VariableShapeError     tf.errors.InvalidArgumentError
├── UninitializedVariableError  RuntimeError
├── FeedConflictError    RuntimeError  two hooks that feed one tensor
├── LoggedTensorError    KeyError      a tensor name that is not in the graph
└── NanLossDuringTrainingError  TensorFlow's class of that name
```

Each is also the built-in (or TensorFlow) class that `tf.estimator` raised in
the same place, so the `except` clauses of old programs keep working.
"""

import tensorflow as tf


class KerasEstimatorError(Exception):
    """Root of all errors raised by keras_estimator."""


class ConfigError(KerasEstimatorError, ValueError):
    """An argument, a `RunConfig` property or `TF_CONFIG` has a bad value."""


class MissingParamError(KerasEstimatorError, KeyError):
    """`model_fn` asked for a hyperparameter that it was not given."""

    def __str__(self) -> str:
        # KeyError shows the repr of its argument, newlines and quotes escaped.
        return str(self.args[0])


class ArgumentTypeError(KerasEstimatorError, TypeError):
    """An argument has the wrong type."""


class SpecError(KerasEstimatorError, ValueError):
    """An `EstimatorSpec` was given something that cannot be used."""


class ModelFnError(KerasEstimatorError, ValueError):
    """`model_fn` has a wrong signature or returned the wrong thing."""


class InputFnError(KerasEstimatorError, ValueError):
    """`input_fn` has a wrong signature or returned the wrong thing."""


class UnsupportedError(KerasEstimatorError, ValueError):
    """Something `tf.estimator` had and this package does not."""


class NotBuiltError(KerasEstimatorError, RuntimeError):
    """A model was asked about variables before any program was built."""


class NotFittedError(KerasEstimatorError, ValueError):
    """A trained model was asked for and `model_dir` holds no checkpoint."""


class CheckpointPathError(KerasEstimatorError, ValueError):
    """A path does not lead to a checkpoint."""


class ModelDirError(KerasEstimatorError, tf.errors.FailedPreconditionError):
    """A `model_dir` that cannot be a directory."""

    def __init__(self, message: str) -> None:
        tf.errors.FailedPreconditionError.__init__(self, None, None, message)


class VariableNotFoundError(KerasEstimatorError, tf.errors.NotFoundError):
    """A variable of the model is not in the checkpoint."""

    def __init__(self, message: str) -> None:
        tf.errors.NotFoundError.__init__(self, None, None, message)


class VariableShapeError(KerasEstimatorError, tf.errors.InvalidArgumentError):
    """A variable has another shape or dtype in the checkpoint."""

    def __init__(self, message: str) -> None:
        tf.errors.InvalidArgumentError.__init__(self, None, None, message)


class UninitializedVariableError(KerasEstimatorError, RuntimeError):
    """A variable was neither restored nor initialized."""


class FeedConflictError(KerasEstimatorError, RuntimeError):
    """Two hooks feed the same tensor."""


class LoggedTensorError(KerasEstimatorError, KeyError):
    """A hook names a tensor that the graph does not have."""

    def __str__(self) -> str:
        return str(self.args[0])


class NanLossDuringTrainingError(
    KerasEstimatorError, tf.compat.v1.train.NanLossDuringTrainingError
):
    """The loss of a training step is not a number."""

    def __str__(self) -> str:
        # TensorFlow's class says the same three words of all of them.
        return str(self.args[0]) if self.args else super().__str__()
