"""Stopping early by what evaluations say."""

import pytest
import tensorflow as tf

import keras_estimator as ke
from keras_estimator import summaries

x = ke.experimental
_v1 = tf.compat.v1


@pytest.fixture
def halving(model_dir):
    """A model whose `w` goes half of the way to the features at each step."""

    def model_fn(features, mode):
        w = _v1.get_variable("w", [], initializer=_v1.zeros_initializer())
        loss = 0.5 * tf.square(w - tf.reduce_mean(features))
        optimizer = _v1.train.GradientDescentOptimizer(0.5)
        return ke.EstimatorSpec(
            mode,
            loss=loss,
            train_op=optimizer.minimize(loss, _v1.train.get_global_step()),
        )

    config = ke.RunConfig(
        log_step_count_steps=None,
        save_summary_steps=None,
        save_checkpoints_steps=2,
    )
    return ke.Estimator(model_fn, model_dir, config)


def _values(*values):
    return lambda: tf.data.Dataset.from_tensors(list(values)).repeat()


def _step(estimator):
    return int(estimator.get_variable_value("global_step"))


def _evaluated(estimator, rows, name=None):
    """Writes evaluations (step, loss)."""
    for step, loss in rows:
        summaries.write_evaluation(
            estimator.eval_dir(name), {"loss": loss}, step, None
        )


def test_evaluations_from_a_listener_stop_training(halving):
    class Evaluate(ke.CheckpointSaverListener):
        def after_save(self, session, global_step_value):
            halving.evaluate(_values(6.0), steps=1)

    # w goes 0, 4, 6, 7, ... to 8: it is nearest to 6 at step 2.
    hook = x.stop_if_no_decrease_hook(
        halving, "loss", 4, run_every_secs=None, run_every_steps=1
    )
    halving.train(
        _values(8.0), hooks=[hook], steps=20, saving_listeners=[Evaluate()]
    )
    found = ke.read_eval_metrics(halving.eval_dir())
    assert [(k, v["loss"]) for k, v in found.items()] == [
        (0, 18.0),
        (2, 0.0),
        (4, 1.125),
        (6, 1.7578125),
    ]
    # The checkpoint of step 6 is written, and evaluated, before the hook looks.
    assert _step(halving) == 6


def test_evaluations_in_memory_stop_training(halving):
    hooks = [
        x.InMemoryEvaluatorHook(
            halving, _values(6.0), steps=1, name="dev", every_n_iter=1
        ),
        x.stop_if_no_decrease_hook(
            halving,
            "loss",
            2,
            halving.eval_dir("dev"),
            run_every_secs=None,
            run_every_steps=1,
        ),
    ]
    halving.train(_values(8.0), hooks=hooks, steps=20)
    assert _step(halving) == 4
    found = ke.read_eval_metrics(halving.eval_dir("dev"))
    assert [v["loss"] for v in found.values()] == [18.0, 2.0, 0, 0.5, 1.125]


def test_the_reason_is_logged(halving, info):
    _evaluated(halving, [(0, 5.0), (10, 4.0)])
    hook = x.stop_if_lower_hook(halving, "loss", 4.5)
    halving.train(_values(8.0), hooks=[hook], steps=3)
    assert (
        'At step 10, metric "loss" has value 4.0 which is less than the '
        "configured threshold (4.5) for early stopping."
    ) in info()


def test_a_metric_that_no_evaluation_has_is_an_error(halving):
    _evaluated(halving, [(0, 5.0)])
    hook = x.stop_if_higher_hook(halving, "los", 4.5)
    with pytest.raises(ke.errors.MetricNotFoundError) as error:
        halving.train(_values(8.0), hooks=[hook], steps=3)
    assert isinstance(error.value, KeyError)
    assert str(error.value) == (
        f"No evaluation in {halving.eval_dir()!r} has the metric 'los'. Did "
        "you mean 'loss'? They have: loss. `metric_name` is a key of the "
        "eval_metric_ops of model_fn, or 'loss'."
    )


