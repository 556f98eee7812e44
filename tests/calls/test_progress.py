"""What a person sees of calls of train, evaluate and predict."""

import contextlib
import fcntl
import os
import pathlib
import pty
import struct
import subprocess
import sys
import termios

import pytest
import tensorflow as tf

import keras_estimator as ke
from keras_estimator.engine.steps import StepRunner
from keras_estimator.progress import display
from keras_estimator.progress.display import Display
from tests.progress.screen import Clock
from tests.progress.screen import Terminal
from tests.progress.screen import rendered

_v1 = tf.compat.v1


def _model_fn(features, labels, mode):
    """The loss is the feature: 0, 1, 2, ..."""
    w = _v1.get_variable("w", [], initializer=_v1.ones_initializer())
    step = _v1.train.get_global_step()
    return ke.EstimatorSpec(
        mode,
        loss=tf.reduce_sum(features),
        train_op=step.assign_add(1),
        predictions=w * features,
    )


def _numbers(count=None):
    data = tf.data.Dataset.range(100 if count is None else count).batch(1)
    data = data.map(lambda i: tf.cast(i, tf.float32))
    return data.repeat(1 if count else None)


@pytest.fixture
def terminal(monkeypatch):
    """Shows what all calls display; time to draw is only when a test says."""
    terminal = Terminal()
    shared = Display(terminal.console, Clock())
    monkeypatch.setattr(display, "SHARED", shared)
    return terminal


@pytest.fixture
def estimator(model_dir):
    return ke.Estimator(_model_fn, model_dir, ke.RunConfig(progress_bar=True))


class _Look(ke.SessionRunHook):
    """Notes what is on the screen after each step, and may raise."""

    def __init__(self, terminal, raises=None):
        super().__init__()
        self._terminal = terminal
        self._raises = raises
        self.screens = []

    def after_run(self, run_context, run_values):
        display.SHARED._next_draw = 0.0
        self.screens.append(self._terminal.screen)
        if self._raises and len(self.screens) == 3:
            raise self._raises


def _words(line):
    """Returns the words of a line without its bar."""
    return [word for word in line.split() if word[0] not in "━╸╺"]


def test_train_begins_at_the_checkpoint(estimator, terminal):
    estimator.train(_numbers, steps=5)
    look = _Look(terminal)
    estimator.train(_numbers, steps=5, hooks=[look])
    first, *_, last = [_words(screen[-1]) for screen in look.screens]
    assert first[:2] == ["train", "5/10"]
    # The last that was drawn when the last step had not been told of.
    assert last[:2] == ["train", "9/10"]
    assert "loss 3.0000" in " ".join(last)
    ends = [_words(line) for line in terminal.screen]
    assert [end[:2] for end in ends] == [["train", "5/5"], ["train", "10/10"]]
    assert [end[3:6] for end in ends] == [["steps/s", "loss", "4.0000"]] * 2
    assert not display.SHARED.is_live


@pytest.mark.parametrize(
    ("arguments", "end"),
    [
        ({"max_steps": 4}, "0/4"),
        ({"hooks": [ke.StopAtStepHook(num_steps=3)]}, "0/3"),
        ({"hooks": [ke.StopAtStepHook(last_step=3)], "max_steps": 5}, "0/3"),
        ({"input_fn": lambda: _numbers(2), "max_steps": 5}, "0/2"),
        ({"input_fn": lambda: _numbers(2).filter(lambda x: True)}, "0"),
    ],
    ids=["max_steps", "hook", "the earliest", "input", "unknown"],
)
def test_train_says_where_it_will_end(estimator, terminal, arguments, end):
    look = _Look(terminal)
    hooks = [*arguments.pop("hooks", []), look]
    estimator.train(**{"input_fn": _numbers, "hooks": hooks, **arguments})
    assert _words(look.screens[0][0])[:2] == ["train", end]


