"""Builds a Program: calls model_fn once, in a plain graph.

In a plain `tf.Graph` TF1 code is at home: tensors hash, `variable.op.name`
exists, savers, moving averages, partitioners and `init_from_checkpoint` work.
Inside a function under construction each of these fails, or does nothing.
"""

from collections.abc import Callable
from collections.abc import Iterator
from collections.abc import Mapping
from contextlib import contextmanager
from typing import Any
from typing import NamedTuple

import keras
import tensorflow as tf

from keras_estimator._types import ModelFn
from keras_estimator.distribute.strategy import in_replica
from keras_estimator.engine import _keras
from keras_estimator.engine import _tensorflow
from keras_estimator.engine import arguments
from keras_estimator.engine import element as elements
from keras_estimator.engine import gradients
from keras_estimator.engine import summary_ops
from keras_estimator.engine.element import Element
from keras_estimator.engine.graph import MAKE_IT_INSIDE
from keras_estimator.engine.graph import Lifetime
from keras_estimator.engine.graph import ModelGraph
from keras_estimator.engine.ordering import keras_updates
from keras_estimator.engine.program import Program
from keras_estimator.engine.subgraph import GraphIndex
from keras_estimator.engine.subgraph import node_name
from keras_estimator.errors import ModelFnError
from keras_estimator.errors import ScaffoldError
from keras_estimator.errors import UnsupportedError
from keras_estimator.spec import EstimatorSpec
from keras_estimator.spec import ModeKeys

_v1 = tf.compat.v1
_LOSS = "loss"
_RESERVED_METRICS = (_LOSS, "global_step")


class BuildOptions(NamedTuple):
    """What besides model_fn and the signature decides what is built.

    Attributes:
        params: Hyperparameters for model_fn; `None` if none were given.
        config: The `RunConfig` for model_fn.
        seed: Seed of the graph, `None` for a random one.
        seeds_used: How many operation seeds the input took before model_fn.
        device_fn: Places operations; `None` leaves that to TensorFlow.
        strategy: As whose replica model_fn runs; `None` for none.
        warm_start: Called in the graph after model_fn, to give variables other
            initial values.
        outside: `id` -> object, of what model_fn can reach before the call.
        provider: Who makes the features and labels.
    """

    params: Any = None
    config: Any = None
    seed: int | None = None
    seeds_used: int = 0
    device_fn: Callable | None = None
    strategy: tf.distribute.Strategy | None = None
    warm_start: Callable[[], None] | None = None
    outside: Mapping[int, Any] | None = None
    provider: arguments.Provider = arguments.INPUT_FN


def build(
    model_fn: ModelFn, mode: str, element: Element, options: BuildOptions
) -> Program:
    """Calls `model_fn` and returns what it built.

    Args:
        model_fn: The user's function.
        mode: A `ModeKeys` value.
        element: Signature of the batches.
        options: See there.

    Raises:
        ModelFnError: If model_fn returns something that cannot be run.
    """
    graph = ModelGraph(options.outside)
    with under_construction(graph, options):
        if mode == ModeKeys.TRAIN:
            _tensorflow.create_global_step_read(graph)
        features = elements.placeholders(element.features)
        labels = elements.placeholders(element.labels)
        spec, outcome = in_replica(
            options.strategy,
            lambda: _built(graph, model_fn, mode, (features, labels), options),
        )
        graph.settle_lifetimes()
        saver = users_saver(spec)
        local_init = _local_init(graph, spec)
    index = GraphIndex(graph.as_graph_def())
    updates = keras_updates(
        graph, index, outcome.step, training=mode == ModeKeys.TRAIN
    )
    program = Program(
        mode=mode,
        element=element,
        graph=graph,
        inputs=elements.names(elements.components((features, labels))),
        updates=updates,
        local_init=local_init,
        saver=saver,
        **outcome._asdict(),
    )
    _check_metrics_updated(program)
    if mode == ModeKeys.EVAL:
        _check_metric_values(program, index)
    return program


def _built(
    graph: ModelGraph,
    model_fn: ModelFn,
    mode: str,
    batch: tuple[Any, Any],
    options: BuildOptions,
) -> tuple[EstimatorSpec, Any]:
    """Returns what `model_fn` returns, and what a step of it is."""
    # Nobody can want those of PREDICT.
    with summary_ops.default_writer(graph, records=mode != ModeKeys.PREDICT):
        spec = call(graph, model_fn, mode, batch, options)
    if options.warm_start is not None:
        options.warm_start()
    return spec, _COMPLETE[mode](graph, spec)


@contextmanager
def under_construction(
    graph: ModelGraph, options: BuildOptions
) -> Iterator[None]:
    """Makes a graph the place where model_fn, and what belongs to it, is built.

    Args:
        graph: The empty graph.
        options: See there.
    """
    with (
        _naming_what_is_outside(),
        _tensorflow.eager_mode(),
        _keras.fresh_state(options.seed),
        _keras.comparing_values(),
        graph.recording(),
        graph.device(options.device_fn),
    ):
        _prepare(graph, options)
        yield


