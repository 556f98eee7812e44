"""Hooks: which of them is called when, with which values."""

import numpy as np

from tests.parity import observe
from tests.parity import toys

FIELDS = (
    "training_chief_hooks",
    "training_hooks",
    "evaluation_hooks",
    "prediction_hooks",
)


def traced(stack, path, seen):
    """An Estimator whose spec has a hook in each of the fields."""

    def fields(mode, w, loss):
        return {
            field: [observe.trace_hook(stack, seen, field)] for field in FIELDS
        }

    return stack.estimator.Estimator(toys.halving(stack, fields), path)


def user_hooks(stack, seen):
    return [
        observe.trace_hook(stack, seen, "first"),
        observe.trace_hook(stack, seen, "second"),
    ]


def scenario_train(stack, path):
    """Steps given, then the end of the data, then both at once."""
    seen = []
    one = traced(stack, path, seen)
    hooks = user_hooks(stack, seen)
    one.train(toys.eights(stack), hooks=hooks, steps=2)
    seen.append("end of data")
    one.train(toys.eights(stack, 2), hooks=hooks)
    seen.append("at the same time")
    one.train(toys.eights(stack, 1), hooks=hooks, steps=1)
    seen.append("no data")
    one.train(toys.eights(stack, 0), hooks=hooks)
    return seen


def scenario_evaluate(stack, path):
    seen = []
    one = traced(stack, path, seen)
    hooks = user_hooks(stack, seen)
    one.train(toys.eights(stack), steps=1)
    seen.append("end of data")
    one.evaluate(toys.eights(stack, 2), hooks=hooks)
    seen.append("steps")
    one.evaluate(toys.eights(stack), hooks=hooks, steps=2)
    seen.append("no data")
    one.evaluate(toys.eights(stack, 0), hooks=hooks)
    return seen


def scenario_predict(stack, path):
    """What happens before the first prediction, between two, and at the end."""
    seen = []
    one = traced(stack, path, seen)

    def input_fn():
        seen.append("input_fn")
        return stack.tf2.data.Dataset.from_tensor_slices(
            [[1.0, 2.0], [3.0, 4.0]]
        )

    for single in (True, False):
        predictions = one.predict(
            input_fn,
            hooks=user_hooks(stack, seen),
            yield_single_examples=single,
        )
        seen.append("predict returned")
        for prediction in predictions:
            seen.append(["yields", np.asarray(prediction["y"]).tolist()])
    return seen


def scenario_request_stop(stack, path):
    """Before or after a step, in each of the verbs."""
    facts = {}
    one = stack.estimator.Estimator(toys.halving(stack), path)
    one.train(toys.eights(stack), steps=1)
    verbs = {
        "train": lambda hooks: one.train(toys.eights(stack, 9), hooks),
        "evaluate": lambda hooks: one.evaluate(
            toys.eights(stack, 9), hooks=hooks
        ),
        "predict": lambda hooks: list(
            one.predict(toys.eights(stack, 9), hooks=hooks)
        ),
    }
    for when in ("before_run", "after_run"):
        for verb, call in verbs.items():
            seen, count = [], []

            def stop(method, run_context, when=when, count=count):
                if method == when:
                    count.append(method)
                    if len(count) == 2:
                        run_context.request_stop()

            result = call(
                [
                    observe.trace_hook(stack, seen, "stops", also=stop),
                    observe.trace_hook(stack, seen, "other"),
                ]
            )
            facts[f"{verb} {when}"] = [
                seen,
                len(result) if verb == "predict" else None,
            ]
    return facts


def scenario_request_stop_in_the_context(stack, path):
    """Others see that a stop was asked for, and what the step runs."""
    tf = stack.tf
    seen = []

    class Look(tf.train.SessionRunHook):
        def __init__(self, name):
            self.name = name

        def before_run(self, run_context):
            args = run_context.original_args
            seen.append(
                [
                    self.name,
                    run_context.stop_requested,
                    len(tf.nest.flatten(args.fetches)),
                    args.feed_dict,
                ]
            )

        def after_run(self, run_context, run_values):
            seen.append([self.name, run_context.stop_requested])
            if self.name == "b":
                run_context.request_stop()

    one = stack.estimator.Estimator(toys.halving(stack), path)
    one.train(toys.eights(stack), hooks=[Look("a"), Look("b"), Look("c")])
    return seen


