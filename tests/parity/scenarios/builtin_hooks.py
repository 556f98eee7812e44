"""The hooks that come with tf.train: lines, values, files, errors."""

import contextlib
import os
import re
import time
from unittest import mock

from tests.parity import observe
from tests.parity import toys

# Of the Estimator and its session; these scenarios are about the hooks.
_OTHERS = (
    "Calling model_fn",
    "Done calling model_fn",
    "Graph was finalized",
    "Running local_init_op",
    "Done running local_init_op",
    "Using config",
    "Restoring parameters",
    "Loss for final step",
    "Starting evaluation",
    "Inference Time",
    "Finished evaluation",
    "Saving dict",
    "Saving 'checkpoint_path'",
    "It is unsafe to",
    "From ",
    "Issue encountered",
)


def named(stack, fields=None):
    """The toy model with tensors of many kinds, by name.

    They are read before the update: else it is left to chance, there.
    """
    tf = stack.tf

    def model_fn(features, labels, mode):
        w = tf.get_variable("w", [], initializer=tf.zeros_initializer())
        value = w.read_value()
        tf.placeholder_with_default(tf.constant(1.0), [], name="fed")
        read = [
            tf.multiply(value, 2.0, name="twice"),
            tf.stack([value, value + 1.0], name="pair"),
            *tf.unstack(tf.stack([value, -value]), name="both"),
            tf.cast(value, tf.int32, name="whole"),
            tf.greater(value, 5.0, name="large"),
            tf.as_string(tf.cast(value, tf.int32), name="text"),
            tf.multiply(value, 1e-9, name="tiny"),
            tf.identity(value, name="scope/inner"),
        ]
        loss = 0.5 * tf.square(value - tf.reduce_mean(features))
        with tf.control_dependencies(read):
            optimizer = tf.train.GradientDescentOptimizer(0.5)
            train_op = optimizer.minimize(loss, tf.train.get_global_step())
        more = {} if fields is None else fields(mode, w, loss)
        return stack.estimator.EstimatorSpec(
            mode,
            **{
                "loss": loss,
                "train_op": train_op,
                "predictions": {"y": value * features},
                **more,
            },
        )

    return model_fn


def quiet(stack, path, model_fn=None, **config):
    """An Estimator that has only the hooks it is given."""
    config = {
        "save_checkpoints_steps": None,
        "save_summary_steps": None,
        "log_step_count_steps": None,
        **config,
    }
    config = stack.estimator.RunConfig(model_dir=path, **config)
    return stack.estimator.Estimator(model_fn or named(stack), config=config)


@contextlib.contextmanager
def lines_of_hooks(stack, path=""):
    """Collects what hooks log; times and folders are taken out."""
    found = []
    with observe.logged(stack) as lines:
        yield found
    for line in lines:
        if not line.startswith(_OTHERS):
            line = re.sub(r"\(\d+\.\d+ sec\)", "(s)", line)
            line = re.sub(r"(global_step/sec: )[\d.e+inf]+", r"\1n", line)
            line = re.sub(r"listener: <.*", "listener: it", line)
            found.append(line.replace(path or "no path", "DIR"))


class Clock:
    """The time, which passes only where a scenario says so."""

    def __init__(self):
        self.now = 1000.0

    def __call__(self):
        return self.now


@contextlib.contextmanager
def clock(stack, *seconds):
    """Replaces `time.time`; yields a hook after whose steps so much passed."""
    now, left = Clock(), list(seconds)

    class Pass(stack.tf.train.SessionRunHook):
        def after_run(self, run_context, run_values):
            now.now += left.pop(0) if left else seconds[-1]

    with mock.patch.object(time, "time", now):
        yield Pass()


def exact_lines(stack, call):
    """What a call logs, with its times."""
    with observe.logged(stack) as lines:
        call()
    return [line for line in lines if not line.startswith(_OTHERS)]


# LoggingTensorHook ------------------------------------------------------------


