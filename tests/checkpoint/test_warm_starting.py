from pathlib import Path

import keras
import numpy as np
import pytest
import tensorflow as tf

import keras_estimator as ke
from keras_estimator.checkpoint.warm_starting import WarmStart
from keras_estimator.errors import WarmStartError
from keras_estimator.errors import WarmStartPathError
from tests import golden

v1 = tf.compat.v1
GOLDEN = Path(golden.__file__).parent


def save(folder, step=1, **values):
    """Writes a checkpoint of variables of these names."""
    with tf.Graph().as_default(), v1.Session() as session:
        for name, value in values.items():
            v1.get_variable(name, initializer=np.float32(value))
        session.run(v1.global_variables_initializer())
        prefix = str(folder / "model.ckpt")
        return v1.train.Saver().save(session, prefix, global_step=step)


@pytest.fixture
def old(tmp_path):
    folder = tmp_path / "old"
    folder.mkdir()
    save(folder, a=[1.0, 2.0], matrix=[[1.0, 2.0], [3.0, 4.0]])
    return folder


def model_fn(shapes):
    def build(features, mode):
        for name, shape in shapes.items():
            v1.get_variable(name, shape, initializer=v1.zeros_initializer())
        return ke.EstimatorSpec(
            mode, predictions={n: _value(n, features) for n in shapes}
        )

    return build


def _value(name, features):
    found = [
        v for v in v1.global_variables() if v.op.name.split("/")[0] == name
    ]
    value = tf.concat(found, 0) if len(found) > 1 else found[0]
    # With a batch dimension, and of use of the input.
    return tf.convert_to_tensor(value)[tf.newaxis] + features


def begin(tmp_path, shapes, warm_start_from):
    """Returns the values that a prediction begins with."""
    estimator = ke.Estimator(
        model_fn(shapes), tmp_path / "new", warm_start_from=warm_start_from
    )
    return first(estimator)


def first(estimator):
    one = next(
        estimator.predict(lambda: tf.data.Dataset.from_tensors(np.float32(0)))
    )
    return {name: value.tolist() for name, value in one.items()}


# Paths


@pytest.mark.parametrize("name", ["gone", "empty", "old/model.ckpt-9"])
def test_a_path_without_a_checkpoint_is_refused(tmp_path, old, name):
    (tmp_path / "empty").mkdir()
    path = str(tmp_path / name)
    with pytest.raises(
        WarmStartPathError, match=f"no checkpoint at '{path}'.*or a SavedModel"
    ):
        WarmStart.of(ke.WarmStartSettings(path))


def test_a_path_that_is_none_is_a_not_found_error(tmp_path):
    with pytest.raises(tf.errors.NotFoundError):
        WarmStart.of(ke.WarmStartSettings(tmp_path))


def test_settings_take_a_saved_model_as_well(tmp_path):
    module = tf.Module()
    module.w = tf.Variable([5.0, 6.0], name="a")
    tf.saved_model.save(module, str(tmp_path / "exported"))
    settings = ke.WarmStartSettings(tmp_path / "exported")
    assert begin(tmp_path, {"a": [2]}, settings) == {"a": [5.0, 6.0]}


def test_the_newest_checkpoint_of_a_folder_is_looked_up_at_each_call(
    tmp_path, old
):
    estimator = ke.Estimator(
        model_fn({"a": [2]}), tmp_path / "new", warm_start_from=old
    )
    assert first(estimator) == {"a": [1.0, 2.0]}
    save(old, step=2, a=[3.0, 4.0])
    assert first(estimator) == {"a": [3.0, 4.0]}


def test_two_starts_are_equal_as_long_as_the_checkpoint_is_the_same(old):
    one, other = (WarmStart.of(ke.WarmStartSettings(old)) for _ in range(2))
    assert one == other
    assert hash(one) == hash(other)
    save(old, step=2, a=[3.0, 4.0])
    assert WarmStart.of(ke.WarmStartSettings(old)) != one


# What does not fit


def fault(tmp_path, shapes, *settings, **named):
    with pytest.raises(WarmStartError) as raised:
        begin(tmp_path, shapes, ke.WarmStartSettings(*settings, **named))
    return str(raised.value)


