"""`tf.contrib.learn.RunConfig`: that of an Estimator, with older arguments."""

from typing import Any

import tensorflow as tf

from keras_estimator import run_config

_v1 = tf.compat.v1


class RunConfig(run_config.RunConfig):
    """The settings of a run, in the words of `tf.contrib.learn`.

    Args:
        master: Has no effect.
        num_cores: Threads of TensorFlow; 0 leaves it to that.
        log_device_placement: Whether it logs where operations are placed.
        gpu_memory_fraction: Part of a GPU's memory to take.
        evaluation_master: Has no effect.
        session_config: Instead of the three before; `None` for these.
        **kwargs: What `tf.estimator.RunConfig` takes, by name.

    Raises:
        ConfigError: If a value is out of its range.
        ArgumentTypeError: If a number or a path is something else.
    """

    def __init__(
        self,
        master: str | None = None,
        num_cores: int = 0,
        log_device_placement: bool = False,
        gpu_memory_fraction: float = 1,
        *,
        evaluation_master: str = "",
        session_config: tf.compat.v1.ConfigProto | None = None,
        **kwargs: Any,
    ) -> None:
        self._tf_config = _session_config(
            num_cores, log_device_placement, gpu_memory_fraction
        )
        if session_config is None and (
            num_cores or log_device_placement or gpu_memory_fraction != 1
        ):
            session_config = self._tf_config
        super().__init__(session_config=session_config, **kwargs)
        if master is not None:
            self._master = master
        if evaluation_master:
            self._evaluation_master = evaluation_master

    @property
    def tf_config(self) -> tf.compat.v1.ConfigProto:
        """What the older arguments ask of a session."""
        return self._tf_config

    @property
    def environment(self) -> str:
        """Where it runs."""
        return "local"


def _session_config(
    num_cores: int, log_device_placement: bool, gpu_memory_fraction: float
) -> tf.compat.v1.ConfigProto:
    gpu_options = _v1.GPUOptions(
        per_process_gpu_memory_fraction=gpu_memory_fraction
    )
    return _v1.ConfigProto(
        log_device_placement=log_device_placement,
        inter_op_parallelism_threads=num_cores,
        intra_op_parallelism_threads=num_cores,
        gpu_options=gpu_options,
    )
