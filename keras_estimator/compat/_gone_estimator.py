"""Names of `tf.contrib` around Estimators that are gone, and what to use."""

_ON_TPU = "it runs on TPUs only: call the function itself."
_HEAD = (
    "heads are not here yet, a release of their own will bring them: compute "
    "loss and metrics in model_fn, and return a `tf.estimator.EstimatorSpec`."
)
_CANNED = (
    "canned estimators are not here yet, a release of their own will bring "
    "them: write the layers in a model_fn for `tf.estimator.Estimator`."
)
_TREES = "use the package ydf (Yggdrasil Decision Forests)."
_LEARN_READ = (
    "use `tf.data.TFRecordDataset(files)` with `map(tf.parse_single_example)` "
    "and `batch`."
)
_MONITOR = "use hooks: `tf.train.SessionRunHook` and its like."
_NUMPY = (
    "use `tf.estimator.inputs.numpy_input_fn`, or "
    "`tf.estimator.inputs.pandas_input_fn`."
)

TPU: dict[str, str] = {
    "contrib.tpu.keras_to_tpu_model": "there is no TPU here: use the Keras "
    "model itself.",
    "contrib.tpu.TPUDistributionStrategy": "there is no TPU here: leave it "
    "out.",
    "contrib.tpu.DeviceAssignment": _ON_TPU,
    "contrib.tpu.Topology": _ON_TPU,
    "contrib.tpu.batch_parallel": _ON_TPU,
    "contrib.tpu.device_assignment": _ON_TPU,
    "contrib.tpu.outside_compilation": _ON_TPU,
    "contrib.tpu.repeat": "it runs on TPUs only: use `tf.while_loop`.",
    "contrib.tpu.replicate": _ON_TPU,
    "contrib.tpu.rewrite": _ON_TPU,
    "contrib.tpu.shard": _ON_TPU,
    "contrib.tpu.while_loop": "it runs on TPUs only: use `tf.while_loop`.",
    "contrib.tpu.initialize_system": "there is no TPU to initialize: leave it "
    "out.",
    "contrib.tpu.shutdown_system": "there is no TPU to shut down: leave it "
    "out.",
    "contrib.tpu": "it is of TPUs, of which there are none here. What runs "
    "without one is TPUEstimator and what goes with it, CrossShardOptimizer "
    "and bfloat16_scope.",
}

ESTIMATOR: dict[str, str] = {
    "contrib.estimator.DNNClassifierWithLayerAnnotations": _CANNED,
    "contrib.estimator.DNNRegressorWithLayerAnnotations": _CANNED,
    "contrib.estimator.DNNEstimator": _CANNED,
    "contrib.estimator.DNNLinearCombinedEstimator": _CANNED,
    "contrib.estimator.LinearEstimator": _CANNED,
    "contrib.estimator.BaselineEstimator": _CANNED,
    "contrib.estimator.RNNClassifier": _CANNED,
    "contrib.estimator.RNNEstimator": _CANNED,
    "contrib.estimator.KMeans": _CANNED,
    "contrib.estimator.call_logit_fn": _CANNED,
    "contrib.estimator.dnn_logit_fn_builder": _CANNED,
    "contrib.estimator.linear_logit_fn_builder": _CANNED,
    "contrib.estimator.boosted_trees_classifier_train_in_memory": _TREES,
    "contrib.estimator.boosted_trees_regressor_train_in_memory": _TREES,
    "contrib.estimator.binary_classification_head": _HEAD,
    "contrib.estimator.logistic_regression_head": _HEAD,
    "contrib.estimator.multi_class_head": _HEAD,
    "contrib.estimator.multi_head": _HEAD,
    "contrib.estimator.multi_label_head": _HEAD,
    "contrib.estimator.poisson_regression_head": _HEAD,
    "contrib.estimator.regression_head": _HEAD,
    "contrib.estimator.SavedModelEstimator": "train the Estimator that was "
    "exported, from its model_dir; `warm_start_from` takes the folder of a "
    "SavedModel, and `tf.contrib.predictor.from_saved_model` predicts.",
}

