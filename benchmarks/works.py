"""The works that are timed: a TF1 program that runs on either stack.

    python -m benchmarks.works WORK

prints one number, in the unit of the work. It is run by `compare.py`, with ours
or the real tf.estimator behind the name `tf`.
"""

import importlib
import os
import sys
import tempfile
import time

import numpy as np

# The module that a program imports: the one line that differs.
tf = importlib.import_module(
    os.environ.get("STACK", "keras_estimator.compat.v1")
)
tf.logging.set_verbosity(tf.logging.ERROR)


def mlp(features, labels, mode):
    """Three small layers: what a step costs beside its arithmetic."""
    net = tf.layers.dense(features, 64, activation=tf.nn.relu)
    net = tf.layers.dense(net, 32, activation=tf.nn.relu)
    return _classifier(tf.layers.dense(net, 2), labels, mode)


def cnn(features, labels, mode):
    """The convolutional network of the TF1 tutorial for MNIST."""
    net = tf.reshape(features, [-1, 28, 28, 1])
    for filters in (32, 64):
        net = tf.layers.conv2d(
            net, filters, 5, padding="same", activation=tf.nn.relu
        )
        net = tf.layers.max_pooling2d(net, 2, 2)
    net = tf.layers.dense(tf.layers.flatten(net), 1024, tf.nn.relu)
    net = tf.layers.dropout(net, 0.4, training=mode == "train")
    return _classifier(tf.layers.dense(net, 10), labels, mode)


def _classifier(logits, labels, mode):
    predictions = {"classes": tf.argmax(logits, 1)}
    if mode == tf.estimator.ModeKeys.PREDICT:
        return tf.estimator.EstimatorSpec(mode, predictions=predictions)
    loss = tf.losses.sparse_softmax_cross_entropy(labels, logits)
    train_op = tf.train.AdamOptimizer(0.001).minimize(
        loss, global_step=tf.train.get_global_step()
    )
    accuracy = tf.metrics.accuracy(labels, predictions["classes"])
    return tf.estimator.EstimatorSpec(
        mode,
        loss=loss,
        train_op=train_op,
        eval_metric_ops={"accuracy": accuracy},
    )


def data(rows, width, count=None):
    """Returns an input_fn: batches of so many rows of so many numbers."""
    x = np.random.default_rng(0).random([rows, width]).astype(np.float32)
    y = np.zeros([rows], np.int64)

    def input_fn():
        return tf.data.Dataset.from_tensors((x, y)).repeat(count)

    return input_fn


def estimator(model_fn):
    return tf.estimator.Estimator(model_fn, tempfile.mkdtemp())


def seconds(function, *args, **kwargs):
    start = time.perf_counter()
    function(*args, **kwargs)
    return time.perf_counter() - start


def steps_per_second(model_fn, input_fn, warm, steps):
    """Rate of a call of train, once everything has been made."""
    one = estimator(model_fn)
    one.train(input_fn, steps=warm)
    return steps / seconds(one.train, input_fn, steps=steps)


class _EveryStep(tf.train.SessionRunHook):
    """A user's hook that wants a value of each step."""

    def before_run(self, run_context):
        return tf.train.SessionRunArgs("global_step:0")


def work_mlp():
    return steps_per_second(mlp, data(128, 32), 500, 5000)


def work_mlp_with_a_hook():
    one, input_fn = estimator(mlp), data(128, 32)
    one.train(input_fn, steps=100, hooks=[_EveryStep()])
    return 2000 / seconds(one.train, input_fn, steps=2000, hooks=[_EveryStep()])


def work_cnn():
    return steps_per_second(cnn, data(100, 784), 10, 60)


def work_first_step():
    one = estimator(mlp)
    return 1 / seconds(one.train, data(128, 32), steps=1)


def work_train_and_evaluate():
    one = estimator(mlp)

    def alternate(times):
        for _ in range(times):
            one.train(data(128, 32), steps=20)
            one.evaluate(data(128, 32, 5))

    alternate(2)
    return 10 / seconds(alternate, 10)


def work_predict_one():
    one, input_fn = estimator(mlp), data(1, 32, 1)
    one.train(data(128, 32), steps=1)
    list(one.predict(input_fn))

    def predict(times):
        for _ in range(times):
            list(one.predict(input_fn))

    return 10 / seconds(predict, 10)


WORKS = {
    "mlp": ("small MLP", "steps/s", work_mlp),
    "hook": ("the same, hook at every step", "steps/s", work_mlp_with_a_hook),
    "cnn": ("MNIST CNN", "steps/s", work_cnn),
    "first": ("first train call, 1 step", "calls/s", work_first_step),
    "alternate": (
        "train(20) + evaluate(5)",
        "rounds/s",
        work_train_and_evaluate,
    ),
    "predict": ("predict on 1 example", "calls/s", work_predict_one),
}

if __name__ == "__main__":
    print(WORKS[sys.argv[1]][2]())
