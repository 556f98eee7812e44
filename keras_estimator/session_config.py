"""What a ConfigProto of TF1 asks for, asked of today's TensorFlow.

TF1 had these settings for each session; now they are the process's, and most
can be set only before TensorFlow has used its devices.
"""

from collections.abc import Callable
from collections.abc import Iterator
from typing import Any
from typing import NamedTuple

import tensorflow as tf

from keras_estimator.engine import _tensorflow
from keras_estimator.errors import ConfigError

_v1 = tf.compat.v1
_GPU_COUNT = 'device_count["GPU"]'
_JIT = "graph_options.optimizer_options.global_jit_level"
_OF_CLUSTER = ("device_filters", "cluster_def")
_WITH_CLUSTER = (*_OF_CLUSTER, "graph_options.rewrite_options")
_JIT_LEVELS = {
    _v1.OptimizerOptions.OFF: False,
    _v1.OptimizerOptions.ON_1: "autoclustering",
    _v1.OptimizerOptions.ON_2: "autoclustering",
}


def apply(config: tf.compat.v1.ConfigProto | None) -> None:
    """Sets what the process has a setting for.

    These are the numbers of threads, `allow_soft_placement`,
    `log_device_placement`, the `global_jit_level` of XLA, and of `gpu_options`
    `allow_growth`, `visible_device_list` and
    `per_process_gpu_memory_fraction`, and of `device_count` that of GPUs.
    Other fields are of sessions, or have no counterpart: they are named in the
    log.

    Args:
        config: The `session_config` of a `RunConfig`; `None` changes
            nothing, also not what an earlier one has set.

    Raises:
        ConfigError: If `visible_device_list` names what is no GPU.
    """
    if config is None:
        # What the process has stays: the user may have set it, too.
        return
    # Where variables are on a GPU already, what has no kernel there must be
    # able to run elsewhere: TF1 placed both at the same time.
    has_gpus = bool(tf.config.list_physical_devices("GPU"))
    tf.config.set_soft_device_placement(config.allow_soft_placement or has_gpus)
    ignored = set(_set_fields(config)) - {"allow_soft_placement"}
    if any(name.startswith(_OF_CLUSTER) for name in ignored):
        # Set by RunConfig, not by the user.
        ignored = {n for n in ignored if not n.startswith(_WITH_CLUSTER)}
    # Where there is no GPU, that is as it is asked for.
    ignored.discard(_GPU_COUNT)
    for change in _changes(config):
        ignored.discard(change.field)
        try:
            change.make()
        except RuntimeError:
            _v1.logging.warning(
                "session_config's %s=%s has no effect: TensorFlow has started "
                "already, and keeps %s. Make the Estimator before TensorFlow "
                "computes anything, or start the program anew.",
                change.field,
                change.value,
                change.kept,
            )
    if ignored:
        _v1.logging.info(
            "These fields of session_config have no effect here: %s.",
            ", ".join(sorted(ignored)),
        )


class _Change(NamedTuple):
    """One field, and what makes it true.

    Attributes:
        field: Its name, from the top of the message.
        value: What it is set to.
        kept: What stays in effect if it comes too late.
        make: Makes it true; raises a RuntimeError if it is too late.
    """

    field: str
    value: Any
    kept: str
    make: Callable[[], None]


def _changes(config: tf.compat.v1.ConfigProto) -> Iterator[_Change]:
    """Yields what is to be changed."""
    yield from _thread_changes(config)
    yield from _visible_changes(config)
    yield from _gpu_changes(config.gpu_options)
    if config.log_device_placement:
        yield _Change(
            "log_device_placement",
            True,
            "False",
            lambda: tf.debugging.set_log_device_placement(True),
        )
    level = config.graph_options.optimizer_options.global_jit_level
    if level in _JIT_LEVELS:
        kind = _JIT_LEVELS[level]
        yield _Change(
            _JIT, level, "its own", lambda: tf.config.optimizer.set_jit(kind)
        )


