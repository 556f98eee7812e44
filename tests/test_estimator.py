"""The Estimator as a class: what it is made of, subclasses, several of them.

What its calls do, step by step, is compared with the real one in
`tests/parity`.
"""

import functools
import json
import logging
import os
import pathlib
import sys

import keras
import numpy as np
import pytest
import tensorflow as tf

import keras_estimator as ke
import keras_estimator.compat.v1 as v1
from tests import processes


def _input_fn(batches=3):
    rows = {"x": np.full((2, 3), 2.0, np.float32)}, np.ones(2, np.float32)
    return tf.data.Dataset.from_tensors(rows).repeat(batches)


def _spec(mode, loss, start=0.0):
    """A spec whose weight `w` is the number of steps, from `start` on."""
    init = v1.constant_initializer(start)
    w = v1.get_variable("w", [], initializer=init)
    other = v1.get_variable("other", [2], initializer=init)
    with tf.control_dependencies([w.assign_add(1.0)]):
        train_op = v1.train.get_global_step().assign_add(1)
    predictions = {"w": w + tf.zeros([2]), "other": other + 0.0}
    return ke.EstimatorSpec(
        mode, predictions=predictions, loss=loss + w, train_op=train_op
    )


def _model_fn(features, labels, mode):
    return _spec(mode, tf.reduce_mean(features["x"]))


def _with_params(features, labels, mode, params):
    return _spec(mode, tf.reduce_mean(features["x"]), params["start"])


@pytest.fixture
def logged():
    """The lines that TensorFlow's logger gets from INFO on."""
    lines = []

    class Collect(logging.Handler):
        def emit(self, record):
            lines.append(f"{record.levelname}: {record.getMessage()}")

    logger, handler = tf.get_logger(), Collect()
    level = logger.level
    logger.setLevel("INFO")
    logger.addHandler(handler)
    yield lines
    logger.removeHandler(handler)
    logger.setLevel(level)


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    """An Estimator at step 3, of which `w` is 3; not trained further."""
    path = str(tmp_path_factory.mktemp("trained"))
    return ke.Estimator(_model_fn, path).train(_input_fn)


# What it is made of ----------------------------------------------------------


@pytest.mark.parametrize("kind", [str, pathlib.Path, os.fsencode])
def test_model_dir_is_a_string_whatever_the_path(tmp_path, kind):
    path = str(tmp_path / "model")
    estimator = ke.Estimator(_model_fn, kind(path))
    assert (estimator.model_dir, estimator.config.model_dir) == (path, path)
    assert not os.path.exists(path)


def test_model_dir_may_come_from_the_config():
    config = ke.RunConfig("there", save_summary_steps=7)
    estimator = ke.Estimator(_model_fn, config=config)
    assert estimator.model_dir == "there"
    assert estimator.config.save_summary_steps == 7
    same = ke.Estimator(_model_fn, "there", config)
    assert same.model_dir == "there"


def test_the_config_given_stays_as_it_was():
    config = ke.RunConfig()
    estimator = ke.Estimator(_model_fn, "here", config)
    assert (config.model_dir, estimator.config.model_dir) == (None, "here")


def test_without_a_model_dir_there_is_a_temporary_one(logged):
    first, second = ke.Estimator(_model_fn), ke.Estimator(_model_fn)
    assert os.path.isdir(first.model_dir)
    assert first.model_dir != second.model_dir
    assert (
        "WARNING: Using temporary folder as model directory: "
        f"{first.model_dir}" in logged
    )


def test_model_dir_may_come_from_tf_config(monkeypatch):
    monkeypatch.setenv("TF_CONFIG", json.dumps({"model_dir": "cloud"}))
    assert ke.Estimator(_model_fn).model_dir == "cloud"
    assert ke.Estimator(_model_fn, "cloud").model_dir == "cloud"
    with pytest.raises(ValueError, match="'cloud'"):
        ke.Estimator(_model_fn, "mine")


def test_what_is_read_is_a_copy():
    params = {"start": 1.0, "layers": [1, 2]}
    estimator = ke.Estimator(_with_params, "here", params=params)
    params["layers"].append(3)
    estimator.params["layers"].append(4)
    estimator.config._model_dir = "elsewhere"
    assert estimator.params == {"start": 1.0, "layers": [1, 2]}
    assert (estimator.config.model_dir, estimator.model_dir) == ("here",) * 2


def test_no_params_are_an_empty_dict():
    assert ke.Estimator(_model_fn, "here").params == {}


