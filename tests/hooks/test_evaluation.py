"""Evaluations of what training has in memory."""

import os

import pytest
import tensorflow as tf

import keras_estimator as ke

_v1 = tf.compat.v1


def _model_fn(features, mode):
    """Adds 1 to `w` at each step; the loss is `w`."""
    w = _v1.get_variable("w", [], initializer=_v1.zeros_initializer())
    with tf.control_dependencies([w.assign_add(1.0)]):
        train_op = _v1.train.get_global_step().assign_add(1)
    return ke.EstimatorSpec(
        mode, loss=w + 0 * tf.reduce_mean(features), train_op=train_op
    )


@pytest.fixture
def counting(model_dir):
    config = ke.RunConfig(
        log_step_count_steps=None,
        save_summary_steps=None,
        save_checkpoints_steps=1000,
    )
    return ke.Estimator(_model_fn, model_dir, config)


def _batches(count):
    return lambda: tf.data.Dataset.from_tensors([1.0]).repeat(count)


def _losses(folder):
    found = ke.read_eval_metrics(folder)
    return {step: metrics["loss"] for step, metrics in found.items()}


def test_it_evaluates_weights_that_no_checkpoint_has(counting, events):
    hook = ke.experimental.InMemoryEvaluatorHook(
        counting, _batches(2), every_n_iter=3
    )
    counting.train(_batches(None), hooks=[hook], steps=7)
    # At the end as well, and with each call of train the count begins anew.
    folder = counting.eval_dir()
    assert events(folder) == {"loss": [(0, 0.0), (3, 3.0), (6, 6.0), (7, 7.0)]}
    counting.train(_batches(None), hooks=[hook], steps=2)
    assert _losses(folder) == {0: 0, 3: 3, 6: 6, 7: 7, 9: 9}
    names = os.listdir(counting.model_dir)
    indexes = [name for name in names if name.endswith(".index")]
    assert sorted(indexes) == [f"model.ckpt-{n}.index" for n in (0, 7, 9)]
    (file,) = os.listdir(folder)
    tags = {
        value.tag
        for event in _v1.train.summary_iterator(os.path.join(folder, file))
        for value in event.summary.value
    }
    assert tags == {"loss"}


def test_steps_in_between_run_in_one_go(counting):
    hook = ke.experimental.InMemoryEvaluatorHook(
        counting, _batches(1), every_n_iter=10
    )
    hook.begin()
    assert [hook.steps_until_due(at) for at in (0, 50)] == [10, 10]
    hook.skip(8)
    assert hook.steps_until_due(8) == 2


def test_it_evaluates_so_many_batches_under_a_name(counting):
    calls = []

    class Count(ke.SessionRunHook):
        def after_run(self, run_context, run_values):
            calls.append("step")

        def end(self, session):
            calls.append("end")

    hook = ke.experimental.InMemoryEvaluatorHook(
        counting,
        _batches(None),
        steps=2,
        hooks=[Count()],
        name="dev",
        every_n_iter=5,
    )
    counting.train(_batches(None), hooks=[hook], steps=3)
    assert calls == ["step", "step", "end"] * 2
    assert _losses(counting.eval_dir("dev")) == {0: 0.0, 3: 3.0}
    assert not os.path.exists(counting.eval_dir())


def test_model_fn_is_called_once_for_all_evaluations(model_dir):
    modes = []

    def model_fn(features, mode):
        modes.append(mode)
        return _model_fn(features, mode)

    estimator = ke.Estimator(model_fn, model_dir)
    hook = ke.experimental.InMemoryEvaluatorHook(
        estimator, _batches(1), every_n_iter=1
    )
    estimator.train(_batches(None), hooks=[hook], steps=3)
    assert modes == ["train", "eval"]


def test_an_evaluation_that_changes_variables_changes_a_copy(model_dir):
    def model_fn(features, mode):
        if mode == "train":
            return _model_fn(features, mode)
        w = _v1.get_variable("w", [])
        loss = w.read_value() + 0 * tf.reduce_mean(features)
        with tf.control_dependencies([loss]):
            moves = w.assign_add(100.0)
        metrics = {"moved": (tf.constant(0.0), moves)}
        return ke.EstimatorSpec(mode, loss=loss, eval_metric_ops=metrics)

    estimator = ke.Estimator(model_fn, model_dir)
    hook = ke.experimental.InMemoryEvaluatorHook(
        estimator, _batches(2), every_n_iter=1
    )
    estimator.train(_batches(None), hooks=[hook], steps=2)
    assert estimator.get_variable_value("w") == 2.0
    # The second of two batches sees 100 more.
    assert _losses(estimator.eval_dir()) == {0: 50.0, 1: 51.0, 2: 52.0}


