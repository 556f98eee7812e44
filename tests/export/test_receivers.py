"""Receivers: what they refuse, and say then.

What they make is compared with the real ones in `tests/parity`.
"""

import pytest
import tensorflow as tf

import keras_estimator as ke

_v1 = tf.compat.v1
_X = tf.zeros([2, 3])


def _refused(error, make):
    with pytest.raises(error) as raised:
        make()
    return str(raised.value)


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (
            lambda: ke.export.ServingInputReceiver(None, _X),
            "features must be defined. Received: features=None",
        ),
        (
            lambda: ke.export.ServingInputReceiver(_X, None),
            "receiver_tensors must be defined",
        ),
        (
            lambda: ke.export.ServingInputReceiver({"a": 1.5}, _X),
            "feature a must be a Tensor, SparseTensor, or RaggedTensor. "
            "Received: 1.5 (float). Convert it",
        ),
        (
            lambda: ke.export.ServingInputReceiver({1.5: _X}, _X),
            "feature keys must be str or int. Received: 1.5 (float)",
        ),
        (
            lambda: ke.export.ServingInputReceiver(_X, {7: _X}),
            "receiver_tensor keys must be str. Received: 7 (int)",
        ),
        (
            lambda: ke.export.ServingInputReceiver(_X, {"a": "b"}),
            "receiver_tensor a must be a Tensor",
        ),
        (
            lambda: ke.export.ServingInputReceiver(_X, _X, [_X]),
            "receiver_tensors_alternatives must be a dict: [<tf.Tensor",
        ),
        (
            lambda: ke.export.TensorServingInputReceiver({"a": _X}, _X),
            "For a dict of features use `ServingInputReceiver`",
        ),
        (
            lambda: ke.export.SupervisedInputReceiver(_X, None, _X),
            "labels must be defined",
        ),
        (
            lambda: ke.export.SupervisedInputReceiver(_X, {"y": 2}, _X),
            "label y must be a Tensor",
        ),
        (
            lambda: ke.export.UnsupervisedInputReceiver([_X], _X),
            "feature feature must be a Tensor",
        ),
        (
            lambda: ke.experimental.build_raw_supervised_input_receiver_fn(
                {"x": _X}, {"x": _X}
            ),
            "distinct keys. Found overlapping keys: ['x']. Give the labels",
        ),
    ],
)
def test_a_wrong_receiver_is_refused_with_advice(make, words):
    assert words in _refused(ke.errors.ReceiverError, make)


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (
            lambda: ke.export.build_parsing_serving_input_receiver_fn(["x"]),
            "`feature_spec` must be a dict like "
            '{"x": tf.io.FixedLenFeature(...)}. Received: feature_spec=',
        ),
        (
            lambda: ke.export.build_raw_serving_input_receiver_fn(_X),
            "`features` must be a dict like",
        ),
        (
            lambda: ke.export.build_raw_serving_input_receiver_fn(
                {"x": [1.0, 2.0]}
            ),
            "`features['x']` must be a Tensor, of the dtype and shape",
        ),
        (
            lambda: ke.experimental.build_raw_supervised_input_receiver_fn(
                _X, 3
            ),
            "`labels['label']` must be a Tensor",
        ),
    ],
)
def test_a_builder_refuses_what_are_no_tensors(make, words):
    assert words in _refused(ke.errors.ArgumentTypeError, make)


def test_a_receiver_takes_sparse_and_ragged_tensors():
    with tf.Graph().as_default():
        ids = _v1.sparse_placeholder(tf.int64, [None, 9], name="ids")
        ragged = tf.RaggedTensor.from_tensor(_v1.placeholder(tf.int64, [2, 2]))
        receiver = ke.export.ServingInputReceiver({"r": ragged}, ids)
    assert receiver.features == {"r": ragged}
    assert receiver.receiver_tensors == {"input": ids}


def test_receivers_unpack_as_tuples():
    with tf.Graph().as_default():
        x = _v1.placeholder(tf.float32, [None, 3])
        features, tensors, more = ke.export.ServingInputReceiver(x, x)
        supervised = ke.export.SupervisedInputReceiver(x, x, x)
    assert (features, tensors, more) == ({"feature": x}, {"input": x}, None)
    assert supervised._fields == ("features", "labels", "receiver_tensors")
    assert supervised.features is x
