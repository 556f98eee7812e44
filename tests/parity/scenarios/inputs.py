"""Input functions: the batches that arrive, and what model_fn sees of them."""

import functools

import numpy as np


def describe(nest):
    """Dtype and static shape of each tensor; the keys of dicts in order."""
    if isinstance(nest, dict):
        return [[key, describe(value)] for key, value in nest.items()]
    if isinstance(nest, (list, tuple)):
        return [type(nest).__name__, *map(describe, nest)]
    if nest is None:
        return None
    return f"{type(nest).__name__} {nest.dtype.name} {nest.shape}".replace(
        "SymbolicTensor", "Tensor"
    )


def dense(tf, tensor):
    return (
        tf.sparse.to_dense(tensor)
        if isinstance(tensor, tf.SparseTensor)
        else tensor
    )


class Observed:
    """An Estimator whose predictions are what its input provides.

    In mode PREDICT that is the features; in TRAIN and EVAL hooks fetch both.
    """

    def __init__(self, stack, seed=None, params=None):
        self.stack = stack
        self.seen = []
        self.batches = []
        config = stack.estimator.RunConfig(
            tf_random_seed=seed,
            save_checkpoints_steps=None,
            save_checkpoints_secs=None,
            save_summary_steps=None,
            log_step_count_steps=None,
        )
        self.estimator = stack.tf.estimator.Estimator(
            self.model_fn, config=config, params=params
        )

    def model_fn(self, features, labels, mode, params):
        tf = self.stack.tf
        self.seen.append([describe(features), describe(labels)])
        flat = [dense(tf, t) for t in tf.nest.flatten(features)]
        predictions = {str(i): tf.identity(t) for i, t in enumerate(flat)}
        step = tf.train.get_or_create_global_step()
        loss = tf.constant(0.0)
        observe = Observe(tf, self.batches, [predictions, labels])
        return self.stack.tf.estimator.EstimatorSpec(
            mode,
            predictions=predictions,
            loss=loss,
            train_op=tf.assign_add(step, 1),
            training_hooks=[observe],
            evaluation_hooks=[observe],
        )

    def predict(self, input_fn, count=None):
        found = []
        for batch in self.estimator.predict(
            input_fn, yield_single_examples=False
        ):
            values = [batch[str(i)] for i in range(len(batch))]
            found.append(values[0] if len(values) == 1 else values)
            if len(found) == count:
                break
        return found

    def train(self, input_fn, steps=None):
        self.batches.clear()
        self.estimator.train(input_fn, steps=steps)
        return list(self.batches)


def Observe(tf, found, fetches):
    class Hook(tf.train.SessionRunHook):
        def before_run(self, run_context):
            present = [
                dense(tf, f) for f in tf.nest.flatten(fetches) if f is not None
            ]
            return tf.train.SessionRunArgs(present)

        def after_run(self, run_context, run_values):
            found.append(run_values.results)

    return Hook()


def outcome(call, words=()):
    try:
        return call()
    except (ValueError, TypeError) as error:
        kind = ValueError if isinstance(error, ValueError) else TypeError
        return [kind.__name__, [w for w in words if w in str(error)]]


def scenario_numpy(stack, path):
    numpy_input_fn = stack.tf.estimator.inputs.numpy_input_fn
    x = np.arange(5.0)
    table = {
        "5 rows, 4 at a time, twice": (x, 4, 2, None),
        "3 rows, 8 at a time, thrice": (x[:3], 8, 3, None),
        "exactly": (x, 5, 2, None),
        "without end": (x[:3], 2, None, 3),
        "one row": (x[:1], 4, 1, None),
        "matrix": (x.reshape(5, 1) + [0, 10], 3, 1, None),
    }
    facts = {}
    for name, (rows, batch_size, epochs, count) in table.items():
        observed = Observed(stack)
        input_fn = numpy_input_fn(
            rows, batch_size=batch_size, num_epochs=epochs, shuffle=False
        )
        facts[name] = [observed.predict(input_fn, count), observed.seen]
    return facts


