"""What early stopping warns of: evaluations that it will not see in time."""

import os

import pytest
import tensorflow as tf

import keras_estimator as ke
from keras_estimator import summaries
from keras_estimator.hooks.metric_watch import MetricWatch

_EVALUATE = (
    "Evaluate while it trains: with `train_and_evaluate`, with an "
    "`InMemoryEvaluatorHook(estimator, input_fn, every_n_iter=...)` before "
    "this hook, or in the `after_save` of a `CheckpointSaverListener`"
)


@pytest.fixture
def folder(tmp_path):
    return str(tmp_path / "eval")


@pytest.fixture
def warned(caplog):
    """Returns the warnings since it was last called."""
    tf.get_logger().setLevel("WARNING")

    def take():
        lines = [record.getMessage() for record in caplog.records]
        caplog.clear()
        return lines

    return take


def _write(folder, *steps, loss=1.0):
    for step in steps:
        summaries.write_evaluation(folder, {"loss": loss}, step, None)


def _watch(folder, patience=None, interval="every 5 steps"):
    watch = MetricWatch("loss", folder, 0, patience)
    watch.begin(interval)
    return watch


def test_no_evaluation_in_ten_looks_is_worth_a_warning(folder, warned):
    watch = _watch(folder)
    for _ in range(9):
        assert watch.look() == {}
    assert warned() == []
    watch.look()
    assert warned() == [
        f"Early stopping has found no evaluation in {folder!r} in 10 looks, "
        f"every 5 steps: nothing could stop the training. {_EVALUATE}; or, "
        "between short calls of train, by `evaluate`."
    ]
    for _ in range(20):
        watch.look()
    watch.end()
    assert warned() == []


def test_a_short_call_without_an_evaluation_ends_with_a_warning(folder, warned):
    watch = _watch(folder)
    watch.look()
    watch.end()
    assert warned() == [
        f"Early stopping has found no evaluation in {folder!r} in this call "
        f"of train: nothing could stop the training. {_EVALUATE}; or, between "
        "short calls of train, by `evaluate`."
    ]


def test_it_says_where_there_are_evaluations(folder, warned):
    parent = os.path.dirname(folder)
    _write(os.path.join(parent, "eval_dev"), 5)
    os.makedirs(os.path.join(parent, "eval_none"))
    watch = _watch(folder)
    watch.end()
    (warning,) = warned()
    assert (
        " There are evaluations in 'eval_dev': name such a directory by "
        "`eval_dir=estimator.eval_dir(name)`. Evaluate while"
    ) in warning


def test_looks_that_find_nothing_new_are_worth_a_warning(folder, warned):
    _write(folder, 0, 100, 200, 300, 400)
    watch = _watch(folder)
    # The first look finds them all.
    for _ in range(10):
        assert list(watch.look()) == [0, 100, 200, 300, 400]
    assert warned() == []
    watch.look()
    assert warned() == [
        f"Early stopping looks at {folder!r} every 5 steps, and has found "
        "nothing new 10 times in a row. The evaluations so far are of steps "
        "..., 100, 200, 300, 400. Only a new one can stop the training. "
        f"{_EVALUATE}, more often than now, or look more rarely: "
        "`run_every_secs=None, run_every_steps=100`."
    ]
    for _ in range(20):
        watch.look()
    assert warned() == []


def test_one_evaluation_has_no_distance_yet(folder, warned):
    _write(folder, 100)
    watch = _watch(folder, interval="every 60 seconds")
    for _ in range(11):
        watch.look()
    (warning,) = warned()
    assert "every 60 seconds, and has found nothing new 10 times" in warning
    assert "The evaluations so far are of step 100. Only" in warning
    assert warning.endswith(f"{_EVALUATE}, more often than now.")


def test_evaluations_that_keep_coming_are_fine(folder, warned):
    watch = _watch(folder, ("max_steps_without_decrease", 100))
    for step in range(0, 500, 100):
        _write(folder, step)
        for _ in range(9):
            watch.look()
    watch.end()
    assert warned() == []


