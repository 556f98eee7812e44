"""Hooks at work: their place among others, errors, sessions, coordinators."""

import re
import sys

import numpy as np

from tests.parity import observe
from tests.parity import toys

METHODS = ("begin", "after_create_session", "before_run", "after_run", "end")
VERBS = ("train", "evaluate", "predict")


def trace(stack, seen, name, **also):
    """Returns a hook that notes its calls, and then does something else.

    Args:
        stack: The implementation.
        seen: List that gets [name, method].
        name: Is noted.
        **also: Method -> function of the hook and its arguments. What that of
            `before_run` returns is returned.
    """
    tf = stack.tf

    def method(name_of_it):
        def call(self, *arguments):
            seen.append([name, name_of_it])
            if name_of_it in also:
                return also[name_of_it](self, *arguments)
            return None

        return call

    return type(
        "Trace", (tf.train.SessionRunHook,), {m: method(m) for m in METHODS}
    )()


def run(stack, one, verb, hooks, batches=2):
    """Calls a verb; returns what it returned, or raised."""
    input_fn = toys.eights(stack, batches)

    def call():
        if verb == "train":
            return one.train(input_fn, hooks=hooks) is one
        if verb == "evaluate":
            return sorted(one.evaluate(input_fn, hooks=hooks))
        return len(list(one.predict(input_fn, hooks=hooks)))

    return observe.outcome(call)


def trained(stack, path, fields=None, **config):
    config = stack.estimator.RunConfig(**config)
    one = stack.estimator.Estimator(toys.halving(stack, fields), path, config)
    return one.train(toys.eights(stack, 1))


_LINES = (
    "Calling checkpoint listeners",
    "Saving checkpoints for",
    "global_step/sec",
    "loss = ",
    "mine = ",
)


def events_of(lines):
    """Returns the calls, and lines of built-in hooks, in order."""
    found = []
    for line in lines:
        if isinstance(line, list):
            found.append(line)
        elif line.startswith(_LINES):
            # The step of the loss is left to chance in the real one.
            line = re.sub(r"(?<=,) step = .*| into .*|(?<=sec: ).*", "", line)
            found.append(line)
    return found


def scenario_places(stack, path):
    """Where built-in hooks, default and the user's, stand among others."""
    tf = stack.tf

    def fields(mode, w, loss):
        tf.summary.scalar("w", w)
        tf.identity(w, name="mine")
        return {
            "training_chief_hooks": [trace(stack, lines, "chief")],
            "training_hooks": [trace(stack, lines, "spec")],
        }

    config = stack.estimator.RunConfig(
        save_checkpoints_steps=2, log_step_count_steps=1, save_summary_steps=1
    )
    facts = []
    for steps in (3, 2):
        one = stack.estimator.Estimator(
            toys.halving(stack, fields), path, config
        )
        with observe.logged(stack) as lines:
            hooks = [
                trace(stack, lines, "first"),
                tf.train.LoggingTensorHook(
                    {"mine": "mine:0"},
                    every_n_iter=2,
                    formatter=lambda values: f"mine = {values['mine']}",
                ),
                trace(stack, lines, "second"),
                tf.train.StopAtStepHook(num_steps=steps),
                trace(stack, lines, "third"),
            ]
            one.train(
                toys.eights(stack),
                hooks=hooks,
                saving_listeners=[observe.listener(stack, lines)],
            )
            facts.append(events_of(lines))
    return facts


def scenario_a_saver_among_the_users(stack, path):
    """It stands where the user has put it; its listeners hear it there."""
    tf = stack.tf
    one = stack.estimator.Estimator(toys.halving(stack), path)
    seen = []
    saver = tf.train.CheckpointSaverHook(
        path, save_steps=1, listeners=[observe.listener(stack, seen)]
    )
    hooks = [trace(stack, seen, "before"), saver, trace(stack, seen, "after")]
    one.train(toys.eights(stack), hooks=hooks, steps=2)
    return seen