def test_evaluate_shows_its_name_and_the_mean_loss(estimator, terminal):
    look = _Look(terminal)
    result = estimator.evaluate(_numbers, steps=5, hooks=[look], name="test")
    assert result["loss"] == 2.0
    shown = [_words(screen[-1]) for screen in look.screens]
    assert [words[:3] for words in shown] == [
        ["evaluate", "[test]", f"{i}/5"] for i in range(5)
    ]
    # Of the steps before: 0, then the mean of 0 and 1, of 0 to 2, ...
    losses = [w[w.index("loss") + 1] for w in shown if "loss" in w]
    assert losses == ["0.0000", "0.5000", "1.0000", "1.5000"]
    (end,) = terminal.screen
    assert _words(end)[2] == "5/5"
    assert "loss 2.0000" in end


def test_evaluate_without_steps_ends_with_the_input(estimator, terminal):
    look = _Look(terminal)
    estimator.evaluate(lambda: _numbers(3), hooks=[look])
    assert _words(look.screens[0][0])[:2] == ["evaluate", "0/3"]
    terminal.truncate(0)
    estimator.evaluate(lambda: _numbers(3).take(0))
    assert _words(terminal.screen[-1])[:2] == ["evaluate", "0/0"]
    assert "steps/s" not in terminal.screen[-1]


def test_predict_shows_batches_from_the_first_prediction_on(
    estimator, terminal
):
    predictions = estimator.predict(lambda: _numbers(3))
    assert terminal.getvalue() == ""
    next(predictions)
    assert _words(terminal.screen[0])[:2] == ["predict", "0/3"]
    display.SHARED._next_draw = 0.0
    next(predictions)
    assert _words(terminal.screen[0])[:2] == ["predict", "2/3"]
    assert list(predictions) == [2.0]
    assert _words(terminal.screen[0])[:2] == ["predict", "3/3"]
    assert not display.SHARED.is_live


def test_a_prediction_that_is_closed_leaves_nothing(estimator, terminal):
    predictions = estimator.predict(_numbers)
    next(predictions)
    assert display.SHARED.is_live
    predictions.close()
    assert not display.SHARED.is_live
    assert terminal.screen == []


def test_train_while_a_prediction_is_open(estimator, terminal):
    predictions = estimator.predict(_numbers)
    next(predictions)
    estimator.train(_numbers, steps=2)
    assert [_words(one)[:2] for one in terminal.screen] == [
        ["train", "2/2"],
        ["predict", "1"],
    ]
    predictions.close()
    assert [_words(one)[0] for one in terminal.screen] == ["train"]


def test_an_evaluation_in_train_has_a_line_of_its_own(estimator, terminal):
    screens = []

    class Evaluate(ke.CheckpointSaverListener):
        def after_save(self, session, global_step_value):
            estimator.evaluate(_numbers, steps=1, hooks=[look])
            screens.append(terminal.screen)

    look = _Look(terminal)
    estimator.train(_numbers, steps=4, saving_listeners=[Evaluate()])
    inside = [[_words(one)[:2] for one in screen] for screen in look.screens]
    assert inside == [
        [["train", "0"], ["evaluate", "0/1"]],
        [["train", "4/4"], ["evaluate", "0/1"]],
    ]
    assert [len(screen) for screen in screens] == [1, 1]
    assert [_words(one)[:2] for one in terminal.screen] == [["train", "4/4"]]


@pytest.mark.parametrize("error", [ZeroDivisionError, KeyboardInterrupt])
def test_the_line_stays_where_an_error_ended_it(estimator, terminal, error):
    with pytest.raises(error):
        estimator.train(
            _numbers, max_steps=9, hooks=[_Look(terminal, error("oops"))]
        )
    assert not display.SHARED.is_live
    (end,) = terminal.screen
    assert _words(end)[:2] == ["train", "3/9"]
    estimator.train(_numbers, steps=1)


def test_a_call_that_stops_early_shows_where(estimator, terminal):
    class Stop(ke.SessionRunHook):
        def after_run(self, run_context, run_values):
            run_context.request_stop()

    estimator.train(_numbers, steps=7, hooks=[Stop()])
    assert _words(terminal.screen[0])[:2] == ["train", "1/7"]