def test_a_variable_that_the_checkpoint_lacks_is_named(tmp_path, old):
    text = fault(tmp_path, {"matrics": [2, 2], "a": [2]}, old)
    assert "'matrics' of the model is not found as 'matrics'" in text
    assert "The nearest name is 'matrix'" in text
    assert "`var_name_to_prev_var_name`" in text
    assert "'a'" not in text


def test_all_faults_are_told_at_once(tmp_path, old):
    text = fault(tmp_path, {"one": [2], "two": [2]}, old)
    assert "'one' of the model" in text
    assert "'two' of the model" in text


def test_a_variable_of_another_shape_is_shown_with_both(tmp_path, old):
    text = fault(tmp_path, {"a": [3]}, old)
    assert "Variable 'a' is float32 (3,) in the model" in text
    assert "float32 (2,) as 'a' in checkpoint" in text
    assert "model.ckpt-1'" in text


@pytest.mark.parametrize(
    "argument", ["var_name_to_prev_var_name", "var_name_to_vocab_info"]
)
def test_a_misspelled_name_in_a_map_is_told(tmp_path, old, argument):
    text = fault(
        tmp_path, {"matrix": [2, 2]}, old, **{argument: {"matix": "a"}}
    )
    assert f"`{argument}` has 'matix'" in text
    assert "['matrix']. The nearest name is 'matrix'" in text


def test_the_choice_of_variables_has_a_type(tmp_path, old):
    text = fault(tmp_path, {"a": [2]}, old, [["a"], ["b"]])
    assert "vars_to_warm_start=[['a'], ['b']] (list)" in text
    assert "a list of variables, or None" in text


def test_faults_are_value_errors_as_those_of_tensorflow(tmp_path, old):
    with pytest.raises(ValueError, match="does not fit"):
        begin(tmp_path, {"c": [2]}, str(old))


# Checkpoints by object


@pytest.fixture(scope="module")
def by_object(tmp_path_factory):
    """A checkpoint and a SavedModel of a Keras model, and its weights."""
    folder = tmp_path_factory.mktemp("by_object")
    model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])
    tf.train.Checkpoint(model=model).save(folder / "saved" / "ckpt")
    tf.saved_model.save(model, str(folder / "exported"))
    return folder, model.get_weights()


def dense(features, mode):
    outputs = keras.layers.Dense(1, name="d")(features)
    return ke.EstimatorSpec(mode, predictions=outputs)


def keys_by_shape(path):
    return {
        tuple(shape): key
        for key, shape in reversed(tf.train.list_variables(path))
        if key.endswith(".ATTRIBUTES/VARIABLE_VALUE")
    }


@pytest.mark.parametrize("name", ["saved", "exported"])
def test_names_map_to_the_keys_of_a_checkpoint_by_object(
    by_object, tmp_path, name
):
    folder, (kernel, bias) = by_object
    path = str(folder / name)
    prefix = path + "/variables/variables" if name == "exported" else path
    keys = keys_by_shape(prefix)
    settings = ke.WarmStartSettings(
        path,
        var_name_to_prev_var_name={"d/kernel": keys[2, 1], "d/bias": keys[1,]},
    )
    values = {}
    new = ke.Estimator(dense, tmp_path, warm_start_from=settings)
    list(new.predict(twos, hooks=[start_of(values)]))
    assert (values["d/kernel"] == kernel).all()
    assert (values["d/bias"] == bias).all()


@pytest.mark.parametrize("mapped", [[], ["d/kernel"]])
def test_keys_of_a_checkpoint_by_object_are_listed(by_object, tmp_path, mapped):
    folder, _ = by_object
    key = keys_by_shape(folder / "saved")[2, 1]
    settings = ke.WarmStartSettings(
        folder / "saved", var_name_to_prev_var_name=dict.fromkeys(mapped, key)
    )
    new = ke.Estimator(dense, tmp_path, warm_start_from=settings)
    with pytest.raises(WarmStartError) as raised:
        list(new.predict(twos))
    text = str(raised.value)
    assert "d/bias" in text
    assert "was saved by object" in text
    assert "to its key in `var_name_to_prev_var_name`" in text
    assert f"The keys are: {key!r} (2, 1), " in text
    assert "_CHECKPOINTABLE_OBJECT_GRAPH" not in text