def scenario_logging_by_steps(stack, path):
    """Kinds of tensors and periods, all in one call."""
    hook = stack.tf.train.LoggingTensorHook
    with lines_of_hooks(stack) as lines:
        hooks = [
            hook({"b": "twice", "a": "twice:0"}, every_n_iter=2),
            hook(["whole", "twice:0"], every_n_iter=3),
            hook(("twice",), every_n_iter=1),
            hook({"in a scope": "scope/inner"}, every_n_iter=100),
            hook(
                {n: n for n in ("pair", "large", "text", "tiny", "whole")},
                every_n_iter=4,
            ),
            hook(["both:1"], every_n_iter=4),
            hook({"end": "twice"}, at_end=True),
            hook({"end, too": "twice"}, at_end=True, every_n_iter=4),
            hook({"aligned end": "twice"}, at_end=True, every_n_iter=5),
            hook(
                {"t": "twice", "w": "whole"},
                every_n_iter=2,
                formatter=lambda values: f"<{sorted(values.items())}>",
            ),
            hook(["twice"], at_end=True, formatter=lambda v: f"<{v['twice']}>"),
            hook({"fraction": "twice"}, every_n_iter=1.5),
            hook([], every_n_iter=3),
        ]
        one = quiet(stack, path)
        one.train(toys.eights(stack), hooks=hooks, steps=5)
    # NumPy shows its scalars in other ways.
    return [re.sub(r"np\.\w+\(([\d.]+)\)", r"\1", line) for line in lines]


def scenario_logging_tensors_of_model_fn(stack, path):
    """Not by name: tensors, a variable, a tensor as its own tag."""
    tf = stack.tf
    kinds = {
        "tensor": lambda w, loss: {"l": loss},
        "variable": lambda w, loss: {"w": w},
    }
    facts = {}
    for name, tensors in kinds.items():

        def fields(mode, w, loss, tensors=tensors):
            hook = tf.train.LoggingTensorHook(tensors(w, loss), at_end=True)
            return {"training_hooks": [hook]}

        one = quiet(
            stack, os.path.join(path, name), toys.halving(stack, fields)
        )
        with lines_of_hooks(stack) as lines:
            one.train(toys.eights(stack), steps=2)
        facts[name] = lines
    return facts


def scenario_logging_in_every_call(stack, path):
    """Steps are counted from where each call begins, in all three verbs."""
    tf = stack.tf
    hook = tf.train.LoggingTensorHook(
        {"t": "twice"}, every_n_iter=3, at_end=True
    )
    one = quiet(stack, path, save_checkpoints_steps=100)
    with lines_of_hooks(stack, path) as lines:
        for steps in (4, 2):
            one.train(toys.eights(stack), hooks=[hook], steps=steps)
        one.evaluate(toys.eights(stack), hooks=[hook], steps=5)
        list(one.predict(toys.eights(stack, 4), hooks=[hook]))
        one.train(toys.eights(stack, 4), hooks=[hook])
    return [line for line in lines if not line.startswith("Evaluation [")]


def scenario_logging_by_seconds(stack, path):
    tf = stack.tf
    facts = {}
    one = quiet(stack, path)
    for name, arguments in {
        "seconds": {"every_n_secs": 3},
        "fraction": {"every_n_secs": 2.5},
        "never again": {"every_n_secs": 1000, "at_end": True},
        "always": {"every_n_secs": 0},
        "steps": {"every_n_iter": 2, "at_end": True},
    }.items():
        with clock(stack, 1.0, 1.0, 1.5, 0.25, 3.0, 7.0, 1.0) as passing:
            hook = tf.train.LoggingTensorHook({"t": "twice"}, **arguments)
            facts[name] = exact_lines(
                stack,
                lambda hook=hook, passing=passing: one.train(
                    toys.eights(stack), hooks=[hook, passing], steps=8
                ),
            )
    return facts