def test_params_reach_model_fn(model_dir):
    estimator = ke.Estimator(_with_params, model_dir, params={"start": 5.0})
    estimator.train(_input_fn)
    assert estimator.get_variable_value("w") == 8.0


def test_model_fn_is_a_function_of_four_arguments(model_dir):
    estimator = ke.Estimator(_with_params, model_dir, params={"start": 5.0})
    with tf.Graph().as_default():
        v1.train.create_global_step()
        spec = estimator.model_fn(
            features={"x": tf.ones([2])},
            labels=None,
            mode=ke.ModeKeys.EVAL,
            config=estimator.config,
        )
    assert isinstance(spec, ke.EstimatorSpec)
    assert spec.mode == ke.ModeKeys.EVAL


def test_the_model_is_a_keras_model_of_the_same_weights(model_dir):
    estimator = ke.Estimator(_model_fn, model_dir).train(_input_fn)
    assert isinstance(estimator.model, ke.EstimatorModel)
    assert isinstance(estimator.model, keras.Model)
    assert estimator.model is estimator.model
    weights = {v.path: v.numpy() for v in estimator.model.variables}
    assert weights["w"] == 3.0


def test_eval_dir_has_the_name_of_the_evaluation():
    estimator = ke.Estimator(_model_fn, "here")
    assert estimator.eval_dir() == os.path.join("here", "eval")
    assert estimator.eval_dir("test") == os.path.join("here", "eval_test")


def test_evaluations_write_where_eval_dir_says(model_dir):
    estimator = ke.Estimator(_model_fn, model_dir)
    estimator.evaluate(_input_fn)
    estimator.evaluate(_input_fn, name="test")
    for name in (None, "test"):
        (file,) = os.listdir(estimator.eval_dir(name))
        assert "tfevents" in file


# Checkpoints -----------------------------------------------------------------


def test_before_training_there_is_nothing_to_read(model_dir):
    estimator = ke.Estimator(_model_fn, model_dir)
    assert estimator.latest_checkpoint() is None
    for read in (
        estimator.get_variable_names,
        lambda: estimator.get_variable_value("w"),
    ):
        with pytest.raises(ValueError, match="Could not find trained") as info:
            read()
        assert model_dir in str(info.value)
        assert isinstance(info.value, ke.errors.NotFittedError)


def test_after_training_all_can_be_read(trained):
    assert trained.latest_checkpoint() == f"{trained.model_dir}/model.ckpt-3"
    assert trained.get_variable_names() == ["global_step", "other", "w"]
    assert trained.get_variable_value("w") == 3.0
    assert trained.get_variable_value("w:0") == 3.0
    value = trained.get_variable_value("other")
    assert type(value) is np.ndarray
    assert (value.shape, value.dtype) == ((2,), np.float32)


def test_an_unknown_variable_names_the_nearest(trained):
    with pytest.raises(tf.errors.NotFoundError, match="others") as info:
        trained.get_variable_value("others")
    assert "Did you mean 'other'?" in str(info.value)
    assert "global_step, other, w" in str(info.value)


def test_reading_needs_no_training_in_this_process(trained):
    again = ke.Estimator(_model_fn, trained.model_dir)
    assert again.latest_checkpoint() == trained.latest_checkpoint()
    assert again.get_variable_value("w") == 3.0


def test_save_checkpoint_writes_what_is_in_memory(model_dir):
    estimator = ke.Estimator(_model_fn, model_dir)
    estimator.model.fit(_input_fn(), verbose=0)
    assert estimator.latest_checkpoint() is None
    path = estimator.save_checkpoint()
    assert path == estimator.latest_checkpoint() == f"{model_dir}/model.ckpt-3"
    assert tf.train.load_variable(path, "w") == 3.0
    assert estimator.train(_input_fn).get_variable_value("w") == 6.0


def test_save_checkpoint_needs_weights(model_dir):
    estimator = ke.Estimator(_model_fn, model_dir)
    with pytest.raises(RuntimeError) as info:
        estimator.save_checkpoint()
    assert isinstance(info.value, ke.errors.NotBuiltError)
    assert not os.path.exists(model_dir)


# Several calls, several Estimators -------------------------------------------


def test_steps_add_and_max_steps_count_from_the_beginning(model_dir):
    """Whichever object trains: what counts is model_dir."""

    def long():
        return _input_fn(100)

    first = ke.Estimator(_model_fn, model_dir)
    second = ke.Estimator(_model_fn, model_dir)
    steps = []
    for estimator, arguments in (
        (first, {"steps": 2}),
        (second, {"steps": 3}),
        (first, {"max_steps": 7}),
        (second, {"max_steps": 6}),
        (second, {"steps": 1}),
        (first, {"max_steps": 10}),
    ):
        assert estimator.train(long, **arguments) is estimator
        steps.append(int(estimator.get_variable_value("global_step")))
        assert estimator.get_variable_value("w") == steps[-1]
    assert steps == [2, 5, 7, 7, 8, 10]
    assert first.evaluate(_input_fn)["global_step"] == 10


