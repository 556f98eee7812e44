"""The small network as one would write it by hand for speed alone.

One call of a `tf.function` takes all the steps: no hooks, no summaries, no
checkpoints. It is the practical limit of what a step can cost.
"""

import tensorflow as tf

from benchmarks.works import data
from benchmarks.works.timing import steps_per_second


class Adam:
    """What `tf.compat.v1.train.AdamOptimizer(0.001)` does."""

    def __init__(self, variables):
        self._slots = [
            (v, tf.Variable(tf.zeros_like(v)), tf.Variable(tf.zeros_like(v)))
            for v in variables
        ]
        self._powers = (tf.Variable(0.9), tf.Variable(0.999))
        self._step = tf.Variable(0, dtype=tf.int64)

    def apply(self, gradients):
        first, second = self._powers
        for (variable, m, v), gradient in zip(
            self._slots, gradients, strict=True
        ):
            tf.raw_ops.ResourceApplyAdam(
                var=variable.handle,
                m=m.handle,
                v=v.handle,
                beta1_power=first,
                beta2_power=second,
                lr=0.001,
                beta1=0.9,
                beta2=0.999,
                epsilon=1e-8,
                grad=gradient,
            )
        first.assign(first * 0.9)
        second.assign(second * 0.999)
        self._step.assign_add(1)


def mlp(short=500, long=10500):
    initial = tf.keras.initializers.GlorotUniform(1)
    widths = (32, 64, 32, 1)
    variables = []
    for inputs, outputs in zip(widths, widths[1:], strict=False):
        variables.append(tf.Variable(initial([inputs, outputs])))
        variables.append(tf.Variable(tf.zeros([outputs])))
    optimizer = Adam(variables)
    batch = data.rows(data.MLP_BATCH)
    iterator = iter(tf.data.Dataset.from_tensors(batch).repeat())

    @tf.function
    def train(steps):
        loss = 0.0
        for _ in tf.range(steps):
            x, y = next(iterator)
            with tf.GradientTape() as tape:
                net = tf.nn.relu(x @ variables[0] + variables[1])
                net = tf.nn.relu(net @ variables[2] + variables[3])
                net = net @ variables[4] + variables[5]
                loss = tf.reduce_mean(tf.math.squared_difference(net, y))
            optimizer.apply(tape.gradient(loss, variables))
        return loss

    rate = steps_per_second(
        lambda steps: train(tf.constant(steps)).numpy(), short, long
    )
    return {"steps/s": rate}
