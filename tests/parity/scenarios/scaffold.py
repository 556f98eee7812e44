"""Scaffold: what runs, in which order, when a call begins; and what it says."""

import os

from tests.parity import observe
from tests.parity import toys

NOT_READY = "Variables not initialized"
NOT_FOR_LOCAL = "Init operations did not make model ready for local_init"
NOT_MODEL = "Init operations did not make model ready. "


def estimator(stack, path, scaffold, **config):
    """A new Estimator of the toy model.

    Args:
        stack: The implementation.
        path: Its model_dir.
        scaffold: Function of (mode, w) that returns the Scaffold.
        **config: More of the RunConfig.
    """
    config = stack.estimator.RunConfig(model_dir=path, **config)
    model_fn = toys.halving(
        stack, lambda mode, w, loss: {"scaffold": scaffold(mode, w)}
    )
    return stack.estimator.Estimator(model_fn, config=config)


def calls(stack, one, says=()):
    """What train, train again, evaluate and predict do; and `w` at the end."""

    def run():
        seen = []
        for _ in range(2):
            one.train(
                toys.eights(stack),
                steps=1,
                hooks=[observe.steps_hook(stack, seen)],
            )
        results = one.evaluate(toys.eights(stack, 1))
        (predicted,) = one.predict(toys.eights(stack, 1))
        return [seen, results["loss"], predicted, one.get_variable_value("w")]

    return observe.outcome(run, [NOT_READY, NOT_FOR_LOCAL, NOT_MODEL, *says])


def step_of(stack):
    return stack.tf.train.get_global_step()


def scenario_init_op(stack, path):
    """Instead of the initializers; with its feeds; then `init_fn`."""
    tf = stack.tf
    told = []

    def all_of_them(mode, w):
        value = tf.placeholder(tf.float32, [])
        init_op = tf.group(w.assign(value), step_of(stack).initializer)
        return tf.train.Scaffold(init_op=init_op, init_feed_dict={value: 24.0})

    def with_init_fn(mode, w):
        one_more = w.assign_add(1.0)

        def init_fn(scaffold, session):
            told.append([mode, scaffold.init_op is not None])
            session.run(one_more)

        init_op = tf.group(w.assign(24.0), step_of(stack).initializer)
        return tf.train.Scaffold(init_op=init_op, init_fn=init_fn)

    def partial(mode, w):
        return tf.train.Scaffold(init_op=step_of(stack).initializer)

    def completed_by_init_fn(mode, w):
        assign = w.assign(24.0)
        return tf.train.Scaffold(
            init_op=step_of(stack).initializer,
            init_fn=lambda scaffold, session: session.run(assign),
        )

    facts = {}
    for name, scaffold in (
        ("all", all_of_them),
        ("with init_fn", with_init_fn),
        ("partial", partial),
        ("completed by init_fn", completed_by_init_fn),
    ):
        one = estimator(stack, os.path.join(path, name), scaffold)
        facts[name] = calls(stack, one, ["w"])
    return [facts, told]


def scenario_init_fn(stack, path):
    """After the initializers, in every call without a checkpoint."""
    tf = stack.tf
    told = []

    def scaffold(mode, w):
        assign = w.assign_add(24.0)

        def init_fn(scaffold, session):
            told.append([mode, float(session.run(w)), scaffold is made[-1]])
            session.run(assign)

        made.append(tf.train.Scaffold(init_fn=init_fn))
        return made[-1]

    made = []
    one = estimator(stack, path, scaffold)
    before = one.evaluate(toys.eights(stack, 1))["loss"]
    (predicted,) = one.predict(toys.eights(stack, 1))
    return [before, predicted, calls(stack, one), told]


def scenario_an_init_fn_that_raises(stack, path):
    def scaffold(mode, w):
        def init_fn(scaffold, session):
            raise ZeroDivisionError("mine")

        return stack.tf.train.Scaffold(init_fn=init_fn)

    one = estimator(stack, path, scaffold)
    return [calls(stack, one, ["mine"]), observe.checkpoints(path)]


