"""What a `model_fn` returns: one mode of a model, checked when it is made."""

import difflib
import sys
from collections.abc import Iterable
from collections.abc import Mapping
from collections.abc import Sequence
from typing import Any
from typing import NamedTuple
from typing import TypeAlias

import keras
import tensorflow as tf

from keras_estimator.errors import ArgumentTypeError
from keras_estimator.errors import SpecError
from keras_estimator.export.outputs import ExportOutput
from keras_estimator.export.outputs import serving_outputs
from keras_estimator.minimize import Minimize
from keras_estimator.minimize import scalar_loss

Hook: TypeAlias = tf.compat.v1.train.SessionRunHook | keras.callbacks.Callback
KerasStep: TypeAlias = keras.optimizers.Optimizer | Minimize

_TENSOR = (tf.Tensor, tf.Variable)
_KERAS_STEP = (keras.optimizers.Optimizer, Minimize)


class ModeKeys:
    """What a model is built for."""

    TRAIN = "train"
    EVAL = "eval"
    PREDICT = "infer"


class _Fields(NamedTuple):
    mode: str
    predictions: Any
    loss: Any
    train_op: Any
    eval_metric_ops: dict[str, Any]
    export_outputs: Mapping[str, ExportOutput] | None
    training_chief_hooks: tuple[Hook, ...]
    training_hooks: tuple[Hook, ...]
    scaffold: tf.compat.v1.train.Scaffold
    evaluation_hooks: tuple[Hook, ...]
    prediction_hooks: tuple[Hook, ...]


class EstimatorSpec(_Fields):
    """One mode of a model: what a `model_fn` returns.

    Training needs `loss` and `train_op`, evaluation `loss`, prediction
    `predictions`. What a mode does not need may be there all the same.

    Args:
        mode: A name of `ModeKeys`, as `model_fn` received it.
        predictions: Tensor, or dict of name to tensor. Defaults to none, `{}`.
        loss: Tensor of one element; it is made a scalar.
        train_op: What one step does: an operation or tensor to run; or a Keras
            optimizer, which then minimizes `loss`; or a `minimize(...)`; or a
            list of the last two kinds.
        eval_metric_ops: dict of name to a Keras metric that was updated in
            `model_fn`, or to a (value, update_op) tuple of `tf.metrics`.
        export_outputs: dict of name to `ExportOutput`, used in mode PREDICT.
            Several need one called `serving_default`. Defaults to the
            predictions.
        training_chief_hooks: Hooks for training on the chief,
            `tf.train.SessionRunHook` or `keras.callbacks.Callback` objects.
        training_hooks: Hooks for training on all workers.
        scaffold: `tf.train.Scaffold` with init op, saver and so on. Defaults
            to an empty one.
        evaluation_hooks: Hooks for evaluation.
        prediction_hooks: Hooks for prediction.

    Raises:
        SpecError: If something the mode needs is missing, a loss is no scalar,
            or a tensor belongs to another graph.
        ArgumentTypeError: If an argument has the wrong type.

    Example:
    >>> spec = EstimatorSpec(
    ...     ModeKeys.TRAIN,
    ...     loss=tf.constant([0.5]),
    ...     train_op=keras.optimizers.SGD(0.1),
    ... )
    >>> spec.loss.shape, spec.predictions
    (TensorShape([]), {})
    """

    def __new__(
        cls,
        mode: str,
        predictions: tf.Tensor | Mapping[str, tf.Tensor] | None = None,
        loss: tf.Tensor | None = None,
        train_op: (
            tf.Operation | tf.Tensor | KerasStep | Sequence[KerasStep] | None
        ) = None,
        eval_metric_ops: Mapping[str, Any] | None = None,
        export_outputs: Mapping[str, ExportOutput] | None = None,
        training_chief_hooks: Iterable[Hook] | None = None,
        training_hooks: Iterable[Hook] | None = None,
        scaffold: tf.compat.v1.train.Scaffold | None = None,
        evaluation_hooks: Iterable[Hook] | None = None,
        prediction_hooks: Iterable[Hook] | None = None,
    ) -> "EstimatorSpec":
        """Checks the fields and brings them to one form each."""
        train_op = _train_op(train_op, mode)
        loss = _loss(loss, mode)
        predictions = _predictions(predictions, mode)
        if mode == ModeKeys.PREDICT:
            export_outputs = serving_outputs(export_outputs, predictions)
        return super().__new__(
            cls,
            mode=mode,
            predictions=predictions,
            loss=loss,
            train_op=train_op,
            eval_metric_ops=_metrics(eval_metric_ops, mode),
            export_outputs=export_outputs,
            training_chief_hooks=_hooks(
                training_chief_hooks, "training_chief_hooks"
            ),
            training_hooks=_hooks(training_hooks, "training_hooks"),
            scaffold=_scaffold(scaffold),
            evaluation_hooks=_hooks(evaluation_hooks, "evaluation_hooks"),
            prediction_hooks=_hooks(prediction_hooks, "prediction_hooks"),
        )

    def _replace(self, **kwargs: Any) -> "EstimatorSpec":
        """Returns a spec with other values of some fields, checked again.

        Args:
            **kwargs: New values by field name. `mode` may only be repeated.

        Returns:
            An `EstimatorSpec`.

        Raises:
            SpecError: If the mode differs, a name is no field, or the values
                do not pass the checks of the constructor.
            ArgumentTypeError: If a value has the wrong type.
        """
        for name in kwargs:
            if name not in self._fields:
                near = difflib.get_close_matches(name, self._fields, n=1)
                hint = f" Did you mean `{near[0]}`?" if near else ""
                raise SpecError(
                    f"`EstimatorSpec` has no field `{name}`.{hint} The fields "
                    f"are {list(self._fields)}."
                )
        if kwargs.get("mode", self.mode) != self.mode:
            raise SpecError(
                "mode of EstimatorSpec cannot be changed. Received: "
                f"mode={kwargs['mode']!r}, the spec has {self.mode!r}. Make a "
                "new `EstimatorSpec`."
            )
        return EstimatorSpec(**{**self._asdict(), **kwargs})


