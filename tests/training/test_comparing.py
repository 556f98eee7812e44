"""compare_fn: how it is checked and called."""

import functools

import numpy as np
import pytest

from keras_estimator.errors import ConfigError
from keras_estimator.errors import MetricNotFoundError
from keras_estimator.training.comparing import checked_compare_fn
from keras_estimator.training.comparing import is_better
from keras_estimator.training.comparing import loss_is_smaller


def compare(best_eval_result, current_eval_result):
    return best_eval_result["auc"] < current_eval_result["auc"]


def test_the_results_are_given_by_name():
    assert is_better(compare, {"auc": 0.5}, {"auc": 0.6}) is True
    assert is_better(compare, {"auc": 0.5}, {"auc": 0.5}) is False
    found = is_better(
        lambda current_eval_result, best_eval_result: np.bool_(True), {}, {}
    )
    assert found is True


@pytest.mark.parametrize(
    ("best", "current", "expected"),
    [(2, 1, True), (1, 1, False), (1, 2, False)],
)
def test_by_default_the_lower_loss_is_better(best, current, expected):
    assert loss_is_smaller({"loss": best}, {"loss": current}) is expected


def test_a_result_without_a_loss_is_named():
    with pytest.raises(
        ConfigError, match="current_eval_result cannot be empty"
    ):
        is_better(loss_is_smaller, {"loss": 1.0}, {"auc": 0.5})


def test_a_missing_metric_is_named_with_those_that_are_there():
    with pytest.raises(MetricNotFoundError) as caught:
        is_better(compare, {"auc": 0.5}, {"accuracy": 0.5, "loss": 1.0})
    assert "`compare` asks for 'auc'" in str(caught.value)
    assert "['accuracy', 'loss']" in str(caught.value)
    assert isinstance(caught.value, KeyError)


def test_an_error_in_it_shows_what_it_was_given():
    def divides(best_eval_result, current_eval_result):
        return 1 / best_eval_result["loss"] > 1

    with pytest.raises(ConfigError, match=r"ZeroDivisionError.*'loss': 0"):
        is_better(divides, {"loss": 0}, {"loss": 1})


@pytest.mark.parametrize("returned", [None, 1, "yes", np.array([True])])
def test_it_must_return_a_bool(returned):
    with pytest.raises(ConfigError, match="must return True or False"):
        is_better(
            lambda best_eval_result, current_eval_result: returned, {}, {}
        )


def test_functions_of_many_kinds_are_accepted():
    class Callable:
        def __call__(self, best_eval_result, current_eval_result):
            return True

    def with_more(best_eval_result, current_eval_result, metric="auc"):
        return metric == "auc"

    def with_all(**results):
        return sorted(results) == ["best_eval_result", "current_eval_result"]

    def of_three(metric, best_eval_result, current_eval_result):
        return metric == "auc"

    for function in (
        Callable(),
        with_more,
        with_all,
        functools.partial(of_three, "auc"),
    ):
        assert is_better(checked_compare_fn(function), {}, {})


@pytest.mark.parametrize(
    ("function", "message"),
    [
        (None, "must not be None"),
        (3, "must be a function of best_eval_result .* given: 3"),
        (lambda: True, "must include best_eval_result and current_eval_result"),
        (
            lambda best, current: True,
            r"Its arguments are \['best', 'current'\]",
        ),
        (lambda best_eval_result: True, "must include current_eval_result"),
        (
            lambda best_eval_result, current_eval_result, more: True,
            r"not expected args: \['more'\]",
        ),
    ],
)
def test_functions_that_cannot_be_called_are_refused(function, message):
    with pytest.raises(ConfigError, match=message):
        checked_compare_fn(function)
