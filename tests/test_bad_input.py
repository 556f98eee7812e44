"""Bad input: a typed error that says what, which value, and what to do.

Each error is one of ours, and also the class that tf.estimator 2.15 raises in
its place (seen by running it). What a refused or failed call leaves on disk is
as good as before.
"""

import json

import keras
import numpy as np
import pytest
import tensorflow as tf

import keras_estimator as ke
import keras_estimator.compat.v1 as v1


def _input_fn(batches=3):
    rows = {"x": np.ones((2, 3), np.float32)}, np.ones(2, np.float32)
    return tf.data.Dataset.from_tensors(rows).repeat(batches)


def _features_only():
    return _input_fn().map(lambda features, labels: features)


def _spec(mode, loss, /, **fields):
    """A spec whose weight `w` is the number of steps."""
    w = v1.get_variable("w", [], initializer=v1.zeros_initializer())
    with tf.control_dependencies([w.assign_add(1.0)]):
        train_op = v1.train.get_global_step().assign_add(1)
    defaults = {
        "predictions": {"y": loss + tf.zeros([2]), "z": tf.zeros([2])},
        "loss": loss,
        "train_op": train_op,
    }
    return ke.EstimatorSpec(mode, **{**defaults, **fields})


def _model_fn(features, labels, mode):
    return _spec(mode, tf.reduce_mean(features["x"]))


def _refused(call, built_in, *words):
    """Checks the class of what a call raises, and what it says."""
    with pytest.raises(ke.errors.KerasEstimatorError) as info:
        call()
    assert isinstance(info.value, built_in)
    for word in words:
        assert word in str(info.value)
    return info.value


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    """An Estimator with a checkpoint; tests do not train it further."""
    path = str(tmp_path_factory.mktemp("trained"))
    return ke.Estimator(_model_fn, path).train(_input_fn, steps=2)


@pytest.fixture(autouse=True)
def _no_cluster(monkeypatch):
    monkeypatch.delenv("TF_CONFIG", raising=False)


# What model_fn is and returns ------------------------------------------------


@pytest.mark.parametrize("wrong", [3, None, "model_fn", {"loss": 1.0}])
def test_a_model_fn_that_is_no_function(wrong):
    _refused(
        lambda: ke.Estimator(wrong),
        ValueError if wrong is None else TypeError,
        f"model_fn={wrong!r}",
        type(wrong).__name__,
        "(features, labels, mode, params, config)",
    )


@pytest.mark.parametrize(
    ("returned", "told"),
    [
        (None, ["NoneType", "branches end in a `return`"]),
        ({"loss": 1.0}, ["dict"]),
        (("a", "b"), ["tuple"]),
    ],
)
@pytest.mark.parametrize("mode", ["train", "eval", "infer"])
def test_a_model_fn_that_returns_no_spec(model_dir, returned, told, mode):
    def model_fn(features, labels, mode):
        return returned

    estimator = ke.Estimator(model_fn, model_dir)
    call = {
        "train": lambda: estimator.train(_input_fn),
        "eval": lambda: estimator.evaluate(_input_fn),
        "infer": lambda: list(estimator.predict(_input_fn)),
    }[mode]
    words = ["EstimatorSpec", "model_fn", __file__, repr(mode), *told]
    _refused(call, ValueError, *words)
    assert not tf.io.gfile.exists(model_dir)


def test_a_model_fn_that_returns_the_wrong_mode(model_dir):
    def model_fn(features, labels, mode):
        return _spec("eval", tf.reduce_mean(features["x"]))

    estimator = ke.Estimator(model_fn, model_dir)
    _refused(
        lambda: estimator.train(_input_fn),
        ValueError,
        "in mode 'train'",
        "for mode 'eval'",
        "Give `EstimatorSpec` the mode",
    )