def test_too_little_patience_is_worth_a_warning(folder, warned):
    watch = _watch(folder, ("max_steps_without_decrease", 99))
    _write(folder, 0)
    watch.look()
    assert warned() == []
    _write(folder, 100)
    watch.look()
    assert warned() == [
        "Early stopping has max_steps_without_decrease=99, which is less than "
        f"the 100 steps from one evaluation in {folder!r} to the next (they "
        "are of steps 0, 100): the first one that is not better than all "
        "before it stops the training. Evaluate more often, or give "
        "`max_steps_without_decrease` a few times the distance: 300."
    ]
    _write(folder, 200)
    watch.look()
    assert warned() == []


def test_evaluations_between_two_looks_are_worth_a_warning(folder, warned):
    watch = _watch(folder, interval="every 60 seconds")
    _write(folder, 0)
    watch.look()
    _write(folder, 10)
    watch.end()
    # The last evaluation of a call always comes after the last look.
    assert warned() == []
    _write(folder, 20, 30)
    watch.end()
    assert warned() == [
        f"Early stopping looks at {folder!r} every 60 seconds, and did so for "
        "the last time in this call of train before the evaluations of steps "
        "10, 20, 30: they could not stop the training. Look more often: "
        "`run_every_secs=None, run_every_steps=10`."
    ]


def test_calls_of_train_are_counted_one_by_one(folder, warned):
    watch = _watch(folder)
    for step in range(0, 300, 100):
        _write(folder, step)
        watch.begin("every 20 steps")
        for _ in range(6):
            watch.look()
        watch.end()
    assert warned() == []


def test_early_evaluations_do_not_count(folder):
    _write(folder, 0, 10, 20)
    watch = MetricWatch("loss", folder, 10)
    watch.begin("every 5 steps")
    assert watch.look() == {10: 1.0, 20: 1.0}


def test_an_early_evaluation_may_lack_the_metric(folder):
    _write(folder, 0)
    watch = MetricWatch("mae", folder, 10)
    watch.begin("every 5 steps")
    assert watch.look() == {}
    _write(folder, 10)
    with pytest.raises(ke.errors.MetricNotFoundError, match="They have: loss"):
        watch.look()


def _watch_by_steps(folder, every):
    watch = MetricWatch("loss", folder, 0)
    watch.begin(f"every {every} steps", every)
    return watch


def test_two_evaluations_tell_that_looks_come_too_often(folder, warned):
    _write(folder, 0)
    watch = _watch_by_steps(folder, 10)
    for _ in range(9):
        watch.look()
    assert warned() == []
    _write(folder, 90)
    watch.look()
    assert warned() == [
        f"Early stopping looks at {folder!r} every 10 steps, evaluations are "
        "90 steps apart (steps 0, 90). Only a new one can stop the training. "
        f"{_EVALUATE}, more often than now, or look more rarely: "
        "`run_every_secs=None, run_every_steps=90`."
    ]
    # Once a call; ten looks in vain say nothing more.
    for _ in range(20):
        watch.look()
    _write(folder, 180)
    watch.look()
    watch.end()
    assert warned() == []
    watch.begin("every 10 steps", 10)
    watch.look()
    _write(folder, 270)
    watch.look()
    (warning,) = warned()
    assert "are 90 steps apart (steps 0, 90, 180, 270). Only" in warning


def test_a_distance_that_only_the_end_sees_is_told(folder, warned):
    _write(folder, 0)
    watch = _watch_by_steps(folder, 10)
    watch.look()
    _write(folder, 50)
    watch.end()
    (warning,) = warned()
    assert "every 10 steps, evaluations are 50 steps apart" in warning


def test_evaluations_as_often_as_looks_are_fine(folder, warned):
    watch = _watch_by_steps(folder, 10)
    for step in range(0, 200, 10):
        _write(folder, step)
        watch.look()
    _write(folder, 195)
    watch.end()
    assert warned() == []


def test_evaluations_from_before_a_call_do_not_tell_of_this_one(folder, warned):
    _write(folder, 0, 1000)
    watch = _watch_by_steps(folder, 10)
    for step in range(1010, 1100, 10):
        watch.look()
        _write(folder, step)
    watch.end()
    assert warned() == []


def test_looks_by_the_second_are_not_held_against_steps(folder, warned):
    _write(folder, 0)
    watch = _watch(folder, interval="every 60 seconds")
    watch.look()
    _write(folder, 10_000)
    watch.look()
    watch.end()
    assert warned() == []
