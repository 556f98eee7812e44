import re

import keras
import pytest
import tensorflow as tf

from keras_estimator import export
from keras_estimator.errors import ArgumentTypeError
from keras_estimator.errors import SpecError
from keras_estimator.export.outputs import serving_outputs

v1 = tf.compat.v1


@pytest.fixture(autouse=True)
def _graph():
    with tf.Graph().as_default():
        yield


@pytest.fixture
def examples():
    return v1.placeholder(tf.string, [None], name="examples")


@pytest.fixture
def x():
    return v1.placeholder(tf.float32, [None, 2], name="x")


def raises(error, *words):
    return pytest.raises(error, match=".*".join(map(re.escape, words)))


def names(tensor_infos):
    return {key: info.name for key, info in tensor_infos.items()}


def test_the_public_names_are_sorted():
    assert export.__all__ == sorted(export.__all__)


def test_classification_renames_its_input(examples, x):
    output = export.ClassificationOutput(scores=x)
    signature = output.as_signature_def({"my_examples": examples})
    assert names(signature.inputs) == {"inputs": "examples:0"}
    assert names(signature.outputs) == {"scores": "x:0"}


def test_classification_with_nothing_is_refused():
    with raises(SpecError, "empty arguments", "`scores` and `classes`"):
        export.ClassificationOutput()


def test_class_ids_are_no_classes():
    with raises(SpecError, "classes must be a string Tensor", "int32", "label"):
        export.ClassificationOutput(classes=tf.constant([1]))


def test_scores_are_floats():
    with raises(SpecError, "Classification scores must be a float32 Tensor"):
        export.ClassificationOutput(scores=tf.constant([1]))


def test_regression_renames_input_and_output(examples, x):
    signature = export.RegressionOutput(x).as_signature_def({"e": examples})
    assert names(signature.inputs) == {"inputs": "examples:0"}
    assert names(signature.outputs) == {"outputs": "x:0"}


def test_a_regression_value_is_a_float():
    with raises(
        SpecError,
        "Regression output value must be a float32 Tensor; got 1.5 (float)",
        "PredictOutput",
    ):
        export.RegressionOutput(1.5)


@pytest.mark.parametrize("kind", ["Classification", "Regression"])
def test_classify_and_regress_take_serialized_examples_only(examples, x, kind):
    output = getattr(export, f"{kind}Output")(x)
    for receiver in ({"x": x}, {"a": examples, "b": examples}):
        with raises(
            SpecError, f"{kind} signatures can only accept a single tensor"
        ):
            output.as_signature_def(receiver)


def test_prediction_keeps_all_names(x):
    output = export.PredictOutput({"y": x, ("head", "z"): x})
    signature = output.as_signature_def({"x": x})
    assert names(signature.inputs) == {"x": "x:0"}
    assert names(signature.outputs) == {"y": "x:0", "head/z": "x:0"}


def test_a_prediction_that_is_no_tensor_is_refused_by_its_key():
    with raises(
        SpecError,
        "Prediction output value must be a Tensor; got [1] (list) for 'y'",
        "tf.convert_to_tensor",
    ):
        export.PredictOutput({"y": [1]})


def test_a_name_is_text(x):
    with raises(SpecError, "Prediction output key must be a string; got 3"):
        export.PredictOutput({3: x})


# EvalOutput


def test_evaluation_prefixes_its_names(x):
    output = export.EvalOutput(
        loss=x, predictions={"y": x}, metrics={"m": (x, tf.no_op())}
    )
    signature = output.as_signature_def({"x": x})
    assert signature.method_name == "tensorflow/supervised/eval"
    assert names(signature.outputs) == {
        "loss": "x:0",
        "predictions/y": "x:0",
        "metrics/m/value": "x:0",
        "metrics/m/update_op": "metric_op_wrapper:0",
    }


def test_the_update_runs_when_its_tensor_is_fetched(x):
    counter = v1.get_variable("counter", initializer=0, use_resource=True)
    update = counter.assign_add(1).op
    output = export.EvalOutput(metrics={"m": (x, update)})
    with v1.Session() as session:
        session.run(v1.global_variables_initializer())
        session.run(output.metrics["metrics/m/update_op"])
        assert session.run(counter) == 1


def test_a_tf_keras_metric_gives_value_and_update():
    tf_keras = pytest.importorskip("tf_keras")
    metric = tf_keras.metrics.Mean()
    metric.update_state(1.0)
    output = export.EvalOutput(metrics=metric)
    assert list(output.metrics) == ["metrics/value", "metrics/update_op"]


def test_a_keras_3_metric_has_no_update_operation():
    with raises(
        SpecError,
        "metrics/m must be a (value, update_op) tuple",
        "(Mean)",
    ):
        export.EvalOutput(metrics={"m": keras.metrics.Mean()})


def test_evaluation_needs_inputs(x):
    with raises(SpecError, "inputs cannot be None or empty", "{}"):
        export.EvalOutput(loss=x).as_signature_def({})


# Outputs of the user


def test_an_output_of_the_user_says_how_it_is_written(x):
    class Unfinished(export.ExportOutput):
        pass

    class Finished(export.ExportOutput):
        def as_signature_def(self, receiver_tensors):
            return v1.saved_model.predict_signature_def(
                receiver_tensors, {"x": x}
            )

    with pytest.raises(TypeError, match="as_signature_def"):
        Unfinished()
    output = Finished()
    assert serving_outputs({"serving_default": output}, x) == {
        "serving_default": output
    }


# serving_outputs


def test_predictions_are_served_by_default(x):
    outputs = serving_outputs(None, {"y": x})
    assert list(outputs) == ["serving_default"]
    assert outputs["serving_default"].outputs == {"y": x}


def test_a_single_output_is_the_default_too(x):
    given = {"scale": export.PredictOutput(x)}
    outputs = serving_outputs(given, x)
    assert list(outputs) == ["scale", "serving_default"]
    assert outputs["scale"] is outputs["serving_default"]
    assert list(given) == ["scale"]


def test_one_of_several_outputs_is_the_default(x):
    output = export.PredictOutput(x)
    given = {"a": output, "serving_default": output}
    assert serving_outputs(given, x) == given
    with raises(
        SpecError,
        "Multiple `export_outputs` were provided, but none of them are",
        "('serving_default')",
        "['a', 'b']",
    ):
        serving_outputs({"a": output, "b": output}, x)


def test_no_outputs_are_served_if_so_wished(x):
    assert serving_outputs({}, x) == {}


def test_outputs_have_names(x):
    with raises(ArgumentTypeError, "`export_outputs` must be dict", "(list)"):
        serving_outputs([export.PredictOutput(x)], x)


def test_an_output_is_an_export_output(x):
    with raises(
        ArgumentTypeError,
        "Values in `export_outputs` must be ExportOutput objects",
        "export_outputs['y']=",
        "PredictOutput",
    ):
        serving_outputs({"y": x}, x)
