"""Where the inputs of an exported model come from, in place of an input_fn.

A *receiver function* runs in the graph of the export, before model_fn. It makes
the placeholders that are fed when the model is served, and the features that
model_fn gets, which it computes from them:

```python
def serving_input_receiver_fn():
    examples = tf.placeholder(tf.string, [None], name="examples")
    features = tf.parse_example(examples, feature_spec)
    return ServingInputReceiver(features, {"examples": examples})
```
"""

from collections.abc import Callable
from collections.abc import Mapping
from typing import Any
from typing import NamedTuple
from typing import TypeAlias

import tensorflow as tf

from keras_estimator.errors import ArgumentTypeError
from keras_estimator.errors import ReceiverError

_v1 = tf.compat.v1
_FEATURE = "feature"
_RECEIVER = "input"
_LABEL = "label"
_EXAMPLES = "examples"
_TENSORS = (tf.Tensor, tf.SparseTensor, tf.RaggedTensor)

# A tensor, or a dict of name to tensor. They may be sparse or ragged.
Tensors: TypeAlias = Any
ReceiverFn: TypeAlias = Callable[[], Any]


class _Serving(NamedTuple):
    features: Any
    receiver_tensors: dict[str, Any]
    receiver_tensors_alternatives: dict[str, dict[str, Any]] | None


class ServingInputReceiver(_Serving):
    """The inputs of a served model: what is fed, and what model_fn gets.

    Args:
        features: Features for model_fn: dict of name to tensor; a tensor
            becomes `{"feature": tensor}`.
        receiver_tensors: What is fed: dict of name to placeholder, where the
            names are those that clients use; a placeholder gets the name
            `input`.
        receiver_tensors_alternatives: Other tensors that can be fed instead:
            dict of name to what `receiver_tensors` may be. Each makes more
            signatures, called `name:signature`. Defaults to none.

    Raises:
        ReceiverError: If something is left out, or is no tensor, or has a name
            that is no text.

    Example:
    >>> with tf.Graph().as_default():
    ...     x = tf.compat.v1.placeholder(tf.float32, [None, 3], name="x")
    ...     receiver = ServingInputReceiver({"x": x}, x)
    >>> receiver.receiver_tensors["input"].name
    'x:0'
    """

    def __new__(
        cls,
        features: Tensors,
        receiver_tensors: Tensors,
        receiver_tensors_alternatives: Mapping[str, Tensors] | None = None,
    ) -> "ServingInputReceiver":
        """Gives names to what has none."""
        return super().__new__(
            cls,
            _features(features),
            _receiver_tensors(receiver_tensors),
            _alternatives(receiver_tensors_alternatives),
        )


class TensorServingInputReceiver(_Serving):
    """As `ServingInputReceiver`, for a model_fn whose features are a tensor.

    Args:
        features: The tensor that model_fn gets, as it is.
        receiver_tensors: What is fed: dict of name to placeholder; a
            placeholder gets the name `input`.
        receiver_tensors_alternatives: Other tensors that can be fed instead.
            Defaults to none.

    Raises:
        ReceiverError: If `features` is no tensor, or something else is wrong
            for a `ServingInputReceiver`.

    Example:
    >>> with tf.Graph().as_default():
    ...     x = tf.compat.v1.placeholder(tf.float32, [None, 3], name="x")
    ...     receiver = TensorServingInputReceiver(x, {"image": x})
    >>> receiver.features.name
    'x:0'
    """

    def __new__(
        cls,
        features: Any,
        receiver_tensors: Tensors,
        receiver_tensors_alternatives: Mapping[str, Tensors] | None = None,
    ) -> "TensorServingInputReceiver":
        """Checks that the features are one tensor."""
        _check_given("features", features)
        if not isinstance(features, _TENSORS):
            raise ReceiverError(
                "feature must be a Tensor, SparseTensor, or RaggedTensor. "
                f"Received: features={_described(features)}. For a dict of "
                "features use `ServingInputReceiver`."
            )
        return super().__new__(
            cls,
            features,
            _receiver_tensors(receiver_tensors),
            _alternatives(receiver_tensors_alternatives),
        )


class _Unsupervised(NamedTuple):
    features: Any
    receiver_tensors: dict[str, Any]


class UnsupervisedInputReceiver(_Unsupervised):
    """The inputs of a model that is exported for training without labels.

    Args:
        features: Features for model_fn: a tensor, or dict of name to tensor.
        receiver_tensors: What is fed: dict of name to placeholder; a
            placeholder gets the name `input`.

    Raises:
        ReceiverError: If something is left out or is no tensor.

    Example:
    >>> with tf.Graph().as_default():
    ...     x = tf.compat.v1.placeholder(tf.float32, [None, 3], name="x")
    ...     receiver = UnsupervisedInputReceiver({"x": x}, {"x": x})
    >>> list(receiver.features)
    ['x']
    """

    def __new__(
        cls, features: Tensors, receiver_tensors: Tensors
    ) -> "UnsupervisedInputReceiver":
        """Gives names to what has none."""
        return super().__new__(
            cls,
            _supervised(features, "feature"),
            _receiver_tensors(receiver_tensors),
        )