def scenario_logging_errors(stack, path):
    tf = stack.tf
    with tf.Graph().as_default():
        foreign = tf.constant(1.0)
    table = {
        "no period": (["twice"], {}),
        "two periods": (["twice"], {"every_n_iter": 1, "every_n_secs": 1}),
        "two and at end": (
            ["twice"],
            {"every_n_iter": 1, "every_n_secs": 1, "at_end": True},
        ),
        "zero": (["twice"], {"every_n_iter": 0}),
        "negative": (["twice"], {"every_n_iter": -1}),
        "unknown": (["nobody"], {"every_n_iter": 1}),
        "unknown output": (["twice:1"], {"every_n_iter": 1}),
        "ambiguous": (["both"], {"every_n_iter": 1}),
        "number": ([1.0], {"every_n_iter": 1}),
        "other graph": ([foreign], {"every_n_iter": 1}),
    }
    facts = {}
    one = quiet(stack, path)
    for name, (tensors, arguments) in table.items():

        def call(tensors=tensors, arguments=arguments):
            hook = tf.train.LoggingTensorHook(tensors, **arguments)
            return one.train(toys.eights(stack, 1), hooks=[hook]) is one

        facts[name] = observe.outcome(call)
    return facts


# StopAtStepHook ---------------------------------------------------------------


def scenario_stop_at_step(stack, path):
    tf = stack.tf
    facts = {}
    for name, arguments in {
        "num": {"num_steps": 3},
        "last": {"last_step": 3},
        "fraction": {"num_steps": 2.5},
        "fraction of last": {"last_step": 2.5},
        "zero": {"num_steps": 0},
        "zero last": {"last_step": 0},
        "neither": {},
        "both": {"num_steps": 3, "last_step": 3},
    }.items():
        one = quiet(stack, os.path.join(path, name), save_checkpoints_steps=99)

        def call(one=one, arguments=arguments):
            hook = tf.train.StopAtStepHook(**arguments)
            reached = []
            for _ in range(2):
                one.train(toys.eights(stack), hooks=[hook])
                reached.append(one.get_variable_value("global_step"))
            return reached

        facts[name] = observe.outcome(call)
    return facts


def scenario_stop_at_step_in_evaluate(stack, path):
    """The global step does not move there: the hook stops at once, or not."""
    tf = stack.tf
    one = quiet(stack, path, save_checkpoints_steps=99)
    one.train(toys.eights(stack), steps=3)
    facts = {}
    for name, arguments in {
        "num": {"num_steps": 2},
        "last": {"last_step": 2},
        "this": {"last_step": 3},
        "next": {"last_step": 4},
    }.items():
        seen = []
        hooks = [
            tf.train.StopAtStepHook(**arguments),
            observe.steps_hook(stack, seen),
        ]
        one.evaluate(toys.eights(stack, 4), hooks=hooks)
        facts[name] = len(seen)
    return facts


# CheckpointSaverHook ----------------------------------------------------------


def flush(stack, folder):
    """Makes sure that the events of a folder are in its file."""
    with stack.tf.Graph().as_default():
        stack.tf.summary.FileWriterCache.get(folder).flush()


def saved(stack, folder):
    """What is in a folder of checkpoints, and what its events say of them."""
    tf = stack.tf
    flush(stack, folder)
    logs = []
    for name in sorted(os.listdir(folder)):
        if ".tfevents." in name:
            for event in tf.train.summary_iterator(os.path.join(folder, name)):
                if event.WhichOneof("what") == "session_log":
                    log = event.session_log
                    base = os.path.basename(log.checkpoint_path)
                    logs.append([event.step, log.status, base])
    return [observe.files(folder), logs]


def scenario_saver(stack, path):
    """Which steps, which files, which lines."""
    tf = stack.tf
    facts = {}
    one = quiet(stack, path)
    for name, arguments in {
        "steps": {"save_steps": 2},
        "steps as at the end": {"save_steps": 5},
        "fraction": {"save_steps": 1.5},
        "each": {"save_steps": 0},
        "basename": {"save_steps": 9, "checkpoint_basename": "net"},
        "no graph": {"save_steps": 9, "save_graph_def": False},
        "seconds": {"save_secs": 1000},
    }.items():
        folder = os.path.join(path, name, "saved")
        with lines_of_hooks(stack, folder) as lines:
            hook = tf.train.CheckpointSaverHook(folder, **arguments)
            for steps in (5, 1) if name == "steps" else (5,):
                one.train(toys.eights(stack), hooks=[hook], steps=steps)
        facts[name] = [lines, saved(stack, folder)]
    return facts