def test_of_many_keys_some_are_listed(tmp_path):
    module = tf.Module()
    module.all = [tf.Variable(0.0) for _ in range(30)]
    tf.train.Checkpoint(m=module).save(tmp_path / "old" / "ckpt")
    text = fault(tmp_path, {"a": [2]}, tmp_path / "old")
    assert text.count("VARIABLE_VALUE") == 20
    assert text.endswith("and 11 more.")


def test_names_of_a_checkpoint_by_object_that_are_the_same_are_found(tmp_path):
    module = tf.Module()
    module.w = tf.Variable([5.0, 6.0], name="a")
    tf.train.Checkpoint(m=module).save(tmp_path / "old" / "ckpt")
    found = begin(tmp_path, {"a": [2]}, tmp_path / "old")
    assert found == {"a": [5.0, 6.0]}


# Vocabularies


@pytest.fixture
def words(tmp_path):
    def write(name, *entries):
        (tmp_path / name).write_text("".join(f"{e}\n" for e in entries))
        return str(tmp_path / name)

    return write


def vocabulary_fault(tmp_path, old, shape, info, name="matrix"):
    return fault(
        tmp_path, {name: shape}, old, var_name_to_vocab_info={name: info}
    )


def test_a_vector_has_no_rows_and_columns_to_move(tmp_path, old, words):
    file = words("words", "x", "y")
    info = ke.VocabInfo(file, 2, 0, file)
    text = vocabulary_fault(tmp_path, old, [2], info, "a")
    assert "'a', which is float32 (2,): only the rows or columns" in text


def test_a_vocabulary_has_as_many_entries_as_it_says(tmp_path, old, words):
    file = words("words", "x", "y")
    info = ke.VocabInfo(file, 3, 0, file)
    text = vocabulary_fault(tmp_path, old, [3, 2], info)
    assert "has 2 entries, fewer than new_vocab_size=3" in text


def test_a_variable_is_not_larger_than_its_vocabulary(tmp_path, old, words):
    file = words("words", "x", "y")
    info = ke.VocabInfo(file, 2, 1, file)
    text = vocabulary_fault(tmp_path, old, [4, 2], info)
    assert "'matrix' is float32 (4, 2)" in text
    assert "new_vocab_size=2 and num_oov_buckets=1, together 3" in text


@pytest.mark.parametrize("gone", ["new_vocab", "old_vocab"])
def test_a_vocabulary_that_is_not_there_is_named(tmp_path, old, words, gone):
    file = words("words", "x", "y")
    info = ke.VocabInfo(file, 2, 0, file)._replace(**{gone: "/gone"})
    settings = ke.WarmStartSettings(
        old, var_name_to_vocab_info={"matrix": info}
    )
    with pytest.raises(
        WarmStartPathError, match=rf"VocabInfo\({gone}='/gone'\).*no such file"
    ):
        begin(tmp_path, {"matrix": [2, 2]}, settings)


def test_rows_of_an_embedding_of_keras_move_with_their_words(
    tmp_path, old, words
):
    def build(features, mode):
        embedding = keras.layers.Embedding(3, 2, name="words")
        return ke.EstimatorSpec(
            mode, predictions=embedding(features), loss=tf.constant(0.0)
        )

    info = ke.VocabInfo(
        words("new", "green", "pink", "red"),
        3,
        0,
        words("former", "red", "green"),
        backup_initializer=v1.ones_initializer(),
    )
    name = "words/embeddings"
    estimator = ke.Estimator(
        build,
        tmp_path / "new_model",
        warm_start_from=ke.WarmStartSettings(
            old,
            var_name_to_vocab_info={name: info},
            var_name_to_prev_var_name={name: "matrix"},
        ),
    )
    found = estimator.predict(lambda: tf.data.Dataset.from_tensors([0, 1, 2]))
    assert [row.tolist() for row in found] == [[3, 4], [1, 1], [1, 2]]


# Keras-native model functions


