"""Which functions model_fn and input_fn may be, and what they may return."""

import functools
import os

import numpy as np

from tests.parity import observe
from tests.parity import toys


def spec_of(stack, features, mode, **fields):
    """A spec of the least that every mode needs."""
    tf = stack.tf
    loss = tf.reduce_mean(tf.nest.flatten(features)[0])
    with tf.control_dependencies([loss]):
        train_op = tf.assign_add(tf.train.get_global_step(), 1)
    values = {"predictions": loss[None], "loss": loss, "train_op": train_op}
    return stack.estimator.EstimatorSpec(mode, **{**values, **fields})


def verbs(stack, one, input_fn):
    """Calls each verb; returns what came or was raised."""
    return {
        "train": lambda: one.train(input_fn, steps=1) is one,
        "evaluate": lambda: float(one.evaluate(input_fn, steps=1)["loss"]),
        "predict": lambda: np.sum(next(one.predict(input_fn))),
    }


def scenario_arguments_of_model_fn(stack, path):
    """Any of the five by name, in any order, with defaults, or `**others`."""

    def of(features, mode):
        return spec_of(stack, features, mode)

    def all_five(features, labels, mode, params, config):
        assert config.model_dir
        assert params["a"] == 1
        return of(features, mode)

    def in_another_order(config, mode, features):
        return of(features, mode)

    def only_features(features):
        # The mode that every verb accepts does not exist.
        return of(features, "train")

    def with_kwargs(features, labels, mode, **others):
        seen.append(sorted(others))
        return of(features, mode)

    def only_kwargs(features, **others):
        seen.append(sorted(others))
        return of(features, others.get("mode", "train"))

    def with_args(features, labels, mode, *others):
        return of(features, mode)

    def defaults(features, labels=None, mode=None, params=None):
        seen.append(params)
        return of(features, mode)

    def extra(features, labels, mode, extra):
        return of(features, mode)

    def extra_default(features, labels, mode, extra=1):
        return of(features, mode)

    def no_features(labels, mode):
        return of(labels, mode)

    def renamed(x, y, mode):
        return of(x, mode)

    class Method:
        def bound(self, features, labels, mode):
            return of(features, mode)

        def __call__(self, features, labels, mode):
            return of(features, mode)

        @staticmethod
        def static(features, labels, mode):
            return of(features, mode)

        @classmethod
        def of_class(cls, features, labels, mode):
            return of(features, mode)

    partial = functools.partial
    table = {
        "all five": (all_five, {"a": 1}),
        "in another order": (in_another_order, None),
        "only features": (only_features, None),
        "**others": (with_kwargs, None),
        "**others, params": (with_kwargs, {"a": 1}),
        "only **others": (only_kwargs, None),
        "*others": (with_args, None),
        "defaults": (defaults, None),
        "defaults, params": (defaults, {"a": 1}),
        "extra": (extra, None),
        "extra with default": (extra_default, None),
        "extra bound": (partial(extra, extra=1), None),
        "partial twice": (partial(partial(extra, extra=1), extra=2), None),
        "no features": (no_features, None),
        "renamed": (renamed, None),
        "no params": (in_another_order, {"a": 1}),
        "empty params": (in_another_order, {}),
        "empty params taken": (all_five, {}),
        "bound method": (Method().bound, None),
        "object": (Method(), None),
        "static method": (Method.static, None),
        "class method": (Method.of_class, None),
        "lambda": (lambda features, mode: of(features, mode), None),
        "none": (None, None),
    }
    says = [
        "has following not expected args",
        "must include features argument",
        "does not include params argument",
    ]
    facts = {}
    for name, (model_fn, params) in table.items():
        seen = []
        made = []

        def make(model_fn=model_fn, params=params, name=name, made=made):
            made.append(
                stack.estimator.Estimator(
                    model_fn,
                    # TensorFlow takes asterisks in paths for patterns.
                    os.path.join(path, name.replace("*", "_")),
                    params=params,
                )
            )

        facts[name] = [observe.outcome(make, says)]
        if made:
            call = verbs(stack, made[0], toys.eights(stack))["train"]
            facts[name] += [observe.outcome(call), seen]
    return facts


def scenario_labels(stack, path):
    """With and without labels, for model_fns with and without them."""
    from_tensors = stack.tf2.data.Dataset.from_tensors
    x = [[1.0, 2.0]]
    inputs = {
        "without": lambda: from_tensors(x),
        "with": lambda: from_tensors((x, x)),
        "dict": lambda: from_tensors(({"x": x}, {"y": x, "z": x})),
        "empty dict": lambda: from_tensors(({"x": x}, {})),
        "tuple of tensors": lambda: (stack.tf.constant(x), None),
        "only one tensor": lambda: stack.tf.constant(x),
    }
    seen = []

    def taken(features, labels, mode):
        kind = type(labels).__name__
        seen.append(kind if labels is None or kind == "dict" else "Tensor")
        return spec_of(stack, features, mode)

    def not_taken(features, mode):
        return spec_of(stack, features, mode)

    facts = {}
    for model_fn in (taken, not_taken):
        for name, input_fn in inputs.items():
            seen.clear()
            one = stack.estimator.Estimator(
                model_fn, os.path.join(path, model_fn.__name__, name)
            )
            facts[f"{model_fn.__name__}, {name}"] = {
                verb: observe.outcome(
                    call, ["model_fn does not take labels, but input_fn"]
                )
                for verb, call in verbs(stack, one, input_fn).items()
            } | {"seen": list(seen)}
    return facts


