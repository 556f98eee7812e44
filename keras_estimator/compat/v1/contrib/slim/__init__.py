"""`tf.contrib.slim`: `contrib.layers` and `contrib.framework` in one place.

Networks that are written with it build as they are. They are trained by an
`Estimator`, in place of `slim.learning.train`.
"""

from keras_estimator.compat._missing import missing
from keras_estimator.compat.v1.contrib import losses
from keras_estimator.compat.v1.contrib import metrics
from keras_estimator.compat.v1.contrib.framework import add_arg_scope
from keras_estimator.compat.v1.contrib.framework import add_model_variable
from keras_estimator.compat.v1.contrib.framework import arg_scope
from keras_estimator.compat.v1.contrib.framework import arg_scope_func_key
from keras_estimator.compat.v1.contrib.framework import arg_scoped_arguments
from keras_estimator.compat.v1.contrib.framework import assert_global_step
from keras_estimator.compat.v1.contrib.framework import (
    assert_or_get_global_step,
)
from keras_estimator.compat.v1.contrib.framework import assign_from_checkpoint
from keras_estimator.compat.v1.contrib.framework import (
    assign_from_checkpoint_fn,
)
from keras_estimator.compat.v1.contrib.framework import assign_from_values
from keras_estimator.compat.v1.contrib.framework import assign_from_values_fn
from keras_estimator.compat.v1.contrib.framework import create_global_step
from keras_estimator.compat.v1.contrib.framework import current_arg_scope
from keras_estimator.compat.v1.contrib.framework import filter_variables
from keras_estimator.compat.v1.contrib.framework import get_global_step
from keras_estimator.compat.v1.contrib.framework import get_local_variables
from keras_estimator.compat.v1.contrib.framework import get_model_variables
from keras_estimator.compat.v1.contrib.framework import (
    get_or_create_global_step,
)
from keras_estimator.compat.v1.contrib.framework import get_trainable_variables
from keras_estimator.compat.v1.contrib.framework import get_unique_variable
from keras_estimator.compat.v1.contrib.framework import get_variable_full_name
from keras_estimator.compat.v1.contrib.framework import get_variables
from keras_estimator.compat.v1.contrib.framework import get_variables_by_name
from keras_estimator.compat.v1.contrib.framework import get_variables_by_suffix
from keras_estimator.compat.v1.contrib.framework import get_variables_to_restore
from keras_estimator.compat.v1.contrib.framework import global_variable
from keras_estimator.compat.v1.contrib.framework import has_arg_scope
from keras_estimator.compat.v1.contrib.framework import local_variable
from keras_estimator.compat.v1.contrib.framework import model_variable
from keras_estimator.compat.v1.contrib.framework import variable
from keras_estimator.compat.v1.contrib.layers import OPTIMIZER_CLS_NAMES
from keras_estimator.compat.v1.contrib.layers import OPTIMIZER_SUMMARIES
from keras_estimator.compat.v1.contrib.layers import (
    SPARSE_FEATURE_CROSS_DEFAULT_HASH_KEY,
)
from keras_estimator.compat.v1.contrib.layers import adaptive_clipping_fn
from keras_estimator.compat.v1.contrib.layers import apply_regularization
from keras_estimator.compat.v1.contrib.layers import avg_pool2d
from keras_estimator.compat.v1.contrib.layers import avg_pool3d
from keras_estimator.compat.v1.contrib.layers import batch_norm
from keras_estimator.compat.v1.contrib.layers import bias_add
from keras_estimator.compat.v1.contrib.layers import bow_encoder
from keras_estimator.compat.v1.contrib.layers import bucketized_column
from keras_estimator.compat.v1.contrib.layers import check_feature_columns
from keras_estimator.compat.v1.contrib.layers import conv1d
from keras_estimator.compat.v1.contrib.layers import conv2d
from keras_estimator.compat.v1.contrib.layers import conv2d_in_plane
from keras_estimator.compat.v1.contrib.layers import conv2d_transpose
from keras_estimator.compat.v1.contrib.layers import conv3d
from keras_estimator.compat.v1.contrib.layers import conv3d_transpose
from keras_estimator.compat.v1.contrib.layers import convolution
from keras_estimator.compat.v1.contrib.layers import convolution1d
from keras_estimator.compat.v1.contrib.layers import convolution2d
from keras_estimator.compat.v1.contrib.layers import convolution2d_in_plane
from keras_estimator.compat.v1.contrib.layers import convolution2d_transpose
from keras_estimator.compat.v1.contrib.layers import convolution3d
from keras_estimator.compat.v1.contrib.layers import convolution3d_transpose
from keras_estimator.compat.v1.contrib.layers import (
    create_feature_spec_for_parsing,
)
from keras_estimator.compat.v1.contrib.layers import crossed_column
from keras_estimator.compat.v1.contrib.layers import dense_to_sparse
from keras_estimator.compat.v1.contrib.layers import dropout
from keras_estimator.compat.v1.contrib.layers import elu
from keras_estimator.compat.v1.contrib.layers import embed_sequence
from keras_estimator.compat.v1.contrib.layers import embedding_column
from keras_estimator.compat.v1.contrib.layers import embedding_lookup_unique
from keras_estimator.compat.v1.contrib.layers import feature_column
from keras_estimator.compat.v1.contrib.layers import flatten
from keras_estimator.compat.v1.contrib.layers import fully_connected
from keras_estimator.compat.v1.contrib.layers import group_norm
from keras_estimator.compat.v1.contrib.layers import initializers
from keras_estimator.compat.v1.contrib.layers import input_from_feature_columns
from keras_estimator.compat.v1.contrib.layers import instance_norm
from keras_estimator.compat.v1.contrib.layers import l1_l2_regularizer
from keras_estimator.compat.v1.contrib.layers import l1_regularizer
from keras_estimator.compat.v1.contrib.layers import l2_regularizer
from keras_estimator.compat.v1.contrib.layers import layer_norm
from keras_estimator.compat.v1.contrib.layers import linear
from keras_estimator.compat.v1.contrib.layers import max_pool2d
from keras_estimator.compat.v1.contrib.layers import max_pool3d
from keras_estimator.compat.v1.contrib.layers import maxout
from keras_estimator.compat.v1.contrib.layers import one_hot_column
from keras_estimator.compat.v1.contrib.layers import one_hot_encoding
from keras_estimator.compat.v1.contrib.layers import optimize_loss
from keras_estimator.compat.v1.contrib.layers import (
    parse_feature_columns_from_examples,
)
from keras_estimator.compat.v1.contrib.layers import real_valued_column
from keras_estimator.compat.v1.contrib.layers import regularizers
from keras_estimator.compat.v1.contrib.layers import relu
from keras_estimator.compat.v1.contrib.layers import relu6
from keras_estimator.compat.v1.contrib.layers import repeat
from keras_estimator.compat.v1.contrib.layers import (
    safe_embedding_lookup_sparse,
)
from keras_estimator.compat.v1.contrib.layers import scale_gradient
from keras_estimator.compat.v1.contrib.layers import separable_conv2d
from keras_estimator.compat.v1.contrib.layers import separable_convolution2d
from keras_estimator.compat.v1.contrib.layers import shared_embedding_columns
from keras_estimator.compat.v1.contrib.layers import softmax
from keras_estimator.compat.v1.contrib.layers import (
    sparse_column_with_hash_bucket,
)
from keras_estimator.compat.v1.contrib.layers import (
    sparse_column_with_integerized_feature,
)
from keras_estimator.compat.v1.contrib.layers import sparse_column_with_keys
from keras_estimator.compat.v1.contrib.layers import (
    sparse_column_with_vocabulary_file,
)
from keras_estimator.compat.v1.contrib.layers import stack
from keras_estimator.compat.v1.contrib.layers import sum_regularizer
from keras_estimator.compat.v1.contrib.layers import summaries
from keras_estimator.compat.v1.contrib.layers import summarize_activation
from keras_estimator.compat.v1.contrib.layers import summarize_activations
from keras_estimator.compat.v1.contrib.layers import summarize_collection
from keras_estimator.compat.v1.contrib.layers import summarize_tensor
from keras_estimator.compat.v1.contrib.layers import summarize_tensors
from keras_estimator.compat.v1.contrib.layers import unit_norm
from keras_estimator.compat.v1.contrib.layers import (
    variance_scaling_initializer,
)
from keras_estimator.compat.v1.contrib.layers import weighted_sparse_column
from keras_estimator.compat.v1.contrib.layers import (
    weighted_sum_from_feature_columns,
)
from keras_estimator.compat.v1.contrib.layers import xavier_initializer
from keras_estimator.compat.v1.contrib.layers import xavier_initializer_conv2d
from keras_estimator.compat.v1.contrib.slim import learning
from keras_estimator.compat.v1.contrib.slim import utils

