"""Gives the variables of a new model their values of an old one.

TensorFlow's `warm_start` does it, in the graph that model_fn has built. What it
would refuse in its own words, or only when it runs, is refused here before.
"""

import difflib
import os
from collections.abc import Iterator
from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field
from typing import Any

import tensorflow as tf

from keras_estimator.checkpoint import bundle
from keras_estimator.checkpoint.warm_start import WarmStartSettings
from keras_estimator.engine.graph import ModelGraph
from keras_estimator.engine.graph import VariableRecord
from keras_estimator.errors import CheckpointPathError
from keras_estimator.errors import WarmStartError
from keras_estimator.errors import WarmStartPathError

_v1 = tf.compat.v1
_KEYS = _v1.GraphKeys
# The entry in which checkpoints by object describe themselves.
_OBJECT_GRAPH = "_CHECKPOINTABLE_OBJECT_GRAPH"
# How the keys of variables end in these.
_VALUE = "/.ATTRIBUTES/VARIABLE_VALUE"
_LISTED = 20


@dataclass(frozen=True)
class WarmStart:
    """Settings, with the checkpoint that they mean now.

    Called in the graph of a model, it gives the variables of the model other
    initial values. Two of one Estimator are equal as long as the same
    checkpoint is the newest one of a folder.

    Args:
        settings: What the user chose.
        prefix: Path of the checkpoint without the endings of its files.
    """

    settings: WarmStartSettings = field(compare=False)
    prefix: str

    @classmethod
    def of(cls, settings: WarmStartSettings) -> "WarmStart":
        """Finds the checkpoint of settings.

        Args:
            settings: Names a checkpoint, a folder with checkpoints, or a
                SavedModel.

        Raises:
            WarmStartPathError: If there is no checkpoint.
        """
        path = settings.ckpt_to_initialize_from
        prefix = _prefix(path)
        if prefix == _variables_of(path):
            settings = settings._replace(ckpt_to_initialize_from=prefix)
        return cls(settings, prefix)

    def __call__(self) -> None:
        """Changes the initial values of variables of the default graph.

        Raises:
            WarmStartError: If the settings do not fit the model, or the
                checkpoint.
            WarmStartPathError: If a vocabulary file does not exist.
        """
        chosen = _chosen(_v1.get_default_graph(), self.settings)
        faults = [*_faults(self.settings, self.prefix, chosen)]
        if faults:
            raise WarmStartError(
                "\n".join(
                    [
                        "`warm_start_from` does not fit:",
                        *faults,
                        *_saved_by_object(self.prefix),
                    ]
                )
            )
        try:
            _v1.train.warm_start(*self.settings)
        except ValueError as error:
            raise WarmStartError(
                "\n".join(
                    [
                        f"`warm_start_from={self.settings!r}`: {error}",
                        *_saved_by_object(self.prefix),
                    ]
                )
            ) from error


class _Whole:
    """A variable of the model, all its parts together.

    Attributes:
        name: Name in checkpoints.
        shape: Shape.
        dtype: Type of its numbers.
    """

    def __init__(self, record: VariableRecord) -> None:
        self.name, spec = record.save_slice
        self.dtype = record.variable.dtype.base_dtype
        self.shape = record.variable.shape
        if spec:
            self.shape = tf.TensorShape(map(int, spec.split()[:-1]))

    def __str__(self) -> str:
        return f"{self.dtype.name} {self.shape}"


def _prefix(path: str) -> str:
    """Returns the checkpoint that a path of settings means."""
    prefix = path
    if tf.io.gfile.isdir(path):
        prefix = tf.train.latest_checkpoint(path) or _variables_of(path)
    try:
        bundle.reader(prefix)
    except CheckpointPathError as error:
        raise WarmStartPathError(
            f"`warm_start_from`: there is no checkpoint at {path!r}. Name a "
            "checkpoint, as `latest_checkpoint()` returns it, or a folder "
            "that has one, or a SavedModel."
        ) from error
    return prefix


def _variables_of(path: str) -> str:
    """Returns where the variables of a SavedModel are."""
    return os.path.join(path, "variables", "variables")


def _chosen(
    graph: ModelGraph, settings: WarmStartSettings
) -> dict[str, _Whole]:
    """Returns the variables that `vars_to_warm_start` selects, by name."""
    names = settings.vars_to_warm_start
    if names is None or isinstance(names, str):
        found = graph.get_collection(_KEYS.TRAINABLE_VARIABLES, names)
    elif isinstance(names, list) and all(isinstance(n, str) for n in names):
        found = [
            variable
            for name in names
            for variable in graph.get_collection(_KEYS.GLOBAL_VARIABLES, name)
        ]
    elif isinstance(names, list) and all(
        isinstance(v, tf.Variable) for v in names
    ):
        found = names
    else:
        raise WarmStartError(
            "`vars_to_warm_start` must be a regular expression, a list of "
            "them, a list of variables, or None. Received: "
            f"vars_to_warm_start={names!r} ({type(names).__name__})."
        )
    ids = set(map(id, found))
    wholes = [_Whole(r) for r in graph.records if id(r.variable) in ids]
    return {whole.name: whole for whole in wholes}


