"""`tf.contrib.metrics`."""

from keras_estimator.compat._missing import missing
from keras_estimator.compat.v1.contrib.metrics.concatenation import (
    streaming_concat,
)
from keras_estimator.compat.v1.contrib.metrics.covariance import (
    streaming_covariance,
)
from keras_estimator.compat.v1.contrib.metrics.covariance import (
    streaming_pearson_correlation,
)
from keras_estimator.compat.v1.contrib.metrics.ranking import (
    streaming_recall_at_k,
)
from keras_estimator.compat.v1.contrib.metrics.ranking import (
    streaming_sparse_average_precision_at_k,
)
from keras_estimator.compat.v1.contrib.metrics.ranking import (
    streaming_sparse_precision_at_k,
)
from keras_estimator.compat.v1.contrib.metrics.ranking import (
    streaming_sparse_recall_at_k,
)
from keras_estimator.compat.v1.contrib.metrics.rates import (
    streaming_false_negative_rate,
)
from keras_estimator.compat.v1.contrib.metrics.rates import (
    streaming_false_negative_rate_at_thresholds,
)
from keras_estimator.compat.v1.contrib.metrics.rates import (
    streaming_false_positive_rate,
)
from keras_estimator.compat.v1.contrib.metrics.rates import (
    streaming_false_positive_rate_at_thresholds,
)
from keras_estimator.compat.v1.contrib.metrics.scores import accuracy
from keras_estimator.compat.v1.contrib.metrics.scores import (
    aggregate_metric_map,
)
from keras_estimator.compat.v1.contrib.metrics.scores import aggregate_metrics
from keras_estimator.compat.v1.contrib.metrics.scores import cohen_kappa
from keras_estimator.compat.v1.contrib.metrics.scores import confusion_matrix
from keras_estimator.compat.v1.contrib.metrics.scores import count
from keras_estimator.compat.v1.contrib.metrics.scores import f1_score
from keras_estimator.compat.v1.contrib.metrics.scores import set_difference
from keras_estimator.compat.v1.contrib.metrics.scores import set_intersection
from keras_estimator.compat.v1.contrib.metrics.scores import set_size
from keras_estimator.compat.v1.contrib.metrics.scores import set_union
from keras_estimator.compat.v1.contrib.metrics.streaming import (
    streaming_accuracy,
)
from keras_estimator.compat.v1.contrib.metrics.streaming import streaming_auc
from keras_estimator.compat.v1.contrib.metrics.streaming import (
    streaming_false_negatives,
)
from keras_estimator.compat.v1.contrib.metrics.streaming import (
    streaming_false_negatives_at_thresholds,
)
from keras_estimator.compat.v1.contrib.metrics.streaming import (
    streaming_false_positives,
)
from keras_estimator.compat.v1.contrib.metrics.streaming import (
    streaming_false_positives_at_thresholds,
)
from keras_estimator.compat.v1.contrib.metrics.streaming import streaming_mean
from keras_estimator.compat.v1.contrib.metrics.streaming import (
    streaming_mean_absolute_error,
)
from keras_estimator.compat.v1.contrib.metrics.streaming import (
    streaming_mean_cosine_distance,
)
from keras_estimator.compat.v1.contrib.metrics.streaming import (
    streaming_mean_iou,
)
from keras_estimator.compat.v1.contrib.metrics.streaming import (
    streaming_mean_relative_error,
)
from keras_estimator.compat.v1.contrib.metrics.streaming import (
    streaming_mean_squared_error,
)
from keras_estimator.compat.v1.contrib.metrics.streaming import (
    streaming_mean_tensor,
)
from keras_estimator.compat.v1.contrib.metrics.streaming import (
    streaming_percentage_less,
)
from keras_estimator.compat.v1.contrib.metrics.streaming import (
    streaming_precision,
)
from keras_estimator.compat.v1.contrib.metrics.streaming import (
    streaming_precision_at_thresholds,
)
from keras_estimator.compat.v1.contrib.metrics.streaming import streaming_recall
from keras_estimator.compat.v1.contrib.metrics.streaming import (
    streaming_recall_at_thresholds,
)
from keras_estimator.compat.v1.contrib.metrics.streaming import (
    streaming_root_mean_squared_error,
)
from keras_estimator.compat.v1.contrib.metrics.streaming import (
    streaming_sensitivity_at_specificity,
)
from keras_estimator.compat.v1.contrib.metrics.streaming import (
    streaming_specificity_at_sensitivity,
)
from keras_estimator.compat.v1.contrib.metrics.streaming import (
    streaming_true_negatives,
)
from keras_estimator.compat.v1.contrib.metrics.streaming import (
    streaming_true_negatives_at_thresholds,
)
from keras_estimator.compat.v1.contrib.metrics.streaming import (
    streaming_true_positives,
)
from keras_estimator.compat.v1.contrib.metrics.streaming import (
    streaming_true_positives_at_thresholds,
)

__getattr__ = missing(__name__)

__all__ = [
    "accuracy",
    "aggregate_metric_map",
    "aggregate_metrics",
    "cohen_kappa",
    "confusion_matrix",
    "count",
    "f1_score",
    "set_difference",
    "set_intersection",
    "set_size",
    "set_union",
    "streaming_accuracy",
    "streaming_auc",
    "streaming_concat",
    "streaming_covariance",
    "streaming_false_negative_rate",
    "streaming_false_negative_rate_at_thresholds",
    "streaming_false_negatives",
    "streaming_false_negatives_at_thresholds",
    "streaming_false_positive_rate",
    "streaming_false_positive_rate_at_thresholds",
    "streaming_false_positives",
    "streaming_false_positives_at_thresholds",
    "streaming_mean",
    "streaming_mean_absolute_error",
    "streaming_mean_cosine_distance",
    "streaming_mean_iou",
    "streaming_mean_relative_error",
    "streaming_mean_squared_error",
    "streaming_mean_tensor",
    "streaming_pearson_correlation",
    "streaming_percentage_less",
    "streaming_precision",
    "streaming_precision_at_thresholds",
    "streaming_recall",
    "streaming_recall_at_k",
    "streaming_recall_at_thresholds",
    "streaming_root_mean_squared_error",
    "streaming_sensitivity_at_specificity",
    "streaming_sparse_average_precision_at_k",
    "streaming_sparse_precision_at_k",
    "streaming_sparse_recall_at_k",
    "streaming_specificity_at_sensitivity",
    "streaming_true_negatives",
    "streaming_true_negatives_at_thresholds",
    "streaming_true_positives",
    "streaming_true_positives_at_thresholds",
]
