"""train: which steps run, which checkpoints are left, who is told what."""

import functools
import os
import pathlib
import re
import shutil

from tests.parity import observe
from tests.parity import toys


def estimator(stack, path, fields=None, **config):
    """A new Estimator of the toy model."""
    config = stack.estimator.RunConfig(model_dir=path, **config)
    return stack.estimator.Estimator(toys.halving(stack, fields), config=config)


def left(path):
    """What is left in model_dir: checkpoints, and what the state file says."""
    return [observe.checkpoints(path), observe.state(path)]


def scenario_which_checkpoints(stack, path):
    """One Estimator for each call of train, as one program run again."""
    table = {
        "default": ({}, [3]),
        "every 3": ({"save_checkpoints_steps": 3}, [10]),
        "aligned": ({"save_checkpoints_steps": 5}, [10]),
        "every step": ({"save_checkpoints_steps": 1}, [3]),
        "0 steps": ({"save_checkpoints_steps": 0}, [3]),
        "rotation goes on": ({"save_checkpoints_steps": 3}, [10, 4]),
        "keep None": (
            {"save_checkpoints_steps": 1, "keep_checkpoint_max": None},
            [3, 1],
        ),
        "keep 0": (
            {"save_checkpoints_steps": 1, "keep_checkpoint_max": 0},
            [3, 1],
        ),
        "keep 1": (
            {"save_checkpoints_steps": 2, "keep_checkpoint_max": 1},
            [3, 3],
        ),
        "every hour": ({"save_checkpoints_secs": 3600}, [3, 2]),
        "every 0 seconds": (
            {"save_checkpoints_secs": 0, "keep_checkpoint_max": 3},
            [4],
        ),
        "every few hours": (
            {
                "save_checkpoints_steps": 1,
                "keep_checkpoint_max": 2,
                "keep_checkpoint_every_n_hours": 1e-9,
            },
            [4],
        ),
        "no graph": ({"checkpoint_save_graph_def": False}, [2]),
    }
    facts = {}
    for name, (config, calls) in table.items():
        model_dir = os.path.join(path, name)
        facts[name] = []
        for steps in calls:
            estimator(stack, model_dir, **config).train(
                toys.eights(stack), steps=steps
            )
            facts[name].append(left(model_dir))
        facts[name].append(observe.files(model_dir))
    return facts


def scenario_one_estimator(stack, path):
    """The same object for all calls: it keeps what it built."""
    one = estimator(
        stack, path, save_checkpoints_steps=2, keep_checkpoint_max=3
    )
    facts = []
    for arguments in (
        {"steps": 3},
        {"steps": 2},
        {"max_steps": 6},
        {"max_steps": 6},
        {"max_steps": 4},
        {"steps": 1},
    ):
        returned = one.train(toys.eights(stack), **arguments)
        facts.append(
            [
                left(path),
                one.get_variable_value("w"),
                one.get_variable_value("global_step"),
                os.path.basename(one.latest_checkpoint()),
                returned is one,
            ]
        )
    return facts


def scenario_neither_steps_nor_secs(stack, path):
    """Without a save policy nothing is saved, and nobody can be told."""
    table = {
        "both None": {
            "save_checkpoints_steps": None,
            "save_checkpoints_secs": None,
        },
        "steps None": {"save_checkpoints_steps": None},
        "secs None": {"save_checkpoints_secs": None},
    }
    facts = {}
    for name, config in table.items():
        model_dir = os.path.join(path, name)
        seen = []
        one = estimator(stack, model_dir, **config)
        for _ in range(2):
            one.train(
                toys.eights(stack),
                steps=2,
                hooks=[observe.steps_hook(stack, seen)],
            )
        facts[name] = [seen, observe.files(model_dir)]
        facts[f"{name}, told"] = observe.outcome(
            lambda one=one: one.train(
                toys.eights(stack),
                steps=2,
                saving_listeners=[observe.listener(stack, [])],
            ),
            ["There should be a CheckpointSaverHook to use saving_listeners"],
        )
    return facts


def scenario_spent_max_steps(stack, path):
    """No hook is called, nothing is built or saved: only a line is logged."""
    one = estimator(stack, path)
    one.train(toys.eights(stack), max_steps=3)
    seen, told, calls = [], [], []

    def input_fn():
        calls.append("input_fn")
        return toys.eights(stack)()

    with observe.logged(stack) as lines:
        returned = [
            one.train(
                input_fn,
                max_steps=max_steps,
                hooks=[observe.steps_hook(stack, seen)],
                saving_listeners=[observe.listener(stack, told)],
            )
            is one
            for max_steps in (3, 2)
        ]
    return [returned, seen, told, calls, lines, left(path)]


