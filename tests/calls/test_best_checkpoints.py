"""Estimators that keep the checkpoints with the best evaluations."""

import os
import pathlib
import tempfile

import pytest
import tensorflow as tf

import keras_estimator as ke

_v1 = tf.compat.v1


def _model_fn(features, labels, mode):
    """`w` is the number of steps; the loss is least when `w` is 4."""
    w = _v1.get_variable("w", [], initializer=_v1.zeros_initializer())
    train_op = tf.group(
        w.assign_add(1.0), _v1.train.get_global_step().assign_add(1)
    )
    return ke.EstimatorSpec(
        mode,
        loss=tf.abs(w - 4.0) + 0.0 * features,
        predictions=tf.expand_dims(w + 0.0 * features, 0),
        train_op=train_op,
    )


def _input_fn():
    return tf.data.Dataset.from_tensors(1.0)


def _endless():
    return _input_fn().repeat()


def _estimator(model_dir, policy, **config):
    config = ke.RunConfig(keep_best_checkpoints=policy, **config)
    return ke.Estimator(_model_fn, model_dir, config)


class _Evaluate(ke.CheckpointSaverListener):
    def __init__(self, estimator, **arguments):
        super().__init__()
        self._estimator = estimator
        self._arguments = arguments

    def after_save(self, session, global_step_value):
        self._estimator.evaluate(_input_fn, **self._arguments)


def _kept(model_dir):
    folder = os.path.join(model_dir, "best_checkpoints")
    names = os.listdir(folder) if os.path.exists(folder) else []
    return sorted(int(n.split("-")[1][:-6]) for n in names if "index" in n)


@pytest.fixture(scope="module")
def trained():
    """A run that is evaluated at steps 0, 2, 4, 6, 8, and keeps the last."""
    with tempfile.TemporaryDirectory() as model_dir:
        estimator = _estimator(
            model_dir,
            ke.BestCheckpoints(keep=2),
            save_checkpoints_steps=2,
            keep_checkpoint_max=1,
        )
        listener = _Evaluate(estimator)
        estimator.train(_endless, steps=8, saving_listeners=[listener])
        yield estimator


def test_the_best_are_there_after_they_were_rotated_away(trained):
    assert trained.latest_checkpoint().endswith("/model.ckpt-8")
    # Steps 2 and 6 are the same: the older stays.
    assert _kept(trained.model_dir) == [2, 4]
    folder = os.path.join(trained.model_dir, "best_checkpoints")
    assert trained.best_checkpoint() == f"{folder}/model.ckpt-4"
    assert tf.train.latest_checkpoint(folder) == trained.best_checkpoint()
    assert os.path.exists(f"{folder}/model.ckpt-4.meta")


def test_the_best_is_evaluated_and_predicts(trained):
    path = trained.best_checkpoint()
    results = trained.evaluate(_input_fn, checkpoint_path=path)
    assert results == {"loss": 0.0, "global_step": 4}
    assert list(trained.predict(_input_fn, checkpoint_path=path)) == [4.0]
    assert list(trained.predict(_input_fn)) == [8.0]
    # That was not an evaluation of model_dir.
    assert _kept(trained.model_dir) == [2, 4]


def test_the_best_is_where_another_run_starts(trained, model_dir):
    best = trained.best_checkpoint()
    for warm_start in (best, os.path.dirname(best)):
        estimator = ke.Estimator(
            _model_fn,
            f"{model_dir}{len(warm_start)}",
            warm_start_from=warm_start,
        )
        estimator.train(_endless, steps=1)
        assert estimator.get_variable_value("w") == 5.0


def test_another_process_goes_on_with_the_same_ones(trained):
    """As after a restart, or for who only reads."""
    reader = ke.Estimator(_model_fn, trained.model_dir)
    assert reader.best_checkpoint() == trained.best_checkpoint()
    policy = ke.BestCheckpoints(keep=2)
    later = _estimator(trained.model_dir, policy)
    # The newest, step 8, is worse than both.
    assert later.evaluate(_input_fn)["loss"] == 4.0
    assert _kept(trained.model_dir) == [2, 4]


def test_without_the_policy_nothing_is_kept(model_dir):
    estimator = ke.Estimator(_model_fn, model_dir)
    estimator.train(_endless, steps=1)
    estimator.evaluate(_input_fn)
    assert estimator.best_checkpoint() is None
    assert "best_checkpoints" not in os.listdir(model_dir)


def test_initial_values_and_other_evaluations_do_not_count(model_dir):
    estimator = _estimator(model_dir, ke.BestCheckpoints(name="dev"))
    estimator.evaluate(_input_fn, name="dev")
    estimator.train(_endless, steps=1)
    estimator.evaluate(_input_fn)
    assert estimator.best_checkpoint() is None
    estimator.evaluate(_input_fn, name="dev")
    assert _kept(model_dir) == [1]


def test_an_old_checkpoint_may_turn_out_best(model_dir):
    estimator = _estimator(
        model_dir, ke.BestCheckpoints(), save_checkpoints_steps=4
    )
    estimator.train(_endless, steps=6)
    estimator.evaluate(_input_fn)
    assert _kept(model_dir) == [6]
    path = os.path.join(model_dir, "model.ckpt-4")
    estimator.evaluate(_input_fn, checkpoint_path=path)
    assert _kept(model_dir) == [4]


def test_errors_come_after_the_results_are_written(model_dir):
    policy = ke.BestCheckpoints(metric="accuracy", higher_is_better=True)
    estimator = _estimator(model_dir, policy)
    estimator.train(_endless, steps=1)
    with pytest.raises(ke.errors.BestCheckpointsError, match="'accuracy'"):
        estimator.evaluate(_input_fn)
    assert [n for n in os.listdir(estimator.eval_dir()) if "tfevents" in n]
    assert estimator.best_checkpoint() is None


def test_model_fn_sees_the_policy(model_dir):
    seen = []

    def model_fn(features, labels, mode, config):
        seen.append(config.keep_best_checkpoints)
        return _model_fn(features, labels, mode)

    policy = ke.BestCheckpoints(keep=3)
    config = ke.RunConfig(keep_best_checkpoints=policy)
    ke.Estimator(model_fn, model_dir, config).train(_endless, steps=1)
    assert seen == [policy]


@pytest.fixture
def nobody():
    """Lets this process be a user who may not write just anywhere."""
    user = os.geteuid()
    if user == 0:
        os.seteuid(65534)
    yield
    if user == 0:
        os.seteuid(user)


@pytest.fixture
def readable_only(trained):
    """A model_dir of `trained` whose folder of the best is locked."""
    with tempfile.TemporaryDirectory() as folder:
        model_dir = pathlib.Path(folder) / "model"
        os.chmod(folder, 0o755)
        estimator = _estimator(
            str(model_dir), ke.BestCheckpoints(), save_checkpoints_steps=2
        )
        estimator.train(_endless, steps=2)
        estimator.evaluate(_input_fn)
        estimator.train(_endless, steps=1)
        for path in (model_dir, model_dir / "eval"):
            os.chmod(path, 0o777)
        os.chmod(model_dir / "best_checkpoints", 0o555)
        yield estimator


def test_a_folder_that_cannot_be_written(readable_only, nobody):
    with pytest.raises(
        ke.errors.WriteDeniedError, match="best_checkpoints/model.ckpt-3"
    ) as info:
        readable_only.evaluate(_input_fn)
    assert "let this user write there" in str(info.value)
    assert readable_only.best_checkpoint().endswith("model.ckpt-2")
