"""`tf.estimator.tpu`: TPUEstimator programs, on this machine's CPU and GPU.

They run as they did with `use_tpu=False`; there is no TPU here.
"""

from typing import Any

from keras_estimator.tpu.config import InputPipelineConfig
from keras_estimator.tpu.config import TPUConfig
from keras_estimator.tpu.estimator import TPUEstimator
from keras_estimator.tpu.run_config import RunConfig
from keras_estimator.tpu.spec import TPUEstimatorSpec


def __getattr__(name: str) -> Any:
    instead = "The names that are not here are in docs/compatibility.md."
    if name == "experimental":
        instead = (
            "`experimental.EmbeddingConfigSpec` puts embeddings into the memory"
            " of TPUs: use feature columns or `tf.nn.embedding_lookup` in "
            "model_fn. See docs/compatibility.md."
        )
    raise AttributeError(
        f"module {__name__!r} has no attribute {name!r}. {instead}"
    )


__all__ = [
    "InputPipelineConfig",
    "RunConfig",
    "TPUConfig",
    "TPUEstimator",
    "TPUEstimatorSpec",
]
