"""Every event that training and evaluation write, one by one."""

import os

import numpy as np

from tests.parity import observe
from tests.parity import toys


def described(stack, value):
    """What one value of a summary is: tag, plugin, kind and content."""
    kind = value.WhichOneof("value")
    found = getattr(value, kind)
    if kind == "simple_value":
        content = found
    elif kind == "histo":
        content = [found.min, found.max, found.num, found.sum]
    elif kind == "image":
        content = [found.height, found.width, found.colorspace]
    elif kind == "audio":
        content = [found.sample_rate, found.num_channels, found.length_frames]
    else:
        array = stack.tf.make_ndarray(found)
        content = [array.dtype.name, list(array.shape)]
    return [value.tag, value.metadata.plugin_data.plugin_name, kind, content]


def events(stack, path):
    """[step, kind, content] of each event in a folder, in order.

    Of a graph it has the name of the variable, if that is in it.
    """
    if not os.path.isdir(path):
        return None
    rows = []
    names = sorted(n for n in os.listdir(path) if ".tfevents." in n)
    for name in names:
        for event in stack.tf.train.summary_iterator(os.path.join(path, name)):
            kind = event.WhichOneof("what")
            content = None
            if kind == "session_log":
                saved = os.path.basename(event.session_log.checkpoint_path)
                content = [event.session_log.status, saved]
            elif kind == "graph_def":
                graph = stack.tf.GraphDef.FromString(event.graph_def)
                content = sorted(
                    node.name for node in graph.node if node.name == "w"
                )
            elif kind == "summary":
                content = [described(stack, v) for v in event.summary.value]
                if content[0][0] == "global_step/sec":
                    content = "global_step/sec"
            rows.append([event.step, kind, content])
    return {"files": len(names), "events": rows}


def run_config(stack, **settings):
    """A config that writes nothing by the clock."""
    settings = {"log_step_count_steps": None, **settings}
    return stack.estimator.RunConfig(**settings)


def trained(stack, path, fields=None, **settings):
    """An Estimator of the toy, and its input, after five steps."""
    config = run_config(stack, **settings)
    one = stack.estimator.Estimator(
        toys.halving(stack, fields), os.path.join(path, "model"), config
    )
    one.train(toys.eights(stack), steps=5)
    return one


def scenario_a_run(stack, path):
    """Training, evaluations, more training: all events of all folders."""
    one = trained(
        stack,
        path,
        lambda mode, w, loss: {
            "eval_metric_ops": {"mean": stack.tf.metrics.mean(w.read_value())}
        },
        save_summary_steps=2,
        save_checkpoints_steps=3,
        log_step_count_steps=2,
    )
    one.evaluate(toys.eights(stack, 2))
    one.evaluate(toys.eights(stack, 1), name="other")
    one.train(toys.eights(stack), steps=4)
    one.evaluate(toys.eights(stack, 2))
    one.evaluate(
        toys.eights(stack, 2),
        checkpoint_path=os.path.join(one.model_dir, "model.ckpt-3"),
    )
    return {
        name: events(stack, os.path.join(one.model_dir, name))
        for name in ("", "eval", "eval_other")
    }


def scenario_kinds_of_summaries(stack, path):
    tf = stack.tf

    def fields(mode, w, loss):
        vector = tf.range(10, dtype=tf.float32) * loss
        tf.summary.scalar("scalar", loss)
        tf.summary.scalar("scalar", loss + 1.0)
        tf.summary.scalar("with space:and", loss)
        tf.summary.scalar("in family", loss, family="fam")
        tf.summary.histogram("vector", vector)
        tf.summary.histogram("vector", vector, family="fam")
        tf.summary.image("image", tf.zeros([2, 3, 5, 3]), max_outputs=2)
        tf.summary.image("one image", tf.zeros([2, 3, 5, 1]), max_outputs=1)
        tf.summary.audio("audio", tf.zeros([1, 8, 2]), 8000, max_outputs=1)
        tf.summary.text("text", tf.constant(["some", "lines"]))
        tf.summary.tensor_summary("tensor", vector)
        with tf.name_scope("scope"):
            tf.summary.scalar("scalar", loss)
            tf.summary.histogram("vector", vector)
            tf.summary.scalar("in family", loss, family="fam")
        return {}

    one = trained(stack, path, fields, save_summary_steps=3)
    return events(stack, one.model_dir)


