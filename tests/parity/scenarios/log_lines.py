"""What train, evaluate and predict write to the log at INFO, in order.

Times, paths and numbers that vary are replaced by words. Left out is what
differs on purpose: lines about the graph of a session, and about a model_fn
that is called at each call.
"""

import contextlib
import logging
import os
import re

from tests.parity import observe
from tests.parity import toys

_ONLY_THERE = ("Calling model_fn.", "Done calling model_fn.")
_ONLY_THERE += ("Graph was finalized.",)
_VARIES = (
    (r"\d{4}-\d\d-\d\d[T-]\d\d:\d\d:\d\d", "<time>"),
    (r"[-+]?\d+\.\d+(e[-+]?\d+)?", "<number>"),
    (r"global_step/sec: .*", "global_step/sec: <number>"),
    (r"<\S+ object at 0x\w+>", "<object>"),
    (r"Using config: .*", "Using config: <config>"),
)


@contextlib.contextmanager
def info(stack, path):
    """Collects the lines of severity INFO."""
    lines = []

    class Collect(logging.Handler):
        def emit(self, record):
            if record.levelno == logging.INFO:
                lines.append(normalised(record.getMessage(), path))

    logger, handler = stack.tf2.get_logger(), Collect()
    with observe.logged(stack):
        logger.addHandler(handler)
        yield lines
    lines[:] = [line for line in lines if line not in _ONLY_THERE]


def normalised(line, path):
    line = line.replace(path, "<path>")
    for pattern, word in _VARIES:
        line = re.sub(pattern, word, line, flags=re.DOTALL)
    return line


def estimator(stack, path, **config):
    config = stack.estimator.RunConfig(**config)
    return stack.estimator.Estimator(toys.halving(stack), path, config)


def scenario_a_new_estimator(stack, path):
    with info(stack, path) as lines:
        estimator(stack, path)
    return lines


def scenario_model_fn_is_called(stack, path):
    """Whatever else is logged: the two lines around it."""
    with observe.logged(stack) as lines:
        estimator(stack, path).train(toys.eights(stack), steps=1)
    return [line for line in lines if line in _ONLY_THERE[:2]]


def scenario_train(stack, path):
    one = estimator(
        stack, path, log_step_count_steps=2, save_checkpoints_steps=3
    )
    calls = {
        "first": {"steps": 5},
        "goes on": {"max_steps": 8},
        "nothing to do": {"max_steps": 8},
    }
    facts = {}
    for name, arguments in calls.items():
        with info(stack, path) as lines:
            one.train(toys.eights(stack), **arguments)
        facts[name] = lines
    with info(stack, path) as lines:
        one.train(toys.eights(stack, 2))
    facts["end of data"] = lines
    with info(stack, path) as lines:
        one.train(toys.eights(stack, 0))
    facts["no data"] = lines
    return facts


def scenario_train_without_steps_or_checkpoints(stack, path):
    one = estimator(
        stack, path, log_step_count_steps=None, save_checkpoints_steps=None
    )
    with info(stack, path) as lines:
        one.train(toys.eights(stack), steps=5)
    return lines


def scenario_a_listener_stops(stack, path):
    one = estimator(stack, path, save_checkpoints_steps=1)
    with info(stack, path) as lines:
        one.train(
            toys.eights(stack),
            steps=5,
            saving_listeners=[observe.listener(stack, [], stop_at=2)],
        )
    return lines


def scenario_an_error(stack, path):
    one = estimator(stack, path)
    hook = observe.raising_hook(stack, 2)
    with info(stack, path) as lines:
        result = observe.outcome(
            lambda: one.train(toys.eights(stack), hooks=[hook])
        )
    return [lines, result]


def scenario_evaluate(stack, path):
    one = estimator(stack, path)
    one.train(toys.eights(stack), steps=1)
    facts = {}
    for name, steps, batches in (
        ("3", 3, None),
        ("19", 19, None),
        ("25", 25, None),
        ("end of data", None, 2),
        ("end of data before steps", 5, 2),
        ("no data", None, 0),
    ):
        with info(stack, path) as lines:
            one.evaluate(toys.eights(stack, batches), steps=steps, name=name)
        facts[name] = lines
    return facts


def scenario_evaluate_in_train(stack, path):
    """Of a listener, in the middle of training."""
    one = estimator(stack, path, save_checkpoints_steps=2)

    class Evaluate(stack.tf.train.CheckpointSaverListener):
        def after_save(self, session, global_step_value):
            one.evaluate(toys.eights(stack), steps=1)

    with info(stack, path) as lines:
        one.train(toys.eights(stack), steps=3, saving_listeners=[Evaluate()])
    return lines


def scenario_untrained(stack, path):
    one = estimator(stack, path)
    with info(stack, path) as evaluating:
        one.evaluate(toys.eights(stack), steps=1)
    with info(stack, path) as predicting:
        next(one.predict(toys.eights(stack)))
    return [evaluating, predicting]


def scenario_predict(stack, path):
    one = estimator(stack, path)
    one.train(toys.eights(stack), steps=1)
    with info(stack, path) as lines:
        predictions = one.predict(toys.eights(stack, 2))
        lines.append("-- nothing before the first")
        for _ in predictions:
            lines.append("-- a prediction")
    return lines


def scenario_warm_start(stack, path):
    first = os.path.join(path, "first")
    estimator(stack, first).train(toys.eights(stack), steps=1)
    one = stack.estimator.Estimator(
        toys.halving(stack), os.path.join(path, "second"), warm_start_from=first
    )
    with info(stack, path) as lines:
        one.train(toys.eights(stack), steps=1)
    return lines


def scenario_logging_hooks(stack, path):
    """A formatter, values that are arrays, names, the end of a call."""
    tf = stack.tf

    def fields(mode, w, loss):
        return {
            "training_hooks": [
                tf.train.LoggingTensorHook(
                    {"b": tf.stack([w, -w], name="pair"), "a": loss},
                    every_n_iter=2,
                ),
                tf.train.LoggingTensorHook(
                    ["pair:0"],
                    every_n_iter=2,
                    formatter=lambda values: f"of {sorted(values)}",
                ),
                tf.train.LoggingTensorHook({"last": w}, at_end=True),
            ]
        }

    config = stack.estimator.RunConfig(log_step_count_steps=None)
    one = stack.estimator.Estimator(toys.halving(stack, fields), path, config)
    with info(stack, path) as lines:
        one.train(toys.eights(stack), steps=3)
    return [re.sub(r"-?\d+\. ?", "<digits>", line) for line in lines]
