"""The signature of a batch: what a dataset says its elements are."""

from collections.abc import Iterable
from typing import Any
from typing import NamedTuple

import tensorflow as tf

from keras_estimator._types import ElementSpec

_SCOPE = "keras_estimator_input"


class Element(NamedTuple):
    """Features and labels as nests of `tf.TypeSpec`.

    The shapes are the static ones of the dataset's `element_spec`, never those
    of one batch: the last batch is often smaller.

    Attributes:
        features: Nest of specs.
        labels: Nest of specs, `None` without labels.
    """

    features: ElementSpec
    labels: ElementSpec = None

    @property
    def key(self) -> tuple:
        """A hashable value, equal for equal signatures."""
        leaves = tf.nest.flatten(tuple(self))
        structure = tf.nest.map_structure(lambda _: 0, tuple(self))
        return repr(structure), tuple(leaves)

    def describe(self) -> str:
        """Returns the signature in one line, for messages."""
        features = tf.nest.map_structure(_describe, self.features)
        if self.labels is None:
            return f"features {features}, no labels"
        labels = tf.nest.map_structure(_describe, self.labels)
        return f"features {features}, labels {labels}"


def components(nest: Any) -> list[Any]:
    """Returns the tensors, or tensor specs, that a nest is made of.

    Sparse and ragged tensors count as their component tensors, `None` as none.
    """
    return [
        leaf
        for leaf in tf.nest.flatten(nest, expand_composites=True)
        if leaf is not None
    ]


def placeholders(specs: ElementSpec) -> Any:
    """Returns a nest of placeholders in the default graph, one per spec."""
    with tf.compat.v1.name_scope(f"{_SCOPE}/"):
        return tf.nest.map_structure(_placeholder, specs)


def _placeholder(spec: Any) -> Any:
    if spec is None or spec.value_type is type(None):
        return None
    flat = [
        tf.compat.v1.placeholder(component.dtype, component.shape)
        for component in components(spec)
    ]
    tensor = tf.nest.pack_sequence_as(spec, flat, expand_composites=True)
    if isinstance(tensor, tf.SparseTensor):
        shape = _with_known_sizes(tensor.dense_shape, spec.shape)
        tensor = tf.SparseTensor(tensor.indices, tensor.values, shape)
        tensor.set_shape(spec.shape)
    return tensor


def _with_known_sizes(dense_shape: Any, static: tf.TensorShape) -> Any:
    """Returns a sparse tensor's shape, constants in place of known sizes.

    As in what a TF1 iterator gives: `tf.sparse.to_dense` and a layer after it
    know the number of columns by them.
    """
    known = static.as_list() if static.rank else []
    if None not in known and known:
        return tf.constant(known, tf.int64)
    if not any(size is not None for size in known):
        return dense_shape
    sizes = tf.unstack(dense_shape, len(known))
    return tf.stack(
        [
            size if fixed is None else tf.constant(fixed, tf.int64)
            for size, fixed in zip(sizes, known, strict=True)
        ]
    )


def _describe(spec: Any) -> str:
    if spec is None:
        return "None"
    kind = type(spec).__name__.removesuffix("Spec")
    if not hasattr(spec, "shape") or not hasattr(spec, "dtype"):
        return kind
    shape = spec.shape if spec.shape.rank is None else list(spec.shape)
    prefix = "" if kind == "Tensor" else f"{kind} "
    return f"{prefix}{spec.dtype.name} {shape}"


def spec_of(nest: Any) -> ElementSpec:
    """Returns the specs of a nest of tensors, with the shapes they have."""
    return tf.nest.map_structure(
        lambda t: None if t is None else tf.type_spec_from_value(t), nest
    )


def relax_batch(specs: ElementSpec) -> ElementSpec:
    """Returns specs whose first dimension may have any size."""
    return tf.nest.map_structure(_relax, specs)


def is_spec(nest: Any) -> bool:
    """Whether a nest consists of specs, `None` for what is not there."""
    leaves = [leaf for leaf in tf.nest.flatten(nest) if leaf is not None]
    return bool(leaves) and all(isinstance(x, tf.TypeSpec) for x in leaves)


def takes(specs: ElementSpec, others: ElementSpec) -> bool:
    """Whether a program for `specs` can run on all batches of `others`."""
    try:
        tf.nest.assert_same_structure(specs, others)
    except (TypeError, ValueError):
        return False
    pairs = zip(tf.nest.flatten(specs), tf.nest.flatten(others), strict=True)
    return all(
        a is b or (None not in (a, b) and b.is_subtype_of(a)) for a, b in pairs
    )


def _relax(spec: Any) -> Any:
    shape = getattr(spec, "shape", None)
    if shape is None or not shape.rank:  # a scalar has no batch dimension
        return spec
    shape = tf.TensorShape([None, *shape[1:]])
    if isinstance(spec, tf.RaggedTensorSpec):
        return tf.RaggedTensorSpec(
            shape, spec.dtype, spec.ragged_rank, spec.row_splits_dtype
        )
    if isinstance(spec, (tf.TensorSpec, tf.SparseTensorSpec)):
        return type(spec)(shape, spec.dtype)
    return spec


def names(tensors: Iterable[tf.Tensor]) -> tuple[str, ...]:
    """Returns the graph names of tensors."""
    return tuple(tensor.name for tensor in tensors)
