"""Which checkpoints the folder of the best has."""

import json
import os
import re

import numpy as np
import pytest
import tensorflow as tf

from keras_estimator import errors
from keras_estimator.checkpoint import best
from keras_estimator.checkpoint import bundle
from keras_estimator.checkpoint.best_policy import BestCheckpoints

NAN = float("nan")


class _Run:
    """A model_dir, and what evaluations of its checkpoints say."""

    def __init__(self, model_dir, **policy):
        self.model_dir = model_dir
        self.policy = BestCheckpoints(**policy)

    def evaluate(self, step, loss, name=None, value=None, **results):
        checkpoint = self.write(step, step if value is None else value)
        # Each in a process of its own.
        best.BestDirectory(self.model_dir, self.policy).consider(
            name,
            checkpoint,
            {"loss": loss, **results, "global_step": np.int64(step)},
        )
        return self.steps()

    def write(self, step, value):
        prefix = os.path.join(self.model_dir, f"model.ckpt-{step}")
        bundle.write(prefix, [bundle.Entry("v", "", tf.Variable(float(value)))])
        return prefix

    def steps(self):
        """The steps that are kept, best first, after some checks."""
        folder = os.path.join(self.model_dir, "best_checkpoints")
        path = best.best_checkpoint(self.model_dir)
        if path is None:
            assert not os.path.exists(folder)
            return []
        assert tf.train.latest_checkpoint(folder) == path
        state = tf.train.get_checkpoint_state(folder)
        listed = [
            int(p.split("-")[-1]) for p in state.all_model_checkpoint_paths
        ][::-1]
        names = {name.split(".data")[0] for name in os.listdir(folder)}
        files = {f"model.ckpt-{step}" for step in listed}
        assert names == {
            "checkpoint",
            "results.json",
            *files,
            *(f"{file}.index" for file in files),
        }
        with open(os.path.join(folder, "results.json")) as file:
            stored = json.load(file)
        assert [entry["step"] for entry in stored["best"]] == listed
        return listed

    def value(self, step):
        path = os.path.join(
            self.model_dir, "best_checkpoints", f"model.ckpt-{step}"
        )
        return tf.train.load_checkpoint(path).get_tensor("v")


def test_the_best_is_kept(model_dir):
    run = _Run(model_dir)
    assert run.steps() == []
    losses = {1: 5.0, 2: 3.0, 3: 4.0, 4: 3.5, 5: 1.0}
    kept = [run.evaluate(step, loss) for step, loss in losses.items()]
    assert kept == [[1], [2], [2], [2], [5]]
    assert run.value(5) == 5.0


def test_the_best_few_are_kept_in_order(model_dir):
    run = _Run(model_dir, keep=3)
    losses = {1: 5.0, 2: 3.0, 3: 4.0, 4: 3.5, 5: 9.0, 6: 1.0}
    kept = [run.evaluate(step, loss) for step, loss in losses.items()]
    assert kept == [
        [1],
        [2, 1],
        [2, 3, 1],
        [2, 4, 3],
        [2, 4, 3],
        [6, 2, 4],
    ]


def test_copies_stay_when_the_checkpoints_go(model_dir):
    run = _Run(model_dir)
    run.evaluate(1, 1.0)
    bundle.remove(os.path.join(model_dir, "model.ckpt-1"))
    assert run.evaluate(2, 2.0) == [1]
    assert run.value(1) == 1.0


def test_higher_may_be_better(model_dir):
    run = _Run(model_dir, keep=2, metric="accuracy", higher_is_better=True)
    for step, accuracy in enumerate([0.5, 0.7, 0.6, 0.2]):
        run.evaluate(step, 0.0, accuracy=np.float32(accuracy))
    assert run.steps() == [1, 2]


@pytest.mark.parametrize("higher", [False, True])
def test_of_equals_the_older_stays(model_dir, higher):
    run = _Run(model_dir, keep=2, higher_is_better=higher)
    for step in (1, 2, 3):
        run.evaluate(step, 1.0)
    assert run.steps() == [1, 2]


@pytest.mark.parametrize("higher", [False, True])
def test_nan_is_never_better(model_dir, higher):
    run = _Run(model_dir, keep=2, higher_is_better=higher)
    assert run.evaluate(1, NAN) == []
    assert run.evaluate(2, 1.0) == [2]
    assert run.evaluate(3, NAN) == [2]
    # Nor does it replace what that step was before.
    assert run.evaluate(2, NAN) == [2]


def test_infinity_is_a_number(model_dir):
    run = _Run(model_dir)
    assert run.evaluate(1, float("inf")) == [1]
    assert run.evaluate(2, 1e9) == [2]


def test_a_step_that_is_evaluated_again_replaces_its_entry(model_dir):
    run = _Run(model_dir, keep=2)
    for step, loss in {1: 1.0, 2: 2.0}.items():
        run.evaluate(step, loss)
    assert run.evaluate(1, 3.0) == [2, 1]
    assert run.evaluate(3, 2.5) == [2, 3]
    # With other content, too.
    assert run.evaluate(3, 1.0, value=30.0) == [3, 2]
    assert run.value(3) == 30.0


