"""`keras-estimator convert`: what it does with its arguments."""

import argparse
import json
import os
import sys
import tempfile
from typing import Any

import numpy as np

from keras_estimator.cli.convert import checkpoints
from keras_estimator.cli.convert import keras_files
from keras_estimator.cli.convert import matching
from keras_estimator.cli.convert import model_fn
from keras_estimator.cli.convert.matching import Matching
from keras_estimator.cli.errors import CommandError
from keras_estimator.cli.paths import absolute
from keras_estimator.cli.slots import is_of_optimizer
from keras_estimator.errors import VariableNotFoundError
from keras_estimator.errors import VariableShapeError

_Values = dict[str, np.ndarray]


def run(options: argparse.Namespace) -> int:
    """Converts a checkpoint.

    Args:
        options: `checkpoint`, `out`, `model`, `model_fn`, `params`,
            `features`, `map`, `imports`, `drop_slots`, `force`, `dry_run`,
            `json`.

    Returns:
        0 if it is written, 1 if variables do not match.

    Raises:
        CommandError: If arguments are wrong, or a file cannot be read or
            written.
    """
    source, out = absolute(options.checkpoint), os.path.expanduser(options.out)
    model_fn.import_modules(options.imports)
    _check_arguments(options, source, out)
    # What would be refused in the end is refused before the work.
    if keras_files.is_keras(out) and not options.force:
        keras_files.check_free(out)
    values, model = _read(source, options.model)
    names = matching.renamed(values, options.map)
    dropped = {
        name
        for name in values
        # A model that predicts has none.
        if (options.drop_slots or options.model_fn)
        and is_of_optimizer(name, values)
    }
    if options.model_fn:
        found, written = _through_model_fn(options, values, names, dropped, out)
    elif keras_files.is_keras(out):
        found, written = _into_model(
            options, model, values, names, dropped, out
        )
    else:
        found, written = _into_checkpoint(options, values, names, dropped, out)
    _tell(options, found, values, written)
    return 1 if found.faults else 0


def _into_checkpoint(
    options: argparse.Namespace,
    values: _Values,
    names: dict[str, str],
    dropped: set[str],
    out: str,
) -> tuple[Matching, str | None]:
    """Returns what is written, and where."""
    found = matching.all_of(values, names, dropped)
    new = _renamed(values, found)
    prefix = checkpoints.target(out, new)
    if not options.force:
        checkpoints.check_free(prefix)
    if options.dry_run:
        return found, None
    checkpoints.write(prefix, new)
    return found, prefix


def _into_model(
    options: argparse.Namespace,
    model: Any,
    values: _Values,
    names: dict[str, str],
    dropped: set[str],
    out: str,
) -> tuple[Matching, str | None]:
    """Returns what matches, and where it is written."""
    found = matching.match(values, names, keras_files.wanted(model), dropped)
    if found.faults or options.dry_run:
        return found, None
    keras_files.give(model, _renamed(values, found))
    keras_files.save(model, out)
    return found, out


def _through_model_fn(
    options: argparse.Namespace,
    values: _Values,
    names: dict[str, str],
    dropped: set[str],
    out: str,
) -> tuple[Matching, str | None]:
    """Returns what the model has of the values, and where it is written."""
    found = matching.all_of(values, names, dropped)
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "model.keras")
        try:
            model_fn.write_keras(
                model_fn.find(options.model_fn),
                model_fn.parsed("--params", options.params),
                model_fn.parsed("--features", options.features),
                _renamed(values, found),
                path,
            )
        except (VariableNotFoundError, VariableShapeError) as error:
            return found._replace(pairs={}, faults=[str(error)]), None
        held = keras_files.named_weights(path) or {}
        pairs = {new: old for new, old in found.pairs.items() if new in held}
        used = set(pairs.values())
        found = Matching(pairs, [n for n in values if n not in used], [])
        if options.dry_run:
            return found, None
        if out.endswith(keras_files.KERAS):
            keras_files.copy(path, out)
        else:
            keras_files.save(keras_files.load(path), out)
    return found, out


def _renamed(values: _Values, found: Matching) -> _Values:
    return {name: values[old] for name, old in found.pairs.items()}


def _check_arguments(
    options: argparse.Namespace, source: str, out: str
) -> None:
    has_model = bool(options.model or options.model_fn)
    if keras_files.is_keras(out):
        if keras_files.is_keras(source):
            raise CommandError(
                "Both are Keras files: Keras converts those itself, by "
                "`keras.saving.load_model(...).save_weights(...)`."
            )
        if not has_model:
            raise CommandError(
                f"{out}: a checkpoint has variables, but no model. Give "
                "--model FILE.keras (a model that gets the values) or "
                "--model-fn MODULE:FUNCTION."
            )
    elif options.model_fn:
        raise CommandError(
            "--model-fn is for writing a .keras or a .weights.h5 file."
        )
    elif options.model and not source.endswith(keras_files.WEIGHTS):
        raise CommandError(
            "--model is for writing Keras files, and for reading .weights.h5."
        )
    if not options.model_fn and (options.params or options.features):
        raise CommandError("--params and --features go with --model-fn.")


def _read(source: str, given: str | None) -> tuple[_Values, Any]:
    """Returns the values that are there, and the model that was given."""
    model = None if given is None else keras_files.load(absolute(given))
    if not keras_files.is_keras(source):
        return checkpoints.read(checkpoints.find(source)), model
    if not os.path.exists(source):
        raise CommandError(f"{source}: there is no such file.")
    named = keras_files.named_weights(source)
    if named is not None:
        return named, model
    if source.endswith(keras_files.KERAS):
        model = keras_files.load(source)
    elif model is None:
        raise CommandError(
            f"{source} has no names of variables: say with --model FILE.keras "
            "of which model these are the weights."
        )
    else:
        keras_files.load_weights(model, source)
    return keras_files.values(model), model


def _tell(
    options: argparse.Namespace,
    found: Matching,
    values: _Values,
    written: str | None,
) -> None:
    if options.json:
        json.dump(
            {**matching.as_json(found), "written": written},
            sys.stdout,
            indent=1,
        )
        sys.stdout.write("\n")
        return
    for line in matching.as_lines(found, values):
        print(line)
    for fault in found.faults:
        print(f"keras-estimator: {fault}", file=sys.stderr)
    if found.faults:
        print("Nothing has been written.", file=sys.stderr)
    elif written is None:
        print("Nothing has been written: --dry-run.")
    else:
        print(f"Written: {written}")
