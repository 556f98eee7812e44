"""Signatures: which outputs can be served, and what is said of the others."""

import pytest
import tensorflow as tf

import keras_estimator as ke
from keras_estimator.export.signatures import serving_signatures
from keras_estimator.export.signatures import supervised_signatures

_v1 = tf.compat.v1


@pytest.fixture
def graph():
    with tf.Graph().as_default() as graph:
        yield graph


def _floats():
    x = _v1.placeholder(tf.float32, [None, 3], name="x")
    return ke.export.ServingInputReceiver({"x": x}, {"x": x})


def _outputs(receiver):
    return {
        "serving_default": ke.export.PredictOutput(tf.ones([2])),
        "classes": ke.export.ClassificationOutput(tf.ones([2, 3])),
    }


def test_what_cannot_be_served_is_left_out_with_a_warning(graph, warned):
    found = serving_signatures(_floats(), _outputs(graph))
    assert list(found) == ["serving_default"]
    (line,) = warned
    assert line.startswith("Signatures EXCLUDED from export because")
    assert "'classes': Classification signatures can only accept" in line


def test_scores_of_another_dtype_are_left_out_with_a_reason(graph, warned):
    examples = _v1.placeholder(tf.string, [None])
    receiver = ke.export.ServingInputReceiver(examples, examples)
    double = tf.ones([2], tf.float64)
    outputs = {
        "serving_default": ke.export.PredictOutput(double),
        "value": ke.export.RegressionOutput(double),
    }
    assert list(serving_signatures(receiver, outputs)) == ["serving_default"]
    assert "'value': Regression output tensors must be of type" in warned[0]


def test_nothing_to_serve_is_an_error(graph, warned):
    outputs = {"value": ke.export.RegressionOutput(tf.ones([2]))}
    with pytest.raises(ke.errors.SpecError) as error:
        serving_signatures(_floats(), outputs)
    message = str(error.value)
    assert message.startswith(
        "None of the `export_outputs` can be served from what the input "
        "receiver is fed: 'value': Regression signatures can only accept"
    )
    assert "build_parsing_serving_input_receiver_fn" in message


def test_a_model_without_inputs_cannot_be_served(graph, warned):
    receiver = ke.export.ServingInputReceiver(tf.ones([1]), {})
    outputs = {"serving_default": ke.export.PredictOutput(tf.ones([2]))}
    with pytest.raises(ke.errors.SpecError, match="`inputs` cannot be None"):
        serving_signatures(receiver, outputs)


def test_alternatives_make_more_signatures(graph, warned):
    x = _v1.placeholder(tf.float32, [None, 3], name="x")
    examples = _v1.placeholder(tf.string, [None], name="examples")
    receiver = ke.export.ServingInputReceiver(
        {"x": x}, {"x": x}, {"examples": examples}
    )
    found = serving_signatures(receiver, _outputs(graph))
    assert sorted(found) == [
        "examples:classes",
        "examples:serving_default",
        "serving_default",
    ]
    assert found["examples:classes"].inputs["inputs"].name == "examples:0"
    default = found["examples:serving_default"]
    assert default.inputs["input"].name == "examples:0"


def test_a_receiver_of_the_users_own_class_will_do(graph, warned):
    class Mine:
        def __init__(self, x):
            self.features = self.receiver_tensors = x

    x = _v1.placeholder(tf.float32, [None, 3], name="x")
    outputs = {"serving_default": ke.export.PredictOutput(x)}
    found = serving_signatures(Mine(x), outputs)
    assert found["serving_default"].inputs["input"].name == "x:0"


def test_a_supervised_signature_has_the_method_of_its_mode(graph):
    x = _v1.placeholder(tf.float32, [None, 3], name="x")
    receiver = ke.export.SupervisedInputReceiver(x, x, {"x": x, "label": x})
    output = ke.export.EvalOutput(loss=tf.constant(1.0))
    found = supervised_signatures(receiver, {"eval": output})["eval"]
    assert found.method_name == "tensorflow/supervised/eval"
    assert sorted(found.inputs) == ["label", "x"]
    assert sorted(found.outputs) == ["loss"]


def test_an_output_of_the_users_own_must_be_one_that_can_be_served(
    graph, warned
):
    class Mine(ke.export.ExportOutput):
        def as_signature_def(self, receiver_tensors):
            return _v1.saved_model.build_signature_def(method_name="my/method")

    with pytest.raises(ke.errors.SpecError) as error:
        serving_signatures(_floats(), {"mine": Mine()})
    assert (
        "'mine': TensorFlow Serving has no call 'my/method' from [] to"
        in str(error.value)
    )
