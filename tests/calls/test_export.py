"""Exports of an Estimator: what is written, from which values, and when not.

Signatures and files are compared with the real ones in `tests/parity`.
"""

import os
import pathlib
import shutil

import keras
import numpy as np
import pytest
import tensorflow as tf
from tensorflow.core.protobuf import saved_model_pb2
from tensorflow.python.tools import saved_model_cli as saved_model_cli_module

import keras_estimator as ke
import keras_estimator.compat.v1 as tf1
from keras_estimator.checkpoint import staging
from keras_estimator.export import directory

_v1 = tf.compat.v1
X = np.random.RandomState(0).randn(16, 3).astype(np.float32)
IDS = (np.arange(32) % 7).reshape(16, 2)


def input_fn():
    labels = (np.arange(16) % 2).astype(np.float32)
    data = tf.data.Dataset.from_tensor_slices(({"x": X, "ids": IDS}, labels))
    return data.batch(8)


def words_file(path):
    words = pathlib.Path(path) / "words.txt"
    words.write_text("no\nyes\n")
    return str(words)


def mixed(features, labels, mode, params):
    """Keras layers and TF1 ones, a table, and a name to ask for."""
    training = mode == "train"
    h = keras.layers.Dense(4)(features["x"])
    h = keras.layers.BatchNormalization(momentum=0.5)(h, training=training)
    h = keras.layers.Dropout(0.5)(h, training=training)
    e = keras.layers.Embedding(7, 4)(features["ids"])
    e = keras.layers.LSTM(3)(e)
    logits = tf1.layers.dense(tf.concat([h, e], 1), 2, name="logits")
    probabilities = tf.nn.softmax(logits, name="softmax_tensor")
    table = tf.lookup.StaticHashTable(
        tf.lookup.TextFileInitializer(
            params["words"],
            tf.int64,
            tf.lookup.TextFileIndex.LINE_NUMBER,
            tf.string,
            tf.lookup.TextFileIndex.WHOLE_LINE,
        ),
        "?",
    )
    predictions = {
        "probabilities": probabilities,
        "word": table.lookup(tf.argmax(probabilities, 1)),
    }
    if mode == "infer":
        classes = tf.tile(
            tf.constant([["no", "yes"]]), [tf.shape(logits)[0], 1]
        )
        outputs = {
            "serving_default": ke.export.PredictOutput(predictions),
            "classify": ke.export.ClassificationOutput(probabilities, classes),
            "regress": ke.export.RegressionOutput(probabilities[:, 1]),
        }
        return ke.EstimatorSpec(
            mode, predictions=predictions, export_outputs=outputs
        )
    loss = tf.reduce_mean(tf.square(probabilities[:, 1] - labels))
    # Gradients of the rest would take seconds to build.
    train_op = _v1.train.AdamOptimizer(0.1).minimize(
        loss,
        _v1.train.get_global_step(),
        var_list=_v1.trainable_variables("logits"),
    )
    return ke.EstimatorSpec(mode, loss=loss, train_op=train_op)


SPEC = {
    "x": tf.io.FixedLenFeature([3], tf.float32),
    "ids": tf.io.FixedLenFeature([2], tf.int64),
}
examples = ke.export.build_parsing_serving_input_receiver_fn(SPEC)


def raw():
    x = _v1.placeholder(tf.float32, [None, 3], name="x")
    ids = _v1.placeholder(tf.int64, [None, 2])
    inputs = {"x": x, "ids": ids}
    return ke.export.ServingInputReceiver(inputs, inputs)


def serialized():
    def feature(row, kind, name):
        return tf.train.Feature(**{name: kind(value=row.tolist())})

    return [
        tf.train.Example(
            features=tf.train.Features(
                feature={
                    "x": feature(x, tf.train.FloatList, "float_list"),
                    "ids": feature(ids, tf.train.Int64List, "int64_list"),
                }
            )
        ).SerializeToString()
        for x, ids in zip(X, IDS, strict=True)
    ]