def scenario_the_loss(stack, path):
    """It gets a summary, unless model_fn gives it one."""
    tf = stack.tf

    def by_name(mode, w, loss):
        tf.summary.scalar("loss", loss * 2.0)
        return {}

    def in_a_scope(mode, w, loss):
        with tf.name_scope("scope"):
            tf.summary.scalar("loss", loss * 2.0)
        return {}

    def operation(mode, w, loss):
        return {"loss": tf.identity(loss, name="loss")}

    def of_another_name(mode, w, loss):
        tf.summary.scalar("the_loss", loss)
        return {}

    facts = {}
    for fields in (None, by_name, in_a_scope, operation, of_another_name):
        name = getattr(fields, "__name__", "none")
        one = trained(stack, os.path.join(path, name), fields)
        facts[name] = observe.events(stack, one.model_dir)
    return facts


def scenario_a_summary_op_of_the_user(stack, path):
    """In the Scaffold it is the only one; else all are written."""
    tf = stack.tf

    def merged_by_hand(mode, w, loss):
        tf.summary.scalar("twice", loss * 2.0)
        tf.summary.merge_all()
        return {}

    def in_the_scaffold(mode, w, loss):
        tf.summary.scalar("left_out", loss)
        only = tf.summary.merge([tf.summary.scalar("twice", loss * 2.0)])
        return {"scaffold": tf.train.Scaffold(summary_op=only)}

    def not_collected(mode, w, loss):
        tf.summary.scalar("left_out", loss, collections=["mine"])
        return {}

    facts = {}
    for fields in (merged_by_hand, in_the_scaffold, not_collected):
        one = trained(stack, os.path.join(path, fields.__name__), fields)
        facts[fields.__name__] = observe.events(stack, one.model_dir)
    return facts


def scenario_no_summaries(stack, path):
    """The graph and the checkpoints are noted all the same."""
    facts = {}
    for steps in (None, 0):
        one = trained(
            stack, os.path.join(path, str(steps)), save_summary_steps=steps
        )
        found = events(stack, one.model_dir)["events"]
        facts[str(steps)] = sorted({kind for _, kind, _ in found})
    return facts


def scenario_hooks_of_the_user(stack, path):
    """SummarySaverHooks beside the one that training has."""
    tf = stack.tf

    def fields(mode, w, loss):
        first = tf.summary.scalar("first", loss)
        second = tf.summary.scalar("second", loss * 2.0)
        hooks = [
            tf.train.SummarySaverHook(
                save_steps=2,
                output_dir=os.path.join(path, "own"),
                summary_op=[first, second],
            ),
            tf.train.SummarySaverHook(
                save_steps=3,
                summary_writer=tf.summary.FileWriterCache.get(
                    os.path.join(path, "given")
                ),
                summary_op=first,
            ),
        ]
        return {"training_hooks": hooks}

    one = trained(stack, path, fields, save_summary_steps=4)
    return {
        "model": observe.events(stack, one.model_dir),
        "own": events(stack, os.path.join(path, "own")),
        "given": events(stack, os.path.join(path, "given")),
    }


def scenario_metrics_that_are_summaries(stack, path):
    """Values of metrics of every shape; serialized summaries among them."""
    tf = stack.tf

    def fields(mode, w, loss):
        vector = tf.range(4, dtype=tf.float32)
        done = tf.no_op()
        image = tf.summary.image("image", tf.zeros([2, 3, 5, 3]))
        several = tf.summary.merge(
            [tf.summary.scalar("a", w), tf.summary.histogram("b", vector)]
        )
        return {
            "eval_metric_ops": {
                "scalar": tf.metrics.mean(w.read_value()),
                "vector": tf.metrics.mean_tensor(vector),
                "matrix": tf.metrics.mean_tensor(vector[None]),
                "of_a_dict/one": tf.metrics.mean(w.read_value()),
                "of_a_dict/two": tf.metrics.mean(w * 2.0),
                "image": (image, done),
                "histogram": (tf.summary.histogram("h", vector), done),
                "several": (several, done),
                "no_summary": (tf.constant("abc"), done),
            }
        }

    one = trained(stack, path, fields)
    results = one.evaluate(toys.eights(stack, 2))
    return {
        "results": {k: type(v).__name__ for k, v in results.items()},
        "events": events(stack, one.eval_dir()),
    }


