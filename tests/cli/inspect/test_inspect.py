"""What `keras-estimator inspect` says of model_dirs of all ages."""

import json
import os
import shutil
from pathlib import Path

import keras
import pytest

from keras_estimator.cli.inspect.text import size
from keras_estimator.cli.slots import is_of_optimizer

_GOLDEN = Path(__file__).parents[2] / "golden"
_VARIABLES = {
    "batch_normalization/beta": [8],
    "batch_normalization/gamma": [8],
    "batch_normalization/moving_mean": [8],
    "batch_normalization/moving_variance": [8],
    "global_step": [],
    "hidden/bias": [8],
    "hidden/kernel": [6, 8],
    "logits/bias": [3],
    "logits/kernel": [8, 3],
}


@pytest.fixture(params=["tf1.15", "tf2.15"])
def theirs(request, tmp_path):
    """A model_dir of the real tf.estimator, with an evaluation and exports."""
    golden = _GOLDEN / request.param
    folder = tmp_path / "model"
    shutil.copytree(golden / "model_dir_step_20", folder)
    shutil.copytree(golden / "eval", folder / "eval")
    shutil.copytree(golden / "saved_model", folder / "export" / "best" / "17")
    return folder


def test_a_model_dir_of_tensorflow_is_shown_whole(theirs, command):
    code, out, _ = command("inspect", "--json", theirs)
    assert code == 0
    found = json.loads(out)
    assert found["kind"] == "model_dir"
    assert [c["step"] for c in found["checkpoints"]] == [10, 20]
    assert [c["is_newest"] for c in found["checkpoints"]] == [False, True]
    assert found["of"]["path"] == f"{theirs}/model.ckpt-20"
    own = {v["name"]: v for v in found["variables"] if not v["is_slot"]}
    assert {name: v["shape"] for name, v in own.items()} == _VARIABLES
    assert own["hidden/kernel"]["dtype"] == "float32"
    assert own["hidden/kernel"]["bytes"] == 6 * 8 * 4
    assert sum(v["is_slot"] for v in found["variables"]) == 14
    (export,) = found["exports"]
    assert export["path"] == f"{theirs}/export/best/17"
    assert export["details"]["tags"] == [["serve"]]
    assert export["details"]["signatures"] == {
        "serving_default": {
            "method": "predict",
            "inputs": {"examples": "string[?]"},
            "outputs": {
                "classes": "int64[?]",
                "probabilities": "float32[?, 3]",
            },
        }
    }
    (evaluation,) = found["evaluations"]
    assert (evaluation["folder"], evaluation["step"]) == ("eval", 20)
    assert set(evaluation["metrics"]) == {"accuracy", "loss"}
    assert found["problems"] == []


def test_people_get_a_table(theirs, command):
    code, out, _ = command("inspect", theirs)
    assert code == 0
    assert "Checkpoints: 2\n  model.ckpt-10  step 10" in out
    assert "Variables of model.ckpt-20\n  batch_normalization/beta " in out
    assert (
        "  hidden/kernel                        float32  [6, 8]  192 B\n" in out
    )
    assert "  9 variables, 116 numbers, 468 B\n" in out
    assert (
        "  and of the optimizer 14 variables, 200 numbers, 800 B: Adam, "
        "Adam_1, beta1_power, beta2_power\n"
    ) in out
    assert (
        "    serving_default (predict)\n      in:  examples string[?]\n" in out
    )
    assert "  eval, step 20: accuracy " in out
    assert "\x1b" not in out


def test_another_step_may_be_asked_for(theirs, command):
    _, out, _ = command("inspect", theirs, "--checkpoint", 10)
    assert "Variables of model.ckpt-10" in out
    code, _, err = command("inspect", theirs, "--checkpoint", 11)
    assert code == 2
    assert "It has those of [10, 20]." in err


@pytest.mark.parametrize("ending", ["", ".index", ".data-00000-of-00001"])
def test_one_checkpoint_may_be_asked_for(theirs, command, ending):
    code, out, _ = command(
        "inspect", "--json", f"{theirs}/model.ckpt-10{ending}"
    )
    assert code == 0
    found = json.loads(out)
    assert found["kind"] == "checkpoint"
    assert found["of"]["step"] == 10
    assert len(found["variables"]) == 23


def test_a_saved_model_is_shown_with_its_variables(theirs, command):
    code, out, _ = command("inspect", theirs / "export" / "best" / "17")
    assert code == 0
    assert "Variables of 17\n" in out
    assert "serving_default (predict)" in out


