"""Checkpoints of an Estimator into Keras files, and back."""

import json
import os
import sys
from pathlib import Path

import keras
import numpy as np
import pytest
import tensorflow as tf

import keras_estimator as ke

_HERE = Path(__file__).parent
_X = np.linspace(-1, 1, 8, dtype="float32").reshape(4, 2)
_Y = np.ones((4, 1), "float32")


def _estimator(folder):
    sys.path.insert(0, str(_HERE))
    try:
        import model_for_convert
    finally:
        sys.path.remove(str(_HERE))
    return ke.Estimator(
        model_for_convert.model_fn, str(folder), params={"units": 3}
    )


def _input(y=_Y):
    return ke.inputs.numpy_input_fn({"x": _X}, y, batch_size=4, shuffle=False)


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    """A model_dir after two steps; its predictions; a .keras file of it."""
    folder = tmp_path_factory.mktemp("convert") / "model"
    estimator = _estimator(folder)
    estimator.train(_input(), steps=1)
    estimator.export_keras(folder / "model.keras")
    rows = estimator.predict(_input(None))
    return folder, np.stack([row["y"] for row in rows])


def _values(prefix):
    reader = tf.train.load_checkpoint(str(prefix))
    names = reader.get_variable_to_shape_map()
    return {name: reader.get_tensor(name) for name in names}


def _network(first="dense", **layers):
    return keras.Sequential(
        [
            keras.Input((2,)),
            keras.layers.Dense(3, name=first),
            keras.layers.Dense(layers.get("units", 1), name="out"),
        ]
    )


@pytest.fixture
def network(tmp_path):
    def save(*arguments, **layers):
        path = tmp_path / "untrained.keras"
        _network(*arguments, **layers).save(path)
        return path

    return save


def test_a_keras_model_gets_the_values_by_their_names(
    trained, network, tmp_path, command
):
    out = tmp_path / "new.keras"
    code, said, _ = command("convert", trained[0], out, "--model", network())
    assert code == 0
    assert "  dense/kernel float32[2, 3]\n" in said
    assert "  left out: global_step\n" in said
    assert f"Written: {out}\n" in said
    model = keras.saving.load_model(out)
    np.testing.assert_allclose(model(_X), trained[1], rtol=1e-6)


def test_names_that_do_not_match_are_refused_with_what_to_say(
    trained, network, tmp_path, command
):
    out = tmp_path / "new.weights.h5"
    arguments = ["convert", trained[0], out, "--model", network("first")]
    code, _, err = command(*arguments)
    assert code == 1
    assert (
        "first/kernel float32[2, 3] of the model: nothing in CHECKPOINT has "
        "that name. If it is 'dense/kernel': --map dense/kernel=first/kernel"
    ) in err
    assert "Nothing has been written." in err
    assert not out.exists()
    code, said, _ = command(*arguments, "--map", "dense/=first/")
    assert code == 0
    assert "  first/kernel float32[2, 3] <- dense/kernel\n" in said
    model = _network("first")
    model.load_weights(out)
    np.testing.assert_allclose(model(_X), trained[1], rtol=1e-6)


def test_another_shape_is_refused(trained, network, tmp_path, command):
    out = tmp_path / "new.keras"
    model = network(units=2)
    code, _, err = command("convert", trained[0], out, "--model", model)
    assert code == 1
    assert (
        "out/kernel is [3, 2] in the model, and out/kernel is [3, 1] in "
        "CHECKPOINT."
    ) in err
    assert not out.exists()


def test_a_model_fn_becomes_a_keras_file(
    trained, tmp_path, command, monkeypatch
):
    monkeypatch.chdir(_HERE)
    out = tmp_path / "new.keras"
    arguments = ["--model-fn", "model_for_convert:model_fn"]
    arguments += ["--params", '{"units": 3}']
    arguments += ["--features", '{"x": "float32[2]"}']
    code, said, _ = command("convert", trained[0], out, *arguments)
    assert code == 0
    assert "  left out, of the optimizer: beta1_power, " in said
    model = keras.saving.load_model(out)
    found = model.predict({"x": _X}, verbose=0)
    np.testing.assert_allclose(found["y"], trained[1], rtol=1e-6)


def test_params_of_another_model_are_refused(
    trained, tmp_path, command, monkeypatch
):
    monkeypatch.chdir(_HERE)
    out = tmp_path / "new.keras"
    arguments = ["--model-fn", "model_for_convert:model_fn"]
    arguments += ["--params", '{"units": 4}', "--features"]
    code, _, err = command(
        "convert", trained[0], out, *arguments, '{"x": "float32[2]"}'
    )
    assert code == 1
    assert "Variable `dense/kernel` is float32 (2, 4) in the model" in err
    assert not out.exists()
    code, _, err = command(
        "convert", trained[0], out, *arguments, '{"x": "real[2]"}'
    )
    assert code == 2
    assert "--features: 'real[2]' is no tensor" in err


