"""What an Estimator makes of its RunConfig: where it works, and as what."""

import os
import tempfile

import tensorflow as tf

from keras_estimator._types import Path
from keras_estimator.distribute.strategy import check_strategy
from keras_estimator.errors import ConfigError
from keras_estimator.errors import ModelDirError
from keras_estimator.errors import UnsupportedError
from keras_estimator.run_config import RunConfig
from keras_estimator.run_config import TaskType

_v1 = tf.compat.v1
# Paths with these are patterns to TensorFlow.
_PATTERN = "*?["


def settled_config(
    config: RunConfig | None, model_dir: Path | None
) -> RunConfig:
    """Returns a copy of the configuration that has a model_dir.

    Args:
        config: The configuration; `None` for one with all defaults.
        model_dir: The directory that was given besides.

    Raises:
        ConfigError: If it is no `RunConfig`, or both name a directory, and not
            the same, or TensorFlow could not read it.
    """
    if config is None:
        config = RunConfig()
        _v1.logging.info("Using default config.")
    if not isinstance(config, RunConfig):
        raise ConfigError(
            "config must be an instance of `RunConfig`, but provided "
            f"{config!r} (of type {type(config).__name__})."
        )
    if model_dir is not None:
        if model_dir:  # An empty one is none.
            model_dir = config.replace(model_dir=model_dir).model_dir
        if config.model_dir is not None and config.model_dir != model_dir:
            raise ConfigError(
                "`model_dir` are set both in constructor and `RunConfig`, but "
                f"with different values. In constructor: '{model_dir}', in "
                f"`RunConfig`: '{config.model_dir}'. Give only one of them."
            )
    chosen = model_dir or config.model_dir
    if chosen is not None:
        _check_readable_name(str(chosen))
        return config.replace(model_dir=chosen)
    temporary = tempfile.mkdtemp()
    _v1.logging.warning(
        "Using temporary folder as model directory: %s", temporary
    )
    return config.replace(model_dir=temporary)


def file_in_the_way(path: str) -> str | None:
    """Returns the file that a path is, or lies below; `None` without one."""
    while path:
        try:
            if tf.io.gfile.stat(path).is_directory:
                return None
            return path
        except (tf.errors.NotFoundError, tf.errors.FailedPreconditionError):
            parent = os.path.dirname(path)
            path = "" if parent == path else parent
        except tf.errors.OpError:
            return None  # Writing there will tell what is wrong.
    return None


def check_is_directory(model_dir: str) -> None:
    """Refuses a model_dir that is a file, or lies below one.

    Raises:
        ModelDirError: If it is.
    """
    path = file_in_the_way(model_dir)
    if path:
        raise ModelDirError(
            f"model_dir={model_dir!r} cannot be written: {path!r} is not a "
            "directory but a file. Choose another directory."
        )


def _check_readable_name(model_dir: str) -> None:
    """Refuses directories whose checkpoints would never be found again."""
    found = [character for character in _PATTERN if character in model_dir]
    if found:
        raise ConfigError(
            f"model_dir={model_dir!r} contains {' and '.join(found)}. "
            "TensorFlow takes such paths for patterns when it reads "
            "checkpoints, and does not find what it wrote. Choose another name."
        )


def check_distribution(config: RunConfig) -> None:
    """Refuses strategies that an Estimator cannot run by.

    Raises:
        ArgumentTypeError: If one is no strategy.
        UnsupportedError: If one has several replicas.
    """
    check_strategy("train_distribute", config.train_distribute)
    check_strategy("eval_distribute", config.eval_distribute)


def check_may_train(config: RunConfig) -> None:
    """Checks that this process is to train, and the only one that does.

    Raises:
        ConfigError: If it is an evaluator or a parameter server.
        UnsupportedError: If it is one of several.
    """
    if config.task_type in (TaskType.EVALUATOR, TaskType.PS):
        raise ConfigError(
            "Train has been called wrong configuration. Please use "
            "`train_and_evaluate`, which calls proper API according to given "
            f"configuration. Current configuration: {config!r}."
        )
    if config.num_worker_replicas > 1 or config.num_ps_replicas > 0:
        raise UnsupportedError(
            "TF_CONFIG describes a cluster with "
            f"{config.num_worker_replicas} workers and "
            f"{config.num_ps_replicas} parameter servers. An Estimator trains "
            "in one process here: unset TF_CONFIG, or leave only the chief in "
            "it."
        )