def scenario_several_stops(stack, path):
    """The earliest wins; one that has passed lets one step run."""
    tf = stack.tf
    one = estimator(stack, path)
    seen = []
    stop_at = tf.train.StopAtStepHook

    def train(hooks, **arguments):
        before = len(seen)
        one.train(
            toys.eights(stack),
            hooks=[*hooks, observe.steps_hook(stack, seen)],
            **arguments,
        )
        return seen[before:]

    return {
        "last_step 3": train([stop_at(last_step=3)]),
        "passed": train([stop_at(last_step=3)]),
        "num_steps and steps": train([stop_at(num_steps=3)], steps=2),
        "num_steps and max_steps": train([stop_at(num_steps=2)], max_steps=20),
        "two hooks": train([stop_at(num_steps=3), stop_at(last_step=10)]),
        "left": left(path),
    }


def scenario_end_of_input(stack, path):
    """Training ends with the data, however many steps were asked for."""
    facts = {}
    for name, count, arguments in (
        ("fewer batches", 3, {"steps": 5}),
        ("as many batches", 3, {"steps": 3}),
        ("no limit", 2, {}),
        ("max_steps", 2, {"max_steps": 5}),
        ("no batch", 0, {"steps": 5}),
    ):
        model_dir = os.path.join(path, name)
        seen, told = [], []
        one = estimator(stack, model_dir)
        with observe.logged(stack) as lines:
            for _ in range(2):
                one.train(
                    toys.eights(stack, count),
                    hooks=[observe.steps_hook(stack, seen)],
                    saving_listeners=[observe.listener(stack, told)],
                    **arguments,
                )
        facts[name] = {
            "steps": seen,
            "left": left(model_dir),
            "told": told,
            "lines": [
                line for line in lines if line.startswith("Loss for final")
            ],
        }
    return facts


def scenario_no_global_step(stack, path):
    """A train_op that does not count: to the end of the data, only ckpt-0."""

    def fields(mode, w, loss):
        optimizer = stack.tf.train.GradientDescentOptimizer(0.5)
        return {"train_op": optimizer.minimize(loss)}

    facts = {}
    for name, arguments in (("no limit", {}), ("steps", {"steps": 2})):
        seen = []
        model_dir = os.path.join(path, name)
        one = estimator(stack, model_dir, fields, save_checkpoints_steps=2)
        one.train(
            toys.eights(stack, 4),
            hooks=[observe.steps_hook(stack, seen)],
            **arguments,
        )
        facts[name] = [seen, left(model_dir), one.get_variable_value("w")]
    return facts


def scenario_counting_by_two(stack, path):
    """A train_op that counts twice a step, as some GANs do."""
    tf = stack.tf

    def fields(mode, w, loss):
        step = tf.train.get_global_step()
        optimizer = tf.train.GradientDescentOptimizer(0.5)
        with tf.control_dependencies([tf.assign_add(step, 1)]):
            return {"train_op": optimizer.minimize(loss, step)}

    seen = []
    one = estimator(stack, path, fields, save_checkpoints_steps=3)
    for arguments in ({"max_steps": 5}, {"steps": 3}, {"max_steps": 10}):
        one.train(
            toys.eights(stack),
            hooks=[observe.steps_hook(stack, seen)],
            **arguments,
        )
    return [seen, left(path)]


def scenario_saving_listeners(stack, path):
    """Who is told, when, and which values there are then."""
    seen = []
    one = estimator(stack, path, save_checkpoints_steps=2)
    listeners = [
        observe.listener(stack, seen, "a"),
        observe.listener(stack, seen, "b"),
    ]
    for steps in (3, 1):
        seen.append(f"train {steps}")
        one.train(toys.eights(stack), steps=steps, saving_listeners=listeners)
    seen.append("the same twice")
    one.train(toys.eights(stack), steps=1, saving_listeners=[listeners[0]] * 2)
    return [seen, left(path)]


