"""Iterators that a hook initializes, with what it feeds; static shapes."""

import numpy as np

X = np.arange(24, dtype=np.float32).reshape(12, 2)


def estimator(stack, path, seen, dense=lambda nest: nest):
    """An Estimator whose predictions are its features, as its hooks see."""
    tf = stack.tf

    def model_fn(features, labels, mode):
        x = dense(features["x"])
        seen.append(str(x.shape))
        step = tf.train.get_or_create_global_step()
        hooks = [Fetch(tf, x, seen)]
        return tf.estimator.EstimatorSpec(
            mode,
            predictions={"x": tf.identity(x)},
            loss=tf.constant(0.0),
            train_op=tf.assign_add(step, 1),
            training_hooks=hooks,
            evaluation_hooks=hooks,
        )

    config = stack.estimator.RunConfig(
        tf_random_seed=1, save_summary_steps=None, log_step_count_steps=None
    )
    return tf.estimator.Estimator(model_fn, path, config)


def Fetch(tf, fetches, found):
    class Hook(tf.train.SessionRunHook):
        def before_run(self, run_context):
            return tf.train.SessionRunArgs(fetches)

        def after_run(self, run_context, run_values):
            found.append(run_values.results)

    return Hook()


def Initialize(tf, switch_after=None):
    """A hook that runs `first` when a session is there, `second` amid it."""

    class Hook(tf.train.SessionRunHook):
        first = second = None

        def after_create_session(self, session, coord):
            self.steps = 0
            session.run(*self.first)

        def after_run(self, run_context, run_values):
            self.steps += 1
            if self.steps == switch_after:
                run_context.session.run(*self.second)

    return Hook()


def scenario_fed_initializer(stack, path):
    tf = stack.tf
    hook = Initialize(tf)

    def input_fn():
        x = tf.placeholder(tf.float32, [None, 2])
        factor = tf.placeholder(tf.float32, [])
        dataset = tf.data.Dataset.from_tensor_slices(x).map(
            lambda row: row * factor
        )
        dataset = dataset.shuffle(12, seed=5).repeat().batch(5)
        iterator = tf.data.make_initializable_iterator(dataset)
        hook.first = (iterator.initializer, {x: X, factor: 2.0})
        rows = iterator.get_next()
        return {"x": rows + 1}, rows[:, 0]

    seen = []
    made = estimator(stack, path, seen)
    made.train(input_fn, steps=3, hooks=[hook])
    made.evaluate(input_fn, steps=2, hooks=[hook])
    predicted = made.predict(input_fn, hooks=[hook])
    return [seen, [next(predicted)["x"] for _ in range(3)]]


def scenario_files_that_are_fed(stack, path):
    tf = stack.tf
    hook = Initialize(tf)
    files = []
    for name in "ab":
        files.append(f"{path}/{name}.csv")
        with open(files[-1], "w") as file:
            file.writelines(f"{i}.5\n" for i in range(3))

    def input_fn():
        names = tf.placeholder(tf.string, [None])
        lines = tf.data.TextLineDataset(names).batch(4)
        iterator = tf.data.make_initializable_iterator(lines)
        hook.first = (iterator.initializer, {names: files})
        return {"x": tf.string_to_number(iterator.get_next())}

    seen = []
    estimator(stack, f"{path}/m", seen).train(input_fn, hooks=[hook])
    return seen


def scenario_initialized_again(stack, path):
    tf = stack.tf
    hook = Initialize(tf, switch_after=2)

    def input_fn():
        x = tf.placeholder(tf.float32, [None, 2])
        dataset = tf.data.Dataset.from_tensor_slices(x).batch(4)
        iterator = tf.data.make_initializable_iterator(dataset)
        hook.first = (iterator.initializer, {x: X})
        hook.second = (iterator.initializer, {x: -X[:9]})
        return {"x": iterator.get_next()}

    seen = []
    estimator(stack, path, seen).train(input_fn, hooks=[hook])
    return seen


def scenario_two_datasets(stack, path):
    tf = stack.tf
    hook = Initialize(tf, switch_after=1)

    def input_fn():
        first = tf.data.Dataset.from_tensor_slices(X).batch(4)
        second = tf.data.Dataset.from_tensor_slices(-X).batch(4).take(2)
        iterator = tf.data.Iterator.from_structure(tf.float32, [None, 2])
        hook.first = (iterator.make_initializer(first),)
        hook.second = (iterator.make_initializer(second),)
        return {"x": iterator.get_next()}

    seen = []
    estimator(stack, path, seen).train(input_fn, hooks=[hook])
    return seen


def scenario_static_shapes_of_sparse_tensors(stack, path):
    tf = stack.tf

    def sparse(rows):
        shape = [rows, 3]
        return tf.SparseTensor([[0, 1]], [5.0], shape)

    def parsed():
        example = tf.train.Example()
        feature = example.features.feature
        feature["i"].int64_list.value.append(2)
        feature["v"].float_list.value.append(0.5)
        wanted = {"x": tf.SparseFeature("i", "v", tf.float32, 4)}
        dataset = tf.data.Dataset.from_tensors(example.SerializeToString())
        return dataset.batch(1).map(lambda e: tf.parse_example(e, wanted))

    facts = {}
    inputs = {
        "constant": lambda: ({"x": sparse(2)}, None),
        "dataset": lambda: tf.data.Dataset.from_tensors({"x": sparse(2)}),
        "parsed": parsed,
        "batched": lambda: tf.data.Dataset.from_tensors(
            {"x": tf.SparseTensor([[1]], [5.0], [3])}
        ).batch(2),
    }
    for name, input_fn in inputs.items():
        seen = []
        made = estimator(stack, f"{path}/{name}", seen, tf.sparse.to_dense)
        made.train(input_fn, steps=1)
        facts[name] = seen
    return facts
