"""evaluate: results, events, checkpoints, and what it leaves alone."""

import os

import numpy as np

from tests.parity import observe
from tests.parity import toys


def described(results):
    """The results in order: [name, whether it is an array, dtype, value]."""
    return [
        [
            name,
            isinstance(value, np.ndarray),
            value.dtype.name if hasattr(value, "dtype") else None,
            value.tolist() if hasattr(value, "tolist") else value,
        ]
        for name, value in results.items()
    ]


def labelled(stack, rows, batch_size):
    """An input_fn: features 0, 1, 2, ..., and labels that alternate."""

    def input_fn():
        values = np.arange(rows, dtype=np.float32)
        dataset = stack.tf2.data.Dataset.from_tensor_slices(
            (values, (values % 2).astype(np.int64))
        )
        return dataset.batch(batch_size)

    return input_fn


def after(stack, loss, *variables):
    """Returns a train_op: adds one to the global step, and to variables.

    It waits for the loss. One that did not depend on the input would run once
    more in the real one, beside the reading that finds the end of the data.
    """
    tf = stack.tf
    with tf.control_dependencies([loss]):
        step = tf.assign_add(tf.train.get_global_step(), 1)
        return tf.group(step, *(tf.assign_add(v, 1.0) for v in variables))


def metric_model(stack, metrics):
    """A model_fn whose loss is the mean feature; with `metrics`."""
    tf = stack.tf

    def model_fn(features, labels, mode):
        w = tf.get_variable("w", [], initializer=tf.ones_initializer())
        loss = tf.reduce_mean(w * features)
        return stack.estimator.EstimatorSpec(
            mode,
            loss=loss,
            train_op=after(stack, loss, w),
            eval_metric_ops=metrics(features, labels),
        )

    return model_fn


def scenario_results(stack, path):
    """Order, types and values for several kinds of metrics."""
    tf = stack.tf

    def metrics(features, labels):
        odd = tf.cast(labels, tf.bool)
        ones = tf.ones_like(features)
        last = tf.get_variable(
            "last", [], collections=["local_variables"], trainable=False
        )
        return {
            "z_mean": tf.metrics.mean(features),
            "a_accuracy": tf.metrics.accuracy(labels, tf.ones_like(labels)),
            "vector": tf.metrics.mean_tensor(tf.reshape(features[:2], [2])),
            "matrix": tf.metrics.mean_tensor(tf.reshape(features[:2], [1, 2])),
            "auc": tf.metrics.auc(odd, ones * 0.75),
            "int": (tf.constant(3), tf.no_op()),
            "int64": (tf.constant(4, tf.int64), tf.no_op()),
            "double": (tf.constant(0.1, tf.float64), tf.no_op()),
            "bool": (tf.constant(True), tf.no_op()),
            "text": (tf.constant("abc"), tf.no_op()),
            "texts": (tf.constant(["a", "b"]), tf.no_op()),
            "own": (last.read_value(), tf.assign(last, features[-1])),
            "group/inner": tf.metrics.mean(features, name="group"),
            "no number": (tf.constant(float("nan")), tf.no_op()),
        }

    one = stack.estimator.Estimator(metric_model(stack, metrics), path)
    results = one.evaluate(labelled(stack, 10, 4))
    texts = {k: results.pop(k) for k in ("text", "texts")}
    return {
        "results": described(results),
        "texts": [type(texts["text"]).__name__, texts["text"], texts["texts"]],
        "events": observe.events(stack, one.eval_dir()),
    }


def scenario_mean_of_batches(stack, path):
    """The loss is the mean over batches, not over examples."""
    facts = {}
    one = stack.estimator.Estimator(
        metric_model(stack, lambda *_: {"mean": stack.tf.metrics.mean(_[0])}),
        path,
    )
    for rows, batch_size in ((10, 4), (10, 10), (10, 7), (1, 4), (0, 4)):
        results = one.evaluate(labelled(stack, rows, batch_size))
        facts[f"{rows} by {batch_size}"] = described(results)
    for steps in (1, 2, 9):
        results = one.evaluate(labelled(stack, 10, 4), steps=steps)
        facts[f"{steps} steps"] = described(results)
    facts["files"] = observe.files(one.eval_dir())
    return facts


def scenario_without_metrics(stack, path):
    one = stack.estimator.Estimator(metric_model(stack, lambda *_: None), path)
    return described(one.evaluate(labelled(stack, 4, 2)))


