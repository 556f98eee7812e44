"""Early stopping: when it looks, what it makes of evaluations, its signal."""

import contextlib
import os

from tests.parity import observe
from tests.parity import toys

STOP = "signal_early_stopping/STOP"


def estimator(stack, path, name="model", **settings):
    config = stack.estimator.RunConfig(
        save_checkpoints_steps=1000,
        save_summary_steps=None,
        log_step_count_steps=None,
        **settings,
    )
    folder = os.path.join(path, name)
    return stack.estimator.Estimator(toys.halving(stack), folder, config)


def step_of(one):
    return int(one.get_variable_value("global_step"))


def asks(stack, one, answers, calls, **when):
    """A hook that gets these answers, then False; and one that counts steps.

    The number of steps done is noted in `calls` whenever it is asked.
    """
    left, steps = list(answers), []

    def should_stop():
        calls.append(len(steps) + 1)
        return left.pop(0) if left else False

    hook = stack.estimator.experimental.make_early_stopping_hook(
        one, should_stop, **when
    )
    return [hook, observe.steps_hook(stack, steps)]


def scenario_looks_by_steps(stack, path):
    """After how many steps of a call it asks, and where it stops."""
    facts = {}
    for every in (0, 2, 3):
        one, calls = estimator(stack, path, f"every{every}"), []
        when = {"run_every_secs": None, "run_every_steps": every}
        hooks = asks(stack, one, [], calls, **when)
        one.train(toys.eights(stack), hooks, steps=7)
        calls.append("again")
        one.train(toys.eights(stack), hooks, steps=4)
        calls.append("third time yes")
        hooks = asks(stack, one, [0, [], "yes"], calls, **when)
        one.train(toys.eights(stack), hooks, max_steps=30)
        facts[str(every)] = [
            calls,
            step_of(one),
            observe.checkpoints(one.model_dir),
            bool(one.get_variable_value(STOP)),
        ]
    return facts


def scenario_looks_by_seconds(stack, path):
    facts = {}
    for every in (0, 1000):
        one, calls = estimator(stack, path, f"every{every}"), []
        hooks = asks(stack, one, [], calls, run_every_secs=every)
        one.train(toys.eights(stack), hooks, steps=4)
        calls.append("again")
        one.train(toys.eights(stack), hooks, steps=2)
        facts[str(every)] = calls
    one, calls = estimator(stack, path), []
    hooks = asks(stack, one, [True], calls)
    one.train(toys.eights(stack), hooks, steps=4)
    facts["by default"] = [calls, step_of(one)]
    return facts


def scenario_what_is_saved(stack, path):
    """The variable, in checkpoints with and without the hook."""
    one, calls = estimator(stack, path), []
    facts = []

    def note():
        newest = one.latest_checkpoint()
        names = one.get_variable_names()
        value = bool(one.get_variable_value(STOP)) if STOP in names else None
        facts.append([os.path.basename(newest), names, value])

    stop = {"run_every_secs": None, "run_every_steps": 2}
    one.train(toys.eights(stack), asks(stack, one, [], calls, **stop), steps=2)
    note()
    yes = [False, True]
    one.train(toys.eights(stack), asks(stack, one, yes, calls, **stop))
    note()
    one.train(toys.eights(stack), asks(stack, one, [True], calls, **stop))
    note()
    one.train(toys.eights(stack), asks(stack, one, [True], calls, **stop))
    note()
    one.evaluate(toys.eights(stack, 1))
    return facts, calls


def scenario_other_hooks_at_the_stop(stack, path):
    """The step at which it stops is a step like others; `end` is called."""
    one, seen = estimator(stack, path), []
    hooks = [
        observe.trace_hook(stack, seen, "before"),
        *asks(
            stack,
            one,
            [False, True],
            [],
            run_every_secs=None,
            run_every_steps=1,
        ),
        observe.trace_hook(stack, seen, "after"),
    ]
    listener = observe.listener(stack, seen)
    one.train(toys.eights(stack), hooks, saving_listeners=[listener])
    return seen


def scenario_arguments(stack, path):
    one = estimator(stack, path)
    make = stack.estimator.experimental.make_early_stopping_hook
    lower = stack.estimator.experimental.stop_if_lower_hook

    def made(function, *args, **kwargs):
        words = (
            "Only one of `run_every_secs` and `run_every_steps` must be set.",
            "`should_stop_fn` must be callable.",
            "`estimator` must have type",
            "should be provided",
        )
        return observe.outcome(
            lambda: function(*args, **kwargs) is not None, words
        )

    def no():
        return False

    return {
        "by default": made(make, one, no),
        "steps alone": made(make, one, no, None, 5),
        "both": made(make, one, no, 60, 5),
        "steps, and the default": made(make, one, no, run_every_steps=5),
        "none": made(make, one, no, None),
        "no estimator": made(make, "model", no),
        "no function": made(make, one, True),
        "metric, both": made(lower, one, "loss", 1.0, None, 0, 60, 5),
        "metric, none": made(lower, one, "loss", 1.0, None, 0, None),
        "metric, no estimator": made(lower, None, "loss", 1.0, "eval"),
    }


