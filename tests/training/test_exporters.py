"""Exporters: what differs from tf.estimator; tests/parity has the rest."""

import os

import numpy as np
import pytest
import tensorflow as tf

import keras_estimator as ke
from keras_estimator import summaries
from keras_estimator.errors import ConfigError
from keras_estimator.errors import MetricNotFoundError


class FakeEstimator:
    """Makes folders in place of SavedModels."""

    def __init__(self, model_dir):
        self.model_dir = str(model_dir)
        self.exported = []

    def export_saved_model(self, base, receiver_fn, **options):
        self.exported.append(options["checkpoint_path"])
        path = os.path.join(base, str(1000000000 + len(self.exported)))
        os.makedirs(path)
        return path.encode()


@pytest.fixture
def fake(tmp_path):
    return FakeEstimator(tmp_path / "model")


def evaluate_and_export(estimator, exporter, step, loss, **metrics):
    """What train_and_evaluate does: the events are written first."""
    results = {"loss": np.float32(loss), "global_step": np.int64(step)}
    results |= metrics
    summaries.write_evaluation(
        os.path.join(estimator.model_dir, "eval"), results, step, None
    )
    return exporter.export(
        estimator,
        os.path.join(estimator.model_dir, "export", exporter.name),
        f"model.ckpt-{step}",
        results,
        False,
    )


def test_the_first_evaluation_of_a_run_is_exported(fake):
    exporter = ke.BestExporter("best")
    assert evaluate_and_export(fake, exporter, 10, 3.0) is not None
    assert evaluate_and_export(fake, exporter, 20, 4.0) is None
    assert evaluate_and_export(fake, exporter, 30, 2.0) is not None
    assert fake.exported == ["model.ckpt-10", "model.ckpt-30"]


def test_a_worse_model_does_not_replace_a_better_one_after_a_restart(
    fake, caplog
):
    tf.get_logger().setLevel("INFO")
    caplog.set_level("INFO", "tensorflow")
    evaluate_and_export(fake, ke.BestExporter("best"), 10, 3.0)
    restarted = ke.BestExporter("best")
    assert evaluate_and_export(fake, restarted, 20, 5.0) is None
    assert "Not exporting step 20: the best evaluation is that of step 10." in [
        record.getMessage() for record in caplog.records
    ]
    assert evaluate_and_export(fake, restarted, 30, 4.0) is None
    assert evaluate_and_export(fake, restarted, 40, 2.5) is not None


def test_history_counts_if_nothing_was_exported_yet(fake):
    evaluate_and_export(fake, ke.FinalExporter("final", None), 10, 3.0)
    exporter = ke.BestExporter("best")
    assert evaluate_and_export(fake, exporter, 20, 4.0) is None
    assert evaluate_and_export(fake, exporter, 30, 2.0) is not None


def test_a_pattern_of_none_has_no_history(fake):
    evaluate_and_export(fake, ke.BestExporter("best"), 10, 3.0)
    exporter = ke.BestExporter("best", event_file_pattern=None)
    assert evaluate_and_export(fake, exporter, 20, 4.0) is not None


def test_the_compare_fn_gets_whole_results_of_the_history_too(fake):
    seen = []

    def compare(best_eval_result, current_eval_result):
        seen.append((best_eval_result, current_eval_result))
        return best_eval_result["auc"] < current_eval_result["auc"]

    def exporter():
        return ke.BestExporter("best", compare_fn=compare)

    evaluate_and_export(fake, exporter(), 10, 3.0, auc=0.5)
    evaluate_and_export(fake, exporter(), 20, 2.0, auc=0.25)
    best, current = seen[-1]
    assert best == {"global_step": 10, "loss": 3.0, "auc": 0.5}
    assert current == {"global_step": 20, "loss": 2.0, "auc": 0.25}
    assert fake.exported == ["model.ckpt-10"]


def test_summaries_of_others_in_the_folder_are_no_evaluations(fake):
    writer = summaries.writer(os.path.join(fake.model_dir, "eval"))
    writer.add_summary(summaries.scalars({"mine": 1.0}), 5)
    writer.flush()
    assert evaluate_and_export(fake, ke.BestExporter("b"), 10, 3.0) is not None


def test_an_export_that_fails_does_not_count_as_the_best(fake):
    def fails(*_, **__):
        raise OSError("full")

    exporter = ke.BestExporter("best")
    works, fake.export_saved_model = fake.export_saved_model, fails
    with pytest.raises(OSError, match="full"):
        evaluate_and_export(fake, exporter, 10, 3.0)
    fake.export_saved_model = works
    assert evaluate_and_export(fake, exporter, 20, 4.0) is not None


def test_an_export_that_was_killed_is_not_what_others_must_beat(fake):
    class Killed(BaseException):
        pass

    def killed(*_, **__):
        raise Killed

    works = fake.export_saved_model
    evaluate_and_export(fake, ke.BestExporter("best"), 10, 3.0)
    fake.export_saved_model = killed
    with pytest.raises(Killed):
        evaluate_and_export(fake, ke.BestExporter("best"), 20, 1.0)
    fake.export_saved_model = works
    restarted = ke.BestExporter("best")
    assert evaluate_and_export(fake, restarted, 30, 4.0) is None
    assert evaluate_and_export(fake, restarted, 40, 2.0) is not None


