"""Parts of `tf.contrib` that are gone as a whole, and what to use instead."""

_TREES = "use the package ydf (Yggdrasil Decision Forests)."

CONTRIB: dict[str, str] = {
    "contrib.all_reduce": "`tf.distribute` reduces across devices by itself.",
    "contrib.audio": "use `tf.audio.decode_wav` and `tf.audio.encode_wav`, "
    "and `tf.signal` for spectrograms.",
    "contrib.batching": "use `tf.nondifferentiable_batch_function`.",
    "contrib.bayesflow": "use the package tensorflow-probability (`import "
    "tensorflow_probability as tfp`): `tfp.mcmc`, `tfp.monte_carlo`.",
    "contrib.bigtable": "use the package tensorflow-io (`import tensorflow_io "
    "as tfio`): `tfio.bigtable`.",
    "contrib.boosted_trees": _TREES,
    "contrib.checkpoint": "use `tf.train.Checkpoint`, "
    "`tf.train.CheckpointManager` and, for lists and dicts, plain attributes "
    "of a `tf.Module`.",
    "contrib.cloud": "use the package tensorflow-io (`import tensorflow_io as "
    "tfio`); paths `gs://` need nothing.",
    "contrib.coder": "use the package tensorflow-compression.",
    "contrib.compiler": "use `RunConfig(session_config=...)` with "
    "`graph_options.optimizer_options.global_jit_level`, or "
    "`Estimator(jit_compile=True)`; `tf.xla.experimental.jit_scope`.",
    "contrib.compiler.jit.experimental_jit_scope": "use "
    "`tf.xla.experimental.jit_scope`.",
    "contrib.compiler.xla.compile": "use `tf.xla.experimental.compile`.",
    "contrib.constrained_optimization": "use the package "
    "tensorflow-constrained-optimization.",
    "contrib.copy_graph": "use `tf.import_graph_def(graph.as_graph_def())` in "
    "the other graph.",
    "contrib.cudnn_rnn": "use `tf.nn.rnn_cell.LSTMCell` in "
    "`tf.nn.dynamic_rnn`; weights in the format of cuDNN cannot be read by it.",
    "contrib.cudnn_rnn.CudnnCompatibleGRUCell": "use "
    "`tf.keras.layers.GRUCell(num_units, reset_after=True)` in "
    "`tf.keras.layers.RNN`, which computes the same; for a model that has no "
    "checkpoint `tf.nn.rnn_cell.GRUCell` in `tf.nn.dynamic_rnn`.",
    "contrib.cudnn_rnn.CudnnCompatibleLSTMCell": "use "
    "`tf.contrib.rnn.LSTMBlockCell(num_units, forget_bias=0, "
    "name='cudnn_compatible_lstm_cell')`, which it was.",
    "contrib.cudnn_rnn.CudnnGRU": "use `tf.nn.rnn_cell.GRUCell` in "
    "`tf.nn.dynamic_rnn`, or `tf.keras.layers.GRU(reset_after=True)`, which "
    "computes what cuDNN does; weights in the format of cuDNN cannot be read "
    "by them.",
    "contrib.cudnn_rnn.CudnnLSTM": "use "
    "`tf.contrib.rnn.LSTMBlockFusedCell(num_units, forget_bias=0)`, for inputs "
    "[time, batch, size] as there, or `tf.nn.rnn_cell.LSTMCell` in "
    "`tf.nn.dynamic_rnn`; weights in the format of cuDNN cannot be read by "
    "them.",
    "contrib.cudnn_rnn.CudnnRNNRelu": "use "
    "`tf.nn.rnn_cell.BasicRNNCell(num_units, activation=tf.nn.relu)` in "
    "`tf.nn.dynamic_rnn`.",
    "contrib.cudnn_rnn.CudnnRNNTanh": "use `tf.nn.rnn_cell.BasicRNNCell` in "
    "`tf.nn.dynamic_rnn`.",
    "contrib.decision_trees": _TREES,
    "contrib.deprecated": "use `tf.summary.scalar`, `histogram`, `image`, "
    "`audio`, `merge` and `merge_all`.",
    "contrib.distributions": "use the package tensorflow-probability (`import "
    "tensorflow_probability as tfp`): `tfp.distributions`. `tf.distributions` "
    "has the most common ones.",
    "contrib.eager": "`tf.GradientTape`, `tf.function`, `tf.py_function`, "
    "`tf.Variable` and `tf.train.Checkpoint` are what its names became.",
    "contrib.factorization": "use `tf.nn.embedding_lookup` of two matrices in "
    "a model_fn for factors; scikit-learn's `KMeans` and `GaussianMixture`.",
    "contrib.ffmpeg": "use the package tensorflow-io (`import tensorflow_io "
    "as tfio`): `tfio.audio`.",
    "contrib.fused_conv": "use `tf.nn.conv2d`, `tf.nn.bias_add` and "
    "`tf.nn.relu`; TensorFlow fuses them.",
    "contrib.gan": "use the package tensorflow-gan, or a model_fn with two "
    "optimizers over two lists of variables.",
    "contrib.graph_editor": "make the graph as it is to be: "
    "`tf.import_graph_def(graph_def, input_map=...)` replaces tensors.",
    "contrib.grid_rnn": "write the cell as a `tf.nn.rnn_cell.RNNCell`.",
    "contrib.hadoop": "use the package tensorflow-io (`import tensorflow_io "
    "as tfio`).",
    "contrib.ignite": "use the package tensorflow-io (`import tensorflow_io "
    "as tfio`): `tfio.experimental.ignite`.",
    "contrib.input_pipeline": "use `tf.data.Dataset`.",
    "contrib.integrate": "use the package tensorflow-probability (`import "
    "tensorflow_probability as tfp`): `tfp.math.ode`.",
    "contrib.kafka": "use the package tensorflow-io (`import tensorflow_io as "
    "tfio`): `tfio.IODataset.from_kafka`.",
    "contrib.kernel_methods": "use "
    "`tf.keras.layers.experimental.RandomFourierFeatures` in a model_fn.",
    "contrib.kinesis": "use the package tensorflow-io (`import tensorflow_io "
    "as tfio`): `tfio.experimental.kinesis`.",
    "contrib.labeled_tensor": "use plain tensors; the package xarray names "
    "axes.",
    "contrib.legacy_seq2seq": "use `tf.nn.static_rnn` and `tf.nn.dynamic_rnn` "
    "with a loop of your own over the decoder's cell; "
    "`tf.contrib.seq2seq.sequence_loss` is here.",
    "contrib.libsvm": "use `Dataset.from_tensor_slices` over "
    "`sklearn.datasets.load_svmlight_file`, or `tf.string_split` of the "
    "lines.",
    "contrib.linear_optimizer": "use `tf.train.FtrlOptimizer` with "
    "`l1_regularization_strength` and `l2_regularization_strength`.",
    "contrib.lite": "use `tf.lite`.",
    "contrib.makefile": "use the C++ library of TensorFlow.",
    "contrib.memory_stats": "use `tf.config.experimental.get_memory_info`, "
    "outside of model_fn.",
    "contrib.meta_graph_transform": "use `Estimator.export_saved_model`, which "
    "exports what serving needs.",
    "contrib.mixed_precision": "multiply the loss before `compute_gradients`, "
    "and divide the gradients before `apply_gradients`; Keras 3 has "
    "`keras.optimizers.LossScaleOptimizer`.",
    "contrib.model_pruning": "use the package tensorflow-model-optimization "
    "on a Keras model: `tfmot.sparsity.keras.prune_low_magnitude`.",
    "contrib.nccl": "use `tf.distribute.NcclAllReduce`.",
    "contrib.nearest_neighbor": "use `tf.math.top_k` of a matrix product, or "
    "the package scann.",
    "contrib.ops": "use the operations themselves, under `tf`.",
    "contrib.optimizer_v2": "use the optimizers of the same names in "
    "`tf.train`.",
    "contrib.periodic_resample": "use `tf.reshape` and `tf.gather`.",
    "contrib.proto": "use `tf.io.decode_proto` and `tf.io.encode_proto`.",
    "contrib.quantization": "use `tf.quantization`.",
    "contrib.quantize": "use the package tensorflow-model-optimization on a "
    "Keras model: `tfmot.quantization.keras`; or quantize after training with "
    "`tf.lite.TFLiteConverter`.",
    "contrib.receptive_field": "compute it from kernel sizes and strides.",
    "contrib.recurrent": "use `tf.nn.dynamic_rnn`.",
    "contrib.reduce_slice_ops": "use `tf.math.segment_sum` and its siblings.",
    "contrib.remote_fused_graph": "TensorFlow Lite delegates.",
    "contrib.resampler": "use `tf.gather_nd` and bilinear weights, or "
    "`tf.image.crop_and_resize`.",
    "contrib.rpc": "use `tf.py_function` around a client of grpc.",
    "contrib.saved_model": "use `tf.saved_model.load` and "
    "`Estimator.export_saved_model`; of Keras models "
    "`tf.keras.models.save_model` and `load_model`.",
    "contrib.saved_model.get_signature_def_by_key": "use "
    "`meta_graph_def.signature_def[key]`.",
    "contrib.session_bundle": "use `tf.saved_model`.",
    "contrib.slurm": "use "
    "`tf.distribute.cluster_resolver.SlurmClusterResolver`.",
    "contrib.solvers": "use `tf.linalg`: `lstsq`, `cholesky_solve`, `svd`, "
    "`eigh`.",
    "contrib.sparsemax": "use `tf.sort`, `tf.cumsum` and `tf.maximum` "
    "(Martins and Astudillo, 2016) in ten lines of your own.",
    "contrib.specs": "write it with `tf.layers` or `tf.keras.layers`.",
    "contrib.staging": "use `dataset.prefetch(1)`, which `train` does by "
    "itself; `tf.data.experimental.prefetch_to_device`.",
    "contrib.stat_summarizer": "use `tf.train.ProfilerHook`.",
    "contrib.tensor_forest": _TREES,
    "contrib.tensorrt": "use `tf.experimental.tensorrt.Converter` of "
    "TensorFlow 2, on what `export_saved_model` has written.",
    "contrib.testing": "use `tf.train.summary_iterator` reads event files.",
    "contrib.text": "use the package tensorflow-text.",
    "contrib.tfprof": "use `tf.train.ProfilerHook`; `tf.profiler.profile` of "
    "a graph.",
    "contrib.timeseries": "write a model_fn for `tf.estimator.Estimator`, or "
    "use `tfp.sts` of the package tensorflow-probability.",
    "contrib.tooling": "nothing replaces it.",
    "contrib.verbs": "use `tf.distribute`.",
}