def _loss(loss: Any, mode: str) -> Any:
    if loss is None:
        if mode in (ModeKeys.TRAIN, ModeKeys.EVAL):
            raise SpecError(
                f'Missing loss. `EstimatorSpec` in mode "{mode}" needs `loss`, '
                "a scalar tensor."
            )
        return None
    loss = scalar_loss(loss, f'`loss` of `EstimatorSpec` in mode "{mode}"')
    _check_graph(loss, "loss", _name(loss))
    return loss


def _train_op(train_op: Any, mode: str) -> Any:
    if train_op is None:
        if mode == ModeKeys.TRAIN:
            raise SpecError(
                f'Missing train_op. `EstimatorSpec` in mode "{mode}" needs '
                "`train_op`, a Keras optimizer or an operation such as "
                "`optimizer.minimize(loss, global_step)`."
            )
        return None
    if isinstance(train_op, (list, tuple)):
        return _keras_steps(train_op, mode)
    if isinstance(train_op, _KERAS_STEP):
        return _keras_steps([train_op], mode)[0]
    if not isinstance(train_op, (tf.Operation, *_TENSOR)):
        raise ArgumentTypeError(
            f"train_op must be Operation or Tensor, given: {train_op!r} "
            f'({type(train_op).__name__}) in mode "{mode}". It may also be a '
            "`keras.optimizers.Optimizer`, a `minimize(...)` or a list of "
            f"these.{_of_another_kind(train_op)}"
        )
    _check_graph(train_op, "train_op", _name(train_op))
    if isinstance(train_op, tf.Variable) and not tf.executing_eagerly():
        # The result of `variable.assign_add(...)`: what to run is the assign.
        return train_op.op
    return train_op


def _of_another_kind(train_op: Any) -> str:
    if not hasattr(train_op, "minimize"):
        return ""
    return (
        " An optimizer of `tf.compat.v1.train` makes one with its method "
        "`minimize(loss, global_step)`; in place of one of `tf_keras` take "
        "that of Keras 3."
    )


def _keras_steps(steps: Sequence[Any], mode: str) -> tuple[KerasStep, ...]:
    if not steps:
        raise SpecError(
            f'Missing train_op. Received: train_op={steps!r} in mode "{mode}". '
            "A list needs at least one Keras optimizer or `minimize(...)`."
        )
    for index, step in enumerate(steps):
        if not isinstance(step, _KERAS_STEP):
            raise ArgumentTypeError(
                "train_op must be Operation or Tensor, or a list of Keras "
                f"optimizers and `minimize(...)`, given: train_op[{index}]="
                f'{step!r} ({type(step).__name__}) in mode "{mode}". Use '
                "`tf.group` for several operations."
            )
        if isinstance(step, Minimize):
            _check_graph(step.loss, "train_op", _name(step.loss))
    return tuple(steps)


def _predictions(predictions: Any, mode: str) -> Any:
    if predictions is None:
        if mode == ModeKeys.PREDICT:
            raise SpecError(
                f'Missing predictions. `EstimatorSpec` in mode "{mode}" needs '
                "`predictions`, a tensor or a dict of tensors."
            )
        return {}
    if not isinstance(predictions, dict):
        _check_prediction(predictions, "predictions", mode)
        _check_graph(predictions, "prediction values", _name(predictions))
        return predictions
    for key, value in predictions.items():
        _check_prediction(value, f"predictions[{key}]", mode)
        _check_graph(value, "prediction values", f"{key}: {_name(value)}")
    return dict(predictions)


