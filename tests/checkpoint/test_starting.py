"""Where variables get their values when a call starts: Scaffold's part."""

import numpy as np
import pytest
import tensorflow as tf

import keras_estimator as ke

_v1 = tf.compat.v1


def _input_fn():
    return tf.data.Dataset.from_tensor_slices([1.0, 2.0, 3.0, 4.0])


def _estimator(model_dir, scaffold, **config):
    """A model with `w` and `v`, both 0 at first, which no step changes."""

    def model_fn(features, mode):
        for name in ("w", "v"):
            _v1.get_variable(name, [], initializer=_v1.zeros_initializer())
        train_op = _v1.train.get_global_step().assign_add(1)
        return ke.EstimatorSpec(
            mode,
            loss=tf.identity(features),
            predictions={"w": _variable("w") + 0 * features},
            train_op=train_op,
            scaffold=scaffold(),
        )

    return ke.Estimator(model_fn, model_dir, ke.RunConfig(**config))


def _variable(name):
    return next(v for v in _v1.global_variables() if v.op.name == name)


def test_init_fn_runs_after_the_initializers_and_not_after_a_restore(
    model_dir,
):
    calls = []

    def init_fn(scaffold, session):
        calls.append(float(session.run(_variable("w"))))
        session.run(_assign, {_value: 5.0})

    def scaffold():
        nonlocal _assign, _value
        _value = _v1.placeholder(tf.float32, [])
        _assign = _variable("w").assign(_value).op
        return _v1.train.Scaffold(init_fn=init_fn)

    _assign = _value = None
    estimator = _estimator(model_dir, scaffold)
    estimator.train(_input_fn, steps=2)
    assert calls == [0.0]
    assert estimator.get_variable_value("w") == 5.0
    estimator.train(_input_fn, steps=2)
    assert calls == [0.0]


def test_init_op_and_its_feeds(model_dir):
    def scaffold():
        value = _v1.placeholder(tf.float32, [])
        step = _v1.train.get_global_step()
        assigns = [_variable(name).assign(value) for name in ("w", "v")]
        return _v1.train.Scaffold(
            init_op=tf.group(*assigns, step.initializer),
            init_feed_dict={value: 3.0},
        )

    estimator = _estimator(model_dir, scaffold).train(_input_fn)
    assert estimator.get_variable_value("v") == 3.0


def test_an_init_op_that_leaves_variables_out_names_them(model_dir):
    def scaffold():
        return _v1.train.Scaffold(init_op=_variable("w").initializer)

    estimator = _estimator(model_dir, scaffold)
    with pytest.raises(ke.errors.UninitializedVariableError, match=r"\bv\b"):
        estimator.train(_input_fn)
    assert estimator.latest_checkpoint() is None


_NOT_FOR_LOCAL = "Init operations did not make model ready for local_init"


@pytest.mark.parametrize(
    ("argument", "begins"),
    [
        ("ready_for_local_init_op", f"{_NOT_FOR_LOCAL}. Variables not init"),
        ("ready_op", "Init operations did not make model ready. Variables not"),
    ],
)
def test_an_operation_that_says_not_ready_is_named(model_dir, argument, begins):
    def scaffold():
        return _v1.train.Scaffold(**{argument: tf.constant(["me", "you"])})

    estimator = _estimator(model_dir, scaffold)
    with pytest.raises(ke.errors.UninitializedVariableError) as info:
        estimator.train(_input_fn)
    assert str(info.value).startswith(begins)
    assert f"me, you. So says `Scaffold({argument}=...)`" in str(info.value)


@pytest.mark.parametrize("answer", [[1.5], "w", [[b"w"]]], ids=str)
def test_a_ready_op_that_names_nothing_is_refused(model_dir, answer):
    estimator = _estimator(
        model_dir, lambda: _v1.train.Scaffold(ready_op=tf.constant(answer))
    )
    with pytest.raises(ke.errors.ScaffoldError, match="a vector of strings"):
        estimator.train(_input_fn)


def test_several_in_a_collection_are_named(model_dir):
    def scaffold():
        for _ in range(2):
            _v1.add_to_collection(_v1.GraphKeys.READY_OP, tf.no_op())
        return _v1.train.Scaffold()

    estimator = _estimator(model_dir, scaffold)
    with pytest.raises(
        ke.errors.ScaffoldError,
        match=r'More than one item in the collection "ready_op": it has 2\. '
        r"Please indicate which one to use: `Scaffold\(ready_op=\.\.\.\)`",
    ):
        estimator.train(_input_fn)


def test_object_based_savers_are_refused(model_dir):
    estimator = _estimator(
        model_dir, lambda: _v1.train.Scaffold(saver=tf.train.Checkpoint())
    )
    with pytest.raises(ke.errors.UnsupportedError, match="by the names of var"):
        estimator.train(_input_fn)


def test_ready_ops_are_asked_in_every_call_with_values_in_memory(model_dir):
    """Also where nothing is read because memory holds the checkpoint."""

    def scaffold():
        small = tf.less(_v1.train.get_global_step(), 3)
        return _v1.train.Scaffold(
            ready_op=tf.boolean_mask(tf.constant(["too far"]), [not_(small)])
        )

    def not_(value):
        return tf.logical_not(value)

    estimator = _estimator(model_dir, scaffold)
    estimator.train(_input_fn, steps=2)
    estimator.train(_input_fn, steps=2)
    with pytest.raises(ke.errors.UninitializedVariableError, match="too far"):
        estimator.train(_input_fn, steps=1)
    assert estimator.get_variable_value("global_step") == 4


def test_a_saver_of_the_user_decides_what_is_kept(model_dir):
    """FACTS 6."""
    estimator = _estimator(
        model_dir,
        lambda: _v1.train.Scaffold(saver=_v1.train.Saver(max_to_keep=2)),
        save_checkpoints_steps=1,
        keep_checkpoint_max=5,
    )
    estimator.train(_input_fn)
    state = tf.train.get_checkpoint_state(model_dir)
    assert [p[-1] for p in state.all_model_checkpoint_paths] == ["3", "4"]


def test_a_saver_that_restores_a_part_names_the_rest(model_dir):
    everything = _estimator(model_dir, _v1.train.Scaffold)
    everything.train(_input_fn, steps=1)

    def scaffold():
        found = [_variable("w"), _v1.train.get_global_step()]
        return _v1.train.Scaffold(saver=_v1.train.Saver(found))

    part = _estimator(model_dir, scaffold)
    with pytest.raises(ke.errors.UninitializedVariableError, match=r"\bv\b"):
        part.train(_input_fn, steps=1)


def test_initial_values_without_a_checkpoint(model_dir, caplog):
    """FACTS 22: not an error."""
    tf.get_logger().setLevel("INFO")
    estimator = _estimator(model_dir, _v1.train.Scaffold)
    with caplog.at_level("INFO", "tensorflow"):
        found = [
            p["w"] for p in estimator.predict(lambda: _input_fn().batch(2))
        ]
    np.testing.assert_array_equal(found, [0.0] * 4)
    assert "running initialization to predict" in caplog.text


def test_a_state_file_that_names_what_is_gone(model_dir):
    estimator = _estimator(model_dir, _v1.train.Scaffold)
    estimator.train(_input_fn, steps=2)
    for path in tf.io.gfile.glob(f"{model_dir}/model.ckpt-2*"):
        tf.io.gfile.remove(path)
    with pytest.raises(ke.errors.CheckpointPathError, match="not there"):
        estimator.train(_input_fn, steps=2)
