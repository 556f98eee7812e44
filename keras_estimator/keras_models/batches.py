"""Features and labels of input_fn as inputs and targets of a Keras model."""

from collections.abc import Mapping
from collections.abc import Sequence
from typing import Any
from typing import NamedTuple

import keras
import tensorflow as tf

from keras_estimator.errors import KerasModelError
from keras_estimator.errors import ModelInputsError

_WEIGHTED = {"features", "sample_weights"}


class Batch(NamedTuple):
    """What a model is called with, and what its loss is computed from.

    Attributes:
        inputs: For the model.
        targets: As input_fn returned them.
        sample_weights: Weights of the examples; `None` without any.
    """

    inputs: Any
    targets: Any
    sample_weights: Any


def batch_of(model: keras.Model, features: Any, labels: Any) -> Batch:
    """Takes features and labels apart.

    Args:
        model: Which inputs it takes decides on their order.
        features: A tensor, a sequence, or a dict by the names of the inputs;
            or a dict of just `features` and `sample_weights`.
        labels: As input_fn returned them.

    Raises:
        ModelInputsError: If a dict lacks an input of the model.
        KerasModelError: If there are more or fewer features than inputs.
    """
    weights = None
    if isinstance(features, Mapping) and set(features) == _WEIGHTED:
        features, weights = features["features"], features["sample_weights"]
    return Batch(_inputs(model, features), labels, weights)


def by_output(
    values: Any, outputs: Any, names: Sequence[str], what: str
) -> Any:
    """Returns values for each output of a model, nested as the outputs are.

    Args:
        values: A tensor, a sequence in the order of the outputs, or a dict by
            their names.
        outputs: What the model returned.
        names: Names of the outputs, in order.
        what: What the values are, for messages.

    Raises:
        ModelInputsError: If a dict lacks an output.
        KerasModelError: If there are more or fewer than outputs.
    """
    if isinstance(values, Mapping):
        check_covered(values, names, what, "outputs")
        found = [values[name] for name in names]
    elif isinstance(values, (list, tuple)):
        found = list(values)
    else:
        found = [values]
    if len(found) != len(names):
        raise KerasModelError(
            f"There are {len(found)} {what} for the outputs {list(names)} of "
            "the model. Let input_fn return one for each, in that order, or a "
            "dict by these names."
        )
    if isinstance(outputs, Mapping):
        return dict(zip(names, found, strict=True))
    return found if isinstance(outputs, (list, tuple)) else found[0]


def output_names(model: keras.Model, outputs: Any) -> list[str]:
    """Returns the names of the outputs of a model, in order.

    Args:
        model: The model.
        outputs: What it returned.
    """
    if isinstance(outputs, Mapping):
        return [*outputs]
    known = getattr(model, "output_names", None)
    if known is None and isinstance(model, keras.Sequential):
        known = [model.layers[-1].name]
    if known:
        return list(known)
    return [f"output_{i + 1}" for i in range(len(tf.nest.flatten(outputs)))]


def output_tensors(outputs: Any) -> list[Any]:
    """Returns the outputs of a model in the order of their names."""
    if isinstance(outputs, Mapping):
        return [*outputs.values()]
    return list(outputs) if isinstance(outputs, (list, tuple)) else [outputs]


def _inputs(model: keras.Model, features: Any) -> Any:
    known = model.inputs if _is_wired(model) else None
    if not known:
        # A model without declared inputs gets what input_fn returned.
        return features
    names = [tensor.name for tensor in known]
    if isinstance(features, Mapping):
        check_covered(features, names, "features", "inputs")
        found = [features[name] for name in names]
    elif isinstance(features, (list, tuple)):
        found = list(features)
    else:
        found = [features]
    if len(found) != len(names):
        raise KerasModelError(
            f"There are {len(found)} features for the inputs {names} of the "
            "model. Let input_fn return one for each, in that order, or a dict "
            "by these names."
        )
    if isinstance(model, keras.Sequential):
        return found[0]
    return keras.tree.pack_sequence_as(model.input, found)


def _is_wired(model: keras.Model) -> bool:
    """Whether inputs and outputs of a model are declared."""
    return hasattr(model, "inputs") and model.inputs is not None


def check_covered(
    given: Mapping[str, Any], names: Sequence[str], what: str, order: str
) -> None:
    """Checks that a dict of input_fn has what a model takes.

    Args:
        given: The dict.
        names: Names of inputs or outputs of the model.
        what: What the dict is, for messages.
        order: What the names are, for messages.

    Raises:
        ModelInputsError: If it lacks one.
    """
    missed = [name for name in names if name not in given]
    if missed:
        raise ModelInputsError(
            f"The dictionary passed into {what} does not cover requested "
            f"{order} keys defined in the keras model. Expected keys: "
            f"{list(names)}, {what} keys: {sorted(map(str, given))}, missed "
            f"keys: {missed}. Let input_fn return {what} by these names, or "
            "name the layers of the model accordingly."
        )