def test_keras_models_are_evaluated_too(model_dir):
    import keras

    def model_fn(features, labels, mode):
        model = keras.Sequential(
            [
                keras.layers.Dense(2, kernel_initializer="ones"),
                keras.layers.Dropout(0.5),
                keras.layers.BatchNormalization(),
                keras.layers.Dense(1, kernel_initializer="ones"),
            ]
        )
        output = model(features, training=mode == "train")
        error = keras.metrics.MeanAbsoluteError(name="mae")
        error.update_state(labels, output)
        loss = keras.ops.mean(keras.ops.square(output - labels))
        return ke.EstimatorSpec(
            mode,
            loss=loss,
            train_op=ke.minimize(
                keras.optimizers.SGD(0.1), loss, model.trainable_variables
            )
            if mode == "train"
            else None,
            eval_metric_ops={"mae": error},
        )

    def input_fn():
        rows = tf.data.Dataset.from_tensors(([[1.0], [2.0]], [[2.0], [3.0]]))
        return rows.repeat(2)

    estimator = ke.Estimator(model_fn, model_dir)
    hook = ke.experimental.InMemoryEvaluatorHook(
        estimator, input_fn, every_n_iter=1, name="memory"
    )
    estimator.train(input_fn, hooks=[hook])
    in_memory = ke.read_eval_metrics(estimator.eval_dir("memory"))
    assert list(in_memory) == [0, 1, 2]
    assert len({metrics["mae"] for metrics in in_memory.values()}) == 3
    saved = estimator.evaluate(input_fn)
    assert in_memory[2] == {"mae": saved["mae"], "loss": saved["loss"]}


def _refused(error, message, one, **given):
    with pytest.raises(error) as raised:
        ke.experimental.InMemoryEvaluatorHook(
            **{"estimator": one, "input_fn": _batches(1)} | given
        )
    assert str(raised.value) == message


@pytest.mark.parametrize("every", [0, -1, None])
def test_it_needs_steps_between_evaluations(counting, every):
    _refused(
        ke.errors.ConfigError,
        f"invalid every_n_iter={every}. It must be > 0: the training steps "
        "from one evaluation to the next.",
        counting,
        every_n_iter=every,
    )


def test_bad_arguments_are_refused(counting):
    wrong_type = ke.errors.ArgumentTypeError
    for message, given in {
        "`every_n_iter` must be a number. Received: every_n_iter='3' (of type "
        "str).": {"every_n_iter": "3"},
        "`steps` must be a number. Received: steps='3' (of type str).": {
            "steps": "3"
        },
        "`input_fn` must be a function. Received: input_fn=5 (of type int). "
        "Wrap a dataset as `lambda: dataset`.": {"input_fn": 5},
        "`name` must be a string. Received: name=5 (of type int).": {"name": 5},
        "`hooks` must be a list of SessionRunHook objects. Received: hooks=5 "
        "(of type int). Put it into a list.": {"hooks": 5},
        "Hooks must be a SessionRunHook, given: 5.": {"hooks": [5]},
        "`estimator` must have type `keras_estimator.Estimator`. Got: <class "
        "'int'>.": {"estimator": 5},
    }.items():
        _refused(wrong_type, message, counting, **given)
    _refused(
        ke.errors.ConfigError,
        "Must specify steps > 0, given: 0",
        counting,
        steps=0,
    )


def test_a_cluster_is_refused(counting):
    config = ke.RunConfig()
    config._num_worker_replicas = 3

    class InACluster(ke.Estimator):
        @property
        def config(self):
            return config

    _refused(
        ke.errors.ConfigError,
        "InMemoryEvaluator supports only single machine (aka Local) setting. "
        "Received: an estimator with num_worker_replicas=3, num_ps_replicas=0"
        ". Call `evaluate` in a saving listener.",
        InACluster(_model_fn, counting.model_dir),
    )
