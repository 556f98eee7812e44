"""Warm start: which variables get which values, and what is refused."""

import os
import pathlib

import numpy as np

from tests.parity import observe

EXACT = True


def ramp(start, shape):
    """Values that tell variables, rows and columns apart."""
    count = int(np.prod(shape, dtype=int))
    return start + np.arange(count, dtype=np.float32).reshape(shape)


def variable(tf, name, start, shape, **kwargs):
    def initializer(shape, dtype=tf.float32, partition_info=None):
        offset = 0
        if partition_info is not None:
            row = int(np.prod(shape[1:], dtype=int))
            offset = partition_info.var_offset[0] * row
        return tf.constant(ramp(start + offset, shape), dtype)

    return tf.get_variable(name, shape, initializer=initializer, **kwargs)


def model(stack, make, settings=None):
    """A model_fn whose variables `make` makes; their sum is the loss."""
    tf = stack.tf

    def model_fn(features, labels, mode):
        make(tf)
        loss = tf.add_n(
            [tf.reduce_sum(v) for v in tf.trainable_variables()]
        ) + tf.reduce_sum(features)
        optimizer = tf.train.MomentumOptimizer(1.0, 0.5)
        train_op = None
        if mode == "train":
            train_op = optimizer.minimize(loss, tf.train.get_global_step())
        return stack.estimator.EstimatorSpec(
            mode, loss=loss, train_op=train_op, predictions=features
        )

    return model_fn


def input_fn_of(stack):
    return lambda: stack.tf2.data.Dataset.from_tensors([0.0]).repeat(2)


def started(stack, estimator, verb="predict"):
    """Returns the values that a call begins with, by name."""
    tf, values = stack.tf, {}

    class Look(tf.train.SessionRunHook):
        def after_create_session(self, session, coord):
            named = {v.op.name: v for v in tf.global_variables()}
            values.update(session.run(named))

    call = {
        "train": lambda hooks: estimator.train(
            input_fn_of(stack), hooks, steps=1
        ),
        "evaluate": lambda hooks: estimator.evaluate(
            input_fn_of(stack), hooks=hooks
        ),
        "predict": lambda hooks: list(
            estimator.predict(input_fn_of(stack), hooks=hooks)
        ),
    }[verb]
    call([Look()])
    return {name: np.asarray(value) for name, value in values.items()}


def warm(stack, path, make, warm_start_from, name="new"):
    return stack.estimator.Estimator(
        model(stack, make),
        os.path.join(path, name),
        warm_start_from=warm_start_from,
    )


def initially(stack, path, make, *settings, **named):
    """What a prediction begins with, under these settings."""
    given = stack.estimator.WarmStartSettings(*settings, **named)
    return started(stack, warm(stack, path, make, given))


def old_variables(tf):
    variable(tf, "a", 1, [2])
    variable(tf, "ab", 10, [2])
    with tf.variable_scope("scope"):
        variable(tf, "w", 100, [2, 2])
        variable(tf, "stat", 1000, [2], trainable=False)


def new_variables(tf):
    """The same names as the old ones, with zeros."""
    tf.get_variable("a", [2], initializer=tf.zeros_initializer())
    tf.get_variable("ab", [2], initializer=tf.zeros_initializer())
    with tf.variable_scope("scope"):
        tf.get_variable("w", [2, 2], initializer=tf.zeros_initializer())
        tf.get_variable(
            "stat", [2], initializer=tf.zeros_initializer(), trainable=False
        )


def trained(stack, path, make=old_variables, name="old"):
    """The folder of a model that was trained for one step."""
    old = os.path.join(path, name)
    estimator = stack.estimator.Estimator(model(stack, make), old)
    estimator.train(input_fn_of(stack), steps=1)
    return old


