"""Every error this package raises on purpose.

```
KerasEstimatorError                 catch this one to catch them all
├── ConfigError          ValueError    a RunConfig, TF_CONFIG or argument value
├── MissingParamError    KeyError      a key that `params` does not have
├── ArgumentTypeError    TypeError     an argument of the wrong type
├── SpecError            ValueError    what an EstimatorSpec was given
├── TensorCountError     RuntimeError  a function of other tensors
├── ModelFnError         ValueError    what model_fn is or returned
├── InputFnError         ValueError    what input_fn is or returned
├── UnsupportedError     ValueError    a feature that does not exist here
├── MissingPackageError  ImportError   an extra that is not installed
├── KerasModelError      ValueError    a Keras model that is no Estimator's
├── KerasModelPathError  OSError       a path that is no Keras model
├── ModelInputsError     KeyError      an input that a Keras model misses
├── NotBuiltError        RuntimeError  a model that has no program yet
├── NotFittedError       ValueError    a model_dir without a checkpoint
├── CheckpointPathError  ValueError    a path that is no checkpoint
├── SavedModelPathError  OSError       a path that is no SavedModel
├── ReceiverError        ValueError    what an input receiver is, or has
├── FeatureNotFoundError KeyError      a feature that no receiver provides
├── ExportVariablesError ValueError    variables that a checkpoint lacks
├── AssetNotFoundError   tf.errors.NotFoundError
├── ExportWriteError     tf.errors.OpError  a SavedModel was not written
│   ├── ExportDirError       tf.errors.FailedPreconditionError
│   ├── ExportDiskFullError  tf.errors.ResourceExhaustedError
│   └── ExportDeniedError    tf.errors.PermissionDeniedError
├── MissingCheckpointError  RuntimeError  nothing to evaluate was written
├── ModelDirError        tf.errors.FailedPreconditionError
├── VariableNotFoundError  tf.errors.NotFoundError
├── VariableShapeError     tf.errors.InvalidArgumentError
├── UninitializedVariableError  RuntimeError
├── WarmStartError       ValueError, tf.errors.InvalidArgumentError
├── WarmStartPathError   tf.errors.NotFoundError
├── ScaffoldError        RuntimeError  a Scaffold that cannot start a call
├── CheckpointWriteError   tf.errors.OpError  a checkpoint was not written
│   ├── DiskFullError        tf.errors.ResourceExhaustedError
│   └── WriteDeniedError     tf.errors.PermissionDeniedError
├── InputNotSavableError   tf.errors.FailedPreconditionError
├── InputChangedError      tf.errors.NotFoundError
├── BestCheckpointsError ValueError    an evaluation that cannot be compared
├── FeedConflictError    RuntimeError  two hooks that feed one tensor
├── MissingGlobalStepError  RuntimeError  a graph without a global step
├── SaverError           RuntimeError  no saver, or several to choose from
├── LoggedTensorError    KeyError      a tensor name that is not in the graph
├── MetricNotFoundError  KeyError      a metric that no evaluation has
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


class TensorCountError(KerasEstimatorError, RuntimeError):
    """A function in a `TPUEstimatorSpec` takes another number of tensors."""


class ModelFnError(KerasEstimatorError, ValueError):
    """`model_fn` has a wrong signature or returned the wrong thing."""


class InputFnError(KerasEstimatorError, ValueError):
    """`input_fn` has a wrong signature or returned the wrong thing."""


class UnsupportedError(KerasEstimatorError, ValueError):
    """Something `tf.estimator` had and this package does not."""


class MissingPackageError(KerasEstimatorError, ImportError):
    """Something needs a package that is an extra, and is not installed."""


class KerasModelError(KerasEstimatorError, ValueError):
    """A Keras model cannot become an Estimator."""


class KerasModelPathError(KerasEstimatorError, OSError):
    """A path does not lead to a Keras model."""


class ModelInputsError(KerasEstimatorError, KeyError):
    """Features or labels lack what a Keras model asks for by name."""

    def __str__(self) -> str:
        return str(self.args[0])


class NotBuiltError(KerasEstimatorError, RuntimeError):
    """A model was asked about variables before any program was built."""


class NotFittedError(KerasEstimatorError, ValueError):
    """A trained model was asked for and `model_dir` holds no checkpoint."""


class CheckpointPathError(KerasEstimatorError, ValueError):
    """A path does not lead to a checkpoint."""


class MissingCheckpointError(KerasEstimatorError, RuntimeError):
    """`train_and_evaluate` finds no new checkpoint to evaluate."""


class SavedModelPathError(KerasEstimatorError, OSError):
    """A path does not lead to a SavedModel."""


class ReceiverError(KerasEstimatorError, ValueError):
    """An input receiver, or the function that makes one, is wrong."""


class FeatureNotFoundError(KerasEstimatorError, KeyError):
    """`model_fn` looks for a feature that an input receiver lacks."""

    def __str__(self) -> str:
        return str(self.args[0])


class ExportVariablesError(KerasEstimatorError, ValueError):
    """An exported graph has variables that the checkpoint lacks."""


class AssetNotFoundError(KerasEstimatorError, tf.errors.NotFoundError):
    """A file that is to be exported with a model is not there."""

    def __init__(self, message: str) -> None:
        tf.errors.NotFoundError.__init__(self, None, None, message)


class ExportWriteError(KerasEstimatorError, tf.errors.OpError):
    """A SavedModel could not be written; nothing of it is left."""

    def __init__(self, message: str) -> None:
        tf.errors.OpError.__init__(self, None, None, message, tf.errors.UNKNOWN)


class ExportDirError(ExportWriteError, tf.errors.FailedPreconditionError):
    """A folder for exports that cannot be a folder."""

    def __init__(self, message: str) -> None:
        tf.errors.FailedPreconditionError.__init__(self, None, None, message)


class ExportDiskFullError(ExportWriteError, tf.errors.ResourceExhaustedError):
    """There is no space left for a SavedModel."""

    def __init__(self, message: str) -> None:
        tf.errors.ResourceExhaustedError.__init__(self, None, None, message)


class ExportDeniedError(ExportWriteError, tf.errors.PermissionDeniedError):
    """A folder for exports may not be written to."""

    def __init__(self, message: str) -> None:
        tf.errors.PermissionDeniedError.__init__(self, None, None, message)


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


class ScaffoldError(KerasEstimatorError, RuntimeError):
    """What a `Scaffold` has, or should have, cannot start a call."""


class WarmStartError(
    KerasEstimatorError, ValueError, tf.errors.InvalidArgumentError
):
    """Settings of a warm start do not fit the model or the checkpoint."""

    def __init__(self, message: str) -> None:
        tf.errors.InvalidArgumentError.__init__(self, None, None, message)


class WarmStartPathError(KerasEstimatorError, tf.errors.NotFoundError):
    """A warm start names a checkpoint or vocabulary that does not exist."""

    def __init__(self, message: str) -> None:
        tf.errors.NotFoundError.__init__(self, None, None, message)


class CheckpointWriteError(KerasEstimatorError, tf.errors.OpError):
    """A checkpoint could not be written; those from before are untouched."""

    def __init__(self, message: str) -> None:
        tf.errors.OpError.__init__(self, None, None, message, tf.errors.UNKNOWN)


class DiskFullError(CheckpointWriteError, tf.errors.ResourceExhaustedError):
    """There is no space left for a checkpoint."""

    def __init__(self, message: str) -> None:
        tf.errors.ResourceExhaustedError.__init__(self, None, None, message)


class WriteDeniedError(CheckpointWriteError, tf.errors.PermissionDeniedError):
    """A folder for checkpoints may not be written to."""

    def __init__(self, message: str) -> None:
        tf.errors.PermissionDeniedError.__init__(self, None, None, message)


class InputNotSavableError(
    KerasEstimatorError, tf.errors.FailedPreconditionError
):
    """An input has state that a checkpoint cannot hold."""

    def __init__(self, message: str) -> None:
        tf.errors.FailedPreconditionError.__init__(self, None, None, message)


class InputChangedError(KerasEstimatorError, tf.errors.NotFoundError):
    """A checkpoint of an input is that of another input."""

    def __init__(self, message: str) -> None:
        tf.errors.NotFoundError.__init__(self, None, None, message)


class BestCheckpointsError(KerasEstimatorError, ValueError):
    """An evaluation cannot be compared with the best ones."""


class FeedConflictError(KerasEstimatorError, RuntimeError):
    """Two hooks feed the same tensor."""


class MissingGlobalStepError(KerasEstimatorError, RuntimeError):
    """A hook that counts steps runs in a graph without a global step."""


class SaverError(KerasEstimatorError, RuntimeError):
    """A hook that saves has no saver, or cannot tell which one to use."""


class LoggedTensorError(KerasEstimatorError, KeyError):
    """A hook names a tensor that the graph does not have."""

    def __str__(self) -> str:
        return str(self.args[0])


class MetricNotFoundError(KerasEstimatorError, KeyError):
    """A hook waits for a metric that no evaluation has."""

    def __str__(self) -> str:
        return str(self.args[0])


class NanLossDuringTrainingError(
    KerasEstimatorError, tf.compat.v1.train.NanLossDuringTrainingError
):
    """The loss of a training step is not a number."""

    def __str__(self) -> str:
        # TensorFlow's class says the same three words of all of them.
        return str(self.args[0]) if self.args else super().__str__()
