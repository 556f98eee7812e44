import logging
import sys
import types

import pytest
import tensorflow as tf

from keras_estimator.progress.choice import is_wanted


@pytest.fixture(autouse=True)
def _terminal_with_log(monkeypatch, terminal):
    """stderr is a terminal, and the log of TensorFlow is there, too."""
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.delenv("CI", raising=False)
    handler = logging.StreamHandler(terminal)
    logger = tf.get_logger()
    monkeypatch.setattr(logger, "handlers", [handler])
    monkeypatch.setattr(logger, "propagate", False)


def test_it_is_shown_in_a_terminal():
    assert is_wanted(None)


def test_it_is_not_shown_in_a_file(monkeypatch, tmp_path):
    with open(tmp_path / "log", "w") as file:
        monkeypatch.setattr(sys, "stderr", file)
        assert not is_wanted(None)
    # A closed stream is no terminal either; nor is none at all.
    assert not is_wanted(None)
    monkeypatch.setattr(sys, "stderr", None)
    assert not is_wanted(None)


@pytest.mark.parametrize("name", ["dumb", "unknown", "DUMB"])
def test_it_is_not_shown_in_a_dumb_terminal(monkeypatch, name):
    monkeypatch.setenv("TERM", name)
    assert not is_wanted(None)


@pytest.mark.parametrize(
    ("value", "shown"),
    [("true", False), ("1", False), ("", True), ("false", True), ("0", True)],
)
def test_it_is_not_shown_in_a_ci(monkeypatch, value, shown):
    monkeypatch.setenv("CI", value)
    assert is_wanted(None) is shown


def test_it_is_not_shown_beside_lines_that_tell_the_same():
    tf.get_logger().setLevel("INFO")
    assert not is_wanted(None)


def test_it_is_shown_where_these_lines_go_to_a_file(monkeypatch, tmp_path):
    logger = tf.get_logger()
    logger.setLevel("INFO")
    file = logging.FileHandler(tmp_path / "log")
    monkeypatch.setattr(logger, "handlers", [file])
    assert is_wanted(None)
    file.close()


def test_the_handlers_of_the_root_logger_count(monkeypatch, terminal):
    logger = tf.get_logger()
    logger.setLevel("INFO")
    monkeypatch.setattr(logger, "handlers", [])
    root = logging.StreamHandler(terminal)
    monkeypatch.setattr(logging.root, "handlers", [root])
    assert is_wanted(None)
    monkeypatch.setattr(logger, "propagate", True)
    assert not is_wanted(None)
    root.setLevel("WARNING")
    assert is_wanted(None)


def test_a_setting_is_obeyed(monkeypatch):
    assert not is_wanted(False)
    monkeypatch.setenv("CI", "true")
    tf.get_logger().setLevel("INFO")
    assert is_wanted(True)


def test_it_is_shown_in_a_notebook_that_has_widgets(monkeypatch, tmp_path):
    class ZMQInteractiveShell:
        pass

    ipython = types.SimpleNamespace(get_ipython=ZMQInteractiveShell)
    monkeypatch.setitem(sys.modules, "IPython", ipython)
    monkeypatch.setitem(sys.modules, "ipywidgets", None)
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    assert not is_wanted(None)
    monkeypatch.setattr("importlib.util.find_spec", lambda name: object())
    with open(tmp_path / "cell", "w") as cell:
        # A notebook's streams are no terminals; what is written is seen.
        monkeypatch.setattr(sys, "stderr", cell)
        assert is_wanted(None)
        handler = logging.StreamHandler(cell)
        monkeypatch.setattr(tf.get_logger(), "handlers", [handler])
        tf.get_logger().setLevel("INFO")
        assert not is_wanted(None)