def scenario_params_are_copies(stack, path):
    """What one call does to params, no other one sees."""
    given = {"list": [1], "number": 1}
    seen = []

    def model_fn(features, labels, mode, params):
        seen.append([mode, params["number"], list(params["list"])])
        params["number"] += 1
        params["list"].append(2)
        return spec_of(stack, features, mode)

    def input_fn(params):
        seen.append(["input_fn", params["number"], list(params["list"])])
        params["list"].append(3)
        return toys.eights(stack)()

    one = stack.estimator.Estimator(model_fn, path, params=given)
    given["list"].append(4)
    for call in verbs(stack, one, input_fn).values():
        call()
    one.params["list"].append(5)
    config = one.config
    return [
        seen,
        one.params,
        given,
        config is one.config,
        type(one.params).__name__,
        stack.estimator.Estimator(
            lambda features, mode: spec_of(stack, features, mode), path
        ).params,
    ]


def scenario_other_kinds_of_params(stack, path):
    """Objects, not only dicts."""

    class Params:
        rate = 0.5

    class Sub(dict):
        pass

    seen = []

    def model_fn(features, mode, params):
        if isinstance(params, Params):
            seen.append(params.rate)
        else:
            seen.append([isinstance(params, Sub), dict(params)])
        return spec_of(stack, features, mode)

    for number, params in enumerate((Params(), Sub(a=1), None)):
        stack.estimator.Estimator(
            model_fn, os.path.join(path, str(number)), params=params
        ).train(toys.eights(stack), steps=1)
    return seen


def scenario_config_of_model_fn(stack, path):
    """A copy with the model_dir; changing it changes nothing."""
    seen = []

    def model_fn(features, mode, config):
        seen.append(
            [
                config.model_dir == path,
                config.save_summary_steps,
                config.tf_random_seed,
                config.is_chief,
            ]
        )
        return spec_of(stack, features, mode)

    config = stack.estimator.RunConfig(save_summary_steps=7, tf_random_seed=3)
    one = stack.estimator.Estimator(model_fn, path, config)
    for call in verbs(stack, one, toys.eights(stack)).values():
        call()
    return [seen, config.model_dir, one.config.model_dir == path]


def scenario_the_model_fn_property(stack, path):
    """A function of features, labels, mode and config; params are bound."""

    def model_fn(features, labels, mode, params):
        return spec_of(stack, features, mode, loss=features * params["a"])

    one = stack.estimator.Estimator(model_fn, path, params={"a": 3.0})
    with stack.tf.Graph().as_default():
        stack.tf.train.create_global_step()
        spec = one.model_fn(
            features=stack.tf.constant(2.0),
            labels=None,
            mode="eval",
            config=one.config,
        )
        with stack.tf.Session() as session:
            loss = session.run(spec.loss)
    return [spec.mode, loss, isinstance(spec, stack.estimator.EstimatorSpec)]


def scenario_arguments_of_input_fn(stack, path):
    """Any of mode, params and config by name; no others."""
    seen = []

    def data():
        return toys.eights(stack)()

    def none():
        return data()

    def all_three(mode, params, config):
        seen.append([mode, params, config.model_dir == path])
        return data()

    def only_params(params):
        return data()

    def defaults(mode="x", batch=2):
        seen.append([mode, batch])
        return data()

    def required(batch):
        return data()

    def kwargs(**others):
        seen.append(sorted(others))
        return data()

    class Object:
        def __call__(self, mode):
            seen.append(mode)
            return data()

        def method(self, mode):
            seen.append(mode)
            return data()

    partial = functools.partial
    one = stack.estimator.Estimator(
        lambda features, mode, params: spec_of(stack, features, mode),
        path,
        params={"a": 1},
    )
    facts = {}
    for name, input_fn in {
        "none": none,
        "all three": all_three,
        "only params": only_params,
        "defaults": defaults,
        "**others": kwargs,
        "required": required,
        "bound": partial(required, 1),
        "bound by name": partial(required, batch=1),
        "mode bound": partial(all_three, mode="mine"),
        "object": Object(),
        "method": Object().method,
        "lambda": lambda: data(),
        "dataset": data(),
    }.items():
        seen.clear()
        facts[name] = [
            {
                verb: observe.outcome(call)
                for verb, call in verbs(stack, one, input_fn).items()
            },
            list(seen),
        ]
    return facts


