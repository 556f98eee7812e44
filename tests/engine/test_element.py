"""Element: the signature of a batch."""

import collections

import pytest
import tensorflow as tf

from keras_estimator.engine import element as elements
from keras_estimator.engine.element import Element

X = tf.TensorSpec([None, 2])
Y = tf.TensorSpec([None], tf.int64)
SPARSE = tf.SparseTensorSpec([None, 5], tf.int32)
RAGGED = tf.RaggedTensorSpec([None, None], tf.int32)
NONE = tf.data.Dataset.range(1).map(lambda x: (x, None)).element_spec[1]
Pair = collections.namedtuple("Pair", ["a", "b"])


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (Element(X), Element(tf.TensorSpec([None, 2])), True),
        (Element(X, Y), Element(X), False),
        (Element(X), Element(Y), False),
        (Element(X), Element(tf.TensorSpec([4, 2])), False),
        (Element(X), Element(tf.TensorSpec([None, 2], tf.float64)), False),
        (Element({"a": X}), Element({"a": X}), True),
        (Element({"a": X}), Element({"b": X}), False),
        (Element({"a": X, "b": Y}), Element({"b": Y, "a": X}), False),
        (Element((X, Y)), Element([X, Y]), False),
        (Element((X, Y)), Element(Pair(X, Y)), False),
        (Element(SPARSE), Element(RAGGED), False),
        (Element({"a": (X, Y)}), Element({"a": X}, {"b": Y}), False),
    ],
)
def test_signatures_have_equal_keys_exactly_if_they_are_equal(one, other, same):
    assert (one.key == other.key) is same
    assert len({one.key, other.key}) == 2 - same


@pytest.mark.parametrize(
    ("element", "text"),
    [
        (Element(X), "features float32 [None, 2], no labels"),
        (
            Element({"a": X, "b": Y}, Y),
            "features {'a': 'float32 [None, 2]', 'b': 'int64 [None]'}, labels "
            "int64 [None]",
        ),
        (Element(SPARSE), "features SparseTensor int32 [None, 5], no labels"),
        (
            Element((RAGGED,), None),
            "features ('RaggedTensor int32 [None, None]',), no labels",
        ),
        (
            Element(tf.TensorSpec(None), {"y": NONE}),
            "features float32 <unknown>, labels {'y': 'NoneTensor'}",
        ),
    ],
)
def test_a_signature_is_described_in_one_line(element, text):
    assert element.describe() == text


def test_components_are_tensors_in_the_order_of_the_nest():
    nest = ({"b": SPARSE, "a": X}, None, (RAGGED, Y))
    assert [c.dtype.name for c in elements.components(nest)] == [
        "float32",
        *("int64", "int32", "int64"),
        *("int32", "int64"),
        "int64",
    ]
    assert elements.components(None) == []
    assert elements.components({}) == []


def test_placeholders_have_the_structure_and_the_static_shapes():
    specs = {
        "b": X,
        "a": (Y, None),
        "sparse": SPARSE,
        "ragged": RAGGED,
        "none": NONE,
        "pair": Pair(X, tf.TensorSpec(None, tf.string)),
    }
    with tf.Graph().as_default():
        found = elements.placeholders(specs)
        assert list(found) == list(specs)
        assert found["b"].shape == [None, 2]
        assert found["a"][1] is None
        assert found["none"] is None
        assert isinstance(found["pair"], Pair)
        assert found["pair"].b.shape.rank is None
        assert found["sparse"].shape == [None, 5]
        assert isinstance(found["ragged"], tf.RaggedTensor)
        assert elements.names(elements.components(found)) == tuple(
            t.name for t in elements.components(found)
        )
        names = elements.names(elements.components(found))
    assert all(name.startswith("keras_estimator_input/") for name in names)


def test_placeholders_take_no_name_from_the_model_fn():
    with tf.Graph().as_default():
        elements.placeholders((X, Y))
        assert tf.compat.v1.placeholder(tf.float32).name == "Placeholder:0"


def test_specs_of_tensors_are_those_of_their_static_shapes():
    with tf.Graph().as_default():
        x = tf.compat.v1.placeholder(tf.float32, [None, 3])
        found = elements.spec_of({"x": x, "none": None})
    assert found == {"x": tf.TensorSpec([None, 3]), "none": None}


def test_a_relaxed_batch_may_have_any_size():
    specs = {"x": tf.TensorSpec([4, 2]), "s": SPARSE, "n": tf.TensorSpec([])}
    relaxed = elements.relax_batch(specs)
    assert relaxed["x"] == X
    assert relaxed["s"] == SPARSE
    assert relaxed["n"] == tf.TensorSpec([])


@pytest.mark.parametrize(
    ("mine", "others", "takes"),
    [
        (X, tf.TensorSpec([4, 2]), True),
        (X, X, True),
        (tf.TensorSpec([4, 2]), X, False),
        (X, tf.TensorSpec([4, 3]), False),
        (X, Y, False),
        ({"a": X}, {"a": tf.TensorSpec([1, 2])}, True),
        ({"a": X}, {"b": X}, False),
        ({"a": X}, X, False),
        ((X, None), (X, None), True),
        ((X, Y), (X, None), False),
    ],
)
def test_a_program_takes_batches_that_its_signature_covers(mine, others, takes):
    assert elements.takes(mine, others) is takes
