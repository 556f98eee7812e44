"""The conversion-rate model of `cvr_tf1`, written with Keras 3.

    python -m examples.cvr_keras --steps 600

writes the best model by AUC as a SavedModel for TensorFlow Serving, as a
`.keras` file and as a checkpoint; and stops when it no longer gets better.
"""

import argparse
import os
import tempfile

import keras
import tensorflow as tf

import keras_estimator as ke
from examples import clicks

tf.get_logger().setLevel("INFO")


def net(features, training):
    users = keras.layers.Embedding(clicks.USERS, 8)(features["user_id"])
    items = keras.layers.Embedding(clicks.ITEMS, 8)(features["item_id"])
    tags = tf.sparse.to_dense(features["tags"], default_value="")
    columns = [
        tf.cast(tf.equal(features["category"], c), tf.float32)
        for c in clicks.CATEGORIES
    ]
    columns += [
        tf.reduce_max(tf.cast(tf.equal(tags, tag), tf.float32), axis=1)
        for tag in clicks.TAGS
    ]
    columns.append(keras.ops.log1p(features["price"]))
    x = keras.ops.concatenate([users, items, tf.stack(columns, 1)], axis=1)
    x = keras.layers.Dense(32, activation="relu")(x)
    x = keras.layers.Dropout(0.2)(x, training=training)
    return keras.layers.Dense(1)(x)[:, 0]


def model_fn(features, labels, mode, params):
    logits = net(features, training=mode == ke.ModeKeys.TRAIN)
    cvr = keras.ops.sigmoid(logits)
    predictions = {"cvr": cvr, "user_id": features["user_id"]}
    if mode == ke.ModeKeys.PREDICT:
        return ke.EstimatorSpec(mode, predictions=predictions)
    losses = keras.ops.binary_crossentropy(
        labels["converted"], logits, from_logits=True
    )
    tf.summary.histogram("cvr", cvr)
    auc = keras.metrics.AUC(name="auc")
    auc.update_state(labels["converted"], cvr)
    return ke.EstimatorSpec(
        mode,
        predictions=predictions,
        loss=keras.ops.mean(losses),
        train_op=keras.optimizers.Adam(params["learning_rate"]),
        eval_metric_ops={"auc": auc},
    )


def has_higher_auc(best_eval_result, current_eval_result):
    return best_eval_result["auc"] < current_eval_result["auc"]


def main(argv=None):
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--steps", type=int, default=600)
    parser.add_argument("--save-steps", type=int, default=200)
    parser.add_argument("--model-dir", default=None)
    parser.add_argument("--data-dir", default=None)
    args = parser.parse_args(argv)
    data_dir = args.data_dir or tempfile.mkdtemp(prefix="clicks_")
    train_path, test_path = clicks.write(data_dir)
    estimator = ke.Estimator(
        model_fn,
        args.model_dir,
        ke.RunConfig(save_checkpoints_steps=args.save_steps, tf_random_seed=1),
        params={"learning_rate": 0.003},
    )
    stop = ke.experimental.stop_if_no_increase_hook(
        estimator,
        "auc",
        max_steps_without_increase=3 * args.save_steps,
        run_every_secs=None,
        run_every_steps=args.save_steps,
    )
    exporter = ke.BestExporter(
        "best",
        ke.export.build_parsing_serving_input_receiver_fn(clicks.FEATURES),
        compare_fn=has_higher_auc,
        formats=["saved_model", "keras", "checkpoint"],
    )
    metrics, _ = ke.train_and_evaluate(
        estimator,
        ke.TrainSpec(
            lambda: clicks.input_fn(train_path, training=True),
            max_steps=args.steps,
            hooks=[stop],
        ),
        ke.EvalSpec(
            lambda: clicks.input_fn(test_path, training=False),
            steps=None,
            exporters=exporter,
            throttle_secs=0,
        ),
    )
    exports = os.path.join(estimator.model_dir, "export", "best")
    return {
        "model_dir": estimator.model_dir,
        "test AUC": metrics and float(metrics["auc"]),
        "exports": [
            os.path.join(exports, x) for x in sorted(os.listdir(exports))
        ],
    }


if __name__ == "__main__":
    print(main())