def keras_native(features, mode, params):
    dense = keras.layers.Dense(1, use_bias=False, name="dense")
    dense.build((None, 2))
    if params["pretrained"]:
        dense.set_weights([np.full((2, 1), 7.0)])
    outputs = keras.layers.BatchNormalization(name="norm")(
        dense(features), training=mode == "train"
    )
    return ke.EstimatorSpec(
        mode,
        predictions=outputs,
        loss=keras.ops.mean(outputs),
        train_op=keras.optimizers.Adam(0.5),
    )


def twos():
    return tf.data.Dataset.from_tensors(np.full((2, 2), 2.0, np.float32))


@pytest.fixture(scope="module")
def native(tmp_path_factory):
    folder = tmp_path_factory.mktemp("native")
    estimator = ke.Estimator(keras_native, folder, params={"pretrained": 0})
    return estimator.train(twos, steps=1)


def start_of(values):
    class Look(ke.SessionRunHook):
        def after_create_session(self, session, coord):
            named = {v.op.name: v for v in v1.global_variables()}
            values.update(session.run(named))

    return Look()


def test_weights_of_keras_start_warm_and_the_optimizer_cold(native, tmp_path):
    values = {}
    new = ke.Estimator(
        keras_native,
        tmp_path,
        params={"pretrained": 0},
        warm_start_from=native.model_dir,
    )
    new.train(twos, [start_of(values)], steps=1)
    old = native.get_variable_value
    assert (values["dense/kernel"] == old("dense/kernel")).all()
    assert (values["norm/gamma"] == old("norm/gamma")).all()
    assert (values["norm/moving_mean"] != old("norm/moving_mean")).all()
    assert values["adam/iteration"] == 0
    assert values["global_step"] == 0


def test_a_list_reaches_what_is_not_trained(native, tmp_path):
    values = {}
    new = ke.Estimator(
        keras_native,
        tmp_path,
        params={"pretrained": 0},
        warm_start_from=ke.WarmStartSettings(
            native.model_dir, ["norm/moving", "adam/iteration"]
        ),
    )
    new.train(twos, [start_of(values)], steps=1)
    old = native.get_variable_value
    assert (values["norm/moving_mean"] == old("norm/moving_mean")).all()
    assert values["adam/iteration"] == 1


def test_a_warm_start_comes_after_set_weights(native, tmp_path):
    new = ke.Estimator(
        keras_native,
        tmp_path,
        params={"pretrained": 1},
        warm_start_from=ke.WarmStartSettings(native.model_dir, ["dense"]),
    )
    values = {}
    list(new.predict(twos, hooks=[start_of(values)]))
    expected = native.get_variable_value("dense/kernel")
    assert (values["dense/kernel"] == expected).all()


def test_without_a_warm_start_set_weights_counts(native, tmp_path):
    new = ke.Estimator(keras_native, tmp_path, params={"pretrained": 1})
    values = {}
    list(new.predict(twos, hooks=[start_of(values)]))
    assert (values["dense/kernel"] == 7.0).all()


# Old checkpoints


@pytest.mark.parametrize("version", ["tf1.15", "tf2.15"])
def test_checkpoints_of_tf_estimator_start_new_models(tmp_path, version):
    old = GOLDEN / version
    settings = ke.WarmStartSettings(
        old / "model_dir_step_20",
        ".*kernel",
        var_name_to_prev_var_name={"first/kernel": "hidden/kernel"},
    )

    def build(features, mode):
        v1.get_variable("first/kernel", [6, 8])
        v1.get_variable("logits/kernel", [8, 3])
        v1.get_variable("logits/bias", [3], initializer=v1.ones_initializer())
        return ke.EstimatorSpec(mode, predictions=features)

    values = {}
    new = ke.Estimator(build, tmp_path, warm_start_from=settings)
    list(new.predict(twos, hooks=[start_of(values)]))
    expected = np.load(old / "variables_step_20.npz")
    assert (values["first/kernel"] == expected["hidden/kernel"]).all()
    assert (values["logits/kernel"] == expected["logits/kernel"]).all()
    assert (values["logits/bias"] == 1.0).all()
