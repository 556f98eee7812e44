"""model_dirs, losses and values of the real tf.estimator, reproduced.

`tests/golden/` has what TF 1.15.5 and 2.15.1 did with `program.py`.
"""

import json
import pathlib
import shutil

import numpy as np
import pytest
import tensorflow as tf

from tests.golden import ours
from tests.golden.ours import ROUNDING

GOLDEN = pathlib.Path(__file__).parent / "golden"
LEARNING_RATE = 0.02
# The two real ones agree to 1.2e-7 on the losses.
LOSS = 5e-7
VALUE = 2e-6


@pytest.fixture(params=["tf1.15", "tf2.15"])
def golden(request):
    return GOLDEN / request.param


@pytest.fixture
def facts(golden):
    return json.loads((golden / "facts.json").read_text())


@pytest.fixture(scope="module")
def program():
    return ours.ported()


@pytest.fixture(scope="module")
def trained(program, tmp_path_factory):
    """A model_dir of ours at step 20, and what the program wrote down."""
    model_dir = tmp_path_factory.mktemp("trained") / "model"
    return model_dir, program.run(str(model_dir), 20)


@pytest.fixture(scope="module")
def continued(program, trained, tmp_path_factory):
    """That model_dir at step 40."""
    model_dir = tmp_path_factory.mktemp("continued") / "model"
    shutil.copytree(trained[0], model_dir)
    return model_dir, program.run(str(model_dir), 40)


@pytest.fixture
def theirs(golden, tmp_path):
    """A copy of the model_dir that the real one left at step 20."""
    return str(shutil.copytree(golden / "model_dir_step_20", tmp_path / "m"))


def assert_variables(values, recorded, steps):
    recorded = dict(np.load(recorded))
    assert sorted(values) == sorted(recorded)
    for name, value in recorded.items():
        ours_ = np.asarray(values[name])
        assert ours_.shape == value.shape, name
        if name in ROUNDING:
            limit = np.max(np.abs(value)) + steps * LEARNING_RATE
            assert np.all(np.abs(ours_) < limit), name
        else:
            np.testing.assert_allclose(ours_, value, 0, VALUE, err_msg=name)


def evaluation_is(result, recorded, tolerance):
    assert list(result) == ["accuracy", "loss", "global_step"]
    assert result == pytest.approx(recorded, abs=tolerance)


def evaluation_is_near(result, recorded):
    """Whether it is, but for what `ROUNDING` makes of one in 64 examples."""
    assert result["accuracy"] == pytest.approx(recorded["accuracy"], abs=1 / 64)
    assert result["loss"] == pytest.approx(recorded["loss"], abs=5e-4)
    assert result["global_step"] == recorded["global_step"]


def scalars(folder):
    found = []
    for path in sorted(folder.glob("events.out.tfevents.*")):
        for event in tf.compat.v1.train.summary_iterator(str(path)):
            for value in event.summary.value:
                if value.HasField("simple_value"):
                    row = [event.step, value.tag, value.simple_value]
                    found.append(row)
    return [row for row in found if row[1] != "global_step/sec"]


# From the first step ----------------------------------------------------------


def test_training_has_the_losses_of_the_real_one(facts, trained):
    _, found = trained
    recorded = facts["losses_1_to_20"]
    np.testing.assert_allclose(found["losses"], recorded, 0, LOSS)


def test_every_variable_is_that_of_the_real_one(golden, trained):
    _, found = trained
    assert_variables(
        found["variables"], golden / "variables_step_20.npz", steps=20
    )


def test_training_goes_on_in_a_second_process_as_the_real_one(
    golden, facts, continued
):
    _, found = continued
    recorded = facts["losses_21_to_40"]
    np.testing.assert_allclose(found["losses"], recorded, 0, LOSS)
    assert_variables(
        found["variables"], golden / "variables_step_40.npz", steps=40
    )


def test_evaluations_are_those_of_the_real_one(facts, trained, continued):
    found = [run["evaluation"] for _, run in (trained, continued)]
    evaluation_is_near(found[0], facts["evaluation_step_20"])
    evaluation_is_near(found[1], facts["evaluation_step_40"])