class Exported:
    """An Estimator with two exports, and its predictions."""

    def __init__(self, path):
        params = {"words": words_file(path)}
        config = ke.RunConfig(tf_random_seed=1)
        self.estimator = ke.Estimator(mixed, path / "m", config, params)
        self.estimator.train(input_fn)
        self.of_examples = self.estimator.export_saved_model(
            path / "examples", examples
        ).decode()
        self.of_arrays = self.estimator.export_saved_model(
            path / "arrays", raw
        ).decode()
        # What an export depends on is inside of it.
        os.remove(params["words"])
        words_file(path)
        predictions = list(self.estimator.predict(input_fn))
        self.probabilities = np.array([p["probabilities"] for p in predictions])
        self.words = [p["word"] for p in predictions]


@pytest.fixture(scope="module")
def exported(tmp_path_factory):
    return Exported(tmp_path_factory.mktemp("exported"))


def assert_same(exported, outputs):
    np.testing.assert_allclose(
        outputs["probabilities"], exported.probabilities, 0, 1e-6
    )
    assert list(outputs["word"]) == exported.words


def meta_graph(folder):
    saved = saved_model_pb2.SavedModel()
    saved.ParseFromString(
        (pathlib.Path(folder) / "saved_model.pb").read_bytes()
    )
    (graph,) = saved.meta_graphs
    return graph


# Five ways to load -----------------------------------------------------------


def test_a_session_predicts_by_the_names_of_tensors(exported):
    loader, tags = _v1.saved_model.loader, _v1.saved_model.tag_constants
    with tf.Graph().as_default() as graph, _v1.Session(graph=graph) as session:
        loader.load(session, [tags.SERVING], exported.of_arrays)
        found = session.run(
            "softmax_tensor:0", {"x:0": X, "Placeholder:0": IDS}
        )
    np.testing.assert_allclose(found, exported.probabilities, 0, 1e-6)


def test_a_session_predicts_by_signature(exported):
    with tf.Graph().as_default() as graph, _v1.Session(graph=graph) as session:
        loaded = _v1.saved_model.loader.load(
            session, ["serve"], exported.of_examples
        )
        signature = loaded.signature_def["serving_default"]
        outputs = session.run(
            {key: info.name for key, info in signature.outputs.items()},
            {signature.inputs["examples"].name: serialized()},
        )
    assert_same(exported, outputs)


def test_eager_code_predicts_by_signature(exported):
    loaded = tf.saved_model.load(exported.of_arrays)
    outputs = loaded.signatures["serving_default"](
        x=tf.constant(X), ids=tf.constant(IDS)
    )
    assert_same(exported, {k: v.numpy() for k, v in outputs.items()})
    loaded = tf.saved_model.load(exported.of_examples)
    outputs = loaded.signatures["serving_default"](tf.constant(serialized()))
    assert_same(exported, {k: v.numpy() for k, v in outputs.items()})


def test_a_predictor_predicts(exported):
    with ke.predictor.from_saved_model(exported.of_arrays) as predict:
        assert_same(exported, predict({"x": X, "ids": IDS}))
    with ke.predictor.from_saved_model(
        exported.of_examples, "regress"
    ) as predict:
        found = predict({"inputs": serialized()})["outputs"]
    np.testing.assert_allclose(found, exported.probabilities[:, 1], 0, 1e-6)


@pytest.fixture(scope="module")
def saved_model_cli():
    """The command, without a process of its own: importing takes seconds."""
    parser = saved_model_cli_module.create_parser()
    return lambda *words: parser.parse_args([*words]).func()


def test_the_command_line_predicts(exported, saved_model_cli, tmp_path):
    given = tmp_path / "in.npz"
    np.savez(given, x=X, ids=IDS)
    saved_model_cli(
        *("run", "--dir", exported.of_arrays, "--tag_set", "serve"),
        *("--signature_def", "serving_default", "--outdir", str(tmp_path)),
        *("--inputs", f"x={given}[x];ids={given}[ids]"),
    )
    found = np.load(tmp_path / "probabilities.npy")
    np.testing.assert_allclose(found, exported.probabilities, 0, 1e-6)


def test_the_command_line_shows_signatures(exported, saved_model_cli, capsys):
    saved_model_cli("show", "--all", "--dir", exported.of_examples)
    shown = " ".join(capsys.readouterr().out.split())
    assert "MetaGraphDef with tag-set: 'serve' contains" in shown
    for key, method in (
        ("serving_default", "predict"),
        ("classify", "classify"),
        ("regress", "regress"),
    ):
        assert f"signature_def['{key}']:" in shown
        assert f"Method name is: tensorflow/serving/{method}" in shown
    assert (
        "inputs['inputs'] tensor_info: dtype: DT_STRING shape: (-1) name: "
        "input_example_tensor:0"
    ) in shown
    assert (
        "outputs['scores'] tensor_info: dtype: DT_FLOAT shape: (-1, 2) name: "
        "softmax_tensor:0"
    ) in shown


