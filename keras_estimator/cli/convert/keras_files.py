"""Keras models: their variables by name, read, given values, and written."""

import io
import os
import shutil
import warnings
import zipfile
from collections.abc import Iterator
from collections.abc import Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import h5py
import keras
import numpy as np

from keras_estimator.checkpoint.staging import staged
from keras_estimator.cli.convert.matching import Wanted
from keras_estimator.cli.errors import CommandError
from keras_estimator.cli.slots import is_of_optimizer
from keras_estimator.export.directory import naming_failed_exports
from keras_estimator.model import EstimatorModel

KERAS = ".keras"
WEIGHTS = ".weights.h5"
_SEED = "seed_generator_state"
# In checkpoints it is not: what the code says counts.
_RATE = "/learning_rate"


def is_keras(path: str) -> bool:
    """Whether a path is that of a Keras file, by its name."""
    return path.endswith((KERAS, WEIGHTS))


def load(path: str) -> Any:
    """Returns the model of a .keras file.

    Raises:
        CommandError: If it cannot be loaded.
    """
    if not path.endswith(KERAS):
        raise CommandError(f"--model {path}: expected a .keras file.")
    if not os.path.exists(path):
        raise CommandError(f"{path}: there is no such file.")
    try:
        return keras.saving.load_model(path)
    except Exception as error:
        raise CommandError(
            f"{path} cannot be loaded: {error}\n"
            "If it has classes or functions of your own, name the module that "
            "registers them: --import MODULE."
        ) from error


def load_weights(model: Any, path: str) -> None:
    """Gives a model the values in a .weights.h5 file.

    Raises:
        CommandError: If they are not of such a model.
    """
    try:
        with warnings.catch_warnings():
            # An optimizer that the model has not trained with yet.
            warnings.simplefilter("ignore")
            model.load_weights(path)
    except Exception as error:
        raise CommandError(
            f"{path} has not the weights of the model: {error}"
        ) from error


def variables(model: Any) -> dict[str, Any]:
    """Returns the variables of a model and its optimizer, by path.

    Raises:
        CommandError: If two have the same path.
    """
    if isinstance(model, EstimatorModel):
        return {each.path: each for each in model.runtime.variables()}
    found: dict[str, Any] = {}
    optimizer = getattr(model, "optimizer", None)
    own = list(model.variables)
    for variable in [*own, *(optimizer.variables if optimizer else ())]:
        if found.setdefault(variable.path, variable) is not variable:
            raise CommandError(
                f"The model has two variables with the path {variable.path!r}: "
                "which one is meant cannot be told. Give its layers names."
            )
    return found


def values(model: Any) -> dict[str, np.ndarray]:
    """Returns the values of a model and its optimizer, by path.

    The global step is that of the optimizer, unless it has one by that name.
    """
    if isinstance(model, EstimatorModel):
        return model.runtime.values()
    found = {
        name: np.asarray(variable.numpy())
        for name, variable in variables(model).items()
        if not name.endswith((_SEED, _RATE))
    }
    optimizer = getattr(model, "optimizer", None)
    step = 0 if optimizer is None else int(optimizer.iterations.numpy())
    found.setdefault("global_step", np.int64(step))
    return found


def named_weights(path: str) -> dict[str, np.ndarray] | None:
    """Returns the values in a file of an EstimatorModel, by name.

    Nothing is built: where its model_fn is does not matter.

    Args:
        path: A .keras or a .weights.h5 file.

    Returns:
        Name -> value; `None` if it is of another model, which has no names.

    Raises:
        CommandError: If it cannot be read.
    """
    try:
        content = io.BytesIO(Path(path).read_bytes())
        if path.endswith(KERAS):
            with zipfile.ZipFile(content) as archive:
                content = io.BytesIO(archive.read("model.weights.h5"))
        with h5py.File(content) as file:
            group = file.get("vars", {})
            found = {key: np.asarray(group[key]) for key in group}
    except (OSError, KeyError, zipfile.BadZipFile) as error:
        raise CommandError(f"{path} cannot be read: {error}") from error
    if not found or all(key.isdecimal() for key in found):
        return None
    # A slash would make a group of the file: a colon stands for it.
    named = {key.replace(":", "/"): value for key, value in found.items()}
    return {
        name: value for name, value in named.items() if not name.endswith(_RATE)
    }


def wanted(model: Any) -> dict[str, Wanted]:
    """Returns what the variables of a model take, by path."""
    found = variables(model)
    own = {id(variable) for variable in model.variables}
    return {
        name: Wanted(
            tuple(variable.shape),
            str(variable.dtype),
            id(variable) not in own
            or name == "global_step"
            or name.endswith(_SEED)
            or is_of_optimizer(name, found),
        )
        for name, variable in found.items()
    }


def give(model: Any, given: Mapping[str, np.ndarray]) -> None:
    """Gives variables of a model values, by path."""
    held = variables(model)
    for name, value in given.items():
        held[name].assign(value)


def save(model: Any, out: str) -> None:
    """Writes a model, or its weights; the file appears when it is complete."""
    with _new_file(out) as path:
        if out.endswith(KERAS):
            model.save(path)
        else:
            model.save_weights(path)


def copy(path: str, out: str) -> None:
    """Copies a file; it appears when it is complete."""
    with _new_file(out) as new:
        shutil.copyfile(path, new)


@contextmanager
def _new_file(out: str) -> Iterator[str]:
    """Lends a path to write to, which then becomes the file `out`."""
    folder, name = os.path.split(out)
    with (
        naming_failed_exports(out, "OUT"),
        staged(folder or ".") as staging,
    ):
        yield staging.path(name)
        staging.publish(name)


def check_free(out: str) -> None:
    """Raises if there is such a file.

    Raises:
        CommandError: If there is.
    """
    if os.path.exists(out):
        raise CommandError(
            f"{out} is there already. Give --force to replace it."
        )