LEARN: dict[str, str] = {
    "contrib.learn.BaseEstimator": "use `tf.estimator.Estimator`.",
    "contrib.learn.Estimator": "use `tf.estimator.Estimator`: `fit` is `train` "
    "there, and model_fn returns a `tf.estimator.EstimatorSpec`.",
    "contrib.learn.Evaluable": "use `tf.estimator.Estimator`.",
    "contrib.learn.Trainable": "use `tf.estimator.Estimator`.",
    "contrib.learn.ModelFnOps": "return a `tf.estimator.EstimatorSpec` with "
    "the same arguments; `output_alternatives` are its `export_outputs`.",
    "contrib.learn.MetricSpec": "give the metric to `eval_metric_ops` of the "
    "`tf.estimator.EstimatorSpec`.",
    "contrib.learn.SKCompat": f"{_NUMPY} Give it to `tf.estimator.Estimator`.",
    "contrib.learn.DNNClassifier": _CANNED,
    "contrib.learn.DNNEstimator": _CANNED,
    "contrib.learn.DNNRegressor": _CANNED,
    "contrib.learn.DNNLinearCombinedClassifier": _CANNED,
    "contrib.learn.DNNLinearCombinedEstimator": _CANNED,
    "contrib.learn.DNNLinearCombinedRegressor": _CANNED,
    "contrib.learn.DynamicRnnEstimator": _CANNED,
    "contrib.learn.KMeansClustering": _CANNED,
    "contrib.learn.LinearClassifier": _CANNED,
    "contrib.learn.LinearEstimator": _CANNED,
    "contrib.learn.LinearRegressor": _CANNED,
    "contrib.learn.LogisticRegressor": _CANNED,
    "contrib.learn.SVM": "use `sklearn.svm.LinearSVC`.",
    "contrib.learn.Head": _HEAD,
    "contrib.learn.head": _HEAD,
    "contrib.learn.binary_svm_head": _HEAD,
    "contrib.learn.multi_class_head": _HEAD,
    "contrib.learn.multi_head": _HEAD,
    "contrib.learn.multi_label_head": _HEAD,
    "contrib.learn.poisson_regression_head": _HEAD,
    "contrib.learn.regression_head": _HEAD,
    "contrib.learn.InputFnOps": "return a "
    "`tf.estimator.export.ServingInputReceiver`.",
    "contrib.learn.build_parsing_serving_input_fn": "use "
    "`tf.estimator.export.build_parsing_serving_input_receiver_fn`.",
    "contrib.learn.datasets": "use `tf.keras.datasets`, or files of your own.",
    "contrib.learn.evaluate": "use `tf.estimator.Estimator.evaluate`.",
    "contrib.learn.train": "use `tf.estimator.Estimator.train`.",
    "contrib.learn.infer": "use `tf.estimator.Estimator.predict`.",
    "contrib.learn.run_n": "use `tf.estimator.Estimator`.",
    "contrib.learn.run_feeds": "use `tf.estimator.Estimator`.",
    "contrib.learn.graph_actions": "use `tf.estimator.Estimator`.",
    "contrib.learn.extract_dask_data": "use a `tf.data.Dataset`.",
    "contrib.learn.extract_dask_labels": "use a `tf.data.Dataset`.",
    "contrib.learn.extract_pandas_data": _NUMPY,
    "contrib.learn.extract_pandas_labels": _NUMPY,
    "contrib.learn.extract_pandas_matrix": _NUMPY,
    "contrib.learn.io": _NUMPY,
    "contrib.learn.infer_real_valued_columns_from_input": "name the columns: "
    "`tf.feature_column.numeric_column`.",
    "contrib.learn.infer_real_valued_columns_from_input_fn": "name the "
    "columns: `tf.feature_column.numeric_column`.",
    "contrib.learn.models": "use `tf.layers` in model_fn.",
    "contrib.learn.monitors": _MONITOR,
    "contrib.learn.ops": "use `tf.layers` and `tf.nn`.",
    "contrib.learn.read_batch_examples": _LEARN_READ,
    "contrib.learn.read_batch_features": _LEARN_READ,
    "contrib.learn.read_batch_record_features": _LEARN_READ,
    "contrib.learn.read_keyed_batch_examples": _LEARN_READ,
    "contrib.learn.read_keyed_batch_features": _LEARN_READ,
    "contrib.learn.PredictionKey": "use the names that model_fn gives its "
    "predictions.",
    "contrib.learn.ProblemType": "leave it out: an Estimator has no need of "
    "it.",
    "contrib.learn": "of `tf.contrib.learn` there are Experiment, "
    "learn_runner, RunConfig, ModeKeys, make_export_strategy and "
    "preprocessing. Estimators are `tf.estimator.Estimator`.",
}

DISTRIBUTE: dict[str, str] = {
    "contrib.distribute.MultiWorkerAllReduce": "leave it out: an Estimator "
    "runs in one process here.",
    "contrib.distribute.Monitor": "use `tf.estimator.Estimator.train`.",
    "contrib.distribute.StandardInputStep": "use "
    "`tf.estimator.Estimator.train`.",
    "contrib.distribute.StandardSingleLossStep": "use "
    "`tf.estimator.Estimator.train`.",
    "contrib.distribute.initialize_tpu_system": "there is no TPU to "
    "initialize: leave it out.",
    "contrib.distribute.run_standard_tensorflow_server": "leave it out: an "
    "Estimator runs in one process here.",
    "contrib.distribute": "use `tf.distribute` of the installed TensorFlow. An "
    "Estimator takes strategies of one device.",
}

GONE = {**TPU, **ESTIMATOR, **LEARN, **DISTRIBUTE}