@pytest.mark.parametrize(
    ("missing", "verb", "told"),
    [
        ("train_op", "train", ["Missing train_op", '"train"', "minimize("]),
        ("loss", "train", ["Missing loss", '"train"', "scalar"]),
        ("loss", "evaluate", ["Missing loss", '"eval"', "scalar"]),
        ("predictions", "predict", ["Missing predictions", '"infer"', "dict"]),
    ],
)
def test_a_spec_that_lacks_something(model_dir, missing, verb, told):
    def model_fn(features, labels, mode):
        return _spec(mode, tf.reduce_mean(features["x"]), **{missing: None})

    estimator = ke.Estimator(model_fn, model_dir)
    _refused(
        lambda: list(getattr(estimator, verb)(_input_fn)), ValueError, *told
    )


def test_arguments_that_nobody_gives():
    def model_fn(features, labels, mode, weights):
        pass

    told = ["['weights']", "functools.partial", "`params`"]
    _refused(lambda: ke.Estimator(model_fn), ValueError, *told)


# Labels ----------------------------------------------------------------------


def _subtracts(features, labels, mode):
    return _spec(mode, tf.reduce_mean(features["x"][:, 0] - labels))


def _takes_the_mean(features, labels, mode):
    return _spec(mode, tf.reduce_mean(labels))


def _looks_up(features, labels, mode):
    return _spec(mode, tf.reduce_mean(labels["y"]))


def _in_keras(features, labels, mode):
    loss = keras.losses.mean_squared_error(labels, features["x"][:, 0])
    return _spec(mode, keras.ops.mean(loss))


@pytest.mark.parametrize(
    ("model_fn", "built_in"),
    [
        (_subtracts, ValueError),
        (_takes_the_mean, ValueError),
        (_looks_up, TypeError),
        (_in_keras, ValueError),
    ],
)
def test_labels_that_are_used_and_not_there(model_dir, model_fn, built_in):
    estimator = ke.Estimator(model_fn, model_dir)
    told = ["`labels` are None", model_fn.__name__, __file__]
    error = _refused(
        lambda: estimator.train(_features_only),
        built_in,
        *told,
        "'train'",
        "let it return (features, labels)",
    )
    assert error.__cause__ is None
    _refused(
        lambda: next(estimator.predict(_input_fn)),
        built_in,
        *told,
        "'infer'",
        "return the predictions before",
    )


def test_other_errors_without_labels_stay_what_they_are(model_dir):
    def model_fn(features, labels, mode):
        raise ValueError("mine")

    with pytest.raises(ValueError, match="^mine$") as info:
        ke.Estimator(model_fn, model_dir).train(_features_only)
    assert type(info.value) is ValueError


def test_labels_that_nobody_takes(model_dir):
    def model_fn(features, mode):
        return _spec(mode, tf.reduce_mean(features["x"]))

    estimator = ke.Estimator(model_fn, model_dir)
    told = ["labels", "model_fn", "return only features from input_fn"]
    _refused(lambda: estimator.train(_input_fn), ValueError, *told)


# input_fn --------------------------------------------------------------------


def _returns_none():
    pass


def _returns_three():
    return _input_fn().map(lambda features, labels: (features, labels, labels))


def _returns_an_iterator():
    return iter([1.0])


@pytest.mark.parametrize(
    ("input_fn", "told"),
    [
        (_returns_none, ["returned None", "`tf.data.Dataset`"]),
        (_returns_three, ["len 2 tuple", "3 parts", "dict"]),
        (_returns_an_iterator, ["list_iterator", "`tf.data.Dataset`"]),
    ],
)
@pytest.mark.parametrize("verb", ["train", "evaluate", "predict"])
def test_an_input_fn_that_returns_something_else(trained, input_fn, told, verb):
    _refused(
        lambda: list(getattr(trained, verb)(input_fn)),
        ValueError,
        "input_fn",
        f"`{input_fn.__name__}` ({__file__}:",
        *told,
    )


@pytest.mark.parametrize("wrong", [None, 3, np.ones(3), "rows.csv"])
@pytest.mark.parametrize("verb", ["train", "evaluate", "predict"])
def test_an_input_fn_that_is_no_function(trained, wrong, verb):
    _refused(
        lambda: list(getattr(trained, verb)(wrong)),
        TypeError,
        f"input_fn={wrong!r}",
        type(wrong).__name__,
        "`lambda: dataset`",
    )


