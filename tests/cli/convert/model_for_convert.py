"""A model_fn that the command imports."""

import keras_estimator.compat.v1 as tf


def model_fn(features, labels, mode, params):
    x = tf.layers.dense(features["x"], params["units"], name="dense")
    y = tf.layers.dense(x, 1, name="out")
    if mode == tf.estimator.ModeKeys.PREDICT:
        return tf.estimator.EstimatorSpec(mode, predictions={"y": y})
    loss = tf.losses.mean_squared_error(labels, y)
    train_op = tf.train.AdamOptimizer(0.1).minimize(
        loss, tf.train.get_global_step()
    )
    return tf.estimator.EstimatorSpec(mode, loss=loss, train_op=train_op)
