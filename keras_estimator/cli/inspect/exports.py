"""SavedModels and Keras files."""

import json
import os
import zipfile
from collections.abc import Iterator
from typing import Any
from typing import NamedTuple

import tensorflow as tf
from google.protobuf.message import DecodeError
from tensorflow.core.protobuf import saved_model_pb2

from keras_estimator.cli.errors import CommandError

PROTO = "saved_model.pb"
# export/best/1735689600
_DEPTH = 2
_KERAS = (".keras", ".weights.h5")


class Export(NamedTuple):
    """Something that was exported.

    Attributes:
        path: Where it is.
        kind: `saved_model`, `keras` or `weights`.
        written: When, in seconds since 1970.
        bytes: Its size.
        details: Of a SavedModel `tags` and `signatures` (name -> `method`,
            `inputs` and `outputs`, each name -> text such as
            `float32[?, 4]`); of a .keras file `class`, `keras_version` and
            `model_fn`.
    """

    path: str
    kind: str
    written: float
    bytes: int
    details: dict[str, Any]


def exports(folder: str) -> tuple[list[Export], list[str]]:
    """Returns what was exported into a folder or those in it, and problems."""
    found = []
    problems = []
    for path in _paths(folder, _DEPTH):
        if os.path.basename(path).startswith("temp-"):  # as in 2.15
            problems.append(
                f"{path} is what an export that was cut off has left: remove "
                "it."
            )
            continue
        try:
            found.append(export(path))
        except CommandError as error:
            problems.append(str(error))
    return found, problems


def export(path: str) -> Export:
    """Returns what there is to know of a SavedModel or a Keras file.

    Raises:
        CommandError: If it cannot be read.
    """
    if tf.io.gfile.exists(os.path.join(path, PROTO)):
        proto = os.path.join(path, PROTO)
        size = sum(
            tf.io.gfile.stat(os.path.join(parent, name)).length
            for parent, _, names in tf.io.gfile.walk(path)
            for name in names
        )
        kind, details = "saved_model", _saved_model(proto)
        stat = tf.io.gfile.stat(proto)
    else:
        is_model = path.endswith(".keras")
        kind = "keras" if is_model else "weights"
        details = _keras(path) if is_model else {}
        stat = tf.io.gfile.stat(path)
        size = stat.length
    return Export(path, kind, stat.mtime_nsec / 1e9, size, details)


def _paths(folder: str, depth: int) -> Iterator[str]:
    for name in sorted(tf.io.gfile.listdir(folder)):
        path = os.path.join(folder, name.rstrip("/"))
        if not tf.io.gfile.isdir(path):
            if path.endswith(_KERAS):
                yield path
        elif name.startswith("."):
            continue
        elif tf.io.gfile.exists(os.path.join(path, PROTO)):
            yield path
        elif depth:
            yield from _paths(path, depth - 1)


def _saved_model(proto: str) -> dict[str, Any]:
    try:
        with tf.io.gfile.GFile(proto, "rb") as file:
            model = saved_model_pb2.SavedModel.FromString(file.read())
    except (DecodeError, tf.errors.OpError) as error:
        raise CommandError(f"{proto} is damaged: {error}.") from error
    graphs = model.meta_graphs
    return {
        "tags": [list(graph.meta_info_def.tags) for graph in graphs],
        "tensorflow": graphs[0].meta_info_def.tensorflow_version
        if graphs
        else "",
        "signatures": {
            name: {
                "method": signature.method_name.rpartition("/")[2],
                "inputs": _tensors(signature.inputs),
                "outputs": _tensors(signature.outputs),
            }
            for graph in graphs
            for name, signature in sorted(graph.signature_def.items())
            if not name.startswith("__")
        },
    }


def _tensors(infos: Any) -> dict[str, str]:
    return {
        name: f"{tf.as_dtype(info.dtype).name}{_shape(info.tensor_shape)}"
        for name, info in sorted(infos.items())
    }


def _shape(shape: Any) -> str:
    if shape.unknown_rank:
        return ""
    sizes = ("?" if d.size < 0 else str(d.size) for d in shape.dim)
    return f"[{', '.join(sizes)}]"


def _keras(path: str) -> dict[str, Any]:
    try:
        with tf.io.gfile.GFile(path, "rb") as file, zipfile.ZipFile(file) as z:
            config = json.loads(z.read("config.json"))
            metadata = json.loads(z.read("metadata.json"))
    except (
        KeyError,
        ValueError,
        zipfile.BadZipFile,
        tf.errors.OpError,
    ) as error:
        raise CommandError(f"{path} is no .keras file: {error}.") from error
    model_fn = config.get("config", {}).get("model_fn", {})
    return {
        "class": config.get("class_name", ""),
        "keras_version": metadata.get("keras_version", ""),
        **(
            {"model_fn": model_fn["import"]}
            if isinstance(model_fn, dict) and "import" in model_fn
            else {}
        ),
    }
