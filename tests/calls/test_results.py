"""What evaluate returns is what fetching gives in TF1, in type too."""

import keras
import numpy as np
import pytest
import tensorflow as tf

import keras_estimator as ke

_v1 = tf.compat.v1


def _local(name, value, dtype):
    variable = _v1.get_variable(
        name,
        initializer=tf.constant(value, dtype),
        trainable=False,
        collections=[_v1.GraphKeys.LOCAL_VARIABLES],
    )
    return variable.read_value(), tf.no_op()


def _model_fn(features, mode):
    loss = tf.reduce_mean(features)
    mean = keras.metrics.Mean()
    mean.update_state(features)
    return ke.EstimatorSpec(
        mode,
        loss=loss,
        train_op=_v1.train.get_global_step().assign_add(1),
        eval_metric_ops={
            "bool": _local("b", True, tf.bool),
            "computed_bool": (loss > 0, tf.no_op()),
            "constant_bool": (tf.constant(False), tf.no_op()),
            "bools": (tf.constant([True, False]), tf.no_op()),
            "int32": _local("i", 3, tf.int32),
            "int64": _local("j", 4, tf.int64),
            "float32": _local("f", 0.5, tf.float32),
            "float64": _local("g", 0.25, tf.float64),
            "string": (tf.constant("abc"), tf.no_op()),
            "mean": _v1.metrics.mean(features),
            "keras": mean,
        },
    )


# As printed by tf.estimator 2.15.
_EXPECTED = {
    "bool": np.bool_(True),
    "computed_bool": np.bool_(True),
    "constant_bool": np.bool_(False),
    "int32": np.int32(3),
    "int64": np.int64(4),
    "float32": np.float32(0.5),
    "float64": np.float64(0.25),
    "string": b"abc",
    "mean": np.float32(1.0),
    "keras": np.float32(1.0),
    "loss": np.float32(1.0),
    "global_step": np.int64(1),
}


@pytest.fixture(scope="module")
def results(tmp_path_factory):
    def input_fn():
        return tf.data.Dataset.from_tensors(np.ones([2], np.float32)).repeat(3)

    model_dir = tmp_path_factory.mktemp("model")
    estimator = ke.Estimator(_model_fn, str(model_dir))
    estimator.train(input_fn, steps=1)
    return estimator.evaluate(input_fn, steps=2)


@pytest.mark.parametrize("name", _EXPECTED)
def test_a_single_value_is_a_numpy_scalar(results, name):
    assert type(results[name]) is type(_EXPECTED[name])
    assert results[name] == _EXPECTED[name]


def test_several_values_are_an_array(results):
    assert isinstance(results["bools"], np.ndarray)
    assert results["bools"].dtype == np.bool_
    assert results["bools"].tolist() == [True, False]
    assert set(results) == {*_EXPECTED, "bools"}