def scenario_numpy_structures(stack, path):
    numpy_input_fn = stack.tf.estimator.inputs.numpy_input_fn
    a, b = np.arange(3), np.array([[1.0], [2.0], [3.0]], np.float32)
    table = {
        "dict": ({"b": b, "a": a}, None),
        "dict and array": ({"b": b, "a": a}, a),
        "dict and dict": ({"b": b}, {"z": a, "y": b}),
        "array and array": (b, a),
        "array and dict": (b, {"y": a}),
        "strings": ({"s": np.array(["a", "bc", "d"])}, np.array(["e"] * 3)),
        "bytes": ({"s": np.array([b"a", b"bc", b"d"])}, None),
        "objects": ({"s": np.array(["a", "bc", "d"], dtype=object)}, None),
        "bools": ({"s": np.array([True, False, True])}, a.astype(np.int8)),
    }
    facts = {}
    for name, (x, y) in table.items():
        observed = Observed(stack)
        input_fn = numpy_input_fn(
            x, y, batch_size=2, num_epochs=1, shuffle=False
        )
        facts[name] = [observed.train(input_fn), observed.seen]
    return facts


def scenario_numpy_refused(stack, path):
    numpy_input_fn = stack.tf.estimator.inputs.numpy_input_fn
    x, y = np.arange(3), np.arange(3)
    table = {
        "shuffle": lambda: numpy_input_fn(x, y),
        "shuffle text": lambda: numpy_input_fn(x, y, shuffle="no"),
        "lengths": lambda: numpy_input_fn(x, y[:2], shuffle=False)(),
        "lengths in a dict": lambda: numpy_input_fn(
            {"a": x, "b": y[:2]}, shuffle=False
        )(),
        "same key": lambda: numpy_input_fn({"a": x}, {"a": y}, shuffle=False)(),
        "empty x": lambda: numpy_input_fn({}, y, shuffle=False)(),
        "empty y": lambda: numpy_input_fn(x, {}, shuffle=False)(),
        "list": lambda: numpy_input_fn([1, 2], shuffle=False)(),
        "text": lambda: numpy_input_fn("ab", shuffle=False)(),
    }
    words = [
        "shuffle must be provided and explicitly set as boolean",
        "Length of tensors in x and y is mismatched",
        "duplicate keys are found in both x and y",
        "x cannot be an empty dict",
        "use None instead.",
        "x must be a dict or array",
    ]
    return {name: outcome(call, words) for name, call in table.items()}


def scenario_pandas(stack, path):
    import pandas as pd

    pandas_input_fn = stack.tf.estimator.inputs.pandas_input_fn
    frame = pd.DataFrame(
        {"b": [1.0, 2.0, 3.0], "a": ["x", "y", "z"], "c": [4, 5, 6]}
    )
    other = frame[["b", "c"]].set_index(pd.Index([7, 8, 9]))
    table = {
        "features": (frame, None),
        "series": (frame[["c", "b"]], pd.Series([0, 1, 0])),
        "named series": (frame[["c"]], frame["b"]),
        "frame": (frame[["c"]], frame[["b", "a"]]),
        "index": (other, other["c"]),
    }
    facts = {}
    for name, (x, y) in table.items():
        observed = Observed(stack)
        input_fn = pandas_input_fn(
            x, y, batch_size=2, num_epochs=1, shuffle=False
        )
        facts[name] = [observed.train(input_fn), observed.seen]
    return facts


def scenario_pandas_refused(stack, path):
    import pandas as pd

    pandas_input_fn = stack.tf.estimator.inputs.pandas_input_fn
    frame = pd.DataFrame({"a": [1, 2], "target": [3, 4]})
    table = {
        "shuffle": lambda: pandas_input_fn(frame),
        "index": lambda: pandas_input_fn(
            frame, pd.Series([1, 2], index=[5, 6]), shuffle=False
        ),
        "target": lambda: pandas_input_fn(
            frame, pd.Series([1, 2]), shuffle=False
        ),
        "target column": lambda: pandas_input_fn(
            frame, pd.Series([1, 2]), shuffle=False, target_column="a"
        ),
        "target column type": lambda: pandas_input_fn(
            frame, pd.Series([1, 2]), shuffle=False, target_column=1
        ),
    }
    words = [
        "shuffle must be provided and explicitly set as boolean",
        "Index for x and y are mismatched",
        "Cannot use name target for target column",
        "Cannot use name a for target column",
        "target_column must be a string type",
    ]
    return {name: outcome(call, words) for name, call in table.items()}


