"""A model_fn named on the command line, and what its features look like."""

import functools
import importlib
import json
import os
import re
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import tensorflow as tf

from keras_estimator.cli.convert import checkpoints
from keras_estimator.cli.errors import CommandError
from keras_estimator.estimator import Estimator
from keras_estimator.export import ServingInputReceiver

_v1 = tf.compat.v1
_TENSOR = re.compile(r"(?P<dtype>\w+)(\[(?P<shape>[^\]]*)\])?")


def import_modules(names: list[str]) -> None:
    """Imports modules, also those in the working directory.

    Raises:
        CommandError: If one cannot be imported.
    """
    if "" not in sys.path and os.getcwd() not in sys.path:
        sys.path.insert(0, os.getcwd())
    for name in names:
        try:
            importlib.import_module(name)
        except ImportError as error:
            raise CommandError(f"{name} cannot be imported: {error}") from error


def find(given: str) -> Any:
    """Returns the function of `module:function`.

    Raises:
        CommandError: If there is none.
    """
    module, _, qualname = given.partition(":")
    if not qualname:
        raise CommandError(
            f"--model-fn {given}: expected MODULE:FUNCTION, such as "
            "my_model:model_fn."
        )
    import_modules([module])
    try:
        return functools.reduce(
            getattr, qualname.split("."), sys.modules[module]
        )
    except AttributeError as error:
        raise CommandError(f"--model-fn {given}: {error}.") from error


def parsed(option: str, given: str | None) -> Any:
    """Returns the data of a JSON argument.

    Args:
        option: Its name.
        given: JSON, or `@` and the path of a file of it.

    Raises:
        CommandError: If it is none.
    """
    if given is None:
        return None
    text = Path(given[1:]).read_text() if given.startswith("@") else given
    try:
        return json.loads(text)
    except ValueError as error:
        # A tensor alone needs no quotes of its own.
        if option == "--features" and _TENSOR.fullmatch(text):
            return text
        raise CommandError(f"{option} {given}: no JSON: {error}.") from error


def write_keras(
    model_fn: Any,
    params: Any,
    features: Any,
    values: Mapping[str, np.ndarray],
    out: str,
) -> None:
    """Writes a `.keras` file of a model_fn with values.

    Args:
        model_fn: The function.
        params: Its params; `None` for none.
        features: What features look like, as `--features` has it.
        values: Name -> value.
        out: Where the file goes.

    Raises:
        CommandError: If nobody knows what features look like.
        VariableNotFoundError: If the model has others.
    """
    if features is None:
        raise CommandError(
            "--model-fn needs --features, to build the model: "
            '--features \'{"x": "float32[4]"}\' for rows of four numbers.'
        )
    with tempfile.TemporaryDirectory() as folder:
        prefix = os.path.join(folder, "values", "model.ckpt-0")
        checkpoints.write(prefix, values)
        estimator = Estimator(
            model_fn, os.path.join(folder, "model"), params=params
        )
        estimator.export_keras(
            out, prefix, functools.partial(_receiver, features)
        )


def _receiver(features: Any) -> ServingInputReceiver:
    placeholders = tf.nest.map_structure(_placeholder, features)
    return ServingInputReceiver(placeholders, placeholders)


def _placeholder(given: Any) -> tf.Tensor:
    """Returns a placeholder for a batch of `float32[4]` and the like."""
    match = _TENSOR.fullmatch(given) if isinstance(given, str) else None
    try:
        if match is None:
            raise ValueError("expected a text")
        sizes = [size.strip() for size in (match["shape"] or "").split(",")]
        shape = [None if s in ("?", "None") else int(s) for s in sizes if s]
        return _v1.placeholder(match["dtype"], [None, *shape])
    except (TypeError, ValueError) as error:
        raise CommandError(
            f"--features: {given!r} is no tensor ({error}). Expected a type "
            'and the shape of one row: "float32[4]", "int64", "string[?]".'
        ) from error
