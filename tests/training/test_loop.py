"""train_and_evaluate: roles of a cluster; tests/parity has the local mode."""

import json

import pytest
import tensorflow as tf

import keras_estimator as ke
from keras_estimator.checkpoint import bundle
from keras_estimator.training import loop
from keras_estimator.training.loop import evaluate_continuously
from tests.parity import toys

_v1 = tf.compat.v1


class _Stack:
    tf = _v1
    tf2 = tf
    estimator = ke


def estimator_in(path, **config):
    return ke.Estimator(toys.halving(_Stack), str(path), ke.RunConfig(**config))


def specs(max_steps=4, **options):
    return (
        ke.TrainSpec(toys.eights(_Stack), max_steps=max_steps),
        ke.EvalSpec(toys.eights(_Stack, 2), **options),
    )


class Exporter(ke.Exporter):
    name = "exporter"

    def __init__(self):
        self.calls = []

    def export(self, checkpoint_path, is_the_final_export, **others):
        self.calls.append((checkpoint_path[-1], is_the_final_export))


@pytest.fixture
def lines(caplog):
    """The lines that are logged, of all levels from INFO up."""
    tf.get_logger().setLevel("INFO")
    caplog.set_level("INFO", "tensorflow")
    return lambda level="INFO": [
        record.getMessage()
        for record in caplog.records
        if record.levelname == level
    ]


@pytest.fixture
def cluster(monkeypatch):
    def role(kind, **jobs):
        jobs = jobs or {"chief": ["host:1"]}
        config = {"cluster": jobs, "task": {"type": kind, "index": 0}}
        monkeypatch.setenv("TF_CONFIG", json.dumps(config))

    return role


def test_programs_are_built_once_and_weights_not_read_again(
    model_dir, lines, monkeypatch
):
    def refuse(*arguments):
        raise AssertionError("What is in memory was read from disk.")

    monkeypatch.setattr(bundle, "restore", refuse)
    one = estimator_in(model_dir, save_checkpoints_steps=1)
    train_spec, eval_spec = specs(throttle_secs=0)
    metrics, exports = ke.train_and_evaluate(one, train_spec, eval_spec)
    assert metrics["global_step"] == 4
    assert metrics["loss"] == pytest.approx(0.125)
    assert exports == []
    assert lines().count("Calling model_fn.") == 2


def test_the_input_of_training_goes_on_during_evaluations(model_dir):
    one = estimator_in(model_dir, save_checkpoints_steps=1)
    asked = []

    def input_fn():
        asked.append("train")
        return tf.data.Dataset.range(3).map(
            lambda i: tf.fill([1], tf.cast(i, tf.float32))
        )

    train_spec = ke.TrainSpec(input_fn)
    _, eval_spec = specs(throttle_secs=0)
    metrics, _ = ke.train_and_evaluate(one, train_spec, eval_spec)
    assert metrics["global_step"] == 3
    assert asked == ["train"]


def test_a_chief_trains_and_does_not_evaluate(model_dir, cluster):
    cluster("chief")
    exporter = Exporter()
    one = estimator_in(model_dir)
    found = ke.train_and_evaluate(one, *specs(exporters=exporter))
    assert found is None
    assert one.latest_checkpoint().endswith("model.ckpt-4")
    assert exporter.calls == []
    assert not tf.io.gfile.exists(one.eval_dir())


def test_an_evaluator_evaluates_each_new_checkpoint_to_the_last(
    model_dir, cluster
):
    exporter, waits = Exporter(), []
    train_spec, eval_spec = specs(
        start_delay_secs=3, throttle_secs=10, exporters=exporter
    )

    def sleep(seconds):
        waits.append(seconds)
        if len(waits) == 1:  # the start delay: nothing is there yet
            return
        # The chief has meanwhile gone on; as if in a process of its own.
        chief.train(toys.eights(_Stack), max_steps=2 * (len(waits) - 1))

    chief = estimator_in(model_dir)
    cluster("evaluator")
    evaluator = estimator_in(model_dir)
    clock = iter(range(0, 1000, 4))
    evaluate_continuously(
        evaluator, train_spec, eval_spec, sleep, lambda: next(clock)
    )
    assert waits == [3, 6, 6]
    assert exporter.calls == [("2", False), ("4", True)]
    evaluations = ke.read_eval_metrics(evaluator.eval_dir())
    assert sorted(evaluations) == [2, 4]