def scenario_which_variables(stack, path):
    old = trained(stack, path)
    choices = {
        "default": (),
        "prefix": ("a",),
        "anchored": ("^a$",),
        "with colon": ("a:0",),
        "none": (None,),
        "no match": ("nothing",),
        "empty list": ([],),
        "list": (["a:0", ".*stat"],),
        "list of all": ([".*"],),
        "tuple": (("a",),),
        "mixed list": (["a", 1],),
    }
    facts = {}
    for name, settings in choices.items():
        facts[name] = observe.outcome(
            lambda settings=settings: initially(
                stack, path, new_variables, old, *settings
            ),
            says=("vars_to_warm_start",),
        )
    chosen = []

    def choosing(tf):
        new_variables(tf)
        chosen[:] = [v for v in tf.global_variables() if "stat" in v.name]

    facts["variables"] = initially(stack, path, choosing, old, chosen)
    return facts


def scenario_other_names(stack, path):
    old = trained(stack, path)

    def make(tf):
        tf.get_variable("b", [2], initializer=tf.zeros_initializer())
        tf.get_variable("ab", [2], initializer=tf.zeros_initializer())

    def begin(*settings, **named):
        return observe.outcome(
            lambda: initially(stack, path, make, old, *settings, **named),
            says=("misspelled", "not found", "b", "nope"),
        )

    return {
        "renamed": begin(var_name_to_prev_var_name={"b": "a"}),
        "both from one": begin(var_name_to_prev_var_name={"b": "a", "ab": "a"}),
        "from a slot": begin(
            var_name_to_prev_var_name={"b": "ab/Momentum"},
        ),
        "not selected": begin("ab", var_name_to_prev_var_name={"b": "a"}),
        "not in the model": begin(
            "ab", var_name_to_prev_var_name={"nope": "a"}
        ),
        "not in the checkpoint": begin(var_name_to_prev_var_name={"b": "nope"}),
        "missing": begin(),
        "vocabulary of no variable": begin(
            "ab",
            var_name_to_vocab_info={
                "nope": stack.estimator.VocabInfo("x", 1, 0, "y")
            },
        ),
    }


def scenario_shapes(stack, path):
    old = trained(stack, path)

    def wide(tf):
        tf.get_variable("a", [3], initializer=tf.zeros_initializer())

    def whole(tf):
        tf.get_variable(
            "a", [2], tf.int32, tf.zeros_initializer(), trainable=False
        )
        tf.get_variable("ab", [2], initializer=tf.zeros_initializer())

    return {
        "other shape": observe.outcome(
            lambda: initially(stack, path, wide, old),
            says=("a", "(3,)"),
        ),
        "other dtype": observe.outcome(
            lambda: initially(stack, path, whole, old, ["a:0"])
        ),
    }


def scenario_paths(stack, path):
    """A folder, a prefix, a pathlib.Path; and what is none."""
    old = trained(stack, path)
    newest = stack.tf.train.latest_checkpoint(old)
    first = os.path.join(old, "model.ckpt-0")

    def begin(given):
        return observe.outcome(
            lambda: started(stack, warm(stack, path, new_variables, given))["a"]
        )

    def begin_by_settings(given):
        return observe.outcome(
            lambda: initially(stack, path, new_variables, given)["a"]
        )

    return {
        "folder": begin(old),
        "prefix": begin(newest),
        "older prefix": begin(first),
        "bytes": begin(newest.encode()),
        "settings path object": begin_by_settings(pathlib.Path(newest)),
        "no folder": begin(os.path.join(path, "gone")),
        "no prefix": begin(os.path.join(old, "model.ckpt-9")),
        "empty text": observe.outcome(
            lambda: stack.estimator.WarmStartSettings(""),
            says=("`ckpt_to_initialize_from` MUST be set",),
        ),
        "number": observe.outcome(
            lambda: warm(stack, path, new_variables, 3),
            says=("warm_start_from must be a string or a WarmStartSettings",),
        ),
    }


def scenario_verbs(stack, path):
    """Each verb begins with them, until there is a checkpoint."""
    old = trained(stack, path)
    facts = {}
    for verb in ("evaluate", "predict", "train"):
        one = warm(stack, path, new_variables, old, name=verb)
        facts[verb] = started(stack, one, verb)
    # The last one has trained: from 1 on it is its own.
    facts["after train"] = started(stack, one, "evaluate")
    facts["train again"] = started(stack, one, "train")
    anew = warm(stack, path, new_variables, old, name="train")
    facts["another object"] = started(stack, anew, "predict")
    return facts


