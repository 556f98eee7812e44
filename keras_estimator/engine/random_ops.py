"""Stateful random operations, rewritten to draw from explicit streams.

A TF1 random operation keeps its position in its stream inside its kernel, and
each function that a graph is cut into has kernels of its own: how steps are
grouped into calls would change every dropout mask. So each seeded operation
gets a *stream*, a variable `[counter, seed2, seed]`, and is replaced by a call
of a small function that advances the stream and draws with the stateless
operation of the same distribution. Philox makes them equal bit for bit:

    RandomUniform(seed=7, seed2=5), draw k, of n values
        == StatelessRandomUniformV2(key=[7], counter=[k * n * 256, 5], alg=1)

A kernel reserves 256 samples for each value (random_op_cpu.h), a shuffle one
32-bit sample for each. Distributions marked `derived` below have no stateless
twin with the same stream; they draw other numbers than TensorFlow's kernels,
though reproducible ones.
"""

import functools
from collections.abc import Callable
from collections.abc import Sequence
from typing import Any
from typing import NamedTuple

import tensorflow as tf

from keras_estimator.engine import while_loops

_raw = tf.raw_ops
_PHILOX = 1
_STREAM_SHAPE = [3]
# Stands for the binding in names that must differ between bindings.
BINDING = "keras_estimator_binding"


class RandomStream(NamedTuple):
    """The stream of one random operation.

    Attributes:
        operation: Name of the operation, with its function if it is in one.
        state: Initial `[counter, seed2, seed]`.
        handle: Tensor of the graph that takes the stream's resource handle;
            `None` inside a function, or a loop of TF1's own kind, where it is
            found by `shared_name`.
        shared_name: Name of the resource, with `BINDING` in it.
    """

    operation: str
    state: tuple[int, int, int]
    handle: str | None
    shared_name: str


class _Distribution(NamedTuple):
    # Of each input: a dtype, or the attribute that holds it.
    inputs: tuple[tf.DType | str, ...]
    # The attribute, or dtype, of each output.
    outputs: tuple[tf.DType | str, ...]
    draw: Callable[..., Any]


class _Stream:
    """Reads and advances the state behind a handle, while tracing."""

    def __init__(self, handle: tf.Tensor) -> None:
        self._handle = handle

    def philox(self, values: tf.Tensor) -> dict[str, Any]:
        """Returns key and counter for drawing `values` values."""
        state = _raw.RngReadAndSkip(
            resource=self._handle,
            alg=_PHILOX,
            delta=tf.cast(values, tf.uint64),
        )
        return _key_and_counter(state)

    def shuffle(self, values: tf.Tensor) -> dict[str, Any]:
        """Returns key and counter for shuffling `values` values."""
        state = _raw.ReadVariableOp(resource=self._handle, dtype=tf.int64)
        # The last value has no choice left: the kernel draws one less.
        blocks = (tf.cast(values, tf.int64) + 2) // 4
        _raw.AssignAddVariableOp(
            resource=self._handle,
            value=tf.stack([blocks, tf.zeros_like(blocks), 0 * blocks]),
        )
        return _key_and_counter(state)

    def derived_seed(self) -> tf.Tensor:
        """Returns a seed of its own for each draw."""
        state = _raw.RngReadAndSkip(
            resource=self._handle, alg=_PHILOX, delta=tf.constant(1, tf.uint64)
        )
        high = tf.bitwise.left_shift(state[1], tf.constant(32, tf.int64))
        return tf.stack([state[2] + high, state[0]])


def _key_and_counter(state: tf.Tensor) -> dict[str, Any]:
    bits = tf.bitcast(state, tf.uint64)
    return {"key": bits[2:], "counter": bits[:2], "alg": _PHILOX}


def _floats(
    operation: Callable, stream: _Stream, attrs: Any, shape: Any
) -> Any:
    return operation(
        shape=shape,
        dtype=attrs["dtype"],
        **stream.philox(tf.reduce_prod(shape)),
    )


def _integers(
    stream: _Stream, attrs: Any, shape: Any, minval: Any, maxval: Any
) -> Any:
    return _raw.StatelessRandomUniformIntV2(
        shape=shape,
        minval=minval,
        maxval=maxval,
        **stream.philox(tf.reduce_prod(shape)),
    )


