"""Features and labels of input_fn as inputs and targets of tf_keras models."""

from collections.abc import Mapping
from collections.abc import Sequence
from typing import Any
from typing import NamedTuple

from keras_estimator.errors import KerasModelError
from keras_estimator.keras_models import _tf_keras
from keras_estimator.keras_models.batches import check_covered

_WEIGHTED = {"features", "sample_weights"}


class Batch(NamedTuple):
    """What a model is called with.

    Attributes:
        inputs: Tensors in the order of the inputs of the model; of a model
            that declares none what input_fn returned.
        sample_weights: Weights of the examples; `None` without any.
    """

    inputs: Any
    sample_weights: Any


def batch_of(model: Any, features: Any) -> Batch:
    """Takes features apart.

    Args:
        model: Which inputs it takes decides on their order.
        features: A tensor, a sequence, or a dict by the names of the inputs;
            or a dict of just `features` and `sample_weights`.

    Raises:
        ModelInputsError: If a dict lacks an input of the model.
        KerasModelError: If there are more or fewer features than inputs.
    """
    weights = None
    if isinstance(features, Mapping) and set(features) == _WEIGHTED:
        features, weights = features["features"], features["sample_weights"]
    if not _tf_keras.is_wired(model):
        return Batch(_single(features), weights)
    inputs = _in_order(features, model.input_names, "features", "inputs")
    return Batch(inputs, weights)


def targets_of(model: Any, labels: Any) -> list[Any] | None:
    """Returns labels in the order of the outputs of a model, if there are any.

    Args:
        model: The model, with outputs.
        labels: A tensor, a sequence, or a dict by the names of the outputs.

    Raises:
        ModelInputsError: If a dict lacks an output.
        KerasModelError: If there are more or fewer than outputs.
    """
    if labels is None:
        return None
    return _in_order(labels, model.output_names, "labels", "outputs")


def weights_of(model: Any, weights: Any) -> list[Any]:
    """Returns weights of examples for each output, `None` for those without.

    Args:
        model: The model, with outputs.
        weights: A tensor for the only output; a sequence, or a dict by the
            names of the outputs, which may lack some.

    Raises:
        KerasModelError: If there are more or fewer than outputs, or if a name
            is not one of an output.
    """
    names = list(model.output_names)
    if isinstance(weights, Mapping):
        unknown = [name for name in weights if name not in names]
        if unknown:
            raise KerasModelError(
                "Unknown entries in sample_weights dictionary: "
                f"{unknown}. Only expected following keys: {names}."
            )
        return [weights.get(name) for name in names]
    if len(names) > 1 and not isinstance(weights, (list, tuple)):
        raise KerasModelError(
            f"The model has the outputs {names}, but `sample_weights` is one "
            "tensor. Let input_fn return one for each, in that order, or a "
            "dict by these names."
        )
    return _in_order(weights, names, "sample_weights", "outputs")


def _single(features: Any) -> Any:
    """Returns the only one of a sequence, or what it is."""
    if isinstance(features, (list, tuple)) and len(features) == 1:
        return features[0]
    return features


def _in_order(
    values: Any, names: Sequence[str], what: str, order: str
) -> list[Any]:
    if isinstance(values, Mapping):
        check_covered(values, names, what, order)
        return [values[name] for name in names]
    found = list(values) if isinstance(values, (list, tuple)) else [values]
    if len(found) != len(names):
        raise KerasModelError(
            f"There are {len(found)} {what} for the {order} {list(names)} of "
            "the model. Let input_fn return one for each, in that order, or a "
            "dict by these names."
        )
    return found