def scenario_saver_by_seconds(stack, path):
    tf = stack.tf
    one = quiet(stack, os.path.join(path, "model"))
    folder = os.path.join(path, "saved")
    with clock(stack, 1.0, 1.0, 1.5, 0.25, 3.0, 7.0, 1.0) as passing:
        hook = tf.train.CheckpointSaverHook(folder, save_secs=3)
        one.train(toys.eights(stack), hooks=[hook, passing], steps=9)
    return observe.checkpoints(folder)


def scenario_saver_errors(stack, path):
    tf = stack.tf
    facts = {}
    for name, arguments in {
        "no period": {},
        "two periods": {"save_steps": 1, "save_secs": 1},
        "saver and scaffold": {
            "save_steps": 1,
            "saver": "saver",
            "scaffold": "scaffold",
        },
    }.items():
        facts[name] = observe.outcome(
            lambda arguments=arguments: tf.train.CheckpointSaverHook(
                path, **arguments
            )
        )
    return facts


def scenario_listeners_of_a_saver(stack, path):
    """Two listeners, one of which stops."""
    tf = stack.tf
    seen = []
    one = quiet(stack, os.path.join(path, "model"))
    folder = os.path.join(path, "saved")
    with lines_of_hooks(stack, folder) as lines:
        hook = tf.train.CheckpointSaverHook(
            folder,
            save_steps=2,
            listeners=[
                observe.listener(stack, seen, "first", stop_at=4),
                observe.listener(stack, seen, "second"),
            ],
        )
        one.train(toys.eights(stack), hooks=[hook], steps=9)
    return [seen, lines, observe.checkpoints(folder)]


def scenario_savers_of_the_user(stack, path):
    """A saver given, of a scaffold, or in the collection."""
    tf = stack.tf

    def given(folder):
        hook = tf.train.CheckpointSaverHook(
            folder, save_steps=1, saver=tf.train.Saver(max_to_keep=2)
        )
        return {"training_chief_hooks": [hook]}

    def scaffold(folder):
        scaffold = tf.train.Scaffold(saver=tf.train.Saver(max_to_keep=2))
        hook = tf.train.CheckpointSaverHook(
            folder, save_steps=1, scaffold=scaffold
        )
        return {"training_chief_hooks": [hook], "scaffold": scaffold}

    def collection(folder):
        saver = tf.train.Saver(max_to_keep=2)
        tf.add_to_collection(tf.GraphKeys.SAVERS, saver)
        hook = tf.train.CheckpointSaverHook(folder, save_steps=1)
        return {"training_chief_hooks": [hook]}

    def nobody(folder):
        hook = tf.train.CheckpointSaverHook(folder, save_steps=1)
        return {"training_chief_hooks": [hook]}

    facts = {}
    for made in (given, scaffold, collection, nobody):
        folder = os.path.join(path, made.__name__, "saved")

        def fields(mode, w, loss, made=made, folder=folder):
            return made(folder)

        model = toys.halving(stack, fields)
        one = quiet(stack, os.path.join(path, made.__name__), model)
        one.train(toys.eights(stack), steps=6)
        facts[made.__name__] = observe.checkpoints(folder)
    return facts


def scenario_a_saver_in_evaluate(stack, path):
    tf = stack.tf
    one = quiet(stack, os.path.join(path, "model"), save_checkpoints_steps=9)
    one.train(toys.eights(stack), steps=2)
    folder = os.path.join(path, "saved")
    hook = tf.train.CheckpointSaverHook(folder, save_steps=1)
    one.evaluate(toys.eights(stack, 2), hooks=[hook])
    return observe.checkpoints(folder)


# StepCounterHook --------------------------------------------------------------


