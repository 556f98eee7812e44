import math

import pytest

from keras_estimator.progress.line import Line
from keras_estimator.progress.line import duration


@pytest.fixture
def line(clock):
    """A call that has begun at step 1000."""
    line = Line("train", clock)
    line.start(1000)
    return line


def run(line, clock, *, seconds, position, total=2000):
    clock.now += seconds
    line.move(position, total)


def test_the_first_steps_do_not_count_since_they_compile(line, clock):
    run(line, clock, seconds=30, position=1010)
    assert line.rate is None
    assert line.remaining_secs is None
    run(line, clock, seconds=1, position=1110)
    assert line.rate == 100


def test_the_rate_is_that_of_the_last_seconds(line, clock):
    run(line, clock, seconds=1, position=1001)
    for i in range(1, 20):
        run(line, clock, seconds=1, position=1001 + 10 * i)
    assert line.rate == 10
    for i in range(1, 11):
        run(line, clock, seconds=1, position=1191 + 50 * i)
    assert line.rate == 50


def test_a_slow_step_has_a_rate_all_the_same(line, clock):
    run(line, clock, seconds=60, position=1001)
    run(line, clock, seconds=60, position=1002)
    assert line.rate == 1 / 60
    assert line.parts().rate == "0.0167 steps/s"


def test_the_time_left_follows_from_rate_and_total(line, clock):
    run(line, clock, seconds=1, position=1010)
    run(line, clock, seconds=1, position=1020)
    assert line.remaining_secs == 98
    assert line.parts().time == "0:02 (1:38 left)"


def test_without_a_total_nothing_is_said_of_what_is_left(line, clock):
    run(line, clock, seconds=1, position=1010, total=None)
    run(line, clock, seconds=1, position=1020, total=None)
    assert line.remaining_secs is None
    assert line.parts() == ("train", "1020", "10 steps/s", "", "0:02")


def test_in_the_end_the_rate_is_that_of_the_whole_call(line, clock):
    run(line, clock, seconds=8, position=1010)
    run(line, clock, seconds=2, position=2000)
    line.end()
    clock.now += 1000
    assert line.rate == 100
    assert line.parts() == ("train", "2000/2000", "100 steps/s", "", "0:10")


def test_a_call_without_steps_has_no_rate(line, clock):
    line.end()
    assert line.parts() == ("train", "1000", "", "", "0:00")


@pytest.mark.parametrize(
    ("loss", "text"),
    [
        (0.0, "0.0000"),
        (0.6931472, "0.6931"),
        (0.00012345, "1.2345e-04"),
        (-3.5, "-3.5000"),
        (99999.0, "99999.0000"),
        (1.2345678e12, "1.2346e+12"),
        (math.nan, "nan"),
        (math.inf, "inf"),
    ],
)
def test_the_loss_has_the_digits_of_keras(line, loss, text):
    line.loss = loss
    assert line.parts().loss == f"loss {text}"


def test_fast_steps_have_no_fractions(line, clock):
    run(line, clock, seconds=1, position=1001)
    run(line, clock, seconds=4, position=6002)
    assert line.parts().rate == "1,250 steps/s"


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0.9, "0:00"), (59, "0:59"), (3599, "59:59"), (100000, "27:46:40")],
)
def test_durations(seconds, text):
    assert duration(seconds) == text