# What TensorFlow Serving requires --------------------------------------------


def test_predict_has_what_tensorflow_serving_requires(exported):
    signature = meta_graph(exported.of_arrays).signature_def["serving_default"]
    assert signature.method_name == "tensorflow/serving/predict"
    shapes = {
        key: (info.dtype, [d.size for d in info.tensor_shape.dim])
        for key, info in [*signature.inputs.items(), *signature.outputs.items()]
    }
    # The first dimension is the batch.
    assert shapes == {
        "x": (tf.float32.as_datatype_enum, [-1, 3]),
        "ids": (tf.int64.as_datatype_enum, [-1, 2]),
        "probabilities": (tf.float32.as_datatype_enum, [-1, 2]),
        "word": (tf.string.as_datatype_enum, [-1]),
    }


def test_classify_has_what_tensorflow_serving_requires(exported):
    signature = meta_graph(exported.of_examples).signature_def["classify"]
    assert signature.method_name == "tensorflow/serving/classify"
    assert list(signature.inputs) == ["inputs"]
    examples_ = signature.inputs["inputs"]
    assert examples_.name == "input_example_tensor:0"
    assert examples_.dtype == tf.string.as_datatype_enum
    assert [d.size for d in examples_.tensor_shape.dim] == [-1]
    assert sorted(signature.outputs) == ["classes", "scores"]
    classes, scores = signature.outputs["classes"], signature.outputs["scores"]
    assert classes.dtype == tf.string.as_datatype_enum
    assert scores.dtype == tf.float32.as_datatype_enum
    for info in (classes, scores):
        assert len(info.tensor_shape.dim) == 2


def test_regress_has_what_tensorflow_serving_requires(exported):
    signature = meta_graph(exported.of_examples).signature_def["regress"]
    assert signature.method_name == "tensorflow/serving/regress"
    assert list(signature.inputs) == ["inputs"]
    assert signature.inputs["inputs"].dtype == tf.string.as_datatype_enum
    assert list(signature.outputs) == ["outputs"]
    assert signature.outputs["outputs"].dtype == tf.float32.as_datatype_enum


def test_all_names_of_signatures_are_in_the_graph(exported):
    graph = meta_graph(exported.of_examples)
    nodes = {node.name for node in graph.graph_def.node}
    for signature in graph.signature_def.values():
        for info in [*signature.inputs.values(), *signature.outputs.values()]:
            assert info.name.split(":")[0] in nodes


# Values ----------------------------------------------------------------------


def variables(folder):
    reader = tf.train.load_checkpoint(
        os.path.join(os.fsdecode(folder), "variables", "variables")
    )
    return {
        name: reader.get_tensor(name)
        for name in reader.get_variable_to_shape_map()
    }


def test_variables_are_those_of_the_checkpoint_without_slots(exported):
    found = variables(exported.of_arrays)
    in_training = set(exported.estimator.get_variable_names())
    slots = {n for n in in_training if "Adam" in n or n.startswith("beta")}
    assert len(slots) == 6
    assert set(found) == in_training - slots
    assert {"global_step", "dense/kernel", "logits/bias"} < set(found)
    for name, value in found.items():
        expected = exported.estimator.get_variable_value(name)
        assert np.array_equal(value, expected), name


def step_by_step(features, labels, mode):
    """`w` is the number of steps; predicts w * x."""
    w = _v1.get_variable("w", [], initializer=_v1.zeros_initializer())
    y = tf.multiply(w, features["x"], name="y")
    with tf.control_dependencies([w.assign_add(1.0)]):
        train_op = _v1.train.get_global_step().assign_add(1)
    return ke.EstimatorSpec(
        mode, predictions={"y": y}, loss=tf.reduce_sum(y), train_op=train_op
    )


def ones():
    return tf.data.Dataset.from_tensors({"x": [1.0]}).repeat()


def x_receiver():
    x = _v1.placeholder(tf.float32, [None], name="x")
    return ke.export.ServingInputReceiver({"x": x}, {"x": x})