@contextmanager
def _naming_what_is_outside() -> Iterator[None]:
    """Says what to do where model_fn uses something that is not of its graph.

    TensorFlow cannot put eager tensors and variables into a plain graph.
    """
    try:
        yield
    except RuntimeError as error:
        if not _tensorflow.is_eager_in_graph(error):
            raise
        raise ModelFnError(
            "model_fn uses a layer, variable, tensor or table that was made "
            f"outside of it: {str(error).splitlines()[0]} {MAKE_IT_INSIDE}"
        ) from error


def _prepare(graph: ModelGraph, options: BuildOptions) -> None:
    """Makes what tf.estimator makes in the graph before model_fn."""
    _v1.set_random_seed(options.seed)
    _v1.train.create_global_step(graph)
    if options.seed is not None:
        for _ in range(options.seeds_used):
            _v1.get_seed(None)


def call(
    graph: ModelGraph,
    model_fn: ModelFn,
    mode: str,
    batch: tuple[Any, Any],
    options: BuildOptions,
) -> EstimatorSpec:
    """Calls `model_fn` in a graph under construction; checks what it returns.

    Args:
        graph: The graph.
        model_fn: The user's function.
        mode: A `ModeKeys` value.
        batch: Features and labels.
        options: See there.

    Raises:
        ModelFnError: If it is no `EstimatorSpec` for this mode.
    """
    features, labels = batch
    _v1.logging.info("Calling model_fn.")
    spec = graph.call(
        arguments.call_model_fn,
        model_fn,
        features,
        labels,
        {"mode": mode, "params": options.params, "config": options.config},
        options.provider,
    )
    _v1.logging.info("Done calling model_fn.")
    where = f"{arguments.describe_function(model_fn)} in mode {mode!r}"
    if not isinstance(spec, EstimatorSpec):
        hint = (
            " Did you mean `EstimatorSpec(mode, **outputs)`?"
            if isinstance(spec, dict)
            else " Does each of its branches end in a `return`?"
            if spec is None
            else ""
        )
        raise ModelFnError(
            "model_fn should return an EstimatorSpec. "
            f"{where} returned {type(spec).__name__}: {spec!r}.{hint}"
        )
    if spec.mode != mode:
        raise ModelFnError(
            f"model_fn {where} returned an EstimatorSpec for mode "
            f"{spec.mode!r}. Give `EstimatorSpec` the mode that model_fn was "
            "called with."
        )
    return spec


class _Outcome(NamedTuple):
    """What a mode makes of the spec; the fields are those of `Program`."""

    spec: EstimatorSpec
    step: tuple[str, ...]
    loss: str | None = None
    metrics: dict[str, Any] = {}
    optimizers: tuple[tuple[Any, list[Any]], ...] = ()


def _complete_train(graph: ModelGraph, spec: EstimatorSpec) -> _Outcome:
    optimizers: tuple[tuple[Any, list[Any]], ...] = ()
    if gradients.is_keras_native(spec.train_op):
        train_op, optimizers = gradients.minimize(graph, spec)
        spec = spec._replace(train_op=train_op)
    _add_loss_summary(graph, spec)
    _v1.add_to_collection(_v1.GraphKeys.LOSSES, spec.loss)
    _merge_summaries(spec)
    return _Outcome(
        spec,
        step=(_name(graph, spec.train_op), spec.loss.name),
        loss=spec.loss.name,
        metrics=_metrics(graph, spec.eval_metric_ops),
        optimizers=optimizers,
    )


def _add_loss_summary(graph: ModelGraph, spec: EstimatorSpec) -> None:
    """Adds the summary `loss`, unless model_fn made one of that name."""
    summaries = _v1.get_collection(_v1.GraphKeys.SUMMARIES)
    names = {summary.op.name for summary in summaries}
    if _LOSS not in names | summary_ops.tags(graph):
        _v1.summary.scalar(_LOSS, spec.loss)


def _merge_summaries(spec: EstimatorSpec) -> None:
    """Makes the one operation that `SummarySaverHook` fetches.

    Raises:
        ScaffoldError: If model_fn has put several where there is to be one.
    """
    key = _v1.GraphKeys.SUMMARY_OP
    if spec.scaffold.summary_op is not None:
        return
    of_user = _v1.get_collection(key)
    if len(of_user) > 1:
        raise ScaffoldError(
            f'More than one item in the collection "{key}": it has '
            f"{len(of_user)}. Please indicate which one to use: `Scaffold("
            "summary_op=...)`."
        )
    merged = None if of_user else _v1.summary.merge_all()
    if merged is not None:
        _v1.add_to_collection(key, merged)