def rates(stack, folder):
    """Steps, and whether there is a rate, of each event of a counter."""
    tf = stack.tf
    flush(stack, folder)
    found = []
    for name in sorted(os.listdir(folder)):
        for event in tf.train.summary_iterator(os.path.join(folder, name)):
            for value in event.summary.value:
                found.append([event.step, value.tag, value.simple_value > 0])
    return found


def scenario_step_counter(stack, path):
    tf = stack.tf
    facts = {}
    one = quiet(stack, path)
    for name, arguments in {
        "3 steps": {"every_n_steps": 3},
        "default": {},
        "fraction": {"every_n_steps": 1.5},
        "each": {"every_n_steps": 1},
    }.items():
        folder = os.path.join(path, name, "events")
        with lines_of_hooks(stack) as lines:
            hook = tf.train.StepCounterHook(output_dir=folder, **arguments)
            for steps in (8, 3):
                one.train(toys.eights(stack), hooks=[hook], steps=steps)
        facts[name] = [lines, rates(stack, folder)]
    return facts


def scenario_step_counter_by_seconds(stack, path):
    """By a clock: the rates can be told."""
    tf = stack.tf
    facts = {}
    for name, arguments in {
        "seconds": {"every_n_steps": None, "every_n_secs": 3},
        "steps": {"every_n_steps": 2},
    }.items():
        one = quiet(stack, os.path.join(path, name))
        with clock(stack, 1.0, 1.0, 1.5, 0.25, 4.0, 7.0, 1.0) as passing:
            hook = tf.train.StepCounterHook(**arguments)
            facts[name] = exact_lines(
                stack,
                lambda one=one, hook=hook, passing=passing: one.train(
                    toys.eights(stack), hooks=[hook, passing], steps=9
                ),
            )
    return facts


def scenario_step_counter_of_a_step_that_stays(stack, path):
    """A train_op that does not advance the global step."""
    tf = stack.tf
    facts = {}
    for batches in (1, 2, 4):

        def fields(mode, w, loss):
            return {"train_op": tf.assign_add(w, 1.0)}

        model = toys.halving(stack, fields)
        one = quiet(stack, os.path.join(path, str(batches)), model)
        with lines_of_hooks(stack) as lines:
            hook = tf.train.StepCounterHook(every_n_steps=2)
            one.train(toys.eights(stack, batches), hooks=[hook])
        # Five times in a process, there.
        facts[batches] = sorted({line.split(".")[0] for line in lines})
    return facts


def scenario_step_counter_errors(stack, path):
    counter = stack.tf.train.StepCounterHook
    return [
        observe.outcome(lambda: counter(every_n_steps=None)),
        observe.outcome(lambda: counter(every_n_secs=1)),
    ]


# NanTensorHook ----------------------------------------------------------------


def watching(stack, watched, **arguments):
    """A model_fn with a NanTensorHook for what is made of the features."""
    tf = stack.tf

    def model_fn(features, labels, mode):
        step = tf.train.get_global_step()
        hook = tf.train.NanTensorHook(watched(features), **arguments)
        return stack.estimator.EstimatorSpec(
            mode,
            loss=tf.constant(0.0),
            train_op=tf.assign_add(step, 1),
            training_hooks=[hook],
        )

    return model_fn


def scenario_nan(stack, path):
    """At the first, a middle and the last step; infinity is none."""
    tf = stack.tf
    nan, inf = float("nan"), float("inf")
    facts = {}
    for fails in (True, False):
        for name, values in {
            "first": [nan, 1.0],
            "middle": [1.0, 2.0, nan, 3.0],
            "last": [1.0, nan],
            "infinity": [1.0, inf, 2.0],
            "never": [1.0, 2.0],
        }.items():
            seen = []
            model_fn = watching(stack, tf.reduce_sum, fail_on_nan_loss=fails)
            one = quiet(stack, os.path.join(path, f"{name} {fails}"), model_fn)
            with lines_of_hooks(stack) as lines:
                result = observe.outcome(
                    lambda one=one, values=values, seen=seen: (
                        one.train(
                            toys.batches(stack, *values),
                            hooks=[observe.steps_hook(stack, seen)],
                        )
                        is one
                    )
                )
            facts[f"{name} {fails}"] = [result, lines, seen]
    return facts


