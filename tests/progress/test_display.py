import sys
import threading

import pytest

from keras_estimator.progress.display import Display
from keras_estimator.progress.line import Line
from tests.progress.screen import Terminal


@pytest.fixture
def display(terminal, clock):
    return Display(terminal.console, clock)


@pytest.fixture
def line(clock):
    return begun("train", clock)


def begun(what, clock, position=40, total=100):
    line = Line(what, clock)
    line.start(0)
    line.move(position, total)
    return line


def test_a_line_says_what_steps_rate_loss_and_time(
    display, terminal, line, clock
):
    clock.now += 2
    line.move(60, 100)
    line.loss = 0.25
    display.open(line)
    # Without colours, what is left of the bar is blank.
    bar = "━" * 24 + " " * 16
    rest = "60/100 10 steps/s loss 0.2500 0:02 (0:04 left)"
    assert terminal.screen == [f"train {bar} {rest}"]


def test_it_is_drawn_in_its_place(display, terminal, line):
    display.open(line)
    for position in (41, 42, 43):
        line.move(position, 100)
        display.draw()
    assert len(terminal.screen) == 1
    assert "43/100" in terminal.screen[0]


def test_it_is_due_every_tenth_of_a_second(display, line, clock):
    display.open(line)
    assert not display.is_due
    clock.now += 0.11
    assert display.is_due
    display.draw()
    assert not display.is_due


def test_in_the_end_the_line_stays(display, terminal, line):
    display.open(line)
    line.move(100, 100)
    line.end()
    display.close(line, stays=True)
    print("after")
    assert "100/100" in terminal.screen[0]
    assert terminal.screen[1:] == ["after"]
    assert not display.is_live


def test_or_goes_away(display, terminal, line):
    display.open(line)
    display.close(line, stays=False)
    print("after")
    assert terminal.screen == ["after"]


def test_an_inner_line_is_below_and_goes_away(display, terminal, line, clock):
    display.open(line)
    inner = begun("evaluate [test]", clock, 1, 8)
    display.open(inner)
    assert terminal.screen[0].startswith("train           ━")
    assert terminal.screen[1].startswith("evaluate [test] ━")
    assert " 40/100 " in terminal.screen[0]
    assert "   1/8 " in terminal.screen[1]
    display.close(inner, stays=False)
    assert len(terminal.screen) == 1
    assert terminal.screen[0].startswith("train ━")
    display.close(line, stays=True)


def test_a_line_that_stays_is_put_above_those_that_are_left(
    display, terminal, line, clock
):
    """A prediction is open, and a call of train has ended."""
    predicting = begun("predict", clock)
    display.open(predicting)
    display.open(line)
    line.end()
    display.close(line, stays=True)
    assert [one.split()[0] for one in terminal.screen] == ["train", "predict"]
    display.close(predicting, stays=False)
    print("after")
    assert [one.split()[0] for one in terminal.screen] == ["train", "after"]


def test_what_stands_still_meanwhile_is_up_to_date(
    display, terminal, line, clock
):
    line.catch_up = lambda: line.move(99, 100)
    display.open(line)
    display.open(begun("evaluate", clock))
    assert "99/100" in terminal.screen[0]


def test_prints_appear_above(display, terminal, line):
    display.open(line)
    print("x" * 250)
    print("[bold]no markup[/bold] 12:34", file=sys.stderr)
    *above, last = terminal.screen
    assert above == ["x" * 250, "[bold]no markup[/bold] 12:34"]
    assert last.startswith("train")
    display.close(line, stays=False)
    assert sys.stdout is sys.stderr is terminal


def test_dots_are_one_line_above_until_they_end(display, terminal, line):
    display.open(line)
    for count in (1, 2, 3):
        print(".", end="", flush=True)
        first, last = terminal.screen
        assert first == "." * count
        assert last.startswith("train")
    print("printed", file=sys.stderr)
    assert terminal.screen[:2] == ["printed", "..."]
    print(" done")
    assert terminal.screen[:2] == ["printed", "... done"]
    assert len(terminal.screen) == 3
    display.close(line, stays=False)
    assert terminal.screen == ["printed", "... done"]


def test_a_bar_of_the_users_is_one_line(display, terminal, line):
    display.open(line)
    for percent in (50, 75, 100):
        sys.stdout.write(f"\r\x1b[1m{percent}%\x1b[0m [brackets]")
        assert terminal.screen[0] == f"{percent}% [brackets]"
        assert len(terminal.screen) == 2
    print()
    assert terminal.screen[0] == "100% [brackets]"
    assert len(terminal.screen) == 2