def scenario_a_listener_that_stops(stack, path):
    """`after_save` returning True ends training, but not before it begins."""
    facts = {}
    for stop_at in (0, 2, 4):
        model_dir = os.path.join(path, str(stop_at))
        told, seen = [], []
        estimator(stack, model_dir, save_checkpoints_steps=2).train(
            toys.eights(stack),
            steps=5,
            hooks=[observe.steps_hook(stack, seen)],
            saving_listeners=[
                observe.listener(stack, told, stop_at=stop_at),
                observe.listener(stack, told, "other"),
            ],
        )
        facts[str(stop_at)] = [seen, told, left(model_dir)]
    return facts


def scenario_a_saver_of_the_user(stack, path):
    """Replaces the default one, wherever it is given and points to."""
    tf = stack.tf
    facts = {}

    def saver(directory, listeners=None):
        return tf.train.CheckpointSaverHook(
            directory, save_steps=2, listeners=listeners
        )

    for place in ("hooks", "training_hooks", "training_chief_hooks"):
        for where in ("here", "elsewhere"):
            model_dir = os.path.join(path, place, where, "model")
            target = os.path.join(path, place, where, "target")
            directory = model_dir if where == "here" else target
            own, told = [], []
            hook = saver(directory, [observe.listener(stack, own, "own")])
            in_spec = {} if place == "hooks" else {place: [hook]}
            one = estimator(
                stack,
                model_dir,
                lambda mode, w, loss, in_spec=in_spec: in_spec,
                save_checkpoints_steps=1,
            )
            one.train(
                toys.eights(stack),
                steps=3,
                hooks=[hook] if place == "hooks" else [],
                saving_listeners=[observe.listener(stack, told, "told")],
            )
            facts[f"{place} {where}"] = {
                "model_dir": observe.files(model_dir),
                "target": observe.files(target),
                "listeners": [own, told],
            }
    model_dir = os.path.join(path, "two")
    target = os.path.join(path, "two", "target")
    told = []
    estimator(stack, model_dir).train(
        toys.eights(stack),
        steps=2,
        hooks=[saver(target), saver(model_dir)],
        saving_listeners=[observe.listener(stack, told)],
    )
    facts["two"] = [
        observe.checkpoints(model_dir),
        observe.checkpoints(target),
        told,
    ]
    return facts


def scenario_a_saver_in_the_scaffold(stack, path):
    """Its `max_to_keep` counts, not that of the RunConfig."""
    tf = stack.tf

    def fields(mode, w, loss):
        saver = tf.train.Saver(max_to_keep=2, save_relative_paths=True)
        return {"scaffold": tf.train.Scaffold(saver=saver)}

    one = estimator(
        stack, path, fields, save_checkpoints_steps=1, keep_checkpoint_max=4
    )
    facts = []
    for steps in (4, 2):
        one.train(toys.eights(stack), steps=steps)
        facts.append([left(path), one.get_variable_value("w")])
    return facts


def scenario_a_hook_that_raises(stack, path):
    """No `end`, no last checkpoint; the next call goes on from the newest."""
    tf = stack.tf

    class Ends(tf.train.SessionRunHook):
        def end(self, session):
            seen.append("end")

    class Raises(tf.train.SessionRunHook):
        def __init__(self, method):
            def stop(*_):
                raise ZeroDivisionError(method)

            setattr(self, method, stop)

    facts = {}
    for method in ("begin", "after_create_session", "before_run", "end"):
        model_dir = os.path.join(path, method)
        seen, told = [], []
        one = estimator(stack, model_dir, save_checkpoints_steps=2)
        facts[method] = [
            observe.outcome(
                lambda one=one, told=told, method=method: one.train(
                    toys.eights(stack),
                    steps=3,
                    hooks=[Ends(), Raises(method)],
                    saving_listeners=[observe.listener(stack, told)],
                ),
                [method],
            ),
            seen,
            told,
            left(model_dir),
        ]
    seen, told = [], []
    one = estimator(stack, path, save_checkpoints_steps=2)
    for _ in range(2):
        observe.outcome(
            lambda: one.train(
                toys.eights(stack),
                hooks=[
                    Ends(),
                    observe.steps_hook(stack, seen),
                    observe.raising_hook(stack, 3),
                ],
                saving_listeners=[observe.listener(stack, told)],
            )
        )
    facts["after_run, twice"] = [seen, told, left(path)]
    one.train(toys.eights(stack), steps=1)
    facts["then"] = [left(path), one.get_variable_value("w")]
    return facts


