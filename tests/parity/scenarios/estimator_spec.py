"""EstimatorSpec: what it accepts, normalises and refuses in each mode."""

import numpy as np


def outcome(call, says=()):
    """What a call returned or raised, and which words the error has."""
    try:
        return call()
    except (ValueError, TypeError) as error:
        raised = ValueError if isinstance(error, ValueError) else TypeError
        return [raised.__name__, [w for w in says if w in str(error)]]


def kind(value):
    """The name of a class that both versions of TensorFlow have."""
    name = type(value).__name__
    return "Tensor" if name in ("SymbolicTensor", "EagerTensor") else name


def scenario_mode_keys(stack, path):
    keys = stack.estimator.ModeKeys
    return [
        [keys.TRAIN, keys.EVAL, keys.PREDICT],
        stack.tf.estimator.ModeKeys.PREDICT,
        list(stack.estimator.EstimatorSpec._fields),
    ]


def scenario_loss(stack, path):
    tf = stack.tf2
    v1 = tf.compat.v1
    table = {
        "scalar": lambda: tf.constant(1.0),
        "[1]": lambda: tf.constant([1.0]),
        "[1, 1]": lambda: tf.constant([[1.0]]),
        "unknown rank": lambda: v1.placeholder(tf.float32),
        "unknown length": lambda: v1.placeholder(tf.float32, [None]),
        "int": lambda: tf.constant(1),
        "variable": lambda: v1.get_variable("v", []),
        "[2]": lambda: tf.constant([1.0, 2.0]),
        "[0]": lambda: tf.constant([]),
        "python": lambda: 1.0,
        "numpy": lambda: np.float32(1),
        "sparse": lambda: tf.SparseTensor([[0]], [1.0], [1]),
        "missing": lambda: None,
    }
    says = ["Loss must be scalar", "loss must be Tensor", "Missing loss"]
    facts = {}
    for name, make in table.items():
        with tf.Graph().as_default():
            loss = make()

            def observe(loss=loss):
                spec = stack.estimator.EstimatorSpec("eval", loss=loss)
                return [str(spec.loss.shape), spec.loss is loss]

            facts[name] = outcome(observe, says)
    with tf.Graph().as_default():
        spec = stack.estimator.EstimatorSpec(
            "infer", predictions=tf.constant([1.0])
        )
        facts["none needed"] = spec.loss is None
    return facts


def scenario_train_op(stack, path):
    tf = stack.tf2
    v1 = tf.compat.v1

    def ref_variable():
        return v1.get_variable("r", [], use_resource=False)

    def variable():
        return v1.get_variable("v", [], use_resource=True)

    table = {
        "operation": tf.no_op,
        "tensor": lambda: tf.constant(1.0),
        "assign_add": lambda: v1.assign_add(variable(), 1.0),
        "method": lambda: variable().assign_add(1.0),
        "ref assign_add": lambda: v1.assign_add(ref_variable(), 1.0),
        "variable": variable,
        "none": lambda: None,
        "list": lambda: [tf.no_op()],
        "text": lambda: "train",
        "sparse": lambda: tf.SparseTensor([[0]], [1.0], [1]),
    }
    says = ["Missing train_op", "train_op must be Operation or Tensor"]
    facts = {}
    for name, make in table.items():
        with tf.Graph().as_default():
            train_op = make()

            def observe(train_op=train_op):
                spec = stack.tf.estimator.EstimatorSpec(
                    "train", loss=tf.constant(1.0), train_op=train_op
                )
                return [kind(spec.train_op), spec.train_op.name]

            facts[name] = outcome(observe, says)
    facts["no loss either"] = outcome(
        lambda: stack.estimator.EstimatorSpec("train"), says
    )
    return facts


