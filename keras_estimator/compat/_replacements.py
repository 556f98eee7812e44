"""Names of TensorFlow 1 that are gone, and what to use instead of each.

Keys are what a program writes after `tf.`; values are sentences, as the
`AttributeError` and the report of `keras-estimator upgrade` show them. What is
said of a module is said of all names in it that have no entry of their own.
"""

from keras_estimator.compat._gone_contrib import CONTRIB
from keras_estimator.compat._gone_early import EARLY
from keras_estimator.compat._gone_estimator import GONE
from keras_estimator.compat._gone_parts import PARTS
from keras_estimator.compat._gone_private import PRIVATE

_DATA_STATS = "use `tf.train.ProfilerHook`, or TensorBoard's profiler."
_TPU_EMBEDDING = "use the optimizer of that name in `tf.train`."

REPLACEMENTS: dict[str, str] = {
    **CONTRIB,
    **EARLY,
    **GONE,
    **PARTS,
    **PRIVATE,
    "compiler": "use `tf.compiler` of the installed TensorFlow: `import "
    "tensorflow.compiler`.",
    "config.experimental_list_devices": "use "
    "`tf.config.list_logical_devices()`.",
    "core": "import protocol buffers from the installed TensorFlow: `from "
    "tensorflow.core.framework import summary_pb2`. Many are `tf.Summary`, "
    "`tf.GraphDef`, `tf.ConfigProto` and the like.",
    "data.experimental.MapVectorizationOptions": "leave the option out.",
    "data.experimental.StatsAggregator": _DATA_STATS,
    "data.experimental.StatsOptions": _DATA_STATS,
    "data.experimental.bytes_produced_stats": _DATA_STATS,
    "data.experimental.latency_stats": _DATA_STATS,
    "examples": "use `tf.keras.datasets.mnist.load_data()` for "
    "`input_data.read_data_sets`: its images are uint8 [28, 28], to be divided "
    "by 255 and reshaped.",
    "lite.experimental.get_potentially_supported_ops": "use "
    "`tf.lite.experimental.Analyzer`.",
    "lite.experimental.nn": "use `tf.nn.rnn_cell` and `tf.nn.dynamic_rnn`; "
    "`tf.lite.TFLiteConverter` converts LSTM layers of Keras.",
    "models": "use the package tf-models-official.",
    "raw_ops.CompareAndBitpack": "use `tf.bitwise` on `tf.cast(x > threshold, "
    "tf.uint8)`.",
    "tools": "use the commands `saved_model_cli` and `freeze_graph` of "
    "TensorFlow, and `keras-estimator inspect`.",
    "tpu.experimental.AdagradParameters": _TPU_EMBEDDING,
    "tpu.experimental.AdamParameters": _TPU_EMBEDDING,
    "tpu.experimental.FtrlParameters": _TPU_EMBEDDING,
    "tpu.experimental.StochasticGradientDescentParameters": _TPU_EMBEDDING,
}


def replacement(path: str) -> str | None:
    """Returns what to use instead of a name, `None` if nothing is known.

    Args:
        path: What a program writes after `tf.`, as `contrib.gan.gan_model`.
    """
    public, private, _ = path.partition(".python")
    if private and public.startswith("contrib."):
        own = REPLACEMENTS.get(f"{public}.{path.rpartition('.')[2]}")
        return own or f"its public names are in `tf.{public}`."
    while path:
        if path in REPLACEMENTS:
            return REPLACEMENTS[path]
        path = path.rpartition(".")[0]
    return None


def has_names_below(path: str) -> bool:
    """Returns whether names in a module are among those that are gone."""
    return any(name.startswith(f"{path}.") for name in REPLACEMENTS)
