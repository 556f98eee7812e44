"""The signatures of a SavedModel: each output, from each kind of input."""

from collections.abc import Callable
from collections.abc import Iterable
from collections.abc import Iterator
from collections.abc import Mapping
from typing import Any

import tensorflow as tf

from keras_estimator.errors import SpecError
from keras_estimator.export.outputs import ExportOutput
from keras_estimator.export.receivers import named_inputs

_v1 = tf.compat.v1
_METHODS = {
    "Classify": "tensorflow/serving/classify",
    "Regress": "tensorflow/serving/regress",
    "Predict": "tensorflow/serving/predict",
}


def _nothing_unfed(signature: Any) -> list[str]:
    """Takes it that the inputs of a signature are all that it needs."""
    return []


def serving_signatures(
    receiver: Any,
    outputs: Mapping[str, ExportOutput],
    unfed: Callable[[Any], list[str]] = _nothing_unfed,
) -> dict[str, Any]:
    """Returns the signatures that TensorFlow Serving can serve.

    An output that it cannot serve from these inputs (a classification of what
    are not serialized examples) is left out, with a warning. So is one that
    an alternative does not feed, as it has a part of the features.

    Args:
        receiver: Has the tensors that are fed, and alternatives to them.
        outputs: The outputs by name.
        unfed: Returns the placeholders that a signature needs and does not
            feed; it is asked about alternatives.

    Returns:
        dict of name to `SignatureDef`. Those of alternatives are called
        `alternative:output`.

    Raises:
        SpecError: If no signature is left.
    """
    found: dict[str, Any] = {}
    refused: dict[str, str] = {}
    for prefix, tensors in _inputs(receiver):
        for name, output in outputs.items():
            try:
                signature = output.as_signature_def(tensors)
            except ValueError as error:
                refused[f"{prefix}{name}"] = str(error)
                continue
            if not _v1.saved_model.is_valid_signature(signature):
                refused[f"{prefix}{name}"] = _fault(signature)
            elif prefix and (lacking := unfed(signature)):
                refused[f"{prefix}{name}"] = (
                    f"It needs {lacking}, too, which this alternative does "
                    "not feed."
                )
            else:
                found[f"{prefix}{name}"] = signature
    _log(found, refused)
    if not found:
        raise SpecError(
            "None of the `export_outputs` can be served from what the input "
            f"receiver is fed: {_listed(refused)} Receive serialized "
            "tf.Examples, as `export.build_parsing_serving_input_receiver_fn` "
            "does, or add a `PredictOutput`."
        )
    return found


def supervised_signatures(
    receiver: Any, outputs: Mapping[str, ExportOutput]
) -> dict[str, Any]:
    """Returns the signatures of a graph for training or evaluation.

    Args:
        receiver: Has the tensors that are fed.
        outputs: The outputs by name.

    Returns:
        dict of name to `SignatureDef`.
    """
    inputs = named_inputs(receiver.receiver_tensors)
    return {
        name: output.as_signature_def(inputs)
        for name, output in outputs.items()
    }


def _inputs(receiver: Any) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yields what can be fed, with what its signatures' names begin with."""
    yield "", named_inputs(receiver.receiver_tensors)
    alternatives = getattr(receiver, "receiver_tensors_alternatives", None)
    for name, tensors in (alternatives or {}).items():
        yield f"{name}:", named_inputs(tensors)


def _fault(signature: Any) -> str:
    """Returns why a signature of a user's own output is not valid."""
    return (
        f"TensorFlow Serving has no call {signature.method_name!r} from "
        f"{sorted(signature.inputs)} to {sorted(signature.outputs)}."
    )


def _log(found: Mapping[str, Any], refused: Mapping[str, str]) -> None:
    for call, method in _METHODS.items():
        names = [n for n, s in found.items() if s.method_name == method]
        _v1.logging.info(
            "Signatures INCLUDED in export for %s: %s", call, names or None
        )
    if refused:
        _v1.logging.warning(
            "Signatures EXCLUDED from export because TensorFlow Serving "
            "cannot serve them: %s",
            _listed(refused),
        )


def _listed(refused: Mapping[str, str]) -> str:
    parts: Iterable[str] = (
        f"{name!r}: {reason}" for name, reason in refused.items()
    )
    return " ".join(parts)