def scenario_nan(stack, path):
    """NaN at step 3 with a save at each step leaves 0, 1 and 2."""
    seen = []
    one = estimator(stack, path, save_checkpoints_steps=1)
    raised = observe.outcome(
        lambda: one.train(
            toys.batches(stack, 8, 8, float("nan"), 8),
            hooks=[observe.steps_hook(stack, seen)],
        ),
        ["NaN loss during training"],
    )
    return [raised, seen, left(path), one.get_variable_value("w")]


def scenario_variables(stack, path):
    """get_variable_names and get_variable_value, and how they refuse."""
    one = estimator(stack, os.path.join(path, "a"))
    missing = "Could not find trained model in model_dir"
    facts = {
        "untrained": [
            observe.outcome(one.get_variable_names, [missing]),
            observe.outcome(lambda: one.get_variable_value("w"), [missing]),
            one.latest_checkpoint(),
        ]
    }
    one.train(toys.eights(stack), steps=1)
    value = one.get_variable_value("w")
    facts["trained"] = [
        one.get_variable_names(),
        [value, value.dtype.name, list(value.shape)],
        one.get_variable_value("w:0"),
        one.get_variable_value("global_step").dtype.name,
    ]
    facts["unknown"] = [
        observe.outcome(
            functools.partial(one.get_variable_value, name), ["not found"]
        )
        for name in ("v", "w:1", "")
    ]
    moved = os.path.join(path, "b")
    shutil.move(os.path.join(path, "a"), moved)
    other = estimator(stack, moved)
    facts["moved"] = [
        os.path.relpath(other.latest_checkpoint(), path),
        other.get_variable_value("w"),
    ]
    other.train(toys.eights(stack), steps=1)
    facts["moved, trained"] = [left(moved), other.get_variable_value("w")]
    return facts


def scenario_wrong_arguments(stack, path):
    """Refused before anything happens: no folder is left behind."""
    tf = stack.tf
    both = "Can not provide both steps and max_steps"
    table = {
        "both": ({"steps": 1, "max_steps": 1}, [both]),
        "steps 0": ({"steps": 0}, ["Must specify steps > 0, given: 0"]),
        "steps -1": ({"steps": -1}, ["Must specify steps > 0, given: -1"]),
        "max_steps 0": (
            {"max_steps": 0},
            ["Must specify max_steps > 0, given: 0"],
        ),
        "max_steps -1": (
            {"max_steps": -1},
            ["Must specify max_steps > 0, given: -1"],
        ),
        "hooks": (
            {"hooks": ["x"]},
            ["must be a SessionRunHook, given: ", "x"],
        ),
        "hook class": (
            {"hooks": [tf.train.SessionRunHook]},
            ["must be a SessionRunHook, given: "],
        ),
        "listeners": (
            {"saving_listeners": ["x"]},
            ["saving_listeners must be a list of CheckpointSaverListener"],
        ),
    }
    facts = {}
    for name, (arguments, says) in table.items():
        model_dir = os.path.join(path, name)
        one = estimator(stack, model_dir)
        calls = []

        def input_fn(calls=calls):
            calls.append("input_fn")
            return toys.eights(stack)()

        facts[name] = [
            observe.outcome(
                lambda one=one, arguments=arguments, input_fn=input_fn: (
                    one.train(input_fn, **arguments)
                ),
                says,
            ),
            calls,
            os.path.exists(model_dir),
        ]
    return facts


def scenario_model_dir(stack, path):
    """Given as a path object, twice, or not at all."""
    Estimator = stack.estimator.Estimator
    RunConfig = stack.estimator.RunConfig
    model_fn = toys.halving(stack)
    facts = {}
    given = pathlib.Path(path) / "deep" / "model"
    one = Estimator(model_fn, given)
    facts["path object"] = [
        type(one.model_dir).__name__,
        one.model_dir == str(given),
        type(one.config.model_dir).__name__,
        os.path.exists(given),
        one.eval_dir() == os.path.join(str(given), "eval"),
        one.eval_dir("x") == os.path.join(str(given), "eval_x"),
    ]
    one.train(toys.eights(stack), steps=1)
    facts["path object, trained"] = left(str(given))
    with observe.logged(stack) as lines:
        none = Estimator(model_fn)
    facts["none"] = [
        os.path.isdir(none.model_dir),
        none.config.model_dir == none.model_dir,
        Estimator(model_fn).model_dir == none.model_dir,
        [
            line.split(":")[0]
            for line in lines
            if line.startswith(("Using temp", "Using default"))
        ],
    ]
    shutil.rmtree(none.model_dir)
    config = RunConfig(model_dir=path)
    facts["config"] = Estimator(model_fn, config=config).model_dir == path
    facts["same twice"] = Estimator(model_fn, path, config).model_dir == path
    facts["two"] = observe.outcome(
        lambda: Estimator(model_fn, "other", config),
        ["`model_dir` are set both in constructor and `RunConfig`"],
    )
    facts["unchanged"] = [
        config.model_dir == path,
        Estimator(model_fn, path, RunConfig()).config.model_dir == path,
    ]
    facts["config of another type"] = observe.outcome(
        lambda: Estimator(model_fn, path, {"model_dir": path}),
        ["config must be an instance of `RunConfig`"],
    )
    facts["empty"] = [
        os.path.isdir(Estimator(model_fn, "").model_dir),
        observe.outcome(
            lambda: Estimator(model_fn, "", config).model_dir == path,
            ["`model_dir` are set both in constructor and `RunConfig`"],
        ),
    ]
    return facts