def test_a_dataset_that_is_not_wrapped(trained):
    told = ["`input_fn` must be a function", "`lambda: dataset`"]
    _refused(lambda: trained.train(_input_fn()), TypeError, *told)


def test_an_input_that_yields_nothing(model_dir, caplog):
    """No error: what there was is what there is, and the log says so."""
    tf.get_logger().setLevel("WARN")
    tf.get_logger().addHandler(caplog.handler)
    try:
        estimator = ke.Estimator(_model_fn, model_dir)
        estimator.train(lambda: _input_fn(0), steps=5)
        results = estimator.evaluate(lambda: _input_fn(0))
        predictions = list(estimator.predict(lambda: _input_fn(0)))
    finally:
        tf.get_logger().removeHandler(caplog.handler)
    assert estimator.get_variable_value("global_step") == 0
    assert (results["loss"], results["global_step"]) == (0.0, 0)
    assert predictions == []
    assert "Training with estimator made no steps" in caplog.text
    assert "Evaluation made no steps" in caplog.text


# Arguments of the calls ------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ({"steps": 0}, ["steps > 0", "given: 0"]),
        ({"steps": -2}, ["steps > 0", "given: -2"]),
        ({"max_steps": 0}, ["max_steps > 0", "given: 0"]),
        ({"max_steps": -2}, ["max_steps > 0", "given: -2"]),
        (
            {"steps": 1, "max_steps": 10},
            ["steps=1", "max_steps=10", "`steps` adds", "very beginning"],
        ),
    ],
)
def test_numbers_of_steps_to_train(trained, arguments, told):
    before = trained.latest_checkpoint()
    call = lambda: trained.train(_input_fn, **arguments)  # noqa: E731
    _refused(call, ValueError, *told)
    assert trained.latest_checkpoint() == before


@pytest.mark.parametrize("steps", [0, -1])
def test_numbers_of_steps_to_evaluate(trained, steps):
    _refused(
        lambda: trained.evaluate(_input_fn, steps=steps),
        ValueError,
        "steps > 0",
        f"given: {steps}",
    )


@pytest.mark.parametrize(
    ("verb", "argument"),
    [("train", "steps"), ("train", "max_steps"), ("evaluate", "steps")],
)
def test_numbers_of_steps_that_are_no_numbers(trained, verb, argument):
    _refused(
        lambda: getattr(trained, verb)(_input_fn, **{argument: "3"}),
        TypeError,
        f"`{argument}` must be a number",
        f"{argument}='3'",
    )


def test_half_a_step_is_a_whole_one_as_in_code_that_divides(model_dir):
    estimator = ke.Estimator(_model_fn, model_dir)
    estimator.train(_input_fn, steps=3 / 2)
    assert estimator.get_variable_value("global_step") == 2
    estimator.train(_input_fn, max_steps=5 / 2)
    assert estimator.get_variable_value("global_step") == 3
    assert estimator.evaluate(_input_fn, steps=1 / 2)["global_step"] == 3


@pytest.mark.parametrize(
    ("argument", "kind"),
    [
        ("hooks", "SessionRunHook"),
        ("saving_listeners", "CheckpointSaverListener"),
    ],
)
def test_one_object_instead_of_a_list(trained, argument, kind):
    _refused(
        lambda: trained.train(_input_fn, **{argument: _NoHook()}),
        TypeError,
        f"`{argument}` must be a list of {kind}",
        f"{argument}=<no hook>",
        "into a list",
    )


class _NoHook:
    def __repr__(self):
        return "<no hook>"


@pytest.mark.parametrize("verb", ["train", "evaluate", "predict"])
@pytest.mark.parametrize(
    ("hook", "told"),
    [
        (_NoHook(), "<no hook>"),
        (ke.StepCounterHook, "<class "),
    ],
)
def test_hooks_of_the_wrong_type(trained, verb, hook, told):
    _refused(
        lambda: list(getattr(trained, verb)(_input_fn, hooks=[hook])),
        TypeError,
        "Hooks must be a SessionRunHook",
        told,
    )


