"""`tf.contrib.learn`: Experiment and learn_runner."""

import os

import pytest

import keras_estimator as ke
import keras_estimator.compat.v1 as tf
from tests.parity import toys
from tests.training.test_loop import _Stack


def experiment(path, model_fn=None, **options):
    config = ke.RunConfig(save_checkpoints_steps=2)
    estimator = ke.Estimator(
        model_fn or toys.halving(_Stack), str(path), config
    )
    options = {"train_steps": 4, **options}
    return tf.contrib.learn.Experiment(
        estimator, toys.eights(_Stack), toys.eights(_Stack, 2), **options
    )


def serving_input_fn():
    x = tf.placeholder(tf.float32, [None])
    return tf.estimator.export.ServingInputReceiver(x, {"x": x})


def evaluated(one):
    return sorted(ke.read_eval_metrics(one.estimator.eval_dir()))


def test_it_trains_and_evaluates_each_checkpoint(model_dir):
    one = experiment(model_dir)
    metrics, exports = one.train_and_evaluate()
    assert metrics["global_step"] == 4
    assert exports == []
    assert evaluated(one) == [2, 4]
    assert (one.train_steps, one.eval_steps, one.eval_metrics) == (4, 100, None)


def test_a_frequency_of_0_evaluates_only_the_end(model_dir):
    one = experiment(model_dir, min_eval_frequency=0)
    metrics, _ = one.local_run()
    assert metrics["global_step"] == 4
    assert evaluated(one) == [4]


def test_strategies_export_to_servo(model_dir):
    strategy = tf.contrib.learn.make_export_strategy(
        serving_input_fn, exports_to_keep=1
    )

    def model_fn(features, labels, mode):
        served = isinstance(features, dict)
        features = features["feature"] if served else features
        return toys.halving(_Stack)(features, labels, mode)

    one = experiment(model_dir, model_fn, export_strategies=strategy)
    _, (path,) = one.train_and_evaluate()
    assert os.path.dirname(path.decode()) == f"{model_dir}/export/Servo"
    assert os.path.exists(f"{path.decode()}/saved_model.pb")


def test_its_parts_run_alone(model_dir):
    one = experiment(model_dir)
    seen = []

    class Counts(tf.train.SessionRunHook):
        def after_run(self, run_context, run_values):
            seen.append(1)

    one.extend_train_hooks([Counts()])
    assert one.test()[0]["global_step"] == 1
    assert one.train() is one.estimator
    assert one.evaluate(name="mine")["global_step"] == 4
    assert len(seen) == 4
    assert os.path.isdir(one.estimator.eval_dir("mine"))
    one.continuous_eval(delay_secs=0, throttle_delay_secs=0)
    assert evaluated(one) == [1, 4]


def test_the_runner_calls_the_schedule(model_dir):
    run = tf.contrib.learn.learn_runner.run
    config = tf.contrib.learn.RunConfig(model_dir=model_dir)

    def experiment_fn(run_config, hparams):
        assert run_config is config
        return experiment(run_config.model_dir, train_steps=hparams["steps"])

    metrics, _ = run(experiment_fn, run_config=config, hparams={"steps": 3})
    assert metrics["global_step"] == 3
    found = run(lambda folder: experiment(folder), model_dir, "evaluate")
    assert found["global_step"] == 3


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (
            lambda run: run(3, "d"),
            TypeError,
            "`experiment_fn` must be a function, given: 3",
        ),
        (lambda run: run(print), ValueError, "Exactly one of output_dir"),
        (
            lambda run: run(lambda folder: 3, "d"),
            TypeError,
            "must return an Experiment. It returned 3",
        ),
        (
            lambda run: run(lambda folder: experiment(folder), "d", "serve"),
            ValueError,
            "non-existent task 'serve'",
        ),
    ],
    ids=["no function", "neither", "no experiment", "no schedule"],
)
def test_what_cannot_be_run_is_refused(
    call, error, message, tmp_path, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(error, match=message):
        call(tf.contrib.learn.learn_runner.run)


def test_wrong_arguments_are_refused(model_dir):
    with pytest.raises(TypeError, match="must implement"):
        tf.contrib.learn.Experiment(3, print, print)
    with pytest.raises(ValueError, match="`eval_metrics` must be None"):
        experiment(model_dir, eval_metrics={})
    with pytest.raises(TypeError, match="make_export_strategy"):
        experiment(model_dir, export_strategies=[3])
    with pytest.raises(ValueError, match="serving_default"):
        tf.contrib.learn.make_export_strategy(print, "key")
    with pytest.raises(AttributeError, match="canned estimators are not"):
        tf.contrib.learn.DNNClassifier  # noqa: B018