def scenario_predictions(stack, path):
    tf = stack.tf2
    v1 = tf.compat.v1

    def x():
        return v1.placeholder(tf.float32, [None, 1], name="x")

    table = {
        "tensor": x,
        "dict": lambda: {"a": x()},
        "empty": dict,
        "tuple key": lambda: {("a", "b"): x()},
        "int key": lambda: {1: x()},
        "variable": lambda: v1.get_variable("v", []),
        "dict of variable": lambda: {"a": v1.get_variable("v", [])},
        "sparse": lambda: tf.SparseTensor([[0]], [1.0], [1]),
        "dict of sparse": lambda: {"a": tf.SparseTensor([[0]], [1.0], [1])},
        "ragged": lambda: tf.ragged.constant([[1.0], [2.0, 3.0]]),
        "nested": lambda: {"a": {"b": x()}},
        "list": lambda: [x()],
        "dict of number": lambda: {"a": 1.0},
        "missing": lambda: None,
    }
    says = [
        "Missing predictions",
        "predictions must be Tensor",
        "predictions[a] must be Tensor",
        "Prediction output value must be a Tensor",
        "Prediction output key must be a string",
    ]
    facts = {}
    for name, make in table.items():
        for mode in ("eval", "infer"):
            with tf.Graph().as_default():
                predictions, loss = make(), tf.constant(1.0)

                def observe(mode=mode, predictions=predictions, loss=loss):
                    spec = stack.estimator.EstimatorSpec(
                        mode, predictions=predictions, loss=loss
                    )
                    seen = {"kept": spec.predictions == predictions}
                    if mode == "infer":
                        (output,) = spec.export_outputs.values()
                        seen["keys"] = list(spec.export_outputs)
                        seen["outputs"] = list(output.outputs)
                    return seen

                facts[f"{name} {mode}"] = outcome(observe, says)
    return facts


def scenario_export_outputs(stack, path):
    tf = stack.tf2
    PredictOutput = stack.estimator.export.PredictOutput
    says = [
        "`export_outputs` must be dict",
        "Values in `export_outputs` must be ExportOutput objects",
        "Multiple `export_outputs` were provided, but none of them are "
        "specified as the default.",
    ]
    facts = {}
    with tf.Graph().as_default():
        x = tf.constant([[1.0]])
        output = PredictOutput(x)
        table = {
            "none": None,
            "one": {"one": output},
            "default": {"serving_default": output},
            "empty": {},
            "two": {"a": output, "b": output},
            "two, default": {"b": output, "serving_default": output},
            "list": [output],
            "tensor": {"a": x},
            "tuple key": {("a", "b"): output},
        }
        for name, value in table.items():

            def observe(mode, value=value):
                spec = stack.estimator.EstimatorSpec(
                    mode,
                    predictions={"y": x},
                    loss=tf.constant(1.0),
                    export_outputs=value,
                )
                if mode == "eval":
                    return spec.export_outputs is value
                return [str(key) for key in spec.export_outputs]

            # The evaluation first: the real one adds to the user's dict.
            facts[name] = [
                outcome(lambda: observe("eval"), says),
                outcome(lambda: observe("infer"), says),
            ]
    return facts


def scenario_hooks_and_scaffold(stack, path):
    tf = stack.tf2
    v1 = tf.compat.v1
    hook = v1.train.SessionRunHook()
    hooks = {
        "none": None,
        "list": [hook],
        "tuple": (hook,),
        "generator": (h for h in [hook]),
        "empty": [],
        "number": [1],
        "class": [v1.train.SessionRunHook],
        "bare": hook,
    }
    names = (
        "training_chief_hooks",
        "training_hooks",
        "evaluation_hooks",
        "prediction_hooks",
    )
    facts = {}
    with tf.Graph().as_default():
        loss = tf.constant(1.0)
        for name, value in hooks.items():
            for field in names if name != "generator" else names[:1]:

                def observe(field=field, value=value):
                    spec = stack.estimator.EstimatorSpec(
                        "eval", loss=loss, **{field: value}
                    )
                    checked = getattr(spec, field)
                    return [kind(checked), len(checked)]

                facts[f"{name} {field}"] = outcome(
                    observe, ["All hooks must be SessionRunHook instances"]
                )
        scaffold = v1.train.Scaffold()
        facts["scaffold"] = outcome(
            lambda: (
                stack.estimator.EstimatorSpec(
                    "eval", loss=loss, scaffold=scaffold
                ).scaffold
                is scaffold
            )
        )
        facts["default scaffold"] = kind(
            stack.estimator.EstimatorSpec("eval", loss=loss).scaffold
        )
        facts["no scaffold"] = outcome(
            lambda: stack.estimator.EstimatorSpec(
                "eval", loss=loss, scaffold="saver"
            ),
            ["scaffold must be tf.train.Scaffold. Given: "],
        )
    return facts