def scenario_structures(stack, path):
    tf = stack.tf2

    def numbers(count=3):
        return tf.data.Dataset.range(count)

    def sparse():
        return tf.SparseTensor([[0, 0], [1, 1], [2, 0]], [1, 2, 3], [3, 2])

    table = {
        "tensor": lambda: numbers().batch(2),
        "pair": lambda: numbers().map(lambda x: (x, -x)).batch(2),
        "none": lambda: numbers().map(lambda x: (x, None)).batch(2),
        "dict": lambda: (
            numbers().map(lambda x: ({"b": x, "a": -x}, {"y": x})).batch(2)
        ),
        "nested": lambda: (
            numbers().map(lambda x: ({"b": (x, {"c": -x})}, x)).batch(2)
        ),
        "tuple of features": lambda: (
            numbers().map(lambda x: ((x, -x), x)).batch(2)
        ),
        "scalars": lambda: numbers(),
        "static": lambda: numbers().batch(3, drop_remainder=True),
        "sparse": lambda: tf.data.Dataset.from_tensor_slices(
            ({"s": sparse()}, [1, 2, 3])
        ).batch(2),
        "strings": lambda: tf.data.Dataset.from_tensors("text").batch(1),
    }
    facts = {}
    for name, input_fn in table.items():
        observed = Observed(stack)
        facts[name] = [observed.predict(input_fn), observed.seen]
        if name in ("pair", "dict", "sparse"):
            observed = Observed(stack)
            trained = observed.train(input_fn)
            facts[f"{name}, trained"] = [trained, observed.seen]
    return facts


def scenario_iterators(stack, path):
    tf = stack.tf

    def numbers():
        return stack.tf2.data.Dataset.range(5).map(lambda x: (x, -x)).batch(2)

    def one_shot():
        return tf.data.make_one_shot_iterator(numbers()).get_next()

    def initializable():
        iterator = tf.data.make_initializable_iterator(numbers())
        tf.add_to_collection(
            tf.GraphKeys.TABLE_INITIALIZERS, iterator.initializer
        )
        return iterator.get_next()

    def operations():
        x, y = one_shot()
        return {"x": tf.one_hot(x, 2), "y": x + y}, y

    def features_alone():
        return one_shot()[0]

    def constants():
        return tf.constant([1, 2]), tf.constant([3])

    def with_none():
        return one_shot()[0], None

    def a_list():
        return list(one_shot())

    def table():
        words = tf.constant(["a", "b"])
        values = tf.constant([10, 20], tf.int64)
        lookup = tf.lookup.StaticHashTable(
            tf.lookup.KeyValueTensorInitializer(words, values), -1
        )
        dataset = stack.tf2.data.Dataset.from_tensor_slices(["b", "c", "a"])
        found = tf.data.make_one_shot_iterator(dataset.batch(2)).get_next()
        return lookup.lookup(found)

    def table_in_map():
        words = tf.constant(["a", "b"])
        values = tf.constant([10, 20], tf.int64)
        lookup = tf.lookup.StaticHashTable(
            tf.lookup.KeyValueTensorInitializer(words, values), -1
        )
        dataset = stack.tf2.data.Dataset.from_tensor_slices(["b", "c", "a"])
        return dataset.map(lookup.lookup).batch(2)

    facts = {}
    for input_fn in (
        one_shot,
        initializable,
        operations,
        features_alone,
        constants,
        with_none,
        a_list,
        table,
        table_in_map,
    ):
        observed = Observed(stack)
        found = observed.predict(input_fn, 3)
        facts[input_fn.__name__] = [found, observed.seen]
    return facts