def _complete_eval(graph: ModelGraph, spec: EstimatorSpec) -> _Outcome:
    for name in _RESERVED_METRICS:
        if name in spec.eval_metric_ops:
            raise ModelFnError(
                f"Metric with name `{name}` is not allowed, because Estimator "
                "already defines a default metric with the same name. Rename "
                f"the entry `{name}` of `eval_metric_ops`."
            )
    metrics = _metrics(
        graph, {**spec.eval_metric_ops, _LOSS: _v1.metrics.mean(spec.loss)}
    )
    updates = [m[1] for m in metrics.values() if isinstance(m, tuple)]
    return _Outcome(
        spec, step=tuple(updates), loss=spec.loss.name, metrics=metrics
    )


def _complete_predict(graph: ModelGraph, spec: EstimatorSpec) -> _Outcome:
    tensors = elements.components(spec.predictions)
    return _Outcome(spec, step=elements.names(tensors))


_COMPLETE = {
    ModeKeys.TRAIN: _complete_train,
    ModeKeys.EVAL: _complete_eval,
    ModeKeys.PREDICT: _complete_predict,
}


def _metrics(graph: ModelGraph, metrics: Mapping[str, Any]) -> dict[str, Any]:
    """Returns metrics by name: Keras ones, or names of value and update."""
    return {
        name: metric
        if isinstance(metric, keras.metrics.Metric)
        else tuple(_name(graph, element) for element in metric)
        for name, metric in sorted(metrics.items())
    }


def _name(graph: ModelGraph, value: Any) -> str:
    """Returns the name of the element of the graph that `value` stands for."""
    return graph.as_graph_element(value).name


def _local_init(graph: ModelGraph, spec: EstimatorSpec) -> tuple[str, ...]:
    """Returns the operations that start a call."""
    mine = spec.scaffold.local_init_op
    if spec.mode == ModeKeys.EVAL and mine is not None:
        # The metric of the loss came after the user's operation.
        return (mine.name, _v1.train.Scaffold.default_local_init_op().name)
    return local_init(graph, spec)


def local_init(graph: ModelGraph, spec: EstimatorSpec) -> tuple[str, ...]:
    """Returns the operations that initialize local variables and tables."""
    mine = spec.scaffold.local_init_op
    if mine is None:
        return (_v1.train.Scaffold.default_local_init_op().name,)
    of_keras = [
        record.initializer
        for record in graph.records
        if record.owner is not None and record.lifetime is Lifetime.CALL
    ]
    return (mine.name, *filter(None, of_keras))


def users_saver(spec: EstimatorSpec) -> Any:
    """Returns the saver that the user wants used, its operations built.

    A table or another object that only a `Saver` can save needs one, too.

    Raises:
        UnsupportedError: If it saves objects rather than names.
    """
    keys = _v1.GraphKeys
    saver = spec.scaffold.saver
    if saver is None and _v1.get_collection(keys.SAVERS):
        saver = _v1.get_collection(keys.SAVERS)[0]
    if saver is None and _v1.get_collection(keys.SAVEABLE_OBJECTS):
        saver = _v1.train.Saver(save_relative_paths=True)
    if isinstance(saver, tf.train.Checkpoint):
        raise UnsupportedError(
            "`Scaffold(saver=tf.train.Checkpoint(...))`: checkpoints are by "
            "the names of variables here. Leave it out to save all variables, "
            "or give a `tf.compat.v1.train.Saver(var_list)`."
        )
    if saver is not None:
        saver.build()
    return saver


def _check_metrics_updated(program: Program) -> None:
    """Refuses a Keras metric that model_fn returned and never updated."""
    forced = program.index.ancestors(program.updates.forced)
    touched = {
        id(r.keras_variable) for r in program.records if r.handle in forced
    }
    for name, metric in program.metrics.items():
        if not isinstance(metric, keras.metrics.Metric):
            continue
        # Those of metrics that it is made of, too.
        own = {id(variable) for variable in metric.variables}
        if own.isdisjoint(touched):
            raise ModelFnError(
                f'Please call update_state(...) on the "{metric.name}" metric '
                f"(`eval_metric_ops[{name!r}]`) in model_fn: without it the "
                "metric stays at its initial value."
            )


def _check_metric_values(program: Program, as_built: GraphIndex) -> None:
    """Refuses values that belong to a step: they are read when all are done.

    Raises:
        ModelFnError: If one is.
    """
    inputs = {node_name(name) for name in program.inputs}
    for name, metric in program.metrics.items():
        if isinstance(metric, keras.metrics.Metric):
            continue
        value = [metric[0]]
        waits = program.index.ancestors(value)
        if not inputs.isdisjoint(waits - as_built.ancestors(value)):
            raise ModelFnError(
                f"The value of `eval_metric_ops[{name!r}]` is read from a "
                "Keras metric, whose updates are part of each step. Return "
                "the metric itself instead of (value, update_op): "
                f"`eval_metric_ops={{{name!r}: metric}}`."
            )
