import copy
import pathlib

import pytest
import tensorflow as tf

from keras_estimator.checkpoint.warm_start import VocabInfo
from keras_estimator.checkpoint.warm_start import WarmStartSettings
from keras_estimator.checkpoint.warm_start import warm_start_settings
from keras_estimator.errors import ArgumentTypeError
from keras_estimator.errors import ConfigError


def test_settings_are_a_tuple_with_the_defaults_of_tf_estimator():
    settings = WarmStartSettings("/old")
    assert settings == ("/old", ".*", {}, {})
    assert settings._fields == (
        "ckpt_to_initialize_from",
        "vars_to_warm_start",
        "var_name_to_vocab_info",
        "var_name_to_prev_var_name",
    )


def test_settings_keep_what_they_are_given():
    vocab = {"embedding": VocabInfo("new", 2, 0, "old")}
    names = {"b": "a"}
    settings = WarmStartSettings("/old", None, vocab, names)
    assert settings == ("/old", None, vocab, names)
    assert copy.deepcopy(settings) == settings


@pytest.mark.parametrize("path", ["", None])
def test_settings_need_a_checkpoint(path):
    with pytest.raises(
        ConfigError,
        match=f"`ckpt_to_initialize_from` MUST be set .*Received: {path!r}",
    ):
        WarmStartSettings(path)


def test_a_checkpoint_is_a_path():
    path = pathlib.Path("/old/model.ckpt-1")
    assert WarmStartSettings(path).ckpt_to_initialize_from == str(path)
    with pytest.raises(ArgumentTypeError, match=r"must be a path.*5 \(int\)"):
        WarmStartSettings(5)


# warm_start_from


def test_none_is_a_start_from_scratch():
    assert warm_start_settings(None) is None


def test_settings_are_taken_as_they_are():
    settings = WarmStartSettings("/old", vars_to_warm_start=["a"])
    assert warm_start_settings(settings) is settings


@pytest.mark.parametrize("kind", [str, bytes, pathlib.Path])
def test_a_path_stands_for_its_trainable_variables(tmp_path, kind):
    path = str(tmp_path)
    given = path.encode() if kind is bytes else kind(path)
    assert warm_start_settings(given) == WarmStartSettings(path)


def test_a_saved_model_stands_for_its_variables(tmp_path):
    module = tf.Module()
    module.w = tf.Variable(1.0)
    tf.saved_model.save(module, str(tmp_path))
    settings = warm_start_settings(tmp_path)
    expected = str(tmp_path / "variables" / "variables")
    assert settings.ckpt_to_initialize_from == expected
    assert tf.train.list_variables(expected)


def test_anything_else_is_refused_with_its_type():
    with pytest.raises(
        ConfigError,
        match="must be a string or a WarmStartSettings, instead got <class "
        "'dict'>. Received: `warm_start_from={}`",
    ):
        warm_start_settings({})


# VocabInfo


def test_a_vocab_info_is_one_of_tensorflow():
    info = VocabInfo("new", 3, 1, old_vocab="old", axis=1)
    assert isinstance(info, tf.compat.v1.train.VocabInfo)
    assert info == ("new", 3, 1, "old", -1, None, 1)
    assert copy.deepcopy(info) == info


def test_a_vocabulary_counts_rows_or_columns():
    with pytest.raises(
        ConfigError, match="supported values for the axis .* Provided axis: 2"
    ):
        VocabInfo("new", 3, 1, "old", axis=2)


def test_tensorflow_warm_starts_with_our_vocab_info(tmp_path):
    new, old = tmp_path / "new.txt", tmp_path / "old.txt"
    new.write_text("b\nc\n")
    old.write_text("a\nb\n")
    v1 = tf.compat.v1
    with tf.Graph().as_default(), v1.Session() as session:
        v1.get_variable("w", initializer=[[1.0], [2.0]])
        session.run(v1.global_variables_initializer())
        v1.train.Saver().save(session, str(tmp_path / "model.ckpt"))
    with tf.Graph().as_default(), v1.Session() as session:
        w = v1.get_variable("w", shape=[2, 1], initializer=v1.zeros_initializer)
        v1.train.warm_start(
            str(tmp_path),
            var_name_to_vocab_info={"w": VocabInfo(str(new), 2, 0, str(old))},
        )
        session.run(v1.global_variables_initializer())
        assert session.run(w).tolist() == [[2.0], [0.0]]
