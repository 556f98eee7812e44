"""The examples and the README, as a reader would run them."""

import os
import re
import runpy
from pathlib import Path

import numpy as np
import pytest

from examples import demo
from examples import digits
from examples import mnist_cnn_keras
from examples import mnist_cnn_tf1

_ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("example", [mnist_cnn_tf1, mnist_cnn_keras])
def test_mnist_goes_on_where_it_stopped(example, model_dir):
    arguments = ["--steps", "2", "--model-dir", model_dir]
    for step in (2, 4):
        row = example.main(arguments)
        assert row["model_dir"] == model_dir
        assert os.path.exists(f"{model_dir}/model.ckpt-{step}.index")
    assert 0 <= row["test accuracy"] <= 1
    right, total = map(int, row["predicted right"].split(" of "))
    assert right / total == pytest.approx(row["test accuracy"])
    assert row["steps/s"] > 0


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