def test_a_keras_file_is_shown(tmp_path, command):
    model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])
    model.save(tmp_path / "m.keras")
    code, out, _ = command("inspect", tmp_path / "m.keras")
    assert code == 0
    assert f"Keras model, Sequential, Keras {keras.__version__}" in out


def test_nothing_there_is_exit_code_2(tmp_path, command):
    code, _, err = command("inspect", tmp_path)
    assert code == 2
    assert "there are no checkpoints, exports or evaluations here" in err
    code, _, err = command("inspect", tmp_path / "no.keras")
    assert code == 2
    assert "there is no such file" in err
    (tmp_path / "bad.keras").write_text("no zip")
    code, _, err = command("inspect", tmp_path / "bad.keras")
    assert code == 2
    assert "is no .keras file" in err


def _problems(command, folder):
    code, out, _ = command("inspect", "--json", folder)
    assert code == 1
    return json.loads(out)["problems"]


@pytest.fixture
def broken(tmp_path):
    folder = tmp_path / "model"
    shutil.copytree(_GOLDEN / "tf2.15" / "model_dir_step_20", folder)
    return folder


def test_a_state_file_that_is_not_there_is_told(broken, command):
    (broken / "checkpoint").unlink()
    (problem,) = _problems(command, broken)
    assert "training would begin anew" in problem
    assert 'model_checkpoint_path: "model.ckpt-20"' in problem


def test_a_checkpoint_that_is_named_but_gone_is_told(broken, command):
    for path in broken.glob("model.ckpt-20.*"):
        path.unlink()
    (problem,) = _problems(command, broken)
    assert "model.ckpt-20' as the newest, which is not there" in problem
    assert 'write "model.ckpt-10" there' in problem


def test_a_checkpoint_without_data_is_told_and_not_listed(broken, command):
    (broken / "model.ckpt-10.data-00000-of-00001").unlink()
    code, out, _ = command("inspect", broken)
    assert code == 1
    assert "Checkpoints: 1\n" in out
    assert "model.ckpt-10 cannot be read, as model.ckpt-10.data-00000" in out
    code, _, err = command("inspect", broken / "model.ckpt-10")
    assert code == 2
    assert "is not there" in err


def test_a_damaged_index_is_told(broken, command):
    (broken / "model.ckpt-10.index").write_bytes(b"no index" * 20)
    (problem,) = _problems(command, broken)
    assert problem.startswith("model.ckpt-10.index is damaged")


def test_data_without_an_index_is_told(broken, command):
    (broken / "model.ckpt-10.index").unlink()
    (problem,) = _problems(command, broken)
    assert problem == (
        "model.ckpt-10 has data but no index, as if writing had been cut off: "
        "remove it."
    )


def test_data_that_is_cut_off_is_told(broken, command):
    data = broken / "model.ckpt-10.data-00000-of-00001"
    os.truncate(data, 100)
    (problem,) = _problems(command, broken)
    assert "shorter than they should be" in problem


def test_a_state_file_that_names_an_older_one_is_told(broken, command):
    (broken / "checkpoint").write_text('model_checkpoint_path: "model.ckpt-10"')
    (problem,) = _problems(command, broken)
    assert "there are later steps" in problem


def test_an_export_that_was_cut_off_is_told(broken, command):
    folder = broken / "export" / "temp-17"
    folder.mkdir(parents=True)
    (folder / "saved_model.pb").touch()
    (problem,) = _problems(command, broken)
    assert problem.startswith(f"{folder} is what an export that was cut off")


def test_sizes_are_for_people():
    assert [size(n) for n in (0, 1023, 1536, 5 << 30)] == [
        "0 B",
        "1023 B",
        "1.5 KiB",
        "5.0 GiB",
    ]


@pytest.mark.parametrize(
    ("name", "is_slot"),
    [
        ("w", False),
        ("w/Adam_1", True),
        ("w/ExponentialMovingAverage", False),
        ("beta1_power", True),
        ("scope/beta2_power_1", True),
        ("adam/w_momentum", True),
        ("adam/iteration", True),
        ("training/Adam/w/m", True),
        ("dense/kernel", False),
        ("global_step", False),
    ],
)
def test_slots_are_told_by_their_names(name, is_slot):
    names = {"w", "adam/iteration", "dense/kernel", name}
    names.add("training/Adam/iter")
    assert is_of_optimizer(name, names) is is_slot
