"""`tf.contrib.slim`: `contrib.layers` and `contrib.framework` in one place.

Networks that are written with it build as they are. They are trained by an
`Estimator`, in place of `slim.learning.train`.
"""

from keras_estimator.compat._missing import missing
from keras_estimator.compat.v1.contrib import layers as _layers
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
from keras_estimator.compat.v1.contrib.layers import *  # noqa: F403
from keras_estimator.compat.v1.contrib.layers import initializers
from keras_estimator.compat.v1.contrib.layers import regularizers
from keras_estimator.compat.v1.contrib.slim import learning
from keras_estimator.compat.v1.contrib.slim import utils

__getattr__ = missing(__name__)

__all__ = [
    "add_arg_scope",
    "add_model_variable",
    "arg_scope",
    "arg_scope_func_key",
    "arg_scoped_arguments",
    "assert_global_step",
    "assert_or_get_global_step",
    "assign_from_checkpoint",
    "assign_from_checkpoint_fn",
    "assign_from_values",
    "assign_from_values_fn",
    "create_global_step",
    "current_arg_scope",
    "filter_variables",
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
    "has_arg_scope",
    "initializers",
    "learning",
    "local_variable",
    "losses",
    "metrics",
    "model_variable",
    "regularizers",
    "utils",
    "variable",
]
__all__ += _layers.__all__
