"""The outputs of a model as the signatures of a SavedModel."""

import abc
from collections.abc import Mapping
from typing import Any
from typing import TypeAlias

import tensorflow as tf

from keras_estimator.errors import ArgumentTypeError
from keras_estimator.errors import SpecError

# Name or names of a tensor to the tensor; a tuple of names is joined by "/".
Tensors: TypeAlias = tf.Tensor | Mapping[str | tuple[str, ...], tf.Tensor]


class ExportOutput(abc.ABC):
    """An output of a model that can be served; one signature each.

    A subclass tells how the output is written, in `as_signature_def`.
    """

    @abc.abstractmethod
    def as_signature_def(
        self, receiver_tensors: Mapping[str, tf.Tensor]
    ) -> Any:
        """Returns the signature from the given inputs to this output.

        Args:
            receiver_tensors: dict of name to the placeholders to be fed.

        Returns:
            A `SignatureDef` proto.

        Raises:
            SpecError: If this output cannot be served from these inputs.
        """


class ClassificationOutput(ExportOutput):
    """Classes, their scores, or both, for the Classify call of serving.

    With `classes` only, they are the best ones in descending order; with
    `scores` only, there is one for every class in order; with both, the two
    belong together element by element.

    Args:
        scores: float tensor [batch, classes]. Defaults to `None`.
        classes: string tensor [batch, classes]. Defaults to `None`.

    Raises:
        SpecError: If both are `None`, or one is no tensor of its dtype.

    Example:
    >>> with tf.Graph().as_default():
    ...     examples = tf.compat.v1.placeholder(tf.string, [None])
    ...     output = ClassificationOutput(scores=tf.zeros([2, 3]))
    ...     output.as_signature_def({"examples": examples}).method_name
    'tensorflow/serving/classify'
    """

    def __init__(
        self,
        scores: tf.Tensor | None = None,
        classes: tf.Tensor | None = None,
    ) -> None:
        if scores is None and classes is None:
            raise SpecError(
                "Cannot create a ClassificationOutput with empty arguments. At "
                "least one of `scores` and `classes` must be defined."
            )
        if scores is not None:
            _check_float(scores, "Classification scores")
        if classes is not None and not _is_string(classes):
            raise SpecError(
                "Classification classes must be a string Tensor; got "
                f"{_described(classes)}. Look the labels of class ids up, for "
                "instance by `tf.gather`."
            )
        self._scores = scores
        self._classes = classes

    @property
    def scores(self) -> tf.Tensor | None:
        """Score of each class, float [batch, classes]."""
        return self._scores

    @property
    def classes(self) -> tf.Tensor | None:
        """Label of each class, string [batch, classes]."""
        return self._classes

    def as_signature_def(
        self, receiver_tensors: Mapping[str, tf.Tensor]
    ) -> Any:
        """Returns a Classify signature from one tensor of examples."""
        return tf.compat.v1.saved_model.classification_signature_def(
            _examples(receiver_tensors, "Classification"),
            self.classes,
            self.scores,
        )


class RegressionOutput(ExportOutput):
    """Predicted values, for the Regress call of serving.

    Args:
        value: float tensor [batch] or [batch, 1].

    Raises:
        SpecError: If `value` is no float tensor.

    Example:
    >>> with tf.Graph().as_default():
    ...     examples = tf.compat.v1.placeholder(tf.string, [None])
    ...     output = RegressionOutput(value=tf.zeros([2, 1]))
    ...     output.as_signature_def({"examples": examples}).method_name
    'tensorflow/serving/regress'
    """

    def __init__(self, value: tf.Tensor) -> None:
        _check_float(value, "Regression output value")
        self._value = value

    @property
    def value(self) -> tf.Tensor:
        """Predicted values, float [batch] or [batch, 1]."""
        return self._value

    def as_signature_def(
        self, receiver_tensors: Mapping[str, tf.Tensor]
    ) -> Any:
        """Returns a Regress signature from one tensor of examples."""
        return tf.compat.v1.saved_model.regression_signature_def(
            _examples(receiver_tensors, "Regression"), self.value
        )


class PredictOutput(ExportOutput):
    """Any named tensors, for the Predict call of serving.

    Args:
        outputs: dict of name to tensor, or one tensor, which gets the name
            `output`.

    Raises:
        SpecError: If a name is no text, or a value no tensor.

    Example:
    >>> PredictOutput({("head", "logits"): tf.zeros([2, 3])}).outputs.keys()
    dict_keys(['head/logits'])
    """

    def __init__(self, outputs: Tensors) -> None:
        self._outputs = _named(outputs, "output", label="Prediction")

    @property
    def outputs(self) -> dict[str, tf.Tensor]:
        """dict of name to tensor."""
        return self._outputs

    def as_signature_def(
        self, receiver_tensors: Mapping[str, tf.Tensor]
    ) -> Any:
        """Returns a Predict signature."""
        return tf.compat.v1.saved_model.predict_signature_def(
            receiver_tensors, self.outputs
        )