def test_an_evaluator_without_anything_to_evaluate_says_so_once(
    model_dir, cluster, lines
):
    cluster("evaluator")
    waits = []

    def sleep(seconds):
        waits.append(seconds)
        if len(waits) == 3:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        evaluate_continuously(
            estimator_in(model_dir), *specs(throttle_secs=0), sleep
        )
    assert waits[0] == 120
    assert waits[1:] == [loop._SHORTEST_WAIT] * 2
    (warning,) = lines("WARNING")
    assert "No new checkpoint in" in warning


def test_train_and_evaluate_runs_the_evaluator_of_its_task(model_dir, cluster):
    estimator_in(model_dir).train(toys.eights(_Stack), max_steps=4)
    cluster("evaluator")
    exporter = Exporter()
    found = ke.train_and_evaluate(
        estimator_in(model_dir), *specs(start_delay_secs=0, exporters=exporter)
    )
    assert found is None
    assert exporter.calls == [("4", True)]


def test_a_checkpoint_that_is_removed_meanwhile_is_passed_over(
    model_dir, cluster, lines
):
    estimator_in(model_dir).train(toys.eights(_Stack), max_steps=2)
    train_spec, eval_spec = specs(start_delay_secs=0, throttle_secs=0)
    chief = estimator_in(model_dir, keep_checkpoint_max=1)

    class GoesOn(ke.Exporter):
        name = "goes on"

        def export(self, estimator, checkpoint_path, **others):
            if checkpoint_path.endswith("2"):
                chief.train(toys.eights(_Stack), max_steps=4)
                list(
                    estimator.predict(
                        toys.eights(_Stack, 1), checkpoint_path=checkpoint_path
                    )
                )

    cluster("evaluator")
    evaluator = estimator_in(model_dir)
    eval_spec = eval_spec._replace(exporters=(GoesOn(),))
    evaluate_continuously(evaluator, train_spec, eval_spec, lambda _: None)
    (warning, *_) = lines("WARNING")
    assert "model.ckpt-2 was removed while it was evaluated" in warning


@pytest.mark.parametrize("name", ["../x", "a/b", ".."])
def test_the_name_of_an_exporter_is_that_of_a_folder(name):
    with pytest.raises(ValueError, match="leads to another place"):
        specs(exporters=ke.FinalExporter(name, None))


def test_times_are_numbers():
    with pytest.raises(TypeError, match="throttle_secs.*'60'"):
        specs(throttle_secs="60")


def test_parameter_servers_and_several_workers_are_refused(model_dir, cluster):
    jobs = {"chief": ["a:1"], "worker": ["b:1"], "ps": ["c:1"]}
    for kind in ("ps", "worker", "chief"):
        cluster(kind, **jobs)
        with pytest.raises(ke.errors.UnsupportedError, match="one process"):
            ke.train_and_evaluate(estimator_in(model_dir), *specs())


def test_a_final_exporter_that_saw_no_final_step_is_named(model_dir, lines):
    one = estimator_in(model_dir)
    train_spec, eval_spec = specs(
        max_steps=None, exporters=ke.FinalExporter("last", None)
    )
    train_spec = train_spec._replace(input_fn=toys.eights(_Stack, 3))
    _, exports = ke.train_and_evaluate(one, train_spec, eval_spec)
    assert exports == [None]
    (warning,) = lines("WARNING")
    assert (
        "'last' has exported nothing: training has ended at step 3" in warning
    )


def test_keras_callbacks_among_the_hooks_run_in_both(model_dir):
    import keras

    seen = []
    callback = keras.callbacks.LambdaCallback(
        on_epoch_end=lambda epoch, logs: seen.append("train"),
        on_test_end=lambda logs: seen.append(sorted(logs)),
    )
    one = estimator_in(model_dir)
    train_spec, _ = specs()
    eval_spec = ke.EvalSpec(toys.eights(_Stack, 2), hooks=[callback])
    ke.train_and_evaluate(
        one, train_spec._replace(hooks=(callback,)), eval_spec
    )
    assert seen == [["loss"], "train"]