def test_two_model_dirs_are_two_trainings(tmp_path):
    one = ke.Estimator(_model_fn, tmp_path / "one").train(_input_fn)
    two = ke.Estimator(_model_fn, tmp_path / "two").train(_input_fn, steps=1)
    found = [e.get_variable_value("w") for e in (one, two)]
    assert found == [3.0, 1.0]


def test_a_model_dir_that_was_deleted_is_a_new_training(model_dir):
    estimator = ke.Estimator(_model_fn, model_dir).train(_input_fn)
    tf.io.gfile.rmtree(model_dir)
    assert estimator.latest_checkpoint() is None
    assert next(estimator.predict(_input_fn))["w"] == 0.0
    assert estimator.train(_input_fn).get_variable_value("w") == 3.0


# Programs that are built again -----------------------------------------------

_SCALE = 1.0


def _counted(calls):
    def model_fn(features, labels, mode):
        calls.append(mode)
        return _spec(mode, _SCALE * tf.reduce_mean(features["x"]))

    return model_fn


def test_model_fn_is_called_once_a_mode(model_dir):
    calls = []
    estimator = ke.Estimator(_counted(calls), model_dir)
    for _ in range(2):
        estimator.train(_input_fn)
        estimator.evaluate(_input_fn)
        next(estimator.predict(_input_fn))
    assert calls == ["train", "eval", "infer"]


def test_without_reuse_it_is_called_each_time(model_dir):
    calls = []
    estimator = ke.Estimator(_counted(calls), model_dir, reuse_programs=False)
    for _ in range(2):
        estimator.train(_input_fn)
        estimator.evaluate(_input_fn)
    assert calls == ["train", "eval"] * 2
    assert estimator.get_variable_value("w") == 6.0


def test_building_again_is_logged_with_the_reason(
    model_dir, logged, monkeypatch
):
    calls = []
    estimator = ke.Estimator(_counted(calls), model_dir)
    assert estimator.evaluate(_input_fn)["loss"] == 2.0
    monkeypatch.setattr(sys.modules[__name__], "_SCALE", 3.0)
    assert estimator.evaluate(_input_fn)["loss"] == 6.0
    assert calls == ["eval", "eval"]
    (line,) = [line for line in logged if "Building the program" in line]
    assert line.startswith("INFO: Building the program of mode 'eval' again: ")
    assert "_SCALE" in line


# What model_fn may be --------------------------------------------------------


class _Start:
    """A model_fn as an object, and as a method."""

    def __init__(self, start):
        self.start = start

    def __call__(self, features, labels, mode):
        return self.method(features, labels, mode)

    def method(self, features, labels, mode):
        return _spec(mode, tf.reduce_mean(features["x"]), self.start)


def _with_start(start, features, labels, mode):
    return _spec(mode, tf.reduce_mean(features["x"]), start)


@pytest.mark.parametrize(
    "model_fn",
    [
        functools.partial(_with_start, 5.0),
        functools.partial(_with_params, params={"start": 5.0}),
        _Start(5.0).method,
        _Start(5.0),
    ],
    ids=["partial", "partial by name", "method", "object"],
)
def test_what_can_be_called_is_a_model_fn(model_dir, model_fn):
    estimator = ke.Estimator(model_fn, model_dir).train(_input_fn)
    assert estimator.evaluate(_input_fn)["loss"] == 2.0 + 8.0
    assert next(estimator.predict(_input_fn))["w"] == 8.0


class _Block(keras.layers.Layer):
    """A private class: Keras' name for its layer begins with `_`."""

    def __init__(self):
        super().__init__()
        self.dense = keras.layers.Dense(1, kernel_initializer="ones")

    def call(self, x):
        return self.dense(x)