def scenario_nan(stack, path):
    """Who sees the step whose loss is not a number."""
    tf = stack.tf
    seen = []

    def fields(mode, w, loss):
        tf.identity(loss, name="mine")
        return {
            "training_chief_hooks": [trace(stack, seen, "chief")],
            "training_hooks": [trace(stack, seen, "spec")],
        }

    one = stack.estimator.Estimator(toys.halving(stack, fields), path)
    failed = observe.outcome(
        lambda: one.train(
            toys.batches(stack, 8, float("nan"), 8),
            hooks=[trace(stack, seen, "mine")],
        )
    )
    stops = tf.train.NanTensorHook("mine:0", fail_on_nan_loss=False)
    seen.append("stops")
    done = observe.outcome(
        lambda: one.train(
            toys.batches(stack, 8, float("nan"), 8),
            hooks=[
                trace(stack, seen, "before"),
                stops,
                trace(stack, seen, "after"),
            ],
        )
    )
    return [failed, done, seen, observe.checkpoints(path)]


def scenario_raises(stack, path):
    """Which hooks are called when one raises, and what is saved."""
    facts = {}

    def fail(*arguments):
        raise ZeroDivisionError("mine")

    one = trained(stack, path)
    for verb in VERBS:
        for method in METHODS:
            seen = []
            hooks = [
                trace(stack, seen, "first"),
                trace(stack, seen, "raises", **{method: fail}),
                trace(stack, seen, "second"),
            ]
            facts[f"{verb} {method}"] = [
                run(stack, one, verb, hooks),
                seen,
                observe.checkpoints(path),
            ]
    return facts


def scenario_raises_the_end_of_the_input(stack, path):
    """A hook that raises what ends an input."""
    tf = stack.tf
    errors = {
        "OutOfRangeError": tf.errors.OutOfRangeError(None, None, "mine"),
        "StopIteration": StopIteration("mine"),
    }
    facts = {}
    one = trained(stack, path)
    for verb in VERBS:
        for name, error in errors.items():
            for method in ("before_run", "after_run"):

                def fail(*arguments, error=error):
                    raise error

                seen = []
                hooks = [
                    trace(stack, seen, "first"),
                    trace(stack, seen, "raises", **{method: fail}),
                    trace(stack, seen, "second"),
                ]
                facts[f"{verb} {name} {method}"] = [
                    run(stack, one, verb, hooks),
                    seen,
                    observe.checkpoints(path),
                ]
    return facts


def scenario_listener_raises(stack, path):
    """What is saved when a listener raises."""
    tf = stack.tf
    facts = {}
    for method in ("begin", "before_save", "after_save", "end"):
        seen = []

        class Raises(tf.train.CheckpointSaverListener):
            pass

        def fail(self, *arguments):
            raise ZeroDivisionError

        setattr(Raises, method, fail)
        folder = f"{path}/{method}"
        one = stack.estimator.Estimator(toys.halving(stack), folder)
        failed = observe.outcome(
            lambda one=one, Raises=Raises, seen=seen: one.train(
                toys.eights(stack, 2),
                hooks=[trace(stack, seen, "hook")],
                saving_listeners=[
                    observe.listener(stack, seen, "first"),
                    Raises(),
                    observe.listener(stack, seen, "last"),
                ],
            )
        )
        facts[method] = [failed, seen, observe.checkpoints(folder)]
    return facts


def scenario_fetches(stack, path):
    """In evaluate and predict as in train, and what nothing asked for is."""
    tf = stack.tf

    def fields(mode, w, loss):
        tf.identity(2.0 * w, name="twice")
        calls = tf.get_local_variable(
            "calls", [], tf.int32, tf.zeros_initializer()
        )
        with tf.control_dependencies([tf.assign_add(calls, 1)]):
            tf.no_op(name="note_it")
        return {}

    table = {
        "nothing": lambda: None,
        "no fetches": lambda: tf.train.SessionRunArgs(None),
        "empty": lambda: tf.train.SessionRunArgs([]),
        "name": lambda: tf.train.SessionRunArgs("twice:0"),
        "operation": lambda: tf.train.SessionRunArgs("note_it"),
        "nest": lambda: tf.train.SessionRunArgs(
            {"a": ["twice:0", ("twice:0", {"b": "twice:0"})], "c": "note_it"}
        ),
        "variable": lambda: tf.train.SessionRunArgs(tf.local_variables()[0]),
        "no args": lambda: "twice:0",
        "list": lambda: ["twice:0"],
    }
    one = trained(stack, path, fields)
    facts = {}
    for verb in ("evaluate", "predict"):
        for name, ask in table.items():
            results = []
            asked = {}

            def begin(self, ask=ask, asked=asked):
                asked["args"] = ask()

            def note(self, context, values, results=results):
                results.append(described(values.results))

            hook = trace(
                stack,
                [],
                "hook",
                begin=begin,
                before_run=lambda self, context, asked=asked: asked["args"],
                after_run=note,
            )
            facts[f"{verb} {name}"] = [run(stack, one, verb, [hook]), results]
    return facts


