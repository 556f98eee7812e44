"""Builds the graph of an export: an input receiver, then model_fn.

It is a graph like those that are run here, and more: who loads it runs just
what is fetched, without our ordering. So what Keras code does at each step is
tied to the outputs by control inputs of the graph itself.
"""

from collections.abc import Callable
from collections.abc import Iterable
from collections.abc import Mapping
from collections.abc import Sequence
from typing import Any
from typing import NamedTuple

import keras
import tensorflow as tf

from keras_estimator._types import ModelFn
from keras_estimator.engine import _tensorflow
from keras_estimator.engine import build as building
from keras_estimator.engine import element as elements
from keras_estimator.engine import gradients
from keras_estimator.engine.arguments import Provider
from keras_estimator.engine.arguments import describe_function
from keras_estimator.engine.build import BuildOptions
from keras_estimator.engine.element import Element
from keras_estimator.engine.graph import ModelGraph
from keras_estimator.engine.ordering import Updates
from keras_estimator.engine.ordering import keras_updates
from keras_estimator.engine.program import Program
from keras_estimator.engine.subgraph import GraphIndex
from keras_estimator.errors import FeatureNotFoundError
from keras_estimator.errors import KerasEstimatorError
from keras_estimator.errors import ModelFnError
from keras_estimator.errors import ReceiverError
from keras_estimator.export.outputs import EvalOutput
from keras_estimator.export.outputs import TrainOutput
from keras_estimator.export.signatures import serving_signatures
from keras_estimator.export.signatures import supervised_signatures
from keras_estimator.spec import EstimatorSpec
from keras_estimator.spec import ModeKeys

_v1 = tf.compat.v1
_SUPERVISED: dict[str, Any] = {
    ModeKeys.TRAIN: TrainOutput,
    ModeKeys.EVAL: EvalOutput,
}
PROVIDER = Provider(
    "the input receiver function",
    "an `export.SupervisedInputReceiver`, as those of "
    "`experimental.build_raw_supervised_input_receiver_fn` do",
)


class ExportGraph(NamedTuple):
    """One mode of a model, to be written to a SavedModel.

    Attributes:
        program: Its graph and variables.
        signatures: dict of name to `SignatureDef`.
        main_op: Is run by who loads it: initializes tables and local
            variables.
        train_op: What one training step runs, `None` without.
        saver: The `Saver` whose operations the SavedModel is restored by.
    """

    program: Program
    signatures: dict[str, Any]
    main_op: tf.Operation
    train_op: Any
    saver: Any


def build_export(
    model_fn: ModelFn,
    mode: str,
    receiver_fn: Callable[[], Any],
    options: BuildOptions,
) -> ExportGraph:
    """Calls `receiver_fn` and `model_fn`, and returns what they built.

    Args:
        model_fn: The user's function.
        mode: A `ModeKeys` value.
        receiver_fn: Returns what the export is fed, and the features.
        options: See there.

    Raises:
        ReceiverError: If `receiver_fn` returns no receiver, or one of tensors
            of another graph, or one that lacks placeholders.
        FeatureNotFoundError: If model_fn looks for a feature that is not
            there.
        ModelFnError: If model_fn returns something that cannot be exported.
        SpecError: If there is nothing that can be served.
    """
    graph = ModelGraph(options.outside)
    with building.under_construction(graph, options):
        receiver = _receive(graph, receiver_fn)
        batch = receiver.features, getattr(receiver, "labels", None)
        with _NamingFeatures(receiver_fn, batch[0]):
            spec = building.call(graph, model_fn, mode, batch, options)
        if mode == ModeKeys.TRAIN and gradients.is_keras_native(spec.train_op):
            train_op, _ = gradients.minimize(graph, spec)
            spec = spec._replace(train_op=train_op)
        graph.settle_lifetimes()
        users_saver = building.users_saver(spec)
        local_init = building.local_init(graph, spec)
        updates = _updates(graph, spec)
        signatures = _signatures(graph, spec, receiver, updates)
        _check_fed(graph, receiver_fn, signatures)
        train_op = _train_op(graph, spec, updates)
        main_op = _as_one([graph.get_operation_by_name(n) for n in local_init])
        saver = users_saver or _v1.train.Saver(sharded=True)
        _tensorflow.forget_debug_names(graph)
    program = Program(
        mode=mode,
        element=Element(*map(elements.spec_of, batch)),
        spec=spec,
        graph=graph,
        inputs=elements.names(elements.components(receiver.receiver_tensors)),
        step=tuple(_output_names(signatures)),
        updates=updates,
        local_init=local_init,
        saver=users_saver,
    )
    return ExportGraph(program, signatures, main_op, train_op, saver)