# What it makes of evaluations ------------------------------------------------


@contextlib.contextmanager
def writing(stack, folder):
    """Yields a function of (step, metrics) that writes an event file."""
    with stack.tf2.Graph().as_default():
        writer = stack.tf.summary.FileWriter(folder)

    def write(step, metrics):
        summary = stack.tf.Summary()
        for tag, value in metrics.items():
            summary.value.add(tag=tag, simple_value=value)
        writer.add_summary(summary, step)

    yield write
    writer.close()


class Session:
    """Enough of one for a hook that looks once: everything is 1."""

    def run(self, fetches, feed_dict=None):
        return 1


class Context:
    """Enough of one for a hook that looks once."""

    def __init__(self):
        self.session = Session()
        self.stops = False

    def request_stop(self):
        self.stops = True


class Judge:
    """Says what hooks make of evaluations: each looks once."""

    def __init__(self, stack, path):
        self.stack = stack
        self.path = path
        self.one = estimator(stack, path)
        self.folders = 0

    def folder(self, *evaluations):
        """Returns a folder with evaluations (step, loss or metrics)."""
        self.folders += 1
        folder = os.path.join(self.path, f"eval{self.folders}")
        with writing(self.stack, folder) as write:
            for step, metrics in evaluations:
                if not isinstance(metrics, dict):
                    metrics = {"loss": metrics}
                write(step, metrics)
        return folder

    def judge(self, kind, limit, folder, metric="loss", **more):
        """Returns whether it stops, and what it logs; or what it raises.

        Args:
            kind: The end of the function's name.
            limit: Threshold, or number of steps.
            folder: Has the evaluations.
            metric: Which metric.
            more: Other arguments.
        """
        make = getattr(self.stack.estimator.experimental, f"stop_if_{kind}")
        hook = make(self.one, metric, limit, folder, **more)
        context = Context()

        def look():
            hook.after_create_session(context.session, None)
            hook.before_run(context)
            values = self.stack.tf.train.SessionRunValues(1, None, None)
            with observe.logged(self.stack) as lines:
                hook.after_run(context, values)
            said = [line for line in lines if "for early stopping" in line]
            return [context.stops, *said]

        with self.stack.tf2.Graph().as_default():
            self.stack.tf.train.create_global_step()
            hook.begin()
            return observe.outcome(look)


def scenario_thresholds(stack, path):
    judge = Judge(stack, path)
    rising = judge.folder((0, 1.0), (10, 2.0), (20, 4.0))
    falling = judge.folder((0, 4.0), (10, 2.0), (20, 1.0))
    facts = {}
    for limit in (0.5, 1, 4.0, 5):
        for name, folder in (("rising", rising), ("falling", falling)):
            for kind in ("higher_hook", "lower_hook"):
                key = f"{kind} {limit} {name}"
                facts[key] = judge.judge(kind, limit, folder)
    return facts


def scenario_min_steps(stack, path):
    judge = Judge(stack, path)
    folder = judge.folder((0, 4.0), (10, 2.0), (20, 3.0), (30, 3.0))
    facts = {}
    for steps in (0, 10, 11, 31):
        facts[f"higher, from {steps}"] = judge.judge(
            "higher_hook", 3.5, folder, min_steps=steps
        )
        facts[f"lower, from {steps}"] = judge.judge(
            "lower_hook", 2.5, folder, min_steps=steps
        )
        facts[f"no decrease in 20, from {steps}"] = judge.judge(
            "no_decrease_hook", 20, folder, min_steps=steps
        )
        facts[f"no increase in 20, from {steps}"] = judge.judge(
            "no_increase_hook", 20, folder, min_steps=steps
        )
    return facts


def scenario_no_improvement(stack, path):
    judge = Judge(stack, path)
    series = {
        "one": [(0, 1.0)],
        "equal": [(0, 1.0), (10, 1.0), (20, 1.0)],
        "down": [(0, 3.0), (10, 2.0), (20, 1.0)],
        "up": [(0, 1.0), (10, 2.0), (20, 3.0)],
        "down and up": [(0, 3.0), (10, 1.0), (20, 2.0), (30, 3.0)],
        "recovers": [(0, 1.0), (10, 2.0), (20, 3.0), (30, 0.5)],
        "uneven": [(3, 1.0), (5, 1.0), (24, 2.0)],
    }
    facts = {}
    for name, evaluations in series.items():
        folder = judge.folder(*evaluations)
        for limit in (0, 19, 20, 21):
            for kind in ("no_decrease_hook", "no_increase_hook"):
                key = f"{kind} {limit} {name}"
                facts[key] = judge.judge(kind, limit, folder)
    return facts


