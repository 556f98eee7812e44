"""`.keras` files: what is written down of an EstimatorModel, and read back."""

import collections
import functools
import json
import pathlib
import sys
import textwrap
import zipfile

import keras
import numpy as np
import pytest
import tensorflow as tf

import keras_estimator as ke
from keras_estimator.add_metrics import WithMetrics
from keras_estimator.errors import ConfigError
from keras_estimator.errors import NotBuiltError
from keras_estimator.errors import UnsupportedError
from keras_estimator.model import config as model_config
from tests import processes

FEATURES = np.sin(np.arange(60.0)).reshape(20, 3).astype(np.float32)
LABELS = FEATURES.sum(1, keepdims=True) + 1


def dataset():
    return tf.data.Dataset.from_tensor_slices((FEATURES, LABELS)).batch(8)


def model_fn(features, labels, mode, params):
    """A network with state of all kinds: statistics, dropout, slots."""
    training = mode == ke.ModeKeys.TRAIN
    x = keras.layers.BatchNormalization()(features, training=training)
    x = keras.layers.Dropout(0.3)(x, training=training)
    outputs = keras.layers.Dense(2, "tanh")(x)
    if mode == ke.ModeKeys.PREDICT:
        return ke.EstimatorSpec(mode, predictions=outputs)
    loss = keras.ops.mean((outputs - labels) ** 2)
    train_op = keras.optimizers.Adam(params["lr"])
    return ke.EstimatorSpec(mode, loss=loss, train_op=train_op)


@keras.saving.register_keras_serializable(package="tests")
def registered(features, labels, mode, params):
    return model_fn(features, labels, mode, params)


def tf1(features, labels, mode, params):
    v1 = tf.compat.v1
    kernel = v1.get_variable("net/kernel", [3, 1])
    outputs = features @ kernel
    if mode == ke.ModeKeys.PREDICT:
        return ke.EstimatorSpec(mode, predictions=outputs)
    loss = tf.reduce_mean((outputs - labels) ** 2)
    train_op = v1.train.AdamOptimizer(params["lr"]).minimize(
        loss, v1.train.get_global_step()
    )
    return ke.EstimatorSpec(mode, loss=loss, train_op=train_op)


def only_training(features, labels, mode):
    outputs = keras.layers.Dense(1)(features)
    loss = keras.ops.mean((outputs - labels) ** 2)
    train_op = keras.optimizers.Adam(0.1)
    return ke.EstimatorSpec(mode, loss=loss, train_op=train_op)


def with_config(features, labels, mode, config):
    assert isinstance(config, ke.RunConfig)
    return only_training(features, labels, mode)


def trained(function=model_fn, params=None):
    params = {"lr": 0.1} if params is None else params
    model = ke.EstimatorModel(function, params)
    model.fit(dataset(), verbose=0)
    return model


def assert_trains_alike(one, two):
    """Both are trained two epochs on, and must not differ in a bit."""
    first = one.fit(dataset(), epochs=2, verbose=0).history
    second = two.fit(dataset(), epochs=2, verbose=0).history
    assert first == second
    assert one.global_step == two.global_step
    for mine, theirs in zip(one.variables, two.variables, strict=True):
        assert mine.path == theirs.path
        np.testing.assert_array_equal(mine.numpy(), theirs.numpy())


@pytest.fixture
def path(tmp_path):
    return tmp_path / "model.keras"


# The whole model -------------------------------------------------------------


@pytest.mark.parametrize("function", [model_fn, registered, tf1])
def test_a_loaded_model_predicts_and_trains_as_the_saved_one(function, path):
    model = trained(function)
    model.save(path)
    loaded = keras.saving.load_model(path)
    assert isinstance(loaded, ke.EstimatorModel)
    assert loaded.name == model.name
    assert loaded.global_step == 3
    np.testing.assert_array_equal(
        loaded.predict(dataset(), verbose=0),
        model.predict(dataset(), verbose=0),
    )
    assert_trains_alike(model, loaded)


def test_a_loaded_model_has_variables_and_optimizer_at_once(path):
    model = trained()
    model.save(path)
    loaded = keras.saving.load_model(path)
    for mine, theirs in zip(model.variables, loaded.variables, strict=True):
        assert mine.path == theirs.path
        np.testing.assert_array_equal(mine.numpy(), theirs.numpy())
    assert isinstance(loaded.optimizer, keras.optimizers.Adam)
    momenta = [
        {v.path: v.numpy() for v in m.optimizer.variables}
        for m in (model, loaded)
    ]
    assert momenta[0].keys() == momenta[1].keys()
    for name, value in momenta[0].items():
        np.testing.assert_array_equal(momenta[1][name], value)