def scenario_two_get_next(stack, path):
    """Each takes an element of its own; which one, threads decide."""
    tf = stack.tf

    def input_fn():
        iterator = tf.data.make_one_shot_iterator(
            stack.tf2.data.Dataset.range(7)
        )
        return iterator.get_next(), iterator.get_next()

    observed = Observed(stack)
    return [
        sorted(int(part) for part in batch)
        for batch in observed.train(input_fn)
    ]


def scenario_seeds(stack, path):
    tf = stack.tf

    def numbers():
        return stack.tf2.data.Dataset.range(8)

    def shuffled():
        return numbers().shuffle(8).batch(8)

    def twice():
        return numbers().shuffle(8).repeat(2).batch(8)

    def seeded():
        return numbers().shuffle(8, seed=2).batch(8)

    def after_get_next():
        x = tf.data.make_one_shot_iterator(numbers().batch(4)).get_next()
        return {"x": x, "u": tf.random_uniform([2]), "n": tf.random_normal([])}

    def tensors():
        return {"u": tf.random_uniform([2], seed=4), "n": tf.random_normal([2])}

    def in_map():
        # Without a seed of its own TensorFlow warns.
        return numbers().map(lambda x: tf.random.uniform([], seed=9)).batch(4)

    facts = {}
    for input_fn in (
        shuffled,
        twice,
        seeded,
        after_get_next,
        tensors,
        in_map,
    ):
        found = [Observed(stack, 3).predict(input_fn, 2) for _ in range(2)]
        facts[input_fn.__name__] = found
    return facts


def scenario_seeds_before_model_fn(stack, path):
    """How many seeds the input takes decides what model_fn draws."""
    tf = stack.tf

    def model_fn(features, labels, mode):
        v = tf.get_variable("v", [2])
        drawn = tf.random_uniform([2])
        return stack.estimator.EstimatorSpec(
            mode, predictions={"v": v + 0, "drawn": drawn}
        )

    def none():
        return stack.tf2.data.Dataset.range(1)

    def one():
        return stack.tf2.data.Dataset.range(1).shuffle(1)

    def explicit():
        return stack.tf2.data.Dataset.range(1).shuffle(1, seed=1)

    def two():
        return tf.random_uniform([1]) + tf.random_normal([1])

    x = np.arange(1)
    numpy_input_fn = stack.tf.estimator.inputs.numpy_input_fn
    table = {
        "none": none,
        "one": one,
        "explicit": explicit,
        "two": two,
        "numpy": numpy_input_fn(x, shuffle=False),
        "numpy shuffled": numpy_input_fn(x, shuffle=True),
    }
    facts = {}
    for name, input_fn in table.items():
        config = stack.estimator.RunConfig(tf_random_seed=5)
        estimator = stack.estimator.Estimator(model_fn, config=config)
        facts[name] = next(
            iter(estimator.predict(input_fn, yield_single_examples=False))
        )
    return facts


def scenario_arguments(stack, path):
    tf = stack.tf
    seen = []

    def all_of_them(params, mode, config):
        seen.append([mode, params["rate"], type(config).__name__])
        return stack.tf2.data.Dataset.range(1)

    def one_of_them(mode):
        seen.append(mode)
        return tf.constant(1)

    observed = Observed(stack, params={"rate": 3})
    observed.train(all_of_them)
    observed.train(one_of_them, steps=1)
    observed.estimator.evaluate(all_of_them)
    observed.predict(one_of_them, 1)
    return seen


def scenario_refused(stack, path):
    tf = stack.tf2

    def numbers():
        return tf.data.Dataset.range(3)

    table = {
        "none": lambda: None,
        "triple": lambda: (1, 2, 3),
        "single": lambda: (tf.constant(1),),
        "dataset of triples": lambda: numbers().map(lambda x: (x, x, x)),
        "dataset of singles": lambda: numbers().map(lambda x: (x,)),
    }
    words = ["len 2 tuple"]
    facts = {}
    for name, input_fn in table.items():
        observed = Observed(stack)
        train = functools.partial(observed.train, input_fn)
        facts[name] = outcome(train, words)
    return facts
