"""Trains and exports the best; dies in the middle of the second export."""

import os
import sys

import numpy as np
import tensorflow as tf

import keras_estimator as ke

_v1 = tf.compat.v1


def model_fn(features, labels, mode):
    """The loss of an evaluation is what `LOSSES` says for its step."""
    w = _v1.get_variable("w", [], initializer=tf.zeros_initializer())
    step = _v1.train.get_global_step()
    losses = tf.constant(LOSSES, tf.float32)
    loss = tf.gather(losses, step) + 0 * w
    return ke.EstimatorSpec(
        mode,
        predictions={"y": features["x"] + w},
        loss=loss,
        train_op=step.assign_add(1),
    )


# The best is that of step 2, whose export is never complete.
LOSSES = [9.0, 5.0, 1.0, 6.0, 4.0]


def input_fn():
    features = {"x": np.zeros([1], np.float32)}
    return tf.data.Dataset.from_tensors(features).repeat(8)


def run(model_dir, max_steps, dies_at=None):
    """Trains to a step; returns what was exported in this call."""
    exports = []

    def receiver_fn():
        exports.append("begun")
        if len(exports) == dies_at:
            os._exit(7)
        x = _v1.placeholder(tf.float32, [None], name="x")
        return ke.export.ServingInputReceiver({"x": x}, {"x": x})

    config = ke.RunConfig(save_checkpoints_steps=1)
    estimator = ke.Estimator(model_fn, model_dir, config)
    exporter = ke.BestExporter("best", receiver_fn)
    ke.train_and_evaluate(
        estimator,
        ke.TrainSpec(input_fn, max_steps=max_steps),
        ke.EvalSpec(input_fn, steps=1, exporters=exporter, throttle_secs=0),
    )
    return len(exports)


if __name__ == "__main__":
    run(sys.argv[1], 4, dies_at=2)
