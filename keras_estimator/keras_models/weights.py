"""The weights of a Keras model in a checkpoint, as initial values.

They are in `model_dir/keras/keras_model.ckpt`, where tf.estimator puts them,
and are read when the variables of the model are initialized: once there is a
checkpoint of the Estimator, no more.
"""

import os
from collections.abc import Sequence
from typing import Any

import keras
import tensorflow as tf

from keras_estimator.checkpoint import bundle
from keras_estimator.checkpoint import directory
from keras_estimator.checkpoint import staging
from keras_estimator.checkpoint.bundle import Entry
from keras_estimator.checkpoint.bundle import Piece
from keras_estimator.errors import KerasModelError

_v1 = tf.compat.v1
_FOLDER = "keras"
_NAME = "keras_model.ckpt"


class InitialWeights:
    """Weights, and the state of the optimizer, in a checkpoint.

    Args:
        prefix: Path of the checkpoint.
        model: Their keys there, in the order of the variables of the model.
        optimizer: Those of the optimizer; none if it has not trained.
    """

    def __init__(
        self, prefix: str, model: Sequence[str], optimizer: Sequence[str]
    ) -> None:
        self._prefix = prefix
        self._model = model
        self._optimizer = optimizer

    def give(
        self,
        model: keras.Model,
        optimizer: keras.optimizers.Optimizer | None = None,
    ) -> None:
        """Lets the variables of a new model begin with these values.

        Args:
            model: A model like the one that had them, in a graph.
            optimizer: Its optimizer, with variables; `None` if it has none.

        Raises:
            KerasModelError: If it is not alike.
        """
        self.give_to([variable.value for variable in model.variables])
        if optimizer is not None and self._optimizer:
            _give(
                self._prefix,
                self._optimizer,
                [variable.value for variable in optimizer.variables],
            )

    def give_to(self, variables: Sequence[tf.Variable]) -> None:
        """Lets variables of a graph begin with the weights of the model.

        Args:
            variables: Those of a model like the one that had the weights.

        Raises:
            KerasModelError: If it is not alike.
        """
        _give(self._prefix, self._model, variables)


def save(model: keras.Model, model_dir: str) -> InitialWeights | None:
    """Writes the weights of a model, unless an earlier call did.

    Args:
        model: A Keras 3 model.
        model_dir: That of the Estimator.

    Returns:
        The weights; `None` if the model has none yet.

    Raises:
        KerasModelError: If those of another model are there.
    """
    if not model.variables:
        return None
    count = len(model.variables)
    held = [*model.variables, *_trained(model.optimizer)]
    keys = _keys(held)
    pieces = bundle.read(
        [Entry(k, "", v.value) for k, v in zip(keys, held, strict=True)]
    )
    return keep(model_dir, pieces[:count], pieces[count:])


def keep(
    model_dir: str, model: Sequence[Piece], optimizer: Sequence[Piece] = ()
) -> InitialWeights:
    """Writes weights, unless an earlier call did.

    Args:
        model_dir: That of the Estimator.
        model: The weights of the model, by name.
        optimizer: The state of its optimizer, if it has trained.

    Returns:
        The weights that are in the folder.

    Raises:
        KerasModelError: If those of another model are there.
    """
    of_model = [piece.name for piece in model]
    of_optimizer = [piece.name for piece in optimizer]
    folder = os.path.join(model_dir, _FOLDER)
    prefix = tf.train.latest_checkpoint(folder)
    if prefix:
        _v1.logging.info(
            "The model begins with the weights that are in %s since it was "
            "first made an Estimator. Delete that folder to begin with those "
            "that it has now.",
            folder,
        )
        there = bundle.reader(prefix).get_variable_to_shape_map()
        _check_alike(model, there, folder)
        of_optimizer = [k for k in of_optimizer if k in there]
        return InitialWeights(prefix, of_model, of_optimizer)
    prefix = os.path.join(folder, _NAME)
    tf.io.gfile.makedirs(folder)
    with staging.staged(folder) as files:
        bundle.stage(files, _NAME, [*model, *optimizer])
        directory.stage_state(files, [prefix])
        bundle.publish(files, _NAME)
        files.publish("checkpoint")
    return InitialWeights(prefix, of_model, of_optimizer)


def _trained(optimizer: keras.optimizers.Optimizer) -> list[Any]:
    """Returns the variables of an optimizer that has made a step."""
    if not optimizer.built or not int(optimizer.iterations.numpy()):
        return []
    return list(optimizer.variables)


def _keys(variables: Sequence[Any]) -> list[str]:
    """Returns the paths of variables, numbered where two are the same."""
    return numbered([variable.path for variable in variables])


def numbered(names: Sequence[str]) -> list[str]:
    """Returns names, numbered where two are the same."""
    keys: list[str] = []
    for name in names:
        key, number = name, 0
        while key in keys:
            number += 1
            key = f"{name}_{number}"
        keys.append(key)
    return keys


def _check_alike(model: Sequence[Piece], there: Any, folder: str) -> None:
    for key, _, value in model:
        shape = there.get(key)
        if shape is None or list(value.shape) != shape:
            raise KerasModelError(
                f"The folder {folder!r} has the weights of another model: "
                f"variable {key!r} of shape {list(value.shape)} is "
                f"{'not there' if shape is None else f'of shape {shape}'}. "
                "Choose another `model_dir`, or delete that folder."
            )


def _give(
    prefix: str, keys: Sequence[str], variables: Sequence[tf.Variable]
) -> None:
    """Lets variables of a graph begin with values of a checkpoint.

    By position: automatic names count up over the life of a process.
    """
    shapes = bundle.reader(prefix).get_variable_to_shape_map()
    if [shapes[k] for k in keys] != [list(v.shape) for v in variables]:
        raise KerasModelError(
            "The model that `from_config` makes has not the variables of the "
            f"one that was given: {[v.name for v in variables]} instead of "
            f"{list(keys)}. Let `get_config` return all that decides on the "
            "layers."
        )
    _v1.train.init_from_checkpoint(
        prefix, dict(zip(keys, variables, strict=True))
    )
