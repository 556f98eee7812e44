"""`tf.contrib.layers`."""

from keras_estimator.compat._missing import missing
from keras_estimator.compat.v1.contrib.layers import feature_column
from keras_estimator.compat.v1.contrib.layers import summaries
from keras_estimator.compat.v1.contrib.layers.batch_normalization import (
    batch_norm,
)
from keras_estimator.compat.v1.contrib.layers.category_declarations import (
    sparse_column_with_hash_bucket,
)
from keras_estimator.compat.v1.contrib.layers.category_declarations import (
    sparse_column_with_integerized_feature,
)
from keras_estimator.compat.v1.contrib.layers.category_declarations import (
    sparse_column_with_keys,
)
from keras_estimator.compat.v1.contrib.layers.category_declarations import (
    sparse_column_with_vocabulary_file,
)
from keras_estimator.compat.v1.contrib.layers.composition import repeat
from keras_estimator.compat.v1.contrib.layers.composition import stack
from keras_estimator.compat.v1.contrib.layers.convolutions import conv1d
from keras_estimator.compat.v1.contrib.layers.convolutions import conv2d
from keras_estimator.compat.v1.contrib.layers.convolutions import conv3d
from keras_estimator.compat.v1.contrib.layers.convolutions import convolution
from keras_estimator.compat.v1.contrib.layers.convolutions import convolution1d
from keras_estimator.compat.v1.contrib.layers.convolutions import convolution2d
from keras_estimator.compat.v1.contrib.layers.convolutions import convolution3d
from keras_estimator.compat.v1.contrib.layers.dense import bias_add
from keras_estimator.compat.v1.contrib.layers.dense import elu
from keras_estimator.compat.v1.contrib.layers.dense import fully_connected
from keras_estimator.compat.v1.contrib.layers.dense import linear
from keras_estimator.compat.v1.contrib.layers.dense import relu
from keras_estimator.compat.v1.contrib.layers.dense import relu6
from keras_estimator.compat.v1.contrib.layers.embeddings import bow_encoder
from keras_estimator.compat.v1.contrib.layers.embeddings import embed_sequence
from keras_estimator.compat.v1.contrib.layers.embeddings import (
    embedding_lookup_unique,
)
from keras_estimator.compat.v1.contrib.layers.embeddings import (
    safe_embedding_lookup_sparse,
)
from keras_estimator.compat.v1.contrib.layers.feature_column import (
    SPARSE_FEATURE_CROSS_DEFAULT_HASH_KEY,
)
from keras_estimator.compat.v1.contrib.layers.feature_column import (
    check_feature_columns,
)
from keras_estimator.compat.v1.contrib.layers.feature_column_ops import (
    create_feature_spec_for_parsing,
)
from keras_estimator.compat.v1.contrib.layers.feature_column_ops import (
    input_from_feature_columns,
)
from keras_estimator.compat.v1.contrib.layers.feature_column_ops import (
    parse_feature_columns_from_examples,
)
from keras_estimator.compat.v1.contrib.layers.feature_column_ops import (
    weighted_sum_from_feature_columns,
)
from keras_estimator.compat.v1.contrib.layers.feature_declarations import (
    bucketized_column,
)
from keras_estimator.compat.v1.contrib.layers.feature_declarations import (
    crossed_column,
)
from keras_estimator.compat.v1.contrib.layers.feature_declarations import (
    embedding_column,
)
from keras_estimator.compat.v1.contrib.layers.feature_declarations import (
    one_hot_column,
)
from keras_estimator.compat.v1.contrib.layers.feature_declarations import (
    real_valued_column,
)
from keras_estimator.compat.v1.contrib.layers.feature_declarations import (
    shared_embedding_columns,
)
from keras_estimator.compat.v1.contrib.layers.feature_declarations import (
    weighted_sparse_column,
)
from keras_estimator.compat.v1.contrib.layers.gradients import (
    adaptive_clipping_fn,
)
from keras_estimator.compat.v1.contrib.layers.group_normalization import (
    group_norm,
)
from keras_estimator.compat.v1.contrib.layers.initializers import (
    variance_scaling_initializer,
)
from keras_estimator.compat.v1.contrib.layers.initializers import (
    xavier_initializer,
)
from keras_estimator.compat.v1.contrib.layers.initializers import (
    xavier_initializer_conv2d,
)
from keras_estimator.compat.v1.contrib.layers.keypoints import spatial_softmax
from keras_estimator.compat.v1.contrib.layers.normalizations import (
    instance_norm,
)
from keras_estimator.compat.v1.contrib.layers.normalizations import layer_norm
from keras_estimator.compat.v1.contrib.layers.normalizations import unit_norm
from keras_estimator.compat.v1.contrib.layers.optimizers import (
    OPTIMIZER_CLS_NAMES,
)
from keras_estimator.compat.v1.contrib.layers.optimizers import (
    OPTIMIZER_SUMMARIES,
)
from keras_estimator.compat.v1.contrib.layers.optimizers import optimize_loss
from keras_estimator.compat.v1.contrib.layers.pooling import avg_pool2d
from keras_estimator.compat.v1.contrib.layers.pooling import avg_pool3d
from keras_estimator.compat.v1.contrib.layers.pooling import max_pool2d
from keras_estimator.compat.v1.contrib.layers.pooling import max_pool3d
from keras_estimator.compat.v1.contrib.layers.regularizers import (
    apply_regularization,
)
from keras_estimator.compat.v1.contrib.layers.regularizers import (
    l1_l2_regularizer,
)
from keras_estimator.compat.v1.contrib.layers.regularizers import l1_regularizer
from keras_estimator.compat.v1.contrib.layers.regularizers import l2_regularizer
from keras_estimator.compat.v1.contrib.layers.regularizers import (
    sum_regularizer,
)
from keras_estimator.compat.v1.contrib.layers.reshaping import dense_to_sparse
from keras_estimator.compat.v1.contrib.layers.reshaping import dropout
from keras_estimator.compat.v1.contrib.layers.reshaping import flatten
from keras_estimator.compat.v1.contrib.layers.reshaping import maxout
from keras_estimator.compat.v1.contrib.layers.reshaping import one_hot_encoding
from keras_estimator.compat.v1.contrib.layers.reshaping import scale_gradient
from keras_estimator.compat.v1.contrib.layers.reshaping import softmax
from keras_estimator.compat.v1.contrib.layers.separable import conv2d_in_plane
from keras_estimator.compat.v1.contrib.layers.separable import (
    convolution2d_in_plane,
)
from keras_estimator.compat.v1.contrib.layers.separable import separable_conv2d
from keras_estimator.compat.v1.contrib.layers.separable import (
    separable_convolution2d,
)
from keras_estimator.compat.v1.contrib.layers.summaries import (
    summarize_activation,
)
from keras_estimator.compat.v1.contrib.layers.summaries import (
    summarize_activations,
)
from keras_estimator.compat.v1.contrib.layers.summaries import (
    summarize_collection,
)
from keras_estimator.compat.v1.contrib.layers.summaries import summarize_tensor
from keras_estimator.compat.v1.contrib.layers.summaries import summarize_tensors
from keras_estimator.compat.v1.contrib.layers.transposed import conv2d_transpose
from keras_estimator.compat.v1.contrib.layers.transposed import conv3d_transpose
from keras_estimator.compat.v1.contrib.layers.transposed import (
    convolution2d_transpose,
)
from keras_estimator.compat.v1.contrib.layers.transposed import (
    convolution3d_transpose,
)

