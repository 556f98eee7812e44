"""Names that are there, but do not do in full what they did in TensorFlow 1.

Keys are what a program writes after `tf.`; values are sentences.
"""

_QUEUE = (
    "input from queues is refused in input_fn (UnsupportedError): return a "
    "`tf.data.Dataset`"
)
_READER = f"{_QUEUE}; files are read by `tf.data.TextLineDataset`, "
_READER += "`TFRecordDataset` or `FixedLengthRecordDataset`"
_BATCH = f"{_QUEUE}, by `dataset.batch(n)`"
_SHUFFLE = f"{_QUEUE}, by `dataset.shuffle(n).batch(n)`"
_SESSION = (
    "sessions outside of an Estimator run only inside of `with tf.Graph()."
    "as_default():`, as eager mode stays on; loops over steps are "
    "`estimator.train`, and values `estimator.get_variable_value`, `predict` "
    "or `keras_estimator.predictor`"
)
_MODEL = (
    "takes models of Keras 3, and `tf.keras` is Keras 2 (`tf_keras`): make the "
    "model with `import keras`"
)
_SERVER = "one process on one device: clusters and servers do nothing here"

# Of imports of what is gone.
UNUSED = (
    "It is not used in this file: delete the import, unless another file takes "
    "the name from here."
)
# What `tf.keras` of TensorFlow 2 becomes.
KERAS_2 = (
    "this was Keras 2 up to TensorFlow 2.15, and is Keras 3 since: it becomes "
    "`keras_estimator.compat.v1.keras`, which is Keras 2 (`tf_keras`), so that "
    "weights have the same names and numbers. New code can take `import keras`"
)

# They raise an error, or do nothing: somebody has to change the program.
OPEN: dict[str, str] = {
    **dict.fromkeys(
        (
            "train.string_input_producer",
            "train.input_producer",
            "train.range_input_producer",
            "train.slice_input_producer",
            "train.limit_epochs",
            "train.match_filenames_once",
        ),
        f"{_QUEUE}, from `from_tensor_slices` or `list_files`",
    ),
    **dict.fromkeys(
        (
            "train.batch",
            "train.batch_join",
            "train.maybe_batch",
            "train.maybe_batch_join",
        ),
        _BATCH,
    ),
    **dict.fromkeys(
        (
            "train.shuffle_batch",
            "train.shuffle_batch_join",
            "train.maybe_shuffle_batch",
            "train.maybe_shuffle_batch_join",
        ),
        _SHUFFLE,
    ),
    **dict.fromkeys(
        (
            "train.QueueRunner",
            "train.add_queue_runner",
            "train.start_queue_runners",
            "FIFOQueue",
            "PaddingFIFOQueue",
            "PriorityQueue",
            "QueueBase",
            "RandomShuffleQueue",
            "queue",
        ),
        _QUEUE,
    ),
    **dict.fromkeys(
        (
            "FixedLengthRecordReader",
            "IdentityReader",
            "LMDBReader",
            "ReaderBase",
            "TFRecordReader",
            "TextLineReader",
            "WholeFileReader",
        ),
        _READER,
    ),
    "keras.estimator.model_to_estimator": _MODEL,
}

# They work, in another way or in fewer places than they did.
DIFFERENT: dict[str, str] = {
    **dict.fromkeys(
        (
            "InteractiveSession",
            "Session",
            "train.MonitoredSession",
            "train.MonitoredTrainingSession",
            "train.SessionManager",
            "train.SingularMonitoredSession",
            "train.Supervisor",
        ),
        _SESSION,
    ),
    **dict.fromkeys(
        (
            "train.ClusterSpec",
            "train.Server",
            "train.replica_device_setter",
        ),
        _SERVER,
    ),
}


def note(notes: dict[str, str], symbol: str) -> str | None:
    """Returns the note for a name, or for a module that it is in."""
    while symbol:
        if symbol in notes:
            return notes[symbol]
        symbol = symbol.rpartition(".")[0]
    return None
