"""What of a session_config is heeded."""

import subprocess
import sys
import textwrap

import pytest
import tensorflow as tf

import keras_estimator as ke
from keras_estimator import session_config

_v1 = tf.compat.v1


@pytest.fixture
def _jit_is_put_back():
    before = tf.config.optimizer.get_jit()
    yield
    tf.config.optimizer.set_jit(before)


@pytest.mark.usefixtures("_jit_is_put_back")
def test_global_jit_level_lets_tensorflow_look_for_clusters(model_dir):
    config = _v1.ConfigProto()
    options = config.graph_options.optimizer_options
    options.global_jit_level = _v1.OptimizerOptions.ON_1
    ke.Estimator(
        lambda features, labels, mode: None,
        model_dir,
        ke.RunConfig(session_config=config),
    )
    assert tf.config.optimizer.get_jit() == "autoclustering"


def test_an_empty_one_changes_nothing():
    session_config.apply(_v1.ConfigProto())
    session_config.apply(None)
    assert tf.config.optimizer.get_jit() == ""


def test_threads_and_placement_in_a_new_process():
    program = """
        import tensorflow as tf
        from keras_estimator import session_config
        session_config.apply(tf.compat.v1.ConfigProto(
            intra_op_parallelism_threads=1,
            inter_op_parallelism_threads=3,
            log_device_placement=True,
            gpu_options=tf.compat.v1.GPUOptions(
                allow_growth=True, visible_device_list="0"),
        ))
        threads = tf.config.threading
        assert threads.get_intra_op_parallelism_threads() == 1
        assert threads.get_inter_op_parallelism_threads() == 3
        assert tf.debugging.get_log_device_placement()
        for gpu in tf.config.get_visible_devices("GPU"):
            assert tf.config.experimental.get_memory_growth(gpu)
    """
    subprocess.run([sys.executable, "-c", textwrap.dedent(program)], check=True)


def test_too_late_is_said(caplog):
    tf.constant(1) + 1  # starts TensorFlow's devices
    wanted = tf.config.threading.get_intra_op_parallelism_threads() + 1
    with caplog.at_level("WARNING", "tensorflow"):
        session_config.apply(
            _v1.ConfigProto(intra_op_parallelism_threads=wanted)
        )
    assert "intra_op_parallelism_threads has no effect" in caplog.text
    assert "before TensorFlow computes" in caplog.text