@pytest.fixture(scope="module")
def trained_dir(tmp_path_factory):
    """A model_dir with checkpoints of the steps 0, 2 and 3."""
    path = str(tmp_path_factory.mktemp("trained") / "m")
    config = ke.RunConfig(save_checkpoints_steps=2)
    ke.Estimator(step_by_step, path, config).train(ones, steps=3)
    return path


@pytest.fixture
def estimator(trained_dir):
    return ke.Estimator(step_by_step, trained_dir)


def w_of(folder):
    return variables(folder)["w"]


def test_values_are_of_the_newest_checkpoint_or_of_a_given_one(
    estimator, trained_dir, tmp_path
):
    assert w_of(estimator.export_saved_model(tmp_path / "a", x_receiver)) == 3
    given = pathlib.Path(trained_dir) / "model.ckpt-2"
    folder = estimator.export_saved_model(
        tmp_path / "b", x_receiver, checkpoint_path=given
    )
    assert w_of(folder) == 2


def test_an_export_changes_nothing_in_memory(model_dir, tmp_path):
    estimator = ke.Estimator(step_by_step, model_dir)
    estimator.train(ones, steps=1)
    first = estimator.latest_checkpoint()
    estimator.train(ones, steps=2)
    folder = estimator.export_saved_model(
        tmp_path / "a", x_receiver, checkpoint_path=first
    )
    assert w_of(folder) == 1
    assert float(estimator.model.get_weights()[-1]) == 3
    estimator.train(ones, steps=1)
    assert w_of(estimator.export_saved_model(tmp_path / "b", x_receiver)) == 4


def test_an_export_does_not_make_training_build_again(model_dir, tmp_path):
    calls = []

    def model_fn(features, labels, mode):
        calls.append(mode)
        return step_by_step(features, labels, mode)

    estimator = ke.Estimator(model_fn, model_dir)
    estimator.train(ones, steps=1)
    estimator.export_saved_model(tmp_path / "a", x_receiver)
    estimator.train(ones, steps=1)
    assert calls == ["train", "infer"]


def test_what_only_memory_has_is_not_exported(model_dir, tmp_path):
    estimator = ke.Estimator(step_by_step, model_dir)
    estimator.model.fit(ones().take(2), verbose=0)
    with pytest.raises(ke.errors.NotFittedError) as error:
        estimator.export_saved_model(tmp_path / "a", x_receiver)
    assert f"Couldn't find trained model at {model_dir}" in str(error.value)
    assert "`estimator.save_checkpoint()`" in str(error.value)
    estimator.save_checkpoint()
    assert w_of(estimator.export_saved_model(tmp_path / "a", x_receiver)) == 2


def test_a_listener_exports_what_was_just_saved(model_dir, tmp_path):
    estimator = ke.Estimator(step_by_step, model_dir)
    seen = []

    class Export(ke.CheckpointSaverListener):
        def after_save(self, session, global_step_value):
            folder = estimator.export_saved_model(
                tmp_path / str(global_step_value), x_receiver
            )
            seen.append((global_step_value, w_of(folder)))

    estimator.train(ones, steps=2, saving_listeners=[Export()])
    assert seen == [(0, 0), (2, 2)]


def test_an_export_under_a_graph_of_the_caller_is_the_same(estimator, tmp_path):
    with tf.Graph().as_default() as graph:
        folder = estimator.export_saved_model(tmp_path, x_receiver)
    assert graph.get_operations() == []
    assert w_of(folder) == 3


def test_without_a_checkpoint_the_warm_start_is_exported(
    trained_dir, model_dir, tmp_path
):
    for i, start in enumerate([trained_dir, f"{trained_dir}/model.ckpt-2"]):
        estimator = ke.Estimator(step_by_step, model_dir, warm_start_from=start)
        folder = estimator.export_saved_model(tmp_path / str(i), x_receiver)
        assert w_of(folder) == 3 - i


def averaged(features, labels, mode):
    """Predicts with the moving average of `w`, read by a Saver."""
    w = _v1.get_variable("w", [], initializer=_v1.zeros_initializer())
    average = tf.train.ExponentialMovingAverage(0.5)
    y = w * features["x"]
    if mode == "infer":
        saver = _v1.train.Saver(average.variables_to_restore([w]))
        return ke.EstimatorSpec(
            mode, predictions={"y": y}, scaffold=_v1.train.Scaffold(saver=saver)
        )
    with tf.control_dependencies([w.assign_add(1.0)]):
        update = average.apply([w])
    with tf.control_dependencies([update]):
        train_op = _v1.train.get_global_step().assign_add(1)
    return ke.EstimatorSpec(mode, loss=tf.reduce_sum(y), train_op=train_op)


