"""add_metrics: which metrics `evaluate` returns, and what metric_fn gets."""

import functools
import os

from tests.parity import observe
from tests.parity import toys

EXACT = True


def estimator(stack, path, name="model"):
    tf = stack.tf

    def fields(mode, w, loss):
        return {
            "eval_metric_ops": {
                "w": tf.metrics.mean(w),
                "one": tf.metrics.mean(1.0),
            }
        }

    one = stack.estimator.Estimator(
        toys.halving(stack, fields),
        os.path.join(path, name),
        stack.estimator.RunConfig(tf_random_seed=7),
    )
    return one.train(toys.eights(stack), steps=1)


def results(found):
    return [[name, float(value)] for name, value in found.items()]


def scenario_names(stack, path):
    """One more, and one of the same name; training does not see them."""
    tf = stack.tf
    calls = []

    def metric_fn(predictions, features):
        calls.append(sorted(predictions))
        return {
            "y": tf.metrics.mean(predictions["y"]),
            "one": tf.metrics.mean(2.0 * features),
        }

    one = estimator(stack, path)
    more = stack.estimator.add_metrics(one, metric_fn)
    facts = {
        "more": results(more.evaluate(toys.batches(stack, 1, 3))),
        "before": results(one.evaluate(toys.batches(stack, 1, 3))),
        "calls": list(calls),
    }
    more.train(toys.eights(stack), steps=1)
    list(more.predict(toys.batches(stack, 1)))
    facts["calls after"] = len(calls)
    facts["trained"] = results(more.evaluate(toys.batches(stack, 1)))
    twice = stack.estimator.add_metrics(
        more, lambda labels: {"two": tf.metrics.mean(2.0)}
    )
    facts["twice"] = results(twice.evaluate(toys.batches(stack, 1)))
    facts["model_dir"] = os.path.basename(more.model_dir)
    return facts


def scenario_arguments(stack, path):
    tf = stack.tf
    one = estimator(stack, path)
    seen = {}

    def everything(features, labels, predictions, config):
        seen["labels"] = str(labels)
        seen["seed"] = config.tf_random_seed
        seen["predictions"] = sorted(predictions)
        return {}

    class Callable:
        def __call__(self, predictions):
            return {"y": tf.metrics.mean(predictions["y"])}

    def bound(predictions, factor):
        return {"y": tf.metrics.mean(factor * predictions["y"])}

    def wrong(features, mode, other):
        return {}

    def evaluate(metric_fn):
        return observe.outcome(
            lambda: results(
                stack.estimator.add_metrics(one, metric_fn).evaluate(
                    toys.batches(stack, 3)
                )
            ),
            says=("metric_fn", "has following not expected args", "other"),
        )

    return {
        "everything": evaluate(everything),
        "seen": dict(seen),
        "nothing": evaluate(lambda: {"two": tf.metrics.mean(2.0)}),
        "callable": evaluate(Callable()),
        "partial": evaluate(functools.partial(bound, factor=2.0)),
        "wrong": evaluate(wrong),
        "reserved": evaluate(
            lambda: {"loss": tf.metrics.mean(2.0)},
        ),
    }