def test_layers_of_private_classes_train_and_are_saved(model_dir):
    def model_fn(features, labels, mode):
        y = _Block()(features["x"])
        y = _Block()(y)
        loss = keras.ops.mean(y)
        optimizer = keras.optimizers.SGD(0.5)
        return ke.EstimatorSpec(mode, y, loss, optimizer)

    estimator = ke.Estimator(model_fn, model_dir)
    assert next(estimator.predict(_input_fn)) == 6.0
    estimator.train(_input_fn, steps=1)
    assert {
        name: estimator.get_variable_value(name).shape
        for name in estimator.get_variable_names()
        if name.endswith("kernel")
    } == {
        "private__block/dense/kernel": (3, 1),
        "private__block_1/dense_1/kernel": (1, 1),
    }
    again = ke.Estimator(model_fn, model_dir)
    assert next(again.predict(_input_fn)) == next(estimator.predict(_input_fn))
    assert next(again.predict(_input_fn)) < 6.0


# XLA -------------------------------------------------------------------------


def test_jit_compile_changes_no_result(model_dir):
    estimator = ke.Estimator(_model_fn, model_dir, jit_compile=True)
    estimator.train(_input_fn)
    assert estimator.get_variable_value("w") == 3.0
    assert estimator.evaluate(_input_fn)["loss"] == 5.0


def test_options_of_ours_are_given_by_name(model_dir):
    with pytest.raises(TypeError, match="positional"):
        ke.Estimator(_model_fn, model_dir, None, None, None, False)


# Warm start ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        (lambda trained: trained.model_dir, 3.0),
        (lambda trained: trained.latest_checkpoint(), 3.0),
        (lambda trained: ke.WarmStartSettings(trained.model_dir), 3.0),
        (lambda t: ke.WarmStartSettings(t.model_dir, ["w"]), 3.0),
        (lambda t: ke.WarmStartSettings(t.model_dir, "other"), 0.0),
    ],
    ids=["folder", "checkpoint", "settings", "list", "another"],
)
def test_a_warm_start_gives_initial_values(model_dir, trained, kind, expected):
    estimator = ke.Estimator(
        _model_fn, model_dir, warm_start_from=kind(trained)
    )
    assert next(estimator.predict(_input_fn))["w"] == expected
    estimator.train(_input_fn, steps=2)
    assert estimator.get_variable_value("w") == expected + 2
    assert estimator.get_variable_value("global_step") == 2


def test_a_warm_start_may_rename(model_dir, trained):
    def model_fn(features, labels, mode):
        with v1.variable_scope("new"):
            return _model_fn(features, labels, mode)

    settings = ke.WarmStartSettings(
        trained.model_dir,
        var_name_to_prev_var_name={"new/w": "w", "new/other": "other"},
    )
    estimator = ke.Estimator(model_fn, model_dir, warm_start_from=settings)
    estimator.train(_input_fn, steps=1)
    assert estimator.get_variable_value("new/w") == 4.0


def test_with_a_checkpoint_there_is_no_warm_start(model_dir, trained):
    ke.Estimator(_model_fn, model_dir).train(_input_fn, steps=1)
    estimator = ke.Estimator(
        _model_fn, model_dir, warm_start_from=trained.model_dir
    )
    assert estimator.evaluate(_input_fn)["loss"] == 2.0 + 1.0
    estimator.train(_input_fn, steps=1)
    assert estimator.get_variable_value("w") == 2.0


# Subclasses ------------------------------------------------------------------


class _Canned(ke.Estimator):
    """Has a model_fn of its own, as the canned Estimators do."""

    def __init__(self, start, model_dir=None, config=None):
        def _model_fn(features, labels, mode, config):
            assert config.model_dir == self.model_dir
            return _spec(mode, tf.reduce_mean(features["x"]), start)

        super().__init__(model_fn=_model_fn, model_dir=model_dir, config=config)


class _Logging(_Canned):
    """Overrides the calls, and calls those of its parent."""

    def __init__(self, *args, **kwargs):
        self.calls = []
        super().__init__(*args, **kwargs)

    def train(self, input_fn, **kwargs):
        self.calls.append("train")
        return super().train(input_fn, **kwargs)

    def evaluate(self, input_fn, **kwargs):
        self.calls.append("evaluate")
        return {**super().evaluate(input_fn, **kwargs), "mine": 1}

    def predict(self, input_fn, **kwargs):
        self.calls.append("predict")
        for prediction in super().predict(input_fn, **kwargs):
            yield prediction["w"]


def test_a_subclass_with_a_model_fn_of_its_own(model_dir):
    estimator = _Canned(5.0, model_dir)
    assert estimator.train(_input_fn) is estimator
    assert estimator.evaluate(_input_fn)["loss"] == 10.0
    assert estimator.get_variable_value("w") == 8.0
    assert isinstance(estimator, ke.Estimator)