@pytest.mark.parametrize("setting", [False, None])
def test_nothing_is_shown(model_dir, terminal, capfd, setting):
    """`None` decides by stderr, which is no terminal here."""
    config = ke.RunConfig(progress_bar=setting)
    estimator = ke.Estimator(_model_fn, model_dir, config)
    estimator.train(_numbers, steps=2)
    estimator.evaluate(_numbers, steps=2)
    next(estimator.predict(_numbers))
    assert terminal.getvalue() == ""
    assert capfd.readouterr().out == ""


def test_steps_run_many_at_a_time_all_the_same(
    estimator, terminal, monkeypatch
):
    counts = []
    run_fused = StepRunner.run_fused

    def counted(self, steps):
        fused = run_fused(self, steps)
        counts.append(fused.done)
        return fused

    monkeypatch.setattr(StepRunner, "run_fused", counted)
    estimator.train(_numbers, steps=60)
    # How many depends on how fast they are.
    assert counts[0] == 1
    assert max(counts) > 1
    assert sum(counts) == 58  # the first and the last are looked at


_PROGRAM = """
import sys, warnings
import tensorflow as tf
import keras_estimator as ke
sys.path.insert(0, sys.argv[2])
from tests.calls.test_progress import _model_fn, _numbers

class Print(ke.SessionRunHook):
    steps = 0
    def after_run(self, run_context, run_values):
        self.steps += 1
        if self.steps % 100 == 0:
            print("printed", self.steps)
            tf.get_logger().warning("logged %d", self.steps)

estimator = ke.Estimator(_model_fn, sys.argv[1])
print("begins")
estimator.train(_numbers, max_steps=300, hooks=[Print()])
estimator.evaluate(_numbers, steps=5)
class Fails(ke.SessionRunHook):
    def after_run(self, run_context, run_values):
        raise SystemExit("failed")
estimator.train(_numbers, steps=7, hooks=[Fails()])
"""


def _in_terminal(*arguments):
    """Returns what a process writes to the terminal that it runs in."""
    ours, its = pty.openpty()
    fcntl.ioctl(its, termios.TIOCSWINSZ, struct.pack("HHHH", 30, 100, 0, 0))
    kept = {k: v for k, v in os.environ.items() if k != "CI"}
    process = subprocess.Popen(
        [sys.executable, "-c", _PROGRAM, *arguments],
        stdin=its,
        stdout=its,
        stderr=its,
        close_fds=True,
        env={**kept, "TERM": "xterm"},
    )
    os.close(its)
    output = b""
    with contextlib.suppress(OSError):  # the end, once the process has ended
        while part := os.read(ours, 1 << 16):
            output += part
    os.close(ours)
    process.wait()
    return output.decode()


def test_in_a_real_terminal(tmp_path):
    root = pathlib.Path(__file__).parents[2]
    output = _in_terminal(tmp_path / "model", root)
    lines = [line for line in rendered(output) if line]
    lines = lines[lines.index("begins") + 1 :]
    logs = [f"printed {i}00" for i in (1, 2, 3)]
    assert lines[0::2][:3] == logs
    assert [line.split(":")[-1] for line in lines[1::2][:3]] == [
        "logged 100",
        "logged 200",
        "logged 300",
    ]
    train, evaluate, failed = lines[6:9]
    assert train.startswith("train ━")
    assert _words(train)[1] == "300/300"
    assert "loss 99.0000" in train
    assert evaluate.startswith("evaluate ━")
    assert "5/5" in evaluate
    assert "loss 2.0000" in evaluate
    assert _words(failed)[:2] == ["train", "301/307"]
    assert lines[9:] == ["failed"]
    # While it ran, it was drawn again and again.
    assert output.count("/300 ") > 3
    assert "\x1b[?25h" in output[output.rindex("\x1b[?25l") :]
