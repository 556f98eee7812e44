"""What `BestCheckpoints` accepts, and RunConfig of it."""

import copy
import pickle
import re

import pytest

import keras_estimator as ke
from keras_estimator.checkpoint.best_policy import call_compare_fn


def compare(best_eval_result, current_eval_result):
    return current_eval_result["loss"] < best_eval_result["loss"]


@pytest.mark.parametrize(
    ("given", "error", "told"),
    [
        ({"keep": 0}, "ConfigError", "`keep` must be at least 1"),
        ({"keep": True}, "ArgumentTypeError", "`keep` must be a whole number"),
        ({"keep": 1.5}, "ArgumentTypeError", "keep=1.5 (float)"),
        ({"metric": ""}, "ConfigError", "`metric` must be the name"),
        ({"metric": None}, "ArgumentTypeError", "`metric` must be a string"),
        ({"compare_fn": 3}, "ArgumentTypeError", "must be a function or None"),
        (
            {"compare_fn": lambda a: True},
            "ConfigError",
            "must take two arguments, best_eval_result and current_eval_result",
        ),
        (
            {"compare_fn": compare, "metric": "accuracy"},
            "ConfigError",
            "`compare_fn` decides alone",
        ),
        (
            {"compare_fn": compare, "higher_is_better": True},
            "ConfigError",
            "leave out `metric` and `higher_is_better`",
        ),
        (
            {"higher_is_better": "loss"},
            "ArgumentTypeError",
            "must be True or False",
        ),
        ({"name": 3}, "ArgumentTypeError", "`name` must be a string or None"),
    ],
)
def test_what_makes_no_sense_is_refused(given, error, told):
    with pytest.raises(getattr(ke.errors, error), match=re.escape(told)):
        ke.BestCheckpoints(**given)


def test_all_faults_are_told_at_once():
    with pytest.raises(ke.errors.ConfigError) as info:
        ke.BestCheckpoints(keep=0, metric="")
    assert str(info.value).count("Received") == 2


def _has_more(a, b, c=1):
    return a, b


def _swapped(current_eval_result, best_eval_result):
    return best_eval_result, current_eval_result


@pytest.mark.parametrize(
    "function",
    [
        _swapped,
        lambda a, b: (a, b),
        lambda *both: both,
        lambda a, b, c=1: (a, b),
    ],
)
def test_arguments_of_compare_fn_go_by_name_or_else_by_place(function):
    assert ke.BestCheckpoints(compare_fn=function).compare_fn is function
    best, current = {"loss": 1.0}, {"loss": 2.0}
    assert call_compare_fn(function, best, current) == (best, current)


def test_config_has_it():
    best = ke.BestCheckpoints(2, compare_fn=compare, name="dev")
    config = ke.RunConfig(keep_best_checkpoints=best)
    assert config.keep_best_checkpoints == best
    assert ke.RunConfig().keep_best_checkpoints is None
    assert copy.deepcopy(config).keep_best_checkpoints == best
    assert config.replace(model_dir="m").keep_best_checkpoints == best
    assert config.replace(keep_best_checkpoints=None).model_dir is None
    assert pickle.loads(pickle.dumps(best)) == best
    assert "BestCheckpoints(keep=2, metric='loss'" in repr(config)
    with pytest.raises(AttributeError):
        best.keep = 3


def test_config_refuses_anything_else():
    for config in (
        lambda: ke.RunConfig(keep_best_checkpoints=3),
        lambda: ke.RunConfig().replace(keep_best_checkpoints="loss"),
    ):
        with pytest.raises(
            ke.errors.ArgumentTypeError, match="must be a `BestCheckpoints`"
        ):
            config()