def test_a_subclass_that_overrides_the_calls(model_dir):
    estimator = _Logging(0.0, model_dir)
    assert estimator.train(_input_fn, steps=2) is estimator
    assert estimator.evaluate(_input_fn, steps=1)["mine"] == 1
    assert list(estimator.predict(lambda: _input_fn(1))) == [2.0, 2.0]
    assert estimator.calls == ["train", "evaluate", "predict"]


class _Config(ke.RunConfig):
    def __init__(self, rate=0.1, **kwargs):
        super().__init__(**kwargs)
        self.rate = rate


def test_a_subclass_of_run_config_reaches_model_fn_and_input_fn(model_dir):
    seen = []

    def model_fn(features, labels, mode, config):
        seen.append((type(config), config.rate, config.model_dir))
        return _model_fn(features, labels, mode)

    def input_fn(config):
        seen.append((type(config), config.rate, config.model_dir))
        return _input_fn()

    config = _Config(rate=0.5, save_checkpoints_steps=2)
    estimator = ke.Estimator(model_fn, model_dir, config).train(input_fn)
    assert seen == [(_Config, 0.5, model_dir)] * 2
    assert type(estimator.config) is _Config
    assert estimator.config.rate == 0.5


# Flavours, modes of the process ----------------------------------------------


def test_both_flavours_are_one_implementation(model_dir):
    """What one has trained, the other goes on with; specs are the same."""
    old = v1.estimator
    assert issubclass(old.Estimator, ke.Estimator)
    assert old.EstimatorSpec is ke.EstimatorSpec
    assert old.ModeKeys is ke.ModeKeys
    old.Estimator(_model_fn, model_dir, old.RunConfig()).train(_input_fn)
    estimator = ke.Estimator(_model_fn, model_dir).train(_input_fn)
    assert estimator.get_variable_value("w") == 6.0
    assert hasattr(old, "inputs")
    assert not hasattr(ke, "inputs") or ke.inputs is not old.inputs


_GRAPH_PROGRAM = """
import sys
import numpy as np
import tensorflow as tf
import keras_estimator as ke

tf.compat.v1.disable_eager_execution()
v1 = tf.compat.v1

def input_fn():
    rows = {"x": np.ones((2, 3), np.float32)}, np.ones(2, np.float32)
    return tf.data.Dataset.from_tensors(rows).repeat(3)

def model_fn(features, labels, mode):
    w = v1.get_variable("w", [], initializer=v1.zeros_initializer())
    predictions = {"y": w * features["x"]}
    if mode == ke.ModeKeys.PREDICT:
        return ke.EstimatorSpec(mode, predictions)
    loss = tf.reduce_mean((w * features["x"][:, 0] - labels) ** 2)
    train_op = v1.train.GradientDescentOptimizer(0.25).minimize(
        loss, v1.train.get_global_step())
    metrics = {"mean": v1.metrics.mean(predictions["y"])}
    return ke.EstimatorSpec(mode, predictions, loss, train_op, metrics)

estimator = ke.Estimator(model_fn, sys.argv[1])
estimator.train(input_fn)
results = estimator.evaluate(input_fn)
assert not tf.executing_eagerly()
predictions = list(estimator.predict(input_fn))
print(len(predictions), predictions[0]["y"].tolist())
print(results["mean"], results["global_step"])
print(estimator.get_variable_value("w"))
with v1.Session() as session:
    print(session.run(tf.constant(1) + 1))
"""


def test_without_eager_execution_all_works(model_dir):
    run = processes.run(_GRAPH_PROGRAM, model_dir)
    assert run.returncode == 0, run.stderr
    assert run.stdout.splitlines() == [
        "6 [0.875, 0.875, 0.875]",
        "0.875 3",
        "0.875",
        "2",
    ]


def test_a_metric_value_of_the_input_reads_one_more_batch(model_dir):
    def of_input(features, labels, mode):
        w = v1.get_variable("w", [], initializer=v1.zeros_initializer())
        return ke.EstimatorSpec(
            mode,
            loss=tf.reduce_mean(features) + w,
            train_op=v1.train.get_global_step().assign_add(1),
            eval_metric_ops={"max": (tf.reduce_max(features), tf.no_op())},
        )

    def input_fn():
        return tf.data.Dataset.range(6).map(lambda i: tf.cast([i], tf.float32))

    estimator = ke.Estimator(of_input, model_dir)
    estimator.train(input_fn)
    # As in tf.estimator, where it fails at the end of the data.
    assert estimator.evaluate(input_fn, steps=2)["max"] == 2.0
    with pytest.raises(ke.errors.ModelFnError, match=r"are \['loss', 'max'\]"):
        estimator.evaluate(input_fn)