def test_listeners_of_the_wrong_type(trained):
    _refused(
        lambda: trained.train(_input_fn, saving_listeners=[_NoHook()]),
        TypeError,
        "saving_listeners",
        "CheckpointSaverListener",
        "<no hook>",
    )


@pytest.mark.parametrize("verb", ["evaluate", "predict"])
@pytest.mark.parametrize("path", ["/no/such", "/no/such/model.ckpt-3"])
def test_a_checkpoint_path_that_leads_nowhere(trained, verb, path):
    _refused(
        lambda: list(getattr(trained, verb)(_input_fn, checkpoint_path=path)),
        ValueError,
        f"checkpoint_path={path!r}",
        "is not a valid checkpoint",
        "`latest_checkpoint()`",
    )


@pytest.mark.parametrize("ending", ["", ".index"])
def test_a_checkpoint_path_of_a_folder_or_a_file(trained, ending):
    path = (
        f"{trained.latest_checkpoint()}.index"
        if ending
        else (trained.model_dir)
    )
    call = lambda: trained.evaluate(_input_fn, checkpoint_path=path)  # noqa: E731
    _refused(call, ValueError, path, "is not a valid checkpoint")


def test_predict_keys_that_name_nothing(trained):
    _refused(
        lambda: next(trained.predict(_input_fn, predict_keys=["prob"])),
        ValueError,
        "['y', 'z']",
        "['prob']",
    )


def test_a_metric_that_is_no_pair(model_dir):
    def model_fn(features, labels, mode):
        loss = tf.reduce_mean(features["x"])
        return _spec(mode, loss, eval_metric_ops={"a": loss})

    estimator = ke.Estimator(model_fn, model_dir)
    told = ["eval_metric_ops", "key: a", "keras.metrics.Metric"]
    _refused(lambda: estimator.evaluate(_input_fn), TypeError, *told)


# model_dir, config, params ---------------------------------------------------


def test_a_model_dir_given_twice_differently():
    told = ["model_dir", "'a'", "'b'", "Give only one"]
    call = lambda: ke.Estimator(_model_fn, "a", ke.RunConfig("b"))  # noqa: E731
    _refused(call, ValueError, *told)


def test_a_model_dir_in_tf_config_that_differs(monkeypatch):
    monkeypatch.setenv("TF_CONFIG", json.dumps({"model_dir": "c"}))
    told = ["model_dir", "'b'", "'c'", "TF_CONFIG"]
    _refused(lambda: ke.RunConfig("b"), ValueError, *told)


def test_a_model_dir_that_is_no_path():
    told = ["model_dir=3", "int", "path"]
    _refused(lambda: ke.Estimator(_model_fn, 3), TypeError, *told)


@pytest.mark.parametrize("name", ["run*", "run?", "run[0]"])
def test_a_model_dir_that_tensorflow_takes_for_a_pattern(tmp_path, name):
    """The real one writes checkpoints there, and never finds them again."""
    path = str(tmp_path / name)
    told = [f"model_dir={path!r}", "patterns", "Choose another name"]
    _refused(lambda: ke.Estimator(_model_fn, path), ValueError, *told)


@pytest.mark.parametrize("below", ["", "sub", "sub/sub"])
@pytest.mark.parametrize("verb", ["train", "evaluate"])
def test_a_model_dir_that_cannot_be_made(tmp_path, below, verb):
    file = tmp_path / "file"
    file.write_text("mine")
    path = str(file / below)
    estimator = ke.Estimator(_model_fn, path)
    _refused(
        lambda: getattr(estimator, verb)(_input_fn),
        tf.errors.FailedPreconditionError,
        f"model_dir={path!r}",
        repr(str(file)),
        "Choose another directory",
    )
    assert file.read_text() == "mine"


def test_a_config_that_is_none():
    told = ["config", "RunConfig", "{'model_dir': 'a'}", "dict"]
    call = lambda: ke.Estimator(_model_fn, config={"model_dir": "a"})  # noqa: E731
    _refused(call, ValueError, *told)


def test_params_that_model_fn_does_not_take():
    told = ["params", "{'rate': 1.0}", "_model_fn", "Add `params`"]
    call = lambda: ke.Estimator(_model_fn, "a", params={"rate": 1.0})  # noqa: E731
    _refused(call, ValueError, *told)


