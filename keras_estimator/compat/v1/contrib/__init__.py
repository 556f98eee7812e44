"""`tf.contrib`: what Estimator programs used of it.

Each part is imported when it is first asked for.
"""

import importlib
from typing import Any

from keras_estimator.compat._missing import missing

_missing = missing(__name__)


def __getattr__(name: str) -> Any:
    if name in __all__:
        return importlib.import_module(f"{__name__}.{name}")
    return _missing(name)


def __dir__() -> list[str]:
    return __all__


__all__ = [
    "autograph",
    "cluster_resolver",
    "crf",
    "data",
    "distribute",
    "estimator",
    "feature_column",
    "framework",
    "hooks",
    "image",
    "keras",
    "layers",
    "learn",
    "lookup",
    "losses",
    "metrics",
    "nn",
    "opt",
    "predictor",
    "rnn",
    "seq2seq",
    "signal",
    "slim",
    "stateless",
    "summary",
    "tensorboard",
    "tpu",
    "training",
    "util",
]
