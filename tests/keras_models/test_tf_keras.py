"""What `_tf_keras` uses of tf_keras without it being public."""

import inspect

import numpy as np
import tensorflow as tf
import tf_keras

from keras_estimator.keras_models import _tf_keras


def compiled():
    model = tf_keras.Sequential(
        [tf_keras.layers.Dense(1, input_shape=(2,), name="out")]
    )
    model.compile("sgd", "mse", metrics=["mae"], loss_weights=[2.0])
    return model


def test_wired_models_are_told_from_those_of_code():
    class Mine(tf_keras.Model):
        pass

    assert _tf_keras.is_wired(compiled())
    assert not _tf_keras.is_wired(Mine())
    assert not _tf_keras.is_wired(tf_keras.Sequential())
    assert _tf_keras.is_unbuilt_sequential(tf_keras.Sequential())
    assert not _tf_keras.is_unbuilt_sequential(compiled())


def test_a_model_says_what_it_was_compiled_with():
    arguments = _tf_keras.compile_arguments(compiled())
    assert arguments["loss"] == "mse"
    assert arguments["metrics"] == ["mae"]
    assert arguments["loss_weights"] == [2.0]
    assert "optimizer" not in arguments


def test_optimizers_of_keras_2_become_those_that_make_ops():
    new = _tf_keras.legacy_optimizer(tf_keras.optimizers.Adam(0.25))
    assert isinstance(new, tf_keras.optimizers.legacy.Adam)
    assert float(new.get_config()["learning_rate"]) == 0.25
    old = tf_keras.optimizers.legacy.SGD()
    assert _tf_keras.legacy_optimizer(old) is old


def test_a_model_in_a_graph_has_the_parts_of_a_step():
    outside = compiled()
    with tf.Graph().as_default():
        _tf_keras.set_training(True)
        model = tf_keras.models.clone_model(outside)
        model.compile("sgd", "mse", metrics=["mae"])
        _tf_keras.weigh(model, [tf.constant([1.0])])
        assert list(_tf_keras.metrics(model)) == ["mae"]
        assert isinstance(_tf_keras.train_op(model), tf.Operation)
        assert _tf_keras.loss(model).shape == ()
        assert "inputs" in inspect.signature(model._set_inputs).parameters


def test_layers_outside_work_again_after_others_were_made_in_a_graph():
    outside = compiled()
    with tf.Graph().as_default():
        tf_keras.models.clone_model(outside)
        _tf_keras.back_to_eager(outside)
    outside.set_weights([np.array([[1.0], [2.0]]), np.array([0.5])])
    assert outside.predict([[1.0, 1.0]], verbose=0).tolist() == [[3.5]]
