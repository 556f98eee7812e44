"""Evaluations, read back from event files."""

import json
import os
import pathlib

import pytest
import tensorflow as tf

import keras_estimator as ke
from keras_estimator import evaluations
from keras_estimator import summaries
from keras_estimator.evaluations import EvaluationLog

_GOLDEN = pathlib.Path(__file__).parent / "golden"
_v1 = tf.compat.v1


@pytest.fixture
def folder(tmp_path):
    return str(tmp_path / "eval")


@pytest.fixture
def warnings(caplog):
    """The lines that are logged as warnings."""
    tf.get_logger().setLevel("WARNING")
    return lambda: [record.getMessage() for record in caplog.records]


@pytest.fixture
def opened(monkeypatch):
    """The paths of the event files that were opened."""
    paths = []
    real = tf.data.TFRecordDataset

    def noting(path):
        paths.append(path)
        return real(path)

    monkeypatch.setattr(evaluations.tf.data, "TFRecordDataset", noting)
    return paths


def _write(folder, name, *rows, mode="wb"):
    """Writes events (step, tag, value) to a file, and returns its path."""
    os.makedirs(folder, exist_ok=True)
    path = os.path.join(folder, name)
    scratch = f"{path}.scratch"
    with tf.io.TFRecordWriter(scratch) as writer:
        for step, tag, value in rows:
            summary = summaries.scalars({tag: value})
            event = _v1.Event(step=step, summary=summary)
            writer.write(event.SerializeToString())
    with open(scratch, "rb") as new, open(path, mode) as file:
        file.write(new.read())
    os.remove(scratch)
    return path


@pytest.mark.parametrize("version", ["tf1.15", "tf2.15"])
def test_those_of_the_real_one_are_read(version):
    golden = _GOLDEN / version
    facts = json.loads((golden / "facts.json").read_text())
    found = ke.read_eval_metrics(golden / "eval")
    rows = [
        [step, tag, value]
        for step, metrics in found.items()
        for tag, value in sorted(metrics.items())
    ]
    expected = [row for row in facts["eval_scalars"] if row[0] == 20]
    assert [row[:2] for row in rows] == [row[:2] for row in expected]
    values = [row[2] for row in expected]
    # The facts are rounded to six places.
    assert [row[2] for row in rows] == pytest.approx(values, abs=1e-6)


def test_what_evaluate_writes_is_read(folder):
    results = {"loss": 0.5, "vector": tf.ones(2).numpy(), "global_step": 7}
    summaries.write_evaluation(folder, results, 7, "model.ckpt-7")
    summaries.write_evaluation(folder, {"loss": 0.25, "mae": 2.0}, 3, None)
    found = ke.read_eval_metrics(folder)
    assert found == {3: {"loss": 0.25, "mae": 2.0}, 7: {"loss": 0.5}}
    assert list(found) == [3, 7]


def test_the_last_of_a_step_counts_also_in_the_next_file(folder):
    _write(folder, "a.tfevents.1", (5, "loss", 1.0), (5, "loss", 2.0))
    _write(folder, "a.tfevents.2", (5, "loss", 3.0), (6, "loss", 4.0))
    _write(folder, "a.tfevents.1", (5, "mae", 9.0), mode="ab")
    expected = {5: {"loss": 3.0, "mae": 9.0}, 6: {"loss": 4.0}}
    assert ke.read_eval_metrics(folder) == expected


def test_nothing_is_read_where_nothing_is(folder):
    assert ke.read_eval_metrics(folder) == {}
    os.makedirs(folder)
    (pathlib.Path(folder) / "checkpoint").write_text("no events")
    assert ke.read_eval_metrics(folder) == {}


def test_a_directory_may_have_brackets_in_its_name(tmp_path):
    folder = str(tmp_path / "eval[1]")
    _write(folder, "a.tfevents.1", (1, "loss", 1.0))
    assert ke.read_eval_metrics(folder) == {1: {"loss": 1.0}}


def test_it_is_read_under_a_graph_as_well(folder):
    _write(folder, "a.tfevents.1", (1, "loss", 1.0))
    with tf.Graph().as_default() as graph:
        assert ke.read_eval_metrics(folder) == {1: {"loss": 1.0}}
    assert not graph.get_operations()


def test_a_file_is_opened_only_when_it_has_grown(folder, opened):
    log = EvaluationLog(folder)
    assert log.read() == {}
    old = _write(folder, "a.tfevents.1", (1, "loss", 1.0))
    new = _write(folder, "a.tfevents.2", (2, "loss", 2.0))
    both = {1: {"loss": 1.0}, 2: {"loss": 2.0}}
    assert [log.read(), log.read(), log.read()] == [both, both, both]
    assert opened == [old, new]
    _write(folder, "a.tfevents.2", (3, "loss", 3.0), mode="ab")
    assert log.read() == both | {3: {"loss": 3.0}}
    assert opened == [old, new, new]


def test_half_a_record_is_read_when_the_rest_is_there(folder, caplog):
    path = _write(folder, "a.tfevents.1", (1, "loss", 1.0), (2, "loss", 2.0))
    whole = pathlib.Path(path).read_bytes()
    log = EvaluationLog(folder)
    for end in (len(whole) - 3, len(whole) - 25):
        pathlib.Path(path).write_bytes(whole[:end])
        assert log.read() == {1: {"loss": 1.0}}
    pathlib.Path(path).write_bytes(whole)
    assert log.read() == {1: {"loss": 1.0}, 2: {"loss": 2.0}}
    assert not caplog.records


def test_what_is_after_damage_is_left_out_with_a_warning(folder, warnings):
    path = _write(folder, "a.tfevents.1", (1, "loss", 1.0), (2, "loss", 2.0))
    damaged = bytearray(pathlib.Path(path).read_bytes())
    damaged[-8] ^= 255
    pathlib.Path(path).write_bytes(damaged)
    _write(folder, "a.tfevents.2", (3, "loss", 3.0))
    log = EvaluationLog(folder)
    assert log.read() == {1: {"loss": 1.0}, 3: {"loss": 3.0}}
    assert log.read() == {1: {"loss": 1.0}, 3: {"loss": 3.0}}
    (warning,) = warnings()
    assert "Skipping the rest of the event file" in warning
    assert f"{path}, of which 1 records could be read" in warning


def test_deleted_and_replaced_files_are_noticed(folder):
    one = _write(folder, "a.tfevents.1", (1, "loss", 1.0), (2, "loss", 1.0))
    _write(folder, "a.tfevents.2", (3, "loss", 3.0))
    log = EvaluationLog(folder)
    assert list(log.read()) == [1, 2, 3]
    _write(folder, "a.tfevents.1", (9, "loss", 1.0))
    assert list(log.read()) == [3, 9]
    os.remove(one)
    assert list(log.read()) == [3]