def test_loading_prefers_what_serving_needs(path, monkeypatch):
    model = trained()
    model.predict(dataset(), verbose=0)
    model.save(path)
    modes = []

    def noting(features, labels, mode, params):
        modes.append(mode)
        return model_fn(features, labels, mode, params)

    loaded = keras.saving.load_model(path, custom_objects={"model_fn": noting})
    loaded.predict(dataset(), verbose=0)
    assert modes == ["infer"]
    assert_trains_alike(model, loaded)


def test_what_was_loaded_and_never_used_is_saved_again(path, tmp_path):
    model = trained()
    model.predict(dataset(), verbose=0)
    model.save(path)
    keras.saving.load_model(path).save(tmp_path / "again.keras")
    again = keras.saving.load_model(tmp_path / "again.keras")
    # The slots of Adam went through a model that had no program for them.
    assert_trains_alike(model, again)


def test_a_model_fn_that_cannot_predict_is_loaded(path):
    model = ke.EstimatorModel(only_training)
    model.fit(dataset(), verbose=0)
    model.save(path)
    assert_trains_alike(model, keras.saving.load_model(path))


def test_a_model_that_was_only_evaluated_is_loaded(path):
    model = ke.EstimatorModel(only_training)
    loss = model.evaluate(dataset(), verbose=0)
    model.save(path)
    loaded = keras.saving.load_model(path)
    assert loaded.evaluate(dataset(), verbose=0) == loss


def test_a_config_is_made_for_a_model_fn_that_asks_for_one(path):
    model = ke.EstimatorModel(with_config)
    model.fit(dataset(), verbose=0)
    model.save(path)
    assert keras.saving.load_model(path).global_step == 3


def test_a_learning_rate_that_was_set_is_kept(path):
    model = trained()
    model.optimizer.learning_rate = 0.003
    model.save(path)
    loaded = keras.saving.load_model(path)
    assert float(loaded.optimizer.learning_rate) == pytest.approx(0.003)
    assert_trains_alike(model, loaded)


def test_a_learning_rate_is_that_of_the_code_unless_it_was_set(tmp_path):
    trained().save_weights(tmp_path / "model.weights.h5")
    other = ke.EstimatorModel(model_fn, {"lr": 0.5})
    other.build(dataset().element_spec)
    other.load_weights(tmp_path / "model.weights.h5")
    assert float(other.optimizer.learning_rate) == 0.5


def test_how_the_loop_runs_is_kept(path):
    model = ke.EstimatorModel(only_training)
    model.compile(steps_per_execution=3, run_eagerly=True)
    model.build(dataset().element_spec)
    model.save(path)
    loaded = keras.saving.load_model(path)
    assert loaded.steps_per_execution == 3
    assert loaded.run_eagerly


def test_sparse_ragged_and_nested_inputs_are_written_down(path):
    sparse = tf.sparse.from_dense(FEATURES)
    ragged = tf.ragged.constant([[1.0], [2.0, 3.0]] * 10)
    features = {"s": sparse, "n": {"a": (FEATURES, FEATURES)}, "r": ragged}
    pairs = (features, {"t": LABELS})
    data = tf.data.Dataset.from_tensor_slices(pairs).batch(8)
    model = ke.EstimatorModel(nested)
    model.fit(data, verbose=0)
    model.save(path)
    loaded = keras.saving.load_model(path)
    np.testing.assert_array_equal(
        loaded.predict(data, verbose=0), model.predict(data, verbose=0)
    )
    first = model.fit(data, verbose=0).history
    assert loaded.fit(data, verbose=0).history == first


def nested(features, labels, mode):
    first, second = features["n"]["a"]
    x = tf.sparse.to_dense(features["s"]) + first * second
    x = tf.ensure_shape(x, [None, 3])
    outputs = keras.layers.Dense(1)(x) + tf.reduce_sum(
        features["r"], axis=1, keepdims=True
    )
    if mode == ke.ModeKeys.PREDICT:
        return ke.EstimatorSpec(mode, predictions=outputs)
    loss = keras.ops.mean((outputs - labels["t"]) ** 2)
    train_op = keras.optimizers.SGD(0.1)
    return ke.EstimatorSpec(mode, loss=loss, train_op=train_op)