def scenario_nan_of_other_shapes(stack, path):
    """A loss of one element is a number as well."""
    tf = stack.tf
    facts = {}
    for name, watched in {
        "one element": lambda x: tf.reshape(x, [1]),
        "matrix of one": lambda x: tf.reshape(x, [1, 1]),
        "whole number": lambda x: tf.cast(x[0] > 0.0, tf.int32),
    }.items():
        facts[name] = []
        for values in ([1.0, 2.0], [1.0, float("nan")]):
            one = quiet(
                stack, os.path.join(path, name), watching(stack, watched)
            )
            call = toys.batches(stack, *values)
            facts[name].append(
                observe.outcome(
                    lambda one=one, call=call: one.train(call) is one
                )
            )
    return facts


# SummarySaverHook -------------------------------------------------------------


def summarized(stack, tag="twice"):
    """A hook factory of `model_fn`: summarizes the tensor of that name."""
    tf = stack.tf

    def make(**arguments):
        tensor = tf.get_default_graph().get_tensor_by_name(f"{tag}:0")
        summary = tf.summary.scalar("seen", tensor, collections=[])
        return tf.train.SummarySaverHook(summary_op=summary, **arguments)

    return make


def with_summaries(stack, folder, arguments):
    """A model_fn with a SummarySaverHook in train and in evaluate."""

    def fields(mode, w, loss):
        hook = summarized(stack)(output_dir=folder, **arguments)
        return {"training_hooks": [hook], "evaluation_hooks": [hook]}

    return named(stack, fields)


def scenario_summaries(stack, path):
    """By steps, in two calls of train and one of evaluate."""
    table = {
        "each": {"save_steps": 1},
        "2 steps": {"save_steps": 2},
        "3 steps": {"save_steps": 3},
        "seconds": {"save_secs": 1000},
    }
    folders = {name: os.path.join(path, "of", name) for name in table}

    def fields(mode, w, loss):
        hooks = [
            summarized(stack)(output_dir=folders[name], **arguments)
            for name, arguments in table.items()
        ]
        return {"training_hooks": hooks, "evaluation_hooks": hooks}

    one = quiet(stack, path, named(stack, fields), save_checkpoints_steps=99)
    one.train(toys.eights(stack), steps=5)
    one.train(toys.eights(stack, 3))
    one.evaluate(toys.eights(stack, 5))
    return {
        name: [observe.events(stack, folder), saved(stack, folder)[1]]
        for name, folder in folders.items()
    }


def scenario_summaries_by_seconds(stack, path):
    folder = os.path.join(path, "events")
    with clock(stack, 1.0, 1.0, 1.5, 0.25, 3.0, 7.0, 1.0) as passing:
        model = with_summaries(stack, folder, {"save_secs": 3})
        one = quiet(stack, path, model)
        one.train(toys.eights(stack), hooks=[passing], steps=9)
    return observe.events(stack, folder)


def scenario_summary_errors(stack, path):
    saver = stack.tf.train.SummarySaverHook
    return [
        observe.outcome(lambda: saver(save_steps=1)),
        observe.outcome(
            lambda: saver(save_steps=1, scaffold="s", summary_op="o")
        ),
        observe.outcome(lambda: saver(summary_op="o")),
        observe.outcome(
            lambda: saver(save_steps=1, save_secs=1, summary_op="o")
        ),
    ]


# SecondOrStepTimer ------------------------------------------------------------


def scenario_timer(stack, path):
    facts = {}
    for name, arguments in {
        "steps": {"every_steps": 3},
        "each": {"every_steps": 1},
        "zero": {"every_steps": 0},
        "seconds": {"every_secs": 2.0},
        "zero seconds": {"every_secs": 0},
        "neither": {},
        "both": {"every_secs": 1, "every_steps": 1},
    }.items():
        now = Clock()
        with mock.patch.object(time, "time", now):

            def follow(arguments=arguments, now=now):
                timer = stack.tf.train.SecondOrStepTimer(**arguments)
                seen = [timer.last_triggered_step()]
                for step in (5, 5, 6, 7, 8, 9, 20, 20, 3):
                    now.now += 0.75
                    if timer.should_trigger_for_step(step):
                        seen.append(
                            [step, *timer.update_last_triggered_step(step)]
                        )
                seen.append(timer.last_triggered_step())
                timer.reset()
                seen.append(timer.last_triggered_step())
                return seen

            facts[name] = observe.outcome(follow)
    return facts