def scenario_summaries_of_an_evaluation(stack, path):
    """The recipe of the notes: a hook of the evaluation writes them."""
    tf = stack.tf

    def fields(mode, w, loss):
        tf.summary.scalar("outside", w)
        with tf.name_scope("histogram_summary") as name_scope:
            tf.summary.histogram("pred_cvr", tf.stack([w, w + 1.0]))
            tf.summary.histogram("cvr_cost", tf.stack([loss, w]))
            summary_hook = tf.train.SummarySaverHook(
                save_steps=1,
                output_dir="{}/eval".format(os.path.join(path, "model")),
                summary_op=tf.summary.merge_all(scope=name_scope),
            )
        return {"evaluation_hooks": [summary_hook]}

    one = trained(stack, path, fields)
    one.evaluate(toys.batches(stack, 8, 2, 4))
    one.train(toys.eights(stack), steps=2)
    one.evaluate(toys.batches(stack, 8, 2, 4))
    return events(stack, one.eval_dir())


def recipe_of_the_notes(stack, seen, in_order):
    """A model_fn with metrics of training, cleared every four steps.

    Args:
        stack: The implementation.
        seen: List that gets how many examples are counted after each step.
        in_order: Whether they are cleared, then updated, then written; the
            notes leave that to chance.
    """
    tf = stack.tf

    class Count(tf.train.SessionRunHook):
        def begin(self):
            (self.count,) = (
                v for v in tf.local_variables() if "mean/count" in v.name
            )

        def after_run(self, run_context, run_values):
            seen.append(int(run_context.session.run(self.count)))

    def model_fn(features, labels, mode):
        global_step = tf.train.get_global_step()
        lr = 0.5
        w = tf.get_variable("w", [], initializer=tf.ones_initializer())
        true_cvr, cvr = labels, tf.sigmoid(w * features)
        cvr_loss = tf.square(cvr - true_cvr)
        true_cost, cvr_cost = labels * 2.0, cvr * 2.0
        tot_loss = tf.reduce_mean(cvr_loss)

        def metrics():
            return (
                tf.metrics.auc(true_cvr, cvr, num_thresholds=50),
                tf.metrics.mean(cvr_loss),
                tf.metrics.mean_squared_error(
                    true_cost, cvr_cost, weights=true_cvr
                ),
            )

        def reset():
            is_metric_reset_step = tf.equal(global_step % 4, 0)
            return tf.cond(
                is_metric_reset_step,
                lambda: tf.group(
                    [
                        tf.assign(ref, tf.zeros_like(ref))
                        for ref in tf.local_variables()
                        if "train_metrics_scope" in ref.op.name
                    ]
                ),
                lambda: tf.no_op(),
            )

        with tf.variable_scope("train_metrics_scope", reuse=tf.AUTO_REUSE):
            metric_auc, metric_cvr_loss, metric_cost_loss = metrics()
            metric_reset_op = reset()
        values = [metric_auc[0], metric_cvr_loss[0], metric_cost_loss[0]]
        updates = [metric_auc[1], metric_cvr_loss[1], metric_cost_loss[1]]
        if in_order:
            values = updates

        with tf.name_scope("train_metrics_summary"):
            tf.summary.scalar("auc", values[0])
            tf.summary.scalar("cvr_loss", values[1])
            tf.summary.scalar("cost_loss", values[2])

        train_op = tf.train.GradientDescentOptimizer(learning_rate=lr).minimize(
            tot_loss, global_step=global_step
        )
        if in_order:
            with tf.control_dependencies([train_op, *updates]):
                train_op = tf.group(reset())
        else:
            train_op = tf.group(train_op, metric_reset_op, *updates)
        return stack.estimator.EstimatorSpec(
            mode, loss=tot_loss, train_op=train_op, training_hooks=[Count()]
        )

    return model_fn


def train_recipe(stack, path, in_order):
    features = np.linspace(0, 1, 64, dtype=np.float32)
    labels = (features * 7 % 1 > 0.5).astype(np.float32)

    def input_fn():
        rows = (features.reshape(16, 4), labels.reshape(16, 4))
        return stack.tf2.data.Dataset.from_tensor_slices(rows)

    seen = []
    one = stack.estimator.Estimator(
        recipe_of_the_notes(stack, seen, in_order),
        path,
        run_config(stack, save_summary_steps=1),
    )
    one.train(input_fn)
    return seen, observe.events(stack, path)


def scenario_metrics_of_training(stack, path):
    """The recipe of the notes, in an order that is not left to chance."""
    return train_recipe(stack, path, in_order=True)


def scenario_metrics_of_training_as_written(stack, path):
    """The step that clears them may count its own batch before, or after."""
    seen, events = train_recipe(stack, path, in_order=False)
    return {
        "batches": [
            count // 4 - step % 4 in (0, 1) for step, count in enumerate(seen)
        ],
        "tags": sorted({tag for _, tag, _, _ in events}),
        "steps": sorted({step for step, _, _, _ in events}),
    }
