"""The model_fn of a compiled model of tf_keras, as TF1 programs have them."""

from collections.abc import Callable
from collections.abc import Mapping
from typing import Any

import tensorflow as tf

from keras_estimator.checkpoint.bundle import Piece
from keras_estimator.engine import _tensorflow
from keras_estimator.errors import UnsupportedError
from keras_estimator.export.outputs import ExportOutput
from keras_estimator.keras_models import _tf_keras
from keras_estimator.keras_models import tf_keras_batches
from keras_estimator.keras_models import weights
from keras_estimator.keras_models.outputs import exports
from keras_estimator.keras_models.outputs import renamed
from keras_estimator.keras_models.tf_keras_recipe import TfKerasRecipe
from keras_estimator.keras_models.weights import InitialWeights
from keras_estimator.spec import EstimatorSpec
from keras_estimator.spec import ModeKeys


class TfKerasModelFn:
    """Makes the model anew in the graph of each mode, with the ops of TF1.

    Args:
        recipe: The model.
        weights: What its variables begin with; `None` for initializers.
        metric_names: Name of a metric of the model -> that of the Estimator;
            `None` to keep them.
        export_outputs: Name of an output of the model -> class of its export.
    """

    def __init__(
        self,
        recipe: TfKerasRecipe,
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
        try:
            return self._spec(features, labels, mode)
        finally:
            _tf_keras.back_to_eager(self._recipe.original)

    def get_config(self) -> dict[str, Any]:
        """Refuses to be part of a `.keras` file, which is of Keras 3.

        Raises:
            UnsupportedError: Always.
        """
        raise UnsupportedError(
            f"The model {self._recipe.original.name!r} is of tf.keras, which "
            "is Keras 2: it cannot be part of a `.keras` file of Keras 3. Use "
            "`export_saved_model`, or make the model with `import keras`."
        )

    def _spec(self, features: Any, labels: Any, mode: str) -> EstimatorSpec:
        _tf_keras.set_training(mode == ModeKeys.TRAIN)
        batch = tf_keras_batches.batch_of(self._recipe.original, features)
        model = self._recipe.make(batch.inputs)
        predictions = dict(zip(model.output_names, model.outputs, strict=True))
        exported = exports(predictions, self._export_outputs)
        if mode == ModeKeys.PREDICT:
            self._give_weights(model)
            return EstimatorSpec(
                mode, predictions=predictions, export_outputs=exported
            )
        self._recipe.compile(model, tf_keras_batches.targets_of(model, labels))
        if batch.sample_weights is not None:
            _tf_keras.weigh(
                model,
                tf_keras_batches.weights_of(model, batch.sample_weights),
            )
        train_op = None
        if mode == ModeKeys.TRAIN:
            train_op = _tf_keras.train_op(model)
        self._give_weights(model)
        return EstimatorSpec(
            mode,
            predictions=predictions,
            loss=_tf_keras.loss(model),
            train_op=train_op,
            eval_metric_ops=renamed(
                _tf_keras.metrics(model), self._metric_names
            ),
            export_outputs=exported,
        )

    def _give_weights(self, model: Any) -> None:
        if self._weights is not None:
            self._weights.give_to(model.weights)


def save_weights(
    recipe: TfKerasRecipe, model_dir: str
) -> InitialWeights | None:
    """Writes the weights of a model, unless an earlier call did.

    Args:
        recipe: The model.
        model_dir: That of the Estimator.

    Returns:
        The weights; `None` if the model has none yet.

    Raises:
        KerasModelError: If those of another model are there.
    """
    model = recipe.original
    if not model.built or not model.weights:
        return None
    values = model.get_weights()
    # The program may build in a graph, where a file is not written at once.
    with _tensorflow.eager_mode():
        return weights.keep(
            model_dir,
            [
                Piece(name, "", tf.constant(value))
                for name, value in zip(_names(recipe), values, strict=True)
            ],
        )


def _names(recipe: TfKerasRecipe) -> list[str]:
    """Returns the names that the variables of a model have in a graph."""
    model = recipe.original
    if not _tf_keras.is_wired(model):
        # It would need inputs to have variables there.
        return weights.numbered([w.name.split(":")[0] for w in model.weights])
    try:
        with tf.Graph().as_default():
            _tf_keras.set_training(True)
            return [weight.op.name for weight in recipe.make().weights]
    finally:
        _tf_keras.back_to_eager(model)
