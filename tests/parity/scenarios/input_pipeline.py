"""CheckpointInputPipelineHook: training goes on where its input stopped.

The real one saves on a schedule of its own, beside the checkpoints of the
model, and continues from the newest: scenarios stay where the two agree.
"""

import numpy as np

from tests.parity import observe


def hook_class(stack):
    """The real one is among the names of TensorFlow 2 that ours is not."""
    ours = getattr(stack.estimator, "CheckpointInputPipelineHook", None)
    return ours or stack.tf2.data.experimental.CheckpointInputPipelineHook


def estimator(stack, path, **config):
    """An Estimator whose steps add up what they read."""
    tf = stack.tf

    def model_fn(features, labels, mode):
        total = tf.get_variable(
            "total", [], tf.int64, initializer=tf.zeros_initializer()
        )
        features = tf.identity(features, name="features")
        with tf.control_dependencies(
            [tf.assign_add(total, tf.reduce_sum(features))]
        ):
            train_op = tf.assign_add(tf.train.get_global_step(), 1)
        return stack.estimator.EstimatorSpec(
            mode, loss=tf.cast(total, tf.float32), train_op=train_op
        )

    config.setdefault("save_checkpoints_steps", 4)
    return stack.estimator.Estimator(
        model_fn, path, stack.estimator.RunConfig(tf_random_seed=7, **config)
    )


def see(stack, seen, raise_after=None):
    """A hook that notes the batches; it may raise after one of them."""
    tf = stack.tf

    class See(tf.train.SessionRunHook):
        def before_run(self, run_context):
            return tf.train.SessionRunArgs("features:0")

        def after_run(self, run_context, run_values):
            seen.append(np.asarray(run_values.results).tolist())
            if len(seen) == raise_after:
                raise ZeroDivisionError

    return See()


def train(stack, path, input_fn, policy=None, raise_after=None, **kwargs):
    """Returns the batches of a call of train, by an Estimator of its own."""
    seen = []
    one = estimator(stack, path)
    # 1.15's takes no policy.
    given = {} if policy is None else {"external_state_policy": policy}
    hooks = [
        hook_class(stack)(one, **given),
        see(stack, seen, raise_after),
    ]
    failed = observe.outcome(
        lambda: one.train(input_fn, hooks=hooks, **kwargs) is one
    )
    return [failed, seen]


def pipelines(stack):
    data = stack.tf2.data
    tf = stack.tf

    def one_shot():
        dataset = data.Dataset.range(40).batch(2)
        return tf.data.make_one_shot_iterator(dataset).get_next() + 100

    def initializable():
        dataset = data.Dataset.range(40).shuffle(5, seed=3)
        iterator = tf.data.make_initializable_iterator(dataset)
        tf.add_to_collection(
            tf.GraphKeys.TABLE_INITIALIZERS, iterator.initializer
        )
        return iterator.get_next()

    def interleaved():
        def ten(i):
            return data.Dataset.range(10 * i, 10 * i + 10)

        return data.Dataset.range(4).interleave(ten, 3, 2).batch(3)

    return {
        "shuffle": lambda: data.Dataset.range(9).shuffle(4, seed=1).repeat(),
        "seed of the graph": lambda: data.Dataset.range(9).shuffle(4).repeat(),
        "prefetch": lambda: data.Dataset.range(90).batch(3).prefetch(4),
        "parallel map": lambda: data.Dataset.range(40).map(
            lambda x: x * x, num_parallel_calls=2
        ),
        "interleave": interleaved,
        "cache": lambda: data.Dataset.range(5).cache().repeat(),
        "one-shot": one_shot,
        "initializable": initializable,
    }


def scenario_goes_on(stack, path):
    """Two calls of train read what one would have read."""
    facts = {}
    for name, input_fn in pipelines(stack).items():
        folder = f"{path}/{name}"
        facts[name] = [
            train(stack, folder, input_fn, steps=5),
            train(stack, folder, input_fn, steps=8),
        ]
    return facts


def scenario_interrupted(stack, path):
    """Steps after the last checkpoint are repeated, with their batches."""
    input_fn = pipelines(stack)["shuffle"]
    return [
        train(stack, path, input_fn, steps=20, raise_after=6),
        observe.checkpoints(path),
        train(stack, path, input_fn, steps=6),
    ]


def scenario_end_of_the_input(stack, path):
    """An input that has ended stays so."""

    def input_fn():
        return stack.tf2.data.Dataset.range(7).batch(2)

    calls = [train(stack, path, input_fn, steps=2)]
    calls += [train(stack, path, input_fn) for _ in range(3)]
    return [calls, observe.checkpoints(path)]


def scenario_state_outside(stack, path):
    """Of Python functions, random operations and generators."""
    tf, data = stack.tf, stack.tf2.data

    def in_python():
        return data.Dataset.range(20).map(
            lambda x: tf.py_func(lambda a: a + 1, [x], tf.int64)
        )

    def random():
        # Rounded down to 0: which thread draws first is left to chance.
        return data.Dataset.range(20).map(
            lambda x: x + tf.random.uniform([], 0, 1, tf.int64, seed=1)
        )

    def generated():
        return data.Dataset.from_generator(
            lambda: iter(range(20)), tf.int64, []
        )

    facts = {}
    for input_fn, policy in (
        (in_python, None),
        (in_python, "warn"),
        (random, "fail"),
        (random, "ignore"),
    ):
        name = f"{input_fn.__name__} {policy}"
        facts[name] = [
            train(stack, f"{path}/{name}", input_fn, policy, steps=steps)
            for steps in (5, 3)
        ]
    facts["generated"] = train(stack, f"{path}/gen", generated, steps=5)
    return facts


def scenario_another_input(stack, path):
    """Other transformations are an error, other arguments of them are not."""
    data = stack.tf2.data
    train(stack, path, lambda: data.Dataset.range(40).batch(2), steps=4)
    return [
        train(stack, path, lambda: data.Dataset.range(40), steps=1),
        train(stack, path, lambda: data.Dataset.range(40).batch(3), steps=1),
    ]


def scenario_arguments(stack, path):
    one = estimator(stack, path)
    make = hook_class(stack)
    return [
        observe.outcome(lambda policy=policy: make(one, policy) is not None)
        for policy in (None, "fail", "warn", "ignore", "", "FAIL", "nothing", 1)
    ]


def scenario_checkpoints(stack, path):
    """Each of the model has one of the input."""
    train(stack, path, pipelines(stack)["prefetch"], steps=6)
    there = set(observe.files(path))
    models = observe.checkpoints(path)
    return [
        models,
        [f"input.ckpt-{step}.index" in there for step in models],
        "checkpoint_input" in there,
        observe.state(path),
    ]
