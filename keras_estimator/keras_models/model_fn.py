"""The model_fn of a compiled Keras model."""

from collections.abc import Callable
from collections.abc import Mapping
from typing import Any

import keras

from keras_estimator.engine.arguments import argument_names
from keras_estimator.errors import KerasModelError
from keras_estimator.export.outputs import ExportOutput
from keras_estimator.keras_models.batches import Batch
from keras_estimator.keras_models.batches import batch_of
from keras_estimator.keras_models.batches import by_output
from keras_estimator.keras_models.batches import output_names
from keras_estimator.keras_models.batches import output_tensors
from keras_estimator.keras_models.outputs import exports
from keras_estimator.keras_models.outputs import renamed
from keras_estimator.keras_models.recipe import ModelRecipe
from keras_estimator.keras_models.weights import InitialWeights
from keras_estimator.minimize import minimize
from keras_estimator.spec import EstimatorSpec
from keras_estimator.spec import ModeKeys


@keras.saving.register_keras_serializable(package="keras_estimator")
class KerasModelFn:
    """Makes the model anew in the graph of each mode.

    Args:
        recipe: The model.
        weights: What its variables begin with; `None` for initializers.
        metric_names: Name of a metric of the model -> that of the Estimator;
            `None` to keep them.
        export_outputs: Name of an output of the model -> class of its export.
    """

    def __init__(
        self,
        recipe: ModelRecipe,
        weights: InitialWeights | None,
        metric_names: Mapping[str, str] | None,
        export_outputs: Mapping[str, Callable[[Any], ExportOutput]] | None,
    ) -> None:
        self._recipe = recipe
        self._weights = weights
        self._metric_names = metric_names
        self._export_outputs = export_outputs or {}

    def __call__(self, features: Any, labels: Any, mode: str) -> EstimatorSpec:
        """Builds one mode of the model."""
        model = self._recipe.make()
        batch = batch_of(model, features, labels)
        outputs = model(batch.inputs, training=mode == ModeKeys.TRAIN)
        names = output_names(model, outputs)
        predictions = dict(zip(names, output_tensors(outputs), strict=True))
        exported = exports(predictions, self._export_outputs)
        if mode == ModeKeys.PREDICT:
            self._give_weights(model)
            return EstimatorSpec(
                mode, predictions=predictions, export_outputs=exported
            )
        self._recipe.compile(model)
        targets, weights = _for_loss(batch, outputs, names)
        loss = _loss(model, batch.inputs, targets, outputs, weights, mode)
        optimizer = train_op = None
        if mode == ModeKeys.TRAIN:
            optimizer = model.optimizer
            optimizer.build(model.trainable_variables)
            train_op = minimize(optimizer, loss, model.trainable_variables)
        self._give_weights(model, optimizer)
        return EstimatorSpec(
            mode,
            predictions=predictions,
            loss=loss,
            train_op=train_op,
            eval_metric_ops=self._metrics(model, targets, outputs, weights),
            export_outputs=exported,
        )

    def get_config(self) -> dict[str, Any]:
        """Returns what is needed to make it again, for `.keras` files."""
        model = self._recipe.make()
        self._recipe.compile(model)
        return {
            "model": keras.saving.serialize_keras_object(model),
            "metric_names": self._metric_names and dict(self._metric_names),
        }

    @classmethod
    def from_config(cls, config: Mapping[str, Any]) -> "KerasModelFn":
        """Returns what `get_config` describes; the weights are in the file."""
        model = keras.saving.deserialize_keras_object(config["model"])
        return cls(ModelRecipe(model), None, config["metric_names"], None)

    def _give_weights(
        self,
        model: keras.Model,
        optimizer: keras.optimizers.Optimizer | None = None,
    ) -> None:
        if self._weights is not None:
            self._weights.give(model, optimizer)

    def _metrics(
        self, model: keras.Model, targets: Any, outputs: Any, weights: Any
    ) -> dict[str, Any]:
        """Returns the compiled metrics by the names that Keras gives them."""
        compiled = [m for m in model.metrics if m.name == "compile_metrics"]
        if not compiled or targets is None:
            return {}
        (together,) = compiled
        together.update_state(targets, outputs, weights)
        found = dict(zip(together.result(), together.metrics, strict=True))
        return renamed(found, self._metric_names)


def _for_loss(batch: Batch, outputs: Any, names: list[str]) -> tuple[Any, Any]:
    """Returns targets and sample weights, nested as the outputs are."""
    targets = weights = None
    if batch.targets is not None:
        targets = by_output(batch.targets, outputs, names, "labels")
    if batch.sample_weights is not None:
        weights = batch.sample_weights
        if isinstance(weights, (Mapping, list, tuple)):
            weights = by_output(weights, outputs, names, "sample_weights")
        elif len(names) > 1:
            weights = by_output(
                dict.fromkeys(names, weights), outputs, names, "sample_weights"
            )
    return targets, weights


def _loss(
    model: keras.Model,
    inputs: Any,
    targets: Any,
    outputs: Any,
    weights: Any,
    mode: str,
) -> Any:
    arguments = {
        "x": inputs,
        "y": targets,
        "y_pred": outputs,
        "sample_weight": weights,
    }
    if "training" in argument_names(model.compute_loss):
        arguments["training"] = mode == ModeKeys.TRAIN
    if targets is None and getattr(model, "loss", None) is not None:
        raise KerasModelError(
            f"input_fn returned no labels in mode {mode!r}, but the model was "
            f"compiled with loss={model.loss!r}. Let it return (features, "
            "labels), or compile the model without a loss and use `add_loss`."
        )
    return model.compute_loss(**arguments)