def scenario_streaming_metrics(stack, path):
    """tf.metrics in TRAIN mode: never saved, from the start at each call."""
    tf = stack.tf
    values = []

    class Watch(tf.train.SessionRunHook):
        def after_run(self, run_context, run_values):
            total, count = run_context.session.run(tf.local_variables())
            values.append([float(total), float(count)])

    def fields(mode, w, loss):
        value, update = tf.metrics.mean(w)
        optimizer = tf.train.GradientDescentOptimizer(0.5)
        with tf.control_dependencies([update]):
            train_op = optimizer.minimize(loss, tf.train.get_global_step())
        return {
            "train_op": train_op,
            "eval_metric_ops": {"mean": (value, update)},
        }

    one = estimator(stack, path, fields)
    for steps in (3, 2):
        one.train(toys.eights(stack), steps=steps, hooks=[Watch()])
        values.append("end")
    return [values, one.get_variable_names()]


def scenario_changed_models(stack, path):
    """More variables in the file are fine; missing ones are not."""
    tf = stack.tf

    def fields(*names):
        def more(mode, w, loss):
            for name in names:
                tf.get_variable(name, [2])
            return {}

        return more

    estimator(stack, path, fields("a", "b")).train(toys.eights(stack), steps=1)
    facts = {}
    for name, names in (("fewer", ["a"]), ("missing", ["a", "c"])):
        one = estimator(stack, path, fields(*names))
        verbs = {
            "train": lambda one=one: one.train(toys.eights(stack), steps=1),
            "evaluate": lambda one=one: one.evaluate(toys.eights(stack, 1)),
            "predict": lambda one=one: list(one.predict(toys.eights(stack, 1))),
        }
        facts[name] = {}
        for verb, call in verbs.items():
            result = observe.outcome(call, ["Restoring from checkpoint", "c"])
            facts[name][verb] = "fine" if result is one else result
        facts[name]["left"] = observe.checkpoints(path)
        facts[name]["names"] = one.get_variable_names()
    return facts


def scenario_lines_in_the_log(stack, path):
    """What people look at, and what their scripts look for."""
    one = estimator(
        stack, path, save_checkpoints_steps=5, log_step_count_steps=2
    )

    def lines_of(call):
        with observe.logged(stack) as lines:
            call()
        rate = "global_step/sec"
        return [
            "rate"
            if rate in line
            else re.split(r" \(| at ", line)[0].replace(path, "M")
            for line in lines
            if line.startswith(
                (
                    "loss = ",
                    "Loss for final",
                    "Saving checkpoints",
                    "Calling checkpoint listeners",
                    "Restoring parameters",
                    "Finished eval",
                    "Evaluation [",
                    "Saving dict",
                    "Saving 'checkpoint_path'",
                    rate,
                )
            )
        ]

    facts = {
        "train": lines_of(lambda: one.train(toys.eights(stack), steps=5)),
        "again": lines_of(lambda: one.train(toys.eights(stack), steps=1)),
        "evaluate": lines_of(lambda: one.evaluate(toys.eights(stack), 3)),
        "predict": lines_of(lambda: list(one.predict(toys.eights(stack, 1)))),
    }
    quiet = estimator(stack, path, log_step_count_steps=None)
    facts["quiet"] = lines_of(lambda: quiet.train(toys.eights(stack), steps=1))
    return facts
