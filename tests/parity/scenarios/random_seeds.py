"""tf_random_seed: initial values, masks and orders are those of TF 2.15.

Losses are sums of a few values that are exact, so that no rounding hides which
numbers were drawn.
"""

import os
import warnings

import numpy as np

from tests.parity import observe

EXACT = True
SEED = 42


def estimator(stack, path, model_fn, seed=SEED):
    config = stack.estimator.RunConfig(model_dir=path, tf_random_seed=seed)
    return stack.estimator.Estimator(model_fn, config=config)


def ones(stack, rows=4, count=6):
    """An input_fn: batches of rows of four ones, as 2 by 2 images."""

    def input_fn():
        batch = np.ones([rows, 2, 2, 1], np.float32)
        return stack.tf2.data.Dataset.from_tensors(batch).repeat(count)

    return input_fn


def spec(stack, mode, loss, features, predictions=None):
    """A spec that trains nothing and counts its steps.

    Each step waits for the features: the real one would not read what nothing
    needs, and never see the end of it.
    """
    tf = stack.tf
    with tf.control_dependencies([features]):
        loss = tf.identity(loss)
    with tf.control_dependencies([loss]):
        train_op = tf.assign_add(tf.train.get_global_step(), 1)
    return stack.estimator.EstimatorSpec(
        mode,
        loss=loss,
        train_op=train_op,
        predictions=loss[None] if predictions is None else predictions,
    )


def variables(one):
    """The values of all variables, flat."""
    return {
        name: one.get_variable_value(name).ravel()
        for name in one.get_variable_names()
    }


def losses(stack, one, input_fn, **arguments):
    """The losses of the steps of one call of train."""
    seen = []
    hook = observe.losses_hook(stack, seen)
    one.train(input_fn, hooks=[hook], **arguments)
    return seen


def scenario_initial_values_of_layers(stack, path):
    """TF1 initializers, in the order in which the layers are made.

    Those that layers of 2.15 have by default draw other numbers in each run.
    """
    tf = stack.tf
    first = tf.glorot_uniform_initializer()

    def model_fn(features, labels, mode):
        net = tf.layers.conv2d(
            features, 2, 2, name="conv", kernel_initializer=first
        )
        net = tf.layers.flatten(net)
        net = tf.layers.dense(
            net,
            3,
            activation=tf.nn.relu,
            kernel_initializer=tf.truncated_normal_initializer(),
        )
        net = tf.layers.dense(
            net,
            2,
            use_bias=False,
            kernel_initializer=tf.glorot_normal_initializer(),
        )
        net = tf.layers.batch_normalization(net)
        net = tf.layers.Dense(
            2,
            name="last",
            kernel_initializer=tf.variance_scaling_initializer(),
            bias_initializer=tf.random_uniform_initializer(),
        )(net)
        return spec(stack, mode, tf.reduce_sum(net), features)

    one = estimator(stack, path, model_fn)
    one.train(ones(stack), steps=1)
    return variables(one)


def scenario_initializers(stack, path):
    """get_variable with the initializers that TF1 programs use."""
    tf = stack.tf

    def model_fn(features, labels, mode):
        table = {
            "default": None,
            "uniform": tf.random_uniform_initializer(-1.0, 1.0),
            "normal": tf.random_normal_initializer(stddev=0.1),
            "truncated": tf.truncated_normal_initializer(stddev=0.1),
            "scaling": tf.variance_scaling_initializer(),
            "fan_avg": tf.variance_scaling_initializer(
                2.0, "fan_avg", "uniform"
            ),
            "unit": tf.uniform_unit_scaling_initializer(),
            "glorot_uniform": tf.glorot_uniform_initializer(),
            "glorot_normal": tf.glorot_normal_initializer(),
            "he_normal": tf.initializers.he_normal(),
            "he_uniform": tf.initializers.he_uniform(),
            "lecun_normal": tf.initializers.lecun_normal(),
            "lecun_uniform": tf.initializers.lecun_uniform(),
            "orthogonal": tf.orthogonal_initializer(),
            "seeded": tf.random_uniform_initializer(seed=7),
            "zeros": tf.zeros_initializer(),
            "after all": tf.random_uniform_initializer(),
        }
        for name, initializer in table.items():
            tf.get_variable(name.replace(" ", "_"), [3, 2], None, initializer)
        tf.Variable(tf.random_normal([3]), name="variable")
        tf.Variable(lambda: tf.random_uniform([3]), name="callable")
        with tf.variable_scope(
            "scope", initializer=tf.random_uniform_initializer()
        ):
            tf.get_variable("of_the_scope", [3])
        return spec(stack, mode, tf.reduce_sum(features), features)

    one = estimator(stack, path, model_fn)
    one.train(ones(stack), steps=1)
    return variables(one)


