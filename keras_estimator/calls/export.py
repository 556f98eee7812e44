"""One call that exports a SavedModel."""

import os
from collections.abc import Callable
from collections.abc import Iterator
from collections.abc import Mapping
from contextlib import ExitStack
from contextlib import contextmanager
from typing import Any
from typing import NamedTuple

import tensorflow as tf

from keras_estimator._types import Path
from keras_estimator.calls.values import Values
from keras_estimator.checkpoint.staging import clean_up
from keras_estimator.checkpoint.staging import staged
from keras_estimator.engine import _tensorflow
from keras_estimator.engine.exporting import ExportGraph
from keras_estimator.engine.graph import asset_files
from keras_estimator.engine.programs import Programs
from keras_estimator.engine.session import GraphSession
from keras_estimator.errors import ArgumentTypeError
from keras_estimator.errors import AssetNotFoundError
from keras_estimator.errors import ConfigError
from keras_estimator.errors import ExportDirError
from keras_estimator.errors import ExportVariablesError
from keras_estimator.estimator_config import file_in_the_way
from keras_estimator.export import directory
from keras_estimator.spec import ModeKeys

_v1 = tf.compat.v1
# In this order, since the variables of the first are written: training knows
# most of them.
_TAGS = {
    ModeKeys.TRAIN: "train",
    ModeKeys.EVAL: "eval",
    ModeKeys.PREDICT: "serve",
}
_EXTRA = "assets.extra"


class Target(NamedTuple):
    """What is written where, besides the model.

    Attributes:
        directory: Where the folder of the export goes.
        assets_extra: Path inside of `assets.extra` -> file that is copied.
        as_text: Whether the graph is written as text.
        strip_default_attrs: Whether attributes with default values are left
            out, so that older versions of TensorFlow can load it.
    """

    directory: str
    assets_extra: Mapping[str, str]
    as_text: bool
    strip_default_attrs: bool


def check_target(
    export_dir_base: Path | bytes,
    assets_extra: Mapping[str, Path] | None,
    as_text: bool,
    strip_default_attrs: bool,
) -> Target:
    """Returns where an export goes; the files that go with it are there.

    Raises:
        ArgumentTypeError: If an argument is of another type.
        AssetNotFoundError: If a file is not there.
        ConfigError: If a file would go elsewhere.
        ExportDirError: If the directory is a file.
    """
    if not isinstance(export_dir_base, (str, bytes, os.PathLike)):
        raise ArgumentTypeError(
            "`export_dir_base` must be the path of a directory. Received: "
            f"export_dir_base={export_dir_base!r} "
            f"({type(export_dir_base).__name__})."
        )
    base = os.fsdecode(export_dir_base).rstrip("/") or "."
    path = file_in_the_way(base)
    if path:
        raise ExportDirError(
            f"export_dir_base={base!r} cannot be written: {path!r} is not a "
            "directory but a file. Choose another directory."
        )
    extra = _check_assets({} if assets_extra is None else assets_extra)
    return Target(base, extra, as_text, strip_default_attrs)


def check_receivers(
    receiver_fns: Mapping[str, Callable[[], Any] | None],
) -> dict[str, Callable[[], Any]]:
    """Returns receiver functions by mode, in the order of their export.

    Raises:
        ArgumentTypeError: If there is no dict, or one is no function.
        ConfigError: If there are none, or a mode does not exist.
    """
    if not isinstance(receiver_fns, Mapping):
        raise ArgumentTypeError(
            "`input_receiver_fn_map` must be a dict of mode to function. "
            f"Received: {receiver_fns!r} ({type(receiver_fns).__name__}). Use "
            "`{ModeKeys.PREDICT: serving_input_receiver_fn}`."
        )
    unknown = [mode for mode in receiver_fns if mode not in _TAGS]
    if unknown:
        raise ConfigError(
            f"There is no mode {unknown[0]!r}. Use one of `ModeKeys`: "
            f"{list(_TAGS)}."
        )
    given = {
        mode: receiver_fns[mode]
        for mode in _TAGS
        if receiver_fns.get(mode) is not None
    }
    if not given:
        raise ConfigError(
            "No valid modes for exporting found: no input receiver function "
            f"was given. Got {dict(receiver_fns)!r}. Make one with "
            "`export.build_parsing_serving_input_receiver_fn(feature_spec)`."
        )
    for mode, function in given.items():
        if not callable(function):
            raise ArgumentTypeError(
                "The input receiver function of mode "
                f"{mode!r} must be a function without arguments that returns "
                f"a receiver. Received: {function!r} "
                f"({type(function).__name__}). Wrap it in a function, which "
                "is called in the graph of the export."
            )
    return {mode: fn for mode, fn in given.items() if fn is not None}


