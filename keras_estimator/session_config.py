"""What a ConfigProto of TF1 asks for, asked of today's TensorFlow.

TF1 had these settings for each session; now they are the process's, and most
can be set only before TensorFlow has used its devices.
"""

from collections.abc import Callable
from collections.abc import Iterator

import tensorflow as tf

_v1 = tf.compat.v1
_XLA = (_v1.OptimizerOptions.ON_1, _v1.OptimizerOptions.ON_2)


def apply(config: tf.compat.v1.ConfigProto | None) -> None:
    """Sets what the process has a setting for.

    These are the numbers of threads, `gpu_options.allow_growth` and
    `visible_device_list`, `log_device_placement` and the `global_jit_level` of
    XLA. Other fields are of sessions, or have no counterpart: nothing comes of
    them.

    Args:
        config: The `session_config` of a `RunConfig`.
    """
    if config is None:
        return
    for field, change in _changes(config):
        try:
            change()
        except RuntimeError as error:
            _v1.logging.warning(
                "session_config's %s has no effect: %s Make the Estimator "
                "before TensorFlow computes anything.",
                field,
                str(error).rstrip(".") + ".",
            )


def _changes(
    config: tf.compat.v1.ConfigProto,
) -> Iterator[tuple[str, Callable[[], None]]]:
    """Yields the fields that are set, each with what makes it true."""
    threads, gpu = tf.config.threading, config.gpu_options
    within, between = (
        config.intra_op_parallelism_threads,
        config.inter_op_parallelism_threads,
    )
    if within and within != threads.get_intra_op_parallelism_threads():
        yield (
            "intra_op_parallelism_threads",
            lambda: threads.set_intra_op_parallelism_threads(within),
        )
    if between and between != threads.get_inter_op_parallelism_threads():
        yield (
            "inter_op_parallelism_threads",
            lambda: threads.set_inter_op_parallelism_threads(between),
        )
    if gpu.visible_device_list:
        yield (
            "gpu_options.visible_device_list",
            lambda: _show_gpus(gpu.visible_device_list),
        )
    if gpu.allow_growth:
        yield "gpu_options.allow_growth", _let_memory_grow
    if config.log_device_placement:
        yield (
            "log_device_placement",
            lambda: tf.debugging.set_log_device_placement(True),
        )
    if config.graph_options.optimizer_options.global_jit_level in _XLA:
        yield (
            "graph_options.optimizer_options.global_jit_level",
            lambda: tf.config.optimizer.set_jit("autoclustering"),
        )


def _show_gpus(numbers: str) -> None:
    gpus = tf.config.list_physical_devices("GPU")
    shown = [gpus[int(n)] for n in numbers.split(",") if int(n) < len(gpus)]
    tf.config.set_visible_devices(shown, "GPU")


def _let_memory_grow() -> None:
    for gpu in tf.config.get_visible_devices("GPU"):
        tf.config.experimental.set_memory_growth(gpu, True)