def described(value):
    """Types and values of what came."""
    if isinstance(value, dict):
        return {k: described(v) for k, v in value.items()}
    if isinstance(value, (list, tuple)):
        return [type(value).__name__, *map(described, value)]
    if isinstance(value, (np.ndarray, np.generic)):
        return [type(value).__name__, value.dtype.name, value.tolist()]
    return value


def scenario_feeds(stack, path):
    """feed_dict in evaluate and predict, of one hook and of two."""
    tf = stack.tf

    def model_fn(features, labels, mode):
        scale = tf.placeholder_with_default(1.0, [], name="scale")
        shift = tf.placeholder_with_default([0.0], [None], name="shift")
        features = tf.identity(features + shift, name="features")
        loss = tf.reduce_sum(scale * features, name="total")
        step = tf.train.get_or_create_global_step()
        return stack.estimator.EstimatorSpec(
            mode,
            loss=loss,
            predictions=scale * features,
            train_op=tf.assign_add(step, 1),
        )

    def feed(values, results):
        def args(self, context):
            graph = context.session.graph
            return tf.train.SessionRunArgs(
                "total:0",
                {graph.get_tensor_by_name(k): v for k, v in values.items()},
            )

        def note(self, context, values):
            results.append(float(values.results))

        return trace(stack, [], "feeds", before_run=args, after_run=note)

    one = stack.estimator.Estimator(model_fn, path)
    one.train(toys.eights(stack, 1))
    facts = {}
    for verb in ("evaluate", "predict"):
        for name, fed in (
            ("default", [{"scale:0": 3.0}]),
            ("two hooks", [{"scale:0": 3.0}, {"shift:0": [2.0]}]),
            ("the same", [{"scale:0": 3.0}, {"scale:0": 4.0}]),
        ):
            results = []
            hooks = [feed(values, results) for values in fed]
            facts[f"{verb} {name}"] = [run(stack, one, verb, hooks), results]
    return facts


def scenario_session(stack, path):
    """Assigns, resets and batches by `session.run`, between steps."""
    tf = stack.tf

    def fields(mode, w, loss):
        if mode != "eval":
            return {}
        value = tf.metrics.mean(w + loss, name="running")
        return {"eval_metric_ops": {"running": value}}

    one = trained(stack, path, fields)
    facts = {}

    def reset(self, context, values):
        variables = context.session.graph.get_collection("metric_variables")
        context.session.run([v.initializer for v in variables])

    def assign(self, context, values):
        w = context.session.graph.get_collection("trainable_variables")[0]
        context.session.run(w.initializer)
        facts.setdefault("assigned", []).append(float(context.session.run(w)))

    def read(self, context, values):
        losses = context.session.graph.get_collection("losses")
        if losses:
            facts.setdefault("read", []).append(
                observe.outcome(lambda: float(context.session.run(losses[0])))
            )

    for name, method in (("reset", reset), ("assign", assign), ("read", read)):
        results = one.evaluate(
            toys.batches(stack, 2, 4, 6),
            hooks=[trace(stack, [], name, after_run=method)],
        )
        facts[name] = {k: float(v) for k, v in results.items()}
        facts[f"predict {name}"] = [
            np.asarray(p["y"]).tolist()
            for p in one.predict(
                toys.batches(stack, 2, 4, 6),
                hooks=[trace(stack, [], name, after_run=method)],
            )
        ]
    facts["w"] = float(one.get_variable_value("w"))
    return facts


def scenario_in_model_fn(stack, path):
    """Hooks of the spec close over the tensors of their model_fn."""
    tf = stack.tf
    seen = []

    def fields(mode, w, loss):
        twice = 2.0 * w
        clear = tf.assign(w, 1.0)

        class Closes(tf.train.SessionRunHook):
            def before_run(self, context):
                # The loss needs no labels: predict has it, too.
                return tf.train.SessionRunArgs({"twice": twice, "loss": loss})

            def after_run(self, context, values):
                got = {k: float(v) for k, v in values.results.items()}
                seen.append([mode, got])
                if mode == "train":
                    context.session.run(clear)

            def end(self, session):
                seen.append([mode, float(session.run(twice))])

        return {
            "training_hooks": [Closes()],
            "evaluation_hooks": [Closes()],
            "prediction_hooks": [Closes()],
        }

    one = stack.estimator.Estimator(toys.halving(stack, fields), path)
    for _ in range(2):
        one.train(toys.batches(stack, 8, 4))
        one.evaluate(toys.batches(stack, 2, 6))
        seen.append(len(list(one.predict(toys.batches(stack, 2, 6)))))
    return seen