def test_a_saver_that_reads_moving_averages_exports_them(model_dir, tmp_path):
    estimator = ke.Estimator(averaged, model_dir)
    estimator.train(ones, steps=2)
    (prediction, *_) = estimator.predict(lambda: ones().take(1))
    assert prediction["y"] == estimator.get_variable_value(
        "w/ExponentialMovingAverage"
    )
    folder = estimator.export_saved_model(tmp_path / "a", x_receiver)
    with ke.predictor.from_saved_model(folder) as predict:
        assert predict({"x": [1.0]})["y"] == prediction["y"] != 2
    assert "w/ExponentialMovingAverage" in variables(folder)


def partitioned(features, labels, mode):
    with _v1.variable_scope(
        "s", partitioner=_v1.fixed_size_partitioner(2), use_resource=True
    ):
        w = _v1.get_variable("w", [4], initializer=_v1.ones_initializer())
    y = tf.reduce_sum(tf.convert_to_tensor(w)) * features["x"]
    train_op = _v1.train.get_global_step().assign_add(1)
    return ke.EstimatorSpec(
        mode, predictions=y, loss=tf.reduce_sum(y), train_op=train_op
    )


def test_partitioned_variables_are_loaded_again(model_dir, tmp_path):
    estimator = ke.Estimator(partitioned, model_dir)
    estimator.train(ones, steps=1)
    folder = estimator.export_saved_model(tmp_path / "a", x_receiver)
    with ke.predictor.from_saved_model(folder) as predict:
        assert predict({"x": [2.0]})["output"].tolist() == [8]


def with_local_init(features, labels, mode):
    """A local variable that the user's own operation sets."""
    local = _v1.get_local_variable("l", [], initializer=_v1.zeros_initializer())
    init = tf.group(local.assign(7.0), name="my_local_init")
    step = _v1.train.get_global_step()
    train_op = step.assign_add(1)
    y = local * features["x"]
    return ke.EstimatorSpec(
        mode,
        predictions=y,
        loss=tf.reduce_sum(y),
        train_op=train_op,
        scaffold=_v1.train.Scaffold(local_init_op=init),
    )


def test_the_local_init_op_of_the_user_is_run_on_loading(model_dir, tmp_path):
    estimator = ke.Estimator(with_local_init, model_dir)
    estimator.train(ones, steps=1)
    folder = estimator.export_saved_model(tmp_path / "a", x_receiver)
    with ke.predictor.from_saved_model(folder) as predict:
        assert predict({"x": [2.0]})["output"].tolist() == [14]


def learning_words(features, labels, mode):
    """A table that training fills, and checkpoints hold."""
    table = tf.lookup.experimental.MutableHashTable(
        tf.string, tf.int64, -1, name="words"
    )
    step = _v1.train.get_global_step()
    found = table.lookup(features["word"])
    with tf.control_dependencies([table.insert(["a"], [7])]):
        train_op = step.assign_add(1)
    return ke.EstimatorSpec(
        mode,
        predictions=found,
        loss=tf.constant(0.0),
        train_op=train_op,
    )


def word_receiver():
    word = _v1.placeholder(tf.string, [None], name="word")
    return ke.export.ServingInputReceiver({"word": word}, word)


def test_a_table_that_was_trained_is_exported(model_dir, tmp_path):
    estimator = ke.Estimator(learning_words, model_dir)
    estimator.train(
        lambda: tf.data.Dataset.from_tensors({"word": ["x"]}), steps=1
    )
    folder = estimator.export_saved_model(tmp_path / "a", word_receiver)
    with ke.predictor.from_saved_model(folder) as predict:
        assert predict({"input": ["a", "b"]})["output"].tolist() == [7, -1]


def summing(features, labels, mode):
    total = tf.sparse.reduce_sum(features["ids"], 1)
    return ke.EstimatorSpec(
        mode,
        predictions=total,
        loss=tf.constant(0.0),
        train_op=_v1.train.get_global_step().assign_add(1),
    )


