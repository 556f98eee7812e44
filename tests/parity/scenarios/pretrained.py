"""Values from elsewhere: tf.train.init_from_checkpoint, Scaffold(init_fn)."""

import collections
import os
import re

import numpy as np

from tests.parity import observe

EXACT = True


def ramp(start, shape):
    count = int(np.prod(shape, dtype=int))
    return start + np.arange(count, dtype=np.float32).reshape(shape)


def saved(stack, path):
    """A checkpoint of a TF1 session; returns its path."""
    tf = stack.tf
    prefix = os.path.join(path, "pretrained", "model.ckpt")
    os.makedirs(os.path.dirname(prefix))
    with stack.tf2.Graph().as_default(), tf.Session() as session:
        for name, start, shape in (
            ("encoder/w", 10, [4, 2]),
            ("encoder/b", 20, [2]),
            ("encoder/w/Adam", 30, [4, 2]),
            ("head/w", 40, [2]),
        ):
            tf.get_variable(name, initializer=ramp(start, shape))
        tf.train.create_global_step()
        session.run(tf.global_variables_initializer())
        tf.train.Saver().save(session, prefix)
    return prefix


def zeros(tf, name, shape, **kwargs):
    return tf.get_variable(
        name, shape, initializer=tf.zeros_initializer(), **kwargs
    )


def estimator(stack, path, initialize, scaffold=None, parts=None):
    """A model with a `bert` scope; `initialize` is called before training."""
    tf = stack.tf

    def model_fn(features, labels, mode):
        with tf.variable_scope("bert"):
            zeros(
                tf,
                "w",
                [4, 2],
                partitioner=parts and tf.fixed_size_partitioner(parts),
            )
            zeros(tf, "b", [2])
        zeros(tf, "out", [2])
        initialize(tf)
        loss = tf.reduce_sum(features) + tf.add_n(
            [tf.reduce_sum(v) for v in tf.trainable_variables()]
        )
        train_op = None
        if mode == "train":
            train_op = tf.train.GradientDescentOptimizer(1.0).minimize(
                loss, tf.train.get_global_step()
            )
        return stack.estimator.EstimatorSpec(
            mode,
            loss=loss,
            train_op=train_op,
            predictions=features,
            scaffold=scaffold and scaffold(tf),
        )

    return stack.estimator.Estimator(model_fn, os.path.join(path, "new"))


def started(stack, one, verb):
    """Returns the values that a call begins with."""
    tf, values = stack.tf, {}

    class Look(tf.train.SessionRunHook):
        def after_create_session(self, session, coord):
            named = {v.op.name: v for v in tf.global_variables()}
            values.update(session.run(named))

    def input_fn():
        return stack.tf2.data.Dataset.from_tensors([0.0])

    if verb == "train":
        one.train(input_fn, [Look()], steps=1)
    elif verb == "evaluate":
        one.evaluate(input_fn, hooks=[Look()])
    else:
        list(one.predict(input_fn, hooks=[Look()]))
    return {name: np.asarray(value) for name, value in values.items()}


def in_all_modes(stack, path, initialize, **kwargs):
    one = estimator(stack, path, initialize, **kwargs)
    return {
        "predict": started(stack, one, "predict"),
        "train": started(stack, one, "train"),
        # From the checkpoint: what was trained is not set back.
        "evaluate": started(stack, one, "evaluate"),
        "train again": started(stack, one, "train"),
    }


def scenario_by_names(stack, path):
    prefix = saved(stack, path)
    return in_all_modes(
        stack,
        path,
        lambda tf: tf.train.init_from_checkpoint(
            prefix, {"encoder/w": "bert/w", "head/w": "out"}
        ),
    )


def scenario_by_scope(stack, path):
    """A whole scope; of the folder, which needs a file `checkpoint`."""
    folder = os.path.dirname(saved(stack, path))
    one = estimator(
        stack,
        path,
        lambda tf: tf.train.init_from_checkpoint(folder, {"encoder/": "bert/"}),
    )
    return started(stack, one, "predict")


def scenario_by_variables(stack, path):
    prefix = saved(stack, path)

    def initialize(tf):
        named = {v.op.name: v for v in tf.trainable_variables()}
        tf.train.init_from_checkpoint(
            prefix, {"encoder/b": named["bert/b"], "head/w": named["out"]}
        )

    return started(stack, estimator(stack, path, initialize), "predict")