def test_params_that_are_not_given(model_dir):
    def model_fn(features, labels, mode, params):
        return _spec(mode, tf.reduce_mean(features["x"]) * params["lr"])

    estimator = ke.Estimator(model_fn, model_dir, params={"l_r": 1.0})
    told = ["'lr'", "Did you mean 'l_r'?", "{'l_r': 1.0}", "params.get('lr'"]
    _refused(lambda: estimator.train(_input_fn), KeyError, *told)


def test_a_warm_start_from_something_else():
    told = ["warm_start_from=3", "int", "path of a checkpoint"]
    call = lambda: ke.Estimator(_model_fn, "a", warm_start_from=3)  # noqa: E731
    _refused(call, ValueError, *told)


def test_a_warm_start_from_nowhere(model_dir):
    estimator = ke.Estimator(_model_fn, model_dir, warm_start_from="/no/such")
    told = ["`warm_start_from`", "/no/such", "Name a checkpoint"]
    call = lambda: estimator.train(_input_fn)  # noqa: E731
    _refused(call, tf.errors.NotFoundError, *told)
    assert not tf.io.gfile.exists(model_dir)


# Distribution ----------------------------------------------------------------


@pytest.mark.parametrize("name", ["train_distribute", "eval_distribute"])
def test_strategies(name):
    strategy = tf.distribute.MirroredStrategy(["/cpu:0", "/cpu:1"])
    told = [f"{name}=MirroredStrategy", "leave it out", "strategy.scope()"]
    call = lambda: ke.RunConfig(**{name: strategy})  # noqa: E731
    _refused(call, ValueError, *told)


@pytest.mark.parametrize(
    ("cluster", "told"),
    [
        ({"worker": ["localhost:2"]}, "2 workers and 0 parameter servers"),
        ({"ps": ["localhost:2"]}, "1 workers and 1 parameter servers"),
    ],
)
def test_several_processes(model_dir, monkeypatch, cluster, told):
    task = {"type": "chief", "index": 0}
    cluster = {"chief": ["localhost:1"], **cluster}
    config = json.dumps({"cluster": cluster, "task": task})
    monkeypatch.setenv("TF_CONFIG", config)
    estimator = ke.Estimator(_model_fn, model_dir)
    call = lambda: estimator.train(_input_fn)  # noqa: E731
    _refused(call, ValueError, told, "TF_CONFIG", "unset TF_CONFIG")
    assert not tf.io.gfile.exists(model_dir)


def test_a_chief_alone_trains(model_dir, monkeypatch):
    task = {"type": "chief", "index": 0}
    config = {"cluster": {"chief": ["localhost:1"]}, "task": task}
    monkeypatch.setenv("TF_CONFIG", json.dumps(config))
    estimator = ke.Estimator(_model_fn, model_dir).train(_input_fn)
    assert estimator.get_variable_value("global_step") == 3


def test_an_evaluator_does_not_train(model_dir, monkeypatch):
    config = {
        "cluster": {"chief": ["localhost:1"]},
        "task": {"type": "evaluator", "index": 0},
    }
    monkeypatch.setenv("TF_CONFIG", json.dumps(config))
    estimator = ke.Estimator(_model_fn, model_dir)
    told = ["`train_and_evaluate`", "task_type='evaluator'"]
    _refused(lambda: estimator.train(_input_fn), ValueError, *told)


# What is left ----------------------------------------------------------------

_FAILS = {"build": False, "nan": False}


def _failing_model_fn(features, labels, mode):
    """Fails in the middle, or has a loss of NaN in the fifth step."""
    spec = _model_fn(features, labels, mode)
    if _FAILS["build"]:
        raise RuntimeError("in mid-build")
    if _FAILS["nan"]:
        step = v1.train.get_global_step()
        loss = tf.where(step >= 4, np.nan, spec.loss)
        return spec._replace(loss=loss)
    return spec