def scenario_ready_op(stack, path):
    """Names what is not initialized; empty if all is well."""
    tf = stack.tf
    table = {
        "never": lambda mode, w: tf.constant(["me", "you"]),
        "empty": lambda mode, w: tf.constant([], tf.string),
        "report": lambda mode, w: tf.report_uninitialized_variables(),
        "numbers": lambda mode, w: tf.constant([1], tf.int32),
        "an operation": lambda mode, w: tf.no_op(),
        "when above 20": lambda mode, w: tf.cond(
            w > 20.0,
            lambda: tf.constant([], tf.string),
            lambda: tf.constant(["w is small"]),
        ),
        "only in training": lambda mode, w: (
            tf.constant(["in evaluation"])
            if mode == "eval"
            else tf.constant([], tf.string)
        ),
    }
    says = ["me, you", "w is small", "in evaluation"]
    facts = {}
    for argument in ("ready_op", "ready_for_local_init_op"):
        for name, make in table.items():

            def scaffold(mode, w, argument=argument, make=make):
                return tf.train.Scaffold(**{argument: make(mode, w)})

            model_dir = os.path.join(path, argument, name)
            one = estimator(stack, model_dir, scaffold)
            facts[f"{argument}: {name}"] = [
                calls(stack, one, says),
                observe.checkpoints(model_dir),
            ]
    return facts


def scenario_ready_ops_of_a_partial_init(stack, path):
    """Who checks is who decides: before local_init_op, and after it."""
    tf = stack.tf

    def scaffold(*given):
        def make(mode, w):
            nothing = tf.constant([], tf.string)
            values = {
                "ready_op": nothing,
                "ready_for_local_init_op": nothing,
                "local_init_op": tf.group(
                    w.assign(24.0), tf.local_variables_initializer()
                ),
            }
            return tf.train.Scaffold(
                init_op=step_of(stack).initializer,
                **{name: values[name] for name in given},
            )

        return make

    table = [
        ["local_init_op"],
        ["ready_for_local_init_op"],
        ["local_init_op", "ready_op"],
        ["local_init_op", "ready_for_local_init_op"],
        ["local_init_op", "ready_for_local_init_op", "ready_op"],
    ]
    facts = {}
    for given in table:
        name = ", ".join(given)
        one = estimator(stack, os.path.join(path, name), scaffold(*given))
        facts[name] = calls(stack, one, ["w"])
    return facts


def scenario_local_init_op(stack, path):
    """Instead of the default one, in each call; after a restore, too."""
    tf = stack.tf

    def scaffold(feeds):
        def make(mode, w):
            v = tf.get_local_variable(
                "v", [], initializer=tf.zeros_initializer()
            )
            value = tf.placeholder_with_default(w.read_value() + 100.0, [])
            return tf.train.Scaffold(
                local_init_op=v.assign(value).op,
                local_init_feed_dict={value: 5.0} if feeds else None,
            )

        return make

    facts = {}
    for feeds in (False, True):
        seen = []

        class Watch(tf.train.SessionRunHook):
            def after_create_session(self, session, coord, seen=seen):
                names = [v.op.name for v in tf.local_variables()]
                v = tf.local_variables()[names.index("v")]
                seen.append(float(session.run(v)))

        one = estimator(stack, os.path.join(path, str(feeds)), scaffold(feeds))
        for _ in range(2):
            one.train(toys.eights(stack), steps=1, hooks=[Watch()])
        # In evaluate the default one runs, too: which is first is not said.
        list(one.predict(toys.eights(stack, 1), hooks=[Watch()]))
        facts[str(feeds)] = seen
    return facts


def scenario_collections(stack, path):
    """What is in the graph's collections is taken; of two, none."""
    tf = stack.tf
    keys = {
        "init_op": tf.GraphKeys.INIT_OP,
        "ready_op": tf.GraphKeys.READY_OP,
        "ready_for_local_init_op": tf.GraphKeys.READY_FOR_LOCAL_INIT_OP,
        "summary_op": tf.GraphKeys.SUMMARY_OP,
    }

    def make(name, mode, w):
        if name == "init_op":
            return tf.group(w.assign(24.0), step_of(stack).initializer)
        if name == "summary_op":
            tf.summary.scalar("merged", w)
            return tf.summary.scalar("mine", w)
        return tf.constant(["of the collection"])

    facts = {}
    for name, key in keys.items():
        for count in (1, 2):

            def scaffold(mode, w, name=name, key=key, count=count):
                for _ in range(count):
                    tf.add_to_collection(key, make(name, mode, w))
                return tf.train.Scaffold()

            model_dir = os.path.join(path, name, str(count))
            one = estimator(stack, model_dir, scaffold)
            facts[f"{name}, {count}"] = calls(
                stack,
                one,
                [
                    "More than one item in the collection",
                    "of the collection",
                ],
            )
    return facts


