"""`tf.contrib.framework`."""

import tensorflow as tf

from keras_estimator.compat._missing import missing
from keras_estimator.compat.v1.contrib.framework import nest
from keras_estimator.compat.v1.contrib.framework.arguments import add_arg_scope
from keras_estimator.compat.v1.contrib.framework.arguments import arg_scope
from keras_estimator.compat.v1.contrib.framework.arguments import (
    arg_scope_func_key,
)
from keras_estimator.compat.v1.contrib.framework.arguments import (
    arg_scoped_arguments,
)
from keras_estimator.compat.v1.contrib.framework.arguments import (
    current_arg_scope,
)
from keras_estimator.compat.v1.contrib.framework.arguments import has_arg_scope
from keras_estimator.compat.v1.contrib.framework.checkpoints import (
    assign_from_checkpoint,
)
from keras_estimator.compat.v1.contrib.framework.checkpoints import (
    assign_from_checkpoint_fn,
)
from keras_estimator.compat.v1.contrib.framework.checkpoints import (
    assign_from_values,
)
from keras_estimator.compat.v1.contrib.framework.checkpoints import (
    assign_from_values_fn,
)
from keras_estimator.compat.v1.contrib.framework.checkpoints import (
    init_from_checkpoint,
)
from keras_estimator.compat.v1.contrib.framework.checkpoints import (
    list_variables,
)
from keras_estimator.compat.v1.contrib.framework.checkpoints import (
    load_checkpoint,
)
from keras_estimator.compat.v1.contrib.framework.checkpoints import (
    load_variable,
)
from keras_estimator.compat.v1.contrib.framework.global_step import (
    assert_global_step,
)
from keras_estimator.compat.v1.contrib.framework.global_step import (
    assert_or_get_global_step,
)
from keras_estimator.compat.v1.contrib.framework.global_step import (
    create_global_step,
)
from keras_estimator.compat.v1.contrib.framework.global_step import (
    get_global_step,
)
from keras_estimator.compat.v1.contrib.framework.global_step import (
    get_or_create_global_step,
)
from keras_estimator.compat.v1.contrib.framework.searches import (
    filter_variables,
)
from keras_estimator.compat.v1.contrib.framework.searches import (
    get_local_variables,
)
from keras_estimator.compat.v1.contrib.framework.searches import (
    get_model_variables,
)
from keras_estimator.compat.v1.contrib.framework.searches import (
    get_trainable_variables,
)
from keras_estimator.compat.v1.contrib.framework.searches import (
    get_unique_variable,
)
from keras_estimator.compat.v1.contrib.framework.searches import get_variables
from keras_estimator.compat.v1.contrib.framework.searches import (
    get_variables_by_name,
)
from keras_estimator.compat.v1.contrib.framework.searches import (
    get_variables_by_suffix,
)
from keras_estimator.compat.v1.contrib.framework.searches import (
    get_variables_to_restore,
)
from keras_estimator.compat.v1.contrib.framework.tensors import (
    assert_same_float_dtype,
)
from keras_estimator.compat.v1.contrib.framework.tensors import assert_scalar
from keras_estimator.compat.v1.contrib.framework.tensors import (
    assert_scalar_int,
)
from keras_estimator.compat.v1.contrib.framework.tensors import (
    convert_to_tensor_or_sparse_tensor,
)
from keras_estimator.compat.v1.contrib.framework.tensors import get_name_scope
from keras_estimator.compat.v1.contrib.framework.tensors import get_placeholders
from keras_estimator.compat.v1.contrib.framework.tensors import is_tensor
from keras_estimator.compat.v1.contrib.framework.tensors import reduce_sum_n
from keras_estimator.compat.v1.contrib.framework.tensors import (
    remove_squeezable_dimensions,
)
from keras_estimator.compat.v1.contrib.framework.tensors import smart_cond
from keras_estimator.compat.v1.contrib.framework.tensors import (
    smart_constant_value,
)
from keras_estimator.compat.v1.contrib.framework.tensors import with_same_shape
from keras_estimator.compat.v1.contrib.framework.tensors import with_shape
from keras_estimator.compat.v1.contrib.framework.variables import (
    add_model_variable,
)
from keras_estimator.compat.v1.contrib.framework.variables import (
    get_variable_full_name,
)
from keras_estimator.compat.v1.contrib.framework.variables import (
    global_variable,
)
from keras_estimator.compat.v1.contrib.framework.variables import local_variable
from keras_estimator.compat.v1.contrib.framework.variables import model_variable
from keras_estimator.compat.v1.contrib.framework.variables import variable

CriticalSection = tf.CriticalSection
TensorSpec = tf.TensorSpec
argsort = tf.argsort
py_func = tf.compat.v1.py_func
sort = tf.sort

__getattr__ = missing(__name__)

__all__ = [
    "CriticalSection",
    "TensorSpec",
    "add_arg_scope",
    "add_model_variable",
    "arg_scope",
    "arg_scope_func_key",
    "arg_scoped_arguments",
    "argsort",
    "assert_global_step",
    "assert_or_get_global_step",
    "assert_same_float_dtype",
    "assert_scalar",
    "assert_scalar_int",
    "assign_from_checkpoint",
    "assign_from_checkpoint_fn",
    "assign_from_values",
    "assign_from_values_fn",
    "convert_to_tensor_or_sparse_tensor",
    "create_global_step",
    "current_arg_scope",
    "filter_variables",
    "get_global_step",
    "get_local_variables",
    "get_model_variables",
    "get_name_scope",
    "get_or_create_global_step",
    "get_placeholders",
    "get_trainable_variables",
    "get_unique_variable",
    "get_variable_full_name",
    "get_variables",
    "get_variables_by_name",
    "get_variables_by_suffix",
    "get_variables_to_restore",
    "global_variable",
    "has_arg_scope",
    "init_from_checkpoint",
    "is_tensor",
    "list_variables",
    "load_checkpoint",
    "load_variable",
    "local_variable",
    "model_variable",
    "nest",
    "py_func",
    "reduce_sum_n",
    "remove_squeezable_dimensions",
    "smart_cond",
    "smart_constant_value",
    "sort",
    "variable",
    "with_same_shape",
    "with_shape",
]
