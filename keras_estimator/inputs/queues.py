"""The queues of TF1: who reads from one is told what replaces it."""

from collections.abc import Iterable
from collections.abc import Iterator

import tensorflow as tf

from keras_estimator.engine.subgraph import GraphIndex
from keras_estimator.engine.subgraph import node_name
from keras_estimator.errors import UnsupportedError

_COUNTERS = ("CountUpTo", "ResourceCountUpTo")
_READS = ("QueueDequeue", "ReaderRead", "FakeQueue", *_COUNTERS)
_READERS = {
    "TextLineReader": "`tf.data.TextLineDataset(files)`",
    "TFRecordReader": "`tf.data.TFRecordDataset(files)`",
    "FixedLengthRecordReader": (
        "`tf.data.FixedLengthRecordDataset(files, record_bytes)`"
    ),
    "WholeFileReader": (
        "`tf.data.Dataset.from_tensor_slices(files).map(tf.read_file)`"
    ),
    "IdentityReader": "`tf.data.Dataset.from_tensor_slices(files)`",
}
_PLAIN = "FIFOQueue"
_BATCHES = {
    "RandomShuffleQueue": (
        "`tf.train.shuffle_batch`",
        "`.shuffle(capacity).batch(batch_size)`",
    ),
    "PaddingFIFOQueue": (
        "`tf.train.batch(dynamic_pad=True)`",
        "`.padded_batch(batch_size, padded_shapes)`",
    ),
    _PLAIN: ("`tf.train.batch`", "`.batch(batch_size)`"),
}
_PRODUCERS = {
    tf.string: (
        "`tf.train.string_input_producer`",
        "`tf.data.Dataset.from_tensor_slices(strings)`",
    ),
    tf.int32: (
        "`tf.train.range_input_producer` or `slice_input_producer`",
        "`tf.data.Dataset.range(limit)` or `.from_tensor_slices(arrays)`",
    ),
}
_OTHER_PRODUCER = (
    "`tf.train.input_producer`",
    "`tf.data.Dataset.from_tensor_slices(tensor)`",
)
_OWN = "; of a queue of your own: `tf.data.Dataset.from_generator`"
_EPOCHS = ("`num_epochs`", "`.repeat(num_epochs)`")


def refuse(index: GraphIndex, names: Iterable[str]) -> None:
    """Refuses operations that read from a queue, or from files by one.

    Args:
        index: The graph.
        names: The operations.

    Raises:
        UnsupportedError: If one does; it says what to use instead.
    """
    for name in sorted(names):
        kind = index.nodes[name].op
        if kind.startswith(_READS):
            # What fills the queue is no ancestor of what reads from it.
            instead = dict.fromkeys(_replacements(index))
            raise UnsupportedError(
                f"input_fn reads from a TF1 queue ({kind} {name!r}). Queue "
                "runners do not exist here. Return a `tf.data.Dataset` from "
                f"input_fn. What replaces what: {'; '.join(instead)}."
            )


def _replacements(index: GraphIndex) -> Iterator[str]:
    """Yields what replaces the queues of a graph: sources, then the rest."""
    rest = []
    for node in index.graph_def.node:
        kind = node.op.removesuffix("V2")
        if kind in _READERS:
            yield (
                f"`tf.train.string_input_producer` and `tf.{kind}`: "
                f"{_READERS[kind]}"
            )
        elif kind == "QueueDequeue":
            types = node.attr["component_types"].list.type
            producer, instead = _PRODUCERS.get(
                tf.dtypes.as_dtype(types[0]), _OTHER_PRODUCER
            )
            # Nothing in the graph tells theirs from one of the program's own.
            yield f"if the queue is of {producer}: {instead}{_OWN}"
        elif kind in ("QueueDequeueMany", "QueueDequeueUpTo"):
            queue = index.nodes[node_name(node.input[0])].op
            found = _BATCHES.get(queue.removesuffix("V2"), _BATCHES[_PLAIN])
            rest.append(": ".join(found))
        elif kind in _COUNTERS:
            rest.append(": ".join(_EPOCHS))
    yield from rest
