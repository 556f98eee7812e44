"""Public names of what programs imported from `tensorflow.python`.

`from tensorflow.python.platform import gfile` was never public, and has no
counterpart in the overlay: its import says which name is.
"""

PRIVATE: dict[str, str] = {
    "python": "`tensorflow.python` is private to TensorFlow, and changes from "
    "version to version. Use the public name; what has none may be imported "
    "from `tensorflow.python` itself, as long as it is there.",
    "python.client.device_lib": "use `tf.config.list_physical_devices()`, or "
    "`tf.test.is_gpu_available()`.",
    "python.client.session": "use `tf.Session`.",
    "python.client.timeline": "use `tf.train.ProfilerHook` writes timelines.",
    "python.data": "use `tf.data`.",
    "python.debug": "use `tfdbg` is gone: `tf.train.LoggingTensorHook`, "
    "`tf.Print` and `tf.debugging` remain.",
    "python.eager.context": "use `tf.executing_eagerly()`.",
    "python.estimator": "use `tf.estimator`.",
    "python.estimator.canned": "use `tf.estimator`; canned estimators and "
    "heads are not here yet: write a model_fn.",
    "python.estimator.canned.metric_keys": "write the names themselves: "
    '`MetricKeys.ACCURACY` is `"accuracy"`, `AUC` `"auc"`, `LOSS_MEAN` '
    '`"average_loss"`.',
    "python.estimator.canned.prediction_keys": "write the names themselves: "
    '`PredictionKeys.LOGITS` is `"logits"`, `PROBABILITIES` '
    '`"probabilities"`, `CLASS_IDS` `"class_ids"`.',
    "python.estimator.model_fn": "use `tf.estimator.EstimatorSpec` and "
    "`tf.estimator.ModeKeys`.",
    "python.feature_column": "use `tf.feature_column`.",
    "python.framework.constant_op": "use `tf.constant`.",
    "python.framework.dtypes": "use `tf.float32` and the like, `tf.as_dtype`.",
    "python.framework.errors": "use `tf.errors`.",
    "python.framework.function": "use `tf.function`; `tf.custom_gradient`.",
    "python.framework.graph_util": "use `tf.graph_util`.",
    "python.framework.meta_graph": "use `tf.train.export_meta_graph`.",
    "python.framework.ops": "use `tf.Graph`, `tf.Tensor`, `tf.Operation`, "
    "`tf.GraphKeys`, `tf.convert_to_tensor`, `tf.add_to_collection`, "
    "`tf.RegisterGradient`, `tf.name_scope`, `tf.control_dependencies`.",
    "python.framework.random_seed": "use `tf.random.get_seed`, "
    "`tf.set_random_seed`.",
    "python.framework.sparse_tensor": "use `tf.SparseTensor`.",
    "python.framework.tensor_shape": "use `tf.TensorShape`, `tf.Dimension`.",
    "python.framework.tensor_util": "use `tf.make_tensor_proto`, "
    "`tf.make_ndarray`, `tf.get_static_value`.",
    "python.framework.test_util": "use `tf.test`.",
    "python.keras": "use `tf.keras`.",
    "python.keras.engine": "use `tf.keras.layers.Layer`, `tf.keras.Model`, "
    "`tf.keras.layers.InputSpec`.",
    "python.layers": "use `tf.layers`.",
    "python.layers.base": "use `tf.layers.Layer`, `tf.layers.InputSpec`.",
    "python.lib.io.file_io": "use `tf.gfile`.",
    "python.lib.io.tf_record": "use `tf.python_io`.",
    "python.ops.array_ops": "use `tf`, `tf.nn` and `tf.math`: its functions "
    "are there.",
    "python.ops.check_ops": "use `tf.assert_equal` and the like; "
    "`tf.debugging`.",
    "python.ops.clip_ops": "use `tf.clip_by_value`, `tf.clip_by_global_norm`.",
    "python.ops.control_flow_ops": "use `tf.cond`, `tf.while_loop`, "
    "`tf.group`, `tf.tuple`, `tf.case`.",
    "python.ops.distributions": "use `tf.distributions`.",
    "python.ops.embedding_ops": "use `tf.nn.embedding_lookup`, "
    "`tf.nn.embedding_lookup_sparse`, `tf.nn.safe_embedding_lookup_sparse`.",
    "python.ops.gen_array_ops": "use `tf.raw_ops`.",
    "python.ops.gen_math_ops": "use `tf.raw_ops`.",
    "python.ops.gen_nn_ops": "use `tf.raw_ops`.",
    "python.ops.gradients_impl": "use `tf.gradients`.",
    "python.ops.image_ops": "use `tf.image`.",
    "python.ops.init_ops": "use `tf.initializers`: `tf.zeros_initializer` and "
    "the like.",
    "python.ops.io_ops": "use `tf.io`.",
    "python.ops.linalg_ops": "use `tf.linalg`.",
    "python.ops.logging_ops": "use `tf.Print`, `tf.summary`.",
    "python.ops.lookup_ops": "use `tf.lookup`, `tf.contrib.lookup`.",
    "python.ops.losses": "use `tf.losses`.",
    "python.ops.math_ops": "use `tf` and `tf.math`: its functions are there.",
    "python.ops.metrics": "use `tf.metrics`.",
    "python.ops.metrics_impl": "use `tf.metrics`.",
    "python.ops.nn": "use `tf.nn`.",
    "python.ops.nn_impl": "use `tf.nn`.",
    "python.ops.nn_ops": "use `tf.nn`.",
    "python.ops.parsing_ops": "use `tf.parse_example`, `tf.FixedLenFeature`, "
    "`tf.decode_csv`; `tf.io`.",
    "python.ops.partitioned_variables": "use `tf.fixed_size_partitioner`, "
    "`tf.min_max_variable_partitioner`, `tf.variable_axis_size_partitioner`.",
    "python.ops.random_ops": "use `tf.random`.",
    "python.ops.resource_variable_ops": "use `tf.get_variable`: all variables "
    "are resource variables.",
    "python.ops.rnn": "use `tf.nn.dynamic_rnn`, `tf.nn.static_rnn`, "
    "`tf.nn.bidirectional_dynamic_rnn`.",
    "python.ops.rnn_cell": "use `tf.nn.rnn_cell`.",
    "python.ops.rnn_cell_impl": "use `tf.nn.rnn_cell`.",
    "python.ops.script_ops": "use `tf.py_func`, `tf.numpy_function`.",
    "python.ops.sparse_ops": "use `tf.sparse`.",
    "python.ops.standard_ops": "use `tf`, `tf.nn` and `tf.math`: its "
    "functions are there.",
    "python.ops.state_ops": "use `tf.assign`, `tf.assign_add`, "
    "`tf.scatter_update`.",
    "python.ops.string_ops": "use `tf.strings`, `tf.string_split`.",
    "python.ops.summary_ops_v2": "use `tf.summary` of TensorFlow 2.",
    "python.ops.template": "use `tf.make_template`.",
    "python.ops.tensor_array_ops": "use `tf.TensorArray`.",
    "python.ops.variable_scope": "use `tf.variable_scope`, `tf.get_variable`, "
    "`tf.AUTO_REUSE`.",
    "python.ops.variables": "use `tf.Variable`, `tf.global_variables`, "
    "`tf.trainable_variables`.",
    "python.platform.app": "use `tf.app`.",
    "python.platform.flags": "use `tf.flags`.",
    "python.platform.gfile": "use `tf.gfile`.",
    "python.platform.resource_loader": "use `tf.resource_loader`.",
    "python.platform.test": "use `tf.test`.",
    "python.platform.tf_logging": "use `tf.logging`.",
    "python.profiler": "use `tf.profiler`; `tf.train.ProfilerHook`.",
    "python.pywrap_tensorflow": "use `tf.pywrap_tensorflow`; "
    "`tf.train.NewCheckpointReader`.",
    "python.saved_model": "use `tf.saved_model`.",
    "python.saved_model.builder": "use `tf.saved_model.builder`.",
    "python.saved_model.loader": "use `tf.saved_model.loader`.",
    "python.saved_model.main_op": "use `tf.saved_model.main_op`.",
    "python.saved_model.signature_constants": "use "
    "`tf.saved_model.signature_constants`.",
    "python.saved_model.signature_def_utils": "use "
    "`tf.saved_model.signature_def_utils`.",
    "python.saved_model.tag_constants": "use `tf.saved_model.tag_constants`.",
    "python.saved_model.utils": "use `tf.saved_model.utils`.",
    "python.summary": "use `tf.summary`.",
    "python.tools": "use the commands `saved_model_cli` and `freeze_graph` of "
    "TensorFlow, and `keras-estimator inspect`.",
    "python.training": "use `tf.train`.",
    "python.training.checkpoint_management": "use "
    "`tf.train.latest_checkpoint`, `tf.train.get_checkpoint_state`.",
    "python.training.moving_averages": "use "
    "`tf.train.ExponentialMovingAverage`; `assign_moving_average(v, x, d)` is "
    "`tf.assign_sub(v, (v - x) * (1 - d))`.",
    "python.training.optimizer": "use `tf.train.Optimizer`.",
    "python.training.session_run_hook": "use `tf.train.SessionRunHook`, "
    "`tf.train.SessionRunArgs`.",
    "python.training.training_ops": "use `tf.raw_ops`: `apply_adam(var, ...)` "
    "is `tf.raw_ops.ResourceApplyAdam(var=var.handle, ...)`, as all variables "
    "are resource variables.",
    "python.training.training_util": "use `tf.train.get_global_step`, "
    "`tf.train.get_or_create_global_step`.",
    "python.util.deprecation": "nothing: decorate with `warnings`.",
    "python.util.nest": "use `tf.nest`.",
    "python.util.tf_export": "nothing: leave the decorator out.",
    "python.util.tf_inspect": "use `inspect`.",
}