__getattr__ = missing(__name__)

__all__ = [
    "OPTIMIZER_CLS_NAMES",
    "OPTIMIZER_SUMMARIES",
    "SPARSE_FEATURE_CROSS_DEFAULT_HASH_KEY",
    "adaptive_clipping_fn",
    "add_arg_scope",
    "add_model_variable",
    "apply_regularization",
    "arg_scope",
    "arg_scope_func_key",
    "arg_scoped_arguments",
    "assert_global_step",
    "assert_or_get_global_step",
    "assign_from_checkpoint",
    "assign_from_checkpoint_fn",
    "assign_from_values",
    "assign_from_values_fn",
    "avg_pool2d",
    "avg_pool3d",
    "batch_norm",
    "bias_add",
    "bow_encoder",
    "bucketized_column",
    "check_feature_columns",
    "conv1d",
    "conv2d",
    "conv2d_in_plane",
    "conv2d_transpose",
    "conv3d",
    "conv3d_transpose",
    "convolution",
    "convolution1d",
    "convolution2d",
    "convolution2d_in_plane",
    "convolution2d_transpose",
    "convolution3d",
    "convolution3d_transpose",
    "create_feature_spec_for_parsing",
    "create_global_step",
    "crossed_column",
    "current_arg_scope",
    "dense_to_sparse",
    "dropout",
    "elu",
    "embed_sequence",
    "embedding_column",
    "embedding_lookup_unique",
    "feature_column",
    "filter_variables",
    "flatten",
    "fully_connected",
    "get_global_step",
    "get_local_variables",
    "get_model_variables",
    "get_or_create_global_step",
    "get_trainable_variables",
    "get_unique_variable",
    "get_variable_full_name",
    "get_variables",
    "get_variables_by_name",
    "get_variables_by_suffix",
    "get_variables_to_restore",
    "global_variable",
    "group_norm",
    "has_arg_scope",
    "initializers",
    "input_from_feature_columns",
    "instance_norm",
    "l1_l2_regularizer",
    "l1_regularizer",
    "l2_regularizer",
    "layer_norm",
    "learning",
    "linear",
    "local_variable",
    "losses",
    "max_pool2d",
    "max_pool3d",
    "maxout",
    "metrics",
    "model_variable",
    "one_hot_column",
    "one_hot_encoding",
    "optimize_loss",
    "parse_feature_columns_from_examples",
    "real_valued_column",
    "regularizers",
    "relu",
    "relu6",
    "repeat",
    "safe_embedding_lookup_sparse",
    "scale_gradient",
    "separable_conv2d",
    "separable_convolution2d",
    "shared_embedding_columns",
    "softmax",
    "sparse_column_with_hash_bucket",
    "sparse_column_with_integerized_feature",
    "sparse_column_with_keys",
    "sparse_column_with_vocabulary_file",
    "stack",
    "sum_regularizer",
    "summaries",
    "summarize_activation",
    "summarize_activations",
    "summarize_collection",
    "summarize_tensor",
    "summarize_tensors",
    "unit_norm",
    "utils",
    "variable",
    "variance_scaling_initializer",
    "weighted_sparse_column",
    "weighted_sum_from_feature_columns",
    "xavier_initializer",
    "xavier_initializer_conv2d",
]