def scenario_seeds_of_the_run(stack, path):
    """Other seeds, 0 and large ones among them, give other values."""
    tf = stack.tf

    def model_fn(features, labels, mode):
        tf.get_variable("w", [2], initializer=tf.random_uniform_initializer())
        drawn = tf.random_uniform([2])
        return spec(stack, mode, tf.reduce_sum(drawn), features)

    facts = {}
    for seed in (0, 1, 2**31 - 1, 2**31, -1):
        one = estimator(
            stack, os.path.join(path, str(seed)), model_fn, seed=seed
        )
        facts[str(seed)] = observe.outcome(
            lambda one=one: [
                losses(stack, one, ones(stack, count=2)),
                one.get_variable_value("w"),
            ]
        )
    return facts


def scenario_dropout(stack, path):
    """Masks over six steps; a second call of train begins with the first."""
    tf = stack.tf

    def model_fn(features, labels, mode):
        flat = tf.layers.flatten(features)
        wide = tf.tile(flat, [1, 8])
        dropped = [
            tf.layers.dropout(wide, 0.5, training=mode == "train"),
            tf.nn.dropout(wide, keep_prob=0.5),
            tf.nn.dropout(wide, rate=0.75),
            tf.layers.dropout(wide, 0.5, seed=3, training=mode == "train"),
            tf.layers.dropout(
                wide, 0.5, noise_shape=[4, 1], training=mode == "train"
            ),
        ]
        # Each mask is counted, and weighed so that its place matters.
        weights = tf.range(32.0)
        loss = tf.add_n(
            [
                1000.0 ** (n % 2) * tf.reduce_sum(mask * weights)
                for n, mask in enumerate(dropped)
            ]
        )
        return spec(stack, mode, loss, features)

    one = estimator(stack, path, model_fn)
    facts = {
        "train": losses(stack, one, ones(stack)),
        "again": losses(stack, one, ones(stack)),
        "in two": [
            losses(stack, one, ones(stack, count=2)),
            losses(stack, one, ones(stack, count=4)),
        ],
        "other batches": losses(stack, one, ones(stack, count=3)),
    }
    evaluated = [one.evaluate(ones(stack, count=3))["loss"] for _ in range(2)]
    facts["evaluate"] = evaluated
    return facts


def scenario_other_batch_sizes(stack, path):
    """How far a stream moves depends on the size of each batch."""
    tf = stack.tf

    def model_fn(features, labels, mode):
        mask = tf.layers.dropout(features, 0.5, training=True)
        rows = tf.reduce_sum(mask, [1, 2, 3])
        weights = tf.cast(tf.range(1, tf.size(rows) + 1), tf.float32)
        return spec(stack, mode, tf.reduce_sum(weights * rows), features)

    def input_fn():
        images = np.ones([17, 2, 2, 1], np.float32)
        dataset = stack.tf2.data.Dataset.from_tensor_slices(images)
        return dataset.batch(5)

    return losses(stack, estimator(stack, path, model_fn), input_fn)


def scenario_random_operations(stack, path):
    """What each operation draws in three steps; two of a kind differ."""
    tf = stack.tf
    seen = []

    def model_fn(features, labels, mode):
        draws = {
            "uniform": tf.random_uniform([3]),
            "uniform, too": tf.random_uniform([3]),
            "range": tf.random_uniform([3], -2.0, 5.0),
            "integers": tf.random_uniform([5], 0, 100, tf.int32),
            "long integers": tf.random_uniform([3], -5, 10**12, tf.int64),
            "double": tf.random_uniform([2], dtype=tf.float64),
            "half": tf.random_uniform([3], dtype=tf.float16),
            "normal": tf.random_normal([3]),
            "normal of": tf.random_normal([3], 5.0, 2.0),
            "double normal": tf.random_normal([2], dtype=tf.float64),
            "truncated": tf.truncated_normal([3]),
            "shuffled": tf.random_shuffle(tf.range(9)),
            "shuffled rows": tf.random_shuffle(tf.eye(4)),
            "seeded": tf.random_uniform([3], seed=5),
            "by shape": tf.random_uniform(tf.shape(features)[:2]),
            "crop": tf.random_crop(tf.range(20), [3]),
        }
        for name, draw in draws.items():
            tf.add_to_collection("draws", tf.identity(draw, name=None))
            seen.append(name)
        return spec(stack, mode, tf.reduce_sum(features), features)

    results = []

    class Fetch(tf.train.SessionRunHook):
        def before_run(self, run_context):
            graph = run_context.session.graph
            return tf.train.SessionRunArgs(graph.get_collection("draws"))

        def after_run(self, run_context, run_values):
            results.append([np.ravel(value) for value in run_values.results])

    one = estimator(stack, path, model_fn)
    one.train(ones(stack), steps=3, hooks=[Fetch()])
    by_name = zip(seen, zip(*results, strict=True), strict=True)
    return {name: [v.tolist() for v in values] for name, values in by_name}


