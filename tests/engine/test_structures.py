"""Whatever the structure of an input: model_fn gets it, and its values."""

import collections

import numpy as np
import tensorflow as tf
from hypothesis import HealthCheck
from hypothesis import Phase
from hypothesis import assume
from hypothesis import given
from hypothesis import settings
from hypothesis import strategies as st

import keras_estimator as ke
from keras_estimator.engine import element as elements
from keras_estimator.engine.build import BuildOptions
from keras_estimator.engine.build import build
from keras_estimator.engine.steps import StepRunner
from keras_estimator.inputs.input_fn import call_input_fn
from tests.engine.conftest import bound

v1 = tf.compat.v1
DTYPES = [
    np.float32,
    np.float64,
    np.float16,
    np.int32,
    np.int64,
    np.uint8,
    np.bool_,
    np.complex64,
    np.str_,
]
Pair = collections.namedtuple("Pair", ["left", "right"])
Leaf = collections.namedtuple("Leaf", ["kind", "dtype", "shape"])

leaves = st.builds(
    Leaf,
    st.sampled_from(["dense", "dense", "dense", "sparse", "ragged", "none"]),
    st.sampled_from(DTYPES),
    st.lists(st.integers(1, 3), max_size=2),
)
nests = st.recursive(
    leaves,
    lambda inner: (
        st.dictionaries(st.sampled_from("zyxab"), inner, max_size=3)
        | st.tuples(inner, inner)
        | st.builds(Pair, inner, inner)
    ),
    max_leaves=4,
)


@st.composite
def inputs(draw):
    """Features, labels, rows, batch size, and how input_fn provides them."""
    features = draw(nests)
    # A dataset has tensors.
    assume(any(leaf.kind != "none" for leaf in leaves_of(features)))
    labels = draw(st.none() | nests)
    return (
        features,
        labels,
        draw(st.integers(1, 5)),
        draw(st.integers(1, 3)),
        draw(st.booleans()),
        draw(st.sampled_from(["graph", "eager", "iterator"])),
    )


def rows_of(leaf, rows):
    """A tensor with different values in its rows."""
    # TensorFlow cannot take a sparse vector apart.
    shape = leaf.shape or [2] * (leaf.kind == "sparse")
    count = rows * int(np.prod(shape, dtype=int))
    values = np.arange(1, count + 1).reshape([rows, *shape])
    values = values.astype(leaf.dtype)
    if leaf.kind == "sparse":
        return tf.sparse.from_dense(values)
    if leaf.kind == "ragged":
        lengths = [row % 3 for row in range(rows)]
        flat = np.arange(sum(lengths)).astype(leaf.dtype)
        return tf.RaggedTensor.from_row_lengths(flat, lengths)
    return tf.constant(values)


def is_leaf(nest):
    return isinstance(nest, Leaf)


def leaves_of(nest):
    """The leaves of a nest; a Leaf is itself a tuple, which tf.nest opens."""
    if is_leaf(nest):
        return [nest]
    parts = nest.values() if isinstance(nest, dict) else nest or ()
    return [leaf for part in parts for leaf in leaves_of(part)]


def filled(nest, tensors):
    """The nest with the next tensors in place of leaves."""
    if nest is None:
        return None
    if is_leaf(nest):
        return None if nest.kind == "none" else next(tensors)
    if isinstance(nest, dict):
        return {key: filled(part, tensors) for key, part in nest.items()}
    parts = [filled(part, tensors) for part in nest]
    return Pair(*parts) if isinstance(nest, Pair) else tuple(parts)


def dataset_of(features, labels, rows, batch_size, drop_remainder):
    nest = features if labels is None else (features, labels)
    tensors = tuple(
        rows_of(leaf, rows) for leaf in leaves_of(nest) if leaf.kind != "none"
    )
    # The row numbers keep a nest without tensors from being no dataset.
    dataset = tf.data.Dataset.from_tensor_slices((tf.range(rows), *tensors))

    def pack(_, *parts):
        whole = filled(nest, iter(parts))
        # A pair would be taken for features and labels.
        return (whole, None) if labels is None else whole

    return dataset.batch(batch_size, drop_remainder).map(pack)


def plain(tensor):
    if tensor is None:
        return None
    if isinstance(tensor, (tf.SparseTensor, v1.SparseTensorValue)):
        return [np.asarray(part).tolist() for part in tensor_parts(tensor)]
    if hasattr(tensor, "to_list"):
        return tensor.to_list()
    return np.asarray(tensor).tolist()