def test_a_keras_file_becomes_a_checkpoint_that_is_continued(
    trained, tmp_path, command
):
    folder = tmp_path / "back"
    code, said, _ = command("convert", trained[0] / "model.keras", f"{folder}/")
    assert code == 0
    assert f"Written: {folder}/model.ckpt-1\n" in said
    before = _values(trained[0] / "model.ckpt-1")
    after = _values(folder / "model.ckpt-1")
    assert after.keys() == before.keys()
    for name, value in before.items():
        np.testing.assert_array_equal(after[name], value)
    estimator = _estimator(folder)
    estimator.train(_input(), steps=1)
    assert estimator.get_variable_value("global_step") == 2


def test_a_plain_keras_model_becomes_a_checkpoint(tmp_path, command):
    model = _network()
    # Named: automatic names count up in a process.
    model.compile(keras.optimizers.Adam(name="adam"), "mse")
    model.fit(_X, _Y, epochs=3, verbose=0)
    model.save(tmp_path / "m.keras")
    out = tmp_path / "new" / "model.ckpt-0"
    arguments = ["convert", tmp_path / "m.keras", out, "--drop-slots"]
    code, said, _ = command(*arguments, "--map", "=net/")
    assert code == 0
    assert "left out, of the optimizer: adam/iteration, " in said
    found = _values(out)
    assert found.keys() == {
        "global_step",
        "net/dense/bias",
        "net/dense/kernel",
        "net/out/bias",
        "net/out/kernel",
    }
    assert found["global_step"] == 3
    np.testing.assert_array_equal(
        found["net/dense/kernel"], model.get_weights()[0]
    )
    assert tf.train.latest_checkpoint(str(out.parent)) == str(out)


def test_weights_need_a_model_to_have_names(tmp_path, command, network):
    model = network()
    weights = tmp_path / "m.weights.h5"
    keras.saving.load_model(model).save_weights(weights)
    out = tmp_path / "new" / "model.ckpt-0"
    code, _, err = command("convert", weights, out)
    assert code == 2
    assert "say with --model FILE.keras" in err
    assert command("convert", weights, out, "--model", model)[0] == 0
    assert "dense/kernel" in _values(out)


def test_a_checkpoint_is_renamed_and_slimmed(trained, tmp_path, command):
    out = tmp_path / "slim" / "model.ckpt-9"
    arguments = ["convert", trained[0], out, "--map", "dense/kernel=d/k"]
    assert command(*arguments, "--drop-slots")[0] == 0
    assert sorted(_values(out)) == [
        "d/k",
        "dense/bias",
        "global_step",
        "out/bias",
        "out/kernel",
    ]
    # Without --drop-slots the slots of a variable go with it.
    other = tmp_path / "renamed" / "model.ckpt-9"
    assert command(*arguments[:2], other, *arguments[3:])[0] == 0
    assert "d/k/Adam_1" in _values(other)


def test_what_is_there_is_not_written_over(trained, tmp_path, command, network):
    out = tmp_path / "new.keras"
    out.write_text("mine")
    arguments = ["convert", trained[0], out, "--model", network()]
    code, _, err = command(*arguments)
    assert code == 2
    assert f"{out} is there already. Give --force" in err
    assert out.read_text() == "mine"
    assert command(*arguments, "--force")[0] == 0
    assert keras.saving.load_model(out)
    code, _, err = command("convert", trained[0], trained[0] / "other.ckpt-3")
    assert code == 2
    assert "the new one would become the newest" in err
    assert not list(trained[0].glob("other*"))


def test_a_dry_run_writes_nothing(trained, tmp_path, command, network):
    out = tmp_path / "new.keras"
    arguments = ["convert", trained[0], out, "--model", network()]
    code, said, _ = command(*arguments, "--dry-run")
    assert code == 0
    assert "Nothing has been written: --dry-run." in said
    code, said, _ = command(*arguments, "--dry-run", "--json")
    found = json.loads(said)
    assert found["pairs"]["dense/kernel"] == "dense/kernel"
    assert found["written"] is None
    assert sorted(os.listdir(tmp_path)) == ["untrained.keras"]


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("nothing", "--map nothing: expected OLD=NEW"),
        ("a/=b", "--map a/=b: expected OLD=NEW"),
        ("dense/kernal=x", "The nearest name there is 'dense/kernel'."),
        ("dense/kernel=out/kernel", "would all be called 'out/kernel'"),
    ],
)
def test_a_map_that_means_nothing_is_refused(
    trained, tmp_path, command, given, said
):
    code, _, err = command(
        "convert", trained[0], tmp_path / "x", "--map", given
    )
    assert code == 2
    assert said in err


def test_wrong_combinations_are_refused(trained, tmp_path, command):
    model = trained[0] / "model.keras"
    for arguments, said in (
        ([trained[0], "x.keras"], "has variables, but no model"),
        ([model, "x.weights.h5"], "Keras converts those itself"),
        ([trained[0], "x", "--model", model], "--model is for writing Keras"),
        ([trained[0], "x", "--params", "{}"], "go with --model-fn"),
        (["/nowhere", "x"], "there is no checkpoint of this name"),
        (["/nowhere.keras", "x"], "there is no such file"),
    ):
        code, _, err = command("convert", *arguments)
        assert code == 2
        assert said in err
