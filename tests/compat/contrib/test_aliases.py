"""Parts of `tf.contrib` that are others by a second name."""

import importlib
import sys

import pytest

import keras_estimator as ke
import keras_estimator.compat.v1 as tf
from keras_estimator.compat.v1.contrib.tensorboard.plugins import projector


def test_embeddings_are_shown_by_tensorboard(tmp_path):
    config = projector.ProjectorConfig()
    config.embeddings.add().tensor_name = "words"
    with tf.Graph().as_default():
        writer = tf.summary.FileWriter(str(tmp_path))
        projector.visualize_embeddings(writer, config)
        writer.close()
    text = (tmp_path / "projector_config.pbtxt").read_text()
    assert 'tensor_name: "words"' in text
    assert tf.contrib.tensorboard.plugins.projector is projector


def test_without_tensorboard_it_says_what_to_install(monkeypatch):
    name = "keras_estimator.compat.v1.contrib.tensorboard.plugins.projector"
    monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "tensorboard.plugins", None)
    with pytest.raises(ImportError, match=r"keras-estimator\[tensorboard\]"):
        importlib.import_module(name)


def test_names_that_moved():
    contrib = tf.contrib
    assert contrib.data.Dataset is tf.data.Dataset
    assert contrib.data.Iterator is tf.data.Iterator
    assert contrib.data.TextLineDataset is tf.data.TextLineDataset
    assert contrib.framework.py_func is tf.py_func
    assert contrib.autograph.to_graph is tf.autograph.to_graph
    assert contrib.hooks.ProfilerHook is tf.train.ProfilerHook
    assert contrib.estimator.read_eval_metrics is ke.read_eval_metrics


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("contrib.slim.python.slim.nets.resnet_v1", "research/slim/nets"),
        ("keras.wrappers.scikit_learn", "scikeras"),
        ("python.training.training_ops", "ResourceApplyAdam"),
        ("python.estimator.canned.metric_keys", '"accuracy"'),
    ],
)
def test_an_import_says_what_replaces_it(name, words):
    with pytest.raises((ImportError, AttributeError)) as error:
        exec(f"from keras_estimator.compat.v1.{name} import anything")
    assert words in str(error.value)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("mul", "use `tf.multiply`."),
        ("keras.utils.multi_gpu_model", "one device"),
        ("keras.experimental.export_saved_model", "save_model"),
        ("train.confusion_matrix", "use `tf.confusion_matrix`."),
    ],
)
def test_an_early_name_says_what_it_became(name, words):
    module, _, last = name.rpartition(".")
    found = tf
    for part in filter(None, module.split(".")):
        found = getattr(found, part)
    with pytest.raises(AttributeError) as error:
        getattr(found, last)
    assert words in str(error.value)
