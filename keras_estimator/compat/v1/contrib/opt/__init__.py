"""`tf.contrib.opt`."""

from keras_estimator.compat._missing import missing
from keras_estimator.compat.v1.contrib.opt.adam import LazyAdamOptimizer
from keras_estimator.compat.v1.contrib.opt.adam import NadamOptimizer
from keras_estimator.compat.v1.contrib.opt.lars import LARSOptimizer
from keras_estimator.compat.v1.contrib.opt.weight_decay import AdamWOptimizer
from keras_estimator.compat.v1.contrib.opt.weight_decay import (
    DecoupledWeightDecayExtension,
)
from keras_estimator.compat.v1.contrib.opt.weight_decay import (
    MomentumWOptimizer,
)
from keras_estimator.compat.v1.contrib.opt.weight_decay import (
    extend_with_decoupled_weight_decay,
)
from keras_estimator.compat.v1.contrib.opt.wrappers import (
    MovingAverageOptimizer,
)
from keras_estimator.compat.v1.contrib.opt.wrappers import (
    clip_gradients_by_global_norm,
)

__getattr__ = missing(__name__)

__all__ = [
    "AdamWOptimizer",
    "DecoupledWeightDecayExtension",
    "LARSOptimizer",
    "LazyAdamOptimizer",
    "MomentumWOptimizer",
    "MovingAverageOptimizer",
    "NadamOptimizer",
    "clip_gradients_by_global_norm",
    "extend_with_decoupled_weight_decay",
]