def tensor_parts(sparse):
    return sparse.indices, sparse.values, sparse.dense_shape


def same_structure(one, other):
    """Whether nests have the same containers, with keys in the same order."""
    if isinstance(one, dict):
        return list(one) == list(other) and all(
            same_structure(one[key], other[key]) for key in one
        )
    if isinstance(one, tuple):
        return (
            type(one) is type(other)
            and len(one) == len(other)
            and all(map(same_structure, one, other))
        )
    return not isinstance(other, (dict, tuple))


def assert_is_of(tensor, spec):
    """A tensor of the graph has dtype and static shape of a spec."""
    if not elements.components(spec):  # that of a None
        assert tensor is None
        return
    assert spec.is_compatible_with(tensor)
    assert tensor.dtype == spec.dtype
    assert tensor.shape.as_list() == spec.shape.as_list()


# Without shrinking: a step in it takes a tenth of a second.
SETTINGS = settings(
    deadline=None,
    derandomize=True,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)


@settings(SETTINGS, max_examples=12)
@given(inputs())
def test_a_model_fn_gets_the_structure_the_shapes_and_the_values(drawn):
    features, labels, rows, batch_size, drop_remainder, place = drawn
    arguments = (features, labels, rows, batch_size, drop_remainder)
    eager = dataset_of(*arguments)
    input_fn = {
        "graph": lambda: dataset_of(*arguments),
        "eager": lambda: eager,
        "iterator": lambda: v1.data.make_one_shot_iterator(
            dataset_of(*arguments)
        ).get_next(),
    }[place]
    seen = []

    def model_fn(features, labels, mode):
        seen.append((features, labels))
        step = v1.train.get_global_step()
        return ke.EstimatorSpec(
            mode, loss=tf.constant(0.0), train_op=step.assign_add(1)
        )

    given_input = call_input_fn(input_fn, {}, seed=None, with_labels=True)
    program = build(model_fn, "train", given_input.element, BuildOptions())

    # What it gets.
    (got,) = seen
    expected_specs = eager.element_spec
    for mine, spec in zip(got, expected_specs, strict=True):
        assert same_structure(mine, spec)
        flat = zip(tf.nest.flatten(mine), tf.nest.flatten(spec), strict=True)
        for tensor, its_spec in flat:
            assert_is_of(tensor, its_spec)

    # The values that arrive.
    binding = bound(program)
    steps = StepRunner(binding, given_input.batches(), counts=True)
    names = elements.names(elements.components(got))
    count = 0
    for batch in eager:
        values = steps.run(names)
        arrived = iter([values[name] for name in names])
        for tensor in tf.nest.flatten(batch):
            if tensor is None:
                continue
            parts = [next(arrived) for _ in elements.components(tensor)]
            whole = tf.nest.pack_sequence_as(
                tensor, parts, expand_composites=True
            )
            assert plain(whole) == plain(tensor)
        count += 1
    full, rest = divmod(rows, batch_size)
    assert count == full + bool(rest and not drop_remainder)
    assert steps.run_fused(5).ended


@settings(SETTINGS, max_examples=6)
@given(inputs())
def test_an_identity_predicts_the_dataset(drawn):
    features, labels, rows, batch_size, _, _ = drawn
    arguments = (features, labels, rows, batch_size, False)
    eager = dataset_of(*arguments)

    def model_fn(features, mode):
        flat = [t for t in tf.nest.flatten(features) if t is not None]
        tensors = {
            f"{i:02}": _dense(tensor) * 1
            if tensor.dtype not in (tf.string, tf.bool)
            else tf.identity(_dense(tensor))
            for i, tensor in enumerate(flat)
        }
        return ke.EstimatorSpec(
            mode, predictions={**tensors, "always": tf.constant([1])}
        )

    predicted = ke.Estimator(model_fn).predict(
        lambda: dataset_of(*arguments), yield_single_examples=False
    )
    for batch in eager:
        found = next(predicted)
        assert found.pop("always").tolist() == [1]
        flat = [t for t in tf.nest.flatten(batch[0]) if t is not None]
        assert [found[key].tolist() for key in sorted(found)] == [
            _dense(tensor).numpy().tolist() for tensor in flat
        ]
    assert list(predicted) == []


def _dense(tensor):
    if isinstance(tensor, tf.SparseTensor):
        if tensor.dtype in (tf.string,):
            return tf.sparse.to_dense(tensor, default_value="")
        return tf.sparse.to_dense(tensor)
    if isinstance(tensor, tf.RaggedTensor):
        return tensor.to_tensor()
    return tensor
