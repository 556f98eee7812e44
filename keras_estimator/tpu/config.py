"""TPUConfig: what a program says about TPUs, checked, and of little effect."""

import json
import numbers
import os
import re
from typing import Any
from typing import NamedTuple

from keras_estimator.errors import ArgumentTypeError
from keras_estimator.errors import ConfigError

_CORES = (1, 2, 4, 8, 16, 32, 64, 128)
_LOOP = re.compile(r"([1-9]\d*)([smh]?)")
_SECONDS = {"s": 1, "m": 60, "h": 3600}


class InputPipelineConfig:
    """How often TPU systems call input_fn; here it is called once."""

    PER_SHARD_V1 = 1
    PER_HOST_V1 = 2
    PER_HOST_V2 = 3
    BROADCAST = 4
    SLICED = 5


class Loop(NamedTuple):
    """What `iterations_per_loop` asks for.

    Attributes:
        steps: Steps between lines of the log; `None` if they go by time.
        secs: Seconds between lines; `None` if they go by steps.
    """

    steps: int | None
    secs: int | None


class _Fields(NamedTuple):
    iterations_per_loop: int | str
    num_shards: int | None
    num_cores_per_replica: int | None
    per_host_input_for_training: int
    tpu_job_name: str | None
    initial_infeed_sleep_secs: int | None
    input_partition_dims: Any
    eval_training_input_configuration: int
    experimental_host_call_every_n_steps: int
    experimental_allow_per_host_v2_parallel_get_next: bool
    experimental_feed_hook: Any


class TPUConfig(_Fields):
    """The settings of a TPU system, for `tpu.RunConfig`.

    Only `iterations_per_loop` is heeded: it decides how often the log has a
    line. The others are checked, and kept for who reads them.

    Args:
        iterations_per_loop: Steps of a loop on the TPU, int > 0; or a time, as
            `"30s"`, `"10m"` or `"1h"`.
        num_shards: Number of replicas, > 0.
        num_cores_per_replica: A power of 2, up to 128.
        per_host_input_for_training: A value of `InputPipelineConfig`; `True`
            is `PER_HOST_V1`, `False` is `PER_SHARD_V1`.
        tpu_job_name: Name of the job; by default that of TF_CONFIG.
        initial_infeed_sleep_secs: Seconds before the first batch, > 0.
        input_partition_dims: How inputs are split within a replica: a list for
            features, or for features and labels.
        eval_training_input_configuration: `InputPipelineConfig.PER_HOST_V1` or
            `SLICED`.
        experimental_host_call_every_n_steps: Steps between host calls; here
            each step makes one.
        experimental_allow_per_host_v2_parallel_get_next: As it says.
        experimental_feed_hook: Class of a hook that feeds TPUs.

    Raises:
        ConfigError: If a value is out of its range, or two do not go together.
        ArgumentTypeError: If a number is something else.

    Example:
    >>> config = TPUConfig(iterations_per_loop=100, num_shards=8)
    >>> config._replace(num_shards=1).iterations_per_loop
    100
    """

    def __new__(
        cls,
        iterations_per_loop: int | str = 2,
        num_shards: int | None = None,
        num_cores_per_replica: int | None = None,
        per_host_input_for_training: int | bool = True,
        tpu_job_name: str | None = None,
        initial_infeed_sleep_secs: int | None = None,
        input_partition_dims: Any = None,
        eval_training_input_configuration: int = (
            InputPipelineConfig.PER_HOST_V1
        ),
        experimental_host_call_every_n_steps: int = 1,
        experimental_allow_per_host_v2_parallel_get_next: bool = False,
        experimental_feed_hook: Any = None,
    ) -> "TPUConfig":
        """Checks the fields."""
        loop(iterations_per_loop)
        if num_shards is not None:
            positive_integer("TPUConfig num_shards", num_shards)
        if initial_infeed_sleep_secs:
            positive_integer(
                "TPUConfig initial_infeed_sleep_secs", initial_infeed_sleep_secs
            )
        _check_partitions(
            input_partition_dims,
            per_host_input_for_training,
            num_cores_per_replica,
        )
        if num_cores_per_replica not in (None, *_CORES):
            raise ConfigError(
                "num_cores_per_replica must be 1, 2, 4, 8, 16, 32, 64, 128; "
                f"got {num_cores_per_replica!r}. Leave it out: a model runs "
                "on one device here."
            )
        _check_eval_input(eval_training_input_configuration)
        return super().__new__(
            cls,
            iterations_per_loop,
            num_shards,
            num_cores_per_replica,
            _input_config(per_host_input_for_training),
            tpu_job_name or _job_name_of_environment(),
            initial_infeed_sleep_secs,
            input_partition_dims,
            eval_training_input_configuration,
            experimental_host_call_every_n_steps,
            experimental_allow_per_host_v2_parallel_get_next,
            experimental_feed_hook,
        )


