"""ESMM: entire space multi-task model for post-click conversion rate.

pCTCVR = pCTR * pCVR; both towers share their embeddings, and both losses are
over the entire space of impressions.
"""

from __future__ import absolute_import
from __future__ import division
from __future__ import print_function

import os
import numpy as np
import tensorflow as tf
from tensorflow import feature_column as fc


flags = tf.flags
flags.DEFINE_string("model_dir", "./esmm_model", "Base directory for the model.")
flags.DEFINE_string("output_model", "./esmm_output", "Path to the exported model.")
flags.DEFINE_string("train_data", "esmm_data/train", "Directory for storing train data")
flags.DEFINE_string("eval_data", "esmm_data/eval", "Path to the evaluation data.")
flags.DEFINE_string("hidden_units", "16,8", "Comma-separated list of number of units in each hidden layer")
flags.DEFINE_integer("train_steps", 12, "Number of (global) training steps to perform")
flags.DEFINE_integer("batch_size", 32, "Training batch size")
flags.DEFINE_integer("shuffle_buffer_size", 64, "dataset shuffle buffer size")
flags.DEFINE_float("learning_rate", 0.01, "Learning rate")
flags.DEFINE_float("dropout_rate", 0.1, "Drop out rate")
flags.DEFINE_integer("num_parallel_readers", 1, "number of parallel readers for training data")
flags.DEFINE_boolean("run_export", True, "export after training")
FLAGS = flags.FLAGS


def my_numeric_column(name):
  return fc.numeric_column(name, default_value=-1.0, normalizer_fn=lambda x: x / 10.0)


def build_columns():
  """Feature columns; products of the user's past share the item's embedding."""
  product_id = fc.categorical_column_with_identity("product_id", 50, default_value=0)
  last_products = fc.categorical_column_with_identity("last_products", 50, default_value=0)
  weighted_tags = fc.weighted_categorical_column(
      fc.categorical_column_with_hash_bucket("tags", 30), "tag_weights")
  city = fc.categorical_column_with_vocabulary_list(
      "city", ["beijing", "shanghai", "hangzhou", "shenzhen"], num_oov_buckets=2)
  price = my_numeric_column("price")
  product_emb, last_emb = fc.shared_embedding_columns(
      [product_id, last_products], 6, combiner="sqrtn", shared_embedding_collection_name="product")
  columns = [
      product_emb,
      last_emb,
      fc.embedding_column(weighted_tags, 4, combiner="mean"),
      fc.embedding_column(city, 2),
      fc.indicator_column(city),
      fc.indicator_column(fc.bucketized_column(price, [0.5, 1.0, 2.0, 5.0])),
      price,
  ]
  specs = fc.make_parse_example_spec(columns)
  return columns, specs


def build_mode(net, mode, params):
  # Build the hidden layers, sized according to the 'hidden_units' param.
  for units in params["hidden_units"]:
    net = tf.layers.dense(
        net, units=units, activation=tf.nn.relu,
        kernel_initializer=tf.truncated_normal_initializer(stddev=0.3, seed=units))
    if "dropout_rate" in params and params["dropout_rate"] > 0.0:
      net = tf.layers.dropout(
          net, params["dropout_rate"], training=(mode == tf.estimator.ModeKeys.TRAIN))
  # Compute logits
  logits = tf.layers.dense(
      net, 1, activation=None, kernel_initializer=tf.truncated_normal_initializer(stddev=0.3, seed=1))
  return logits


def my_model(features, labels, mode, params):
  # Both towers look at the same embeddings.
  net = fc.input_layer(features, params["feature_columns"])
  with tf.variable_scope("ctr_model"):
    ctr_logits = build_mode(net, mode, params)
  with tf.variable_scope("cvr_model"):
    cvr_logits = build_mode(net, mode, params)

  ctr_predictions = tf.sigmoid(ctr_logits, name="CTR")
  cvr_predictions = tf.sigmoid(cvr_logits, name="CVR")
  prop = tf.multiply(ctr_predictions, cvr_predictions, name="CTCVR")
  if mode == tf.estimator.ModeKeys.PREDICT:
    predictions = {
        "probabilities": prop,
        "ctr_probabilities": ctr_predictions,
        "cvr_probabilities": cvr_predictions,
    }
    export_outputs = {
        "prediction": tf.estimator.export.PredictOutput(predictions),
        tf.saved_model.signature_constants.DEFAULT_SERVING_SIGNATURE_DEF_KEY:
            tf.estimator.export.RegressionOutput(prop),
    }
    return tf.estimator.EstimatorSpec(mode, predictions=predictions, export_outputs=export_outputs)

  y = labels["cvr"]
  cvr_loss = tf.reduce_sum(tf.keras.backend.binary_crossentropy(y, prop), name="cvr_loss")
  ctr_loss = tf.reduce_sum(
      tf.nn.sigmoid_cross_entropy_with_logits(labels=labels["ctr"], logits=ctr_logits), name="ctr_loss")
  loss = tf.add(ctr_loss, cvr_loss, name="ctcvr_loss")

  ctr_accuracy = tf.metrics.accuracy(
      labels=labels["ctr"], predictions=tf.to_float(tf.greater_equal(ctr_predictions, 0.5)))
  cvr_accuracy = tf.metrics.accuracy(
      labels=y, predictions=tf.to_float(tf.greater_equal(prop, 0.5)))
  ctr_auc = tf.metrics.auc(labels["ctr"], ctr_predictions)
  cvr_auc = tf.metrics.auc(y, prop, summation_method="careful_interpolation")
  metrics = {"cvr_accuracy": cvr_accuracy, "ctr_accuracy": ctr_accuracy, "ctr_auc": ctr_auc, "cvr_auc": cvr_auc}
  tf.summary.scalar("ctr_accuracy", ctr_accuracy[1])
  tf.summary.scalar("cvr_accuracy", cvr_accuracy[1])
  tf.summary.scalar("ctr_auc", ctr_auc[1])
  tf.summary.scalar("cvr_auc", cvr_auc[1])
  if mode == tf.estimator.ModeKeys.EVAL:
    return tf.estimator.EstimatorSpec(mode, loss=loss, eval_metric_ops=metrics)

  # Create training op.
  assert mode == tf.estimator.ModeKeys.TRAIN
  optimizer = tf.train.AdagradOptimizer(learning_rate=params["learning_rate"])
  train_op = optimizer.minimize(loss, global_step=tf.train.get_global_step())
  return tf.estimator.EstimatorSpec(mode, loss=loss, train_op=train_op)