def _faults(
    settings: WarmStartSettings, prefix: str, chosen: Mapping[str, _Whole]
) -> Iterator[str]:
    """Yields what would go wrong, one sentence each."""
    previous = settings.var_name_to_prev_var_name
    vocabularies = settings.var_name_to_vocab_info
    for argument, names in (
        ("var_name_to_prev_var_name", previous),
        ("var_name_to_vocab_info", vocabularies),
    ):
        for name in names:
            if name not in chosen:
                yield (
                    f"`{argument}` has {name!r}, which is not among the "
                    f"variables to warm start: {sorted(chosen)}."
                    f"{_nearest(name, chosen)} Is it misspelled, or left out "
                    "by `vars_to_warm_start`?"
                )
    there = bundle.reader(prefix)
    shapes = there.get_variable_to_shape_map()
    dtypes = there.get_variable_to_dtype_map()
    if _OBJECT_GRAPH in shapes and not previous:
        return  # TensorFlow finds the names in the description of objects.
    for name, whole in chosen.items():
        info = vocabularies.get(name)
        if info is None and not settings.vars_to_warm_start:
            continue
        key = previous.get(name) or name
        if key not in shapes:
            yield (
                f"Variable {name!r} of the model is not found as {key!r} in "
                f"checkpoint {prefix!r}.{_nearest(key, shapes)} If it had "
                "another name, give that in `var_name_to_prev_var_name`; or "
                "leave it out by `vars_to_warm_start`."
            )
        elif info is not None:
            yield from _vocabulary_faults(whole, info)
        elif not whole.shape.is_compatible_with(shapes[key]):
            yield (
                f"Variable {name!r} is {whole} in the model but "
                f"{dtypes[key].name} {tf.TensorShape(shapes[key])} as {key!r} "
                f"in checkpoint {prefix!r}. Leave it out by "
                "`vars_to_warm_start`; or, if it is its vocabulary that has "
                "changed, give a `VocabInfo`."
            )


def _saved_by_object(prefix: str) -> Iterator[str]:
    """Yields what is in a checkpoint by object; nothing of one by name."""
    shapes = bundle.reader(prefix).get_variable_to_shape_map()
    if _OBJECT_GRAPH not in shapes:
        return
    keys = sorted(k for k in shapes if k.endswith(_VALUE))
    listed = [f"{k!r} {tf.TensorShape(shapes[k])}" for k in keys[:_LISTED]]
    if len(keys) > _LISTED:
        listed.append(f"and {len(keys) - _LISTED} more")
    yield (
        f"Checkpoint {prefix!r} was saved by object, as "
        "`tf.train.Checkpoint` and Keras do. Map the name of each variable to "
        "its key in `var_name_to_prev_var_name`, and leave out the others by "
        f"`vars_to_warm_start`. The keys are: {', '.join(listed)}."
    )


def _nearest(name: str, names: Any) -> str:
    close = difflib.get_close_matches(name, [*names], n=1)
    return f" The nearest name is {close[0]!r}." if close else ""


def _vocabulary_faults(whole: _Whole, info: Any) -> Iterator[str]:
    if whole.shape.rank != 2:
        yield (
            f"`var_name_to_vocab_info` has {whole.name!r}, which is {whole}: "
            "only the rows or columns of a matrix can be put in another order."
        )
        return
    for argument in ("new_vocab", "old_vocab"):
        path = getattr(info, argument)
        if not tf.io.gfile.exists(path):
            raise WarmStartPathError(
                f"`VocabInfo({argument}={path!r})` of variable {whole.name!r}:"
                " there is no such file."
            )
    entries = _count_lines(info.new_vocab)
    if entries < info.new_vocab_size:
        yield (
            f"`VocabInfo(new_vocab={info.new_vocab!r})` of variable "
            f"{whole.name!r} has {entries} entries, fewer than "
            f"new_vocab_size={info.new_vocab_size}."
        )
    size = info.new_vocab_size + info.num_oov_buckets
    if whole.shape[info.axis] > size:
        yield (
            f"Variable {whole.name!r} is {whole}, but its vocabulary has "
            f"new_vocab_size={info.new_vocab_size} and "
            f"num_oov_buckets={info.num_oov_buckets}, together {size}, for "
            f"axis {info.axis}."
        )


def _count_lines(path: str) -> int:
    with tf.io.gfile.GFile(path, "rb") as file:
        return sum(1 for _ in file)