def scenario_evaluations_as_they_are_found(stack, path):
    """Several at one step, several metrics, several files, none at all."""
    judge = Judge(stack, path)
    folder = judge.folder
    # Of one step, the last counts.
    twice = folder((0, 1.0), (0, 5.0))
    back = folder((20, 5.0), (0, 1.0))
    parts = folder((0, {"loss": 1.0}), (0, {"mae": 7.0}))
    several = folder((0, {"loss": 1.0, "mae": 5.0}))
    lacking = folder((0, {"mae": 1.0}))
    infinite = folder((0, float("inf")))
    no_number = folder((0, float("nan")), (10, float("nan")))
    other = os.path.join(path, "other_files")
    os.makedirs(other)
    with open(os.path.join(other, "events"), "w") as file:
        file.write("nothing")
    return {
        "twice, above 4": judge.judge("higher_hook", 4, twice),
        "twice, below 2": judge.judge("lower_hook", 2, twice),
        "not in order": judge.judge("no_decrease_hook", 20, back),
        "not in order, increase": judge.judge("no_increase_hook", 20, back),
        "in two parts": judge.judge("higher_hook", 6, parts, "mae"),
        "other metric": judge.judge("higher_hook", 4, several, "mae"),
        "metric is absent": judge.judge("higher_hook", 4, lacking),
        "absent, too early": judge.judge(
            "higher_hook", 4, lacking, min_steps=1
        ),
        "no decrease, absent": judge.judge("no_decrease_hook", 4, lacking),
        "infinite": judge.judge("higher_hook", 4, infinite),
        "no number, above": judge.judge("higher_hook", 4, no_number),
        "no number, below": judge.judge("lower_hook", 4, no_number),
        "no number, stands": judge.judge("no_increase_hook", 10, no_number),
        "none": judge.judge("lower_hook", 9, folder()),
        "no such folder": judge.judge("lower_hook", 9, f"{path}/none"),
        "other files": judge.judge("lower_hook", 9, other),
    }


def scenario_where_it_looks(stack, path):
    """By default in `eval`: evaluations with names are elsewhere."""
    one = estimator(stack, path)
    make = stack.estimator.experimental.stop_if_higher_hook
    one.train(toys.eights(stack), [make(one, "loss", -1)], steps=2)
    found = []

    def steps(**more):
        before = step_of(one)
        one.train(toys.eights(stack), [make(one, "loss", -1, **more)], steps=3)
        return step_of(one) - before

    found.append(steps())
    one.evaluate(toys.eights(stack, 1), name="named")
    found.append(steps())
    found.append(steps(eval_dir=one.eval_dir("named")))
    one.evaluate(toys.eights(stack, 1))
    found.append(steps())
    return found


def scenario_evaluation_in_a_listener(stack, path):
    """The way of train_and_evaluate: evaluation inside of the save."""
    facts = {}
    for kind, limit in (
        ("lower_hook", 0.1),
        ("no_increase_hook", 2),
        ("no_increase_hook", 5),
    ):
        name = f"{kind} {limit}"
        config = stack.estimator.RunConfig(
            save_checkpoints_steps=2,
            save_summary_steps=None,
            log_step_count_steps=None,
        )
        one = stack.estimator.Estimator(
            toys.halving(stack), os.path.join(path, name), config
        )

        class Evaluate(stack.tf.train.CheckpointSaverListener):
            def after_save(self, session, global_step_value, one=one):
                one.evaluate(toys.eights(stack, 1))

        make = getattr(stack.estimator.experimental, f"stop_if_{kind}")
        hook = make(one, "loss", limit, run_every_secs=None, run_every_steps=1)
        one.train(
            toys.eights(stack),
            [hook],
            steps=12,
            saving_listeners=[Evaluate()],
        )
        losses = [
            row[:2] + row[3:]
            for row in observe.events(stack, one.eval_dir())
            if row[1] == "loss"
        ]
        facts[name] = [step_of(one), losses]
    return facts


def scenario_stop_at_checkpoint_step(stack, path):
    """On the chief it is a hook that stops at a step."""
    one = estimator(stack, path)
    make = stack.estimator.experimental.make_stop_at_checkpoint_step_hook
    found = []
    for last_step in (3, 5, 4):
        hook = make(one, last_step)
        found.append(isinstance(hook, stack.tf.train.StopAtStepHook))
        one.train(toys.eights(stack), [hook])
        found.append(step_of(one))
    found.append(observe.outcome(lambda: make(one, None), ()))
    return found