class _Supervised(NamedTuple):
    features: Any
    labels: Any
    receiver_tensors: dict[str, Any]


class SupervisedInputReceiver(_Supervised):
    """The inputs of a model that is exported for training or evaluation.

    Args:
        features: Features for model_fn: a tensor, or dict of name to tensor.
        labels: Labels for model_fn: a tensor, or dict of name to tensor.
        receiver_tensors: What is fed: dict of name to placeholder; a
            placeholder gets the name `input`.

    Raises:
        ReceiverError: If something is left out or is no tensor.

    Example:
    >>> with tf.Graph().as_default():
    ...     x = tf.compat.v1.placeholder(tf.float32, [None, 3], name="x")
    ...     y = tf.compat.v1.placeholder(tf.int64, [None], name="y")
    ...     receiver = SupervisedInputReceiver({"x": x}, y, {"x": x, "y": y})
    >>> receiver.labels.name
    'y:0'
    """

    def __new__(
        cls, features: Tensors, labels: Tensors, receiver_tensors: Tensors
    ) -> "SupervisedInputReceiver":
        """Gives names to what has none."""
        return super().__new__(
            cls,
            _supervised(features, "feature"),
            _supervised(labels, "label"),
            _receiver_tensors(receiver_tensors),
        )


def build_parsing_serving_input_receiver_fn(
    feature_spec: Mapping[str, Any], default_batch_size: int | None = None
) -> ReceiverFn:
    """Returns a receiver function for serialized `tf.Example` protos.

    What is fed is one string tensor with the name `examples`. That is what the
    Classify and Regress calls of TensorFlow Serving need.

    Args:
        feature_spec: dict of name to `tf.io.FixedLenFeature`,
            `tf.io.VarLenFeature` and so on.
        default_batch_size: Number of examples that are fed at a time. Defaults
            to any.

    Returns:
        A function that makes a `ServingInputReceiver` in the graph.

    Raises:
        ArgumentTypeError: If `feature_spec` is no dict.

    Example:
    >>> spec = {"x": tf.io.FixedLenFeature([3], tf.float32)}
    >>> receiver_fn = build_parsing_serving_input_receiver_fn(spec)
    >>> with tf.Graph().as_default():
    ...     receiver_fn().features["x"].shape
    TensorShape([None, 3])
    """
    _check_is_dict(
        "feature_spec", feature_spec, '{"x": tf.io.FixedLenFeature(...)}'
    )

    def serving_input_receiver_fn() -> ServingInputReceiver:
        serialized = _v1.placeholder(
            tf.string, [default_batch_size], name="input_example_tensor"
        )
        features = _v1.parse_example(serialized, dict(feature_spec))
        return ServingInputReceiver(features, {_EXAMPLES: serialized})

    return serving_input_receiver_fn


def build_raw_serving_input_receiver_fn(
    features: Mapping[str, Any], default_batch_size: int | None = None
) -> ReceiverFn:
    """Returns a receiver function that feeds the features as they are.

    Args:
        features: dict of name to tensor. Only their dtypes and shapes matter,
            and for tensors of a graph their names, which the placeholders get.
        default_batch_size: Size of the first dimension. Defaults to any.

    Returns:
        A function that makes a `ServingInputReceiver` in the graph.

    Raises:
        ArgumentTypeError: If `features` is no dict of tensors.

    Example:
    >>> receiver_fn = build_raw_serving_input_receiver_fn(
    ...     {"x": tf.zeros([8, 3])}
    ... )
    >>> with tf.Graph().as_default():
    ...     receiver_fn().receiver_tensors["x"].shape
    TensorShape([None, 3])
    """
    _check_are_tensors("features", features)

    def serving_input_receiver_fn() -> ServingInputReceiver:
        made = _placeholders(features, default_batch_size)
        return ServingInputReceiver(made, made)

    return serving_input_receiver_fn


def build_raw_supervised_input_receiver_fn(
    features: Tensors,
    labels: Tensors,
    default_batch_size: int | None = None,
) -> ReceiverFn:
    """Returns a receiver function that feeds features and labels as they are.

    It is for exports in TRAIN and EVAL mode.

    Args:
        features: Tensor, which is fed as `input`, or dict of name to tensor.
        labels: Tensor, which is fed as `label`, or dict of name to tensor.
        default_batch_size: Size of the first dimension. Defaults to any.

    Returns:
        A function that makes a `SupervisedInputReceiver` in the graph.

    Raises:
        ArgumentTypeError: If they are not tensors.
        ReceiverError: If a name is among the features and the labels.

    Example:
    >>> receiver_fn = build_raw_supervised_input_receiver_fn(
    ...     {"x": tf.zeros([8, 3])}, tf.zeros([8], tf.int64)
    ... )
    >>> with tf.Graph().as_default():
    ...     sorted(receiver_fn().receiver_tensors)
    ['label', 'x']
    """
    fed_features = named_inputs(features)
    fed_labels = _by_name(labels, _LABEL)
    _check_are_tensors("features", fed_features)
    _check_are_tensors("labels", fed_labels)
    twice = sorted(fed_features.keys() & fed_labels.keys())
    if twice:
        raise ReceiverError(
            "Features and labels must have distinct keys. Found overlapping "
            f"keys: {twice}. Give the labels other names."
        )

    def supervised_input_receiver_fn() -> SupervisedInputReceiver:
        made_features = _placeholders(fed_features, default_batch_size)
        made_labels = _placeholders(fed_labels, default_batch_size)
        return SupervisedInputReceiver(
            made_features
            if isinstance(features, Mapping)
            else made_features[_RECEIVER],
            made_labels if isinstance(labels, Mapping) else made_labels[_LABEL],
            {**made_features, **made_labels},
        )

    return supervised_input_receiver_fn


