"""InMemoryEvaluatorHook: when it evaluates, what, and what it writes."""

import os

from tests.parity import observe
from tests.parity import toys


def estimator(stack, path, fields=None, name="model"):
    config = stack.estimator.RunConfig(
        save_checkpoints_steps=1000,
        save_summary_steps=None,
        log_step_count_steps=None,
    )
    return stack.estimator.Estimator(
        toys.halving(stack, fields), os.path.join(path, name), config
    )


def evaluator(stack, one, *args, **kwargs):
    make = stack.estimator.experimental.InMemoryEvaluatorHook
    return make(one, *args, **kwargs)


def scenario_when(stack, path):
    """At the start, every n steps of the call, at its end, and anew."""
    facts = {}
    for every, steps in ((3, 7), (2, 4), (2.5, 3)):
        name = f"every {every} of {steps}"
        one = estimator(stack, path, name=name)
        hook = evaluator(stack, one, toys.eights(stack, 2), every_n_iter=every)
        one.train(toys.eights(stack), [hook], steps=steps)
        one.train(toys.eights(stack), [hook], steps=steps - 1)
        facts[name] = observe.events(stack, one.eval_dir())
    return facts


def scenario_what_is_written(stack, path):
    """Metrics, names, numbers of batches; no path of a checkpoint."""

    def fields(mode, w, loss):
        tf = stack.tf
        if mode != "eval":
            return {}
        metrics = {
            "mean_w": tf.metrics.mean(w),
            "sum": tf.metrics.mean_tensor(tf.stack([w, 2 * w])),
        }
        return {"eval_metric_ops": metrics}

    one = estimator(stack, path, fields)
    hooks = [
        evaluator(stack, one, toys.eights(stack, 2), every_n_iter=2),
        evaluator(
            stack,
            one,
            toys.batches(stack, 1, 2, 3, 4),
            steps=2,
            name="other",
            every_n_iter=3,
        ),
    ]
    one.train(toys.eights(stack), hooks, steps=4)
    return {
        "files": observe.files(one.model_dir),
        "eval": observe.events(stack, one.eval_dir()),
        "eval_other": observe.events(stack, one.eval_dir("other")),
    }


def scenario_hooks_of_the_evaluations(stack, path):
    """The user's and the spec's are called for each evaluation."""
    seen = []

    def fields(mode, w, loss):
        return {"evaluation_hooks": [observe.trace_hook(stack, seen, "spec")]}

    one = estimator(stack, path, fields)
    hook = evaluator(
        stack,
        one,
        toys.eights(stack),
        steps=1,
        hooks=[observe.trace_hook(stack, seen, "user")],
        every_n_iter=2,
    )
    trained = observe.trace_hook(stack, seen, "train")
    one.train(toys.eights(stack), [hook, trained], steps=3)
    return seen


def scenario_training_goes_on(stack, path):
    """Evaluation leaves the weights alone."""

    def fields(mode, w, loss):
        stack.tf.losses.add_loss(loss)
        return {}

    facts = {}
    for name in ("with", "without"):
        one, seen = estimator(stack, path, fields, name), []
        hooks = [observe.losses_hook(stack, seen)]
        if name == "with":
            evaluates = toys.batches(stack, 1)
            hooks.append(evaluator(stack, one, evaluates, every_n_iter=1))
        one.train(toys.eights(stack), hooks, steps=5)
        facts[name] = [seen, float(one.get_variable_value("w"))]
    return facts


def scenario_feeds_early_stopping(stack, path):
    one = estimator(stack, path)
    x = stack.estimator.experimental
    hooks = [
        evaluator(stack, one, toys.batches(stack, 6), every_n_iter=2),
        x.stop_if_no_decrease_hook(
            one, "loss", 4, run_every_secs=None, run_every_steps=1
        ),
    ]
    # w = 0, 6, 7.5, ...: the loss of a 6 is least at step 2.
    one.train(toys.eights(stack), hooks, steps=20)
    return [
        int(one.get_variable_value("global_step")),
        observe.events(stack, one.eval_dir()),
    ]


def scenario_variables_of_one_mode(stack, path):
    """What training does not have takes its initial value."""

    def fields(mode, w, loss):
        tf = stack.tf
        if mode == "train":
            tf.get_variable("of_train", initializer=1.0)
            return {}
        if mode == "eval":
            extra = tf.get_variable("of_eval", initializer=5.0)
            return {"eval_metric_ops": {"extra": tf.metrics.mean(extra + w)}}
        return {}

    one = estimator(stack, path, fields)
    hook = evaluator(stack, one, toys.eights(stack, 1), every_n_iter=2)
    one.train(toys.eights(stack), [hook], steps=2)
    return [observe.events(stack, one.eval_dir()), one.get_variable_names()]


def scenario_another_estimator(stack, path):
    """Evaluates what is trained, with another model_fn and folder."""

    def doubled(mode, w, loss):
        return {"loss": 2.0 * loss}

    one = estimator(stack, path)
    other = estimator(stack, path, doubled, "other")
    hook = evaluator(stack, other, toys.eights(stack, 1), every_n_iter=2)
    one.train(toys.eights(stack), [hook], steps=3)
    return [
        observe.files(one.model_dir),
        observe.events(stack, other.eval_dir()),
        other.latest_checkpoint(),
    ]


def scenario_arguments(stack, path):
    one = estimator(stack, path)

    def made(**kwargs):
        words = (
            "invalid every_n_iter",
            "Hooks must be a SessionRunHook",
            "Must specify steps > 0",
        )
        return observe.outcome(
            lambda: (
                evaluator(stack, one, toys.eights(stack), **kwargs) is not None
            ),
            words,
        )

    return {
        "by default": made(),
        "every 0": made(every_n_iter=0),
        "every -1": made(every_n_iter=-1),
        "every None": made(every_n_iter=None),
        "every '3'": made(every_n_iter="3"),
        "0 steps": made(steps=0),
        "-1 steps": made(steps=-1),
        "no hooks": made(hooks=["hook"]),
    }


def scenario_scaffolds(stack, path):
    """With a saver or an init_fn it says that it cannot."""
    facts = {}
    for name in ("saver", "init_fn"):

        def fields(mode, w, loss, name=name):
            if mode != "eval":
                return {}
            value = {
                "saver": lambda: stack.tf.train.Saver(),
                "init_fn": lambda: lambda scaffold, session: None,
            }[name]()
            scaffold = stack.tf.train.Scaffold(**{name: value})
            return {"scaffold": scaffold}

        one = estimator(stack, path, fields, name)
        hook = evaluator(stack, one, toys.eights(stack, 1))
        facts[name] = observe.outcome(
            lambda one=one, hook=hook: one.train(
                toys.eights(stack), [hook], steps=1
            ),
            (f"InMemoryEvaluator does not support custom {name}",),
        )
    return facts
