"""`tf.contrib.losses`."""

from keras_estimator.compat._missing import missing
from keras_estimator.compat.v1.contrib.losses import metric_learning
from keras_estimator.compat.v1.contrib.losses.functions import (
    absolute_difference,
)
from keras_estimator.compat.v1.contrib.losses.functions import add_loss
from keras_estimator.compat.v1.contrib.losses.functions import (
    compute_weighted_loss,
)
from keras_estimator.compat.v1.contrib.losses.functions import cosine_distance
from keras_estimator.compat.v1.contrib.losses.functions import get_losses
from keras_estimator.compat.v1.contrib.losses.functions import (
    get_regularization_losses,
)
from keras_estimator.compat.v1.contrib.losses.functions import get_total_loss
from keras_estimator.compat.v1.contrib.losses.functions import hinge_loss
from keras_estimator.compat.v1.contrib.losses.functions import log_loss
from keras_estimator.compat.v1.contrib.losses.functions import (
    mean_pairwise_squared_error,
)
from keras_estimator.compat.v1.contrib.losses.functions import (
    mean_squared_error,
)
from keras_estimator.compat.v1.contrib.losses.functions import (
    sigmoid_cross_entropy,
)
from keras_estimator.compat.v1.contrib.losses.functions import (
    softmax_cross_entropy,
)
from keras_estimator.compat.v1.contrib.losses.functions import (
    sparse_softmax_cross_entropy,
)

__getattr__ = missing(__name__)

__all__ = [
    "absolute_difference",
    "add_loss",
    "compute_weighted_loss",
    "cosine_distance",
    "get_losses",
    "get_regularization_losses",
    "get_total_loss",
    "hinge_loss",
    "log_loss",
    "mean_pairwise_squared_error",
    "mean_squared_error",
    "metric_learning",
    "sigmoid_cross_entropy",
    "softmax_cross_entropy",
    "sparse_softmax_cross_entropy",
]
