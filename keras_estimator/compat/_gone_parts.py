"""Names that parts of `tf.contrib` do not have here, and what to use.

The sentence of a part is of all in it that is not here.
"""

PARTS: dict[str, str] = {
    "contrib.autograph": "use `tf.autograph`, or `tf.function`.",
    "contrib.data.LMDBDataset": "use the package lmdb in "
    "`tf.data.Dataset.from_generator`.",
    "contrib.data.sliding": "use `dataset.window(size, shift, stride)`.",
    "contrib.data.threadpool": "use `options = tf.data.Options(); "
    "options.threading.private_threadpool_size = n; dataset = "
    "dataset.with_options(options)`.",
    "contrib.framework.BoundedTensorSpec": "use `tf.TensorSpec`.",
    "contrib.framework.RecordInput": "use `tf.data.TFRecordDataset`.",
    "contrib.framework.VariableDeviceChooser": "leave it out: there is one "
    "device.",
    "contrib.framework.convolutional_delta_orthogonal": "use "
    "`tf.orthogonal_initializer()` over [-1, filters].",
    "contrib.framework.convolutional_orthogonal_1d": "use "
    "`tf.orthogonal_initializer()` over [-1, filters].",
    "contrib.framework.convolutional_orthogonal_2d": "use "
    "`tf.orthogonal_initializer()` over [-1, filters].",
    "contrib.framework.convolutional_orthogonal_3d": "use "
    "`tf.orthogonal_initializer()` over [-1, filters].",
    "contrib.framework.deprecated": "use `warnings.warn`.",
    "contrib.framework.deprecated_arg_values": "use `warnings.warn`.",
    "contrib.framework.deprecated_args": "use `warnings.warn`.",
    "contrib.framework.fuse_op": "leave it out: TensorFlow fuses operations "
    "by itself.",
    "contrib.framework.get_graph_from_inputs": "use `tensor.graph`.",
    "contrib.framework.load_and_remap_matrix_initializer": "use "
    "`tf.estimator.WarmStartSettings` with a `VocabInfo`.",
    "contrib.framework.load_embedding_initializer": "use "
    "`tf.estimator.WarmStartSettings` with a `VocabInfo`.",
    "contrib.framework.load_linear_multiclass_bias_initializer": "use "
    "`tf.estimator.WarmStartSettings` with a `VocabInfo`.",
    "contrib.framework.load_variable_slot_initializer": "use "
    "`tf.estimator.WarmStartSettings` with a `VocabInfo`.",
    "contrib.framework.prepend_name_scope": 'write `f"{scope}/{name}"`.',
    "contrib.framework.smart_case": "use `tf.case`.",
    "contrib.framework.strip_name_scope": "use "
    '`name.removeprefix(f"{scope}/")`.',
    "contrib.framework.zero_initializer": "use `tf.assign(variable, "
    "tf.zeros_like(variable))`.",
    "contrib.hooks": "use `tf.train.ProfilerHook`.",
    "contrib.image": "use `tf.contrib.image.transform`, or scipy.ndimage in a "
    "`tf.py_func` of the input.",
    "contrib.layers": "use `tf.layers` or `tf.keras.layers`, and "
    "`tf.feature_column` for columns.",
    "contrib.layers.legacy_fully_connected": "use "
    "`tf.contrib.layers.fully_connected`.",
    "contrib.layers.legacy_linear": "use `tf.contrib.layers.linear`.",
    "contrib.layers.legacy_relu": "use `tf.contrib.layers.relu`.",
    "contrib.layers.multi_class_target": "use `tf.losses` in model_fn.",
    "contrib.layers.recompute_grad": "use `tf.recompute_grad`.",
    "contrib.layers.regression_target": "use `tf.losses` in model_fn.",
    "contrib.lookup": "use `tf.lookup`: its classes took the places of these.",
    "contrib.losses.metric_learning.cluster_loss": "use "
    "`tf.contrib.losses.metric_learning.lifted_struct_loss` or "
    "`triplet_semihard_loss`: it asked scikit-learn at each step.",
    "contrib.metrics": "use `tf.metrics` and `tf.math.confusion_matrix`.",
    "contrib.metrics.precision_at_recall": "use "
    "`tf.metrics.precision_at_thresholds` and `recall_at_thresholds`, or "
    "Keras' `PrecisionAtRecall`.",
    "contrib.metrics.recall_at_precision": "use "
    "`tf.metrics.precision_at_thresholds` and `recall_at_thresholds`, or "
    "Keras' `RecallAtPrecision`.",
    "contrib.nn.rank_sampled_softmax_loss": "use `tf.nn.sampled_softmax_loss`.",
    "contrib.nn.sampled_sparse_softmax_loss": "use "
    "`tf.nn.sampled_softmax_loss` with labels [batch, 1].",
    "contrib.opt": "write it in model_fn: a `tf.train.Optimizer` with "
    "`_create_slots`, `_resource_apply_dense` and `_resource_apply_sparse`; "
    "or use an optimizer of `tf.train`.",
    "contrib.opt.AGNCustomGetter": "it is of parameter servers, of which "
    "there are none here.",
    "contrib.opt.AGNOptimizer": "it is of parameter servers, of which there "
    "are none here.",
    "contrib.opt.AdaMaxOptimizer": "use `tf.keras.optimizers.Adamax`, or "
    "Keras 3's as `train_op`.",
    "contrib.opt.DropStaleGradientOptimizer": "leave it out: with one worker "
    "no gradient is stale.",
    "contrib.opt.ElasticAverageCustomGetter": "it is of parameter servers, of "
    "which there are none here.",
    "contrib.opt.ElasticAverageOptimizer": "it is of parameter servers, of "
    "which there are none here.",
    "contrib.opt.ExternalOptimizerInterface": "use scipy.optimize outside of "
    "the Estimator.",
    "contrib.opt.ModelAverageCustomGetter": "it is of parameter servers, of "
    "which there are none here.",
    "contrib.opt.ModelAverageOptimizer": "use "
    "`tf.train.ExponentialMovingAverage`, or "
    "`tf.contrib.opt.MovingAverageOptimizer`.",
    "contrib.opt.ScipyOptimizerInterface": "use scipy.optimize outside of the "
    "Estimator.",
    "contrib.opt.VariableClippingOptimizer": "use `tf.clip_by_norm` on rows "
    "after `apply_gradients`, or a `constraint` of `tf.get_variable`.",
    "contrib.rnn": "write the cell as a `tf.nn.rnn_cell.RNNCell`; variables "
    "of the old names continue an old checkpoint.",
    "contrib.rnn.CompiledWrapper": "use `Estimator(jit_compile=True)`.",
    "contrib.rnn.Conv1DLSTMCell": "use `tf.keras.layers.ConvLSTM1D`.",
    "contrib.rnn.Conv2DLSTMCell": "use `tf.keras.layers.ConvLSTM2D`.",
    "contrib.rnn.Conv3DLSTMCell": "use `tf.keras.layers.ConvLSTM3D`.",
    "contrib.rnn.ConvLSTMCell": "use `tf.keras.layers.ConvLSTM2D`.",
    "contrib.seq2seq": "write the decoder as a loop over its cell: "
    "`tf.nn.raw_rnn`, or `tf.while_loop` with `tf.TensorArray`s.",
    "contrib.slim": "it has what `tf.contrib.layers`, `tf.contrib.framework`, "
    "`tf.contrib.losses` and `tf.contrib.metrics` have here; "
    "`model_analyzer` is `keras-estimator inspect` on the model_dir.",
    "contrib.slim.analyze_ops": "print `op.name` and `op.outputs` of each `op` "
    "in `graph.get_operations()`.",
    "contrib.slim.analyze_vars": "print `v.name` and `v.shape` of each `v` in "
    "`tf.trainable_variables()`, or run `keras-estimator inspect` on the "
    "model_dir.",
    "contrib.slim.data_provider": "use `tf.data.TFRecordDataset` in input_fn.",
    "contrib.slim.dataset": "use `tf.data.TFRecordDataset` in input_fn.",
    "contrib.slim.evaluation": "use `Estimator.evaluate`, and "
    "`tf.estimator.train_and_evaluate`.",
    "contrib.slim.learning.train": "use `Estimator.train`: model_fn returns "
    "what `slim.learning.create_train_op` returns as `train_op`.",
    "contrib.slim.learning.train_step": "use a hook: "
    "`tf.train.SessionRunHook.after_run` is called at each step.",
    "contrib.slim.nets": "copy the file of the network from the repository "
    "tensorflow/models, research/slim/nets, into your program: it is written "
    "with `tf.contrib.slim`, which is here.",
    "contrib.slim.tfexample_decoder": "use `tf.parse_single_example` and "
    "`tf.image.decode_image` in a `tf.data.Dataset`.",
    "contrib.summary": "use `tf.compat.v2.summary`, which model_fn may call, "
    "or `tf.summary`.",
    "contrib.tensorboard": "use the package tensorboard.",
    "contrib.training": "use the Estimator's own calls, and hooks of "
    "`tf.train`.",
    "contrib.training.FeedingQueueRunner": "use a `tf.data.Dataset`.",
    "contrib.training.GreedyLoadBalancingStrategy": "leave it out: there are "
    "no parameter servers here.",
    "contrib.training.NextQueuedSequenceBatch": "use a `tf.data.Dataset`.",
    "contrib.training.RandomStrategy": "leave it out: there are no parameter "
    "servers here.",
    "contrib.training.SequenceQueueingStateSaver": "use a `tf.data.Dataset`.",
    "contrib.training.StopAfterNEvalsHook": "use "
    "`Estimator.evaluate(steps=n)`.",
    "contrib.training.SummaryAtEndHook": "use `tf.train.SummarySaverHook`.",
    "contrib.training.batch_sequences_with_states": "use a `tf.data.Dataset`.",
    "contrib.training.bucket": "return "
    "`dataset.apply(tf.data.experimental.group_by_window(which_bucket, "
    "reduce_func, window_size))` from input_fn.",
    "contrib.training.bucket_by_sequence_length": "return "
    "`dataset.apply(tf.data.experimental.bucket_by_sequence_length("
    "element_length_func, bucket_boundaries, bucket_batch_sizes))` from "
    "input_fn: there is one size of batches more than boundaries.",
    "contrib.training.byte_size_load_fn": "leave it out: there are no "
    "parameter servers here.",
    "contrib.training.evaluate_once": "use "
    "`Estimator.evaluate(checkpoint_path=...)`.",
    "contrib.training.evaluate_repeatedly": "use "
    "`tf.estimator.train_and_evaluate`, or `Estimator.evaluate` over "
    "`tf.train.checkpoints_iterator`.",
    "contrib.training.get_or_create_eval_step": "use a hook that counts in "
    "`after_run`.",
    "contrib.training.rejection_sample": "use "
    "`tf.data.experimental.rejection_resample`.",
    "contrib.training.resample_at_rate": "use "
    "`tf.data.experimental.rejection_resample`.",
    "contrib.training.stratified_sample": "use "
    "`tf.data.experimental.rejection_resample`.",
    "contrib.training.train": "use `Estimator.train`, or "
    "`tf.train.MonitoredTrainingSession`.",
    "contrib.training.wait_for_new_checkpoint": "use "
    "`tf.train.checkpoints_iterator`.",
    "contrib.training.weighted_resample": "use "
    "`tf.data.experimental.rejection_resample`.",
    "contrib.util": "use the protocol buffer: `graph_def.node`, and "
    "`meta_graph_def.meta_info_def.stripped_op_list`.",
}
