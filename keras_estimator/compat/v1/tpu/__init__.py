"""`tf.tpu`: what TensorFlow has, and of it what runs without a TPU."""

from keras_estimator.compat import _overlay
from keras_estimator.compat.v1.tpu.one_shard import CrossShardOptimizer
from keras_estimator.compat.v1.tpu.one_shard import cross_replica_sum

__getattr__, __dir__ = _overlay.overlay(__name__)

__all__ = ["CrossShardOptimizer", "cross_replica_sum"]
