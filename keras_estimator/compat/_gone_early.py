"""Names of the first TensorFlow 1 and before, and of its Keras."""

_SUMMARY = "; what is merged is merged by `tf.summary.merge_all`."

EARLY: dict[str, str] = {
    "audio_summary": f"use `tf.summary.audio`{_SUMMARY}",
    "batch_cholesky": "use `tf.cholesky`, which takes batches.",
    "batch_fft": "use `tf.fft`, which takes batches.",
    "batch_matmul": "use `tf.matmul`, which takes batches: `adj_x` is "
    "`adjoint_a` there.",
    "batch_matrix_diag": "use `tf.matrix_diag`.",
    "batch_matrix_inverse": "use `tf.matrix_inverse`, which takes batches.",
    "batch_matrix_solve": "use `tf.matrix_solve`, which takes batches.",
    "batch_matrix_transpose": "use `tf.matrix_transpose`.",
    "batch_self_adjoint_eig": "use `tf.self_adjoint_eig`, which takes batches.",
    "batch_svd": "use `tf.svd`, which takes batches.",
    "complex_abs": "use `tf.abs`.",
    "feature_column.shared_embeddings": "use "
    "`tf.feature_column.shared_embedding_columns`.",
    "histogram_summary": f"use `tf.summary.histogram`{_SUMMARY}",
    "image_summary": f"use `tf.summary.image`{_SUMMARY}",
    "inv": "use `tf.reciprocal`.",
    "keras.experimental.export_saved_model": "use "
    "`tf.keras.models.save_model(model, path, save_format='tf')`.",
    "keras.experimental.load_from_saved_model": "use "
    "`tf.keras.models.load_model(path)`.",
    "keras.utils.multi_gpu_model": "use the model itself: an Estimator runs on "
    "one device; outside of one, make it in the scope of a "
    "`tf.distribute.MirroredStrategy`.",
    "keras.wrappers": "use the package scikeras: "
    "`scikeras.wrappers.KerasClassifier` and `KerasRegressor`, for models of "
    "Keras 3.",
    "layers.Network": "use `tf.keras.Model`.",
    "listdiff": "use `tf.setdiff1d`.",
    "merge_all_summaries": "use `tf.summary.merge_all`.",
    "merge_summary": "use `tf.summary.merge`.",
    "mixed_precision.LossScaleOptimizer": "use "
    "`tf.mixed_precision.MixedPrecisionLossScaleOptimizer`, or "
    "`keras.optimizers.LossScaleOptimizer` of Keras 3 as `train_op`.",
    "mul": "use `tf.multiply`.",
    "neg": "use `tf.negative`.",
    "nn.bidirectional_rnn": "use `tf.nn.static_bidirectional_rnn`.",
    "nn.deconv2d": "use `tf.nn.conv2d_transpose`.",
    "nn.rnn": "use `tf.nn.static_rnn`.",
    "nn.seq2seq": "use `tf.nn.static_rnn` and `tf.nn.dynamic_rnn` with a loop "
    "of your own over the decoder's cell; "
    "`tf.contrib.seq2seq.sequence_loss` is here.",
    "nn.state_saving_rnn": "use `tf.nn.static_state_saving_rnn`.",
    "pack": "use `tf.stack`.",
    "scalar_summary": f"use `tf.summary.scalar`{_SUMMARY}",
    "select": "use `tf.where`.",
    "sub": "use `tf.subtract`.",
    "train.SummaryWriter": "use `tf.summary.FileWriter`.",
    "train.confusion_matrix": "use `tf.confusion_matrix`.",
    "unpack": "use `tf.unstack`.",
}