def _thread_changes(config: tf.compat.v1.ConfigProto) -> Iterator[_Change]:
    threads = tf.config.threading
    accessors = {
        "intra_op_parallelism_threads": (
            threads.get_intra_op_parallelism_threads,
            threads.set_intra_op_parallelism_threads,
        ),
        "inter_op_parallelism_threads": (
            threads.get_inter_op_parallelism_threads,
            threads.set_inter_op_parallelism_threads,
        ),
    }
    for field, (get, put) in accessors.items():
        value = getattr(config, field)
        if not value:
            continue
        before = get()
        kept = str(before) if before else "its own choice (0)"

        def make(value: int = value, put: Callable = put) -> None:
            put(value)

        if value == before:
            yield _Change(field, value, kept, lambda: None)
        else:
            yield _Change(field, value, kept, make)


def _visible_changes(config: tf.compat.v1.ConfigProto) -> Iterator[_Change]:
    """Yields which GPUs are to be seen: some, or the first ones of these."""
    gpus = tf.config.list_physical_devices("GPU")
    numbers = config.gpu_options.visible_device_list
    shown = _named_gpus(numbers, gpus) if numbers else gpus
    if not gpus:
        # Then all of them are seen, and what is said of them is true.
        return
    visible = tf.config.get_visible_devices("GPU")
    kept = f"{len(visible)} visible GPUs"
    if numbers:
        yield _Change(
            "gpu_options.visible_device_list",
            numbers,
            kept,
            lambda: tf.config.set_visible_devices(shown, "GPU"),
        )
    if "GPU" in config.device_count:
        count = config.device_count["GPU"]
        # TF1 took as many as there are where more were asked for.
        first = shown[:count]
        yield _Change(
            _GPU_COUNT,
            count,
            kept,
            lambda: tf.config.set_visible_devices(first, "GPU"),
        )


def _gpu_changes(options: tf.compat.v1.GPUOptions) -> Iterator[_Change]:
    gpus = tf.config.list_physical_devices("GPU")
    if options.allow_growth and gpus:
        yield _Change(
            "gpu_options.allow_growth", True, "False", _let_memory_grow
        )
    fraction = options.per_process_gpu_memory_fraction
    if fraction and gpus:
        yield _Change(
            "gpu_options.per_process_gpu_memory_fraction",
            fraction,
            "the memory that it has taken",
            lambda: _tensorflow.set_gpu_memory_fraction(fraction),
        )


def _named_gpus(numbers: str, gpus: list[Any]) -> list[Any]:
    """Returns the GPUs of a list like `"0,2"`.

    Raises:
        ConfigError: If one of the numbers is none, or there is no such GPU.
    """
    parts = [part.strip() for part in numbers.split(",")]
    # On a machine without any, a list of some is no mistake.
    count = len(gpus) or None
    wrong = [
        part
        for part in parts
        if not part.isdecimal() or (count is not None and int(part) >= count)
    ]
    if wrong:
        raise ConfigError(
            "`session_config.gpu_options.visible_device_list` must be numbers "
            f"of GPUs from 0 on, with commas in between. Received: "
            f"{numbers!r}, where {', '.join(map(repr, wrong))} is none. "
            f"This machine has {len(gpus)}."
        )
    return [gpus[int(part)] for part in parts] if gpus else []


def _let_memory_grow() -> None:
    for gpu in tf.config.get_visible_devices("GPU"):
        tf.config.experimental.set_memory_growth(gpu, True)


def _set_fields(message: Any, above: str = "") -> Iterator[str]:
    """Yields the fields of a message that are set, those inside by dots."""
    for field, value in message.ListFields():
        name = above + field.name
        nested = field.message_type is not None and hasattr(value, "ListFields")
        if name == "device_count":
            yield from (f'{name}["{device}"]' for device in value)
        elif nested and value.ListFields():
            yield from _set_fields(value, f"{name}.")
        else:
            yield name