def test_a_model_of_an_estimator_is_saved_with_what_train_has_trained(
    path, model_dir
):
    estimator = ke.Estimator(model_fn, model_dir, params={"lr": 0.1})
    estimator.train(dataset, steps=3)
    estimator.model.save(path)
    loaded = keras.saving.load_model(path)
    predicted = list(estimator.predict(dataset))
    np.testing.assert_array_equal(
        loaded.predict(dataset(), verbose=0), predicted
    )


def test_a_new_process_loads_the_model(path, tmp_path, monkeypatch):
    source = """
        import keras
        import keras_estimator as ke

        def model_fn(features, labels, mode, params):
            units = params["layers"][0].units
            x = keras.layers.Dense(units, "tanh")(features)
            return ke.EstimatorSpec(mode, predictions=x)

        class Outer:
            @staticmethod
            def inner(features, mode, params):
                return model_fn(features, None, mode, params)

        @keras.saving.register_keras_serializable(package="their")
        def registered(features, mode, params):
            return model_fn(features, None, mode, params)
    """
    (tmp_path / "their_module.py").write_text(textwrap.dedent(source))
    monkeypatch.syspath_prepend(tmp_path)
    import their_module

    functions = {
        "plain": their_module.model_fn,
        "inner": their_module.Outer.inner,
        "registered": their_module.registered,
    }
    expected = {}
    for name, function in functions.items():
        params = {"layers": (keras.layers.Dense(2),)}
        model = ke.EstimatorModel(function, params)
        expected[name] = model.predict(FEATURES, verbose=0).tolist()
        model.save(tmp_path / f"{name}.keras")
    (tmp_path / "main.py").write_text(
        textwrap.dedent("""
        import json, sys
        import keras
        import numpy as np
        import keras_estimator

        features = np.sin(np.arange(60.0)).reshape(20, 3).astype("float32")
        found = {}
        for name in ("plain", "inner", "registered"):
            if name == "registered":
                sys.modules.pop("their_module")
                del keras.saving.get_custom_objects()["their>registered"]
            try:
                model = keras.saving.load_model(f"{name}.keras")
            except ValueError as error:
                found["error"] = str(error)
                import their_module
                model = keras.saving.load_model(f"{name}.keras")
            found[name] = model.predict(features, verbose=0).tolist()
        print(json.dumps(found))
        """)
    )
    run = processes.run(
        tmp_path / "main.py",
        cwd=tmp_path,
        env={"CUDA_VISIBLE_DEVICES": "-1"},
    )
    assert run.returncode == 0, run.stderr
    found = json.loads(run.stdout.splitlines()[-1])
    error = found.pop("error")
    assert "'their>registered', which is not registered now. Import" in error
    for name, values in expected.items():
        np.testing.assert_allclose(found[name], values, rtol=1e-6)


# model_fn --------------------------------------------------------------------


class Networks:
    def method(self, features, labels, mode):
        return only_training(features, labels, mode)

    __call__ = method


def closure():
    rate = 0.1

    def inner(features, labels, mode):
        return only_training(features, labels, mode) if rate else None

    return inner


@pytest.mark.parametrize(
    ("function", "name"),
    [
        (lambda features, labels, mode: None, "<lambda>"),
        (closure(), "closure.<locals>.inner"),
        (Networks().method, "Networks.method"),
        (Networks(), "Networks"),
    ],
)
def test_a_model_fn_that_cannot_be_found_again_is_not_saved(function, name):
    with pytest.raises(ConfigError) as caught:
        model_config.model_fn_reference(function)
    text = str(caught.value)
    assert f"model_fn `{name}`" in text
    assert "neither be imported by its name nor is it registered" in text
    assert '@keras.saving.register_keras_serializable(package="my_' in text
    assert "it takes from an enclosing function go into `params`" in text


def test_saving_says_so_and_leaves_no_file(path):
    model = ke.EstimatorModel(closure())
    model.build(dataset().element_spec)
    with pytest.raises(ConfigError, match="model_fn `closure.<locals>.inner`"):
        model.save(path)
    assert not path.exists()


def scaled(features, labels, mode, rate, params, loss_fn=None):
    return model_fn(features, labels, mode, {"lr": rate * params["lr"]})