def test_compare_fn_gets_the_results(model_dir):
    given = []

    def compare_fn(best_eval_result, current_eval_result):
        given.append((best_eval_result, current_eval_result))
        return np.bool_(
            current_eval_result["each"].min() > best_eval_result["each"].min()
        )

    run = _Run(model_dir, compare_fn=compare_fn)
    each = {1: [0.5, 0.9], 2: [0.1, 1.0], 3: [0.6, 0.6]}
    kept = [
        run.evaluate(
            step,
            np.float32(0.1),
            each=np.asarray(values, np.float32),
            flag=np.bool_(True),
            words="yes",
            picture=b"\xff\x00",
        )
        for step, values in each.items()
    ]
    assert kept == [[1], [1], [3]]
    old, new = given[0]
    assert {**old, "each": old["each"].tolist()} == {
        "loss": float(np.float32(0.1)),
        "each": np.asarray([0.5, 0.9], np.float32).tolist(),
        "flag": True,
        "words": "yes",
        "global_step": 1,
    }
    assert new["global_step"] == 2


def _raises(best_eval_result, current_eval_result):
    return current_eval_result["accuracy"] > best_eval_result["accuracy"]


def _is_lower(best_eval_result, current_eval_result):
    return current_eval_result["loss"] < best_eval_result["loss"]


def _says_nothing(best_eval_result, current_eval_result):
    pass


@pytest.mark.parametrize(
    ("policy", "results", "told"),
    [
        (
            {"compare_fn": _raises},
            {},
            "compare_fn=_raises)` raised KeyError: 'accuracy'",
        ),
        ({"compare_fn": _raises}, {}, "evaluate again"),
        (
            {"compare_fn": _says_nothing},
            {},
            "must return whether the current results are better, True or False."
            " It returned None (of type NoneType)",
        ),
        (
            {"metric": "accuracy"},
            {},
            "It has ['global_step', 'loss']. Name one of these, or add "
            "'accuracy' to `eval_metric_ops`",
        ),
        (
            {"metric": "accuracy"},
            {"accuracy": np.zeros(2)},
            "is not a number but [0.0, 0.0]",
        ),
        ({"metric": "accuracy"}, {"accuracy": True}, "not a number but True"),
        ({"metric": "accuracy"}, {"accuracy": "x"}, "not a number but 'x'"),
        ({"name": "dev"}, {"name": "dev"}, "of the evaluation None"),
    ],
)
def test_what_cannot_be_compared_changes_nothing(
    model_dir, policy, results, told
):
    run = _Run(model_dir)
    run.evaluate(1, 1.0)
    other = _Run(model_dir, **policy)
    with pytest.raises(errors.BestCheckpointsError, match=re.escape(told)):
        other.evaluate(2, 0.5, **results)
    assert run.steps() == [1]
    assert run.evaluate(3, 0.1) == [3]


def test_only_the_named_evaluation_counts(model_dir):
    run = _Run(model_dir, name="dev")
    assert run.evaluate(1, 1.0) == []
    assert run.evaluate(2, 2.0, name="dev") == [2]
    assert run.evaluate(3, 0.1, name="test") == [2]


def test_only_checkpoints_of_model_dir_count(model_dir, tmp_path):
    run = _Run(model_dir)
    run.evaluate(1, 2.0)
    elsewhere = _Run(str(tmp_path / "other")).write(5, 5.0)
    directory = best.BestDirectory(model_dir, run.policy)
    for checkpoint in (None, elsewhere, best.best_checkpoint(model_dir)):
        directory.consider(None, checkpoint, {"loss": 0.1, "global_step": 5})
        assert run.steps() == [1]


def test_one_that_was_deleted_meanwhile_is_not_kept(model_dir, caplog):
    run = _Run(model_dir)
    run.evaluate(1, 2.0)
    gone = os.path.join(model_dir, "model.ckpt-2")
    tf.get_logger().setLevel("WARNING")
    with caplog.at_level("WARNING", "tensorflow"):
        best.BestDirectory(model_dir, run.policy).consider(
            None, gone, {"loss": 1.0, "global_step": 2}
        )
    assert "has been deleted while it was evaluated" in caplog.text
    assert "keep_checkpoint_max" in caplog.text
    assert run.steps() == [1]


def test_a_copy_that_was_deleted_is_forgotten(model_dir):
    run = _Run(model_dir, keep=2)
    run.evaluate(1, 1.0)
    run.evaluate(2, 2.0)
    folder = os.path.join(model_dir, "best_checkpoints")
    bundle.remove(os.path.join(folder, "model.ckpt-1"))
    assert best.best_checkpoint(model_dir) == f"{folder}/model.ckpt-2"
    assert run.evaluate(3, 3.0) == [2, 3]