def scenario_reproducible(stack, path):
    """Distributions that draw other numbers here: at the least the same."""
    tf = stack.tf

    def model_fn(features, labels, mode):
        logits = tf.zeros([2, 5])
        draws = [
            tf.multinomial(logits, 6),
            tf.random.categorical(logits, 6),
            tf.random_gamma([3], 2.0),
            tf.random_poisson(4.0, [3]),
        ]
        total = tf.add_n([tf.reduce_sum(tf.cast(d, tf.float32)) for d in draws])
        return spec(stack, mode, total, features)

    found = []
    for name in ("a", "b"):
        one = estimator(stack, os.path.join(path, name), model_fn)
        found.append(losses(stack, one, ones(stack)))
    return [found[0] == found[1], len(set(found[0])) > 1]


def scenario_without_a_seed(stack, path):
    """Operation seeds work alone; what has none differs from run to run."""
    tf = stack.tf

    def model_fn(features, labels, mode):
        tf.get_variable(
            "seeded", [2], initializer=tf.random_uniform_initializer(seed=7)
        )
        tf.get_variable(
            "free", [2], initializer=tf.random_uniform_initializer()
        )
        draw = tf.random_uniform([2], seed=5)
        return spec(stack, mode, tf.reduce_sum(draw), features)

    runs = []
    for name in ("a", "b"):
        one = estimator(stack, os.path.join(path, name), model_fn, seed=None)
        runs.append(
            [
                losses(stack, one, ones(stack, count=3)),
                one.get_variable_value("seeded"),
                one.get_variable_value("free"),
            ]
        )
    differ = bool(np.any(runs[0][2] != runs[1][2]))
    return [runs[0][:2], runs[1][:2], differ]


def drawing(stack):
    """A model_fn with a random variable, and a loss that is a random draw."""
    tf = stack.tf

    def model_fn(features, labels, mode):
        tf.get_variable("w", [2], initializer=tf.random_uniform_initializer())
        drawn = tf.random_uniform([])
        return spec(stack, mode, drawn, features, predictions=features * 1)

    return model_fn


def order(stack, one, input_fn):
    """The features, in the order in which predict sees them."""
    return [np.ravel(value).tolist() for value in one.predict(input_fn)]


def scenario_shuffled_datasets(stack, path):
    """Their order, and how they move the seeds of model_fn."""
    Dataset = stack.tf2.data.Dataset
    numbers = list(range(12))

    def plain():
        return Dataset.from_tensor_slices(numbers).batch(4)

    def shuffled():
        return Dataset.from_tensor_slices(numbers).shuffle(12).batch(4)

    def shuffled_twice():
        return Dataset.range(12).shuffle(5).batch(2).shuffle(6)

    def repeated():
        return Dataset.range(4).shuffle(4).repeat(3).batch(4)

    def repeated_the_same():
        dataset = Dataset.range(4).shuffle(4, reshuffle_each_iteration=False)
        return dataset.repeat(3).batch(4)

    def seeded():
        return Dataset.range(12).shuffle(12, seed=3).batch(4)

    def mapped():
        tf = stack.tf2
        return (
            Dataset.range(6)
            .map(lambda x: x + tf.random.uniform([], 0, 100, tf.int64))
            .batch(3)
        )

    def drawn_before():
        stack.tf.random_uniform([])
        stack.tf.random_uniform([])
        return plain()

    # TensorFlow warns of `mapped`: the seed of the graph may be meant.
    warnings.filterwarnings("ignore", "Seed 42 from outer graph")
    facts = {}
    for input_fn in (
        plain,
        shuffled,
        shuffled_twice,
        repeated,
        repeated_the_same,
        seeded,
        mapped,
        drawn_before,
    ):
        name = input_fn.__name__
        one = estimator(stack, os.path.join(path, name), drawing(stack))
        drawn = losses(stack, one, input_fn)
        facts[name] = {
            "order": order(stack, one, input_fn),
            "losses": drawn,
            "w": one.get_variable_value("w"),
        }
    return facts


def scenario_numpy_input_fn(stack, path):
    """Shuffling takes a seed, as its queue did; the order is ours."""
    x = np.arange(12, dtype=np.float32)
    facts = {}
    for shuffle in (False, True):
        input_fn = stack.tf.estimator.inputs.numpy_input_fn(
            x, batch_size=4, shuffle=shuffle
        )
        one = estimator(stack, os.path.join(path, str(shuffle)), drawing(stack))
        drawn = losses(stack, one, input_fn)
        facts[str(shuffle)] = [
            drawn,
            one.get_variable_value("w"),
            sorted(order(stack, one, input_fn)),
        ]
    return facts


def scenario_inside_of_control_flow(stack, path):
    """Random operations in branches and loops have streams, too."""
    tf = stack.tf

    def model_fn(features, labels, mode):
        step = tf.train.get_global_step()
        branch = tf.cond(
            tf.equal(step % 2, 0),
            lambda: tf.random_uniform([]),
            lambda: 10.0 + tf.random_uniform([]),
        )
        total = tf.while_loop(
            lambda i, total: i < 3,
            lambda i, total: (
                i + 1,
                total + tf.random_uniform([], 0, 9, tf.int32),
            ),
            (0, 0),
        )[1]
        loss = branch + 100.0 * tf.cast(total, tf.float32)
        return spec(stack, mode, loss, features)

    return losses(stack, estimator(stack, path, model_fn), ones(stack))
