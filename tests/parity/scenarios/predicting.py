"""predict: what is run when, what comes out, and with which weights."""

import os

import numpy as np

from tests.parity import observe
from tests.parity import toys


def described(prediction):
    """The prediction with types: they are NumPy's."""
    if isinstance(prediction, dict):
        return {key: described(value) for key, value in prediction.items()}
    return [
        isinstance(prediction, np.ndarray),
        getattr(prediction, "dtype", np.dtype(object)).name,
        getattr(prediction, "tolist", lambda: prediction)(),
    ]


def rows(stack, *batches):
    """An input_fn of batches of rows, with labels."""

    def input_fn():
        sizes = [len(batch) for batch in batches]
        values = np.concatenate(batches).astype(np.float32)
        dataset = stack.tf2.data.Dataset.from_tensor_slices((values, values))
        return dataset.batch(max(sizes))

    return input_fn


def generated(stack, generator, length):
    """An input_fn of what a generator yields, not read in advance.

    By its own account the real one reads none; tf.data does, unless told.
    """

    def input_fn():
        options = stack.tf2.data.Options()
        options.experimental_optimization.inject_prefetch = False
        return stack.tf2.data.Dataset.from_generator(
            generator, stack.tf.float32, stack.tf.TensorShape([length])
        ).with_options(options)

    return input_fn


def predictor(stack, path, predictions, trained=False):
    """An Estimator that predicts `predictions(features, w)`."""
    tf = stack.tf

    def model_fn(features, labels, mode):
        w = tf.get_variable("w", [], initializer=tf.ones_initializer())
        loss = tf.reduce_mean(w * features)
        with tf.control_dependencies([loss]):
            step = tf.assign_add(tf.train.get_global_step(), 1)
            change = tf.assign_add(w, 1.0)
        return stack.estimator.EstimatorSpec(
            mode,
            predictions=predictions(features, w),
            loss=loss,
            train_op=tf.group(step, change),
        )

    one = stack.estimator.Estimator(model_fn, path)
    if trained:
        one.train(rows(stack, [1, 2]))
    return one


def scenario_kinds_of_predictions(stack, path):
    """Dicts and tensors, of several types, as examples and as batches."""
    tf = stack.tf
    table = {
        "tensor": lambda x, w: w * x,
        "matrix": lambda x, w: tf.stack([x, x + 1.0], 1),
        "dict": lambda x, w: {"b": w * x, "a": tf.cast(x, tf.int64)},
        "types": lambda x, w: {
            "bool": x > 1.0,
            "text": tf.as_string(x),
            "double": tf.cast(x, tf.float64),
            "uint8": tf.cast(x, tf.uint8),
        },
        "empty rows": lambda x, w: {"e": tf.zeros_like(x)[:, None][:, 1:]},
        "scalar": lambda x, w: {"s": w, "x": x},
        "only scalar": lambda x, w: w,
        "other length": lambda x, w: {"x": x, "y": x[:1]},
        "placeholder": lambda x, w: x,
        "variable": lambda x, w: {"w": tf.reshape(w, [1]), "x": x[:1]},
    }
    facts = {}
    for name, predictions in table.items():
        one = predictor(stack, os.path.join(path, name), predictions)
        for single in (True, False):
            facts[f"{name} {single}"] = observe.outcome(
                lambda one=one, single=single: [
                    described(prediction)
                    for prediction in one.predict(
                        rows(stack, [0, 1, 2]), yield_single_examples=single
                    )
                ],
                ["Batch length of predictions should be same"],
            )
    return facts


def scenario_predict_keys(stack, path):
    """A name, some names, all names, and wrong ones.

    In the real one a string stands for all names that it contains.
    """
    one = predictor(
        stack, path, lambda x, w: {"a": x, "b": w * x, "long": x + 1.0}
    )
    facts = {}
    for name, keys in {
        "None": None,
        "string": "a",
        "longer string": "long",
        "list": ["b"],
        "tuple": ("b", "a"),
        "set": {"b"},
        "partly unknown": ["a", "nobody"],
        "all unknown": ["nobody"],
        "unknown string": "xyz",
        "empty list": [],
        "empty string": "",
    }.items():
        facts[name] = observe.outcome(
            lambda keys=keys: [
                sorted(prediction)
                for prediction in one.predict(rows(stack, [1]), keys)
            ],
            ["Expected to run at least one output from"],
        )
    tensor = predictor(stack, path, lambda x, w: x)
    facts["of a tensor"] = observe.outcome(
        lambda: list(tensor.predict(rows(stack, [1]), "a")),
        ["predict_keys argument is not valid in case of non-dict predictions"],
    )
    return facts


def scenario_laziness(stack, path):
    """Nothing runs before the first `next`; then one batch at a time."""
    seen = []

    def predictions(x, w):
        seen.append("model_fn")
        return x

    one = predictor(stack, path, predictions, trained=True)
    seen.clear()

    def batches():
        for value in (1.0, 3.0, 5.0):
            seen.append(["reads", value])
            yield [value, value + 1.0]

    def input_fn():
        seen.append("input_fn")
        return generated(stack, batches, 2)()

    predictions = one.predict(input_fn)
    seen.append("predict returned")
    seen.extend(float(prediction) for prediction in predictions)
    seen.append("wrong arguments")
    wrong = one.predict(input_fn, hooks=["x"])
    seen.append(
        observe.outcome(
            lambda: next(wrong), ["must be a SessionRunHook, given: "]
        )
    )
    nowhere = one.predict(input_fn, checkpoint_path=f"{path}/nowhere")
    seen.append("no such checkpoint")
    before = len(seen)
    raised = observe.outcome(lambda: next(nowhere))
    # Ours sees it sooner, before input_fn and model_fn are called.
    seen[before:] = [raised]
    seen.append("never asked")
    one.predict(input_fn)
    return seen