def _gamma(stream: _Stream, attrs: Any, shape: Any, alpha: Any) -> Any:
    full = tf.concat([shape, tf.shape(alpha, out_type=shape.dtype)], 0)
    return _raw.StatelessRandomGammaV3(
        shape=full, alpha=alpha, **stream.philox(tf.reduce_prod(full))
    )


def _shuffle(stream: _Stream, attrs: Any, value: Any) -> Any:
    rows = tf.shape(value)[0]
    # The kernel passes on what has no order without drawing.
    has_order = (rows > 1) & (tf.size(value) > 1)
    return _raw.StatelessShuffle(
        value=value, **stream.shuffle(tf.where(has_order, rows, 0))
    )


def _multinomial(
    stream: _Stream, attrs: Any, logits: Any, num_samples: Any
) -> Any:
    return _raw.StatelessMultinomial(
        logits=logits,
        num_samples=num_samples,
        seed=stream.derived_seed(),
        output_dtype=attrs["output_dtype"],
    )


def _poisson(stream: _Stream, attrs: Any, shape: Any, rate: Any) -> Any:
    return _raw.StatelessRandomPoisson(
        shape=tf.concat([shape, tf.shape(rate, out_type=shape.dtype)], 0),
        seed=stream.derived_seed(),
        lam=rate,
        dtype=attrs["dtype"],
    )


_DISTRIBUTIONS = {
    "RandomUniform": _Distribution(
        ("T",),
        ("dtype",),
        functools.partial(_floats, _raw.StatelessRandomUniformV2),
    ),
    "RandomStandardNormal": _Distribution(
        ("T",),
        ("dtype",),
        functools.partial(_floats, _raw.StatelessRandomNormalV2),
    ),
    "TruncatedNormal": _Distribution(
        ("T",),
        ("dtype",),
        functools.partial(_floats, _raw.StatelessTruncatedNormalV2),
    ),
    "RandomUniformInt": _Distribution(
        ("T", "Tout", "Tout"), ("Tout",), _integers
    ),
    "RandomGamma": _Distribution(("S", "T"), ("T",), _gamma),
    "RandomShuffle": _Distribution(("T",), ("T",), _shuffle),
    "Multinomial": _Distribution(
        ("T", tf.int32), ("output_dtype",), _multinomial
    ),  # derived
    "RandomPoissonV2": _Distribution(
        ("S", "R"), ("dtype",), _poisson
    ),  # derived
}


def make_explicit(
    graph_def: tf.compat.v1.GraphDef, shapes: Callable[[str], tf.TensorShape]
) -> list[RandomStream]:
    """Rewrites the seeded random operations of a graph in place.

    Args:
        graph_def: The graph, its function library included.
        shapes: Returns the static shape of a tensor of the graph by name.

    Returns:
        The streams that a binding must provide.
    """
    streams = []
    nodes, functions = [], []
    has_loops = any(node.op == "Enter" for node in graph_def.node)
    for node in list(graph_def.node):
        if _is_seeded(node):
            in_loop = has_loops and while_loops.frames(graph_def, [node.name])
            rewrite = _rewrite_in_loop if in_loop else _rewrite_in_graph
            streams.append(rewrite(graph_def, node, shapes))
            nodes.append(node.name)
    for function in list(graph_def.library.function):
        for node in list(function.node_def):
            if _is_seeded(node):
                streams.append(_rewrite_in_function(graph_def, function, node))
                functions.append(function.signature.name)
    while_loops.run_in_sequence(graph_def, nodes, functions)
    return streams


def _is_seeded(node: tf.compat.v1.NodeDef) -> bool:
    # Kernels take (0, 0) as "draw a seed": such an operation is random anyway.
    return node.op in _DISTRIBUTIONS and (
        node.attr["seed"].i != 0 or node.attr["seed2"].i != 0
    )


def _stream(node: tf.compat.v1.NodeDef, place: str, handle: str | None) -> Any:
    operation = f"{place}{node.name}"
    return RandomStream(
        operation,
        (0, node.attr["seed2"].i, node.attr["seed"].i),
        handle,
        f"{BINDING}/{operation}",
    )


def _rewrite_in_graph(
    graph_def: tf.compat.v1.GraphDef,
    node: tf.compat.v1.NodeDef,
    shapes: Callable[[str], tf.TensorShape],
) -> RandomStream:
    handle = graph_def.node.add(
        name=f"{node.name}/keras_estimator_stream", op="Placeholder"
    )
    handle.attr["dtype"].type = tf.resource.as_datatype_enum
    stream = _stream(node, "", f"{handle.name}:0")
    _become_call_in_graph(graph_def, node, handle.name, shapes)
    return stream


