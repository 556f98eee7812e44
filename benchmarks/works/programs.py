"""The works that run on ours as on the real tf.estimator: the same text.

Each function is a work: it takes its sizes and returns its figures.
"""

import os
import tempfile
import time

import numpy as np

from benchmarks.works import data
from benchmarks.works import models
from benchmarks.works.stack import estimator
from benchmarks.works.stack import tf
from benchmarks.works.timing import seconds
from benchmarks.works.timing import steps_per_second


class EveryStep(tf.train.SessionRunHook):
    """A user's hook that wants a value of each step."""

    def before_run(self, run_context):
        return tf.train.SessionRunArgs("the_loss:0")


class FirstStep(tf.train.SessionRunHook):
    """Notes when the first step was done."""

    done = None

    def after_run(self, run_context, run_values):
        if self.done is None:
            self.done = time.perf_counter()


def batch_of(x, y, count=None):
    """Returns an input_fn that gives the same batch time and again."""

    def input_fn():
        return tf.data.Dataset.from_tensors(({"x": x}, y)).repeat(count)

    return input_fn


def small_batches(count=None):
    return batch_of(*data.rows(data.MLP_BATCH), count=count)


def mlp(short=500, long=10500):
    return _steady(models.mlp, small_batches(), short, long)


def hook(short=200, long=3200):
    return _steady(models.mlp, small_batches(), short, long, [EveryStep()])


def cnn(short=5, long=85):
    input_fn = batch_of(*data.images(data.CNN_BATCH))
    return _steady(models.cnn, input_fn, short, long)


def _steady(model_fn, input_fn, short, long, hooks=None):
    with tempfile.TemporaryDirectory() as folder:
        one = estimator(model_fn, folder)
        rate = steps_per_second(
            lambda steps: one.train(input_fn, hooks=hooks, steps=steps),
            short,
            long,
        )
    return {"steps/s": rate}


def ctr(short=20, long=1020, examples=10240, ids=26, vocabulary=100000):
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "clicks.tfrecord")
        _write_clicks(path, examples, ids, vocabulary)
        one = estimator(
            models.ctr,
            os.path.join(folder, "model"),
            {"vocabulary": vocabulary},
            # A checkpoint is 330 MB.
            keep_checkpoint_max=1,
        )
        input_fn = _clicks_from(path, ids)
        rate = steps_per_second(
            lambda steps: one.train(input_fn, steps=steps), short, long
        )
    return {"steps/s": rate}


def _write_clicks(path, examples, ids, vocabulary):
    """Writes TFRecords with an int64 feature for each id."""
    table, clicked = data.clicks(examples, ids, vocabulary)
    with tf.io.TFRecordWriter(path) as writer:
        for row, label in enumerate(clicked):
            example = tf.train.Example()
            feature = example.features.feature
            feature["clicked"].float_list.value.append(label)
            for number, value in enumerate(table[row]):
                feature[f"id{number:02d}"].int64_list.value.append(value)
            writer.write(example.SerializeToString())


def _clicks_from(path, ids):
    spec = {
        f"id{number:02d}": tf.FixedLenFeature([], tf.int64)
        for number in range(ids)
    }
    spec["clicked"] = tf.FixedLenFeature([], tf.float32)

    def parse(serialized):
        features = tf.parse_example(serialized, spec)
        return features, features.pop("clicked")

    def input_fn():
        records = tf.data.TFRecordDataset(path).repeat()
        batches = records.batch(data.CTR_BATCH, drop_remainder=True)
        return batches.map(parse).prefetch(1)

    return input_fn


def alternate(cycles=20, steps=20, eval_batches=5):
    train_input, eval_input = small_batches(), small_batches(eval_batches)
    with tempfile.TemporaryDirectory() as folder:
        one = estimator(models.mlp, folder)

        def cycle(times):
            for _ in range(times):
                one.train(train_input, steps=steps)
                one.evaluate(eval_input)

        first = seconds(cycle, 1)
        each = seconds(cycle, cycles) / cycles
    return {"s/cycle": each, "s first cycle": first}


def predict(calls=30):
    def input_fn_of(row):
        return tf.estimator.inputs.numpy_input_fn({"x": row}, shuffle=False)

    return _predict(input_fn_of, calls)


def predict_dataset(calls=30):
    def input_fn_of(row):
        return lambda: tf.data.Dataset.from_tensors({"x": row})

    return _predict(input_fn_of, calls)


def _predict(input_fn_of, calls):
    """Times whole calls: each with an example, and so an input_fn, anew."""
    x, _ = data.rows(calls + 1)
    with tempfile.TemporaryDirectory() as folder:
        one = estimator(models.mlp, folder)
        one.train(small_batches(), steps=1)

        def call(number):
            (result,) = one.predict(input_fn_of(x[number : number + 1]))
            if np.shape(result["y"]) != (1,):
                raise RuntimeError(f"not a prediction: {result!r}")

        call(0)
        each = sum(seconds(call, 1 + number) for number in range(calls)) / calls
    return {"ms/call": 1000 * each}


def first():
    noted = FirstStep()
    with tempfile.TemporaryDirectory() as folder:
        start = time.perf_counter()
        one = estimator(models.mlp, folder)
        one.train(small_batches(), hooks=[noted], steps=1)
    return {"s": noted.done - start}


def numpy(rows=1000000, batch_size=128):
    """An epoch of shuffled rows: the whole call, set-up and all."""
    x, y = data.rows(rows)
    with tempfile.TemporaryDirectory() as folder:
        one = estimator(models.linear, folder)

        def epoch(number):
            one.train(
                tf.estimator.inputs.numpy_input_fn(
                    {"x": x[:number]}, y[:number], batch_size, shuffle=True
                )
            )

        epoch(batch_size)
        rate = rows / seconds(epoch, rows)
    return {"rows/s": rate}