def scenario_kinds_of_fetches(stack, path):
    """By tensor, operation, variable and name, in nests of them."""
    tf = stack.tf

    def model_fn(features, labels, mode):
        w = tf.get_variable("w", [], initializer=tf.ones_initializer())
        doubled = tf.identity(w * features, name="doubled")
        sparse = tf.SparseTensor([[0, 1]], doubled, [2, 2])
        tf.add_to_collection("mine", sparse)
        with tf.name_scope("scope"):
            tf.identity(doubled + 1.0, name="plus")
        loss = tf.reduce_sum(doubled, name="total")
        step = tf.train.get_global_step()
        train_op = tf.group(tf.assign_add(step, 1), loss, name="train_it")
        return stack.estimator.EstimatorSpec(
            mode, loss=loss, train_op=train_op, predictions=doubled
        )

    def graph():
        return tf.get_default_graph()

    table = {
        "name": lambda: "doubled:0",
        "name in a scope": lambda: "scope/plus:0",
        "list": lambda: ["doubled:0", "total:0"],
        "tuple": lambda: ("doubled:0", ["total:0"]),
        "dict": lambda: {"a": "doubled:0", "b": {"c": ["total:0"]}},
        "tensor": lambda: graph().get_tensor_by_name("total:0"),
        "operation": lambda: graph().get_operation_by_name("doubled"),
        "name of an operation": lambda: ["doubled", "total:0"],
        "variable": lambda: tf.trainable_variables()[0],
        "twice": lambda: ["total:0", "total:0"],
        "empty list": list,
        "empty dict": dict,
        "new tensor": lambda: 10.0 * graph().get_tensor_by_name("total:0"),
        "sparse": lambda: tf.get_collection("mine")[0],
        "ordered": lambda: tf.train.SessionRunArgs("total:0", None),
    }
    facts = {}
    one = stack.estimator.Estimator(model_fn, path)
    for name, fetch in table.items():
        results = []

        class Fetch(tf.train.SessionRunHook):
            def begin(self, fetch=fetch):
                self.fetches = fetch()

            def before_run(self, run_context):
                return tf.train.SessionRunArgs(self.fetches)

            def after_run(self, run_context, run_values, results=results):
                results.append(described(run_values.results))

        facts[name] = [
            observe.outcome(
                lambda Fetch=Fetch: (
                    one.train(toys.eights(stack, 1), hooks=[Fetch()]) is one
                )
            ),
            results,
        ]
    return facts


def described(value):
    """Types and values of what came."""
    if isinstance(value, dict):
        return {
            "type": type(value).__name__,
            "of": {k: described(v) for k, v in value.items()},
        }
    if isinstance(value, (list, tuple)):
        return [type(value).__name__, *map(described, value)]
    if isinstance(value, (np.ndarray, np.generic)):
        return [type(value).__name__, value.dtype.name, value.tolist()]
    return value


def scenario_wrong_fetches(stack, path):
    """Names that are not there, and things that cannot be fetched."""
    tf = stack.tf
    one = stack.estimator.Estimator(toys.halving(stack), path)
    facts = {}
    for name, fetch, says in (
        ("unknown name", lambda: "nobody:0", ["nobody"]),
        ("unknown operation", lambda: "nobody", ["nobody"]),
        ("number", lambda: 1.0, ["1.0"]),
        ("other graph", lambda: tf.Graph(), []),
    ):

        class Fetch(tf.train.SessionRunHook):
            def before_run(self, run_context, fetch=fetch):
                return tf.train.SessionRunArgs(fetch())

        facts[name] = observe.outcome(
            lambda Fetch=Fetch: (
                one.train(toys.eights(stack, 1), hooks=[Fetch()]) is one
            ),
            says,
        )
    return facts


def scenario_feeds(stack, path):
    """feed_dict of a hook: placeholders, other tensors, two hooks at once."""
    tf = stack.tf

    def model_fn(features, labels, mode):
        w = tf.get_variable("w", [], initializer=tf.ones_initializer())
        scale = tf.placeholder_with_default(1.0, [], name="scale")
        needed = tf.placeholder(tf.float32, [], name="needed")
        shifted = tf.identity(features + 1.0, name="shifted")
        loss = w * scale * tf.reduce_sum(shifted) + needed
        step = tf.train.get_global_step()
        optimizer = tf.train.GradientDescentOptimizer(0.0)
        return stack.estimator.EstimatorSpec(
            mode,
            loss=loss,
            train_op=optimizer.minimize(loss, step),
            predictions=loss,
        )

    class Feed(tf.train.SessionRunHook):
        def __init__(self, by_name, fetches=None):
            self.by_name, self.fetches = by_name, fetches

        def before_run(self, run_context):
            graph = run_context.session.graph
            feeds = {
                graph.get_tensor_by_name(f"{name}:0"): value
                for name, value in self.by_name.items()
            }
            return tf.train.SessionRunArgs(self.fetches, feed_dict=feeds)

        def after_run(self, run_context, run_values):
            if self.fetches:
                seen.append(run_values.results)

    one = stack.estimator.Estimator(model_fn, path)
    facts = {}
    for name, hooks in (
        ("needed", [Feed({"needed": 0.5})]),
        ("both", [Feed({"needed": 0.5, "scale": 2.0})]),
        ("of two hooks", [Feed({"needed": 0.5}), Feed({"scale": 3.0})]),
        ("in the middle", [Feed({"needed": 0.0, "shifted": [1.0, 1.0]})]),
        ("fetched, too", [Feed({"needed": 0.25}, ["needed:0", "scale:0"])]),
        ("other type", [Feed({"needed": 1})]),
        ("other shape", [Feed({"needed": [1.0, 2.0]})]),
        ("same twice", [Feed({"needed": 0.5}), Feed({"needed": 0.5})]),
        ("nobody feeds", []),
    ):
        seen, losses = [], []
        hooks = [*hooks, observe.losses_hook(stack, losses)]
        says = ["Same tensor is fed by two hooks"]
        facts[name] = [
            observe.outcome(
                lambda hooks=hooks: (
                    one.train(toys.eights(stack, 2), hooks=hooks) is one
                ),
                says if name == "same twice" else (),
            ),
            losses,
            seen,
        ]
    return facts