@pytest.mark.parametrize("stays", [False, True])
def test_what_is_unfinished_in_the_end_is_written(
    display, terminal, line, stays
):
    display.open(line)
    print("...", end="", flush=True)
    display.close(line, stays=stays)
    assert terminal.getvalue().endswith("...")
    print(" done")
    *bar, last = terminal.screen
    assert last == "... done"
    assert len(bar) == stays
    # The next display knows nothing of it.
    display.open(line)
    assert len(terminal.screen) == stays + 2
    display.close(line, stays=False)


def test_names_are_not_markup(display, terminal, clock):
    display.open(begun("evaluate [red]", clock))
    assert terminal.screen[0].startswith("evaluate [red] ━")


@pytest.mark.parametrize(
    ("width", "expected"),
    [
        (80, "train BAR 100/900 10 steps/s loss 0.2500 0:06 (1:20 left)"),
        (60, "train BAR 100/900 loss 0.2500 0:06 (1:20 left)"),
        (44, "train BAR 100/900 loss 0.2500"),
        (30, "train 100/900 loss 0.2500"),
        (16, "train 100/900"),
    ],
)
def test_a_narrow_terminal_shows_what_matters(terminal, clock, width, expected):
    line = begun("train", clock, 40, 900)
    clock.now += 6
    line.move(100, 900)
    line.loss = 0.25
    Display(lambda: terminal.console(width), clock).open(line)
    (shown,) = terminal.screen
    assert len(shown) <= width
    words = ["BAR" if word[0] in "━╸╺" else word for word in shown.split()]
    assert " ".join(words) == expected


def test_columns_do_not_jump(display, terminal, line):
    """A number is now short and now long: the bar keeps its width."""
    bars = []
    display.open(line)
    for loss in (0.00012345, 0.5, 0.00012345):
        line.loss = loss
        display.draw()
        bars.append(terminal.screen[0].index("loss"))
    assert len(set(bars)) == 1


def test_without_a_total_the_bar_is_full_in_the_end(display, terminal, clock):
    line = begun("predict", clock, 7, None)
    display.open(line)
    line.end()
    display.close(line, stays=True)
    assert terminal.screen[0].split() == ["predict", "━" * 40, "7", "0:00"]


def test_where_there_is_no_terminal_the_end_is_written(clock, line):
    class File(Terminal):
        def isatty(self):
            return False

    file = File()
    console = file.console()
    console._force_terminal = False
    display = Display(lambda: console, clock)
    display.open(line)
    display.draw()
    assert file.getvalue() == ""
    display.close(line, stays=True)
    assert file.getvalue().count("train") == 1
    assert "40/100" in file.getvalue()


def test_a_terminal_that_is_gone_stops_the_display_not_the_call(
    display, terminal, line, monkeypatch
):
    display.open(line)

    def fail(*text):
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(terminal, "write", fail)
    monkeypatch.setattr(terminal, "flush", fail)
    display.draw()
    assert not display.is_live
    display.draw()
    display.close(line, stays=True)
    assert sys.stdout is terminal


def test_when_the_process_ends_open_lines_go_away(display, terminal, line):
    display.open(line)
    display.stop()
    display.stop()
    print("prompt")
    assert terminal.screen == ["prompt"]
    display.close(line, stays=True)
    assert terminal.screen == ["prompt"]


def test_the_cursor_is_left_visible(display, terminal, line):
    """A generator may stay open at a prompt."""
    display.open(line)
    code = terminal.getvalue()
    assert code.rindex("\x1b[?25h") > code.rindex("\x1b[?25l")


def test_threads_share_the_terminal(display, terminal, clock):
    def call(name):
        for _ in range(3):
            line = begun(name, clock)
            display.open(line)
            for position in range(5):
                line.move(position, 5)
                display.draw()
                sys.stdout.write(f"{name} at {position}\n")
            display.close(line, stays=False)

    threads = [threading.Thread(target=call, args=(n,)) for n in "abcd"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not display.is_live
    expected = [f"{n} at {p}" for n in "abcd" for p in range(5)] * 3
    assert sorted(terminal.screen) == sorted(expected)
    assert sys.stdout is terminal