_REASONS = {
    "nan first": ([(0, float("nan")), (10, 3.0), (20, 2.0)], 20, None),
    "nan last": ([(0, 3.0), (10, float("nan")), (20, float("nan"))], 20, 20),
    "nan only": ([(0, float("nan")), (20, float("nan"))], 20, 20),
    "nan between": ([(0, 3.0), (10, float("nan")), (20, 2.0)], 20, None),
}


@pytest.mark.parametrize("name", _REASONS)
def test_a_number_is_better_than_none(halving, name):
    rows, limit, since = _REASONS[name]
    hook = x.stop_if_no_decrease_hook(halving, "loss", limit)
    reason = hook._reason_to_stop(dict(rows))
    if since is None:
        assert reason is None
    else:
        assert reason.startswith(f'No decrease in metric "loss" for {since} s')


def test_evaluations_that_lack_the_metric_are_passed_over(halving):
    summaries.write_evaluation(halving.eval_dir(), {"mae": 1.0}, 0, None)
    _evaluated(halving, [(10, 5.0)])
    hook = x.stop_if_higher_hook(halving, "loss", 4.5)
    halving.train(_values(8.0), hooks=[hook], steps=3)
    assert _step(halving) == 1


_BOTH = (
    "Only one of `run_every_secs` and `run_every_steps` must be set. Received: "
    "run_every_secs=60, run_every_steps=5. The first is 60 by default: to look "
    "every so many steps, give `run_every_secs=None` as well."
)
_BAD_VALUES = {
    _BOTH: {"run_every_steps": 5},
    "Either `run_every_secs` or `run_every_steps` should be provided. "
    "Received: run_every_secs=None, run_every_steps=None.": {
        "run_every_secs": None
    },
    "`run_every_secs` and `run_every_steps` must not be negative. Received: "
    "run_every_secs=-1, run_every_steps=None.": {"run_every_secs": -1},
}
_BAD_TYPES = {
    "`run_every_steps` must be a number. Received: run_every_steps='5' (of "
    "type str).": {"run_every_secs": None, "run_every_steps": "5"},
    "`threshold` must be a number. Received: threshold='0.5' (of type str).": {
        "threshold": "0.5"
    },
    "`min_steps` must be a number. Received: min_steps=None (of type "
    "NoneType).": {"min_steps": None},
    "`metric_name` must be the name of a metric. Received: metric_name=5 (of "
    "type int).": {"metric_name": 5},
    "`eval_dir` must be a path. Received: eval_dir=5 (of type int). Give "
    "`estimator.eval_dir(name)`.": {"eval_dir": 5},
    "`estimator` must have type `keras_estimator.Estimator`. Got: <class "
    "'str'>.": {"estimator": "model"},
}


@pytest.mark.parametrize("message", _BAD_VALUES)
def test_bad_values_are_refused(halving, message):
    given = {"estimator": halving, "metric_name": "loss", "threshold": 1.0}
    with pytest.raises(ke.errors.ConfigError) as error:
        x.stop_if_higher_hook(**(given | _BAD_VALUES[message]))
    assert str(error.value) == message


@pytest.mark.parametrize("message", _BAD_TYPES)
def test_bad_types_are_refused(halving, message):
    given = {"estimator": halving, "metric_name": "loss", "threshold": 1.0}
    with pytest.raises(ke.errors.ArgumentTypeError) as error:
        x.stop_if_lower_hook(**(given | _BAD_TYPES[message]))
    assert str(error.value) == message


@pytest.mark.parametrize("way", ["increase", "decrease"])
def test_the_number_of_steps_must_be_a_number(halving, way):
    make = getattr(x, f"stop_if_no_{way}_hook")
    with pytest.raises(ke.errors.ArgumentTypeError) as error:
        make(halving, "loss", "many")
    assert str(error.value) == (
        f"`max_steps_without_{way}` must be a number. Received: "
        f"max_steps_without_{way}='many' (of type str)."
    )