class _RaisingListener(ke.CheckpointSaverListener):
    def __init__(self, method, step):
        super().__init__()
        self._method, self._step = method, step

    def before_save(self, session, global_step_value):
        self._raise("before_save", global_step_value)

    def after_save(self, session, global_step_value):
        self._raise("after_save", global_step_value)

    def _raise(self, method, step):
        if (method, int(step)) == (self._method, self._step):
            raise RuntimeError("in a listener")


def _breaking_input():
    def rows():
        for _ in range(5):
            yield np.ones([2, 3], np.float32)
        raise RuntimeError("in the middle")

    spec = tf.TensorSpec([2, 3], tf.float32)
    data = tf.data.Dataset.from_generator(rows, output_signature=spec)
    return data.map(lambda x: ({"x": x}, x[:, 0]))


def _fails_to_build(estimator, monkeypatch):
    monkeypatch.setitem(_FAILS, "build", True)
    with pytest.raises(RuntimeError, match="in mid-build"):
        estimator.train(_input_fn)
    monkeypatch.setitem(_FAILS, "build", False)
    return 2


def _has_nan(estimator, monkeypatch):
    monkeypatch.setitem(_FAILS, "nan", True)
    _refused(
        lambda: estimator.train(lambda: _input_fn(20)),
        v1.train.NanLossDuringTrainingError,
        "is not a number",
        "learning rate",
        "goes on from the newest checkpoint",
    )
    monkeypatch.setitem(_FAILS, "nan", False)
    return 4


def _has_a_broken_input(estimator, monkeypatch):
    with pytest.raises(tf.errors.OpError, match="in the middle"):
        estimator.train(_breaking_input)
    return 6


def _is_told_before(estimator, monkeypatch):
    listener = _RaisingListener("before_save", 4)
    with pytest.raises(RuntimeError, match="in a listener"):
        estimator.train(lambda: _input_fn(20), saving_listeners=[listener])
    return 2


def _is_told_after(estimator, monkeypatch):
    listener = _RaisingListener("after_save", 4)
    with pytest.raises(RuntimeError, match="in a listener"):
        estimator.train(lambda: _input_fn(20), saving_listeners=[listener])
    return 4


def _is_refused(estimator, monkeypatch):
    with pytest.raises(ValueError, match="steps > 0"):
        estimator.train(_input_fn, steps=0)
    with pytest.raises(ValueError, match="returned None"):
        estimator.train(_returns_none)
    return 2


@pytest.mark.parametrize(
    "fail",
    [
        _fails_to_build,
        _has_nan,
        _has_a_broken_input,
        _is_told_before,
        _is_told_after,
        _is_refused,
    ],
)
@pytest.mark.parametrize("same", [True, False])
def test_after_a_failed_call_training_goes_on(
    model_dir, monkeypatch, fail, same
):
    """From the newest checkpoint, in the same process or in another."""
    config = ke.RunConfig(save_checkpoints_steps=2)
    estimator = ke.Estimator(_failing_model_fn, model_dir, config)
    estimator.train(_input_fn, steps=2)
    saved = fail(estimator, monkeypatch)

    if not same:
        estimator = ke.Estimator(_failing_model_fn, model_dir, config)
    assert estimator.latest_checkpoint() == f"{model_dir}/model.ckpt-{saved}"
    for step in range(0, saved + 1, 2):
        found = tf.train.load_variable(f"{model_dir}/model.ckpt-{step}", "w")
        assert found == step
    assert estimator.evaluate(_input_fn)["global_step"] == saved
    estimator.train(_input_fn, steps=3)
    assert estimator.get_variable_value("w") == saved + 3
    assert estimator.get_variable_value("global_step") == saved + 3


@pytest.mark.parametrize("verb", ["evaluate", "predict"])
def test_a_failed_look_changes_nothing(model_dir, verb):
    estimator = ke.Estimator(_model_fn, model_dir).train(_input_fn)
    with pytest.raises(tf.errors.OpError, match="in the middle"):
        list(getattr(estimator, verb)(_breaking_input))
    assert estimator.evaluate(_input_fn)["global_step"] == 3
    assert estimator.train(_input_fn).get_variable_value("w") == 6