def test_an_export_that_was_complete_when_it_was_killed_counts(fake):
    class Killed(BaseException):
        pass

    def killed(*arguments, **options):
        works(*arguments, **options)
        raise Killed

    works = fake.export_saved_model
    evaluate_and_export(fake, ke.BestExporter("best"), 10, 3.0)
    fake.export_saved_model = killed
    with pytest.raises(Killed):
        evaluate_and_export(fake, ke.BestExporter("best"), 20, 1.0)
    fake.export_saved_model = works
    assert evaluate_and_export(fake, ke.BestExporter("best"), 30, 2.0) is None


def test_a_first_export_that_failed_is_made_up_for_after_a_restart(fake):
    def fails(*_, **__):
        raise OSError("full")

    works, fake.export_saved_model = fake.export_saved_model, fails
    with pytest.raises(OSError, match="full"):
        evaluate_and_export(fake, ke.BestExporter("best"), 10, 1.0)
    fake.export_saved_model = works
    restarted = ke.BestExporter("best")
    assert evaluate_and_export(fake, restarted, 20, 2.0) is not None


def test_evaluations_of_weights_that_nobody_saved_are_no_history(fake):
    folder = os.path.join(fake.model_dir, "eval")
    for step, loss, checkpoint in ((5, 1.0, None), (10, 4.0, "model.ckpt-10")):
        results = {"loss": np.float32(loss), "global_step": np.int64(step)}
        summaries.write_evaluation(folder, results, step, checkpoint)
    assert evaluate_and_export(fake, ke.BestExporter("b"), 20, 3.0) is not None


def test_a_metric_that_is_nan_does_not_hide_the_evaluation_itself(fake):
    exporter = ke.BestExporter("best")
    nan = np.float32("nan")
    assert evaluate_and_export(fake, exporter, 10, 3.0, precision=nan)


def test_old_evaluations_without_the_metric_are_passed_over(fake, caplog):
    def higher(best_eval_result, current_eval_result):
        return best_eval_result["auc"] < current_eval_result["auc"]

    tf.get_logger().setLevel("WARNING")
    evaluate_and_export(fake, ke.FinalExporter("final", None), 10, 3.0)
    exporter = ke.BestExporter("best", compare_fn=higher)
    assert evaluate_and_export(fake, exporter, 20, 2.0, auc=0.5)
    (record,) = caplog.records
    assert "passes over the evaluation of step 10" in record.getMessage()
    renamed = ke.BestExporter(
        "best",
        compare_fn=lambda best_eval_result, current_eval_result: (
            best_eval_result["auc_pr"] < current_eval_result["auc_pr"]
        ),
    )
    assert evaluate_and_export(fake, renamed, 30, 2.0, auc_pr=0.5)


def test_vectors_are_remembered_over_a_restart(fake):
    def higher(best_eval_result, current_eval_result):
        best, current = best_eval_result["auc"], current_eval_result["auc"]
        return bool(best.mean() < current.mean())

    for step, auc, is_exported in (
        (10, [0.5, 0.7], True),
        (20, [0.4, 0.6], False),
        (30, [0.6, 0.7], True),
    ):
        path = evaluate_and_export(
            fake,
            ke.BestExporter("best", compare_fn=higher),
            step,
            1.0,
            auc=np.array(auc),
        )
        assert (path is not None) is is_exported


def test_a_metric_that_is_not_there_is_named(fake):
    def compare(best_eval_result, current_eval_result):
        return best_eval_result["auc"] < current_eval_result["auc"]

    exporter = ke.BestExporter("best", compare_fn=compare)
    evaluate_and_export(fake, exporter, 10, 3.0)
    with pytest.raises(MetricNotFoundError, match="asks for 'auc'"):
        evaluate_and_export(fake, exporter, 20, 2.0)


@pytest.mark.parametrize("formats", ["pickle", [], ["keras", "h5"]])
def test_formats_that_do_not_exist_are_refused(formats):
    for kind in (ke.FinalExporter, ke.LatestExporter, ke.BestExporter):
        with pytest.raises(ConfigError, match="'saved_model', 'keras'"):
            kind("name", None, formats=formats)


def test_arguments_of_wrong_types_are_refused_at_once():
    with pytest.raises(TypeError, match="serving_input_receiver_fn.*'here'"):
        ke.LatestExporter("name", "here")
    with pytest.raises(TypeError, match="exports_to_keep.*'3'"):
        ke.BestExporter(exports_to_keep="3")


def test_what_is_not_an_export_is_never_removed(fake):
    folder = os.path.join(fake.model_dir, "export", "latest")
    foreign = ["notes", "12345", "10000000000", "100000000a", "2024010112"]
    for name in foreign:
        os.makedirs(os.path.join(folder, name, "mine"))
    exporter = ke.LatestExporter("latest", None, exports_to_keep=1)
    for step in range(3):
        evaluate_and_export(fake, exporter, step, 1.0)
    assert sorted(os.listdir(folder)) == sorted([*foreign, "1000000003"])