class _SupervisedOutput(ExportOutput):
    """Loss, predictions and metrics of a graph that is fed with labels.

    The names in the signature start with `loss`, `predictions` and `metrics`: a
    prefix is put before names that do not.

    Args:
        loss: Tensor, or dict of name to tensor. Defaults to `None`.
        predictions: Tensor, or dict of name to tensor. Defaults to `None`.
        metrics: dict of name to (value, update_op) or to a `tf_keras` metric,
            or one of these. Defaults to `None`.

    Raises:
        SpecError: If a name is no text, a value no tensor, or a metric has no
            update operation.
    """

    # What the signature is for.
    _METHOD: str

    LOSS_NAME = "loss"
    PREDICTIONS_NAME = "predictions"
    METRICS_NAME = "metrics"

    METRIC_VALUE_SUFFIX = "value"
    METRIC_UPDATE_SUFFIX = "update_op"

    def __init__(
        self,
        loss: Tensors | None = None,
        predictions: Tensors | None = None,
        metrics: Any = None,
    ) -> None:
        self._loss = _prefixed(loss, self.LOSS_NAME)
        self._predictions = _prefixed(predictions, self.PREDICTIONS_NAME)
        self._metrics = None if metrics is None else self._flat(metrics)

    def _flat(self, metrics: Any) -> dict[str, tf.Tensor]:
        """Returns the values and updates of metrics as named tensors."""
        prefix = self.METRICS_NAME
        if not isinstance(metrics, dict):
            metrics = {prefix: metrics}
        flat = {}
        for name, metric in metrics.items():
            key = _with_prefix(_key(name, prefix), prefix)
            value, update = _value_and_update(key, metric)
            flat[f"{key}/{self.METRIC_VALUE_SUFFIX}"] = value
            flat[f"{key}/{self.METRIC_UPDATE_SUFFIX}"] = update
        return flat

    @property
    def loss(self) -> dict[str, tf.Tensor] | None:
        """dict of name to tensor."""
        return self._loss

    @property
    def predictions(self) -> dict[str, tf.Tensor] | None:
        """dict of name to tensor."""
        return self._predictions

    @property
    def metrics(self) -> dict[str, tf.Tensor] | None:
        """dict of `metrics/<name>/value` and `.../update_op` to tensor."""
        return self._metrics

    def as_signature_def(
        self, receiver_tensors: Mapping[str, tf.Tensor]
    ) -> Any:
        """Returns a signature with what there is of the three."""
        if not receiver_tensors:
            raise SpecError(
                "Supervised inputs cannot be None or empty. Received: "
                f"`receiver_tensors={receiver_tensors!r}`. Return the "
                "placeholders from the input receiver function."
            )
        outputs: dict[str, tf.Tensor] = {}
        for tensors in (self.loss, self.predictions, self.metrics):
            outputs.update(tensors or {})
        return tf.compat.v1.saved_model.build_signature_def(
            _tensor_infos(receiver_tensors),
            _tensor_infos(outputs),
            self._METHOD,
        )


class EvalOutput(_SupervisedOutput):
    """Loss, predictions and metrics of an exported evaluation graph.

    The names in the signature start with `loss`, `predictions` and `metrics`: a
    prefix is put before names that do not.

    Args:
        loss: Tensor, or dict of name to tensor. Defaults to `None`.
        predictions: Tensor, or dict of name to tensor. Defaults to `None`.
        metrics: dict of name to (value, update_op) or to a `tf_keras` metric,
            or one of these. Defaults to `None`.

    Raises:
        SpecError: If a name is no text, a value no tensor, or a metric has no
            update operation.

    Example:
    >>> value = tf.constant(0.5)
    >>> EvalOutput(metrics={"mae": (value, value)}).metrics.keys()
    dict_keys(['metrics/mae/value', 'metrics/mae/update_op'])
    """

    _METHOD = "tensorflow/supervised/eval"


class TrainOutput(_SupervisedOutput):
    """Loss, predictions and metrics of an exported training graph.

    Takes what `EvalOutput` takes. `Estimator.export_saved_model` makes it.
    """

    _METHOD = "tensorflow/supervised/training"