def loss_fn(outputs, labels):
    return keras.ops.mean((outputs - labels) ** 2)


def test_a_partial_is_saved_with_what_it_binds(path):
    function = functools.partial(scaled, rate=0.5, loss_fn=loss_fn)
    model = trained(function, {"lr": 0.2})
    model.save(path)
    loaded = keras.saving.load_model(path)
    found = loaded.runtime.programs.model_fn
    assert found.func is scaled
    assert found.args == ()
    assert found.keywords == {"rate": 0.5, "loss_fn": loss_fn}
    assert_trains_alike(model, loaded)


def test_positional_arguments_of_a_partial_come_back():
    reference = model_config.model_fn_reference(
        functools.partial(registered, (1, [2.0]), {"a": None})
    )
    found = model_config.find_model_fn(json.loads(json.dumps(reference)))
    assert found.func is registered
    assert found.args == ((1, [2.0]), {"a": None})


def test_a_partial_of_what_cannot_be_found_again_is_named():
    with pytest.raises(ConfigError) as caught:
        model_config.model_fn_reference(functools.partial(closure(), mode=1))
    assert str(caught.value).startswith(
        "model_fn is a functools.partial, whose function "
        f"`closure.<locals>.inner` ({__file__}:"
    )
    assert "cannot be saved: it can neither be imported" in str(caught.value)


def test_what_a_partial_binds_is_named_if_it_has_no_written_form():
    with pytest.raises(ConfigError) as caught:
        model_config.model_fn_reference(
            functools.partial(model_fn, params={"o": [object()]})
        )
    assert str(caught.value).startswith(
        "`functools.partial(model_fn).keywords['params']['o'][0]` cannot be "
        "saved: "
    )


@pytest.fixture
def warned(caplog):
    """Returns the warnings that are logged."""
    tf.get_logger().setLevel("WARNING")
    caplog.set_level("WARNING", "tensorflow")
    return lambda: [
        record.getMessage()
        for record in caplog.records
        if "__main__" in record.getMessage()
    ]


def in_main(function, monkeypatch):
    """Puts a function where those of the script that runs are."""
    main = sys.modules["__main__"]
    monkeypatch.setattr(function, "__module__", "__main__")
    monkeypatch.setattr(main, function.__qualname__, function, raising=False)
    return function


def test_saving_warns_once_of_a_model_fn_of_the_script(
    path, warned, monkeypatch
):
    function = in_main(only_training, monkeypatch)
    model = ke.EstimatorModel(functools.partial(function))
    model.fit(dataset(), verbose=0)
    model.save(path)
    (line,) = warned()
    assert line.startswith("only_training: defined in the module `__main__`")
    assert "load_model(path, custom_objects={'only_training': ...})`" in line
    assert "Move what is named here into a module" in line


def test_functions_of_the_script_are_named_wherever_they_are(
    warned, monkeypatch
):
    metric_fn = in_main(loss_fn, monkeypatch)
    in_main(registered, monkeypatch)
    function = WithMetrics(
        functools.partial(scaled, loss_fn=registered), loss_fn
    )
    reference = model_config.model_fn_reference(function)
    params = model_config.params_to_config({"import": metric_fn})
    model_config.warn_of_main({"model_fn": reference, "params": params})
    (line,) = warned()
    assert "{'tests>registered': ..., 'loss_fn': ...}" in line


def test_saving_does_not_warn_of_functions_of_modules(path, warned):
    trained().save(path)
    assert warned() == []


def test_a_registered_closure_is_saved(path):
    function = keras.saving.register_keras_serializable("tests")(closure())
    model = ke.EstimatorModel(function)
    model.fit(dataset(), verbose=0)
    model.save(path)
    assert_trains_alike(model, keras.saving.load_model(path))


def test_a_model_fn_that_is_gone_can_be_given(path, monkeypatch):
    model = trained()
    model.save(path)
    monkeypatch.delitem(globals(), "model_fn")
    with pytest.raises(ConfigError) as caught:
        keras.saving.load_model(path)
    assert f"with model_fn `{__name__}:model_fn`, which cannot be" in str(
        caught.value
    )
    assert "custom_objects={'model_fn': model_fn}" in str(caught.value)
    monkeypatch.undo()
    given = {"model_fn": registered}
    loaded = keras.saving.load_model(path, custom_objects=given)
    assert loaded.runtime.programs.model_fn is registered


