"""The examples and the README, as a reader would run them."""

import os
import re
import runpy
from pathlib import Path

import keras
import numpy as np
import pytest
import tensorflow as tf

import keras_estimator as ke
from examples import clicks
from examples import cvr_keras
from examples import cvr_tf1
from examples import demo
from examples import digits
from examples import mnist_cnn_keras
from examples import mnist_cnn_tf1

_ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def some_digits():
    """As many as a test of the programs needs."""
    return digits.Digits(*(part[:60] for part in digits.load()))


@pytest.mark.parametrize("example", [mnist_cnn_tf1, mnist_cnn_keras])
def test_mnist_goes_on_where_it_stopped(
    example, some_digits, model_dir, monkeypatch
):
    monkeypatch.setattr(digits, "load", lambda: some_digits)
    arguments = ["--steps", "2", "--model-dir", model_dir]
    for step in (2, 4):
        row = example.main(arguments)
        assert row["model_dir"] == model_dir
        assert os.path.exists(f"{model_dir}/model.ckpt-{step}.index")
    assert 0 <= row["test accuracy"] <= 1
    right, total = map(int, row["predicted right"].split(" of "))
    assert right / total == pytest.approx(row["test accuracy"])
    assert row["steps/s"] > 0


@pytest.fixture(scope="module")
def data_dir(tmp_path_factory):
    folder = str(tmp_path_factory.mktemp("clicks"))
    clicks.write(folder, train=1000, test=300)
    return folder


@pytest.mark.parametrize("example", [cvr_tf1, cvr_keras])
def test_the_best_model_by_auc_is_exported(example, data_dir, model_dir):
    row = example.main(
        ["--steps", "40", "--save-steps", "20", "--model-dir", model_dir]
        + ["--data-dir", data_dir]
    )
    assert 0.4 < row["test AUC"] <= 1
    predict = ke.predictor.from_saved_model(row["exports"][-1])
    serialized = clicks.example(
        user_id=[7],
        item_id=[3],
        category=[b"books"],
        price=[9.5],
        tags=[b"new"],
    ).SerializeToString()
    served = predict({"examples": [serialized]})
    assert served["user_id"] == [7]
    assert 0 < served["cvr"][0] < 1


def test_the_keras_example_writes_all_formats(data_dir, model_dir):
    row = cvr_keras.main(
        ["--steps", "20", "--model-dir", model_dir, "--data-dir", data_dir]
    )
    (export,) = row["exports"]
    serialized = next(
        tf.data.TFRecordDataset(f"{data_dir}/test.tfrecord")
        .batch(10)
        .as_numpy_iterator()
    )
    features, _ = clicks.parse(serialized)
    model = keras.saving.load_model(f"{export}/model.keras")
    served = ke.predictor.from_saved_model(export)({"examples": serialized})
    np.testing.assert_allclose(model(features)["cvr"], served["cvr"], rtol=1e-5)
    checkpoint = tf.train.latest_checkpoint(f"{export}/checkpoint")
    assert checkpoint.endswith("model.ckpt-20")
    estimator = ke.Estimator(
        cvr_keras.model_fn, model_dir, params={"learning_rate": 0.1}
    )
    found = estimator.predict(
        lambda: clicks.input_fn(f"{data_dir}/test.tfrecord", training=False),
        checkpoint_path=checkpoint,
    )
    first = [next(found)["cvr"] for _ in range(10)]
    np.testing.assert_allclose(first, served["cvr"], rtol=1e-5)


def test_digits_are_what_they_say():
    data = digits.load()
    for images, labels in (data[:2], data[2:]):
        assert images.dtype == np.float32
        assert images.shape == (len(labels), 784)
        assert labels.dtype == np.int32
        assert set(labels) == set(range(10))
        assert images.min() >= 0
        assert images.max() <= 16


def test_the_table_has_a_line_for_each_program(capsys):
    row = {
        "test accuracy": 0.9712,
        "predicted right": "291 of 299",
        "steps/s": 12.34,
        "model_dir": "/there",
    }
    lines = demo.table({"one": row, "two": row}).splitlines()
    assert sum("0.971" in line and "12.3" in line for line in lines) == 2
    assert sum("tensorboard --logdir /there" in line for line in lines) == 2


def test_the_program_in_the_readme(tmp_path, monkeypatch, capsys):
    text = (_ROOT / "README.md").read_text()
    (program,) = re.findall(r"```python\n(.*?)```", text, re.DOTALL)
    path = tmp_path / "program.py"
    path.write_text(program)
    monkeypatch.chdir(tmp_path)
    names = runpy.run_path(str(path))
    assert names["estimator"].evaluate(names["input_fn"], 9)["accuracy"] > 0.8
    assert (tmp_path / "model.keras").exists()
    assert "'classes'" in capsys.readouterr().out
