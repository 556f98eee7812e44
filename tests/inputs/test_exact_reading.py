"""Calls of an Estimator read what they use: no batch is lost between them."""

import itertools

import numpy as np
import pytest
import tensorflow as tf

import keras_estimator as ke

v1 = tf.compat.v1


class Source:
    """A stream of numbers that goes on from call to call."""

    def __init__(self, end=10**6):
        self.taken = []
        self.numbers = iter(range(end))

    def generate(self):
        for number in self.numbers:
            self.taken.append(number)
            yield np.float32(number)

    def dataset(self):
        return tf.data.Dataset.from_generator(
            self.generate, output_signature=tf.TensorSpec([], tf.float32)
        )


def model_fn(features, mode):
    step = v1.train.get_global_step()
    total = v1.get_variable("total", [], initializer=v1.zeros_initializer())
    x = tf.reduce_sum(features)
    with tf.control_dependencies([total.assign_add(x)]):
        train_op = step.assign_add(1)
    return ke.EstimatorSpec(
        mode,
        predictions={"x": tf.reshape(features, [-1])},
        loss=x,
        train_op=train_op,
        eval_metric_ops={"sum": v1.metrics.mean(x)},
    )


@pytest.fixture
def estimator(model_dir):
    config = ke.RunConfig(save_summary_steps=None, log_step_count_steps=None)
    return ke.Estimator(model_fn, model_dir, config)


class EveryStep(ke.SessionRunHook):
    def __init__(self):
        self.steps = 0

    def after_run(self, run_context, run_values):
        self.steps += 1


@pytest.mark.parametrize(
    "transform",
    [
        lambda dataset: dataset,
        lambda dataset: dataset.map(lambda x: x * 1).batch(1),
        lambda dataset: v1.data.make_one_shot_iterator(dataset).get_next() * 1,
    ],
)
@pytest.mark.parametrize("hooks", [(), (EveryStep,)])
def test_calls_of_train_lose_nothing_of_a_stream(estimator, transform, hooks):
    source = Source()
    for steps in (3, 1, 20):
        estimator.train(
            lambda: transform(source.dataset()),
            steps=steps,
            hooks=[hook() for hook in hooks],
        )
    assert source.taken == list(range(24))
    assert estimator.get_variable_value("total") == sum(range(24))


def test_evaluate_reads_as_many_batches_as_steps(estimator):
    source = Source()
    first = estimator.evaluate(source.dataset, steps=3)
    second = estimator.evaluate(source.dataset, steps=2)
    assert source.taken == [0, 1, 2, 3, 4]
    assert (first["loss"], second["loss"]) == (1.0, 3.5)


def test_predict_reads_a_batch_when_its_first_example_is_asked_for(estimator):
    source = Source()
    predictions = estimator.predict(lambda: source.dataset().batch(2))
    assert source.taken == []
    read = []
    for prediction in itertools.islice(predictions, 5):
        read.append((float(prediction["x"]), len(source.taken)))
    assert read == [(0, 2), (1, 2), (2, 4), (3, 4), (4, 6)]


@pytest.mark.parametrize(
    "transform",
    [
        lambda dataset: dataset,
        lambda dataset: dataset.map(lambda x: x + 0.5).batch(1),
        lambda dataset: v1.data.make_one_shot_iterator(dataset).get_next() + 1,
    ],
)
def test_a_predictor_may_be_fed_between_its_predictions(estimator, transform):
    """The idiom known as FastPredict: one open predict, fed one by one."""

    class FastPredict:
        def __init__(self):
            self.predictions = None
            self.closed = False

        def generate(self):
            while not self.closed:
                yield self.next

        def predict(self, value):
            self.next = np.float32(value)
            if self.predictions is None:
                self.predictions = estimator.predict(
                    lambda: transform(
                        tf.data.Dataset.from_generator(
                            self.generate,
                            output_signature=tf.TensorSpec([], tf.float32),
                        )
                    )
                )
            return float(next(self.predictions)["x"])

        def close(self):
            self.closed = True
            return list(self.predictions)

    fast = FastPredict()
    shift = fast.predict(0)
    assert [fast.predict(i) - shift for i in (5, 3, 8)] == [5, 3, 8]
    assert fast.close() == []


def test_training_ends_with_the_stream(estimator):
    source = Source(end=5)
    estimator.train(source.dataset)
    assert estimator.get_variable_value("global_step") == 5
    assert estimator.get_variable_value("total") == sum(range(5))


def test_py_func_tensors_are_computed_once_a_step(estimator):
    calls = []

    def load():
        calls.append(len(calls))
        return np.float32(calls[-1])

    def input_fn():
        x = v1.py_func(load, [], tf.float32)
        x.set_shape([])
        return x

    estimator.train(input_fn, steps=4)
    estimator.train(input_fn, steps=20)
    assert calls == list(range(24))
    assert estimator.get_variable_value("total") == sum(range(24))


def test_a_python_function_ends_the_input_by_stop_iteration(estimator):
    rows = iter([1.0, 2.0, 4.0])

    def input_fn():
        x = v1.py_func(lambda: np.float32(next(rows)), [], tf.float32)
        x.set_shape([])
        return x

    estimator.train(input_fn, steps=10)
    assert estimator.get_variable_value("total") == 7
    assert estimator.get_variable_value("global_step") == 3


def test_a_nan_loss_reads_nothing_after_it(estimator):
    taken = []

    def generate():
        for i in range(100):
            taken.append(i)
            yield np.float32(np.nan if i == 7 else i)

    with pytest.raises(ke.NanLossDuringTrainingError):
        estimator.train(
            lambda: tf.data.Dataset.from_generator(
                generate, output_signature=tf.TensorSpec([], tf.float32)
            )
        )
    assert taken == list(range(8))