def serving_outputs(
    export_outputs: Any, predictions: Tensors
) -> dict[str, ExportOutput]:
    """Returns the outputs to be served, one of them as the default.

    Args:
        export_outputs: dict of name to `ExportOutput`; or `None` to serve the
            predictions.
        predictions: Tensor, or dict of name to tensor.

    Returns:
        A dict of name to `ExportOutput`. A single output is also there under
        the name of the default signature, `serving_default`.

    Raises:
        ArgumentTypeError: If `export_outputs` is no such dict.
        SpecError: If there are several outputs and none is the default.

    Example:
    >>> list(serving_outputs({"scale": PredictOutput(tf.ones([2]))}, {}))
    ['scale', 'serving_default']
    """
    default = tf.saved_model.DEFAULT_SERVING_SIGNATURE_DEF_KEY
    if export_outputs is None:
        return {default: PredictOutput(predictions)}
    if not isinstance(export_outputs, dict):
        raise ArgumentTypeError(
            f"`export_outputs` must be dict, received: {export_outputs!r} "
            f"({type(export_outputs).__name__}). Give each output a name, like "
            f'{{"{default}": PredictOutput(predictions)}}.'
        )
    for name, output in export_outputs.items():
        if not isinstance(output, ExportOutput):
            raise ArgumentTypeError(
                "Values in `export_outputs` must be ExportOutput objects, "
                f"received: export_outputs[{name!r}]={_described(output)}. "
                "Wrap tensors in `PredictOutput`."
            )
    if len(export_outputs) == 1:
        (output,) = export_outputs.values()
        return {**export_outputs, default: output}
    if export_outputs and default not in export_outputs:
        raise SpecError(
            "Multiple `export_outputs` were provided, but none of them are "
            "specified as the default. Use "
            "`tf.saved_model.DEFAULT_SERVING_SIGNATURE_DEF_KEY` "
            f"({default!r}) to specify a default. Received: "
            f"{list(export_outputs)}."
        )
    return dict(export_outputs)


def _named(
    tensors: Any, name: str, label: str | None = None
) -> dict[str, tf.Tensor]:
    """Returns tensors by name; a single one gets the given name."""
    if not isinstance(tensors, dict):
        tensors = {name: tensors}
    label = label or name
    named = {}
    for key, value in tensors.items():
        if not isinstance(value, tf.Tensor):
            raise SpecError(
                f"{label} output value must be a Tensor; got "
                f"{_described(value)} for {key!r}. Convert it, for instance "
                "by `tf.convert_to_tensor`."
            )
        named[_key(key, label)] = value
    return named


def _key(key: Any, label: str) -> str:
    """Returns an output name; a head of several gives a tuple of names."""
    if isinstance(key, tuple):
        key = "/".join(key)
    if not isinstance(key, str):
        raise SpecError(
            f"{label} output key must be a string; got {_described(key)}."
        )
    return key


def _prefixed(tensors: Any, prefix: str) -> dict[str, tf.Tensor] | None:
    if tensors is None:
        return None
    return {
        _with_prefix(key, prefix): value
        for key, value in _named(tensors, prefix).items()
    }


def _with_prefix(key: str, prefix: str) -> str:
    return key if key.startswith(prefix) else f"{prefix}/{key}"


def _value_and_update(key: str, metric: Any) -> tuple[tf.Tensor, tf.Tensor]:
    """Returns value and update of a metric as tensors."""
    if isinstance(metric, tuple) and len(metric) == 2:
        value, update = metric
    elif len(getattr(metric, "updates", ())) == 1:
        value, update = metric.result(), metric.updates[0]
    else:
        raise SpecError(
            f"{key} must be a (value, update_op) tuple or a `tf_keras` metric "
            f"whose `update_state` was called once; got {_described(metric)}."
        )
    if not isinstance(value, tf.Tensor):
        raise SpecError(
            f"{key} output value must be a Tensor; got {_described(value)}."
        )
    if not (tf.is_tensor(update) or isinstance(update, tf.Operation)):
        raise SpecError(
            f"{key} update_op must be a Tensor or Operation; got "
            f"{_described(update)}."
        )
    if not isinstance(update, tf.Tensor):
        # A signature names tensors only.
        with tf.control_dependencies([update]):
            update = tf.constant([], name="metric_op_wrapper")
    return value, update


def _examples(receiver_tensors: Mapping[str, tf.Tensor], kind: str) -> Any:
    """Returns the one input, serialized examples, of a signature."""
    tensors = list(receiver_tensors.values())
    if len(tensors) != 1 or tensors[0].dtype != tf.string:
        raise SpecError(
            f"{kind} signatures can only accept a single tensor input of type "
            "tf.string. Please check to make sure that you have structured the "
            "serving_input_receiver_fn so that it creates a single string "
            "placeholder. If your model function expects multiple inputs, then "
            "use `tf.io.parse_example()` to parse the string into multiple "
            f"tensors. Received: receiver_tensors={receiver_tensors}"
        )
    return tensors[0]


def _check_float(value: Any, label: str) -> None:
    if not (isinstance(value, tf.Tensor) and value.dtype.is_floating):
        raise SpecError(
            f"{label} must be a float32 Tensor; got {_described(value)}. "
            "Use `tf.cast`, or `PredictOutput` for other dtypes."
        )


def _is_string(value: Any) -> bool:
    return isinstance(value, tf.Tensor) and value.dtype == tf.string


def _tensor_infos(tensors: Mapping[str, tf.Tensor]) -> dict[str, Any]:
    return {
        name: tf.compat.v1.saved_model.build_tensor_info(tensor)
        for name, tensor in tensors.items()
    }


def _described(value: Any) -> str:
    return f"{value!r} ({type(value).__name__})"