def scenario_wrong_arguments(stack, path):
    one = stack.estimator.Estimator(
        metric_model(stack, lambda *_: {}), os.path.join(path, "model")
    )
    input_fn = labelled(stack, 4, 2)
    facts = {}
    for steps in (0, -1):
        facts[f"steps {steps}"] = observe.outcome(
            lambda steps=steps: one.evaluate(input_fn, steps=steps),
            [f"Must specify steps > 0, given: {steps}"],
        )
    facts["hooks"] = observe.outcome(
        lambda: one.evaluate(input_fn, hooks=["x"]),
        ["must be a SessionRunHook, given: "],
    )
    facts["left"] = os.path.exists(one.model_dir)
    return facts


def scenario_reserved_names(stack, path):
    facts = {}
    for name in ("loss", "global_step"):
        one = stack.estimator.Estimator(
            metric_model(
                stack,
                lambda features, labels, name=name: {
                    name: stack.tf.metrics.mean(features)
                },
            ),
            os.path.join(path, name),
        )
        facts[name] = observe.outcome(
            lambda one=one: one.evaluate(labelled(stack, 4, 2)),
            [name, "is not allowed, because Estimator already defines"],
        )
        facts[f"{name} in train"] = observe.outcome(
            lambda one=one: one.train(labelled(stack, 4, 2)) is one
        )
    return facts


def scenario_event_files(stack, path):
    """Tag by tag: repeated, named, of old checkpoints, without checkpoint."""
    tf = stack.tf

    def metrics(features, labels):
        tf.summary.scalar("of_the_user", tf.reduce_mean(features))
        return {"mean": tf.metrics.mean(features)}

    config = stack.estimator.RunConfig(model_dir=path, save_checkpoints_steps=2)
    one = stack.estimator.Estimator(metric_model(stack, metrics), config=config)
    input_fn = labelled(stack, 4, 2)
    facts = {"untrained": described(one.evaluate(input_fn, name="none"))}
    one.train(labelled(stack, 8, 2))
    for name in (None, "", "other", "with space"):
        for _ in range(2):
            one.evaluate(input_fn, name=name)
    old = os.path.join(path, "model.ckpt-2")
    facts["old"] = described(one.evaluate(input_fn, checkpoint_path=old))
    facts["newest again"] = described(one.evaluate(input_fn))
    another = stack.estimator.Estimator(
        metric_model(stack, metrics), config=config
    )
    another.evaluate(input_fn)
    facts["events"] = {
        name: [observe.files(folder), observe.events(stack, folder)]
        for name, folder in (
            (folder, os.path.join(path, folder))
            for folder in sorted(os.listdir(path))
            if folder.startswith("eval")
        )
    }
    return facts


def scenario_summaries_of_the_user(stack, path):
    """The recipe with a SummarySaverHook: a value a batch, at one step."""
    tf = stack.tf

    def model_fn(features, labels, mode):
        loss = tf.reduce_mean(features)
        tf.summary.scalar("of_the_user", loss)
        hook = tf.train.SummarySaverHook(
            save_steps=1,
            output_dir=os.path.join(path, "eval"),
            summary_op=tf.summary.merge_all(),
        )
        return stack.estimator.EstimatorSpec(
            mode,
            loss=loss,
            train_op=after(stack, loss),
            evaluation_hooks=[hook],
        )

    one = stack.estimator.Estimator(model_fn, path)
    one.train(labelled(stack, 4, 2), steps=2)
    one.evaluate(labelled(stack, 6, 2))
    return [observe.events(stack, one.eval_dir()), observe.files(path)]


def scenario_checkpoint_paths(stack, path):
    """Old ones, ones from elsewhere, and paths that are none."""
    config = stack.estimator.RunConfig(
        model_dir=os.path.join(path, "a"), save_checkpoints_steps=1
    )
    one = stack.estimator.Estimator(toys.halving(stack), config=config)
    one.train(toys.eights(stack), steps=3)
    other = stack.estimator.Estimator(
        toys.halving(stack), os.path.join(path, "b")
    )
    facts = {}
    for estimator, step in ((one, 1), (one, 3), (one, 0), (other, 2)):
        given = os.path.join(path, "a", f"model.ckpt-{step}")
        results = estimator.evaluate(
            toys.eights(stack, 1), checkpoint_path=given
        )
        facts[f"{'one' if estimator is one else 'other'} {step}"] = described(
            results
        )
    facts["newest"] = described(one.evaluate(toys.eights(stack, 1)))
    facts["none"] = described(other.evaluate(toys.eights(stack, 1)))
    facts["other's files"] = observe.files(os.path.join(path, "b"))
    for name in ("a/model.ckpt-9", "a/other", "c/model"):
        facts[f"bad {name}"] = [
            observe.outcome(
                lambda name=name: one.evaluate(
                    toys.eights(stack, 1),
                    checkpoint_path=os.path.join(path, name),
                )
            ),
            observe.checkpoints(one.model_dir),
        ]
    facts["empty"] = described(
        one.evaluate(toys.eights(stack, 1), checkpoint_path="")
    )
    one.train(toys.eights(stack), steps=1)
    facts["trained on"] = one.get_variable_value("w")
    return facts


