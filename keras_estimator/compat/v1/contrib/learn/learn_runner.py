"""`tf.contrib.learn.learn_runner`."""

from collections.abc import Callable
from typing import Any

from keras_estimator._types import Path
from keras_estimator.compat.v1.contrib.learn.experiment import Experiment
from keras_estimator.errors import ArgumentTypeError
from keras_estimator.errors import ConfigError
from keras_estimator.run_config import RunConfig

_OF_TASK = {"master": "train_and_evaluate", "evaluator": "continuous_eval"}


def run(
    experiment_fn: Callable[..., Experiment],
    output_dir: Path | None = None,
    schedule: str | None = None,
    run_config: RunConfig | None = None,
    hparams: Any = None,
) -> Any:
    """Makes an Experiment, and runs one of its methods.

    Args:
        experiment_fn: Function of (run_config, hparams), or of (output_dir)
            if that is given.
        output_dir: The model_dir, instead of run_config.
        schedule: Name of the method; by default `train_and_evaluate`, in a
            cluster what the task of this process does.
        run_config: The configuration, with a model_dir.
        hparams: Hyperparameters for experiment_fn.

    Returns:
        What the method returns.

    Raises:
        ArgumentTypeError: If experiment_fn is no function, or returns no
            Experiment.
        ConfigError: If not exactly one of output_dir and run_config is given,
            or the Experiment has no such method.
    """
    if not callable(experiment_fn):
        raise ArgumentTypeError(
            f"`experiment_fn` must be a function, given: {experiment_fn!r}."
        )
    if (output_dir is None) == (run_config is None):
        raise ConfigError(
            "Exactly one of output_dir and run_config must be given. Received: "
            f"output_dir={output_dir!r}, run_config={run_config!r}."
        )
    if run_config is None:
        experiment = experiment_fn(output_dir)
    else:
        experiment = experiment_fn(run_config, hparams)
    if not isinstance(experiment, Experiment):
        raise ArgumentTypeError(
            "experiment_fn must return an Experiment. It returned "
            f"{experiment!r} (of type {type(experiment).__name__})."
        )
    schedule = schedule or _default_schedule(experiment.estimator.config)
    method = getattr(experiment, schedule, None)
    if not callable(method):
        raise ConfigError(
            f"Schedule references non-existent task {schedule!r}. There are "
            "train, evaluate, train_and_evaluate, local_run, test and "
            "continuous_eval."
        )
    return method()


def _default_schedule(config: RunConfig) -> str:
    if not config.cluster_spec and config.task_type != "evaluator":
        return "train_and_evaluate"
    return _OF_TASK.get(str(config.task_type), "train")