def test_model_fn_is_found_again():
    for function in (model_fn, registered):
        reference = model_config.model_fn_reference(function)
        assert model_config.find_model_fn(reference) is function
    assert model_config.model_fn_reference(registered) == {
        "registered": "tests>registered"
    }


# params and signatures -------------------------------------------------------

Point = collections.namedtuple("Point", "x y")


@pytest.mark.parametrize(
    "params",
    [
        None,
        {},
        {"n": None, "b": True, "i": 1, "f": 0.5, "s": "text"},
        {"tuple": (1, (2, [3])), "list": [], "dict": {"a": {"b": ()}}},
        {0: "zero", 1.5: "number", ("a", 1): "pair", None: "none"},
        {"dtype": tf.float16},
        {"bytes": b"raw"},
        [1, 2],
    ],
)
def test_params_come_back_as_they_were(params):
    config = json.loads(json.dumps(model_config.params_to_config(params)))
    found = model_config.params_from_config(config)
    assert found == params
    assert repr(found) == repr(params)


def test_arrays_in_params_come_back():
    array = np.arange(6.0).reshape(2, 3)
    config = model_config.params_to_config({"a": array})
    found = model_config.params_from_config(json.loads(json.dumps(config)))
    np.testing.assert_array_equal(found["a"], array)


@pytest.mark.parametrize(
    "function", [loss_fn, registered, keras.activations.relu]
)
def test_functions_in_params_come_back(function):
    config = model_config.params_to_config({"f": function})
    found = model_config.params_from_config(json.loads(json.dumps(config)))
    assert found == {"f": function}


@pytest.mark.parametrize(
    "value",
    [
        keras.initializers.HeNormal(seed=3),
        keras.optimizers.schedules.ExponentialDecay(0.1, 2, 0.5),
        keras.layers.Dense(3, "relu", name="layer"),
        keras.regularizers.L2(0.25),
    ],
)
def test_keras_objects_in_params_come_back(value):
    config = model_config.params_to_config({"o": [value]})
    found = model_config.params_from_config(json.loads(json.dumps(config)))
    (object_,) = found["o"]
    assert type(object_) is type(value)
    assert object_.get_config() == value.get_config()


@pytest.mark.parametrize(
    ("params", "where"),
    [
        ({"o": object()}, "params['o']"),
        ({"a": [0, {"b": {1, 2}}]}, "params['a'][1]['b']"),
        ({"p": pathlib.Path("x")}, "params['p']"),
        # Keras would make lists of these.
        ({"p": Point(1, 2)}, "params['p']"),
        ({"c": tf.feature_column.numeric_column("x")}, "params['c']"),
    ],
)
def test_params_without_a_written_form_are_named(params, where):
    with pytest.raises(ConfigError) as caught:
        model_config.params_to_config(params)
    assert str(caught.value).startswith(f"`{where}` cannot be saved: ")
    assert "Use numbers, texts, lists, tuples, " in str(caught.value)
    assert "`save_weights`" in str(caught.value)


def test_params_are_left_as_they_are():
    layer = keras.layers.Dense(2)
    params = {"lr": 0.1, "set": {1}, "list": [1], "layer": layer}
    model = ke.EstimatorModel(model_fn, params)
    # Keras wraps and tracks what is an attribute of a model.
    assert type(params["set"]) is set
    assert type(params["list"]) is list
    assert not model.layers
    model.build(dataset().element_spec)
    assert type(model.runtime.programs.params) is dict


@pytest.mark.parametrize(
    "spec",
    [
        None,
        tf.TensorSpec([None, 3], tf.int64),
        tf.TensorSpec(None, tf.string),
        tf.SparseTensorSpec([None, 5], tf.float32),
        tf.RaggedTensorSpec([None, None, 2], tf.int32, 1, tf.int32),
        {"b": tf.TensorSpec([2]), "a": (tf.TensorSpec([]), [None])},
        {3: tf.TensorSpec([]), ("k", 1): tf.TensorSpec([1])},
    ],
)
def test_signatures_come_back_as_they_were(spec):
    config = json.loads(json.dumps(model_config.nest_to_config(spec)))
    assert model_config.nest_from_config(config) == spec