def scenario_leaves_training_alone(stack, path):
    """A model_fn that changes variables in EVAL mode changes only copies."""
    tf = stack.tf

    def model_fn(features, labels, mode):
        w = tf.get_variable("w", [], initializer=tf.ones_initializer())
        loss = tf.reduce_mean(w * features)
        change = after(stack, loss, w)
        return stack.estimator.EstimatorSpec(
            mode,
            loss=loss,
            train_op=change,
            eval_metric_ops={"changed": (w.read_value(), change)},
        )

    one = stack.estimator.Estimator(model_fn, path)
    facts = []
    for _ in range(2):
        one.train(labelled(stack, 2, 2))
        facts.append(described(one.evaluate(labelled(stack, 6, 2))))
        facts.append(
            [
                one.get_variable_value("w"),
                one.get_variable_value("global_step"),
                observe.checkpoints(path),
            ]
        )
    return facts


def scenario_during_training(stack, path):
    """A saving listener that evaluates the checkpoint just written."""
    tf = stack.tf
    seen, losses = [], []
    config = stack.estimator.RunConfig(model_dir=path, save_checkpoints_steps=2)
    one = stack.estimator.Estimator(toys.halving(stack), config=config)

    class Evaluate(tf.train.CheckpointSaverListener):
        def after_save(self, session, global_step_value):
            found = one.evaluate(toys.eights(stack, 2), name="during")
            old = one.evaluate(
                toys.eights(stack, 1),
                checkpoint_path=os.path.join(path, "model.ckpt-0"),
            )
            predicted = list(one.predict(toys.eights(stack, 1)))
            seen.append(
                [
                    int(global_step_value),
                    described(found),
                    described(old),
                    float(predicted[0]["y"]),
                ]
            )

    one.train(
        toys.eights(stack),
        steps=5,
        hooks=[observe.losses_hook(stack, losses)],
        saving_listeners=[Evaluate()],
    )
    return [seen, losses, one.get_variable_value("w")]


def scenario_modes_of_variables(stack, path):
    """Variables of one mode alone: EVAL needs what TRAIN saved, not more."""
    tf = stack.tf

    def model_fn(features, labels, mode, params):
        w = tf.get_variable("w", [], initializer=tf.ones_initializer())
        if mode == params["also_in"]:
            tf.get_variable("only", [], initializer=tf.ones_initializer())
        loss = w * tf.reduce_mean(features)
        return stack.estimator.EstimatorSpec(
            mode, loss=loss, train_op=after(stack, loss)
        )

    facts = {}
    for mode in ("train", "eval"):
        one = stack.estimator.Estimator(
            model_fn, os.path.join(path, mode), params={"also_in": mode}
        )
        one.train(labelled(stack, 2, 2))
        facts[mode] = [
            one.get_variable_names(),
            observe.outcome(
                lambda one=one: described(one.evaluate(labelled(stack, 2, 2))),
                ["only", "Restoring from checkpoint failed"],
            ),
        ]
    return facts


def scenario_scaffolds(stack, path):
    """Own ops for local variables, a partial saver, an init_fn."""
    tf = stack.tf
    facts = {}
    calls = []

    def own_local_init(v):
        return tf.train.Scaffold(
            local_init_op=tf.group(
                tf.local_variables_initializer(), tf.tables_initializer()
            )
        )

    def partial_saver(v):
        return tf.train.Scaffold(
            saver=tf.train.Saver([v, tf.train.get_global_step()])
        )

    def init_fn(v):
        def note(scaffold, session):
            calls.append(session.run(v))

        return tf.train.Scaffold(init_fn=note)

    def model(make):
        def model_fn(features, labels, mode):
            v = tf.get_variable("v", [], initializer=tf.ones_initializer())
            w = tf.get_variable("w", [], initializer=tf.ones_initializer())
            loss = v * w * tf.reduce_mean(features)
            return stack.estimator.EstimatorSpec(
                mode,
                loss=loss,
                train_op=after(stack, loss),
                eval_metric_ops={"mean": tf.metrics.mean(features)},
                scaffold=make(v) if mode == "eval" else None,
            )

        return model_fn

    for make in (own_local_init, partial_saver, init_fn):
        name = make.__name__
        one = stack.estimator.Estimator(model(make), os.path.join(path, name))
        for trained in (False, True):
            if trained:
                one.train(labelled(stack, 2, 2))
            facts[f"{name} {trained}"] = [
                observe.outcome(
                    lambda one=one: described(
                        one.evaluate(labelled(stack, 6, 2))
                    ),
                    ["w"],
                ),
                list(calls),
            ]
    return facts