@pytest.mark.parametrize(
    ("folder", "key", "tolerance"),
    [
        (".", "train_scalars", 2e-6),
        ("eval", "eval_scalars", 1 / 64),
        ("eval_short", "eval_short_scalars", 1 / 64),
    ],
)
def test_scalars_for_tensorboard_are_those_of_the_real_one(
    facts, continued, folder, key, tolerance
):
    recorded = facts[key]
    # `short` was recorded at step 20 alone.
    found = scalars(continued[0] / folder)[: len(recorded)]
    assert [row[:2] for row in found] == [row[:2] for row in recorded]
    np.testing.assert_allclose(
        [row[2] for row in found], [row[2] for row in recorded], 0, tolerance
    )


def test_the_same_files_are_left(facts, trained):
    folder, _ = trained

    def kinds(names):
        return sorted({name.split(".tfevents.")[0] for name in names})

    left = kinds(path.name for path in folder.iterdir())
    assert left == kinds(facts["checkpoint_files_step_20"])


def test_the_state_file_says_the_same(facts, trained):
    folder, _ = trained
    said = (folder / "checkpoint").read_text()
    assert said.replace(f"{folder}/", "") == facts["checkpoint_state_step_20"]


def test_a_checkpoint_has_the_names_dtypes_and_shapes_of_the_real_ones(
    golden, trained
):
    folder, _ = trained

    def contents(path):
        reader = tf.train.load_checkpoint(str(path / "model.ckpt-20"))
        shapes = reader.get_variable_to_shape_map()
        dtypes = reader.get_variable_to_dtype_map()
        return {name: (dtypes[name], shapes[name]) for name in shapes}

    assert contents(folder) == contents(golden / "model_dir_step_20")


# From the real one's model_dir ------------------------------------------------


def test_a_model_dir_of_the_real_one_has_its_values(golden, program, theirs):
    estimator = program.make(theirs)
    values = {
        name: estimator.get_variable_value(name)
        for name in estimator.get_variable_names()
    }
    recorded = dict(np.load(golden / "variables_step_20.npz"))
    assert sorted(values) == sorted(recorded)
    for name, value in recorded.items():
        assert np.array_equal(values[name], value), name
        assert values[name].dtype == value.dtype


def test_a_model_dir_of_the_real_one_evaluates_alike(facts, program, theirs):
    estimator = program.make(theirs)
    result = estimator.evaluate(program.eval_input_fn)
    evaluation_is(result, facts["evaluation_step_20"], 2e-7)
    short = estimator.evaluate(program.eval_input_fn, steps=2, name="short")
    (_, accuracy), (_, loss) = (row[1:] for row in facts["eval_short_scalars"])
    evaluation_is(
        short, {"accuracy": accuracy, "loss": loss, "global_step": 20}, 1e-6
    )


def test_an_older_checkpoint_of_the_real_one_is_taken(program, theirs):
    estimator = program.make(theirs)
    result = estimator.evaluate(
        program.eval_input_fn, checkpoint_path=f"{theirs}/model.ckpt-10"
    )
    assert result["global_step"] == 10


def test_a_model_dir_of_the_real_one_is_continued(
    golden, facts, program, theirs
):
    found = program.run(theirs, 40)
    recorded = facts["losses_21_to_40"]
    np.testing.assert_allclose(found["losses"], recorded, 0, LOSS)
    assert_variables(
        found["variables"], golden / "variables_step_40.npz", steps=40
    )
    evaluation_is_near(found["evaluation"], facts["evaluation_step_40"])


def test_values_of_the_real_one_evaluate_and_predict_alike(
    golden, facts, program, tmp_path
):
    values = dict(np.load(golden / "variables_step_40.npz"))
    checkpoint = str(tmp_path / "model.ckpt-40")
    tf.raw_ops.SaveV2(
        prefix=checkpoint,
        tensor_names=list(values),
        shape_and_slices=[""] * len(values),
        tensors=list(values.values()),
    )
    estimator = program.make(str(tmp_path / "m"))
    result = estimator.evaluate(
        program.eval_input_fn, checkpoint_path=checkpoint
    )
    evaluation_is(result, facts["evaluation_step_40"], 2e-7)
    found = list(
        estimator.predict(program.eval_input_fn, checkpoint_path=checkpoint)
    )
    recorded = np.load(golden / "predictions_step_40.npz")
    assert [p["classes"] for p in found] == recorded["classes"].tolist()
    np.testing.assert_allclose(
        [p["probabilities"] for p in found], recorded["probabilities"], 0, 3e-7
    )