def scenario_log(stack, path):
    old = trained(stack, path)
    one = warm(stack, path, new_variables, old)
    with observe.logged(stack) as lines:
        started(stack, one, "train")
        lines.append("again")
        started(stack, one, "evaluate")
    return [
        line.replace(path, "")
        for line in lines
        if "arm" in line or line == "again"
    ]


def words(path, name, *entries):
    file = os.path.join(path, name)
    with open(file, "w") as out:
        out.write("\n".join(entries) + "\n")
    return file


def partitioned(tf, parts):
    return tf.fixed_size_partitioner(parts)


def scenario_vocabularies(stack, path):
    """Rows and columns move with their words."""
    old_words = words(path, "old.txt", "red", "green", "blue")
    new_words = words(path, "new.txt", "blue", "pink", "red", "gray")

    def old_model(tf):
        variable(tf, "rows", 1, [3, 2])
        variable(tf, "columns", 10, [2, 3])
        variable(tf, "bias", 100, [3])

    old = trained(stack, path, old_model)
    info = stack.estimator.VocabInfo
    ones = stack.tf.ones_initializer()

    def begin(shape, vocabulary, name="rows", previous=None, parts=None):
        def make(tf):
            tf.get_variable(
                name,
                shape,
                initializer=tf.constant_initializer(-5.0),
                partitioner=parts and partitioned(tf, parts),
            )

        return observe.outcome(
            lambda: initially(
                stack,
                path,
                make,
                old,
                var_name_to_vocab_info={name: vocabulary},
                var_name_to_prev_var_name=previous and {name: previous},
            )[name if not parts else f"{name}/part_1"]
        )

    return {
        "backup": begin(
            [4, 2],
            info(new_words, 4, 0, old_words, backup_initializer=ones),
        ),
        "buckets": begin(
            [6, 2],
            info(new_words, 4, 2, old_words, backup_initializer=ones),
        ),
        "fewer new words": begin([2, 2], info(new_words, 2, 0, old_words)),
        "fewer old words": begin([4, 2], info(new_words, 4, 0, old_words, 1)),
        "columns": begin(
            [2, 4],
            info(new_words, 4, 0, old_words, axis=1),
            "columns",
        ),
        "columns with backup": begin(
            [2, 5],
            info(new_words, 4, 1, old_words, -1, ones, 1),
            "columns",
        ),
        "renamed": begin(
            [4, 2], info(new_words, 4, 0, old_words), "other", "rows"
        ),
        "parts": begin(
            [4, 2],
            info(new_words, 4, 0, old_words, backup_initializer=ones),
            parts=2,
        ),
        "no new file": begin(
            [4, 2], info(os.path.join(path, "gone"), 4, 0, old_words)
        ),
        "no old file": begin(
            [4, 2], info(new_words, 4, 0, os.path.join(path, "gone"))
        ),
        "wrong rows": begin([7, 2], info(new_words, 4, 0, old_words)),
        "only vocabularies": initially(
            stack,
            path,
            lambda tf: (
                variable(tf, "rows", -50, [4, 2]),
                variable(tf, "bias", -60, [3]),
            ),
            old,
            None,
            {"rows": info(new_words, 4, 0, old_words)},
        ),
    }


def scenario_partitions(stack, path):
    """Parts are one variable to warm start, whatever their number."""

    def whole(tf):
        variable(tf, "w", 1, [6, 2])

    def in_parts(count):
        def make(tf):
            tf.get_variable(
                "w",
                [6, 2],
                initializer=tf.zeros_initializer(),
                partitioner=partitioned(tf, count),
            )

        return make

    def old_in_parts(tf):
        variable(tf, "w", 1, [6, 2], partitioner=partitioned(tf, 3))

    one = trained(stack, path, whole, "whole")
    three = trained(stack, path, old_in_parts, "three")
    facts = {}
    for name, old in (("whole", one), ("three", three)):
        facts[f"{name} to 2"] = initially(stack, path, in_parts(2), old)
        facts[f"{name} to one"] = initially(
            stack,
            path,
            lambda tf: tf.get_variable(
                "w", [6, 2], initializer=tf.zeros_initializer()
            ),
            old,
        )
    return facts