def scenario_session_run_in_a_hook(stack, path):
    """A hook runs what it likes between steps: reads, writes, more batches."""
    tf = stack.tf
    seen = []

    class Run(tf.train.SessionRunHook):
        def begin(self):
            (self.w,) = tf.trainable_variables()
            self.value = tf.placeholder(tf.float32, [])
            self.set_w = tf.assign(self.w, self.value)
            self.next = self.w + 1.0

        def after_create_session(self, session, coord):
            seen.append(["created", session.run(self.w)])
            session.run(self.set_w, {self.value: 4.0})

        def before_run(self, run_context):
            seen.append(["before", run_context.session.run(self.w)])

        def after_run(self, run_context, run_values):
            session = run_context.session
            seen.append(["after", session.run(self.w)])
            session.run(self.set_w.op, feed_dict={self.value: 0.0})
            seen.append(["set", session.run([self.w, self.next])])

        def end(self, session):
            seen.append(["end", session.run({"w": self.w})])

    one = stack.estimator.Estimator(toys.halving(stack), path)
    one.train(toys.eights(stack), hooks=[Run()], steps=2)
    return [seen, one.get_variable_value("w")]


def scenario_a_batch_in_a_hook(stack, path):
    """Fetching what depends on the input takes a batch of its own."""
    tf = stack.tf
    seen = []

    class Take(tf.train.SessionRunHook):
        def after_run(self, run_context, run_values):
            session = run_context.session
            loss = session.graph.get_collection(tf.GraphKeys.LOSSES)[0]
            try:
                seen.append(float(session.run(loss)))
            except tf.errors.OutOfRangeError:
                seen.append("OutOfRangeError")

    one = stack.estimator.Estimator(toys.halving(stack), path)
    for steps in (2, None):
        one.train(
            toys.batches(stack, 8, 2, 4, 6, 0),
            hooks=[Take(), observe.losses_hook(stack, seen)],
            steps=steps,
        )
        seen.append(["w", one.get_variable_value("w")])
    return seen


def scenario_hooks_are_used_again(stack, path):
    """Hook objects of the user keep their state between calls."""
    tf = stack.tf
    one = stack.estimator.Estimator(toys.halving(stack), path)
    seen = []
    stop = tf.train.StopAtStepHook(num_steps=2)
    for _ in range(3):
        one.train(
            toys.eights(stack), hooks=[stop, observe.steps_hook(stack, seen)]
        )
        seen.append("end")
    return seen


def scenario_hooks_of_the_spec(stack, path):
    """Made by each call of model_fn: they begin anew at each call of train."""
    tf = stack.tf

    def fields(mode, w, loss):
        return {"training_hooks": [tf.train.StopAtStepHook(num_steps=3)]}

    one = stack.estimator.Estimator(toys.halving(stack, fields), path)
    facts = []
    for _ in range(2):
        one.train(toys.eights(stack))
        facts.append(one.get_variable_value("global_step"))
    return facts


def scenario_partial_hooks(stack, path):
    """A hook that has only one of the methods, in its class or by itself."""
    tf = stack.tf
    facts = {}
    for method in ("before_run", "after_run", "end"):
        seen = []

        def note(*arguments, seen=seen, method=method):
            seen.append(method)

        of_class = type("Hook", (tf.train.SessionRunHook,), {method: note})()
        own = tf.train.SessionRunHook()
        setattr(own, method, note)
        one = stack.estimator.Estimator(toys.halving(stack), path)
        one.train(toys.eights(stack), steps=2, hooks=[of_class, own])
        facts[method] = seen
    return facts
