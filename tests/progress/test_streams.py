import logging
import os
import sys
import threading

import absl.logging
import pytest
import tensorflow as tf

from keras_estimator.progress import streams
from keras_estimator.progress.streams import Above
from tests.progress.screen import Terminal


class Screen:
    """Notes what is to appear above it, and unfinished lines when drawn."""

    def __init__(self):
        self.is_live = True
        self.writing = threading.RLock()
        self.shown = []
        self.unfinished = {}
        self.drawn = []

    def print_above(self, text):
        self.shown.append(text)

    def draw(self):
        self.drawn.append("|".join(self.unfinished.values()))


@pytest.fixture
def screen():
    return Screen()


def test_lines_appear_when_they_are_complete(screen, terminal):
    above = Above(terminal, screen)
    assert above.write("a") == 1
    assert screen.shown == []
    above.write("b\nc\nd")
    assert screen.shown == ["ab\nc"]
    above.writelines(["e\n", "\n"])
    assert screen.shown == ["ab\nc", "de", ""]
    assert terminal.getvalue() == ""


def test_a_question_appears_when_it_is_flushed(screen, terminal):
    above = Above(terminal, screen)
    above.write("name? ")
    assert screen.drawn == []
    above.flush()
    above.flush()
    assert screen.drawn == ["name? "]
    assert screen.shown == []


def test_a_flush_does_not_end_a_line(screen, terminal):
    above = Above(terminal, screen)
    for _ in range(3):
        above.write(".")
        above.flush()
    assert screen.drawn == [".", "..", "..."]
    above.write(" done\n")
    above.flush()
    assert screen.shown == ["... done"]
    assert screen.unfinished == {above: ""}
    assert len(screen.drawn) == 3


def test_a_carriage_return_replaces_the_unfinished_line(screen, terminal):
    above = Above(terminal, screen)
    for text in ("\r 10%", "\r 20%", "\r 30%"):
        above.write(text)
    assert screen.drawn == [" 10%", " 20%", " 30%"]
    above.write("\rended\nnext")
    assert screen.shown == ["ended"]
    assert screen.unfinished == {above: "next"}


def test_a_carriage_return_at_the_end_waits_for_what_replaces(screen, terminal):
    above = Above(terminal, screen)
    for text in ("10%\r", "20%\r", "30%\r"):
        above.write(text)
    assert screen.drawn == ["10%", "20%", "30%"]
    above.write("\nof Windows\r\n")
    assert screen.shown == ["30%\nof Windows"]


def test_each_stream_has_a_line_of_its_own(screen, terminal):
    out, err = Above(terminal, screen), Above(terminal, screen)
    out.write("out")
    err.write("err")
    out.flush()
    assert screen.drawn == ["out|err"]
    err.write("or\n")
    assert screen.shown == ["error"]
    assert screen.unfinished == {out: "out", err: ""}


def test_without_a_display_it_is_as_good_as_the_stream(screen, terminal):
    above = Above(terminal, screen)
    above.write("begun ")
    screen.is_live = False
    above.write("and ended")
    assert terminal.getvalue() == "begun and ended"
    screen.is_live = True
    above.write("rest")
    screen.is_live = False
    above.flush()
    assert terminal.getvalue() == "begun and endedrest"
    assert screen.shown == []


def test_it_has_what_the_stream_has(screen):
    above = Above(sys.__stderr__, screen)
    assert above.fileno() == 2
    assert above.encoding == sys.__stderr__.encoding
    assert above.isatty() == sys.__stderr__.isatty()


def test_another_process_writes_to_the_stream(screen, terminal, monkeypatch):
    above = Above(terminal, screen)
    monkeypatch.setattr(os, "getpid", lambda: -1)
    above.write("from a fork\n")
    above.flush()
    assert terminal.getvalue() == "from a fork\n"
    assert screen.shown == []


def test_prints_and_logs_are_redirected(screen, terminal, monkeypatch):
    handler = logging.StreamHandler(terminal)
    monkeypatch.setattr(tf.get_logger(), "handlers", [handler])
    redirected = streams.redirect(screen)
    print("printed")
    print("an error", file=sys.stderr)
    tf.get_logger().error("logged")
    assert screen.shown == ["printed", "an error", "logged"]
    assert terminal.getvalue() == ""
    redirected.close()
    assert sys.stdout is sys.stderr is handler.stream is terminal
    print()
    assert len(screen.shown) == 3
    assert terminal.getvalue() == "\n"


def test_the_handler_of_absl_is_redirected(screen, terminal, monkeypatch):
    handler = absl.logging.get_absl_handler()
    logger = absl.logging.get_absl_logger()
    monkeypatch.setattr(logger, "handlers", [handler])
    before = handler.python_handler.setStream(terminal)
    redirected = streams.redirect(screen)
    logger.error("of absl")
    assert screen.shown[-1].endswith("of absl")
    redirected.close()
    assert handler.python_handler.setStream(before) is terminal


def test_what_goes_to_a_file_is_left_alone(screen, monkeypatch, tmp_path):
    with open(tmp_path / "out", "w") as file:
        monkeypatch.setattr(sys, "stdout", file)
        monkeypatch.setattr(sys, "stderr", None)
        redirected = streams.redirect(screen)
        assert sys.stdout is file
        assert sys.stderr is None
        redirected.close()


def test_a_stream_that_others_have_set_meanwhile_stays(
    screen, terminal, monkeypatch
):
    redirected = streams.redirect(screen)
    others = Terminal()
    kept, sys.stdout = sys.stdout, others
    redirected.close()
    assert sys.stdout is others
    assert sys.stderr is terminal
    # They put back what they found, which still leads to the terminal.
    sys.stdout, screen.is_live = kept, False
    print("later")
    assert terminal.getvalue() == "later\n"