__getattr__ = missing(__name__)

__all__ = [
    "OPTIMIZER_CLS_NAMES",
    "OPTIMIZER_SUMMARIES",
    "SPARSE_FEATURE_CROSS_DEFAULT_HASH_KEY",
    "adaptive_clipping_fn",
    "apply_regularization",
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
    "crossed_column",
    "dense_to_sparse",
    "dropout",
    "elu",
    "embed_sequence",
    "embedding_column",
    "embedding_lookup_unique",
    "feature_column",
    "flatten",
    "fully_connected",
    "group_norm",
    "input_from_feature_columns",
    "instance_norm",
    "l1_l2_regularizer",
    "l1_regularizer",
    "l2_regularizer",
    "layer_norm",
    "linear",
    "max_pool2d",
    "max_pool3d",
    "maxout",
    "one_hot_column",
    "one_hot_encoding",
    "optimize_loss",
    "parse_feature_columns_from_examples",
    "real_valued_column",
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
    "spatial_softmax",
    "stack",
    "sum_regularizer",
    "summaries",
    "summarize_activation",
    "summarize_activations",
    "summarize_collection",
    "summarize_tensor",
    "summarize_tensors",
    "unit_norm",
    "variance_scaling_initializer",
    "weighted_sparse_column",
    "weighted_sum_from_feature_columns",
    "xavier_initializer",
    "xavier_initializer_conv2d",
]