# GlobalStepWaiterHook, FinalOpsHook, FeedFnHook -------------------------------


def scenario_global_step_waiter(stack, path):
    """Steps that have been reached: it lets go at once."""
    tf = stack.tf
    one = quiet(stack, path, save_checkpoints_steps=99)
    one.train(toys.eights(stack), steps=3)
    facts = {}
    for wait in (0, 3):
        hook = tf.train.GlobalStepWaiterHook(wait)
        with lines_of_hooks(stack, path) as lines:
            one.evaluate(toys.eights(stack, 2), hooks=[hook])
            one.evaluate(toys.eights(stack, 2), hooks=[hook])
        facts[wait] = lines
    return facts


def scenario_final_ops(stack, path):
    """Kinds of fetches, in train and evaluate, at the end of the input."""
    tf = stack.tf
    table = {
        "tensor": ("twice:0", None),
        "list": (["twice:0", "whole:0"], None),
        "dict": ({"t": "twice:0"}, None),
        "operation": ("twice", None),
        "nothing": (None, None),
        "fed": ("fed:0", {"fed:0": 7.0}),
        "empty feed": ("fed:0", {}),
    }
    facts = {}
    one = quiet(stack, path, save_checkpoints_steps=99)
    for name, (final_ops, feed_dict) in table.items():
        hook = tf.train.FinalOpsHook(final_ops, feed_dict)
        before = hook.final_ops_values
        one.train(toys.eights(stack), hooks=[hook], steps=2)
        trained = hook.final_ops_values
        one.evaluate(toys.eights(stack, 2), hooks=[hook])
        facts[name] = [before, trained, hook.final_ops_values]
    return facts


def scenario_final_ops_that_read_the_input(stack, path):
    tf = stack.tf
    base = toys.halving(stack)

    def model_fn(features, labels, mode):
        tf.reduce_sum(features, name="total")
        return base(features, labels, mode)

    one = quiet(stack, path, model_fn)
    facts = {}
    for name, count in (("ended", 2), ("more", None)):
        hook = tf.train.FinalOpsHook("total:0")
        with lines_of_hooks(stack) as lines:
            outcome = observe.outcome(
                lambda hook=hook, count=count: (
                    one.train(toys.eights(stack, count), [hook], steps=3) is one
                )
            )
        facts[name] = [
            outcome,
            [line.split(".")[0] for line in lines],
            hook.final_ops_values,
        ]
    return facts


def scenario_final_ops_after_an_error(stack, path):
    tf = stack.tf
    one = quiet(stack, path)
    hook = tf.train.FinalOpsHook("twice:0")
    hooks = [hook, observe.raising_hook(stack, 2)]
    outcome = observe.outcome(lambda: one.train(toys.eights(stack), hooks))
    return [outcome, hook.final_ops_values]


