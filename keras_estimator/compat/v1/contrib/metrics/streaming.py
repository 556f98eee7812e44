"""`tf.metrics` with predictions first, as `tf.contrib.metrics` has them.

Each returns a value and an operation that updates it: a pair for
`eval_metric_ops`.
"""

import tensorflow as tf

from keras_estimator.compat.v1.contrib.metrics.swapping import predictions_first

_metrics = tf.compat.v1.metrics
_THRESHOLDS = {"thresholds": "A list of floats from 0 to 1."}
_PROBABILITIES = {
    "predictions": "Floats from 0 to 1.",
    "labels": "Bools, or 0 and 1, of that shape.",
    "num_thresholds": "How many thresholds are tried.",
}

streaming_mean = _metrics.mean
streaming_mean_tensor = _metrics.mean_tensor
streaming_percentage_less = _metrics.percentage_below

streaming_accuracy = predictions_first(
    _metrics.accuracy, "Returns how often predictions equal labels."
)
streaming_precision = predictions_first(
    _metrics.precision, "Returns the part of true predictions that is right."
)
streaming_recall = predictions_first(
    _metrics.recall, "Returns the part of true labels that is predicted."
)
streaming_true_positives = predictions_first(
    _metrics.true_positives, "Counts true labels that are predicted."
)
streaming_true_negatives = predictions_first(
    _metrics.true_negatives, "Counts false labels that are predicted."
)
streaming_false_positives = predictions_first(
    _metrics.false_positives, "Counts false labels predicted as true."
)
streaming_false_negatives = predictions_first(
    _metrics.false_negatives, "Counts true labels predicted as false."
)
streaming_mean_absolute_error = predictions_first(
    _metrics.mean_absolute_error, "Returns the mean of absolute errors."
)
streaming_mean_squared_error = predictions_first(
    _metrics.mean_squared_error, "Returns the mean of squared errors."
)
streaming_root_mean_squared_error = predictions_first(
    _metrics.root_mean_squared_error,
    "Returns the root of the mean of squared errors.",
)
streaming_mean_cosine_distance = predictions_first(
    _metrics.mean_cosine_distance,
    "Returns the mean of 1 - cosines.",
    {"dim": "The axis of the vectors."},
)
streaming_mean_iou = predictions_first(
    _metrics.mean_iou,
    "Returns the mean of intersection over union of classes.",
    {"num_classes": "How many classes there are."},
)
streaming_mean_relative_error = predictions_first(
    _metrics.mean_relative_error,
    "Returns the mean of errors divided by a normalizer.",
    {"normalizer": "What errors are divided by."},
)
streaming_precision_at_thresholds = predictions_first(
    _metrics.precision_at_thresholds,
    "Returns the precision at each threshold.",
    _THRESHOLDS,
)
streaming_recall_at_thresholds = predictions_first(
    _metrics.recall_at_thresholds,
    "Returns the recall at each threshold.",
    _THRESHOLDS,
)
streaming_true_positives_at_thresholds = predictions_first(
    _metrics.true_positives_at_thresholds,
    "Counts true positives at each threshold.",
    _THRESHOLDS,
)
streaming_true_negatives_at_thresholds = predictions_first(
    _metrics.true_negatives_at_thresholds,
    "Counts true negatives at each threshold.",
    _THRESHOLDS,
)
streaming_false_positives_at_thresholds = predictions_first(
    _metrics.false_positives_at_thresholds,
    "Counts false positives at each threshold.",
    _THRESHOLDS,
)
streaming_false_negatives_at_thresholds = predictions_first(
    _metrics.false_negatives_at_thresholds,
    "Counts false negatives at each threshold.",
    _THRESHOLDS,
)
streaming_auc = predictions_first(
    _metrics.auc,
    "Returns the area under a curve.",
    {
        **_PROBABILITIES,
        "num_thresholds": "At how many thresholds the curve is known.",
        "curve": "`ROC` or `PR`.",
    },
    without=("summation_method", "thresholds"),
)
streaming_specificity_at_sensitivity = predictions_first(
    _metrics.specificity_at_sensitivity,
    "Returns the specificity where the sensitivity is a given one.",
    {**_PROBABILITIES, "sensitivity": "The sensitivity."},
)
streaming_sensitivity_at_specificity = predictions_first(
    _metrics.sensitivity_at_specificity,
    "Returns the sensitivity where the specificity is a given one.",
    {**_PROBABILITIES, "specificity": "The specificity."},
)
