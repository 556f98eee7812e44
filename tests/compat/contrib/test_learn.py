"""`tf.contrib.learn`: the older RunConfig, and what is said of the rest."""

import pytest

import keras_estimator.compat.v1 as tf
from keras_estimator.run_config import RunConfig

learn = tf.contrib.learn


def test_a_run_config_takes_older_arguments():
    config = learn.RunConfig(
        "", num_cores=2, gpu_memory_fraction=0.5, model_dir="a"
    )
    assert isinstance(config, RunConfig)
    assert config.model_dir == "a"
    assert config.session_config.intra_op_parallelism_threads == 2
    options = config.tf_config.gpu_options
    assert options.per_process_gpu_memory_fraction == 0.5
    assert config.replace(model_dir="b").session_config is not None
    assert config.environment == "local"


def test_a_run_config_asks_nothing_of_a_session_by_default():
    config = learn.RunConfig(
        save_checkpoints_steps=3, master="m", evaluation_master="e"
    )
    assert config.session_config is None
    assert (config.master, config.evaluation_master) == ("m", "e")
    assert (config.save_checkpoints_steps, config.save_checkpoints_secs) == (
        3,
        None,
    )
    own = tf.ConfigProto(inter_op_parallelism_threads=1)
    config = learn.RunConfig(num_cores=2, session_config=own)
    assert config.session_config is own


def test_prediction_has_its_older_name():
    assert learn.ModeKeys.INFER == learn.ModeKeys.PREDICT == "infer"


def test_export_strategies_are_under_each_of_their_names():
    make = learn.make_export_strategy
    utils = learn.utils
    assert utils.make_export_strategy is make
    assert utils.saved_model_export_utils.make_export_strategy is make


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("Estimator", "`fit` is `train`"),
        ("ModelFnOps", "`output_alternatives` are its `export_outputs`"),
        ("DNNClassifier", "canned estimators are not here yet"),
        ("multi_class_head", "heads are not here yet"),
        ("monitors", "SessionRunHook"),
        ("datasets", "tf.keras.datasets"),
        ("Nothing", "Experiment, learn_runner, RunConfig"),
    ],
)
def test_what_is_not_back_says_so(name, says):
    with pytest.raises(AttributeError, match=says):
        getattr(learn, name)