def _receive(graph: ModelGraph, receiver_fn: Callable[[], Any]) -> Any:
    """Returns the receiver that the user's function makes.

    Raises:
        ReceiverError: If it is none.
    """
    where = f"The input receiver function {describe_function(receiver_fn)}"
    receiver = receiver_fn()
    if not (
        hasattr(receiver, "features") and hasattr(receiver, "receiver_tensors")
    ):
        raise ReceiverError(
            f"{where} returned {type(receiver).__name__}: {receiver!r}. It "
            "must return a receiver: `return export.ServingInputReceiver("
            "features, receiver_tensors)`."
        )
    tensors = {
        "features": receiver.features,
        "labels": getattr(receiver, "labels", None),
        "receiver_tensors": receiver.receiver_tensors,
    }
    for field, nest in tensors.items():
        for tensor in elements.components(nest):
            if getattr(tensor, "graph", None) is not graph:
                name = getattr(tensor, "name", None) or "an eager tensor"
                raise ReceiverError(
                    f"{where} returned a receiver with {name} in its "
                    f"{field}, which was not made in this call of it. The "
                    "function is called in the graph of each export: let it "
                    "make its placeholders, and what it computes from them, "
                    "every time."
                )
    return receiver


class _NamingFeatures:
    """Says which features there are, where model_fn looks for another one."""

    def __init__(self, receiver_fn: Callable[[], Any], features: Any) -> None:
        self._receiver_fn = receiver_fn
        self._features = features

    def __enter__(self) -> None:
        """Does nothing."""

    def __exit__(self, kind: Any, error: Any, traceback: Any) -> None:
        if (
            not isinstance(error, KeyError)
            or isinstance(error, KerasEstimatorError)
            or not isinstance(self._features, Mapping)
            or not error.args
            or error.args[0] in self._features
        ):
            return
        raise FeatureNotFoundError(
            f"model_fn looks for {error.args[0]!r}, and the features that it "
            "gets from the input receiver function "
            f"{describe_function(self._receiver_fn)} are "
            f"{list(self._features)}. Let the function return that one, too, "
            "in the `features` of its receiver. (A tensor in place of a dict "
            'becomes {"feature": tensor}; `TensorServingInputReceiver` leaves '
            "it as it is.)"
        ).with_traceback(traceback) from error


def _updates(graph: ModelGraph, spec: EstimatorSpec) -> Updates:
    """Returns what Keras code does at each step, ordered in the graph."""
    index = GraphIndex(graph.as_graph_def())
    tensors = elements.components([spec.predictions, spec.loss])
    updates = keras_updates(
        graph,
        index,
        elements.names(tensors),
        training=spec.mode == ModeKeys.TRAIN,
    )
    for name, waited_for in updates.waits.items():
        _tensorflow.add_control_inputs(
            graph.get_operation_by_name(name),
            [graph.get_operation_by_name(other) for other in waited_for],
        )
    return updates


def _signatures(
    graph: ModelGraph, spec: EstimatorSpec, receiver: Any, updates: Updates
) -> dict[str, Any]:
    if spec.mode == ModeKeys.PREDICT:
        outputs: Any = spec.export_outputs
        index = GraphIndex(graph.as_graph_def())
        signatures = serving_signatures(
            receiver, outputs, lambda s: _unfed(index, s, updates.forced)
        )
        _tie(graph, signatures, updates.forced)
        return signatures
    of_metrics: dict[str, tf.Operation] = {}
    metrics: dict[str, Any] = {}
    for name, metric in spec.eval_metric_ops.items():
        if isinstance(metric, keras.metrics.Metric):
            writes = _writes(graph, metric, updates.forced)
            of_metrics.update((write.name, write) for write in writes)
            metrics.update(_value_and_update(name, metric, writes))
        else:
            metrics[name] = metric
    output = _SUPERVISED[spec.mode](spec.loss, spec.predictions, metrics)
    signatures = supervised_signatures(receiver, {spec.mode: output})
    if spec.mode == ModeKeys.EVAL:
        # Those of metrics are what their update operations are for.
        others = [name for name in updates.forced if name not in of_metrics]
        _tie(graph, signatures, others)
    return signatures


def _writes(
    graph: ModelGraph, metric: keras.metrics.Metric, forced: Iterable[str]
) -> list[tf.Operation]:
    """Returns the operations that update a Keras metric.

    Raises:
        ModelFnError: If there are none.
    """
    own = {id(variable) for variable in metric.variables}
    handles = {
        record.handle
        for record in graph.records
        if id(record.keras_variable) in own
    }
    operations = [graph.get_operation_by_name(name) for name in forced]
    writes = [
        operation
        for operation in operations
        if not handles.isdisjoint(tensor.op.name for tensor in operation.inputs)
    ]
    if not writes:
        raise ModelFnError(
            f'Please call update_state(...) on the "{metric.name}" metric in '
            "model_fn: without it the metric stays at its initial value."
        )
    return writes