def _rewrite_in_loop(
    graph_def: tf.compat.v1.GraphDef,
    node: tf.compat.v1.NodeDef,
    shapes: Callable[[str], tf.TensorShape],
) -> RandomStream:
    stream = _stream(node, "", None)
    handle = graph_def.node.add()
    _become_handle(handle, node, stream)
    # What has no input from inside of the loop would not be in it: constants
    # of the call's function, too.
    inside = while_loops.control_inputs(graph_def, node)
    handle.input[:] = inside
    node.input.extend(i for i in inside if i not in node.input)
    _become_call_in_graph(graph_def, node, handle.name, shapes)
    return stream


def _become_call_in_graph(
    graph_def: tf.compat.v1.GraphDef,
    node: tf.compat.v1.NodeDef,
    handle: str,
    shapes: Callable[[str], tf.TensorShape],
) -> None:
    shape = shapes(f"{node.name}:0").as_proto()
    _become_call(graph_def, node, handle)
    # A call tells the importer nothing about the shape of its result.
    node.attr["_output_shapes"].list.shape.append(shape)


def _rewrite_in_function(
    graph_def: tf.compat.v1.GraphDef, function: Any, node: Any
) -> RandomStream:
    stream = _stream(node, f"{function.signature.name}/", None)
    handle = function.node_def.add()
    _become_handle(handle, node, stream)
    _become_call(graph_def, node, f"{handle.name}:resource:0")
    return stream


def _become_handle(
    handle: tf.compat.v1.NodeDef,
    node: tf.compat.v1.NodeDef,
    stream: RandomStream,
) -> None:
    """Turns a new node into one that finds a stream by its name."""
    handle.name = f"{node.name}/keras_estimator_stream"
    handle.op = "VarHandleOp"
    handle.attr["dtype"].type = tf.int64.as_datatype_enum
    handle.attr["shape"].shape.CopyFrom(
        tf.TensorShape(_STREAM_SHAPE).as_proto()
    )
    handle.attr["shared_name"].s = stream.shared_name.encode()


def _become_call(
    graph_def: tf.compat.v1.GraphDef,
    node: tf.compat.v1.NodeDef,
    handle: str,
) -> None:
    """Turns a random operation's node into a call of its replacement."""
    distribution = _DISTRIBUTIONS[node.op]
    inputs = tuple(_dtype(node, spec) for spec in distribution.inputs)
    outputs = tuple(_dtype(node, spec) for spec in distribution.outputs)
    function, call = _replacement(node.op, inputs, outputs)
    if all(
        f.signature.name != function.signature.name
        for f in graph_def.library.function
    ):
        graph_def.library.function.add().CopyFrom(function)
    data = [i for i in node.input if i[0] != "^"]
    control = [i for i in node.input if i[0] == "^"]
    node.op = call.op
    node.input[:] = [*data, handle, *control]
    node.attr.clear()
    for name, value in call.attr.items():
        node.attr[name].CopyFrom(value)


def _dtype(node: tf.compat.v1.NodeDef, spec: tf.DType | str) -> tf.DType:
    if isinstance(spec, str):
        return tf.dtypes.as_dtype(node.attr[spec].type)
    return spec


@functools.cache
def _replacement(
    kind: str,
    inputs: Sequence[tf.DType],
    outputs: Sequence[tf.DType],
) -> tuple[Any, Any]:
    """Returns the FunctionDef that replaces `kind`, and a node calling it."""
    distribution = _DISTRIBUTIONS[kind]
    attrs = dict(zip(distribution.outputs, outputs, strict=True))

    @tf.function(autograph=False)
    def draw(*values_and_handle: tf.Tensor) -> Any:
        *values, handle = values_and_handle
        return distribution.draw(_Stream(handle), attrs, *values)

    with tf.Graph().as_default() as scratch:
        draw(
            *(tf.compat.v1.placeholder(dtype) for dtype in inputs),
            tf.compat.v1.placeholder(tf.resource, []),
        )
        graph_def = scratch.as_graph_def()
    (call,) = (n for n in graph_def.node if n.op == "StatefulPartitionedCall")
    (function,) = graph_def.library.function
    return function, call