def scenario_metrics(stack, path):
    tf = stack.tf2
    v1 = tf.compat.v1
    facts = {}
    with tf.Graph().as_default():
        value, update = tf.constant(1.0), tf.no_op()
        variable = v1.get_variable("v", [])
        sparse = tf.SparseTensor([[0]], [1.0], [1])
        table = {
            "none": None,
            "pair": {"a": (value, update)},
            "int key": {1: (value, update)},
            "loss": {"loss": (value, update)},
            "variables": {"a": (variable, variable)},
            "sparse": {"a": (sparse, update)},
            "nested": {"a": ({"x": value}, update)},
            "list": [],
            "list pair": {"a": [value, update]},
            "three": {"a": (value, update, update)},
            "tensor": {"a": value},
        }
        for name, metrics in table.items():
            for mode in ("train", "eval", "infer"):

                def observe(mode=mode, metrics=metrics):
                    spec = stack.estimator.EstimatorSpec(
                        mode,
                        predictions={"y": value},
                        loss=value,
                        train_op=update,
                        eval_metric_ops=metrics,
                    )
                    return [
                        [str(key), pair == metrics[key]]
                        for key, pair in spec.eval_metric_ops.items()
                    ]

                facts[f"{name} {mode}"] = outcome(
                    observe,
                    [
                        "eval_metric_ops must be a dict, given: ",
                        "Values of eval_metric_ops must be (metric_value, "
                        "update_op) tuples, given: ",
                    ],
                )
    return facts


def scenario_legacy_keras_metrics(stack, path):
    """Metrics of Keras 2, which `tf_keras` is to ours."""
    tf = stack.tf2
    v1 = tf.compat.v1
    try:
        from tf_keras import metrics
    except ImportError:
        metrics = tf.keras.metrics
    with tf.Graph().as_default():
        loss = tf.constant(1.0)
        metric = metrics.Mean(name="mean")

        def spec():
            return stack.estimator.EstimatorSpec(
                "eval", loss=loss, eval_metric_ops={"m": metric}
            )

        facts = {"no update": outcome(spec, ["Please call update_state(...)"])}
        metric.update_state([1.0, 2.0, 3.0])
        spec()
        value, update = spec().eval_metric_ops["m"]
        facts["collections"] = [
            [v.name for v in v1.get_collection(name)]
            for name in ("local_variables", "metric_variables")
        ]
        facts["collections"] = [sorted(names) for names in facts["collections"]]
        with v1.Session() as session:
            session.run(v1.local_variables_initializer())
            session.run(update)
            session.run(update)
            facts["value"] = session.run(value)
    return facts


def scenario_other_graph(stack, path):
    tf = stack.tf2
    with tf.Graph().as_default():
        old, old_op = tf.constant(1.0, name="old"), tf.no_op("old_op")
    EstimatorSpec = stack.estimator.EstimatorSpec
    says = ["must be from the default graph. Possible causes of this error"]
    with tf.Graph().as_default():
        x, op = tf.constant(1.0), tf.no_op()
        table = {
            'loss with "old:0"': {"loss": old},
            'train_op with "old_op"': {"train_op": old_op},
            'prediction values with "a: old:0"': {"predictions": {"a": old}},
            'prediction values with "old:0"': {"predictions": old},
            'eval_metric_ops with "m: old:0"': {
                "eval_metric_ops": {"m": (old, op)}
            },
            'eval_metric_ops with "m: old_op"': {
                "eval_metric_ops": {"m": (x, old_op)}
            },
        }
        facts = {}
        for words, given in table.items():
            kwargs = {"loss": x, "train_op": op, **given}
            facts[words] = outcome(
                lambda kw=kwargs: EstimatorSpec("train", **kw), [*says, words]
            )
    eager = tf.constant(1.0)
    spec = EstimatorSpec("train", loss=eager, train_op=eager)
    facts["eager"] = [spec.loss is eager, spec.train_op is eager]
    return facts


def scenario_replace(stack, path):
    tf = stack.tf2
    with tf.Graph().as_default():
        x = tf.constant(1.0)
        spec = stack.estimator.EstimatorSpec("eval", loss=x)
        other = spec._replace(mode="eval", loss=tf.constant([2.0]))
        return {
            "class": isinstance(other, stack.estimator.EstimatorSpec),
            "checked": str(other.loss.shape),
            "kept": spec.loss is x,
            "unpacked": len(tuple(other)),
            "mode": outcome(
                lambda: spec._replace(mode="train"),
                ["mode of EstimatorSpec cannot be changed."],
            ),
            "wrong": outcome(
                lambda: spec._replace(loss=1.0), ["loss must be Tensor, given"]
            ),
            "missing": outcome(
                lambda: spec._replace(loss=None), ["Missing loss."]
            ),
        }