def scenario_defaults(stack, path):
    """The default graph and session in each method, and whose graph it is."""
    tf = stack.tf
    one = trained(stack, path)
    facts = {}
    for verb in VERBS:
        noted = facts[verb] = []

        def note(method, session=None, noted=noted):
            graph = tf.get_default_graph()
            noted.append(
                [
                    method,
                    tf.get_default_session() is None,
                    None if session is None else session.graph is graph,
                    bool(graph.get_collection("trainable_variables")),
                    isinstance(session, tf.Session),
                ]
            )

        hook = trace(
            stack,
            [],
            "hook",
            begin=lambda self: note("begin"),
            after_create_session=lambda self, s, c: note("created", s),
            before_run=lambda self, c: note("before_run", c.session),
            after_run=lambda self, c, v: note("after_run", c.session),
            end=lambda self, s: note("end", s),
        )
        run(stack, one, verb, [hook], batches=1)
    return facts


def scenario_coordinator(stack, path):
    """What `after_create_session` gets besides the session."""
    facts = {}

    def fail(coord):
        try:
            raise ZeroDivisionError("mine")
        except ZeroDivisionError:
            coord.request_stop(sys.exc_info())

    one = trained(stack, path)
    for verb in VERBS:
        for what, act in (
            ("stops", lambda coord: coord.request_stop()),
            ("fails", fail),
        ):
            for when in ("after_create_session", "before_run", "after_run"):
                seen, kept = [], []

                def created(
                    self, session, coord, act=act, when=when, kept=kept
                ):
                    kept.append(coord)
                    if when == "after_create_session":
                        act(coord)

                def later(self, *arguments, act=act, kept=kept):
                    act(kept[0])

                also = {"after_create_session": created}
                if when != "after_create_session":
                    also[when] = later
                hooks = [
                    trace(stack, seen, "mine", **also),
                    trace(stack, seen, "other"),
                ]
                facts[f"{verb} {what} {when}"] = [
                    run(stack, one, verb, hooks),
                    seen,
                    kept[0].should_stop(),
                ]
    return facts


def scenario_one_hook_in_all_verbs(stack, path):
    """An object may go from call to call; its __init__ is its own."""
    tf = stack.tf

    class Old(tf.train.SessionRunHook):
        def __init__(self, model, params):
            self.model = model
            self.params = params
            self.calls = []

        def begin(self):
            self.calls.append("begin")

        def end(self, session):
            self.calls.append(["end", self.model, self.params])

    one = trained(stack, path)
    hook = Old("model", {"a": 1})
    results = [run(stack, one, verb, [hook]) for verb in (*VERBS, *VERBS)]
    return [results, hook.calls]


def scenario_no_end_after_a_stop_in_predict(stack, path):
    """Ends when a hook asks for it, with the predictions up to there."""
    seen = []
    one = trained(stack, path)
    hook = trace(
        stack,
        seen,
        "hook",
        after_run=lambda self, context, values: context.request_stop(),
    )
    return [run(stack, one, "predict", [hook], batches=5), seen]


def scenario_begin_adds_to_the_graph(stack, path):
    """What one hook adds another finds, and may fetch by its name."""
    tf = stack.tf
    one = trained(stack, path)
    facts = {}
    for verb in VERBS:
        results = []

        def add(self):
            w = tf.trainable_variables()[0]
            tf.identity(w * 3.0, name="thrice")

        def find(self):
            graph = tf.get_default_graph()
            self.thrice = graph.get_tensor_by_name("thrice:0")

        adds = trace(stack, [], "adds", begin=add)
        finds = trace(
            stack,
            [],
            "finds",
            begin=find,
            before_run=lambda self, c: tf.train.SessionRunArgs(
                [self.thrice, "thrice:0"]
            ),
            after_run=lambda self, c, v, results=results: results.append(
                [float(value) for value in v.results]
            ),
        )
        facts[verb] = [
            run(stack, one, verb, [adds, finds]),
            results,
            run(stack, one, verb, [finds, adds]),
        ]
    return facts
