"""`tf.contrib.cluster_resolver`."""

import tensorflow as tf

from keras_estimator.compat._missing import missing
from keras_estimator.compat.v1.distribute.cluster_resolver import (
    TPUClusterResolver,
)

_now = tf.distribute.cluster_resolver

ClusterResolver = _now.ClusterResolver
GCEClusterResolver = _now.GCEClusterResolver
KubernetesClusterResolver = _now.KubernetesClusterResolver
SimpleClusterResolver = _now.SimpleClusterResolver
SlurmClusterResolver = _now.SlurmClusterResolver
TFConfigClusterResolver = _now.TFConfigClusterResolver
UnionClusterResolver = _now.UnionResolver

__getattr__ = missing(__name__)

__all__ = [
    "ClusterResolver",
    "GCEClusterResolver",
    "KubernetesClusterResolver",
    "SimpleClusterResolver",
    "SlurmClusterResolver",
    "TFConfigClusterResolver",
    "TPUClusterResolver",
    "UnionClusterResolver",
]