def scenario_feature_columns(stack, path):
    """An embedding of a column, over a vocabulary that has grown."""
    tf = stack.tf
    old_words = words(path, "old.txt", "red", "green", "blue")
    new_words = words(path, "new.txt", "blue", "pink", "red", "gray")

    def column(file, buckets):
        colour = tf.feature_column.categorical_column_with_vocabulary_file(
            "colour", file, num_oov_buckets=buckets
        )
        return tf.feature_column.embedding_column(
            colour, 2, initializer=tf.constant_initializer(3.0)
        )

    def estimator(name, file, buckets, settings=None):
        def model_fn(features, labels, mode):
            net = tf.feature_column.input_layer(
                features, [column(file, buckets)]
            )
            (embedding,) = tf.trainable_variables()
            ramp_like = tf.reshape(
                tf.range(tf.cast(tf.size(embedding), tf.float32)),
                tf.shape(embedding),
            )
            loss = tf.reduce_sum(embedding * ramp_like) + tf.reduce_sum(net)
            optimizer = tf.train.GradientDescentOptimizer(1.0)
            return stack.estimator.EstimatorSpec(
                mode,
                loss=loss,
                predictions=net,
                train_op=optimizer.minimize(loss, tf.train.get_global_step())
                if mode == "train"
                else None,
            )

        return stack.estimator.Estimator(
            model_fn, os.path.join(path, name), warm_start_from=settings
        )

    def input_fn():
        return stack.tf2.data.Dataset.from_tensors(
            {"colour": [["blue"], ["red"], ["pink"]]}
        )

    old = estimator("old", old_words, 0)
    old.train(input_fn, steps=1)
    name = "input_layer/colour_embedding/embedding_weights"
    settings = stack.estimator.WarmStartSettings(
        old.model_dir,
        ".*embedding_weights.*",
        {
            name: stack.estimator.VocabInfo(
                new_words, 4, 1, old_words, backup_initializer=None
            )
        },
    )
    new = estimator("new", new_words, 1, settings)
    return {
        "old": old.get_variable_value(name),
        "new": list(new.predict(input_fn)),
    }


def scenario_object_checkpoints(stack, path):
    """Checkpoints by object, as Keras and tf.train.Checkpoint write them."""
    tf = stack.tf2
    module = tf.Module()
    module.first = tf.Variable([1.0, 2.0], name="a")
    module.second = tf.Variable([3.0, 4.0], name="ab")
    prefix = tf.train.Checkpoint(module=module).save(
        os.path.join(path, "objects", "ckpt")
    )
    exported = os.path.join(path, "exported")
    tf.saved_model.save(module, exported)

    def make(tf):
        tf.get_variable("a", [2], initializer=tf.zeros_initializer())
        tf.get_variable("ab", [2], initializer=tf.zeros_initializer())

    def more(tf):
        make(tf)
        tf.get_variable("c", [2], initializer=tf.zeros_initializer())

    def begin(make, given):
        return observe.outcome(
            lambda: started(stack, warm(stack, path, make, given)),
            says=("object-based", "missing", "c"),
        )

    return {
        "checkpoint": begin(make, prefix),
        "missing": begin(more, prefix),
        "saved model": begin(make, exported),
        "keys by hand": initially(
            stack,
            path,
            make,
            prefix,
            var_name_to_prev_var_name={
                "a": "module/second/.ATTRIBUTES/VARIABLE_VALUE",
                "ab": "module/first/.ATTRIBUTES/VARIABLE_VALUE",
            },
        ),
    }


def scenario_saved_models(stack, path):
    """A SavedModel of TF1, by names."""
    tf = stack.tf
    exported = os.path.join(path, "exported")
    with stack.tf2.Graph().as_default(), tf.Session() as session:
        old_variables(tf)
        session.run(tf.global_variables_initializer())
        builder = tf.saved_model.Builder(exported)
        builder.add_meta_graph_and_variables(session, ["serve"])
        builder.save()
    return {
        "path": started(stack, warm(stack, path, new_variables, exported)),
        "variables": initially(
            stack,
            path,
            new_variables,
            os.path.join(exported, "variables", "variables"),
        ),
    }
