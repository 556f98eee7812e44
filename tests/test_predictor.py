"""Predictors: a SavedModel as a function, from TensorFlow 1.15 on."""

import pathlib

import numpy as np
import pytest
import tensorflow as tf

import keras_estimator as ke
from keras_estimator import predictor
from keras_estimator.errors import ArgumentTypeError
from keras_estimator.errors import ConfigError
from keras_estimator.errors import NotFittedError
from keras_estimator.errors import SavedModelPathError
from tests.golden import ours

_v1 = tf.compat.v1
_GOLDEN = pathlib.Path(__file__).parent / "golden"


@pytest.fixture(params=["tf1.15", "tf2.15"])
def golden(request):
    return _GOLDEN / request.param


@pytest.fixture(scope="module")
def examples():
    """The 64 examples of the golden program, serialized."""
    x, _ = ours.ported().data()
    return [
        tf.train.Example(
            features=tf.train.Features(
                feature={
                    "x": tf.train.Feature(
                        float_list=tf.train.FloatList(value=row.tolist())
                    )
                }
            )
        ).SerializeToString()
        for row in x
    ]


@pytest.fixture(scope="module")
def folder():
    return str(_GOLDEN / "tf2.15" / "saved_model")


def test_an_export_of_the_real_one_predicts_what_it_predicted(golden, examples):
    recorded = np.load(golden / "predictions_step_40.npz")
    with predictor.from_saved_model(golden / "saved_model") as predict:
        found = predict({"examples": examples})
    assert sorted(found) == ["classes", "probabilities"]
    assert found["classes"].tolist() == recorded["classes"].tolist()
    np.testing.assert_allclose(
        found["probabilities"], recorded["probabilities"], 0, 3e-7
    )


def test_it_has_the_attributes_of_old(folder):
    graph = tf.Graph()
    with predictor.from_saved_model(folder, graph=graph) as predict:
        assert predict.graph is graph
        assert isinstance(predict.session, _v1.Session)
        assert {k: t.name for k, t in predict.feed_tensors.items()} == {
            "examples": "input_example_tensor:0"
        }
        assert sorted(predict.fetch_tensors) == ["classes", "probabilities"]
        assert repr(predict).startswith(
            "Predictor with feed tensors {'examples': <tf.Tensor 'input_exam"
        )


def test_tensors_are_said_by_name(folder, examples):
    with predictor.from_saved_model(
        folder,
        input_names={"in": "input_example_tensor:0"},
        output_names={"out": "softmax_tensor:0"},
    ) as predict:
        assert predict({"in": examples[:2]})["out"].shape == (2, 3)


def test_tensors_are_said_by_a_signature(folder, examples):
    with tf.Graph().as_default() as graph, _v1.Session() as session:
        _v1.saved_model.loader.load(session, ["serve"], folder)
        signature = _v1.saved_model.predict_signature_def(
            {"a": graph.get_tensor_by_name("input_example_tensor:0")},
            {"b": graph.get_tensor_by_name("softmax_tensor:0")},
        )
    with predictor.from_saved_model(folder, signature_def=signature) as predict:
        assert predict({"a": examples[:2]})["b"].shape == (2, 3)


def test_a_config_is_that_of_the_session(folder):
    config = _v1.ConfigProto(inter_op_parallelism_threads=1)
    with predictor.from_saved_model(
        folder, tags=["serve"], config=config
    ) as predict:
        assert predict.session._config.inter_op_parallelism_threads == 1


@pytest.mark.parametrize(
    ("arguments", "error", "words"),
    [
        (
            {"signature_def_key": "serving_defualt"},
            ConfigError,
            "has no signature 'serving_defualt'. Did you mean "
            "'serving_default'? It has: ['serving_default'].",
        ),
        (
            {"input_names": {"a": "x:0"}},
            ConfigError,
            "input_names and output_names must both be specified or both be "
            "unspecified. Received: input_names={'a': 'x:0'}.",
        ),
        (
            {
                "signature_def_key": "serving_default",
                "input_names": {"a": "x:0"},
                "output_names": {"b": "y:0"},
            },
            ConfigError,
            "at most one of signature_def_key OR signature_def OR",
        ),
        (
            {"input_names": {"a": "nope:0"}, "output_names": {}},
            ConfigError,
            "input_names['a']='nope:0': The name 'nope:0' refers to a Tensor",
        ),
        ({"tags": "eval"}, ConfigError, "tags='eval': MetaGraphDef associated"),
        ({"export_dir": 5}, ArgumentTypeError, "export_dir=5 (int)"),
        (
            {"export_dir": "/no/such"},
            SavedModelPathError,
            "SavedModel file does not exist at: export_dir='/no/such'",
        ),
    ],
)
def test_wrong_arguments_say_what_there_is(folder, arguments, error, words):
    with pytest.raises(error) as raised:
        predictor.from_saved_model(**{"export_dir": folder} | arguments)
    assert words in str(raised.value)
    if error is SavedModelPathError:
        assert isinstance(raised.value, OSError)