def scenario_summary_op(stack, path):
    """Instead of all summaries merged."""
    tf = stack.tf

    def given(mode, w):
        tf.summary.scalar("other", w)
        return tf.train.Scaffold(summary_op=tf.summary.scalar("mine", w))

    def several(mode, w):
        ops = [tf.summary.scalar(name, w) for name in ("a", "b", "c")]
        return tf.train.Scaffold(summary_op=tf.summary.merge(ops[:2]))

    facts = {}
    for name, scaffold in (("given", given), ("several", several)):
        model_dir = os.path.join(path, name)
        one = estimator(stack, model_dir, scaffold, save_summary_steps=1)
        one.train(toys.eights(stack), steps=2)
        facts[name] = observe.events(stack, model_dir)
    return facts


def scenario_copy_from_scaffold(stack, path):
    """Fields that are given win; an init_fn gets the copy."""
    tf = stack.tf
    told = []

    def scaffold(mode, w):
        assign = w.assign(24.0)

        def init_fn(scaffold, session):
            told.append([scaffold is made[-1], scaffold.saver is not None])
            session.run(assign)

        first = tf.train.Scaffold(
            init_fn=init_fn,
            ready_op=tf.constant(["never"]),
            saver=tf.train.Saver(max_to_keep=1),
        )
        made.append(
            tf.train.Scaffold(
                ready_op=tf.constant([], tf.string), copy_from_scaffold=first
            )
        )
        return made[-1]

    made = []
    one = estimator(stack, path, scaffold)
    facts = [calls(stack, one, ["never"]), observe.checkpoints(path), told]
    wrong = observe.outcome(
        lambda: tf.train.Scaffold(copy_from_scaffold="x"),
        ["copy_from_scaffold is not a Scaffold instance"],
    )
    return [facts, wrong]


def scenario_savers(stack, path):
    """One that leaves variables out saves and restores only its own."""
    tf = stack.tf

    def part(mode, w):
        saver = tf.train.Saver([w], save_relative_paths=True)
        return tf.train.Scaffold(saver=saver)

    def part_and_init_fn(mode, w):
        step = step_of(stack)
        saver = tf.train.Saver([w], save_relative_paths=True)
        seven = step.assign(7)
        return tf.train.Scaffold(
            saver=saver,
            init_fn=lambda scaffold, session: session.run(seven),
        )

    def renamed(mode, w):
        saver = tf.train.Saver(
            {"other/w": w, "global_step": step_of(stack)},
            save_relative_paths=True,
        )
        return tf.train.Scaffold(saver=saver)

    def part_and_local_init(mode, w):
        step = step_of(stack)
        nothing = tf.constant([], tf.string)
        return tf.train.Scaffold(
            saver=tf.train.Saver([w], save_relative_paths=True),
            ready_for_local_init_op=nothing,
            local_init_op=tf.group(
                step.initializer, tf.local_variables_initializer()
            ),
        )

    facts = {}
    for name, scaffold in (
        ("part", part),
        ("part and init_fn", part_and_init_fn),
        ("renamed", renamed),
        ("part and local_init_op", part_and_local_init),
    ):
        model_dir = os.path.join(path, name)
        one = estimator(stack, model_dir, scaffold)
        first = observe.outcome(
            lambda one=one: one.train(toys.eights(stack), steps=1) is one
        )
        facts[name] = [
            first,
            one.get_variable_names(),
            observe.outcome(
                lambda one=one: one.train(toys.eights(stack), steps=1) is one,
                [NOT_READY, NOT_FOR_LOCAL, "global_step"],
            ),
            observe.outcome(
                lambda one=one: one.evaluate(toys.eights(stack, 1)),
                [NOT_READY, NOT_FOR_LOCAL, "global_step"],
            ),
            observe.checkpoints(model_dir),
            observe.state(model_dir),
        ]
    return facts
