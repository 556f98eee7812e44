"""A conversion-rate model as it was written for TensorFlow 1.

Apart from one import it is the program of the notes: TFRecords in, a
`tf.train.Example` parser for serving, the AUC of training reset every so often,
histograms of the evaluation, and the best model by AUC exported.

    python -m examples.cvr_tf1 --steps 600

reaches a test AUC of about 0.84 in less than a minute on two cores.
"""

import argparse
import os
import tempfile

import keras_estimator.compat.v1 as tf
from examples import clicks
from keras_estimator.compat.v1.saved_model import signature_constants

tf.logging.set_verbosity(tf.logging.INFO)


def serving_input_receiver_fn():
    serialized = tf.placeholder(shape=[None], dtype=tf.string)
    receiver_tensors = {"examples": serialized}
    features = tf.parse_example(serialized, clicks.FEATURES)
    return tf.estimator.export.ServingInputReceiver(features, receiver_tensors)


def net(features):
    embedded = [
        tf.nn.embedding_lookup(
            tf.get_variable(name, [size, 8]), features[f"{name}_id"]
        )
        for name, size in (("user", clicks.USERS), ("item", clicks.ITEMS))
    ]
    tags = tf.sparse.to_dense(features["tags"], default_value="")
    columns = [
        tf.cast(tf.equal(features["category"], c), tf.float32)
        for c in clicks.CATEGORIES
    ]
    columns += [
        tf.reduce_max(tf.cast(tf.equal(tags, tag), tf.float32), axis=1)
        for tag in clicks.TAGS
    ]
    columns.append(tf.log1p(features["price"]))
    hidden = tf.concat([*embedded, tf.stack(columns, axis=1)], axis=1)
    hidden = tf.layers.dense(hidden, 32, activation=tf.nn.relu)
    return tf.layers.dense(hidden, 1)


def model_fn(features, labels, mode, params, config):
    logits = net(features)
    cvr_prob = tf.nn.sigmoid(logits)
    cvr = tf.squeeze(cvr_prob, axis=1)
    if mode == tf.estimator.ModeKeys.PREDICT:
        predictions = {
            "cvr": tf.squeeze(cvr_prob, axis=1, name="cvr"),
            "user_id": tf.identity(features["user_id"], name="user_id"),
        }
        export_outputs = {
            signature_constants.DEFAULT_SERVING_SIGNATURE_DEF_KEY: (
                tf.estimator.export.PredictOutput(predictions)
            )
        }
        return tf.estimator.EstimatorSpec(
            mode=mode, predictions=predictions, export_outputs=export_outputs
        )
    true_cvr = labels["converted"]
    cvr_cost = cvr * labels["cost"]
    cvr_loss = tf.nn.sigmoid_cross_entropy_with_logits(
        labels=true_cvr, logits=tf.squeeze(logits, axis=1)
    )
    loss = tf.reduce_mean(cvr_loss)
    if mode == tf.estimator.ModeKeys.EVAL:
        with tf.name_scope("histogram_summary") as name_scope:
            tf.summary.histogram("pred_cvr", cvr)
            tf.summary.histogram("cvr_cost", cvr_cost)
            eval_summary_hook = tf.train.SummarySaverHook(
                save_steps=1,
                output_dir=os.path.join(config.model_dir, "eval"),
                summary_op=tf.summary.merge_all(scope=name_scope),
            )
        return tf.estimator.EstimatorSpec(
            mode=mode,
            loss=loss,
            eval_metric_ops={"auc": tf.metrics.auc(true_cvr, cvr)},
            evaluation_hooks=[eval_summary_hook],
        )
    global_step = tf.train.get_global_step()
    with tf.variable_scope("train_metrics_scope"):
        metric_auc = tf.metrics.auc(true_cvr, cvr, num_thresholds=1024)
        metric_cvr_loss = tf.metrics.mean(cvr_loss)
        is_metric_reset_step = tf.equal(
            global_step % params["metric_reset_steps"], 0
        )
        metric_reset_op = tf.cond(
            is_metric_reset_step,
            lambda: tf.group(
                [
                    tf.assign(ref, tf.zeros_like(ref))
                    for ref in tf.local_variables()
                    if "train_metrics_scope" in ref.op.name
                ]
            ),
            lambda: tf.no_op(),
        )
    with tf.name_scope("train_metrics_summary"):
        tf.summary.scalar("auc", metric_auc[0])
        tf.summary.scalar("cvr_loss", metric_cvr_loss[0])
    train_op = tf.train.AdamOptimizer(
        learning_rate=params["learning_rate"]
    ).minimize(loss, global_step=global_step)
    train_op = tf.group(
        train_op, metric_reset_op, metric_auc[1], metric_cvr_loss[1]
    )
    return tf.estimator.EstimatorSpec(mode=mode, loss=loss, train_op=train_op)


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
    run_config = tf.estimator.RunConfig(
        model_dir=args.model_dir,
        save_checkpoints_steps=args.save_steps,
        session_config=tf.ConfigProto(allow_soft_placement=True),
        log_step_count_steps=100,
        tf_random_seed=1,
    )
    estimator = tf.estimator.Estimator(
        model_fn=model_fn,
        config=run_config,
        params={"learning_rate": 0.003, "metric_reset_steps": 200},
    )
    train_spec = tf.estimator.TrainSpec(
        input_fn=lambda: clicks.input_fn(train_path, training=True),
        max_steps=args.steps,
        hooks=None,
    )
    best_exporter = tf.estimator.BestExporter(
        serving_input_receiver_fn=serving_input_receiver_fn,
        compare_fn=has_higher_auc,
    )
    eval_spec = tf.estimator.EvalSpec(
        lambda: clicks.input_fn(test_path, training=False),
        steps=None,
        exporters=[best_exporter],
        start_delay_secs=0,
        throttle_secs=0,
    )
    metrics, _ = tf.estimator.train_and_evaluate(
        estimator, train_spec, eval_spec
    )
    exports = os.path.join(estimator.model_dir, "export", "best_exporter")
    return {
        "model_dir": estimator.model_dir,
        "test AUC": metrics and float(metrics["auc"]),
        "exports": [
            os.path.join(exports, x) for x in sorted(os.listdir(exports))
        ],
    }


if __name__ == "__main__":
    print(main())
