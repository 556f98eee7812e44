"""Export outputs: what they accept, and the signatures they make."""

from google.protobuf.json_format import MessageToDict


def outcome(call, says=()):
    """What a call returned or raised, and which words the error has."""
    try:
        return call()
    except (ValueError, TypeError) as error:
        raised = ValueError if isinstance(error, ValueError) else TypeError
        return [raised.__name__, [w for w in says if w in str(error)]]


def scenario_signatures(stack, path):
    tf = stack.tf2
    export = stack.estimator.export
    with tf.Graph().as_default():
        placeholder = tf.compat.v1.placeholder
        examples = placeholder(tf.string, [None], name="examples")
        x = placeholder(tf.float32, [None, 3], name="x")
        ids = tf.compat.v1.sparse_placeholder(tf.int64, [None, 9], name="ids")
        scores = placeholder(tf.float32, [None, 2], name="scores")
        half = placeholder(tf.float16, [None, 2], name="half")
        double = placeholder(tf.float64, [None, 2], name="double")
        classes = placeholder(tf.string, [None, 2], name="classes")
        number = tf.constant(0.5, name="number")
        update = tf.no_op("update")
        variable = tf.compat.v1.get_variable("variable", [])
        receivers = {
            "examples": {"examples": examples},
            "float": {"x": x},
            "two": {"a": examples, "b": examples},
            "sparse": {"ids": ids, "x": x},
            "none": {},
        }
        makers = {
            "scores": lambda: export.ClassificationOutput(scores=scores),
            "classes": lambda: export.ClassificationOutput(classes=classes),
            "both": lambda: export.ClassificationOutput(scores, classes),
            "half scores": lambda: export.ClassificationOutput(half),
            "value": lambda: export.RegressionOutput(scores),
            "double value": lambda: export.RegressionOutput(value=double),
            "one": lambda: export.PredictOutput(x),
            "some": lambda: export.PredictOutput({"y": x, ("h", "z"): scores}),
            "empty": lambda: export.PredictOutput({}),
            "eval": lambda: export.EvalOutput(
                loss=number,
                predictions={"y": scores, "predictions_z": x},
                metrics={
                    "mae": (number, update),
                    ("head", "mse"): (number, number),
                    "metrics_of_mine": (number, variable),
                },
            ),
            "eval dicts": lambda: export.EvalOutput(
                loss={"loss": number, "loss_b": number, "c": number},
                predictions=scores,
                metrics=(number, number),
            ),
            "eval loss": lambda: export.EvalOutput(loss=number),
            "eval nothing": lambda: export.EvalOutput(),
        }
        says = ["signatures can only accept a single tensor input of type"]
        facts = {}
        for name, make in makers.items():
            output = make()
            for to, receiver in receivers.items():
                facts[f"{name} from {to}"] = outcome(
                    lambda output=output, receiver=receiver: signature(
                        output.as_signature_def(receiver)
                    ),
                    says,
                )
        return facts


def signature(proto):
    def tensors(infos):
        return {key: MessageToDict(info) for key, info in infos.items()}

    return [proto.method_name, tensors(proto.inputs), tensors(proto.outputs)]


def scenario_properties(stack, path):
    tf = stack.tf2
    export = stack.tf.estimator.export
    with tf.Graph().as_default():
        scores = tf.constant([[0.1, 0.9]], name="scores")
        classes = tf.constant([["a", "b"]], name="classes")
        both = export.ClassificationOutput(scores=scores, classes=classes)
        evaluation = export.EvalOutput(
            loss=scores,
            predictions={"y": scores},
            metrics={"m": (scores, tf.no_op())},
        )
        nothing = export.EvalOutput()
        return {
            "classification": [both.scores is scores, both.classes is classes],
            "regression": export.RegressionOutput(scores).value is scores,
            "predict": list(export.PredictOutput(scores).outputs),
            "loss": list(evaluation.loss),
            "predictions": list(evaluation.predictions),
            "metrics": {k: v.name for k, v in evaluation.metrics.items()},
            "nothing": [nothing.loss, nothing.predictions, nothing.metrics],
            "names": [
                nothing.LOSS_NAME,
                nothing.PREDICTIONS_NAME,
                nothing.METRICS_NAME,
                nothing.METRIC_VALUE_SUFFIX,
                nothing.METRIC_UPDATE_SUFFIX,
            ],
            "bases": [
                issubclass(c, export.ExportOutput)
                for c in (
                    export.ClassificationOutput,
                    export.RegressionOutput,
                    export.PredictOutput,
                    export.EvalOutput,
                )
            ],
        }


def scenario_refused(stack, path):
    tf = stack.tf2
    export = stack.estimator.export
    with tf.Graph().as_default():
        x = tf.constant([1.0])
        ints = tf.constant([1])
        text = tf.constant(["a"])
        variable = tf.compat.v1.get_variable("v", [1])
        op = tf.no_op()
        table = [
            (
                lambda: export.ClassificationOutput(),
                "Cannot create a ClassificationOutput with empty arguments",
            ),
            (
                lambda: export.ClassificationOutput(scores=ints),
                "Classification scores must be a float32 Tensor; got ",
            ),
            (
                lambda: export.ClassificationOutput(scores=[0.5]),
                "Classification scores must be a float32 Tensor; got ",
            ),
            (
                lambda: export.ClassificationOutput(scores=variable),
                "Classification scores must be a float32 Tensor; got ",
            ),
            (
                lambda: export.ClassificationOutput(classes=ints),
                "Classification classes must be a string Tensor; got ",
            ),
            (
                lambda: export.ClassificationOutput(scores=x, classes=["a"]),
                "Classification classes must be a string Tensor; got ",
            ),
            (
                lambda: export.RegressionOutput(ints),
                "Regression output value must be a float32 Tensor; got ",
            ),
            (
                lambda: export.RegressionOutput(text),
                "Regression output value must be a float32 Tensor; got ",
            ),
            (
                lambda: export.PredictOutput({1: x}),
                "Prediction output key must be a string; got ",
            ),
            (
                lambda: export.PredictOutput({"a": 1.0}),
                "Prediction output value must be a Tensor; got ",
            ),
            (
                lambda: export.PredictOutput([x]),
                "Prediction output value must be a Tensor; got ",
            ),
            (
                lambda: export.PredictOutput({"a": variable}),
                "Prediction output value must be a Tensor; got ",
            ),
            (
                lambda: export.EvalOutput(loss=1.0),
                "loss output value must be a Tensor; got ",
            ),
            (
                lambda: export.EvalOutput(predictions={1: x}),
                "predictions output key must be a string; got ",
            ),
            (
                lambda: export.EvalOutput(metrics={1: (x, op)}),
                "metrics output key must be a string; got ",
            ),
            (
                lambda: export.EvalOutput(metrics={"m": (1.0, op)}),
                "metrics/m output value must be a Tensor; got ",
            ),
            (
                lambda: export.EvalOutput(metrics={"m": (x, 1.0)}),
                "metrics/m update_op must be a Tensor or Operation; got ",
            ),
            (
                lambda: export.EvalOutput(metrics={"m": (x, op, op)}),
                "",
            ),
        ]
        return [outcome(make, [words]) for make, words in table]
