"""`tf.contrib.tpu`: TPUEstimator and what goes with it, without a TPU."""

from typing import Any

import tensorflow as tf

from keras_estimator._types import Path
from keras_estimator.compat._missing import missing
from keras_estimator.compat.v1.tpu.one_shard import CrossShardOptimizer
from keras_estimator.compat.v1.tpu.one_shard import cross_replica_sum
from keras_estimator.estimator import Estimator
from keras_estimator.hooks import CheckpointSaverHook
from keras_estimator.tpu import InputPipelineConfig
from keras_estimator.tpu import RunConfig
from keras_estimator.tpu import TPUConfig
from keras_estimator.tpu import TPUEstimator
from keras_estimator.tpu import TPUEstimatorSpec

bfloat16_scope = tf.compat.v1.tpu.bfloat16_scope
# It wrote checkpoints from a thread of its own, so that TPUs need not wait.
AsyncCheckpointSaverHook = CheckpointSaverHook

__getattr__ = missing(__name__)


def export_estimator_savedmodel(
    estimator: Estimator,
    export_dir_base: Path,
    serving_input_receiver_fn: Any,
    assets_extra: Any = None,
    as_text: bool = False,
    checkpoint_path: Path | None = None,
    strip_default_attrs: bool = False,
) -> bytes:
    """Exports an Estimator as its own `export_savedmodel` does.

    Args:
        estimator: The Estimator.
        export_dir_base: As for that method, and so are the others.
        serving_input_receiver_fn: See there.
        assets_extra: See there.
        as_text: See there.
        checkpoint_path: See there.
        strip_default_attrs: See there.

    Returns:
        The path of the folder, as bytes.
    """
    return estimator.export_savedmodel(
        export_dir_base,
        serving_input_receiver_fn,
        assets_extra,
        as_text,
        checkpoint_path,
        strip_default_attrs,
    )


__all__ = [
    "AsyncCheckpointSaverHook",
    "CrossShardOptimizer",
    "InputPipelineConfig",
    "RunConfig",
    "TPUConfig",
    "TPUEstimator",
    "TPUEstimatorSpec",
    "bfloat16_scope",
    "cross_replica_sum",
    "export_estimator_savedmodel",
]