def test_fewer_may_be_kept_later(model_dir):
    for step in (1, 2, 3):
        _Run(model_dir, keep=3).evaluate(step, float(step))
    assert _Run(model_dir, keep=1).evaluate(4, 0.5) == [4]


@pytest.mark.parametrize("loss", [9.0, NAN])
def test_a_new_policy_holds_where_nothing_is_added(model_dir, loss, caplog):
    tf.get_logger().setLevel("INFO")
    for step in (1, 2, 3):
        _Run(model_dir, keep=3).evaluate(step, float(step))
    with caplog.at_level("INFO", "tensorflow"):
        assert _Run(model_dir, keep=2).evaluate(4, loss) == [1, 2]
    assert (
        "The best checkpoints are ranked anew: they are now those of the "
        "steps [1, 2]."
    ) in caplog.text


def test_another_direction_ranks_those_that_are_there_anew(model_dir):
    for step in (1, 2, 3):
        _Run(model_dir, keep=3).evaluate(step, float(step))
    other = _Run(model_dir, keep=3, higher_is_better=True)
    assert other.evaluate(4, 0.5) == [3, 2, 1]
    assert other.value(3) == 3.0


def test_another_metric_ranks_by_the_stored_results(model_dir):
    first = _Run(model_dir, keep=4)
    first.evaluate(1, 1.0, accuracy=0.1)
    first.evaluate(2, 2.0)
    first.evaluate(3, 3.0, accuracy=0.9)
    first.evaluate(4, 4.0, accuracy=NAN)
    policy = {"metric": "accuracy", "higher_is_better": True}
    other = _Run(model_dir, keep=4, **policy)
    # Those without the metric come last, and are displaced first.
    assert other.evaluate(5, 5.0, accuracy=0.5) == [3, 5, 1, 2]
    fewer = _Run(model_dir, keep=2, **policy)
    assert fewer.evaluate(6, 0.1, accuracy=0.0) == [3, 5]


def test_a_compare_fn_ranks_those_that_are_there_anew(model_dir):
    for step in (1, 2, 3):
        _Run(model_dir, keep=3).evaluate(step, float(step))

    def higher(best_eval_result, current_eval_result):
        return current_eval_result["loss"] > best_eval_result["loss"]

    assert _Run(model_dir, compare_fn=higher).evaluate(4, 0.5) == [3]


def test_the_policy_is_stored(model_dir):
    def stored():
        path = os.path.join(model_dir, "best_checkpoints", "results.json")
        with open(path) as file:
            return json.load(file)

    _Run(model_dir).evaluate(1, 1.0)
    by_loss = {"metric": "loss", "higher_is_better": False}
    assert stored()["policy"] == by_loss
    _Run(model_dir, compare_fn=_is_lower).evaluate(2, 2.0)
    assert stored()["policy"] == {"compare_fn": "_is_lower"}
    # As of a folder that an older version wrote.
    old = {key: value for key, value in stored().items() if key != "policy"}
    path = os.path.join(model_dir, "best_checkpoints", "results.json")
    with open(path, "w") as file:
        json.dump(old, file)
    assert _Run(model_dir).evaluate(3, 3.0) == [1]
    assert stored()["policy"] == by_loss


def test_one_that_cannot_be_listed_is_no_copy(model_dir, monkeypatch):
    run = _Run(model_dir)
    run.evaluate(1, 1.0)
    rename = tf.io.gfile.rename

    def fail(source, place, **kwargs):
        if place.endswith("results.json"):
            raise tf.errors.UnavailableError(None, None, "away")
        rename(source, place, **kwargs)

    with monkeypatch.context() as patch:
        patch.setattr(tf.io.gfile, "rename", fail)
        with pytest.raises(errors.CheckpointWriteError, match="away"):
            run.evaluate(2, 0.5)
    assert run.steps() == [1]
    assert run.evaluate(3, 0.1) == [3]


@pytest.mark.parametrize(
    "text", ["", "[]", '{"best": 3}', '{"best": [{"step": 1}]}']
)
def test_a_damaged_list_is_an_error(model_dir, text):
    run = _Run(model_dir)
    run.evaluate(1, 1.0)
    path = os.path.join(model_dir, "best_checkpoints", "results.json")
    with open(path, "w") as file:
        file.write(text)
    with pytest.raises(errors.BestCheckpointsError, match="Restore it"):
        run.evaluate(2, 0.5)
    with pytest.raises(errors.BestCheckpointsError, match=r"results\.json"):
        best.best_checkpoint(model_dir)


def test_a_failed_copy_changes_nothing(model_dir, monkeypatch):
    run = _Run(model_dir)
    run.evaluate(1, 1.0)

    def copy(*args, **kwargs):
        raise tf.errors.ResourceExhaustedError(None, None, "no space left")

    with monkeypatch.context() as patch:
        patch.setattr(tf.io.gfile, "copy", copy)
        with pytest.raises(errors.DiskFullError, match="no space left"):
            run.evaluate(2, 0.5)
    assert run.steps() == [1]
    assert run.evaluate(3, 0.1) == [3]
