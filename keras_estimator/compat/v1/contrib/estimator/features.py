"""`tf.contrib.estimator.forward_features`."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import tensorflow as tf

from keras_estimator._types import ModelFn
from keras_estimator.engine.arguments import call_model_fn
from keras_estimator.errors import ArgumentTypeError
from keras_estimator.errors import ModelFnError
from keras_estimator.estimator import Estimator
from keras_estimator.export.outputs import PredictOutput
from keras_estimator.spec import EstimatorSpec

_SERVED = ("predict", "serving_default")


# Frozen, so that a change of what the function reads is looked for in it.
@dataclass(frozen=True, eq=False)
class _WithFeatures:
    """A model_fn that has features among its predictions.

    Attributes:
        model_fn: Makes the model.
        keys: Names of the features; `None` for all.
        sparse_default_values: Name of a sparse feature -> what stands where it
            has nothing.
    """

    model_fn: ModelFn
    keys: tuple[str, ...] | None
    sparse_default_values: Mapping[str, Any]

    def __call__(
        self, features: Any, labels: Any, mode: str, params: Any, config: Any
    ) -> EstimatorSpec:
        """Builds one mode of the model."""
        optional = {"mode": mode, "params": params, "config": config}
        # model_fn may take from its dict of features what it has used.
        given = dict(features) if isinstance(features, Mapping) else features
        spec = call_model_fn(self.model_fn, features, labels, optional)
        forwarded = self._forwarded(given, spec.predictions)
        outputs = spec.export_outputs and {
            name: _with_more(output, forwarded) if name in _SERVED else output
            for name, output in spec.export_outputs.items()
        }
        return spec._replace(
            predictions={**spec.predictions, **forwarded},
            export_outputs=outputs,
        )

    def _forwarded(self, features: Any, predictions: Any) -> dict[Any, Any]:
        """Returns the features, made dense, by name."""
        if not isinstance(predictions, dict):
            raise ModelFnError(
                "Predictions should be a dict to be able to forward features. "
                f"Given: {predictions!r} ({type(predictions).__name__}). Give "
                "the prediction of model_fn a name."
            )
        if not isinstance(features, Mapping):
            raise ModelFnError(
                "Features should be a dict to be forwarded. Given: "
                f"{features!r} ({type(features).__name__})."
            )
        found = {}
        for key in features if self.keys is None else self.keys:
            if key not in features:
                raise ModelFnError(
                    f'keys should be exist in features. Key "{key}" is not in '
                    "features dict. features dict has following keys: "
                    f"{list(features)}. Please check arguments of "
                    "forward_features."
                )
            if key in predictions:
                raise ModelFnError(
                    f"Cannot forward feature key ({key}). Since it does exist "
                    "in predictions. Existing prediction keys: "
                    f"{list(predictions)}. Please check arguments of "
                    "forward_features."
                )
            found[key] = self._dense(key, features[key])
        return found

    def _dense(self, key: str, feature: Any) -> tf.Tensor:
        is_sparse = isinstance(feature, tf.SparseTensor)
        if key in self.sparse_default_values:
            if not is_sparse:
                raise ModelFnError(
                    f"Feature ({key}) is expected to be a `SparseTensor`, as "
                    "sparse_default_values has it. It is: "
                    f"{feature!r} ({type(feature).__name__})."
                )
            default = self.sparse_default_values[key]
            return tf.sparse.to_dense(feature, default_value=default)
        if is_sparse or not isinstance(feature, tf.Tensor):
            raise ModelFnError(
                f"Feature ({key}) should be a Tensor. Please use `keys` "
                "argument of forward_features to filter unwanted features, or "
                "add key to argument `sparse_default_values`. Type of "
                f"features[{key}] is {type(feature).__name__}."
            )
        return feature


def forward_features(
    estimator: Estimator,
    keys: str | list[str] | tuple[str, ...] | None = None,
    sparse_default_values: Mapping[str, Any] | None = None,
) -> Estimator:
    """Returns an Estimator that has features among its predictions.

    With them, what is predicted can be joined with where it came from. It has
    the model_dir and configuration of the given one.

    Args:
        estimator: Whose predictions are a dict.
        keys: Name of a feature, or list of names; `None` for all.
        sparse_default_values: Name of a sparse feature -> value of the dense
            tensor where it has none.

    Returns:
        A new `Estimator`.

    Raises:
        ArgumentTypeError: If an argument is of another type.

    Example:
    ```python
    estimator = tf.contrib.estimator.forward_features(estimator, "id")
    for row in estimator.predict(input_fn):
        print(row["id"], row["probability"])
    ```
    """
    if not isinstance(estimator, Estimator):
        raise ArgumentTypeError(
            "`estimator` must be an `Estimator`. Received: "
            f"estimator={estimator!r} ({type(estimator).__name__})."
        )
    defaults = dict(sparse_default_values or {})
    model_fn = _WithFeatures(estimator._model_fn, _names(keys), defaults)
    return estimator._with_model_fn(model_fn)


def _with_more(output: Any, tensors: Mapping[str, Any]) -> Any:
    """Returns an export output with more tensors, if it can have them."""
    if not isinstance(output, PredictOutput):
        return output
    named: dict[Any, Any] = {**output.outputs}
    named.update(tensors)
    return PredictOutput(named)


def _names(keys: Any) -> tuple[str, ...] | None:
    if keys is None:
        return None
    if isinstance(keys, str):
        return (keys,)
    if not isinstance(keys, (list, tuple)):
        raise ArgumentTypeError(
            "keys should be either a string or a list of strings. Given: "
            f"{keys!r} ({type(keys).__name__})."
        )
    for key in keys:
        if not isinstance(key, str):
            raise ArgumentTypeError(
                "All items in the given keys list should be a string. There "
                f"exist an item with type: {type(key).__name__} ({key!r})."
            )
    return tuple(keys)