def sparse_receiver():
    ids = _v1.sparse_placeholder(tf.int64, [None, 9], name="ids")
    return ke.export.ServingInputReceiver({"ids": ids}, {"ids": ids})


def test_a_sparse_tensor_is_fed_whole(model_dir, tmp_path):
    estimator = ke.Estimator(summing, model_dir)

    def sparse_input_fn():
        ids = tf.sparse.from_dense(np.eye(9, dtype=np.int64)[:2])
        return tf.data.Dataset.from_tensors({"ids": ids})

    estimator.train(sparse_input_fn, steps=1)
    folder = estimator.export_saved_model(tmp_path / "a", sparse_receiver)
    with ke.predictor.from_saved_model(folder) as predict:
        given = _v1.SparseTensorValue([[0, 1], [0, 2]], [3, 4], [2, 9])
        assert predict({"ids": given})["output"].tolist() == [7, 0]


# What goes wrong -------------------------------------------------------------


def refused(error, call):
    with pytest.raises(error) as raised:
        call()
    return str(raised.value)


def failing(features, labels, mode):
    raise ZeroDivisionError("mine")


def with_one_more(features, labels, mode):
    _v1.get_variable("more", [2])
    return step_by_step(features, labels, mode)


def with_another_shape(features, labels, mode):
    w = _v1.get_variable("w", [2])
    return ke.EstimatorSpec(mode, predictions=w * features["x"])


def two_heads(features, labels, mode):
    y = tf.identity(features["x"])
    output = ke.export.PredictOutput(y)
    return ke.EstimatorSpec(
        mode, predictions=y, export_outputs={"a": output, "b": output}
    )


@pytest.mark.parametrize(
    ("model_fn", "error", "words"),
    [
        (failing, ZeroDivisionError, "mine"),
        (
            with_one_more,
            ke.errors.ExportVariablesError,
            "Variable `more` of the model is not in checkpoint",
        ),
        (
            with_another_shape,
            ke.errors.VariableShapeError,
            "Variable `w` is float32",
        ),
        (
            two_heads,
            ke.errors.SpecError,
            "none of them are specified as the default",
        ),
    ],
)
def test_what_is_wrong_with_a_model_leaves_nothing_behind(
    trained_dir, tmp_path, model_fn, error, words
):
    estimator = ke.Estimator(model_fn, trained_dir)
    target = tmp_path / "exports"
    message = refused(
        error, lambda: estimator.export_saved_model(target, x_receiver)
    )
    assert words in message
    assert not target.exists() or list(target.iterdir()) == []


def test_a_vocabulary_that_is_gone_is_named(exported, tmp_path):
    words = str(tmp_path / "words.txt")
    estimator = ke.Estimator(
        mixed, exported.estimator.model_dir, params={"words": words}
    )
    message = refused(
        ke.errors.AssetNotFoundError,
        lambda: estimator.export_saved_model(tmp_path / "a", raw),
    )
    assert f"model_fn reads the file {words!r} in mode 'infer'" in message
    assert not (tmp_path / "a").exists()


def test_missing_variables_name_the_mode_and_the_checkpoint(
    trained_dir, tmp_path
):
    estimator = ke.Estimator(with_one_more, trained_dir)
    message = refused(
        ke.errors.ExportVariablesError,
        lambda: estimator.export_saved_model(tmp_path, x_receiver),
    )
    assert message.startswith(
        "The graph of mode 'infer' cannot be exported from checkpoint "
        f"`{trained_dir}/model.ckpt-3`"
    )
    assert "that it does not make in training" in message