def scenario_closed_early(stack, path):
    """No `end` for hooks, and no more reading."""
    one = predictor(stack, path, lambda x, w: x)
    seen = []
    for taken in (0, 1, 2, 3, 4):
        predictions = one.predict(
            rows(stack, [1, 2], [3, 4]),
            hooks=[observe.trace_hook(stack, seen, taken)],
        )
        seen.extend(float(next(predictions)) for _ in range(taken))
        predictions.close()
        seen.append("closed")
        seen.append(observe.outcome(lambda p=predictions: next(p)))
    return seen


def scenario_an_open_generator_keeps_its_weights(stack, path):
    """Through training, evaluation and other predictions in between."""
    one = predictor(stack, path, lambda x, w: w * x, trained=True)
    opened = one.predict(rows(stack, [1, 1], [1, 1], [1, 1]))
    facts = [float(next(opened))]
    one.train(rows(stack, [1, 2]))
    facts.append(float(next(opened)))
    facts.append([float(p) for p in one.predict(rows(stack, [1, 1]))])
    second = one.predict(rows(stack, [1, 1]))
    facts.append(float(next(second)))
    facts.append(float(one.evaluate(rows(stack, [1, 1]))["loss"]))
    one.train(rows(stack, [1, 2]))
    # In the real one, those opened last must end first.
    facts.append([float(p) for p in second])
    facts.append([float(p) for p in opened])
    facts.append([float(p) for p in one.predict(rows(stack, [1, 1]))])
    return facts


def scenario_two_at_a_time(stack, path):
    """Two generators of one Estimator, read in turns."""
    one = predictor(stack, path, lambda x, w: w * x, trained=True)
    first = one.predict(rows(stack, [1, 2], [3, 4]))
    second = one.predict(rows(stack, [5, 6], [7, 8]))
    facts = [float(next(first)), float(next(second)), float(next(second))]
    facts += [float(next(first)), float(next(first)), *map(float, second)]
    return [*facts, *map(float, first)]


def scenario_labels_are_dropped(stack, path):
    """model_fn gets None for them, whatever input_fn returns."""
    tf = stack.tf
    seen = []

    def model_fn(features, labels, mode):
        seen.append([mode, labels is None, type(features).__name__])
        return stack.estimator.EstimatorSpec(
            mode, predictions=tf.nest.flatten(features)[0]
        )

    values = [[1.0, 2.0]]
    from_slices = stack.tf2.data.Dataset.from_tensor_slices
    facts = []
    for number, input_fn in enumerate(
        (
            lambda: from_slices(values),
            lambda: from_slices((values, values)),
            lambda: from_slices(({"x": values}, {"y": values})),
            lambda: (tf.constant(values), None),
        )
    ):
        one = stack.estimator.Estimator(
            model_fn, os.path.join(path, str(number))
        )
        predictions = one.predict(input_fn)
        facts.append([np.sum(next(predictions)), os.path.exists(one.model_dir)])
    facts.append([[m, n] for m, n, _ in seen])
    return facts


def scenario_checkpoints(stack, path):
    """The newest, a given one, none at all, and a path that is none."""
    config = stack.estimator.RunConfig(
        model_dir=os.path.join(path, "model"), save_checkpoints_steps=1
    )
    one = stack.estimator.Estimator(toys.halving(stack), config=config)

    def predicted(checkpoint_path=None):
        predictions = one.predict(
            toys.batches(stack, 1), checkpoint_path=checkpoint_path
        )
        return float(next(predictions)["y"])

    facts = {"untrained": [predicted(), observe.files(one.model_dir)]}
    one.train(toys.eights(stack), steps=3)
    base = os.path.join(one.model_dir, "model.ckpt")
    facts["newest"] = predicted()
    facts["old"] = [predicted(f"{base}-{step}") for step in (0, 1, 3)]
    facts["empty"] = predicted("")
    facts["bad"] = observe.outcome(lambda: predicted(f"{base}-9"))
    one.train(toys.eights(stack), steps=1)
    facts["trained on"] = predicted()
    facts["left"] = observe.files(one.model_dir)
    return facts


def scenario_no_batches(stack, path):
    """An empty dataset predicts nothing; hooks begin and end."""
    seen = []
    one = predictor(stack, path, lambda x, w: x)
    predictions = one.predict(
        toys.eights(stack, 0), hooks=[observe.trace_hook(stack, seen, "h")]
    )
    return [list(predictions), seen]


def scenario_fed_by_a_generator(stack, path):
    """The "FastPredict" idiom: one open generator, fed as needed."""
    fed = []

    def source():
        while True:
            yield fed.pop()

    one = predictor(stack, path, lambda x, w: w * x, trained=True)
    opened = one.predict(generated(stack, source, 1))
    answers = []
    for value in (1.0, 2.0, 3.0):
        fed.append([value])
        answers.append(float(next(opened)))
    opened.close()
    return answers
