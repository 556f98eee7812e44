"""`evaluate_in_memory`: whose weights it evaluates, what it leaves alone."""

import os
import threading

import pytest
import tensorflow as tf

import keras_estimator as ke

_v1 = tf.compat.v1


def _model_fn(features, mode, params):
    """Adds 1 to `w` at each step; the loss is `w`, times `scale`."""
    w = _v1.get_variable("w", [], initializer=_v1.zeros_initializer())
    train_op = w.assign_add(1.0)
    if mode == "eval" and params.get("extra"):
        ones = _v1.ones_initializer()
        w = w + _v1.get_variable("extra", [], initializer=ones)
    step = _v1.train.get_global_step()
    with tf.control_dependencies([train_op] if mode == "train" else []):
        train_op = step.assign_add(1)
    scale = params.get("scale", 1.0)
    return ke.EstimatorSpec(
        mode,
        loss=scale * w + 0 * tf.reduce_mean(features),
        train_op=train_op,
        eval_metric_ops={"mean_w": _v1.metrics.mean(w)},
        scaffold=params.get("scaffold", lambda mode: None)(mode),
    )


def _estimator(model_dir, **params):
    config = ke.RunConfig(log_step_count_steps=None, save_summary_steps=None)
    return ke.Estimator(_model_fn, model_dir, config, params)


def _batches(count):
    return lambda: tf.data.Dataset.from_tensors([1.0]).repeat(count)


def _step(estimator):
    return int(estimator.get_variable_value("global_step"))


def test_what_fit_has_trained_is_evaluated_at_its_step(model_dir):
    estimator = _estimator(model_dir)
    estimator.train(_batches(2))
    estimator.model.fit(_batches(3)(), verbose=0)
    assert estimator.evaluate(_batches(1))["loss"] == 2.0
    result = estimator.evaluate_in_memory(_batches(4), steps=2, name="memory")
    assert result == {"loss": 5.0, "mean_w": 5.0, "global_step": 5}
    assert list(result) == list(estimator.evaluate(_batches(1)))
    assert ke.read_eval_metrics(estimator.eval_dir("memory")) == {
        5: {"loss": 5.0, "mean_w": 5.0}
    }
    assert _step(estimator) == 2


def test_it_says_nothing_of_a_checkpoint(model_dir):
    estimator = _estimator(model_dir)
    estimator.train(_batches(2))
    estimator.evaluate_in_memory(_batches(1))
    folder = estimator.eval_dir()
    (name,) = os.listdir(folder)
    tags = [
        value.tag
        for event in _v1.train.summary_iterator(os.path.join(folder, name))
        for value in event.summary.value
    ]
    assert tags == ["loss", "mean_w"]


def test_without_weights_in_memory_it_says_so(model_dir):
    _estimator(model_dir).train(_batches(2))
    again = _estimator(model_dir)
    with pytest.raises(ke.errors.NotBuiltError) as error:
        again.evaluate_in_memory(_batches(1))
    assert str(error.value) == (
        "There are no weights in memory yet. Call `train`, or "
        "`estimator.model.fit`, before; or evaluate a checkpoint with "
        "`evaluate`."
    )
    # An evaluation of the checkpoint does not change what training has.
    again.evaluate(_batches(1))
    with pytest.raises(ke.errors.NotBuiltError):
        again.evaluate_in_memory(_batches(1))


def test_metrics_begin_anew_with_each_call(model_dir):
    estimator = _estimator(model_dir)
    estimator.train(_batches(1))
    assert estimator.evaluate_in_memory(_batches(3))["mean_w"] == 1.0
    estimator.train(_batches(1))
    assert estimator.evaluate_in_memory(_batches(3))["mean_w"] == 2.0


def test_a_hook_may_evaluate_between_two_steps(model_dir):
    estimator = _estimator(model_dir)
    found = []

    class Evaluate(ke.SessionRunHook):
        def after_run(self, run_context, run_values):
            found.append(estimator.evaluate_in_memory(_batches(2))["loss"])

    estimator.train(_batches(3), hooks=[Evaluate()])
    assert found == [1.0, 2.0, 3.0]
    assert _step(estimator) == 3


def test_the_session_of_another_estimator_is_evaluated(model_dir, tmp_path):
    estimator = _estimator(model_dir)
    other = _estimator(str(tmp_path / "other"), scale=10.0)
    other.train(_batches(1))
    hook = ke.experimental.InMemoryEvaluatorHook(
        other, _batches(1), every_n_iter=2
    )
    estimator.train(_batches(3), hooks=[hook])
    losses = ke.read_eval_metrics(other.eval_dir())
    assert {k: v["loss"] for k, v in losses.items()} == {0: 0, 2: 20, 3: 30}
    assert not os.path.exists(estimator.eval_dir())
    assert other.evaluate_in_memory(_batches(1))["loss"] == 10.0


def test_variables_of_evaluation_alone_take_their_initial_values(model_dir):
    estimator = _estimator(model_dir, extra=True)
    estimator.train(_batches(2))
    assert estimator.evaluate_in_memory(_batches(1))["loss"] == 3.0
    # Not so in a checkpoint: there they are missing.
    with pytest.raises(ke.errors.VariableNotFoundError, match="extra"):
        estimator.evaluate(_batches(1))


def test_another_thread_may_evaluate_while_one_trains(model_dir):
    estimator = _estimator(model_dir)
    estimator.train(_batches(2))
    results, trains, evaluated = [], threading.Event(), threading.Event()

    class Wait(ke.SessionRunHook):
        def after_run(self, run_context, run_values):
            trains.set()
            assert evaluated.wait(60)

    def evaluate():
        assert trains.wait(60)
        results.append(estimator.evaluate_in_memory(_batches(2)))
        evaluated.set()

    thread = threading.Thread(target=evaluate)
    thread.start()
    estimator.train(_batches(2), hooks=[Wait()])
    thread.join()
    assert [(r["loss"], r["global_step"]) for r in results] == [(3.0, 3)]


@pytest.mark.parametrize("custom", ["saver", "init_fn"])
def test_what_gives_other_values_is_refused(model_dir, custom):
    def scaffold(mode):
        if mode != "eval":
            return None
        if custom == "saver":
            return _v1.train.Scaffold(saver=_v1.train.Saver())
        return _v1.train.Scaffold(init_fn=lambda scaffold, session: None)

    estimator = _estimator(model_dir, scaffold=scaffold)
    estimator.train(_batches(1))
    with pytest.raises(ke.errors.ConfigError) as error:
        estimator.evaluate_in_memory(_batches(1))
    assert str(error.value) == (
        f"InMemoryEvaluator does not support custom {custom}: the Scaffold of "
        "model_fn in mode 'eval' has one, which may give variables other "
        "values than those in memory (moving averages). Leave it out, or call "
        "`evaluate` in a saving listener."
    )


def test_bad_arguments_are_refused(model_dir):
    estimator = _estimator(model_dir)
    estimator.train(_batches(1))
    with pytest.raises(ke.errors.ConfigError, match="steps > 0, given: 0"):
        estimator.evaluate_in_memory(_batches(1), steps=0)
    with pytest.raises(ke.errors.ArgumentTypeError, match="SessionRunHook"):
        estimator.evaluate_in_memory(_batches(1), hooks=["hook"])