def write_records(path, count, seed):
  """tf.Example records; some miss features, tags come with weights."""
  rng = np.random.RandomState(seed)
  tf.gfile.MakeDirs(os.path.dirname(path))
  with tf.python_io.TFRecordWriter(path) as writer:
    for _ in range(count):
      feature = tf.train.Features()
      product = rng.randint(50)
      feature.feature["product_id"].int64_list.value.append(product)
      feature.feature["last_products"].int64_list.value.extend(rng.randint(0, 60, rng.randint(0, 5)))
      n_tags = rng.randint(0, 4)
      feature.feature["tags"].bytes_list.value.extend([b"tag%d" % i for i in rng.randint(0, 20, n_tags)])
      feature.feature["tag_weights"].float_list.value.extend(rng.uniform(size=n_tags))
      feature.feature["city"].bytes_list.value.append(
          rng.choice([b"beijing", b"hangzhou", b"shenzhen", b"chengdu"]))
      if rng.uniform() < 0.8:
        feature.feature["price"].float_list.value.append(rng.uniform(0, 80))
      click = int(rng.uniform() < 0.2 + 0.6 * (product % 3 == 0))
      buy = int(click and rng.uniform() < 0.5)
      feature.feature["is_click"].int64_list.value.append(click)
      feature.feature["is_pay"].int64_list.value.append(buy)
      writer.write(tf.train.Example(features=feature).SerializeToString())


def train_input_fn(filenames, batch_size, shuffle_buffer_size, feature_spec):
  spec = dict(feature_spec)
  spec["is_click"] = tf.FixedLenFeature([], tf.int64)
  spec["is_pay"] = tf.FixedLenFeature([], tf.int64)

  def parse(examples):
    parsed = tf.parse_example(examples, spec)
    ctr = tf.reshape(tf.to_float(parsed.pop("is_click")), [-1, 1])
    cvr = tf.reshape(tf.to_float(parsed.pop("is_pay")), [-1, 1])
    return parsed, {"ctr": ctr, "cvr": cvr}

  files = tf.data.Dataset.list_files(filenames, shuffle=False)
  dataset = files.apply(tf.data.experimental.parallel_interleave(
      tf.data.TFRecordDataset, cycle_length=FLAGS.num_parallel_readers))
  if shuffle_buffer_size > 0:
    dataset = dataset.shuffle(shuffle_buffer_size, seed=5).repeat()
  dataset = dataset.batch(batch_size).map(parse, num_parallel_calls=8)
  return dataset.prefetch(1)


def main(unused_argv):
  write_records(os.path.join(FLAGS.train_data, "part-0"), 120, seed=0)
  write_records(os.path.join(FLAGS.train_data, "part-1"), 80, seed=1)
  write_records(os.path.join(FLAGS.eval_data, "part-0"), 64, seed=2)
  columns, feature_spec = build_columns()

  params = {
      "feature_columns": columns,
      "hidden_units": [int(units) for units in FLAGS.hidden_units.split(",")],
      "learning_rate": FLAGS.learning_rate,
      "dropout_rate": FLAGS.dropout_rate,
  }
  config = tf.estimator.RunConfig(
      model_dir=FLAGS.model_dir, tf_random_seed=19, save_checkpoints_steps=6)
  estimator = tf.estimator.Estimator(model_fn=my_model, params=params, config=config)

  train_spec = tf.estimator.TrainSpec(
      input_fn=lambda: train_input_fn(
          os.path.join(FLAGS.train_data, "part-*"), FLAGS.batch_size, FLAGS.shuffle_buffer_size, feature_spec),
      max_steps=FLAGS.train_steps)
  serving_fn = tf.estimator.export.build_parsing_serving_input_receiver_fn(feature_spec)
  best = tf.estimator.BestExporter(
      name="best_exporter", serving_input_receiver_fn=serving_fn, exports_to_keep=1)
  eval_spec = tf.estimator.EvalSpec(
      input_fn=lambda: train_input_fn(
          os.path.join(FLAGS.eval_data, "part-*"), FLAGS.batch_size, -1, feature_spec),
      steps=None, name="holdout", exporters=[best] if FLAGS.run_export else None, throttle_secs=0)
  tf.estimator.train_and_evaluate(estimator, train_spec, eval_spec)
  results = estimator.evaluate(input_fn=eval_spec.input_fn)
  for key in sorted(results):
    print("%s: %s" % (key, results[key]))


if __name__ == "__main__":
  tf.logging.set_verbosity(tf.logging.INFO)
  tf.app.run(main=main)