def test_an_unknown_kind_of_input_is_named():
    spec = tf.TensorArraySpec([3], tf.float32)
    with pytest.raises(ConfigError, match=r"TensorArraySpec.*dense, sparse"):
        model_config.nest_to_config({"a": spec})


# Files -----------------------------------------------------------------------


def test_the_file_holds_each_value_once(path):
    model = trained()
    model.save(path)
    with zipfile.ZipFile(path) as archive:
        size = archive.getinfo("model.weights.h5").file_size
        config = json.loads(archive.read("config.json"))
    assert size < 60_000
    assert config["config"]["model_fn"] == {"import": f"{__name__}:model_fn"}
    assert config["config"]["program"]["mode"] == "train"


def test_weights_go_from_one_model_to_another(tmp_path):
    model = trained()
    model.save_weights(tmp_path / "model.weights.h5")
    other = ke.EstimatorModel(model_fn, {"lr": 0.1})
    other.build(dataset().element_spec)
    other.load_weights(tmp_path / "model.weights.h5")
    assert_trains_alike(model, other)


def test_weights_wait_for_programs_that_are_built_later(tmp_path):
    model = trained()
    model.save_weights(tmp_path / "model.weights.h5")
    other = ke.EstimatorModel(model_fn, {"lr": 0.1})
    features, _ = dataset().element_spec
    other.build(features)
    other.load_weights(tmp_path / "model.weights.h5")
    assert_trains_alike(model, other)


def test_weights_without_an_optimizer_leave_its_variables_alone(tmp_path):
    model = ke.EstimatorModel(model_fn, {"lr": 0.1})
    expected = model.predict(dataset(), verbose=0)
    model.save_weights(tmp_path / "model.weights.h5")
    other = trained()
    iterations = int(other.optimizer.iterations)
    other.load_weights(tmp_path / "model.weights.h5")
    assert int(other.optimizer.iterations) == iterations == 3
    np.testing.assert_array_equal(other.predict(dataset(), verbose=0), expected)


def test_weights_of_another_model_are_refused_and_change_nothing(tmp_path):
    other = ke.EstimatorModel(only_training)
    other.fit(dataset(), verbose=0)
    other.save_weights(tmp_path / "other.weights.h5")
    model = trained()
    before = model.get_weights()
    with pytest.raises(ConfigError) as caught:
        model.load_weights(tmp_path / "other.weights.h5")
    text = str(caught.value)
    assert "not from this model_fn with these params" in text
    assert "It has no value for ['batch_normalization/gamma'," in text
    assert "Variable `dense/kernel` is [3, 2] in the model but [3, 1]" in text
    assert "It has: ['adam/dense_bias_momentum'," in text
    for was, now in zip(before, model.get_weights(), strict=True):
        np.testing.assert_array_equal(was, now)


def test_weights_of_a_plain_keras_model_are_refused(tmp_path):
    plain = keras.Sequential([keras.Input([3]), keras.layers.Dense(1)])
    plain.save_weights(tmp_path / "plain.weights.h5")
    model = ke.EstimatorModel(only_training)
    model.build(dataset().element_spec)
    with pytest.raises(ConfigError, match=r"has no value for \['global_step'"):
        model.load_weights(tmp_path / "plain.weights.h5")


def test_weights_need_a_model_with_variables(tmp_path):
    trained().save_weights(tmp_path / "model.weights.h5")
    with pytest.raises(NotBuiltError, match="no variables yet"):
        ke.EstimatorModel(model_fn, {"lr": 0.1}).load_weights(
            tmp_path / "model.weights.h5"
        )


def test_a_file_that_is_not_there_is_keras_own_error(tmp_path):
    model = ke.EstimatorModel(only_training)
    model.build(dataset().element_spec)
    with pytest.raises(FileNotFoundError):
        model.load_weights(tmp_path / "none.weights.h5")


def test_hdf5_files_of_whole_models_are_refused(tmp_path):
    model = ke.EstimatorModel(only_training)
    with pytest.raises(
        UnsupportedError, match=r"cannot write HDF5.*model.h5.*`.keras`"
    ):
        model.save(tmp_path / "model.h5")


def test_a_model_that_was_not_built_can_be_copied():
    model = ke.EstimatorModel(model_fn, {"lr": 0.1}, name="first")
    copied = keras.models.clone_model(model)
    assert copied is not model
    assert copied.name == "first"
    with pytest.raises(NotBuiltError):
        copied.summary()