def export(
    programs: Programs,
    values: Values,
    receiver_fns: Mapping[str, Callable[[], Any]],
    checkpoint: str,
    target: Target,
) -> bytes:
    """Writes a SavedModel, all of it or nothing.

    Args:
        programs: Build the graphs.
        values: Where the variables get their values.
        receiver_fns: Mode -> function, as `check_receivers` returns them.
        checkpoint: Whose values are exported.
        target: Where it goes.

    Returns:
        The path of its folder.

    Raises:
        AssetNotFoundError: If a vocabulary file is gone.
        ExportVariablesError: If the checkpoint lacks variables.
        ExportWriteError: If it cannot be written.
    """
    # All that may fail in the user's code comes before there is any file.
    graphs = {
        mode: programs.build_export(mode, receiver_fn)
        for mode, receiver_fn in receiver_fns.items()
    }
    for mode, graph in graphs.items():
        _check_vocabularies(mode, graph)
    first = next(iter(graphs))
    with ExitStack() as stack:
        with directory.naming_failed_exports(target.directory):
            clean_up(target.directory)
            files = stack.enter_context(staged(target.directory))
            folder = files.path("export")
            builder = _v1.saved_model.Builder(folder)
        for mode, graph in graphs.items():
            with (
                _session(mode, graph, values, checkpoint) as session,
                directory.naming_failed_exports(target.directory),
            ):
                add = (
                    builder.add_meta_graph
                    if mode != first
                    else _adding_variables(builder, session)
                )
                _add(add, builder, mode, graph, target)
        with directory.naming_failed_exports(target.directory):
            builder.save(target.as_text)
            _copy_assets(folder, target.assets_extra)
            path = directory.publish(folder, target.directory)
    _v1.logging.info("Exported to %s", path)
    return os.fsencode(path)


def _check_vocabularies(mode: str, graph: ExportGraph) -> None:
    for path in asset_files(graph.program.graph):
        if not tf.io.gfile.exists(path):
            raise AssetNotFoundError(
                f"model_fn reads the file {path!r} in mode {mode!r}, for a "
                "table, and it is not there: an export needs a copy of it."
            )


def _copy_assets(folder: str, assets: Mapping[str, str]) -> None:
    for name, source in assets.items():
        path = os.path.join(folder, _EXTRA, name)
        tf.io.gfile.makedirs(os.path.dirname(path))
        tf.io.gfile.copy(source, path)


def _adding_variables(builder: Any, session: GraphSession) -> Callable:
    def add(tags: Any, **kwargs: Any) -> None:
        builder.add_meta_graph_and_variables(session, tags, **kwargs)

    return add


def _add(
    add: Callable, builder: Any, mode: str, graph: ExportGraph, target: Target
) -> None:
    keys = _v1.GraphKeys
    with graph.program.graph.as_default():
        if graph.train_op is not None:
            _tensorflow.add_train_op(builder, graph.train_op)
        add(
            [_TAGS[mode]],
            signature_def_map=graph.signatures,
            assets_collection=_v1.get_collection(keys.ASSET_FILEPATHS),
            main_op=graph.main_op,
            strip_default_attrs=target.strip_default_attrs,
            saver=graph.saver,
        )


@contextmanager
def _session(
    mode: str, graph: ExportGraph, values: Values, checkpoint: str
) -> Iterator[GraphSession]:
    """Lends a session over the values of a checkpoint.

    Raises:
        ExportVariablesError: If the checkpoint lacks some of the graph's.
    """
    program = graph.program
    with ExitStack() as stack:
        with values.lock, _tensorflow.eager_mode():
            state = stack.enter_context(
                values.state_to_read(program, checkpoint, stays_open=False)
            )
            binding = stack.enter_context(state.bound(program))
            session = GraphSession(binding)
            try:
                values.provide(state, binding, session, checkpoint)
            except tf.errors.NotFoundError as error:
                raise ExportVariablesError(
                    f"The graph of mode {mode!r} cannot be exported from "
                    f"checkpoint `{checkpoint}`: {error.message} Let model_fn "
                    f"make no variables in mode {mode!r} that it does not "
                    "make in training."
                ) from error
        yield session


def _check_assets(assets: Mapping[str, Path]) -> dict[str, str]:
    if not isinstance(assets, Mapping):
        raise ArgumentTypeError(
            "`assets_extra` must be a dict of path in `assets.extra` to the "
            f"file to copy. Received: {assets!r} ({type(assets).__name__})."
        )
    found = {}
    for name, source in assets.items():
        for path in (name, source):
            if not isinstance(path, (str, bytes, os.PathLike)):
                raise ArgumentTypeError(
                    "`assets_extra` must be a dict of path to path. Received: "
                    f"{path!r} ({type(path).__name__}) in {dict(assets)!r}."
                )
        inside, file = os.fsdecode(name), os.fsdecode(source)
        normal = os.path.normpath(inside)
        if os.path.isabs(normal) or normal.split(os.sep)[0] in ("..", "."):
            raise ConfigError(
                f"`assets_extra` has the key {inside!r}, which does not lead "
                f"to a file inside of `{_EXTRA}`. Use a relative path."
            )
        if not tf.io.gfile.exists(file) or tf.io.gfile.isdir(file):
            raise AssetNotFoundError(
                f"assets_extra[{inside!r}]={file!r} is not a file. Name one "
                "that exists; for a folder name each of its files."
            )
        found[inside] = file
    return found