def named_inputs(tensors: Tensors) -> dict[str, Any]:
    """Returns what is fed by name; a single tensor is called `input`."""
    return _by_name(tensors, _RECEIVER)


def _features(features: Any) -> dict[Any, Any]:
    _check_given("features", features)
    named = _by_name(features, _FEATURE)
    _check_tensors("feature", named, keys=(str, int))
    return named


def _supervised(tensors: Any, label: str) -> Any:
    """Returns what a mode with labels gets: a bare tensor stays one."""
    _check_given(f"{label}s", tensors)
    named = _by_name(tensors, label)
    _check_tensors(label, named, keys=(str, int))
    return named if isinstance(tensors, Mapping) else tensors


def _receiver_tensors(tensors: Any) -> dict[str, Any]:
    _check_given("receiver_tensors", tensors)
    named = named_inputs(tensors)
    _check_tensors("receiver_tensor", named, keys=(str,))
    return named


def _alternatives(alternatives: Any) -> dict[str, dict[str, Any]] | None:
    if alternatives is None:
        return None
    if not isinstance(alternatives, Mapping):
        raise ReceiverError(
            "receiver_tensors_alternatives must be a dict: "
            f"{_described(alternatives)}. Give each alternative a name."
        )
    return {
        name: _receiver_tensors(tensors)
        for name, tensors in alternatives.items()
    }


def _by_name(tensors: Any, name: str) -> dict[Any, Any]:
    """Returns tensors by name; a single one gets the given name."""
    return dict(tensors) if isinstance(tensors, Mapping) else {name: tensors}


def _check_given(argument: str, value: Any) -> None:
    if value is None:
        raise ReceiverError(
            f"{argument} must be defined. Received: {argument}=None. Give a "
            "tensor, or a dict of name to tensor."
        )


def _check_tensors(
    label: str, tensors: Mapping[Any, Any], keys: tuple[type, ...]
) -> None:
    for name, tensor in tensors.items():
        if not isinstance(name, keys):
            kinds = " or ".join(f"{key.__name__}" for key in keys)
            raise ReceiverError(
                f"{label} keys must be {kinds}. Received: {_described(name)}."
            )
        if not isinstance(tensor, _TENSORS):
            raise ReceiverError(
                f"{label} {name} must be a Tensor, SparseTensor, or "
                f"RaggedTensor. Received: {_described(tensor)}. Convert it, "
                "for instance by `tf.convert_to_tensor`; what is to be fed is "
                "a `tf.compat.v1.placeholder`."
            )


def _check_is_dict(argument: str, value: Any, example: str) -> None:
    if not isinstance(value, Mapping):
        raise ArgumentTypeError(
            f"`{argument}` must be a dict like {example}. Received: "
            f"{argument}={_described(value)}."
        )


def _check_are_tensors(argument: str, tensors: Any) -> None:
    _check_is_dict(argument, tensors, '{"x": tf.zeros([1, 3])}')
    for name, tensor in tensors.items():
        if not isinstance(tensor, tf.Tensor):
            raise ArgumentTypeError(
                f"`{argument}[{name!r}]` must be a Tensor, of the dtype and "
                f"shape that is to be fed. Received: {_described(tensor)}. "
                "Convert it by `tf.convert_to_tensor`; for sparse features "
                "use `build_parsing_serving_input_receiver_fn`."
            )


def _placeholders(
    tensors: Mapping[str, tf.Tensor], batch_size: int | None
) -> dict[str, tf.Tensor]:
    return {
        name: _v1.placeholder(
            tensor.dtype,
            _with_batch_size(tensor.shape, batch_size),
            name=_name(tensor),
        )
        for name, tensor in tensors.items()
    }


def _with_batch_size(
    shape: tf.TensorShape, batch_size: int | None
) -> tf.TensorShape:
    if shape.rank is None:
        return shape
    return tf.TensorShape([batch_size, *shape.as_list()[1:]])


def _name(tensor: tf.Tensor) -> str | None:
    """Returns the name of a tensor of a graph; an eager one has none."""
    return None if hasattr(tensor, "numpy") else str(tensor.op.name)


def _described(value: Any) -> str:
    return f"{value!r} ({type(value).__name__})"