def _check_prediction(value: Any, name: str, mode: str) -> None:
    if not isinstance(value, _TENSOR):
        raise ArgumentTypeError(
            f"{name} must be Tensor, given: {value!r} "
            f'({type(value).__name__}) in mode "{mode}". `predictions` is a '
            "tensor or a dict of name to tensor; make sparse and ragged "
            "tensors dense."
        )


def _metrics(eval_metric_ops: Any, mode: str) -> dict[str, Any]:
    if eval_metric_ops is None:
        return {}
    if not isinstance(eval_metric_ops, dict):
        raise ArgumentTypeError(
            f"eval_metric_ops must be a dict, given: {eval_metric_ops!r} "
            f'({type(eval_metric_ops).__name__}) in mode "{mode}". Give each '
            "metric a name."
        )
    return {
        key: _metric(key, value, mode) for key, value in eval_metric_ops.items()
    }


def _metric(key: str, metric: Any, mode: str) -> Any:
    """Returns a Keras 3 metric as it is, any other one as (value, update)."""
    if isinstance(metric, keras.metrics.Metric):
        return metric
    if _is_tf_keras_metric(metric):
        metric = _value_and_update(metric)
    if not isinstance(metric, tuple) or len(metric) != 2:
        raise ArgumentTypeError(
            "Values of eval_metric_ops must be (metric_value, update_op) "
            f"tuples, given: {metric!r} ({type(metric).__name__}) for key: "
            f'{key} in mode "{mode}". They may also be `keras.metrics.Metric` '
            "objects."
        )
    for part in tf.nest.flatten(metric, expand_composites=True):
        if not isinstance(part, (tf.Operation, *_TENSOR)):
            raise ArgumentTypeError(
                "Values of eval_metric_ops must be (metric_value, update_op) "
                f"tuples of tensors and operations, given: {part!r} "
                f'({type(part).__name__}) for key: {key} in mode "{mode}".'
            )
        _check_graph(part, "eval_metric_ops", f"{key}: {_name(part)}")
    return metric


def _is_tf_keras_metric(metric: Any) -> bool:
    # Nobody has an object of a module that was never imported.
    tf_keras = sys.modules.get("tf_keras")
    return tf_keras is not None and isinstance(metric, tf_keras.metrics.Metric)


def _value_and_update(metric: Any) -> tuple[Any, Any]:
    """Returns value and update of a `tf_keras` metric.

    Its variables are put where `tf.metrics` has its own: they are initialized
    before each evaluation, and found by tools that look for metrics.
    """
    if not metric.updates:
        raise SpecError(
            f'Please call update_state(...) on the "{metric.name}" metric. A '
            "metric in `eval_metric_ops` needs an update, made in `model_fn`."
        )
    keys = tf.compat.v1.GraphKeys
    for key in (keys.LOCAL_VARIABLES, keys.METRIC_VARIABLES):
        collection = tf.compat.v1.get_collection_ref(key)
        for variable in metric.variables:
            if not any(variable is known for known in collection):
                collection.append(variable)
    return metric.result(), metric.updates[0]


def _hooks(hooks: Any, name: str) -> tuple[Hook, ...]:
    if hooks is None:
        return ()
    if not isinstance(hooks, Iterable):
        raise ArgumentTypeError(
            f"`{name}` must be a list of SessionRunHook instances. Received: "
            f"{name}={hooks!r} ({type(hooks).__name__})."
        )
    checked = tuple(hooks)
    for index, hook in enumerate(checked):
        if not isinstance(
            hook, (tf.compat.v1.train.SessionRunHook, keras.callbacks.Callback)
        ):
            raise ArgumentTypeError(
                "All hooks must be SessionRunHook instances, given: "
                f"{name}[{index}]={hook!r} ({type(hook).__name__}). They may "
                "also be `keras.callbacks.Callback` objects."
            )
    return checked


def _scaffold(scaffold: Any) -> tf.compat.v1.train.Scaffold:
    if scaffold is None:
        return tf.compat.v1.train.Scaffold()
    if not isinstance(scaffold, tf.compat.v1.train.Scaffold):
        raise ArgumentTypeError(
            f"scaffold must be tf.train.Scaffold. Given: {scaffold!r} "
            f"({type(scaffold).__name__}). Use `tf.compat.v1.train.Scaffold`."
        )
    return scaffold


def _check_graph(element: Any, what: str, name: str) -> None:
    """Refuses what the graph that is being built cannot run."""
    if tf.executing_eagerly():
        return
    # An eager tensor has no graph.
    graph = getattr(element, "graph", None)
    if graph is not tf.compat.v1.get_default_graph():
        raise SpecError(
            f'{what} with "{name}" must be from the default graph. Possible '
            "causes of this error include: 1) it was created outside of "
            "`model_fn`; 2) it was created in an earlier call of `model_fn` "
            "and kept. Create it in the call that returns it."
        )


def _name(element: Any) -> str:
    """Returns the name of a graph element; an eager tensor has none."""
    return getattr(element, "name", None) or "an eager tensor"