def scenario_feed_fn(stack, path):
    """It feeds at every step, also the one that finds the end of the input."""
    tf = stack.tf

    def model_fn(features, labels, mode):
        needed = tf.placeholder(tf.float32, [], name="needed")
        loss = needed * tf.reduce_sum(features)
        step = tf.train.get_global_step()
        tf.losses.add_loss(loss)
        return stack.estimator.EstimatorSpec(
            mode,
            loss=loss,
            train_op=tf.assign_add(step, 1),
            predictions=loss + tf.zeros([1]),
        )

    def feeder(values, calls):
        def feed():
            calls.append(len(calls))
            return {"needed:0": values[(len(calls) - 1) % len(values)]}

        return tf.train.FeedFnHook(feed)

    facts = {}
    one = quiet(stack, path, model_fn, save_checkpoints_steps=99)
    for name, call in {
        "train": lambda hooks: one.train(toys.eights(stack, 3), hooks),
        "evaluate": lambda hooks: one.evaluate(
            toys.eights(stack), hooks=hooks, steps=2
        ),
        "predict": lambda hooks: list(
            one.predict(toys.eights(stack, 2), hooks=hooks)
        ),
    }.items():
        losses, calls = [], []
        hooks = [feeder([1.0, 2.0, 4.0], calls)]
        if name != "predict":
            hooks.append(observe.losses_hook(stack, losses))
        result = call(hooks)
        facts[name] = [losses, len(calls)]
        if name == "predict":
            facts[name].append(result)
    facts["nothing to feed"] = observe.outcome(
        lambda: (
            one.train(toys.eights(stack, 1), [tf.train.FeedFnHook(dict)]) is one
        )
    )
    return facts


# ProfilerHook -----------------------------------------------------------------


def timelines(folder):
    """The steps of the timelines in a folder."""
    if not os.path.isdir(folder):
        return []
    matches = (
        re.fullmatch(r"timeline-(\d+)\.json", n) for n in os.listdir(folder)
    )
    return sorted(int(match[1]) for match in matches if match)


def profiler(stack, folder, **arguments):
    os.makedirs(folder, exist_ok=True)
    # The real one cannot be made in eager mode.
    with stack.tf.Graph().as_default():
        return stack.tf.train.ProfilerHook(output_dir=folder, **arguments)


def scenario_profiler(stack, path):
    """Which steps are traced, in two calls of train."""
    facts = {}
    for steps in (1, 3, 5):
        folder = os.path.join(path, str(steps), "traces")
        one = quiet(
            stack, os.path.join(path, str(steps)), save_checkpoints_steps=99
        )
        with lines_of_hooks(stack, folder) as lines:
            hook = profiler(stack, folder, save_steps=steps)
            one.train(toys.eights(stack), hooks=[hook], steps=7)
            one.train(toys.eights(stack, 7), hooks=[hook])
        wanted = [line for line in lines if "timeline" in line]
        facts[steps] = [timelines(folder), wanted]
    return facts


def scenario_profiler_by_seconds(stack, path):
    folder = os.path.join(path, "traces")
    one = quiet(stack, path)
    with clock(stack, 1.0, 1.0, 1.5, 0.25, 3.0, 7.0, 1.0) as passing:
        hook = profiler(stack, folder, save_secs=3)
        one.train(toys.eights(stack), hooks=[hook, passing], steps=9)
    return timelines(folder)


def scenario_profiler_errors(stack, path):
    return [
        observe.outcome(lambda: profiler(stack, path)),
        observe.outcome(
            lambda: profiler(stack, path, save_steps=1, save_secs=1)
        ),
    ]


# Several at once --------------------------------------------------------------


def scenario_several_hooks(stack, path):
    """In which order hooks say what they have to say."""
    tf = stack.tf
    seen = []

    def fields(mode, w, loss):
        return {
            "training_hooks": [
                tf.train.LoggingTensorHook(
                    {"of the spec": loss}, every_n_iter=3, at_end=True
                )
            ]
        }

    one = quiet(
        stack,
        path,
        named(stack, fields),
        save_checkpoints_steps=2,
        log_step_count_steps=2,
    )
    hooks = [
        tf.train.LoggingTensorHook({"first": "twice"}, every_n_iter=2),
        tf.train.LoggingTensorHook({"second": "twice"}, at_end=True),
        tf.train.StepCounterHook(every_n_steps=3),
        tf.train.StopAtStepHook(last_step=4),
        tf.train.FinalOpsHook("twice:0"),
    ]
    with lines_of_hooks(stack, path) as lines:
        one.train(
            toys.eights(stack),
            hooks=hooks,
            saving_listeners=[observe.listener(stack, seen)],
        )
    # Which side of the update the fetched step shows is chance, there.
    lines = [re.sub(r"step = \d+", "step = n", line) for line in lines]
    return [lines, seen, hooks[-1].final_ops_values]