def scenario_in_parts(stack, path):
    """A partitioned variable: by its name, and by the list of its parts."""
    prefix = saved(stack, path)

    def by_name(tf):
        tf.train.init_from_checkpoint(prefix, {"encoder/w": "bert/w"})

    def by_list(tf):
        parts = [v for v in tf.trainable_variables() if "part_" in v.name]
        tf.train.init_from_checkpoint(prefix, {"encoder/w": parts})

    return [
        started(
            stack,
            estimator(stack, path, initialize, parts=2),
            "predict",
        )
        for initialize in (by_name, by_list)
    ]


def scenario_refused(stack, path):
    prefix = saved(stack, path)
    folder = os.path.dirname(prefix)

    def begin(where, assignment_map):
        return observe.outcome(
            lambda: started(
                stack,
                estimator(
                    stack,
                    path,
                    lambda tf: tf.train.init_from_checkpoint(
                        where, assignment_map
                    ),
                ),
                "predict",
            ),
            says=("nope", "bert/b"),
        )

    return {
        "not in the checkpoint": begin(prefix, {"nope": "bert/b"}),
        "not in the model": begin(prefix, {"encoder/b": "nope"}),
        "no such scope": begin(prefix, {"nope/": "bert/"}),
        "another shape": begin(prefix, {"encoder/w": "bert/b"}),
        "no checkpoint": begin(os.path.join(folder, "nope"), {"/": "bert/"}),
    }


def assignment_map_from(tf, tvars, prefix):
    """As programs that fine-tune BERT write it."""
    names = collections.OrderedDict()
    for variable in tvars:
        match = re.match("^(.*):\\d+$", variable.name)
        names[match.group(1) if match else variable.name] = variable
    initialized, assignment_map = {}, collections.OrderedDict()
    for name, _ in tf.train.list_variables(prefix):
        renamed = name.replace("encoder/", "bert/")
        if renamed not in names:
            continue
        assignment_map[name] = renamed
        initialized[renamed] = 1
        initialized[f"{renamed}:0"] = 1
    return assignment_map, initialized


def scenario_bert(stack, path):
    """The map is made from what both have; a scaffold_fn is of TPUs only."""
    prefix = saved(stack, path)
    found = []

    def initialize(tf):
        assignment_map, initialized = assignment_map_from(
            tf, tf.trainable_variables(), prefix
        )
        tf.train.init_from_checkpoint(prefix, assignment_map)
        found.append([list(assignment_map.items()), sorted(initialized)])

    facts = in_all_modes(stack, path, initialize)
    return {"maps": found[0], **facts}


def scenario_init_fn(stack, path):
    """A Saver restores a part of the model, in a function of the session."""
    prefix = saved(stack, path)
    calls = []

    def scaffold(tf):
        named = {v.op.name: v for v in tf.trainable_variables()}
        saver = tf.train.Saver(
            {"encoder/w": named["bert/w"], "encoder/b": named["bert/b"]}
        )

        def init_fn(scaffold, session):
            calls.append(type(scaffold).__name__)
            saver.restore(session, prefix)
            # What is not in the file keeps its initial value.
            calls.append(session.run(named["out"]))

        return tf.train.Scaffold(init_fn=init_fn)

    facts = in_all_modes(stack, path, lambda tf: None, scaffold=scaffold)
    return {"calls": len(calls), **facts}


def scenario_init_op(stack, path):
    """`init_op`, `init_feed_dict` and `init_fn` together."""

    def scaffold(tf):
        fed = tf.placeholder(tf.float32, [2])
        named = {v.op.name: v for v in tf.global_variables()}
        init = tf.group(tf.global_variables_initializer(), name="all_of_them")
        with tf.control_dependencies([init]):
            init = named["bert/b"].assign(fed)

        add = named["out"].assign_add([5.0, 6.0])

        def init_fn(scaffold, session):
            session.run(add)

        return tf.train.Scaffold(
            init_op=init.op, init_feed_dict={fed: [3.0, 4.0]}, init_fn=init_fn
        )

    one = estimator(stack, path, lambda tf: None, scaffold=scaffold)
    return started(stack, one, "train")


def scenario_order(stack, path):
    """Both at once: what comes last counts."""
    prefix = saved(stack, path)

    def twice(tf):
        tf.train.init_from_checkpoint(prefix, {"encoder/b": "bert/b"})
        tf.train.init_from_checkpoint(prefix, {"head/w": "bert/b"})

    return started(stack, estimator(stack, path, twice), "predict")