def loop(iterations_per_loop: Any) -> Loop:
    """Returns what `iterations_per_loop` asks for.

    Raises:
        ConfigError: If it is neither a positive integer nor a time.

    Example:
    >>> loop("2m")
    Loop(steps=None, secs=120)
    """
    found = _LOOP.fullmatch(str(iterations_per_loop))
    if found is None:
        raise ConfigError(
            "Invalid TPUConfig `iterations_per_loop` value. Value must be a "
            "positive integer, or a time such as `3600s`, `60m` or `1h`. "
            f"Received: iterations_per_loop={iterations_per_loop!r}."
        )
    number, unit = int(found[1]), found[2]
    return Loop(None, number * _SECONDS[unit]) if unit else Loop(number, None)


def positive_integer(name: str, value: Any) -> None:
    """Refuses what is no positive integer.

    Args:
        name: What it is called in the message.
        value: What was given.

    Raises:
        ArgumentTypeError: If it is no integer.
        ConfigError: If it is not positive.
    """
    if not isinstance(value, numbers.Integral):
        raise ArgumentTypeError(
            f"{name} must be int, got {value!r} ({type(value).__name__})."
        )
    if value <= 0:
        raise ConfigError(f"{name} must be positive, got {value!r}.")


def _input_config(value: Any) -> Any:
    # Not by `==`: 1 is a value of its own, and equal to True.
    if value is True:
        return InputPipelineConfig.PER_HOST_V1
    return InputPipelineConfig.PER_SHARD_V1 if value is False else value


def _check_partitions(dims: Any, input_config: Any, cores: Any) -> None:
    if dims is None:
        return
    if len(dims) not in (1, 2):
        raise ConfigError(
            "input_partition_dims must be a list/tuple with one or two "
            f"elements. Received: input_partition_dims={dims!r}."
        )
    if input_config != InputPipelineConfig.PER_HOST_V2:
        raise ConfigError(
            "input_partition_dims is only supported in PER_HOST_V2 mode. "
            f"Received: per_host_input_for_training={input_config!r}; it has "
            "to be InputPipelineConfig.PER_HOST_V2."
        )
    if cores is None:
        raise ConfigError(
            "input_partition_dims requires setting num_cores_per_replica. "
            f"Received: input_partition_dims={dims!r}."
        )


def _check_eval_input(value: Any) -> None:
    allowed = (InputPipelineConfig.PER_HOST_V1, InputPipelineConfig.SLICED)
    if value not in allowed:
        raise ConfigError(
            "eval_training_input_configuration must be PER_HOST_V1 or SLICED "
            f"of InputPipelineConfig, which are {allowed}; got {value!r}."
        )


def _job_name_of_environment() -> str | None:
    """Returns the name of the TPU workers' job in TF_CONFIG, if it has one."""
    try:
        found = json.loads(os.environ.get("TF_CONFIG") or "{}")
    except ValueError:  # RunConfig says what is wrong with it.
        return None
    service = found.get("service") if isinstance(found, dict) else None
    name = (service or {}).get("tpu_worker_job_name")
    return None if name is None else str(name)
