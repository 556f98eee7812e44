"""Wide images of numbers, with contrib.layers, slim and an Experiment."""

from __future__ import absolute_import
from __future__ import division
from __future__ import print_function

import argparse
import os

import numpy as np
import tensorflow as tf
from tensorflow.contrib import layers
from tensorflow.contrib.learn.python.learn import learn_runner
from tensorflow.contrib.learn.python.learn.utils import (
    saved_model_export_utils)

slim = tf.contrib.slim

INPUT_DIM = 12
NUM_CLASSES = 3


def make_rows(seed, count):
    rng = np.random.RandomState(seed)
    labels = rng.randint(NUM_CLASSES, size=count)
    centers = np.random.RandomState(0).randn(NUM_CLASSES, INPUT_DIM)
    rows = centers[labels] + 0.5 * rng.randn(count, INPUT_DIM)
    return rows.astype(np.float32), labels.astype(np.int32)


def get_input_fn(seed, count, batch_size, num_epochs, shuffle_seed=None):
    rows, labels = make_rows(seed, count)

    def input_fn():
        dataset = tf.data.Dataset.from_tensor_slices((rows, labels))
        if shuffle_seed is not None:
            dataset = dataset.repeat(num_epochs).shuffle(
                count, seed=shuffle_seed)
        dataset = dataset.apply(
            tf.contrib.data.batch_and_drop_remainder(batch_size))
        features, label = dataset.make_one_shot_iterator().get_next()
        return {"x": features}, label

    return input_fn


def arg_scope(hparams, is_training):
    """Defaults of all layers of the network."""
    batch_norm_params = {
        "is_training": is_training,
        "decay": hparams.batch_norm_decay,
        "updates_collections": tf.GraphKeys.UPDATE_OPS,
        "scale": True,
        "epsilon": 1e-3,
    }
    with slim.arg_scope(
            [slim.fully_connected, slim.conv2d],
            activation_fn=tf.nn.relu,
            normalizer_fn=slim.batch_norm,
            normalizer_params=batch_norm_params,
            weights_initializer=layers.xavier_initializer(seed=1),
            weights_regularizer=slim.l2_regularizer(hparams.weight_decay)):
        with slim.arg_scope(
                [slim.dropout], is_training=is_training) as scope:
            return scope


def network(features, hparams, is_training):
    """Returns logits and the end points."""
    end_points_collection = "end_points"
    with slim.arg_scope(arg_scope(hparams, is_training)):
        with slim.arg_scope([slim.fully_connected, slim.conv2d],
                            outputs_collections=end_points_collection):
            net = tf.reshape(features, [-1, 3, 4, 1])
            net = slim.repeat(net, 2, slim.conv2d, 4, [2, 2], scope="conv")
            net = slim.max_pool2d(net, [2, 2], stride=1, scope="pool")
            net = slim.flatten(net, scope="flatten")
            net = slim.stack(
                net, slim.fully_connected, hparams.hidden_units, scope="fc")
            net = layers.dropout(
                net, keep_prob=hparams.keep_prob, is_training=is_training,
                seed=33)
            logits = layers.linear(
                net, NUM_CLASSES, scope="logits",
                weights_initializer=layers.variance_scaling_initializer(
                    seed=5),
                weights_regularizer=layers.l1_regularizer(0.001))
    end_points = slim.utils.convert_collection_to_dict(end_points_collection)
    return logits, end_points


def model_fn(features, labels, mode, params):
    is_training = mode == tf.contrib.learn.ModeKeys.TRAIN
    logits, end_points = network(features["x"], params, is_training)
    for name in sorted(end_points):
        layers.summarize_activation(end_points[name])

    predictions = {
        "classes": tf.argmax(logits, 1),
        "probabilities": slim.softmax(logits),
    }
    if mode == tf.estimator.ModeKeys.PREDICT:
        return tf.estimator.EstimatorSpec(
            mode, predictions,
            export_outputs={
                "serving_default":
                    tf.estimator.export.PredictOutput(predictions)})

    onehot = layers.one_hot_encoding(labels, NUM_CLASSES)
    tf.losses.softmax_cross_entropy(onehot, logits, label_smoothing=0.1)
    loss = tf.losses.get_total_loss()

    train_op = None
    if is_training:
        def decay(learning_rate, global_step):
            return tf.train.exponential_decay(
                learning_rate, global_step, 4, 0.8, staircase=True)

        train_op = layers.optimize_loss(
            loss=loss,
            global_step=tf.train.get_global_step(),
            learning_rate=params.learning_rate,
            optimizer=lambda rate: tf.train.MomentumOptimizer(rate, 0.5),
            clip_gradients=params.clip,
            learning_rate_decay_fn=decay,
            summaries=["learning_rate", "loss", "global_gradient_norm"])
    eval_metric_ops = {
        "accuracy": tf.metrics.accuracy(labels, predictions["classes"]),
        "streaming": tf.contrib.metrics.streaming_accuracy(
            predictions["classes"], tf.to_int64(labels)),
    }
    return tf.estimator.EstimatorSpec(
        mode, predictions, loss, train_op, eval_metric_ops)


def serving_input_fn():
    inputs = {"x": tf.placeholder(tf.float32, [None, INPUT_DIM], "x")}
    return tf.estimator.export.ServingInputReceiver(inputs, inputs)


def experiment_fn(run_config, hparams):
    estimator = tf.estimator.Estimator(
        model_fn=model_fn, config=run_config, params=hparams)
    return tf.contrib.learn.Experiment(
        estimator,
        train_input_fn=get_input_fn(1, 50, 8, None, shuffle_seed=6),
        eval_input_fn=get_input_fn(2, 24, 8, 1),
        train_steps=hparams.train_steps,
        eval_steps=None,
        min_eval_frequency=0,
        export_strategies=[
            saved_model_export_utils.make_export_strategy(
                serving_input_fn,
                default_output_alternative_key=None,
                exports_to_keep=1)
        ])


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--job-dir", required=True)
    parser.add_argument("--hparams", default="")
    args = parser.parse_args()
    tf.logging.set_verbosity(tf.logging.INFO)

    hparams = tf.contrib.training.HParams(
        learning_rate=0.02,
        weight_decay=0.001,
        batch_norm_decay=0.9,
        hidden_units=[8, 6],
        keep_prob=0.8,
        clip=1.0,
        train_steps=8)
    hparams.parse(args.hparams)
    tf.logging.info("hparams: %s", sorted(hparams.values().items()))
    run_config = tf.contrib.learn.RunConfig(
        model_dir=os.path.join(args.job_dir, "model"),
        save_checkpoints_steps=4,
        tf_random_seed=2)
    learn_runner.run(
        experiment_fn=experiment_fn,
        run_config=run_config,
        schedule="train_and_evaluate",
        hparams=hparams)


if __name__ == "__main__":
    main()