def _value_and_update(
    name: str, metric: keras.metrics.Metric, writes: Sequence[tf.Operation]
) -> dict[str, Any]:
    """Returns a Keras metric as TF1's (value, update operation)."""
    update = tf.group(*writes, name=f"{metric.name}/update")
    result = metric.result()
    if not isinstance(result, Mapping):
        return {name: (tf.convert_to_tensor(result), update)}
    return {
        f"{name}/{key}": (tf.convert_to_tensor(value), update)
        for key, value in result.items()
    }


def _tie(
    graph: ModelGraph, signatures: Mapping[str, Any], forced: Sequence[str]
) -> None:
    """Lets updates run with each output that is fetched.

    The outputs keep their names, for who loads them by name. Where an update
    waits for an output, the output is a copy, of after the update.

    Args:
        graph: The graph, changed in place.
        signatures: Name -> signature, changed in place.
        forced: Names of the updates.
    """
    if not forced:
        return
    updates = [graph.get_operation_by_name(name) for name in forced]
    before = GraphIndex(graph.as_graph_def()).ancestors(forced)
    copies: dict[str, str] = {}
    for name in dict.fromkeys(_output_names(signatures)):
        tensor = graph.get_tensor_by_name(name)
        if tensor.op.name not in before:
            _tensorflow.add_control_inputs(tensor.op, updates)
            continue
        with tf.control_dependencies(updates):
            copies[name] = tf.identity(tensor, f"{tensor.op.name}_out").name
    for signature in signatures.values():
        for info in signature.outputs.values():
            info.name = copies.get(info.name, info.name)


def _check_fed(
    graph: ModelGraph,
    receiver_fn: Callable[[], Any],
    signatures: Mapping[str, Any],
) -> None:
    """Refuses signatures that whoever loads the export could not run.

    Raises:
        ReceiverError: If outputs need placeholders that are not fed.
    """
    index = GraphIndex(graph.as_graph_def())
    lacking = {name: _unfed(index, s) for name, s in signatures.items()}
    lacking = {name: names for name, names in lacking.items() if names}
    if not lacking:
        return
    placeholders = list(dict.fromkeys(n for ns in lacking.values() for n in ns))
    inputs = sorted(
        tensor
        for info in signatures[next(iter(lacking))].inputs.values()
        for tensor in _tensor_names(info)
    )
    raise ReceiverError(
        f"The input receiver function {describe_function(receiver_fn)} "
        f"returned a receiver that is fed {inputs}, but the signatures "
        f"{sorted(lacking)} need the placeholders {placeholders}, too: nobody "
        "could feed the export. Add them to the `receiver_tensors`; compute "
        "the features from what is there; or make them with "
        "`tf.compat.v1.placeholder_with_default`."
    )


def _unfed(
    index: GraphIndex, signature: Any, updates: Sequence[str] = ()
) -> list[str]:
    """Returns the placeholders that a signature needs and does not feed.

    Args:
        index: The graph.
        signature: A `SignatureDef`.
        updates: Names of operations that are to run with each output.
    """
    fed = {n for info in signature.inputs.values() for n in _tensor_names(info)}
    fetched = [
        n for info in signature.outputs.values() for n in _tensor_names(info)
    ]
    needed = index.ancestors([*fetched, *updates], fed)
    return sorted(
        f"{name}:0" for name in needed if index.nodes[name].op == "Placeholder"
    )


def _tensor_names(info: Any) -> list[str]:
    """Returns the names of the tensors that one `TensorInfo` consists of."""
    kind = info.WhichOneof("encoding")
    if kind == "coo_sparse":
        sparse = info.coo_sparse
        return [
            sparse.values_tensor_name,
            sparse.indices_tensor_name,
            sparse.dense_shape_tensor_name,
        ]
    if kind == "composite_tensor":
        return [
            name
            for component in info.composite_tensor.components
            for name in _tensor_names(component)
        ]
    return [info.name]


def _output_names(signatures: Mapping[str, Any]) -> list[str]:
    return [
        info.name
        for signature in signatures.values()
        for info in signature.outputs.values()
    ]


def _train_op(graph: ModelGraph, spec: EstimatorSpec, updates: Updates) -> Any:
    """Returns what one training step runs, `None` without."""
    if spec.train_op is None or gradients.is_keras_native(spec.train_op):
        return None
    train_op = graph.as_graph_element(spec.train_op)
    if spec.mode != ModeKeys.TRAIN or not updates.forced:
        return train_op
    forced = [graph.get_operation_by_name(name) for name in updates.forced]
    return tf.group(train_op, *forced, name="train")


def _as_one(operations: Sequence[tf.Operation]) -> tf.Operation:
    """Returns one operation for all; the one that there is keeps its name."""
    return operations[0] if len(operations) == 1 else tf.group(*operations)
