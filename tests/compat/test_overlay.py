"""`keras_estimator.compat.v1`: `tensorflow.compat.v1` with names back."""

import importlib
import subprocess
import sys
import textwrap

import pytest
import tensorflow

import keras_estimator
import keras_estimator.compat.v1 as tf

_REAL = tensorflow.compat.v1


def _run(program):
    """Runs a program in a process of its own; returns what it prints."""
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(program)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize(
    "name",
    [
        "placeholder",
        "get_variable",
        "losses.softmax_cross_entropy",
        "metrics.accuracy",
        "train.AdamOptimizer",
        "train.Scaffold",
        "summary.scalar",
        "nn.relu",
        "data.Dataset",
        "logging.set_verbosity",
        "app.flags.DEFINE_string",
        "gfile.Exists",
        "GraphKeys.UPDATE_OPS",
    ],
)
def test_what_tensorflow_has_is_tensorflows(name):
    ours, theirs = tf, _REAL
    for part in name.split("."):
        ours, theirs = getattr(ours, part), getattr(theirs, part)
    assert ours is theirs


def test_hooks_in_train_are_those_that_do_not_slow_steps():
    assert tf.train.LoggingTensorHook is keras_estimator.LoggingTensorHook
    assert tf.train.SessionRunHook is keras_estimator.SessionRunHook
    assert issubclass(tf.train.StopAtStepHook, _REAL.train.SessionRunHook)


def test_estimator_is_back():
    assert tf.estimator.Estimator is keras_estimator.Estimator
    assert tf.estimator.EstimatorSpec is keras_estimator.EstimatorSpec
    assert tf.estimator.ModeKeys.PREDICT == "infer"
    assert tf.estimator.export.PredictOutput is (
        keras_estimator.export.PredictOutput
    )
    assert tf.estimator.inputs.numpy_input_fn is (
        keras_estimator.inputs.numpy_input_fn
    )


@pytest.mark.parametrize(
    "name",
    ["losses", "metrics", "train", "nn", "nn.rnn_cell", "estimator.inputs"],
)
def test_dotted_imports(name):
    module = importlib.import_module(f"keras_estimator.compat.v1.{name}")
    found = tf
    for part in name.split("."):
        found = getattr(found, part)
    for public in ("softmax_cross_entropy", "accuracy", "relu", "Saver"):
        if hasattr(found, public):
            assert getattr(module, public) is getattr(found, public)


def test_dotted_import_of_what_is_no_module():
    with pytest.raises(ModuleNotFoundError):
        importlib.import_module("keras_estimator.compat.v1.placeholder")
    with pytest.raises(ModuleNotFoundError):
        importlib.import_module("keras_estimator.compat.v1.contrib.slim")


@pytest.mark.parametrize("module", [tf, tf.train, tf.nn], ids=str)
def test_a_name_that_is_gone_says_so(module):
    with pytest.raises(AttributeError, match="does not have `tf.+` any more"):
        _ = module.learn


def test_dir_has_both():
    assert {"placeholder", "estimator", "layers"} <= set(dir(tf))
    assert {"AdamOptimizer", "LoggingTensorHook"} <= set(dir(tf.train))
    assert "dense" in dir(tf.layers)
    assert "LSTMCell" in dir(tf.nn.rnn_cell)


def test_import_star_takes_what_is_ours():
    names = {}
    exec("from keras_estimator.compat.v1 import *", names)
    assert names["estimator"] is tf.estimator


def test_keras_is_tf_keras_and_loaded_when_it_is_asked_for():
    out = _run(
        """
        import sys
        import keras_estimator.compat.v1 as tf
        assert "tf_keras" not in sys.modules
        assert tf.keras.__name__.startswith("tf_keras")
        print("tf_keras" in sys.modules)
        """
    )
    assert out.split() == ["True"]


def test_without_tf_keras_the_error_says_what_to_install():
    _run(
        """
        import sys
        sys.modules["tf_keras"] = None
        import keras_estimator.compat.v1 as tf
        tf.train.AdamOptimizer
        for name in ("layers.dense", "nn.rnn_cell.LSTMCell", "keras.layers"):
            try:
                found = tf
                for part in name.split("."):
                    found = getattr(found, part)
            except ImportError as error:
                assert "keras-estimator[tf1]" in str(error)
            else:
                raise AssertionError(name)
        """
    )


_TRAINS = """
    import tensorflow
    tensorflow.compat.v1.{switch}()
    import keras_estimator.compat.v1 as tf
    tf.{switch}()

    def model_fn(features, labels, mode):
        loss = tf.reduce_mean(tf.layers.dense(features, 1) ** 2)
        return tf.estimator.EstimatorSpec(
            mode, loss=loss,
            train_op=tf.train.AdamOptimizer().minimize(
                loss, tf.train.get_global_step()),
            eval_metric_ops={{"m": tf.metrics.mean(features)}},
        )

    def input_fn():
        return tf.data.Dataset.from_tensor_slices([[1.0], [2.0]]).batch(1)

    estimator = tf.estimator.Estimator(model_fn)
    estimator.train(input_fn)
    print(estimator.evaluate(input_fn)["global_step"])
"""


@pytest.mark.parametrize(
    "switch",
    ["disable_v2_behavior", "disable_eager_execution"],
)
def test_a_program_that_turns_tf2_off_for_the_whole_process(switch):
    """Ours do nothing; also where some module calls TensorFlow's own."""
    assert _run(_TRAINS.format(switch=switch)).split() == ["2"]


@pytest.mark.parametrize(
    "switch",
    [
        "disable_control_flow_v2",
        "disable_eager_execution",
        "disable_resource_variables",
        "disable_tensor_equality",
        "disable_v2_behavior",
        "disable_v2_tensorshape",
    ],
)
def test_switches_do_nothing(switch):
    getattr(tf, switch)()
    assert tensorflow.executing_eagerly()
    assert _REAL.resource_variables_enabled()
    assert _REAL.control_flow_v2_enabled()