@pytest.mark.parametrize(
    ("given", "error", "words"),
    [
        (
            {"x": 1, "examples": []},
            ConfigError,
            "Got unexpected keys in input_dict: ['x'], expected: ['examples']",
        ),
        ({}, ConfigError, "input_dict lacks values for ['examples']"),
        ([b"a"], ArgumentTypeError, "takes a dict of name to value"),
        (
            {"examples": [[b"a"]]},
            ConfigError,
            "Cannot feed value of shape (1, 1) for Tensor "
            "input_example_tensor:0",
        ),
    ],
)
def test_wrong_inputs_are_named_by_key(folder, given, error, words):
    with (
        predictor.from_saved_model(folder) as predict,
        pytest.raises(error) as raised,
    ):
        predict(given)
    assert words in str(raised.value)


def scaled_export(folder):
    """Exports a function of a sparse `x` that is fed, and of a `scale`."""
    with tf.Graph().as_default(), _v1.Session() as session:
        x = _v1.sparse_placeholder(tf.float32, [None, 2])
        scale = _v1.placeholder_with_default(2.0, [])
        signature = _v1.saved_model.predict_signature_def(
            {"x": x, "scale": scale}, {"y": scale * tf.sparse.to_dense(x)}
        )
        builder = _v1.saved_model.Builder(folder)
        builder.add_meta_graph_and_variables(
            session, ["serve"], {"serving_default": signature}
        )
        builder.save()
    return folder


def test_an_input_with_a_default_value_may_be_left_out(tmp_path):
    x = _v1.SparseTensorValue([[0, 1]], [3.0], [1, 2])
    folder = scaled_export(str(tmp_path / "export"))
    with predictor.from_saved_model(folder) as predict:
        assert predict({"x": x})["y"].tolist() == [[0, 6]]
        assert predict({"x": x, "scale": None})["y"].tolist() == [[0, 6]]
        assert predict({"x": x, "scale": 5.0})["y"].tolist() == [[0, 15]]


@pytest.mark.parametrize("given", [{"scale": 1.0}, {"x": None}])
def test_an_input_without_one_may_not(tmp_path, given):
    folder = scaled_export(str(tmp_path / "export"))
    with (
        predictor.from_saved_model(folder) as predict,
        pytest.raises(
            ConfigError, match=r"lacks values for \['x'\].*each of \['x'\]"
        ),
    ):
        predict(given)


def test_a_closed_predictor_is_closed(folder):
    predict = predictor.from_saved_model(folder)
    predict.close()
    with pytest.raises(RuntimeError, match="closed"):
        predict({"examples": []})


def doubling(features, labels, mode):
    w = _v1.get_variable("w", [], initializer=_v1.constant_initializer(2.0))
    y = w * features["x"]
    outputs = {
        "serving_default": ke.export.PredictOutput({"y": y}),
        "negative": ke.export.PredictOutput({"z": -y}),
    }
    return ke.EstimatorSpec(
        mode,
        predictions={"y": y},
        export_outputs=outputs,
        loss=tf.reduce_sum(y),
        train_op=_v1.train.get_global_step().assign_add(1),
    )


def receiver():
    x = _v1.placeholder(tf.float32, [None], name="x")
    return ke.export.ServingInputReceiver({"x": x}, {"x": x})


def test_a_predictor_of_an_estimator_uses_its_newest_checkpoint(model_dir):
    estimator = ke.Estimator(doubling, model_dir)
    with pytest.raises(NotFittedError):
        predictor.from_estimator(estimator, receiver)
    estimator.train(lambda: tf.data.Dataset.from_tensors({"x": [1.0]}), steps=1)
    with predictor.from_estimator(estimator, receiver) as predict:
        assert predict({"x": [4.0]})["y"].tolist() == [8]
    with predictor.from_estimator(
        estimator, receiver, output_key="negative"
    ) as predict:
        assert predict({"x": [4.0]})["z"].tolist() == [-8]
    with pytest.raises(ConfigError, match="no signature 'nope'"):
        predictor.from_estimator(estimator, receiver, "nope")
