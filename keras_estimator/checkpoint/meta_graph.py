"""Graphs beside checkpoints: `graph.pbtxt`, and `.meta` files.

A `.meta` file is for TF1's `import_meta_graph`. It holds the graph, its
collections, and the names of the operations that save and restore. TF1
programs add those operations in Python; here they are written straight into
the GraphDef:

    save/filename -> save/SaveV2 -> save/control_dependency
    save/filename -> save/RestoreV2 -> save/Assign_<i>... -> save/restore_all
"""

import os
from collections.abc import MutableMapping
from typing import Any
from typing import NamedTuple
from weakref import WeakKeyDictionary

import tensorflow as tf
from google.protobuf import text_format

from keras_estimator.checkpoint.failures import naming_failed_writes
from keras_estimator.checkpoint.staging import Staging
from keras_estimator.checkpoint.staging import staged
from keras_estimator.engine.program import Program

_v1 = tf.compat.v1
_GRAPH_FILE = "graph.pbtxt"


class _Written(NamedTuple):
    """A file as it was after a graph had been written to it."""

    path: str
    version: int
    bytes: int
    time: int

    @classmethod
    def now(cls, path: str, graph: tf.Graph) -> "_Written | None":
        """Returns what there is of the file, `None` if it is not there."""
        try:
            found = tf.io.gfile.stat(path)
        except tf.errors.OpError:
            return None
        return cls(path, graph.version, found.length, found.mtime_nsec)


# Where the graph was last written.
_written: MutableMapping[tf.Graph, _Written | None] = WeakKeyDictionary()


def stage(files: Staging, name: str, content: bytes) -> None:
    """Writes the `.meta` file of a checkpoint where nobody sees it yet.

    Args:
        files: Where it goes.
        name: The name of the checkpoint.
        content: What `serialized` returned.
    """
    with tf.io.gfile.GFile(files.path(f"{name}.meta"), "wb") as file:
        file.write(content)


def write_graph(directory: str, graph: tf.Graph) -> None:
    """Writes the file `graph.pbtxt`, all of it or nothing.

    It is left as it is while it holds that graph: each call of train begins
    with this, and the text takes longer than many steps.

    Args:
        directory: Where it goes.
        graph: What it has.

    Raises:
        CheckpointWriteError: If it cannot be written.
    """
    path = os.path.join(directory, _GRAPH_FILE)
    now = _Written.now(path, graph)
    if now is not None and now == _written.get(graph):
        return
    text = text_format.MessageToString(graph.as_graph_def(add_shapes=True))
    with naming_failed_writes(path), staged(directory) as files:
        with tf.io.gfile.GFile(files.path(_GRAPH_FILE), "w") as file:
            file.write(text)
        files.publish(_GRAPH_FILE)
        _written[graph] = _Written.now(path, graph)


def serialized(program: Program) -> bytes:
    """Returns a program as a serialized MetaGraphDef."""
    if program.meta_graph is None:
        program.meta_graph = _meta_graph(program).SerializeToString()
    return program.meta_graph


def _meta_graph(program: Program) -> Any:
    graph_def = program.graph.as_graph_def(add_shapes=True)
    saver_def = _add_save_and_restore(graph_def, program)
    with program.graph.as_default():
        return _v1.train.export_meta_graph(
            graph_def=graph_def, saver_def=saver_def
        )


def _add_save_and_restore(graph_def: Any, program: Program) -> Any:
    """Adds the operations of a `Saver` to a GraphDef."""
    scope = program.graph.unique_name("save", mark_as_used=False)
    with tf.Graph().as_default() as scratch, tf.name_scope(scope):
        filename = tf.constant("model", name="filename")
        names, slices = zip(
            *(r.save_slice for r in program.model_records), strict=True
        )
        handles = [_handle(r) for r in program.model_records]
        dtypes = [r.variable.dtype for r in program.model_records]
        save = tf.raw_ops.SaveV2(
            prefix=filename,
            tensor_names=names,
            shape_and_slices=slices,
            tensors=[
                tf.raw_ops.ReadVariableOp(resource=h, dtype=d)
                for h, d in zip(handles, dtypes, strict=True)
            ],
        )
        with tf.control_dependencies([save]):
            saved = tf.identity(filename, name="control_dependency")
        restored = tf.raw_ops.RestoreV2(
            prefix=filename,
            tensor_names=names,
            shape_and_slices=slices,
            dtypes=dtypes,
        )
        assigns = [
            tf.raw_ops.AssignVariableOp(resource=h, value=value)
            for h, value in zip(handles, restored, strict=True)
        ]
        restore = tf.group(*assigns, name="restore_all")
    known = {node.name for node in graph_def.node}
    for node in scratch.as_graph_def(add_shapes=True).node:
        if node.name not in known:
            graph_def.node.add().CopyFrom(node)
    return _v1.train.SaverDef(
        filename_tensor_name=filename.name,
        save_tensor_name=saved.name,
        restore_op_name=restore.name,
        max_to_keep=5,
        keep_checkpoint_every_n_hours=10000.0,
        version=_v1.train.SaverDef.V2,
    )


def _handle(record: Any) -> tf.Tensor:
    """Returns a stand-in, in the default graph, for a variable's handle."""
    return tf.raw_ops.VarHandleOp(
        dtype=record.variable.dtype.base_dtype,
        shape=record.variable.shape,
        shared_name=record.name,
        # The slash at the end: exactly this name, whatever the scope.
        name=f"{record.handle}/",
    )
