"""A TF1 program: trains, evaluates and predicts; writes down what came of it.

    python program.py MODEL_DIR MAX_STEPS RESULTS.json

It is the program that `tests/golden/` was recorded with: fixed data, constant
initial values, no shuffling. The real tf.estimator runs it as it stands; ours
after the one change of its import line.
"""

import json
import sys

import numpy as np
import tensorflow.compat.v1 as tf

BATCH = 16


def data():
    """(features [64, 6] float32, labels [64] int64 in {0, 1, 2})."""
    x = np.sin(np.arange(64 * 6, dtype=np.float64)).reshape(64, 6)
    y = (np.arange(64, dtype=np.int64) * 7 // 4) % 3
    return x.astype(np.float32), y


def ramp(shape, dtype=tf.float32, partition_info=None):
    """An initializer: small values that differ from entry to entry."""
    n = int(np.prod(shape))
    values = (np.cos(np.arange(n)) * 0.3).reshape(shape)
    return tf.constant(values, dtype=dtype)


def input_fn():
    x, y = data()
    dataset = tf.data.Dataset.from_tensor_slices(({"x": x}, y))
    return dataset.repeat().batch(BATCH)


def eval_input_fn():
    x, y = data()
    return tf.data.Dataset.from_tensor_slices(({"x": x}, y)).batch(BATCH)


def model_fn(features, labels, mode, params):
    training = mode == tf.estimator.ModeKeys.TRAIN
    net = tf.layers.dense(
        features["x"], 8, kernel_initializer=ramp, name="hidden"
    )
    net = tf.layers.batch_normalization(net, training=training, momentum=0.9)
    net = tf.nn.relu(net)
    logits = tf.layers.dense(net, 3, kernel_initializer=ramp, name="logits")
    predictions = {
        "classes": tf.argmax(logits, axis=1),
        "probabilities": tf.nn.softmax(logits, name="softmax_tensor"),
    }
    if mode == tf.estimator.ModeKeys.PREDICT:
        return tf.estimator.EstimatorSpec(mode, predictions=predictions)
    loss = tf.losses.sparse_softmax_cross_entropy(labels=labels, logits=logits)
    if mode == tf.estimator.ModeKeys.EVAL:
        accuracy = tf.metrics.accuracy(labels, predictions["classes"])
        return tf.estimator.EstimatorSpec(
            mode, loss=loss, eval_metric_ops={"accuracy": accuracy}
        )
    first = tf.reduce_mean(predictions["probabilities"][:, 0])
    tf.summary.scalar("mean_probability", first)
    optimizer = tf.train.AdamOptimizer(params["learning_rate"])
    with tf.control_dependencies(tf.get_collection(tf.GraphKeys.UPDATE_OPS)):
        train_op = optimizer.minimize(
            loss, global_step=tf.train.get_global_step()
        )
    return tf.estimator.EstimatorSpec(mode, loss=loss, train_op=train_op)


class LossTrace(tf.train.SessionRunHook):
    """Notes the loss of every step."""

    def __init__(self):
        self.losses = []

    def before_run(self, run_context):
        losses = run_context.session.graph.get_collection("losses")
        return tf.train.SessionRunArgs(losses[0])

    def after_run(self, run_context, run_values):
        self.losses.append(float(run_values.results))


def make(model_dir):
    config = tf.estimator.RunConfig(
        model_dir=model_dir,
        save_checkpoints_steps=10,
        keep_checkpoint_max=2,
        save_summary_steps=5,
        log_step_count_steps=10,
    )
    return tf.estimator.Estimator(
        model_fn, config=config, params={"learning_rate": 0.02}
    )


def run(model_dir, max_steps):
    """Trains up to a step; returns JSON-able data."""
    trace = LossTrace()
    make(model_dir).train(input_fn, max_steps=max_steps, hooks=[trace])
    estimator = make(model_dir)
    evaluation = estimator.evaluate(eval_input_fn)
    short = estimator.evaluate(eval_input_fn, steps=2, name="short")
    predictions = list(estimator.predict(eval_input_fn))
    return {
        "losses": trace.losses,
        "evaluation": {k: float(v) for k, v in evaluation.items()},
        "short": {k: float(v) for k, v in short.items()},
        "classes": [int(p["classes"]) for p in predictions],
        "probabilities": [p["probabilities"].tolist() for p in predictions],
        "variables": {
            name: estimator.get_variable_value(name).tolist()
            for name in estimator.get_variable_names()
        },
    }


if __name__ == "__main__":
    with open(sys.argv[3], "w") as file:
        json.dump(run(sys.argv[1], int(sys.argv[2])), file)