@pytest.mark.parametrize(
    ("arguments", "error", "words"),
    [
        (
            {"serving_input_receiver_fn": None},
            ke.errors.ConfigError,
            "no input receiver function was given. Got {'infer': None}",
        ),
        (
            {"serving_input_receiver_fn": 5},
            ke.errors.ArgumentTypeError,
            "must be a function without arguments that returns a receiver. "
            "Received: 5 (int)",
        ),
        (
            {"experimental_mode": "predict"},
            ke.errors.ConfigError,
            "There is no mode 'predict'. Use one of `ModeKeys`: ['train', ",
        ),
        (
            {"checkpoint_path": "nowhere/model.ckpt-1"},
            ke.errors.CheckpointPathError,
            "checkpoint_path='nowhere/model.ckpt-1'",
        ),
        (
            {"export_dir_base": 3},
            ke.errors.ArgumentTypeError,
            "Received: export_dir_base=3 (int)",
        ),
        (
            {"assets_extra": ["a"]},
            ke.errors.ArgumentTypeError,
            "`assets_extra` must be a dict",
        ),
        (
            {"assets_extra": {"a": 1}},
            ke.errors.ArgumentTypeError,
            "must be a dict of path to path. Received: 1 (int)",
        ),
        (
            {"assets_extra": {"a": "no/such/file"}},
            ke.errors.AssetNotFoundError,
            "assets_extra['a']='no/such/file' is not a file",
        ),
        (
            {"assets_extra": {"../a": __file__}},
            ke.errors.ConfigError,
            "the key '../a', which does not lead to a file inside",
        ),
        (
            {"assets_extra": {"/a": __file__}},
            ke.errors.ConfigError,
            "Use a relative path",
        ),
    ],
)
def test_wrong_arguments_are_refused_before_anything_is_made(
    estimator, tmp_path, arguments, error, words
):
    target = tmp_path / "exports"
    arguments = {
        "export_dir_base": target,
        "serving_input_receiver_fn": x_receiver,
    } | arguments
    message = refused(error, lambda: estimator.export_saved_model(**arguments))
    assert words in message
    assert not target.exists()


def test_a_map_of_receivers_must_be_one(estimator, tmp_path):
    export = estimator.experimental_export_all_saved_models
    assert "must be a dict of mode to function" in refused(
        ke.errors.ArgumentTypeError, lambda: export(tmp_path, x_receiver)
    )
    assert "Got {}" in refused(
        ke.errors.ConfigError, lambda: export(tmp_path, {})
    )


def test_a_target_that_is_or_lies_below_a_file_is_refused(estimator, tmp_path):
    file = tmp_path / "file"
    file.write_text("")
    for target in (file, file / "below"):
        message = refused(
            ke.errors.ExportDirError,
            lambda target=target: estimator.export_saved_model(
                target, x_receiver
            ),
        )
        assert f"{str(file)!r} is not a directory but a file" in message


def test_a_target_that_may_not_be_written_is_named(
    estimator, tmp_path, monkeypatch
):
    def deny(path):
        raise tf.errors.PermissionDeniedError(None, None, f"{path}; denied")

    monkeypatch.setattr(tf.io.gfile, "makedirs", deny)
    message = refused(
        ke.errors.ExportDeniedError,
        lambda: estimator.export_saved_model(tmp_path / "a", x_receiver),
    )
    assert f"export_dir_base={str(tmp_path / 'a')!r}" in message


def test_a_failure_while_writing_leaves_nothing_behind(
    estimator, tmp_path, monkeypatch
):
    def fail(folder, target):
        raise tf.errors.ResourceExhaustedError(None, None, "no space")

    monkeypatch.setattr(directory, "publish", fail)
    refused(
        ke.errors.ExportDiskFullError,
        lambda: estimator.export_saved_model(tmp_path, x_receiver),
    )
    assert list(tmp_path.iterdir()) == []


def test_what_a_killed_process_left_is_removed_by_the_next_export(
    estimator, tmp_path
):
    with staging.staged(str(tmp_path)) as files:
        left = pathlib.Path(files.path("export")).parent
        mine = shutil.copytree(left, str(left).replace(staging._PROCESS, "f00"))
    assert os.listdir(tmp_path) == [os.path.basename(mine)]
    folder = estimator.export_saved_model(tmp_path, x_receiver)
    assert os.listdir(tmp_path) == [os.path.basename(folder).decode()]


def test_folders_of_others_are_left_alone(estimator, tmp_path):
    for name in ("mine", "temp-1735689600", "1735689600"):
        (tmp_path / name).mkdir()
    folder = estimator.export_saved_model(tmp_path, x_receiver)
    assert sorted(os.listdir(tmp_path)) == sorted(
        ["mine", "temp-1735689600", "1735689600"]
        + [os.path.basename(folder).decode()]
    )


def test_paths_may_be_bytes(estimator, tmp_path):
    folder = estimator.export_saved_model(os.fsencode(tmp_path), x_receiver)
    assert os.path.dirname(folder) == os.fsencode(tmp_path)