def scenario_what_input_fn_returns(stack, path):
    """Datasets and tensors; nothing, too many parts, or something else."""
    tf = stack.tf
    Dataset = stack.tf2.data.Dataset
    x = [[1.0, 2.0]]

    def model_fn(features, labels, mode):
        return spec_of(stack, features, mode)

    def tensor():
        return tf.constant(x)

    def one_shot():
        return tf.data.make_one_shot_iterator(
            Dataset.from_tensors(x)
        ).get_next()

    one = stack.estimator.Estimator(model_fn, path)
    facts = {}
    for name, input_fn in {
        "dataset": lambda: Dataset.from_tensors(x),
        "pair": lambda: Dataset.from_tensors((x, x)),
        "dict": lambda: Dataset.from_tensors({"x": x}),
        "nested": lambda: Dataset.from_tensors(({"a": {"b": x}}, x)),
        "three parts": lambda: Dataset.from_tensors((x, x, x)),
        "one part": lambda: Dataset.from_tensors((x,)),
        "v1 dataset": lambda: tf.data.Dataset.from_tensors((x, x)),
        "tensor": tensor,
        "pair of tensors": lambda: (tensor(), tensor()),
        "list of tensors": lambda: [tensor(), tensor()],
        "dict of tensors": lambda: ({"x": tensor()}, tensor()),
        "three tensors": lambda: (tensor(), tensor(), tensor()),
        "one shot": one_shot,
        "None": lambda: None,
        "nothing in it": lambda: Dataset.from_tensors(x).take(0),
    }.items():
        facts[name] = {
            verb: observe.outcome(call, ["len 2 tuple"])
            for verb, call in verbs(stack, one, input_fn).items()
        }
    return facts


def scenario_what_model_fn_returns(stack, path):
    """Not a spec, or one that lacks something."""
    Spec = stack.estimator.EstimatorSpec
    table = {
        "nothing": lambda x, mode: None,
        "a dict": lambda x, mode: {"loss": x},
        "a tuple": lambda x, mode: (x, x),
        "a loss": lambda x, mode: x,
        "a plain tuple of a spec": lambda x, mode: tuple(
            spec_of(stack, x, mode)
        ),
        "a spec replaced": lambda x, mode: spec_of(stack, x, mode)._replace(
            loss=x + 1.0
        ),
        "no train_op": lambda x, mode: Spec(mode, x, x),
        "no loss": lambda x, mode: Spec(mode, x, train_op=x),
        "no predictions": lambda x, mode: Spec(mode, None, x, x),
        "python loss": lambda x, mode: spec_of(stack, x, mode, loss=1.0),
        "vector": lambda x, mode: spec_of(
            stack, x, mode, loss=stack.tf.stack([x, x])
        ),
        "one element": lambda x, mode: spec_of(stack, x, mode, loss=x[None]),
        "metric value": lambda x, mode: spec_of(
            stack, x, mode, eval_metric_ops={"m": x}
        ),
        "another graph": lambda x, mode: spec_of(stack, x, mode, loss=other),
    }
    says = [
        "model_fn should return an EstimatorSpec",
        "Missing train_op",
        "Missing loss",
        "Missing predictions",
        "Loss must be scalar",
        "loss must be Tensor",
        "must be (metric_value, update_op) tuples",
        "must be from the default graph",
    ]
    with stack.tf.Graph().as_default():
        other = stack.tf.constant(1.0)
    facts = {}
    for name, make in table.items():

        def model_fn(features, labels, mode, params):
            return params(stack.tf.reduce_mean(features), mode)

        # params are copied: a function is copied as itself.
        one = stack.estimator.Estimator(
            model_fn, os.path.join(path, name), params=make
        )
        facts[name] = {
            verb: observe.outcome(call, says)
            for verb, call in verbs(stack, one, toys.eights(stack, 2)).items()
        } | {"left": observe.files(one.model_dir) is None}
    return facts


def scenario_exceptions_of_the_user(stack, path):
    """Pass through as they are, from model_fn, input_fn and the data."""

    class Mine(Exception):
        pass

    def raising(*_):
        raise Mine("mine")

    def model_fn(features, labels, mode, params):
        if params["raises"]:
            raising()
        return spec_of(stack, features, mode)

    def kind_of(call):
        try:
            return call()
        except Mine as error:
            return f"Mine: {error}"

    def estimator(raises):
        return stack.estimator.Estimator(
            model_fn, path, params={"raises": raises}
        )

    facts = {}
    for name, one, input_fn in (
        ("model_fn", estimator(True), toys.eights(stack)),
        ("input_fn", estimator(False), lambda: raising()),
    ):
        facts[name] = {
            verb: kind_of(call)
            for verb, call in verbs(stack, one, input_fn).items()
        }
    return facts
